/*
 * xlsx_strings.h - the shared strings of a workbook: the one thing that is kept whole.
 *
 * All texts stand in one buffer, found by their offsets. Phonetic runs are left out, the runs of
 * rich text are joined, and _xHHHH_ is what it stands for.
 */
#ifndef MONTHEND_SOURCES_XLSX_STRINGS_H
#define MONTHEND_SOURCES_XLSX_STRINGS_H

#include "etl/sources/xlsx_package.h"
#include "etl/text.h"

struct shared_strings {
    struct buffer texts;
    size_t *starts; /* of each text; one more than there are, for the end of the last */
    size_t count;
    size_t capacity;
};

int shared_strings_read(struct shared_strings *strings, struct package *package, int64_t part,
                        struct error *error);
void shared_strings_free(struct shared_strings *strings);

/* The text of this number; false when there is none. */
bool shared_string(const struct shared_strings *strings, size_t number, struct span *text);

/* Replaces _xHHHH_ by the character it stands for, in place; returns the new length. */
size_t unescape_text(char *text, size_t length);

#endif
