/*
 * descriptor.h - what is done with a descriptor until it is done whole.
 *
 * Writing may take several calls and be interrupted; closing may fail; a file or a folder is only
 * durable once it was asked to be.
 */
#ifndef MONTHEND_DESCRIPTOR_H
#define MONTHEND_DESCRIPTOR_H

#include <stddef.h>

#include "etl/error.h"

/* Writes all bytes; -1 with errno when it cannot. */
int descriptor_write(int descriptor, const void *bytes, size_t length);

/* Closes what is called `name` in messages, for a call that ends with `status`: returns that, or -1
 * with the error filled when all was well until the close. */
int descriptor_close(int descriptor, const char *name, int status, struct error *error);

/* Makes a file, or with the flag O_DIRECTORY a folder, durable. */
int path_sync(const char *path, int flags, struct error *error);

#endif
