/*
 * xlsx_strings.h - the shared strings of an .xlsx workbook.
 *
 * Phonetic runs are left out, the runs of rich text are joined, and _xHHHH_ is what it stands for.
 */
#ifndef MONTHEND_SOURCES_XLSX_STRINGS_H
#define MONTHEND_SOURCES_XLSX_STRINGS_H

#include "etl/sources/package.h"
#include "etl/sources/shared_strings.h"

/* Appends the strings of the part. Without `scan`, expat takes all of them: slower, for tests. */
int shared_strings_read(struct shared_strings *strings, struct package *package, int64_t part,
                        bool scan, struct error *error);

/* Replaces _xHHHH_ by the character it stands for, in place; returns the new length. */
size_t unescape_text(char *text, size_t length);

#endif
