/*
 * store.h - the datasets in memory, as columns.
 *
 * Filled from the record stream, then sealed: rows of one key are merged, every child that any row
 * names has a row in `child`, and rows are indexed by what they refer to. After that nothing
 * changes but the indexes that are made on first use. A value is one int64: a number in a
 * dictionary for identifiers, references and categories, days or seconds for dates and times, 0 or
 * 1 for flags, ten-thousandths for numbers; NO_VALUE when missing.
 */
#ifndef MONTHEND_STORE_H
#define MONTHEND_STORE_H

#include "etl/dataset.h"
#include "etl/date.h"
#include "etl/decimal.h"
#include "etl/stream.h"
#include "transforms/dictionary.h"

#define NO_VALUE INT64_MIN

/* Where a row came from: the source's number (from 1) and the row of its sheet. */
struct origin {
    uint32_t source;
    uint32_t row;
};

/* By source, then by row: an order of rows that does not depend on how they are stored. */
static inline int origin_compare(const struct origin *a, const struct origin *b)
{
    if (a->source != b->source)
        return a->source < b->source ? -1 : 1;
    return (a->row > b->row) - (a->row < b->row);
}

struct source_info {
    const char *file;
    const char *sheet;
    const char *sha256;
    date_t as_at;
};

/* Rows by a small number: those of number n are rows[start[n]] to rows[start[n + 1]]. */
struct row_index {
    uint32_t *start;
    uint32_t *rows;
    uint32_t count; /* how many numbers */
    bool built;
};

struct column {
    bool needed;     /* a definition, a key or a reference speaks of it */
    int32_t *narrow; /* identifiers, references, categories, flags, dates */
    int64_t *wide;   /* times and numbers */
    size_t capacity;
    struct row_index index;  /* by value, for identifiers and references; rows of one value are in
                                the order of what dates or opens them */
    struct row_index months; /* by month, for dates and times, counted from first_month */
    month_t first_month;
};

struct table {
    const struct dataset *dataset;
    struct column columns[MAX_FIELDS];
    uint32_t count;
    struct origin *origins;
    /* What only merging needs, until the store is sealed: how many fields of a row have a value,
     * the hash of the record's text, and where the text ends in `texts`. The hashes stay where a
     * dataset has no key: rows have nothing else to be known by. */
    uint8_t *filled;
    uint64_t *hashes;
    size_t *ends;
    date_t *dated; /* the day that dates each row, once sealed; NULL for undated rows */
    size_t capacity;
    struct dictionary identifiers; /* of the dataset's own identifier: what references name */
    struct buffer texts; /* of the records, one behind the other; of keyed datasets only */
    uint64_t merged;
    bool watched[MAX_FIELDS]; /* rows of one key that differ in it are noted in differences */
    bool refused[MAX_FIELDS]; /* and the row that is not kept completes nothing */
    bool fed;                 /* the stream has this table, if without a row */
};

enum merge_kind {
    MERGE_ALIKE,     /* the two rows are one */
    MERGE_CONFLICT,  /* they differ: the better one was kept */
    MERGE_COMPLETED, /* each says something of the same thing: what one lacks the other gives */
    MERGE_JOINED,    /* spells that touch are one spell */
    MERGE_REFUSED    /* a check rejects the row that was not kept */
};

/* A row that was merged into another. */
struct merge {
    const struct dataset *dataset;
    struct origin origin;
    enum merge_kind kind;
};

/* A row that says another thing than the one of its key that was kept. */
struct difference {
    const struct dataset *dataset;
    int field;
    struct origin origin;
};

/* A row that a check took out. */
struct refusal {
    const struct dataset *dataset;
    struct origin origin;
};

struct store {
    const struct catalogue *catalogue;
    struct table *tables;         /* by the dataset's number */
    struct dictionary spellings;  /* category values as they came */
    struct dictionary categories; /* the same, folded */
    int32_t *folded;              /* of each spelling: its number in `categories` */
    size_t folded_capacity;
    uint32_t folded_count; /* of the first spellings; the others are no category yet */
    struct buffer marked;  /* a text as it stands among the categories: a scratch */
    int32_t *names; /* of each category: its spelling that people see, the first in text order */
    size_t name_capacity;
    struct source_info *sources;
    size_t source_count;
    size_t source_capacity;
    struct merge *merges;
    size_t merge_count;
    size_t merge_capacity;
    struct difference *differences;
    size_t difference_count;
    size_t difference_capacity;
    struct refusal *refusals;
    size_t refusal_count;
    size_t refusal_capacity;
    bool *completed;            /* by child: its row was added for those who name it */
    uint32_t unlisted_children; /* named by some row, in no list of children */
    struct arena arena;
};

int store_init(struct store *store, const struct catalogue *catalogue, struct error *error);
void store_free(struct store *store);

/* Marks a column as needed; to be called before rows are added. */
void store_need(struct store *store, const struct dataset *dataset, int field);

/* The reader announced a source. */
int store_add_source(struct store *store, const struct stream_reader *reader, struct error *error);
/* Announces the sources again, with their numbers. */
void store_write_sources(const struct store *store, struct stream_writer *writer);
/* The reader stands at the table of a dataset: reads it to its end. */
int store_add_table(struct store *store, const struct dataset *dataset,
                    struct stream_reader *reader, struct error *error);
/* After the last row: merges, completes and orders; nothing may be added afterwards. */
int store_seal(struct store *store, struct error *error);
/* Takes the marked rows out of a sealed store (by dataset, by row), notes them in `refusals`, and
 * seals it again: a child whom no row names any more is gone too. */
int store_remove(struct store *store, bool *const *marked, struct error *error);

static inline const struct table *store_table(const struct store *store,
                                              const struct dataset *dataset)
{
    return &store->tables[dataset->number];
}

static inline int64_t store_value(const struct table *table, int field, uint32_t row)
{
    const struct column *column = &table->columns[field];
    if (column->wide)
        return column->wide[row];
    if (!column->narrow || column->narrow[row] == INT32_MIN)
        return NO_VALUE;
    return column->narrow[row];
}

/* For the filling of the store; `row` has room. */
static inline void store_set(struct table *table, int field, uint32_t row, int64_t value)
{
    struct column *column = &table->columns[field];
    if (column->wide)
        column->wide[row] = value;
    else
        column->narrow[row] = value == NO_VALUE ? INT32_MIN : (int32_t)value;
}

/* The day of a date or time field, NO_DATE when missing. */
static inline date_t store_day(const struct table *table, int field, uint32_t row)
{
    int64_t value = store_value(table, field, row);
    if (value == NO_VALUE)
        return NO_DATE;
    return table->dataset->fields[field].type == TYPE_TIME ? moment_date(value) : (date_t)value;
}

/* The day that dates a row (the earlier of two); NO_DATE for rows of undated datasets. */
static inline date_t store_dated(const struct table *table, uint32_t row)
{
    return table->dated ? table->dated[row] : NO_DATE;
}

/* The rows whose reference (or identifier) `field` is `value`. NULL when the memory ran out. */
const struct row_index *store_index(struct store *store, const struct dataset *dataset, int field,
                                    struct error *error);
/* The rows by the month of a date or time field. */
const struct row_index *store_months(struct store *store, const struct dataset *dataset, int field,
                                     struct error *error);

/* The row that an identifier means on a day: the spell open then, else the latest before, else the
 * first. UINT32_MAX when no row has this identifier. The index of its identifier must be built. */
uint32_t store_resolve(const struct store *store, const struct dataset *dataset, int64_t identifier,
                       date_t on);

/* Whether the spell of a row is open at the end of a day: opened on or before it, and not closed on
 * or before it. */
bool store_open(const struct table *table, uint32_t row, date_t on);

/* The number of a category value, folded: -1 when no row has it. */
int64_t store_category(const struct store *store, struct span value);
enum { CATEGORY_NO_MEMORY = -2 }; /* what it returns when the memory ran out */

/* The number of a text, as it is: -1 when no row has it. */
int64_t store_text(const struct store *store, struct span value);

/* A category or text as it was written; "" for NO_VALUE. */
struct span store_category_name(const struct store *store, int64_t value);

/* The identifier's text, "" for NO_VALUE. */
struct span store_identifier(const struct store *store, const struct dataset *dataset,
                             int64_t value);

#endif
