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
    unsigned line;
};

enum { MAX_FIELDS = 32, MAX_KEY_FIELDS = 4, NO_FIELD = -1 };

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
    /* The identifier that references name: the first field of the key when it is an id. */
    int identifier;
    unsigned line;
};

struct catalogue {
    const char *path;
    struct dataset *datasets;
    const char **names;
    size_t count;
    struct arena arena;
};

int catalogue_load(struct catalogue *catalogue, const char *path, struct problems *problems,
                   struct error *error);
void catalogue_free(struct catalogue *catalogue);

const struct dataset *catalogue_find(const struct catalogue *catalogue, struct span name);
/* The number of the field of this name, or NO_FIELD. */
int dataset_field(const struct dataset *dataset, struct span name);
/* The dataset's #columns line for stream_write_table, with @ at its end. Appends to `out`. */
void dataset_columns(const struct dataset *dataset, struct buffer *out);

#endif
