/*
 * sandbox.h - a process that can read what it was handed and nothing else.
 *
 * Limits come first (memory, processor time, no files to write, no core dump), then no new
 * privileges, then a seccomp filter: reading, memory, writing to a descriptor that is open already,
 * and leaving. Everything else fails with EPERM rather than killing the process, since libraries
 * try harmless things (a terminal's size, a locale) that no test here can know of. freexl opens its
 * file by name, so that one name, SANDBOX_FILE, may be opened; the filter compares the pointer, and
 * the name lies in memory that cannot be written to.
 */
#ifndef MONTHEND_SOURCES_SANDBOX_H
#define MONTHEND_SOURCES_SANDBOX_H

#include "etl/sources/reader.h"

enum {
    SANDBOX_INPUT = 3,
    SANDBOX_OUTPUT = 4,
    SANDBOX_SCRATCH = 5 /* memory as large as the input, for a library that opens files by name */
};

/* The scratch memory's name. */
extern const char SANDBOX_FILE[];

/* Enters the sandbox: descriptors other than 0 to 5 are closed, and it cannot be left. Returns -1
 * with the error filled when it must be had and cannot. */
int sandbox_enter(const struct reader_options *options, struct error *error);

#endif
