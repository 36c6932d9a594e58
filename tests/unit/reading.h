/*
 * reading.h - files made in memory, and what a reader makes of them, for the tests of the readers.
 *
 * What a reader pushes is written down as one text:
 * "[Sheet]1:A=text;B=1.5;C=@43678;D=!#N/A;E=?1|2:A=x|", notes as "(row,column code)", a refusal as
 * "error 65: 'f': why". Texts returned stand in static memory, until the next call.
 */
#ifndef MONTHEND_TESTS_READING_H
#define MONTHEND_TESTS_READING_H

#include <stddef.h>

#include "etl/sources/reader.h"

int memory_file(const void *bytes, size_t length);

/* A part of a zip archive. */
struct part {
    const char *name;
    const char *text;
};

/* A zip archive as a file in memory. */
int zip_file(const struct part *parts, size_t count);

/* What the format that bids for the file makes of it in its reader process. Closes the file. */
const char *read_file(int descriptor);
/* The same by one format, in its reader process, and in this one. */
const char *read_by(const struct source_format *format, int descriptor);
const char *read_here(const struct source_format *format, int descriptor);
/* The same by a format made up of a function, in a reader process. */
const char *run_format(int (*read)(int, const struct row_sink *, struct error *),
                       struct reader_options options);
/* A file of the tests or samples, by its path in the project. */
const char *read_path(const char *path);

#define READS(expected, bytes)                                                                     \
    cr_assert_str_eq(read_file(memory_file("" bytes, sizeof(bytes) - 1)), expected)

#endif
