/*
 * dataset.h - the canonical datasets, as declared in etl/datasets.ini.
 *
 * Nothing in the program knows a dataset by name except `child`, which every row that names a
 * child adds to. The catalogue owns everything it points to; it is read once and does not change.
 */
#ifndef MONTHEND_DATASET_H
#define MONTHEND_DATASET_H

#include <stdbool.h>
#include <stddef.h>

#include "etl/memory.h"
#include "etl/problems.h"

enum field_type {
    TYPE_ID,
    TYPE_DATE,
    TYPE_TIME,
    TYPE_CATEGORY,
    TYPE_FLAG,
    TYPE_NUMBER,
    TYPE_TEXT,
    TYPE_REFERENCE
};

struct dataset;

struct field {
    const char *name;
    enum field_type type;
    const char *type_name;        /* as it stands in #columns: "date", "child" */
    const struct dataset *refers; /* TYPE_REFERENCE: to the rows of this dataset */
    const char *const *values;    /* TYPE_CATEGORY: the only values allowed, folded */
    size_t value_count;           /* 0: any value */
    bool percent_sign;            /* TYPE_NUMBER: 95% is 95 */
    unsigned line;
};

enum { MAX_FIELDS = 32, MAX_KEY_FIELDS = 4, NO_FIELD = -1 };

/* What is done with a row that fails a check. */
enum level {
    LEVEL_NOTE,   /* it is counted all the same, and listed */
    LEVEL_REJECT, /* it is listed and not counted */
    LEVEL_FAIL    /* nothing is written at all */
};

/* Checks that hold for every dataset; the program knows what they mean, the [checks] of the
 * datasets and of pipeline.conf say their levels. */
enum common_check { CHECK_ENDS_BEFORE_START, CHECK_KEY_CONFLICT, CHECK_NO_ROW, COMMON_CHECKS };
extern const char *const common_check_codes[COMMON_CHECKS];

/* "check CODE = LEVEL where PREDICATE", or "... if rows differ in FIELD". */
struct check {
    const char *code;
    enum level level;
    const char *where; /* the predicate that a wrong row passes, as written; NULL: */
    int differs;       /* rows of one key have different values of this field */
    unsigned line;
    struct check *next;
};

struct dataset {
    const char *name;
    size_t number; /* its place in the catalogue */
    struct field fields[MAX_FIELDS];
    const char *field_names[MAX_FIELDS];
    int field_count;
    int key[MAX_KEY_FIELDS];
    int key_count; /* 0: all fields together */
    int opens;     /* field numbers, NO_FIELD without */
    int closes;
    int dated[2]; /* the earlier of the two dates a row */
    /* Rows alike in these whose spells touch or overlap are one spell; 0: each is its own. */
    int join[MAX_KEY_FIELDS];
    int join_count;
    struct check *checks; /* in the order of the file */
    /* The identifier that references name: the first field of the key when it is an id. */
    int identifier;
    unsigned line;
};

struct catalogue {
    const char *path;
    struct dataset *datasets;
    const char **names;
    size_t count;
    enum level levels[COMMON_CHECKS];
    struct arena arena;
};

int catalogue_load(struct catalogue *catalogue, const char *path, struct problems *problems,
                   struct error *error);
void catalogue_free(struct catalogue *catalogue);

const struct dataset *catalogue_find(const struct catalogue *catalogue, struct span name);
/* The number of the field of this name, or NO_FIELD. */
int dataset_field(const struct dataset *dataset, struct span name);
/* Whether a row of the dataset is a child, or leads to one. */
bool dataset_names_child(const struct dataset *dataset);

/* Reads "note", "reject" or "fail"; false when it is none. */
bool level_from_text(struct span text, enum level *level);
/* The codes of all checks, common ones first, in an array that the caller frees (the texts are the
 * catalogue's). NULL when the memory ran out. */
const char **catalogue_check_codes(const struct catalogue *catalogue, size_t *count);

/* The dataset's #columns line for stream_write_table, with @ at its end. Appends to `out`. */
void dataset_columns(const struct dataset *dataset, struct buffer *out);

#endif
