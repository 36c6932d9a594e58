/*
 * report.h - the measure stream in memory: what a workbook is about.
 *
 * Bounded: indicators, their members, months, workers and sources are few; remarks are kept up to a
 * stated number and counted beyond it; rows about single children are handed on to whoever asked
 * for them (worklists.h) and not kept. The report owns its texts.
 */
#ifndef MONTHEND_REPORT_H
#define MONTHEND_REPORT_H

#include "etl/date.h"
#include "etl/decimal.h"
#include "etl/memory.h"
#include "etl/stream.h"

/* One cell: of an indicator in a month, or of one member of a breakdown. */
struct result {
    const char *state; /* "value", "none", "tbc", "blank"; NULL: not in the stream */
    double value;      /* for a cell: 0.67 */
    const char *shown;
    bool has_target;
    double target;
    const char *target_shown;
    const char *change;
    const char *rag;
    decimal_t numerator, denominator; /* NO_DECIMAL: none */
    bool restated;                    /* the last report of this month showed another value */
};

struct report_indicator {
    const char *code, *section, *title, *unit, *better, *target_shown, *population, *period;
    const char *test, *settles, *from, *datasets, *note, *defined;
    const char *detail_title, *detail_target; /* what its detail table shows instead; or "" */
    bool on_scorecard;
    struct result *results; /* by month of the window */
};

/* One line of a breakdown: W 1 by team, Assessment North. Those of one breakdown are together, as
 * their dimension declares them or by name. */
struct report_member {
    size_t indicator;
    const char *dimension, *member;
    double place;           /* among those declared, from 1; 0: by name */
    struct result *results; /* by month of the window */
};

struct report_caseload {
    size_t indicator;
    const char *service, *team, *worker;
    double cases, equivalents;
};

/* What a head of service wrote. */
struct report_comment {
    const char *section;
    month_t month;
    bool action; /* something to be done, by its owner */
    const char *text, *owner, *status;
    date_t due; /* NO_DATE: none */
};

struct report_figure {
    const char *indicator, *period, *frequency, *unit;
    bool has_value;
    double value;
};

struct report_restatement {
    size_t indicator;
    month_t month;
    const char *published, *now;
    date_t published_on;
    double added, removed, changed;
};

/* A week of the tracker: this one, and the one before. */
struct report_week {
    const char *week;
    date_t first, last;
    double children, episodes, hours, missing;
};

struct report_check {
    const char *code, *title;
    bool fed; /* some source says whether it is recorded */
    double asked, met, asked_before, met_before;
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

/* How many rows there are of one outcome and code: all of them, also those beyond MOST_REMARKS. */
struct report_finding {
    const char *outcome, *dataset, *code;
    double rows;
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
    struct report_member *members;
    size_t member_count, member_capacity;
    struct report_caseload *caseloads;
    size_t caseload_count, caseload_capacity;
    struct report_comment *comments;
    size_t comment_count, comment_capacity;
    struct report_figure *figures;
    size_t figure_count, figure_capacity;
    struct report_restatement *restatements;
    size_t restatement_count, restatement_capacity;
    struct report_week *weeks;
    size_t week_count, week_capacity;
    struct report_check *checks;
    size_t check_count, check_capacity;
    bool compared; /* with what was published before: the stream has restatements, perhaps none */
    struct report_source *sources;
    size_t source_count, source_capacity;
    struct report_count *counts;
    size_t count_count, count_capacity;
    struct report_remark *remarks;
    size_t remark_count, remark_capacity;
    uint64_t remarks_beyond;         /* not kept */
    struct report_finding *findings; /* in the order of the stream */
    size_t finding_count, finding_capacity;
    struct report_unmapped *unmapped;
    size_t unmapped_count, unmapped_capacity;
    struct arena arena;
};

/* Told of every row of one table about single children, as the reader stands on it. Returns
 * non-zero to stop, after filling the error that report_read was given. */
struct report_rows {
    void *context;
    const char *table;
    int (*row)(void *context, const struct report *report, const struct stream_reader *reader);
};

/* Reads a whole measure stream. `rows` is ended by a NULL table, or NULL itself. A record stream is
 * refused with what to do. */
int report_read(struct report *report, struct stream_reader *reader, const struct report_rows *rows,
                struct error *error);
void report_free(struct report *report);

/* The month of a place in the window, and the place of a month: -1 outside. */
month_t report_month(const struct report *report, int place);
int report_place(const struct report *report, month_t month);

/* The number of the indicator of a code, SIZE_MAX when there is none. */
size_t report_find(const struct report *report, struct span code);

/* How many indicators from `first` on are of its section, which is contiguous. */
size_t report_section(const struct report *report, size_t first);

/* How many members from `first` on are of its breakdown. */
size_t report_breakdown(const struct report *report, size_t first);

/* An indicator's cell of the report's month, and whether a cell holds a number. */
const struct result *report_now(const struct report *report, size_t indicator);
bool result_has_value(const struct result *result);

/* Whether an action's day has passed and its status does not say that it is done. */
bool comment_is_overdue(const struct report *report, const struct report_comment *comment);

/* The source of a number, one of empty texts when there is none. */
const struct report_source *report_source(const struct report *report, unsigned number);

#endif
