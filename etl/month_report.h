/*
 * month_report.h - a month's measure stream as run, history and diff look at it: its cells, where
 * its rows came from, and what was found out about them.
 *
 * The aggregates of every published report are kept: the same stream without the tables that are
 * about single children. Both are read by month_report_read. {0} is an empty report; everything it
 * points to is its own.
 */
#ifndef MONTHEND_MONTH_REPORT_H
#define MONTHEND_MONTH_REPORT_H

#include "etl/date.h"
#include "etl/memory.h"
#include "etl/stream.h"

/* One indicator in one month; "" where there is nothing. */
struct report_cell {
    const char *code;
    month_t month;
    bool on_scorecard;
    const char *numerator, *denominator;
    const char *state, *shown, *target, *change, *rag;
};

/* The rows of one source in one sheet. */
struct report_count {
    unsigned source;
    const char *section, *dataset;
    uint64_t read, accepted, rejected, ignored, merged;
};

struct report_header {
    unsigned source;
    const char *column, *header;
    const char *fields; /* "dataset.field,dataset.field" */
};

struct report_source {
    const char *file, *sheet, *sha256;
};

/* How many remarks of one outcome and code, or rows of one table. */
struct report_tally {
    const char *outcome, *code;
    uint64_t count;
};

struct month_report {
    month_t month;
    date_t as_at;
    struct report_cell *cells; /* by indicator, in the order of the report, then by month */
    size_t cell_count, cell_capacity;
    struct report_count *counts;
    size_t count_count, count_capacity;
    struct report_header *headers;
    size_t header_count, header_capacity;
    struct report_source *sources;
    size_t source_count, source_capacity;
    struct report_tally *remarks;
    size_t remark_count, remark_capacity;
    struct report_tally *tables; /* of the stream, with their rows */
    size_t table_count, table_capacity;
    struct arena arena;
};

/* Reads a measure stream to its end; -1 with the error filled (EXIT_BROKEN when the counts of rows
 * do not add up). */
int month_report_read(struct month_report *report, int descriptor, const char *name,
                      struct error *error);
int month_report_read_file(struct month_report *report, const char *path, struct error *error);
void month_report_free(struct month_report *report);

/* The cell, or NULL. */
const struct report_cell *month_report_cell(const struct month_report *report, const char *code,
                                            month_t month);

/* The sums over all sources. */
struct report_count month_report_total(const struct month_report *report);

/* Copies the stream of `from` (from its offset) to `to` without the tables about single children.
 */
int month_report_keep(int from, int to, struct error *error);

#endif
