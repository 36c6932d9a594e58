/*
 * folder.h - folders that are published whole.
 *
 * A new folder is filled under a name of its own and then takes its place by one rename; what was
 * there before is exchanged for it, and removed afterwards. Whoever looks sees the old folder or
 * the new one, never half of either.
 */
#ifndef MONTHEND_FOLDER_H
#define MONTHEND_FOLDER_H

#include "etl/error.h"

/* Creates a folder (mode 0700) and those above it, unless they are there. */
int folder_create(const char *path, struct error *error);

/* Makes everything in `made` durable and puts it at `place`, where there may be a folder or
 * nothing: a link or a file of that name stays, and is an error. After an error what was there is
 * there. */
int folder_publish(const char *made, const char *place, struct error *error);

/* Removes a folder and what is in it, as far as it can. Symbolic links are removed, not followed.
 */
void folder_remove(const char *path);

#endif
