/*
 * share.h - where the text files that come with the program are: layouts, datasets, definitions.
 *
 * In a source tree they stand where they were written; installed, under PREFIX/share/monthend. The
 * folder is found from where the program itself stands, so that neither needs to be configured;
 * MONTHEND_SHARE in the environment overrides it.
 */
#ifndef MONTHEND_SHARE_H
#define MONTHEND_SHARE_H

#include "etl/error.h"
#include "etl/text.h"

/* Appends the path of `name` within the shared folder. */
int share_path(struct buffer *out, const char *name, struct error *error);

/* Appends the path of another program of the pipeline, which stands beside this one. */
int program_path(struct buffer *out, const char *name, struct error *error);

#endif
