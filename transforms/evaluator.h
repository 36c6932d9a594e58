/*
 * evaluator.h - whether a test holds for a row on a day, asked of the sealed store.
 *
 * R is the last day of the month. What is seen on R: rows dated on or before it, whole, as they
 * stand at the as-at date; in a window anchored on the subject, rows up to the as-at date. An
 * evaluator is set to one month at a time and remembers who is in which group then, and what was
 * measured. It borrows all that it is made from, and owns what it remembers.
 */
#ifndef MONTHEND_EVALUATOR_H
#define MONTHEND_EVALUATOR_H

#include "transforms/cohort.h"
#include "transforms/definition.h"

struct measure; /* evaluate.h */

/* A row: the subject of an indicator, or the row at hand in a test. */
struct here {
    const struct table *table;
    uint32_t row;
};

/* The related rows of a row: a part of an index, in the order of their dates. */
struct related {
    const struct table *table;
    const uint32_t *rows;
    uint32_t count;
    date_t last_seen; /* rows dated later are not seen */
    uint32_t hidden;  /* the subject itself, or UINT32_MAX */
};

struct reach; /* feeding.h */

struct evaluator {
    struct store *store;
    const struct definitions *definitions;
    const struct calendar *calendar;
    date_t as_at;
    struct error *error; /* the first thing that went wrong; the caller's */

    month_t month;
    date_t month_end; /* R */
    const struct table *children;
    uint8_t **members;        /* of each group, by child: unknown, outside or inside */
    uint8_t **members_before; /* the same on the last day of the month before */
    struct cohort *groups; /* of each group, once it was asked for in the month; rows NULL before */
    struct measure *known; /* of each indicator, in the month */
    bool *is_known;
    const char *asks;       /* on whose behalf, for messages: an indicator's code, or a check */
    struct reach *reaches;  /* of each indicator, by its number; NULL: all are fed */
    uint8_t *no_birth_date; /* of each row of `children`: an age was asked, none is known */
    struct tally *tallies;
    size_t tally_capacity;
    uint8_t *marks; /* of each small number: a scratch for counting distinct values */
    size_t mark_capacity;
};

/* Builds the indexes that the definitions need. The definitions must be prepared. `reaches` may
 * be set afterwards (feeding.h) and is the evaluator's to free. */
int evaluator_init(struct evaluator *evaluator, struct store *store,
                   const struct definitions *definitions, const struct calendar *calendar,
                   date_t as_at, struct error *error);
void evaluator_free(struct evaluator *evaluator);

/* Sets the month; EXIT_BAD_OPTION when its end lies after the as-at date. */
int evaluator_set_month(struct evaluator *evaluator, month_t month);

/* Sets R to any day on or before the as-at date, for what is not asked by the month; "in month"
 * then reaches from the first day of its month to it. */
void evaluator_set_day(struct evaluator *evaluator, date_t day);
/* Builds the indexes that a test needs. */
int evaluator_index(struct evaluator *evaluator, const struct test *test);

/* The members of a group in the month: borrowed, until the month is set anew. */
int evaluator_group(struct evaluator *evaluator, size_t group, struct cohort *cohort);

/* ---- tests and their parts ---- */

/* Whether a test holds for a row. `subject` is what `this` means in it, NULL in a group. */
bool evaluator_holds(struct evaluator *evaluator, const struct test *test, struct here here,
                     const struct here *subject);
/* The value at the end of a path, NO_VALUE when it is missing or a reference leads nowhere. */
int64_t evaluator_value(const struct evaluator *evaluator, const struct path *path,
                        struct here here, const struct here *subject);
/* Follows the references of a path up to its last field. False when one of them leads nowhere. */
bool evaluator_follow(const struct evaluator *evaluator, const struct path *path, struct here here,
                      const struct here *subject, struct here *end);
/* A date or time of a row, NO_MOMENT when missing. */
moment_t evaluator_moment(const struct evaluator *evaluator, const struct path *path,
                          struct here here, const struct here *subject);
/* The day `number` units after a day; NO_DATE outside the bank-holiday table, with the error
 * filled. */
date_t evaluator_add(struct evaluator *evaluator, date_t date, int64_t number, enum unit unit,
                     struct here here);
struct related evaluator_related(const struct evaluator *evaluator, const struct test *test,
                                 struct here here, const struct here *subject);
/* The row that a path through references ends at, UINT32_MAX when one leads nowhere. */
uint32_t evaluator_end(const struct evaluator *evaluator, const struct path *path,
                       struct here here);

/* The child (identifier) that a row is about, NO_VALUE when it names none; the same for any other
 * dataset that rows refer to. */
int64_t row_names(const struct table *table, uint32_t row, const struct dataset *thing);

#endif
