/*
 * predicate.h - the tests that definitions are written in, parsed and bound to datasets.
 *
 *   pred := pred or pred | pred and pred | not pred | ( pred ) | test
 *   test := FIELD is [not] VALUE {, VALUE}     FIELD is [not] set      FIELD (a flag that is yes)
 *         | FIELD (< | <= | = | >= | >) (LITERAL | FIELD)
 *         | FIELD within N UNIT [after FIELD | before FIELD]
 *         | FIELD in month | FIELD in the future | FIELD by month end
 *         | age (< | <= | = | >= | >) N | open | open for at least N UNIT
 *         | in GROUP [the month before]
 *         | any | no | at least N  DATASET [( pred )]
 *         | latest DATASET [( pred )] is ( pred )
 *
 * `not` binds tightest, then `and`, then `or`. A FIELD is a name of the dataset at hand, followed
 * through references by dots (team.kind), or `this.NAME`: the subject's own, in a related test.
 * Everything is checked when it is parsed: fields, types, datasets, groups. Tests live in the arena
 * they were parsed into.
 */
#ifndef MONTHEND_PREDICATE_H
#define MONTHEND_PREDICATE_H

#include "transforms/store.h"

enum { MAX_STEPS = 4 };

/* A field, reached through references. */
struct path {
    bool of_subject;                           /* begins with this. */
    int steps;                                 /* 0: no path */
    const struct dataset *datasets[MAX_STEPS]; /* whose field each step is */
    int fields[MAX_STEPS];
};

enum unit { UNIT_HOURS, UNIT_DAYS, UNIT_WORKING_DAYS, UNIT_WEEKS, UNIT_MONTHS, UNIT_YEARS };

enum comparison { LESS, AT_MOST, EQUAL, AT_LEAST, MORE };

enum test_kind {
    TEST_AND,
    TEST_OR,
    TEST_NOT,
    TEST_VALUE,   /* path is one of values */
    TEST_SET,     /* path is set */
    TEST_FLAG,    /* path is yes */
    TEST_COMPARE, /* path, comparison, other or literal */
    TEST_WITHIN,  /* path <= R <= path + span */
    TEST_AFTER,   /* other <= path <= other + span */
    TEST_BEFORE,  /* path <= other <= path + span */
    TEST_IN_MONTH,
    TEST_IN_FUTURE, /* after the as-at date */
    TEST_BY_MONTH_END,
    TEST_AGE, /* of the child on R */
    TEST_OPEN,
    TEST_OPEN_FOR,     /* opened + span <= R */
    TEST_GROUP,        /* the row's child is in the group on R */
    TEST_GROUP_BEFORE, /* it was on the last day of the month before */
    TEST_ANY,          /* at least `number` related rows pass left */
    TEST_LATEST        /* of the related rows that pass left, one of the latest passes right */
};

/* How the rows of another dataset belong to the row at hand: by one thing both name. */
struct relation {
    const struct dataset *dataset;
    int from;    /* field of the dataset at hand (its identifier, when it is the thing itself) */
    int to;      /* field of the related dataset */
    bool is_own; /* the subject's own dataset: the subject itself is not seen */
    bool this_month; /* rows of other months cannot pass: they need not be looked at */
    bool anchored;   /* a window after a date of the subject: reaches to the as-at date */
};

struct test {
    enum test_kind kind;
    const struct test *left, *right;   /* of and, or, not; the predicates of related tests */
    struct span left_text, right_text; /* of and, or: the two as written */
    struct path path, other;
    enum comparison comparison;
    int64_t number; /* literal, age, count, or how many units */
    enum unit unit;
    struct span *values; /* TEST_VALUE: as written */
    int64_t *numbers;    /* the same as values of the column: set by predicate_prepare */
    size_t value_count;
    size_t group; /* TEST_GROUP, TEST_GROUP_BEFORE: which */
    int link;     /* the same and TEST_AGE: the field that names the child */
    struct relation relation;
};

/* A named group of children. */
struct group {
    const char *name;
    const struct test *test;
    const char *text; /* as written, for people */
    const char *file;
    unsigned line;
};

/* Everything a predicate may speak of. */
struct scope {
    struct store *store; /* the columns that a predicate needs are marked here */
    const struct group *groups;
    size_t group_count;
    struct arena *arena;
    struct problems *problems;
    const char *file; /* where the predicate stands */
    unsigned line;
    const char *code; /* the indicator or group it belongs to */
};

/* Parses a predicate about rows of `dataset`. NULL after adding to the scope's problems (and when
 * the memory ran out, which is a problem too). `subject` is true when the row at hand is a subject
 * that related tests can speak of as `this`; false in a group. */
const struct test *predicate_parse(struct scope *scope, const char *text,
                                   const struct dataset *dataset, bool subject);

/* Parses a field of `dataset` alone (for each, weight, per, when). False after adding a problem. */
bool predicate_path(struct scope *scope, const char *text, const struct dataset *dataset,
                    struct path *path);

/* Parses "FIELD", or "latest DATASET [( pred )] FIELD": a field of the row at hand, or of the
 * latest row related to it that passes. *latest is NULL for the first, for the second a test of the
 * kind TEST_LATEST without a right side. False after adding a problem. */
bool predicate_field(struct scope *scope, const char *text, const struct dataset *dataset,
                     struct path *path, const struct test **latest);

/* Parses "20 working days" and the like. False when it is none. */
bool predicate_span(struct span text, int64_t *number, enum unit *unit);

/* The field that a path ends at. */
const struct field *path_field(const struct path *path);

/* Looks up the values that tests compare with in the sealed store; -1 when the memory ran out. */
int predicate_prepare(const struct test *test, const struct store *store);

#endif
