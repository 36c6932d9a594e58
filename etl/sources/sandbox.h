/*
 * sandbox.h - a process that can read what it was handed and nothing else.
 *
 * Limits come first (memory, processor time, no files to write, no core dump), then no new
 * privileges, then an empty Landlock rule set (no file may be opened, made or executed, nothing
 * connected to), then a seccomp filter: reading, memory that is not executable, writing to the
 * pipe, and leaving. Everything else fails with EPERM rather than killing the process, since
 * libraries try harmless things (a terminal's size, a locale) that no test here can know of. freexl
 * opens its file by name, so for it that one name, SANDBOX_FILE, may be opened; the filter compares
 * the pointer, and the name lies in memory that cannot be written to. It leads to memory, where
 * Landlock has no say.
 */
#ifndef MONTHEND_SOURCES_SANDBOX_H
#define MONTHEND_SOURCES_SANDBOX_H

#include "etl/sources/reader.h"

enum {
    SANDBOX_INPUT = 3,
    SANDBOX_OUTPUT = 4,
    SANDBOX_SCRATCH = 5 /* a copy of the input in memory, for a library that opens files by name */
};

/* The scratch memory's name. */
extern const char SANDBOX_FILE[];

/* Enters the sandbox, which cannot be left: descriptors other than 3 to 5 are closed or lead
 * nowhere, and the scratch memory is made when a library opens by name. *missing becomes what the
 * kernel did not grant ("Landlock"), or NULL. Returns -1 with the error filled when the limits
 * cannot be set, or when all must be had and cannot. */
int sandbox_enter(const struct reader_options *options, bool opens_by_name, const char **missing,
                  struct error *error);

#endif
