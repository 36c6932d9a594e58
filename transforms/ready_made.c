#include "transforms/ready_made.h"

#include <stdlib.h>
#include <string.h>

static const char *const passed[] = {"commentary", "reported_figure"};

enum { PASSED_COUNT = sizeof passed / sizeof passed[0] };

static void need_whole(struct store *store, const char *name)
{
    const struct dataset *dataset = catalogue_find(store->catalogue, span_of(name));
    for (int f = 0; dataset && f < dataset->field_count; f++)
        store_need(store, dataset, f);
}

void ready_made_need(struct store *store)
{
    need_whole(store, "target");
    for (size_t p = 0; p < PASSED_COUNT; p++)
        need_whole(store, passed[p]);
}

/* ---- targets ------------------------------------------------------------------------------- */

/* The fields of the dataset target; NO_FIELD where a catalogue has none. */
struct target_fields {
    int indicator, from, value;
};

/* A listed target, and the indicator it is for. */
struct listed_target {
    struct indicator *indicator;
    struct target target;
};

static struct indicator *find_indicator(const struct definitions *definitions, struct span code)
{
    for (size_t i = 0; i < definitions->count; i++)
        if (span_is(code, definitions->indicators[i]->code))
            return definitions->indicators[i];
    return NULL;
}

static int compare_listed(const void *a, const void *b)
{
    const struct listed_target *x = a;
    const struct listed_target *y = b;
    if (x->indicator != y->indicator)
        return x->indicator->number < y->indicator->number ? -1 : 1;
    return (x->target.from > y->target.from) - (x->target.from < y->target.from);
}

/* "95%" of 95, for a percentage. NULL when the memory ran out. */
static const char *show_target(struct definitions *definitions, const struct indicator *indicator,
                               decimal_t value)
{
    char text[DECIMAL_TEXT_SIZE + 1];
    int length = decimal_to_text(value, text);
    if (indicator->unit == UNIT_PERCENT)
        text[length++] = '%';
    return arena_copy(&definitions->arena, text, (size_t)length);
}

/* "80% until 2019-03, 95%", as a definition would say it. */
static const char *describe_targets(struct definitions *definitions, const struct target *targets,
                                    size_t count)
{
    struct buffer text = {0};
    for (size_t t = 0; t < count; t++) {
        if (targets[t].value == NO_DECIMAL)
            continue;
        if (text.length > 0)
            buffer_add_text(&text, ", ");
        buffer_add_text(&text, targets[t].shown);
        if (t + 1 < count) {
            char month[DATE_TEXT_SIZE];
            month_to_iso(targets[t + 1].from - 1, month);
            buffer_format(&text, " until %s", month);
        }
    }
    const char *copy =
        text.failed ? NULL
                    : arena_copy(&definitions->arena, text.text ? text.text : "", text.length);
    buffer_free(&text);
    return copy;
}

/* What the definition says before the first month of the list, then the list. */
static int list_targets(struct definitions *definitions, const struct listed_target *listed,
                        size_t count, struct error *error)
{
    struct indicator *indicator = listed->indicator;
    struct target *targets =
        arena_alloc(&definitions->arena, (indicator->target_count + count) * sizeof *targets);
    if (!targets)
        return error_memory(error, "reading the targets");
    size_t kept = 0;
    while (kept < indicator->target_count &&
           indicator->targets[kept].from < listed[0].target.from) {
        targets[kept] = indicator->targets[kept];
        kept++;
    }
    for (size_t i = 0; i < count; i++) {
        targets[kept] = listed[i].target;
        targets[kept].shown = show_target(definitions, indicator, targets[kept].value);
        if (!targets[kept++].shown)
            return error_memory(error, "reading the targets");
    }
    indicator->targets = targets;
    indicator->target_count = kept;
    indicator->target_text = describe_targets(definitions, targets, kept);
    return indicator->target_text ? 0 : error_memory(error, "reading the targets");
}

/* A row that sets no target, and why. */
static int note_unused(struct spool *remarks, const char *field, const char *code,
                       const struct origin *origin, struct error *error)
{
    struct buffer line = {0};
    buffer_format(&line, "note\ttarget\t\t%s\t%s\t%u:%u\n", field, code, origin->source,
                  origin->row);
    int status = line.failed ? error_memory(error, "reading the targets")
                             : spool_add(remarks, line.text, line.length, error);
    buffer_free(&line);
    return status;
}

/* A spreadsheet keeps 40% as 0.4: taken as 0.4% it would turn Red into Green. */
static bool is_of_unit(const struct indicator *indicator, decimal_t value)
{
    return indicator->unit != UNIT_PERCENT || value == 0 ||
           (value >= DECIMAL_ONE && value <= 100 * DECIMAL_ONE);
}

/* The rows that say an indicator, a month and a value, put into `listed`; returns how many. */
static int64_t gather_targets(struct definitions *definitions, const struct store *store,
                              const struct table *table, const struct target_fields *fields,
                              struct listed_target *listed, struct spool *remarks,
                              struct error *error)
{
    int64_t count = 0;
    for (uint32_t row = 0; row < table->count; row++) {
        struct span code =
            store_identifier(store, table->dataset, store_value(table, fields->indicator, row));
        struct indicator *indicator = find_indicator(definitions, code);
        date_t from = store_day(table, fields->from, row);
        int64_t value = store_value(table, fields->value, row);
        if (!indicator) {
            if (note_unused(remarks, "indicator", "unknown indicator", &table->origins[row],
                            error) < 0)
                return -1;
        } else if (value != NO_VALUE && !is_of_unit(indicator, value)) {
            if (note_unused(remarks, "value", "not from 1 to 100 per cent", &table->origins[row],
                            error) < 0)
                return -1;
        } else if (from != NO_DATE && value != NO_VALUE) {
            listed[count++] =
                (struct listed_target){indicator, {.from = month_of(from), .value = value}};
        }
    }
    return count;
}

int ready_made_targets(struct definitions *definitions, const struct store *store,
                       struct spool *remarks, struct error *error)
{
    const struct dataset *dataset = catalogue_find(store->catalogue, SPAN("target"));
    if (!dataset || store_table(store, dataset)->count == 0)
        return 0;
    struct target_fields fields = {dataset_field(dataset, SPAN("indicator")),
                                   dataset_field(dataset, SPAN("from")),
                                   dataset_field(dataset, SPAN("value"))};
    if (fields.indicator == NO_FIELD || fields.from == NO_FIELD || fields.value == NO_FIELD)
        return 0;
    const struct table *table = store_table(store, dataset);
    struct listed_target *listed = calloc(table->count, sizeof *listed);
    if (!listed)
        return error_memory(error, "reading the targets");
    int64_t count = gather_targets(definitions, store, table, &fields, listed, remarks, error);
    int status = count < 0 ? -1 : 0;
    if (count > 1)
        qsort(listed, (size_t)count, sizeof *listed, compare_listed);
    for (int64_t i = 0; i < count && status == 0;) {
        int64_t next = i;
        while (next < count && listed[next].indicator == listed[i].indicator)
            next++;
        status = list_targets(definitions, &listed[i], (size_t)(next - i), error);
        i = next;
    }
    free(listed);
    return status;
}

/* ---- what passes through --------------------------------------------------------------------- */

static void write_value(struct stream_writer *writer, const struct store *store,
                        const struct table *table, int f, uint32_t row)
{
    const struct field *field = &table->dataset->fields[f];
    int64_t value = store_value(table, f, row);
    char text[DATE_TEXT_SIZE + DECIMAL_TEXT_SIZE] = "";
    struct span shown = {text, 0};
    if (value == NO_VALUE) {
        stream_write_text(writer, "");
        return;
    }
    switch (field->type) {
    case TYPE_ID:
        shown = f == table->dataset->identifier ? store_identifier(store, table->dataset, value)
                                                : store->spellings.texts[value];
        break;
    case TYPE_REFERENCE:
        shown = store_identifier(store, field->refers, value);
        break;
    case TYPE_CATEGORY:
    case TYPE_TEXT:
        shown = store_category_name(store, value);
        break;
    case TYPE_FLAG:
        shown = value ? SPAN("yes") : SPAN("no");
        break;
    case TYPE_DATE:
        date_to_iso((date_t)value, text);
        shown.length = strlen(text);
        break;
    case TYPE_TIME:
        moment_to_iso(value, text);
        shown.length = strlen(text);
        break;
    case TYPE_NUMBER:
        shown.length = (size_t)decimal_to_text(value, text);
        break;
    }
    stream_write_span(writer, shown);
}

/* A row, and where it came from: tables are written in the order of their sources. */
struct placed {
    struct origin origin;
    uint32_t row;
};

static int compare_placed(const void *a, const void *b)
{
    const struct placed *x = a;
    const struct placed *y = b;
    return origin_compare(&x->origin, &y->origin);
}

static int write_whole(struct stream_writer *writer, const struct store *store,
                       const struct table *table, struct error *error)
{
    struct buffer columns = {0};
    dataset_columns(table->dataset, &columns);
    struct placed *rows = calloc((size_t)table->count + 1, sizeof *rows);
    if (!rows || columns.failed) {
        free(rows);
        buffer_free(&columns);
        return error_memory(error, "passing tables on");
    }
    for (uint32_t row = 0; row < table->count; row++)
        rows[row] = (struct placed){table->origins[row], row};
    qsort(rows, table->count, sizeof *rows, compare_placed);
    stream_write_table(writer, table->dataset->name, columns.text);
    for (uint32_t i = 0; i < table->count; i++) {
        for (int f = 0; f < table->dataset->field_count; f++)
            write_value(writer, store, table, f, rows[i].row);
        stream_write_at(writer, rows[i].origin.source, rows[i].origin.row);
        stream_write_record(writer);
    }
    stream_write_table_end(writer);
    free(rows);
    buffer_free(&columns);
    return 0;
}

int ready_made_write(struct stream_writer *writer, const struct store *store, struct error *error)
{
    for (size_t p = 0; p < PASSED_COUNT; p++) {
        const struct dataset *dataset = catalogue_find(store->catalogue, span_of(passed[p]));
        if (!dataset || !store_table(store, dataset)->fed)
            continue;
        if (write_whole(writer, store, store_table(store, dataset), error) < 0)
            return -1;
    }
    return 0;
}
