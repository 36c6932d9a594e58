/*
 * output_file.h - a file that is published whole.
 *
 * What is written goes to a file of another name in the target's folder, for its owner's eyes only.
 * Committing makes it durable and gives it the target's name in one step; until then, and after a
 * failure, what stood there before stands there still. SIGINT and SIGTERM remove the other file,
 * but in a program that has handlers of its own, which is to come to output_file_end.
 */
#ifndef MONTHEND_OUTPUT_FILE_H
#define MONTHEND_OUTPUT_FILE_H

#include "etl/error.h"
#include "etl/text.h"

struct output_file {
    const char *path;        /* borrowed */
    struct buffer temporary; /* where to write; the file exists, empty, mode 0600 */
    struct buffer folder;
};

/* Refuses a target that is there and is no plain file (a folder, a link, a device). */
int output_file_begin(struct output_file *file, const char *path, struct error *error);
/* What stands at `temporary` becomes the file. */
int output_file_commit(struct output_file *file, struct error *error);
/* Removes what was written, unless it was committed, and frees the names. */
void output_file_end(struct output_file *file);

#endif
