/*
 * row_marks.h - which rows each indicator counted in each month, to tell later why a figure moved.
 *
 * A report of next month shows this month again. Where the two differ, the rows that came, went or
 * count otherwise are found by comparing what is written here with what was written then. A row is
 * known by a fingerprint of its key, no identifier is written; still the file is to be kept as
 * closely as the records themselves, since who knows an identifier can compute its fingerprint.
 */
#ifndef MONTHEND_ROW_MARKS_H
#define MONTHEND_ROW_MARKS_H

#include "transforms/measures.h"

/* By month, from the first of the measures' grid: bit m of `counted` and of `met`. */
struct row_mark {
    uint64_t counted;
    uint64_t met;
};

struct row_marks {
    const struct measures *measures; /* tells which month is being computed */
    struct row_mark **marks;         /* by indicator, then by row of the dataset it counts */
    struct error *error;
};

/* The longest grid that a mark has bits for. */
enum { MOST_MARKED_MONTHS = 64 };

/* Ready to be the trace of measures_compute; both are borrowed. */
int row_marks_init(struct row_marks *marks, const struct measures *measures,
                   const struct definitions *definitions, struct error *error);
struct row_trace row_marks_trace(struct row_marks *marks);

/* Writes the tables of the marks (etl/tables.h) as a stream to the file, which is there already. */
int row_marks_write(const struct row_marks *marks, const char *path, struct error *error);

void row_marks_free(struct row_marks *marks);

#endif
