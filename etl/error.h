/*
 * error.h - how a library call says what went wrong.
 *
 * A call that can fail takes a struct error * and returns -1 (or NULL) after filling it; it never
 * prints and never exits. The first error stands: filling a filled error changes nothing, so a
 * clean-up path cannot hide the cause. The message says what failed, on what (file, sheet, row,
 * column, or file and line) and what to do; lower case, no full stop, the subject in quotes. It
 * never holds a cell's value: these are children's records.
 */
#ifndef MONTHEND_ERROR_H
#define MONTHEND_ERROR_H

#include <stdarg.h>

#include "etl/exit_codes.h"

enum { ERROR_TEXT_SIZE = 1024 };

struct error {
    enum exit_code code; /* EXIT_COMPLETE: nothing went wrong yet */
    char text[ERROR_TEXT_SIZE];
};

/* Fills an empty error; a text that is too long is cut. Returns -1, so that a call can end with
 * `return error_set(...)`. */
int error_set(struct error *error, enum exit_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same for a system call that failed: the text is followed by ": " and the words for errno.
 * ENOENT, EACCES and ENOMEM choose their own exit code, others take `code`. */
int error_system(struct error *error, enum exit_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The memory ran out while doing `what`. Returns -1. */
int error_memory(struct error *error, const char *what);

#endif
