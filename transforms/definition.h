/*
 * definition.h - indicators as their files define them.
 *
 * A definition file is INI: [CODE] is an indicator, [group NAME] a named set of children,
 * [defaults] gives keys to the indicators that follow it in the same file. Files are read in the
 * order of the configuration, and everything is checked, against the datasets and each other,
 * before data is read. The keys are the table in indicator_keys.c; indicators(5) teaches them.
 */
#ifndef MONTHEND_DEFINITION_H
#define MONTHEND_DEFINITION_H

#include "etl/config.h"
#include "transforms/dimension.h"

enum when_kind {
    WHEN_ALWAYS,
    WHEN_OPEN,         /* open at the end of the last day of the month */
    WHEN_IN_MONTH,     /* a date of the row lies in the month */
    WHEN_YEAR_TO_DATE, /* between 1 April and the end of the month */
    WHEN_LAST_MONTHS   /* in the last N calendar months, this one the last */
};

enum measure_unit { UNIT_PERCENT, UNIT_NUMBER, UNIT_AVERAGE };

/* A target holds from a month until the next one does. */
struct target {
    month_t from;      /* INT32_MIN: always */
    decimal_t value;   /* NO_DECIMAL: none from here on */
    const char *shown; /* "95%" */
};

enum { MAX_DIMENSIONS = 8 };

struct indicator {
    const char *code;
    const char *section;
    const char *title;
    const char *detail_title;  /* in the table of its section, where that has another */
    const char *detail_target; /* likewise */
    const char *note;
    bool on_scorecard;

    const struct dataset *count; /* NULL for a pool */
    bool count_given;            /* though it may be no dataset */
    enum when_kind when;
    struct path when_field;
    int64_t when_months;
    const struct test *where, *met; /* NULL: no test */
    struct path each, weight, per;  /* steps 0: none */
    struct indicator **pool;
    size_t pool_count;

    const struct dimension *by[MAX_DIMENSIONS];
    size_t by_count;
    unsigned by_line; /* where they are named: in its block or in [defaults] */

    enum measure_unit unit;
    bool lower_is_better;
    const struct target *targets; /* by month, the earliest first */
    size_t target_count;
    decimal_t amber; /* per cent of the target, or an amount in the unit shown */
    bool amber_is_amount;
    unsigned target_line, amber_line; /* 0: not said; of its block or of [defaults] */
    month_t from;                     /* INT32_MIN: always */
    int64_t settles;                  /* working days; -1: at once */

    /* As written, for people. */
    const char *when_text, *where_text, *met_text, *each_text, *weight_text, *per_text;
    const char *pool_text, *target_text, *amber_text, *settles_text;
    const char *file;
    unsigned line;
    size_t number; /* its place among the indicators */

    struct uses uses;
};

struct definitions {
    struct indicator **indicators; /* in the order of the files, sections together */
    size_t count;
    size_t capacity;
    struct group *groups;
    size_t group_count;
    size_t group_capacity;
    struct dimension **dimensions;
    size_t dimension_count;
    size_t dimension_capacity;
    struct arena arena;
};

/* Reads all files of the configuration. Marks in the store the columns that they need. Problems
 * are added; returns -1 with the error filled when a file cannot be read or the memory ran out. */
int definitions_load(struct definitions *definitions, const struct config *config,
                     struct store *store, struct problems *problems, struct error *error);
void definitions_free(struct definitions *definitions);

const struct indicator *definitions_find(const struct definitions *definitions, const char *code);

/* Looks up in the sealed store what the definitions compare with; -1 when the memory ran out. */
int definitions_prepare(const struct definitions *definitions, const struct store *store);

/* Whether a dataset that the indicator is computed from came in the stream, with or without rows;
 * the name of the first that did not is put into *lacking. */
bool indicator_has_data(const struct indicator *indicator, const struct store *store,
                        const char **lacking);

/* The target of a month, or NULL when there is none. */
const struct target *indicator_target(const struct indicator *indicator, month_t month);

/* The names of the datasets that an indicator is computed from, separated by ", ". */
void indicator_datasets(const struct indicator *indicator, struct buffer *out);

/* A line of help for each key, for `monthend check --keys`. */
void definitions_describe_keys(struct buffer *out);

#endif
