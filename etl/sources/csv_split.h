/*
 * csv_split.h - plain lines of delimited text, split where they stand.
 *
 * A plain line ends in LF or CR LF; a field of it either has no quote, or begins and ends with one
 * and has no other, and no line end, between. Sixteen bytes are looked at together.
 */
#ifndef MONTHEND_SOURCES_CSV_SPLIT_H
#define MONTHEND_SOURCES_CSV_SPLIT_H

#include "etl/sources/source.h"

enum { CSV_MOST_COLUMNS = 16384 };

/* {0} but for the delimiter; owns the array. */
struct csv_splitter {
    char delimiter;
    struct cell *cells; /* of the line that was split last; the texts stand in the line */
    size_t count;
    size_t capacity;
    bool failed; /* the memory ran out */
};

/* Splits the line that the text begins with. Returns its length with its end, or 0 when it is not
 * plain, or not certain to be whole. */
size_t csv_split_line(struct csv_splitter *splitter, const char *text, size_t length);
void csv_splitter_free(struct csv_splitter *splitter);

#endif
