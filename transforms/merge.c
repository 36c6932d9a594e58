#include "transforms/merge.h"

#include <stdlib.h>
#include <string.h>

#define NO_ROW UINT32_MAX

/* The rows of each key: a chain of rows, found by the hash of the key. */
struct chains {
    uint32_t *heads; /* the row that came last, by slot */
    size_t capacity; /* a power of two */
    uint32_t *next;  /* of each row: the one of its key that came before it, or NO_ROW */
};

/* ---- order ---------------------------------------------------------------------------------- */

static int compare_numbers(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static struct span record_text(const struct table *table, uint32_t row)
{
    size_t begin = row > 0 ? table->ends[row - 1] : 0;
    size_t length = table->ends[row] - begin;
    return (struct span){length ? table->texts.text + begin : "", length};
}

/* What the order of rows of one key needs to know. */
struct ordering {
    const struct store *store;
    const struct table *table;
};

/* The better row first; rows that are alike stand together, the earlier origin first. */
static int compare_rows(const void *left, const void *right, void *context)
{
    const struct ordering *ordering = context;
    const struct table *table = ordering->table;
    uint32_t a = *(const uint32_t *)left;
    uint32_t b = *(const uint32_t *)right;
    const struct origin *x = &table->origins[a];
    const struct origin *y = &table->origins[b];
    const struct source_info *sources = ordering->store->sources;
    int order = compare_numbers(sources[y->source - 1].as_at, sources[x->source - 1].as_at);
    int closes = table->dataset->closes;
    if (order == 0 && closes != NO_FIELD) {
        int64_t a_ends = store_value(table, closes, a);
        int64_t b_ends = store_value(table, closes, b);
        order = compare_numbers(b_ends == NO_VALUE ? INT64_MAX : b_ends,
                                a_ends == NO_VALUE ? INT64_MAX : a_ends);
    }
    if (order == 0)
        order = compare_numbers(table->filled[b], table->filled[a]);
    if (order == 0)
        order = span_compare(record_text(table, a), record_text(table, b));
    return order ? order : origin_compare(x, y);
}

/* ---- keys ----------------------------------------------------------------------------------- */

static uint64_t key_hash(const struct table *table, uint32_t row)
{
    const struct dataset *dataset = table->dataset;
    if (dataset->key_count == 0)
        return table->hashes[row];
    uint64_t hash = 0x9E3779B97F4A7C15u;
    for (int k = 0; k < dataset->key_count; k++) {
        hash ^= (uint64_t)store_value(table, dataset->key[k], row);
        hash *= 0xff51afd7ed558ccdu;
        hash ^= hash >> 32;
    }
    return hash;
}

static bool is_alike(const struct table *table, uint32_t a, uint32_t b)
{
    return table->hashes[a] == table->hashes[b] && table->filled[a] == table->filled[b];
}

static bool same_key(const struct table *table, uint32_t a, uint32_t b)
{
    const struct dataset *dataset = table->dataset;
    if (dataset->key_count == 0)
        return is_alike(table, a, b);
    for (int k = 0; k < dataset->key_count; k++)
        if (store_value(table, dataset->key[k], a) != store_value(table, dataset->key[k], b))
            return false;
    return true;
}

static void chains_free(struct chains *chains)
{
    free(chains->heads);
    free(chains->next);
}

static int chain_rows(struct chains *chains, const struct table *table, struct error *error)
{
    chains->capacity = 64;
    while (chains->capacity < (size_t)table->count * 2)
        chains->capacity *= 2;
    chains->heads = malloc(chains->capacity * sizeof *chains->heads);
    chains->next = malloc(table->count * sizeof *chains->next);
    if (!chains->heads || !chains->next)
        return error_memory(error, "merging rows");
    memset(chains->heads, 0xFF, chains->capacity * sizeof *chains->heads);
    for (uint32_t row = 0; row < table->count; row++) {
        size_t at = key_hash(table, row) & (chains->capacity - 1);
        while (chains->heads[at] != NO_ROW && !same_key(table, chains->heads[at], row))
            at = (at + 1) & (chains->capacity - 1);
        chains->next[row] = chains->heads[at];
        chains->heads[at] = row;
    }
    return 0;
}

/* ---- merging -------------------------------------------------------------------------------- */

static int note_merge(struct store *store, struct table *table, uint32_t lost, enum merge_kind kind,
                      struct error *error)
{
    struct merge *room =
        grow(store->merges, &store->merge_capacity, store->merge_count + 1, sizeof *room);
    if (!room)
        return error_memory(error, "merging rows");
    store->merges = room;
    room[store->merge_count++] = (struct merge){table->dataset, table->origins[lost], kind};
    table->merged++;
    return 0;
}

/* A dataset of things rather than events: every list that names a child tells something of it. */
static bool is_of_things(const struct dataset *dataset)
{
    return dataset->key_count == 1 && dataset->identifier == dataset->key[0] &&
           dataset->dated[0] == NO_FIELD;
}

/* Gives the kept row what it lacks and the other has. False when they contradict each other. */
static bool complete_row(struct table *table, uint32_t kept, uint32_t lost)
{
    bool agree = true;
    for (int f = 0; f < table->dataset->field_count; f++) {
        if (!table->columns[f].needed)
            continue;
        int64_t ours = store_value(table, f, kept);
        int64_t theirs = store_value(table, f, lost);
        if (ours == NO_VALUE)
            store_set(table, f, kept, theirs);
        else if (theirs != NO_VALUE && theirs != ours)
            agree = false;
    }
    return agree;
}

/* Notes the watched fields in which a row differs from the one that is kept. Returns -1, 0, or 1
 * when the row is refused for it. */
static int note_differences(struct store *store, const struct table *table, uint32_t kept,
                            uint32_t lost, struct error *error)
{
    bool refused = false;
    for (int f = 0; f < table->dataset->field_count; f++) {
        if (!table->watched[f])
            continue;
        int64_t ours = store_value(table, f, kept);
        int64_t theirs = store_value(table, f, lost);
        if (ours == NO_VALUE || theirs == NO_VALUE || ours == theirs)
            continue;
        struct difference *room = grow(store->differences, &store->difference_capacity,
                                       store->difference_count + 1, sizeof *room);
        if (!room)
            return error_memory(error, "merging rows");
        store->differences = room;
        room[store->difference_count++] =
            (struct difference){table->dataset, f, table->origins[lost]};
        refused = refused || table->refused[f];
    }
    return refused;
}

/* Merges rows that stand in the order of compare_rows into the first of them. */
static int merge_ordered(struct store *store, struct table *table, const uint32_t *rows,
                         size_t count, bool *dead, struct error *error)
{
    bool of_things = is_of_things(table->dataset);
    int status = 0;
    for (size_t i = 1; i < count && status == 0; i++) {
        enum merge_kind kind = MERGE_CONFLICT;
        /* The kept row may have been read from an older source too, behind other newer ones. */
        status = note_differences(store, table, rows[0], rows[i], error);
        if (status < 0)
            break;
        if (status > 0)
            kind = MERGE_REFUSED;
        else if (is_alike(table, rows[i - 1], rows[i]) || is_alike(table, rows[0], rows[i]))
            kind = MERGE_ALIKE;
        else if (of_things && complete_row(table, rows[0], rows[i]))
            kind = MERGE_COMPLETED;
        dead[rows[i]] = true;
        status = note_merge(store, table, rows[i], kind, error);
    }
    return status;
}

/* Rows of one key, put in order. */
struct gathering {
    uint32_t *rows;
    size_t capacity;
};

static int merge_chain(struct store *store, struct table *table, const struct chains *chains,
                       uint32_t head, struct gathering *gathering, bool *dead, struct error *error)
{
    size_t count = 0;
    for (uint32_t row = head; row != NO_ROW; row = chains->next[row]) {
        uint32_t *room = grow(gathering->rows, &gathering->capacity, count + 1, sizeof *room);
        if (!room)
            return error_memory(error, "merging rows");
        gathering->rows = room;
        room[count++] = row;
    }
    struct ordering ordering = {store, table};
    qsort_r(gathering->rows, count, sizeof *gathering->rows, compare_rows, &ordering);
    return merge_ordered(store, table, gathering->rows, count, dead, error);
}

/* Marks in `dead` the rows that another of their key replaces. */
static int find_merges(struct store *store, struct table *table, bool *dead, struct error *error)
{
    struct chains chains = {0};
    struct gathering gathering = {0};
    int status = chain_rows(&chains, table, error);
    for (size_t at = 0; at < chains.capacity && status == 0; at++) {
        uint32_t head = chains.heads[at];
        if (head != NO_ROW && chains.next[head] != NO_ROW)
            status = merge_chain(store, table, &chains, head, &gathering, dead, error);
    }
    chains_free(&chains);
    free(gathering.rows);
    return status;
}

/* ---- joining --------------------------------------------------------------------------------- */

/* Rows alike in what spells are joined by, in the order of their starts; alive ones only. */
static int compare_spells(const void *left, const void *right, void *context)
{
    const struct table *table = context;
    const struct dataset *dataset = table->dataset;
    uint32_t a = *(const uint32_t *)left;
    uint32_t b = *(const uint32_t *)right;
    int order = 0;
    for (int j = 0; j < dataset->join_count && order == 0; j++)
        order = compare_numbers(store_value(table, dataset->join[j], a),
                                store_value(table, dataset->join[j], b));
    if (order == 0)
        order = compare_numbers(store_value(table, dataset->opens, a),
                                store_value(table, dataset->opens, b));
    if (order == 0) { /* that without an end last */
        int64_t a_ends = store_value(table, dataset->closes, a);
        int64_t b_ends = store_value(table, dataset->closes, b);
        order = compare_numbers(a_ends == NO_VALUE ? INT64_MAX : a_ends,
                                b_ends == NO_VALUE ? INT64_MAX : b_ends);
    }
    return order ? order : origin_compare(&table->origins[a], &table->origins[b]);
}

/* A spell that rows are being joined into. */
struct joined {
    uint32_t row;  /* the first of them, which is kept */
    int64_t last;  /* the end of the row that starts last, or NO_VALUE */
    int64_t until; /* the latest end of any, or NO_VALUE */
};

/* Whether a row, which starts no earlier, goes on where a spell is or ends. A row without an end
 * goes on until the next begins: an episode that ends because another follows has none of its own.
 */
static bool touches(const struct table *table, const struct joined *joined, uint32_t row)
{
    const struct dataset *dataset = table->dataset;
    for (int j = 0; j < dataset->join_count; j++)
        if (store_value(table, dataset->join[j], joined->row) !=
            store_value(table, dataset->join[j], row))
            return false;
    return joined->last == NO_VALUE || store_value(table, dataset->opens, row) <= joined->until;
}

static struct joined begin_joined(const struct table *table, uint32_t row)
{
    int64_t ends = store_value(table, table->dataset->closes, row);
    return (struct joined){row, ends, ends};
}

/* Episodes of one spell are one. It has ended when the last of them has. */
static int join_spells(struct store *store, struct table *table, bool *dead, struct error *error)
{
    int closes = table->dataset->closes;
    uint32_t *rows = malloc((size_t)table->count * sizeof *rows);
    if (!rows)
        return error_memory(error, "joining spells");
    size_t count = 0;
    for (uint32_t row = 0; row < table->count; row++)
        if (!dead[row])
            rows[count++] = row;
    qsort_r(rows, count, sizeof *rows, compare_spells, table);
    int status = 0;
    struct joined joined = {0};
    for (size_t i = 0; i < count && status == 0; i++) {
        if (i == 0 || !touches(table, &joined, rows[i])) {
            joined = begin_joined(table, rows[i]);
            continue;
        }
        joined.last = store_value(table, closes, rows[i]);
        if (joined.last != NO_VALUE && (joined.until == NO_VALUE || joined.last > joined.until))
            joined.until = joined.last;
        store_set(table, closes, joined.row, joined.last == NO_VALUE ? NO_VALUE : joined.until);
        dead[rows[i]] = true;
        status = note_merge(store, table, rows[i], MERGE_JOINED, error);
    }
    free(rows);
    return status;
}

static void move_row(struct table *table, uint32_t to, uint32_t from)
{
    table->origins[to] = table->origins[from];
    table->hashes[to] = table->hashes[from];
    for (int f = 0; f < table->dataset->field_count; f++) {
        struct column *column = &table->columns[f];
        if (column->wide)
            column->wide[to] = column->wide[from];
        else if (column->narrow)
            column->narrow[to] = column->narrow[from];
    }
}

static int merge_table(struct store *store, struct table *table, struct error *error)
{
    if (table->count == 0)
        return 0;
    bool *dead = calloc(table->count, sizeof *dead);
    if (!dead)
        return error_memory(error, "merging rows");
    int status = find_merges(store, table, dead, error);
    if (status == 0 && table->dataset->join_count > 0)
        status = join_spells(store, table, dead, error);
    uint32_t kept = 0;
    for (uint32_t row = 0; row < table->count && status == 0; row++) {
        if (dead[row])
            continue;
        if (kept != row)
            move_row(table, kept, row);
        kept++;
    }
    free(dead);
    table->count = kept;
    buffer_free(&table->texts);
    return status;
}

static int compare_merges(const void *a, const void *b)
{
    const struct merge *x = a;
    const struct merge *y = b;
    int order = origin_compare(&x->origin, &y->origin);
    /* One row of a sheet may be a row of several datasets. */
    return order ? order
                 : compare_numbers((int64_t)x->dataset->number, (int64_t)y->dataset->number);
}

int merge_tables(struct store *store, struct error *error)
{
    for (size_t d = 0; d < store->catalogue->count; d++)
        if (merge_table(store, &store->tables[d], error) < 0)
            return -1;
    if (store->merge_count > 1)
        qsort(store->merges, store->merge_count, sizeof *store->merges, compare_merges);
    return 0;
}
