#include "transforms/store.h"

#include <stdlib.h>
#include <string.h>

#include "transforms/merge.h"

/* An end date of this day or later means "no end": case systems write 31/12/2299. */
static date_t first_day_of_no_end(void)
{
    return date_from_parts(2100, 1, 1);
}

static struct table *table_of(struct store *store, const struct dataset *dataset)
{
    return &store->tables[dataset->number];
}

static bool is_wide(const struct field *field)
{
    return field->type == TYPE_TIME || field->type == TYPE_NUMBER;
}

int store_init(struct store *store, const struct catalogue *catalogue, struct error *error)
{
    *store = (struct store){.catalogue = catalogue};
    store->tables = calloc(catalogue->count + 1, sizeof *store->tables);
    if (!store->tables)
        return error_memory(error, "loading the datasets");
    for (size_t d = 0; d < catalogue->count; d++) {
        const struct dataset *dataset = &catalogue->datasets[d];
        struct table *table = &store->tables[d];
        table->dataset = dataset;
        for (int k = 0; k < dataset->key_count; k++)
            store_need(store, dataset, dataset->key[k]);
        for (int f = 0; f < dataset->field_count; f++)
            if (dataset->fields[f].refers || f == dataset->opens || f == dataset->closes ||
                f == dataset->dated[0] || f == dataset->dated[1])
                store_need(store, dataset, f);
    }
    return 0;
}

static void free_index(struct row_index *index)
{
    free(index->start);
    free(index->rows);
    *index = (struct row_index){0};
}

void store_free(struct store *store)
{
    for (size_t d = 0; store->tables && d < store->catalogue->count; d++) {
        struct table *table = &store->tables[d];
        for (int f = 0; f < MAX_FIELDS; f++) {
            struct column *column = &table->columns[f];
            free(column->narrow);
            free(column->wide);
            free_index(&column->index);
            free_index(&column->months);
        }
        free(table->origins);
        free(table->dated);
        free(table->filled);
        free(table->hashes);
        free(table->ends);
        dictionary_free(&table->identifiers);
        buffer_free(&table->texts);
    }
    free(store->tables);
    dictionary_free(&store->spellings);
    dictionary_free(&store->categories);
    free(store->folded);
    buffer_free(&store->marked);
    free(store->names);
    free(store->sources);
    free(store->merges);
    free(store->differences);
    free(store->refusals);
    free(store->completed);
    arena_free(&store->arena);
    *store = (struct store){0};
}

void store_need(struct store *store, const struct dataset *dataset, int field)
{
    table_of(store, dataset)->columns[field].needed = true;
}

int store_add_source(struct store *store, const struct stream_reader *reader, struct error *error)
{
    struct source_info *room =
        grow(store->sources, &store->source_capacity, store->source_count + 1, sizeof *room);
    if (!room)
        return error_memory(error, "loading the datasets");
    store->sources = room;
    struct stream_source source = stream_source(reader);
    struct source_info info = {.as_at = date_from_iso(span_of(source.as_at))};
    info.file = arena_copy(&store->arena, source.file, strlen(source.file));
    info.sheet = arena_copy(&store->arena, source.sheet, strlen(source.sheet));
    info.sha256 = arena_copy(&store->arena, source.sha256, strlen(source.sha256));
    if (!info.file || !info.sheet || !info.sha256)
        return error_memory(error, "loading the datasets");
    room[store->source_count++] = info;
    return 0;
}

/* ---- reading records ----------------------------------------------------------------------- */

/* The array with room for `size` bytes; as it was, and *failed set, when the memory ran out. */
static void *widen(void *array, size_t size, bool *failed)
{
    void *wider = realloc(array, size);
    if (wider)
        return wider;
    *failed = true;
    return array;
}

/* Makes room for one more row in every array of the table. */
static int make_room(struct table *table, struct error *error)
{
    if (table->count < table->capacity)
        return 0;
    size_t capacity = table->capacity ? table->capacity * 2 : 1024;
    bool failed = false;
    table->origins = widen(table->origins, capacity * sizeof *table->origins, &failed);
    table->filled = widen(table->filled, capacity * sizeof *table->filled, &failed);
    table->hashes = widen(table->hashes, capacity * sizeof *table->hashes, &failed);
    table->ends = widen(table->ends, capacity * sizeof *table->ends, &failed);
    for (int f = 0; f < table->dataset->field_count; f++) {
        struct column *column = &table->columns[f];
        if (!column->needed)
            continue;
        if (is_wide(&table->dataset->fields[f]))
            column->wide = widen(column->wide, capacity * sizeof *column->wide, &failed);
        else
            column->narrow = widen(column->narrow, capacity * sizeof *column->narrow, &failed);
    }
    if (failed)
        return error_memory(error, "loading the datasets");
    table->capacity = capacity;
    return 0;
}

/* Of the spellings of a category the first in text order is shown, whatever the order of rows. */
static bool name_category(struct store *store, int64_t number, int64_t spelling, bool is_new)
{
    int32_t *room = grow(store->names, &store->name_capacity, (size_t)number + 1, sizeof *room);
    if (!room)
        return false;
    store->names = room;
    const struct span *texts = store->spellings.texts;
    if (is_new || span_compare(texts[spelling], texts[room[number]]) < 0)
        room[number] = (int32_t)spelling;
    return true;
}

enum { UNFOLDED = -1 };

/* Room for the folded number of a spelling; those before it that are no category have none. */
static int32_t *folded_of(struct store *store, int64_t spelling)
{
    int32_t *room =
        grow(store->folded, &store->folded_capacity, (size_t)spelling + 1, sizeof *room);
    if (!room)
        return NULL;
    store->folded = room;
    while (store->folded_count <= (uint32_t)spelling)
        room[store->folded_count++] = UNFOLDED;
    return &room[spelling];
}

/* The folded number of a category value, or DICTIONARY_FULL. */
static int64_t category_number(struct store *store, struct span text, uint64_t hash)
{
    int64_t spelling = dictionary_add_hashed(&store->spellings, text, hash);
    if (spelling < 0)
        return DICTIONARY_FULL;
    if ((uint32_t)spelling < store->folded_count && store->folded[spelling] != UNFOLDED)
        return store->folded[spelling];
    int32_t *room = folded_of(store, spelling);
    if (!room)
        return DICTIONARY_FULL;
    struct buffer folded = {0};
    text_fold(&folded, text);
    int64_t number = DICTIONARY_FULL;
    uint32_t categories = store->categories.count;
    if (!folded.failed)
        number = dictionary_add(&store->categories,
                                (struct span){folded.text ? folded.text : "", folded.length});
    buffer_free(&folded);
    *room = (int32_t)number;
    if (number >= 0 && !name_category(store, number, spelling, (uint32_t)number == categories))
        return DICTIONARY_FULL;
    return number;
}

/* A text stands among the categories as it is, unfolded: behind a mark that no folded one begins
 * with.
 */
static bool mark_text(struct buffer *marked, struct span text)
{
    marked->length = 0;
    buffer_add_char(marked, '\x01');
    buffer_add(marked, text.text, text.length);
    return !marked->failed;
}

/* The number of a text, or DICTIONARY_FULL. */
static int64_t text_number(struct store *store, struct span text, uint64_t hash)
{
    int64_t spelling = dictionary_add_hashed(&store->spellings, text, hash);
    if (spelling < 0 || !mark_text(&store->marked, text))
        return DICTIONARY_FULL;
    uint32_t categories = store->categories.count;
    int64_t number =
        dictionary_add(&store->categories, (struct span){store->marked.text, store->marked.length});
    if (number >= 0 && !name_category(store, number, spelling, (uint32_t)number == categories))
        return DICTIONARY_FULL;
    return number;
}

/* One field of a record, with its hash, as a value. Returns -1 when it is none of its type. */
static int read_value(struct store *store, const struct field *field, struct dictionary *dictionary,
                      struct span text, uint64_t hash, int64_t *value, struct error *error)
{
    switch (field->type) {
    case TYPE_ID:
    case TYPE_REFERENCE:
        *value = dictionary_add_hashed(dictionary, text, hash);
        break;
    case TYPE_CATEGORY:
        *value = category_number(store, text, hash);
        break;
    case TYPE_TEXT:
        *value = text_number(store, text, hash);
        break;
    case TYPE_DATE: {
        date_t date = date_from_iso(text);
        *value = date == NO_DATE ? NO_VALUE : date;
        return date == NO_DATE ? -1 : 0;
    }
    case TYPE_TIME:
        *value = moment_from_iso(text);
        return *value == NO_MOMENT ? -1 : 0;
    case TYPE_FLAG:
        *value = span_is(text, "yes");
        return *value || span_is(text, "no") ? 0 : -1;
    case TYPE_NUMBER:
        *value = decimal_from_text(text);
        return *value == NO_DECIMAL ? -1 : 0;
    }
    if (*value < 0)
        error_memory(error, "loading the datasets");
    return 0;
}

/* How the columns of the stream fall on the fields of the dataset. */
struct layout {
    int field[MAX_FIELDS]; /* NO_FIELD for @ */
    size_t count;
    size_t at;                                 /* the column of @ */
    struct dictionary *dictionary[MAX_FIELDS]; /* of the column's values; NULL: they have none */
    int absent[MAX_FIELDS]; /* fields that are needed and that the stream does not have */
    size_t absent_count;
};

static struct dictionary *values_of(struct store *store, struct table *table, int f)
{
    const struct field *field = &table->dataset->fields[f];
    if (!table->columns[f].needed)
        return NULL;
    switch (field->type) {
    case TYPE_ID:
        return f == table->dataset->identifier ? &table->identifiers : &store->spellings;
    case TYPE_REFERENCE:
        return &table_of(store, field->refers)->identifiers;
    case TYPE_CATEGORY:
    case TYPE_TEXT:
        return &store->spellings;
    default:
        return NULL;
    }
}

static int read_layout(struct layout *layout, struct store *store, struct table *table,
                       const struct stream_reader *reader, struct error *error)
{
    const struct dataset *dataset = table->dataset;
    const struct stream_column *columns = stream_columns(reader, &layout->count);
    bool seen[MAX_FIELDS] = {false};
    layout->at = SIZE_MAX;
    if (layout->count > MAX_FIELDS)
        return stream_error(reader, error, "table '%s' has too many columns", dataset->name);
    for (size_t c = 0; c < layout->count; c++) {
        layout->field[c] = NO_FIELD;
        if (strcmp(columns[c].name, "@") == 0 && strcmp(columns[c].type, "at") == 0) {
            layout->at = c;
            continue;
        }
        int f = dataset_field(dataset, span_of(columns[c].name));
        if (f == NO_FIELD)
            return stream_error(reader, error, "dataset '%s' has no field '%s'", dataset->name,
                                columns[c].name);
        if (strcmp(dataset->fields[f].type_name, columns[c].type) != 0)
            return stream_error(reader, error, "field '%s' of '%s' is of type %s, not %s",
                                columns[c].name, dataset->name, dataset->fields[f].type_name,
                                columns[c].type);
        if (seen[f])
            return stream_error(reader, error, "column '%s' stands twice", columns[c].name);
        seen[f] = true;
        layout->field[c] = f;
        layout->dictionary[c] = values_of(store, table, f);
    }
    if (layout->at == SIZE_MAX)
        return stream_error(reader, error, "table '%s' has no column '@:at'", dataset->name);
    layout->absent_count = 0;
    for (int f = 0; f < dataset->field_count; f++)
        if (table->columns[f].needed && !seen[f])
            layout->absent[layout->absent_count++] = f;
    return 0;
}

static int read_record(struct store *store, struct table *table, const struct layout *layout,
                       const struct stream_reader *reader, struct error *error)
{
    const struct span *fields = stream_fields(reader);
    const struct dataset *dataset = table->dataset;
    uint32_t row = table->count;
    if (row == UINT32_MAX - 1 || make_room(table, error) < 0)
        return error_memory(error, "loading the datasets");
    unsigned source;
    struct origin *origin = &table->origins[row];
    if (stream_at(reader, fields[layout->at], &source, &origin->row) < 0)
        return stream_error(reader, error, "'@' is not the number of a source and a row");
    origin->source = source;
    for (size_t a = 0; a < layout->absent_count; a++)
        store_set(table, layout->absent[a], row, NO_VALUE);
    /* All hashes first: meanwhile the slots that they lead to come nearer. */
    uint64_t hashes[MAX_FIELDS];
    unsigned filled = 0;
    uint64_t hash = 0;
    for (size_t c = 0; c < layout->count; c++) {
        if (layout->field[c] == NO_FIELD || fields[c].length == 0)
            continue;
        filled++;
        hashes[c] = text_hash(fields[c].text, fields[c].length);
        hash += hashes[c] * (uint64_t)(2 * layout->field[c] + 1);
        if (layout->dictionary[c])
            dictionary_expect(layout->dictionary[c], hashes[c]);
    }
    for (size_t c = 0; c < layout->count; c++) {
        int f = layout->field[c];
        if (f == NO_FIELD || !table->columns[f].needed)
            continue;
        int64_t value = NO_VALUE;
        if (fields[c].length > 0 && read_value(store, &dataset->fields[f], layout->dictionary[c],
                                               fields[c], hashes[c], &value, error) < 0)
            return stream_error(reader, error, "field '%s' of '%s' is not a %s",
                                dataset->fields[f].name, dataset->name,
                                dataset->fields[f].type_name);
        store_set(table, f, row, value);
    }
    table->filled[row] = (uint8_t)filled;
    table->hashes[row] = hash;
    /* Which of two rows of one key comes first in text order needs their text. */
    const char *begin = fields[0].text;
    if (dataset->key_count > 0)
        buffer_add(&table->texts, begin, (size_t)(fields[layout->count - 1].text - begin));
    if (table->texts.failed)
        return error_memory(error, "loading the datasets");
    table->ends[row] = table->texts.length;
    table->count++;
    return error->code == EXIT_COMPLETE ? 0 : -1;
}

int store_add_table(struct store *store, const struct dataset *dataset,
                    struct stream_reader *reader, struct error *error)
{
    struct table *table = table_of(store, dataset);
    struct layout layout;
    table->fed = true;
    if (read_layout(&layout, store, table, reader, error) < 0)
        return -1;
    enum stream_event event;
    while ((event = stream_next(reader, error)) == STREAM_RECORD)
        if (read_record(store, table, &layout, reader, error) < 0)
            return -1;
    return event == STREAM_TABLE_END ? 0 : -1;
}

/* ---- completing ---------------------------------------------------------------------------- */

static void forget_far_ends(struct table *table)
{
    int closes = table->dataset->closes;
    if (closes == NO_FIELD)
        return;
    date_t no_end = first_day_of_no_end();
    for (uint32_t row = 0; row < table->count; row++)
        if (store_day(table, closes, row) >= no_end)
            store_set(table, closes, row, NO_VALUE);
}

/* The first origin of the rows that name each child, for children that are in no list. */
static void first_naming(const struct store *store, const struct dataset *child, bool *listed,
                         struct origin *origins)
{
    for (size_t d = 0; d < store->catalogue->count; d++) {
        const struct table *table = &store->tables[d];
        for (int f = 0; f < table->dataset->field_count; f++) {
            if (table->dataset->fields[f].refers != child)
                continue;
            for (uint32_t row = 0; row < table->count; row++) {
                int64_t named = store_value(table, f, row);
                if (named != NO_VALUE && !listed[named] &&
                    (origins[named].source == 0 ||
                     origin_compare(&table->origins[row], &origins[named]) < 0))
                    origins[named] = table->origins[row];
            }
        }
    }
}

/* Gives every child that a row names a row in `child`. */
static int complete_children(struct store *store, struct error *error)
{
    const struct dataset *child = catalogue_find(store->catalogue, SPAN("child"));
    struct table *table = table_of(store, child);
    uint32_t named = table->identifiers.count;
    bool *listed = calloc((size_t)named + 1, sizeof *listed);
    struct origin *origins = calloc((size_t)named + 1, sizeof *origins);
    if (!store->completed)
        store->completed = calloc((size_t)named + 1, sizeof *store->completed);
    int status =
        listed && origins && store->completed ? 0 : error_memory(error, "listing the children");
    for (uint32_t row = 0; row < table->count && status == 0; row++)
        listed[store_value(table, child->identifier, row)] = true;
    if (status == 0)
        first_naming(store, child, listed, origins);
    for (uint32_t n = 0; n < named && status == 0; n++) {
        if (listed[n] || origins[n].source == 0)
            continue; /* in the list; or named only by rows that were merged away */
        status = make_room(table, error);
        if (status < 0)
            break;
        uint32_t row = table->count++;
        for (int f = 0; f < child->field_count; f++)
            if (table->columns[f].needed)
                store_set(table, f, row, NO_VALUE);
        store_set(table, child->identifier, row, n);
        store->completed[n] = true;
        table->origins[row] = origins[n];
        store->unlisted_children++;
    }
    free(listed);
    free(origins);
    return status;
}

/* The earlier of the one or two fields that date a row. */
static date_t find_dated(const struct table *table, uint32_t row)
{
    const struct dataset *dataset = table->dataset;
    date_t first = store_day(table, dataset->dated[0], row);
    if (dataset->dated[1] == NO_FIELD)
        return first;
    date_t second = store_day(table, dataset->dated[1], row);
    if (first == NO_DATE || (second != NO_DATE && second < first))
        return second;
    return first;
}

static int date_rows(struct table *table, struct error *error)
{
    if (table->dataset->dated[0] == NO_FIELD)
        return 0;
    table->dated = malloc(((size_t)table->count + 1) * sizeof *table->dated);
    if (!table->dated)
        return error_memory(error, "dating the rows");
    for (uint32_t row = 0; row < table->count; row++)
        table->dated[row] = find_dated(table, row);
    return 0;
}

/* ---- indexes ------------------------------------------------------------------------------- */

/* Rows grouped by a number, in their order within each: a counting sort. key(row) is UINT32_MAX for
 * rows that stay out. */
static int build_index(struct row_index *index, const uint32_t *keys, uint32_t rows, uint32_t count,
                       struct error *error)
{
    index->start = calloc((size_t)count + 2, sizeof *index->start);
    index->rows = malloc(((size_t)rows + 1) * sizeof *index->rows);
    if (!index->start || !index->rows)
        return error_memory(error, "indexing the datasets");
    for (uint32_t row = 0; row < rows; row++)
        if (keys[row] != UINT32_MAX)
            index->start[keys[row] + 2]++;
    for (uint32_t n = 2; n < count + 2; n++)
        index->start[n] += index->start[n - 1];
    for (uint32_t row = 0; row < rows; row++)
        if (keys[row] != UINT32_MAX)
            index->rows[index->start[keys[row] + 1]++] = row;
    index->count = count;
    index->built = true;
    return 0;
}

static int compare_dates(const void *a, const void *b, void *context)
{
    const struct table *table = context;
    uint32_t x = *(const uint32_t *)a;
    uint32_t y = *(const uint32_t *)b;
    date_t x_dated = store_dated(table, x);
    date_t y_dated = store_dated(table, y);
    return x_dated != y_dated ? (x_dated > y_dated) - (x_dated < y_dated) : (x > y) - (x < y);
}

/* Few rows, nearly in order. */
static void insert_by_date(uint32_t *rows, uint32_t count, const struct table *table)
{
    for (uint32_t i = 1; i < count; i++) {
        uint32_t row = rows[i];
        date_t date = store_dated(table, row);
        uint32_t j = i;
        for (; j > 0 && store_dated(table, rows[j - 1]) > date; j--)
            rows[j] = rows[j - 1];
        rows[j] = row;
    }
}

/* Within each number: by what dates the row. */
static void order_by_date(struct row_index *index, struct table *table)
{
    enum { FEW = 64 };
    if (table->dataset->dated[0] == NO_FIELD)
        return;
    for (uint32_t n = 0; n < index->count; n++) {
        uint32_t *rows = index->rows + index->start[n];
        uint32_t count = index->start[n + 1] - index->start[n];
        if (count <= FEW)
            insert_by_date(rows, count, table);
        else
            qsort_r(rows, count, sizeof *rows, compare_dates, table);
    }
}

const struct row_index *store_index(struct store *store, const struct dataset *dataset, int field,
                                    struct error *error)
{
    struct table *table = table_of(store, dataset);
    struct row_index *index = &table->columns[field].index;
    if (index->built)
        return index;
    const struct dataset *named =
        dataset->fields[field].refers ? dataset->fields[field].refers : dataset;
    uint32_t count = table_of(store, named)->identifiers.count;
    uint32_t *keys = malloc(((size_t)table->count + 1) * sizeof *keys);
    if (!keys) {
        error_memory(error, "indexing the datasets");
        return NULL;
    }
    for (uint32_t row = 0; row < table->count; row++) {
        int64_t value = store_value(table, field, row);
        keys[row] = value == NO_VALUE ? UINT32_MAX : (uint32_t)value;
    }
    int status = build_index(index, keys, table->count, count, error);
    free(keys);
    if (status < 0)
        return NULL;
    order_by_date(index, table);
    return index;
}

const struct row_index *store_months(struct store *store, const struct dataset *dataset, int field,
                                     struct error *error)
{
    struct table *table = table_of(store, dataset);
    struct column *column = &table->columns[field];
    if (column->months.built)
        return &column->months;
    month_t first = INT32_MAX;
    month_t last = INT32_MIN;
    uint32_t *keys = malloc(((size_t)table->count + 1) * sizeof *keys);
    if (!keys) {
        error_memory(error, "indexing the datasets");
        return NULL;
    }
    for (uint32_t row = 0; row < table->count; row++) {
        date_t day = store_day(table, field, row);
        keys[row] = UINT32_MAX;
        if (day == NO_DATE)
            continue;
        month_t month = month_of(day);
        keys[row] = (uint32_t)month;
        first = month < first ? month : first;
        last = month > last ? month : last;
    }
    column->first_month = first;
    uint32_t months = first <= last ? (uint32_t)(last - first) + 1 : 0;
    for (uint32_t row = 0; row < table->count; row++)
        if (keys[row] != UINT32_MAX)
            keys[row] -= (uint32_t)first;
    int status = build_index(&column->months, keys, table->count, months, error);
    free(keys);
    return status < 0 ? NULL : &column->months;
}

/* ---- sealing -------------------------------------------------------------------------------- */

/* The field that most questions about a dataset come by: whom its rows are about. */
static int leading_field(const struct dataset *dataset)
{
    for (int f = 0; f < dataset->field_count; f++)
        if (dataset->fields[f].refers)
            return f;
    return dataset->identifier;
}

/* Puts an array's items in the order of `rows`; `room` is as large. */
static void permute(void *array, void *room, size_t size, const uint32_t *rows, uint32_t count)
{
    const char *from = array;
    char *to = room;
    if (count == 0)
        return; /* there may be no array */
    for (uint32_t i = 0; i < count; i++)
        memcpy(to + i * size, from + rows[i] * size, size);
    memcpy(array, room, count * size);
}

static void permute_rows(struct table *table, void *room, const uint32_t *rows)
{
    uint32_t count = table->count;
    if (count == 0)
        return;
    permute(table->origins, room, sizeof *table->origins, rows, count);
    if (table->hashes)
        permute(table->hashes, room, sizeof *table->hashes, rows, count);
    if (table->dated)
        permute(table->dated, room, sizeof *table->dated, rows, count);
    for (int f = 0; f < table->dataset->field_count; f++) {
        struct column *column = &table->columns[f];
        if (column->wide)
            permute(column->wide, room, sizeof *column->wide, rows, count);
        else if (column->narrow)
            permute(column->narrow, room, sizeof *column->narrow, rows, count);
    }
}

/* Rows about one child stand together, in the order of their dates: they are looked at together.
 * Rows that are about nobody come last. */
static int order_rows(struct store *store, struct table *table, struct error *error)
{
    int field = leading_field(table->dataset);
    if (field == NO_FIELD || table->count == 0)
        return 0;
    const struct row_index *index = store_index(store, table->dataset, field, error);
    uint32_t *rows = malloc(table->count * sizeof *rows);
    void *room = malloc(table->count * sizeof(int64_t));
    int status = index && rows && room ? 0 : error_memory(error, "ordering the rows");
    if (status == 0) {
        uint32_t placed = index->start[index->count];
        memcpy(rows, index->rows, placed * sizeof *rows);
        for (uint32_t row = 0; row < table->count; row++)
            if (store_value(table, field, row) == NO_VALUE)
                rows[placed++] = row;
        permute_rows(table, room, rows);
        for (uint32_t row = 0; row < index->start[index->count]; row++)
            index->rows[row] = row;
    }
    free(rows);
    free(room);
    return status;
}

static void forget_merging(struct table *table)
{
    free(table->filled);
    free(table->ends);
    table->filled = NULL;
    table->ends = NULL;
    if (table->dataset->key_count > 0) {
        free(table->hashes);
        table->hashes = NULL;
    }
}

/* Everything that rests on which rows there are: children, order, indexes. */
static int settle(struct store *store, struct error *error)
{
    if (complete_children(store, error) < 0)
        return -1;
    for (size_t d = 0; d < store->catalogue->count; d++) {
        const struct dataset *dataset = &store->catalogue->datasets[d];
        forget_merging(&store->tables[d]);
        if (order_rows(store, &store->tables[d], error) < 0)
            return -1;
        if (dataset->identifier != NO_FIELD &&
            !store_index(store, dataset, dataset->identifier, error))
            return -1;
    }
    return 0;
}

int store_seal(struct store *store, struct error *error)
{
    for (size_t d = 0; d < store->catalogue->count; d++)
        forget_far_ends(&store->tables[d]);
    if (merge_tables(store, error) < 0)
        return -1;
    for (size_t d = 0; d < store->catalogue->count; d++)
        if (date_rows(&store->tables[d], error) < 0)
            return -1;
    return settle(store, error);
}

/* ---- taking out ------------------------------------------------------------------------------ */

static int note_refusal(struct store *store, const struct table *table, uint32_t row,
                        struct error *error)
{
    struct refusal *room =
        grow(store->refusals, &store->refusal_capacity, store->refusal_count + 1, sizeof *room);
    if (!room)
        return error_memory(error, "checking the rows");
    store->refusals = room;
    room[store->refusal_count++] = (struct refusal){table->dataset, table->origins[row]};
    return 0;
}

/* Whether a row is a child's that stands in no list: added for those who name it. */
static bool is_completed(const struct store *store, const struct table *table, uint32_t row)
{
    return strcmp(table->dataset->name, "child") == 0 &&
           store->completed[store_value(table, table->dataset->identifier, row)];
}

static int remove_rows(struct store *store, struct table *table, const bool *marked,
                       struct error *error)
{
    uint32_t *rows = malloc(((size_t)table->count + 1) * sizeof *rows);
    void *room = malloc(((size_t)table->count + 1) * sizeof(int64_t));
    int status = rows && room ? 0 : error_memory(error, "checking the rows");
    uint32_t kept = 0;
    for (uint32_t row = 0; row < table->count && status == 0; row++) {
        bool completed = is_completed(store, table, row);
        if (!marked[row] && !completed)
            rows[kept++] = row;
        else if (!completed)
            status = note_refusal(store, table, row, error);
    }
    if (status == 0) {
        table->count = kept;
        permute_rows(table, room, rows);
    }
    free(rows);
    free(room);
    return status;
}

static void forget_indexes(struct table *table)
{
    for (int f = 0; f < MAX_FIELDS; f++) {
        free_index(&table->columns[f].index);
        free_index(&table->columns[f].months);
    }
}

int store_remove(struct store *store, bool *const *marked, struct error *error)
{
    for (size_t d = 0; d < store->catalogue->count; d++) {
        if (remove_rows(store, &store->tables[d], marked[d], error) < 0)
            return -1;
        forget_indexes(&store->tables[d]);
    }
    const struct dataset *child = catalogue_find(store->catalogue, SPAN("child"));
    memset(store->completed, 0, table_of(store, child)->identifiers.count);
    store->unlisted_children = 0;
    return settle(store, error);
}

/* ---- questions ------------------------------------------------------------------------------ */

bool store_open(const struct table *table, uint32_t row, date_t on)
{
    const struct dataset *dataset = table->dataset;
    date_t opened = store_day(table, dataset->opens, row);
    if (opened == NO_DATE || opened > on)
        return false;
    if (dataset->closes == NO_FIELD)
        return true;
    date_t closed = store_day(table, dataset->closes, row);
    return closed == NO_DATE || closed > on;
}

uint32_t store_resolve(const struct store *store, const struct dataset *dataset, int64_t identifier,
                       date_t on)
{
    const struct table *table = &store->tables[dataset->number];
    const struct row_index *index = &table->columns[dataset->identifier].index;
    if (identifier == NO_VALUE || (uint64_t)identifier >= index->count)
        return UINT32_MAX;
    uint32_t begin = index->start[identifier];
    uint32_t end = index->start[identifier + 1];
    if (begin == end)
        return UINT32_MAX;
    if (dataset->opens == NO_FIELD)
        return index->rows[begin];
    uint32_t chosen = index->rows[begin];
    bool chosen_open = false;
    for (uint32_t i = begin; i < end; i++) { /* in the order of their opening */
        uint32_t row = index->rows[i];
        date_t opened = store_day(table, dataset->opens, row);
        if (opened == NO_DATE || opened > on)
            break;
        bool is_open = store_open(table, row, on);
        if (is_open || !chosen_open)
            chosen = row;
        chosen_open = chosen_open || is_open;
    }
    return chosen;
}

int64_t store_category(const struct store *store, struct span value)
{
    struct buffer folded = {0};
    text_fold(&folded, value);
    int64_t number = CATEGORY_NO_MEMORY;
    if (!folded.failed)
        number = dictionary_find(&store->categories,
                                 (struct span){folded.text ? folded.text : "", folded.length});
    buffer_free(&folded);
    return number;
}

int64_t store_text(const struct store *store, struct span value)
{
    struct buffer marked = {0};
    int64_t number = -1;
    if (mark_text(&marked, value))
        number = dictionary_find(&store->categories, (struct span){marked.text, marked.length});
    buffer_free(&marked);
    return number;
}

struct span store_category_name(const struct store *store, int64_t value)
{
    if (value == NO_VALUE || (uint64_t)value >= store->categories.count)
        return (struct span){"", 0};
    return store->spellings.texts[store->names[value]];
}

struct span store_identifier(const struct store *store, const struct dataset *dataset,
                             int64_t value)
{
    const struct dictionary *identifiers = &store->tables[dataset->number].identifiers;
    if (value == NO_VALUE || (uint64_t)value >= identifiers->count)
        return (struct span){"", 0};
    return identifiers->texts[value];
}

void store_write_sources(const struct store *store, struct stream_writer *writer)
{
    for (size_t s = 0; s < store->source_count; s++) {
        const struct source_info *info = &store->sources[s];
        char as_at[DATE_TEXT_SIZE] = "";
        if (info->as_at != NO_DATE)
            date_to_iso(info->as_at, as_at);
        struct stream_source source = {info->file, info->sheet, info->sha256, as_at};
        stream_write_source(writer, &source);
    }
}
