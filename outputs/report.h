/*
 * report.h - the measure stream in memory: what a workbook is about.
 *
 * Bounded: indicators, months and sources are few; remarks are kept up to a stated number and
 * counted beyond it; rows about single children are passed over. The report owns its texts.
 */
#ifndef MONTHEND_REPORT_H
#define MONTHEND_REPORT_H

#include "etl/date.h"
#include "etl/memory.h"
#include "etl/stream.h"

struct result {
    const char *state; /* "value", "none", "tbc", "blank"; NULL: not in the stream */
    double value;      /* for a cell: 0.67 */
    const char *shown;
    bool has_target;
    double target;
    const char *target_shown;
    const char *change;
    const char *rag;
};

struct report_indicator {
    const char *code, *section, *title, *unit, *better, *target_shown, *population, *period;
    const char *test, *settles, *from, *datasets, *note, *defined;
    bool on_scorecard;
    struct result *results; /* by month of the window */
};

struct report_source {
    const char *file, *sheet, *sha256, *as_at;
};

struct report_count {
    unsigned source;
    const char *section, *dataset, *format;
    double read, accepted, rejected, ignored, merged;
};

struct report_remark {
    unsigned source;
    uint32_t row;
    const char *outcome, *dataset, *column, *field, *code;
};

struct report_unmapped {
    unsigned source;
    const char *column, *header;
};

enum { MOST_REMARKS = 10000 };

struct report {
    const char *authority, *marking;
    month_t last;
    int months;
    date_t as_at;
    double unlisted_children;
    struct report_indicator *indicators;
    size_t indicator_count, indicator_capacity;
    struct report_source *sources;
    size_t source_count, source_capacity;
    struct report_count *counts;
    size_t count_count, count_capacity;
    struct report_remark *remarks;
    size_t remark_count, remark_capacity;
    uint64_t remarks_beyond; /* not kept */
    struct report_unmapped *unmapped;
    size_t unmapped_count, unmapped_capacity;
    struct arena arena;
};

/* Reads a whole measure stream. A record stream is refused with what to do. */
int report_read(struct report *report, struct stream_reader *reader, struct error *error);
void report_free(struct report *report);

/* The month of a place in the window. */
month_t report_month(const struct report *report, int place);

/* How many indicators from `first` on are of its section, which is contiguous. */
size_t report_section(const struct report *report, size_t first);

#endif
