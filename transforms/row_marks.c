#include "transforms/row_marks.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "etl/tables.h"

int row_marks_init(struct row_marks *marks, const struct measures *measures,
                   const struct definitions *definitions, struct error *error)
{
    *marks = (struct row_marks){.measures = measures, .error = error};
    marks->marks = calloc(definitions->count + 1, sizeof *marks->marks);
    return marks->marks ? 0 : error_memory(error, "marking rows");
}

void row_marks_free(struct row_marks *marks)
{
    for (size_t i = 0; marks->marks && i < marks->measures->definitions->count; i++)
        free(marks->marks[i]);
    free(marks->marks);
    marks->marks = NULL;
}

static int mark_row(void *context, const struct indicator *indicator, const struct table *table,
                    uint32_t row, enum verdict verdict)
{
    struct row_marks *marks = context;
    if (verdict == VERDICT_LEFT_OUT)
        return 0;
    struct row_mark **list = &marks->marks[indicator->number];
    if (!*list)
        *list = calloc((size_t)table->count + 1, sizeof **list);
    if (!*list)
        return error_memory(marks->error, "marking rows");
    uint64_t bit = (uint64_t)1 << (marks->measures->evaluator.month - marks->measures->first);
    (*list)[row].counted |= bit;
    if (verdict == VERDICT_MET)
        (*list)[row].met |= bit;
    return 0;
}

struct row_trace row_marks_trace(struct row_marks *marks)
{
    return (struct row_trace){marks, mark_row};
}

/* ---- writing -------------------------------------------------------------------------------- */

/* The marks of an indicator on a row; those of a pool are its parts'. */
static struct row_mark marks_on(const struct row_marks *marks, const struct indicator *indicator,
                                const struct table *table, uint32_t row)
{
    struct row_mark mark = {0, 0};
    for (size_t p = 0; p < indicator->pool_count; p++) {
        struct row_mark part = marks_on(marks, indicator->pool[p], table, row);
        mark.counted |= part.counted;
        mark.met |= part.met;
    }
    if (indicator->count == table->dataset && marks->marks[indicator->number])
        mark = marks->marks[indicator->number][row];
    return mark;
}

/* What a field of the key says. A category is folded: how it is spelled for people depends on the
 * other rows. */
static struct span key_text(const struct store *store, const struct dataset *dataset, int f,
                            const int64_t *value)
{
    const struct field *field = &dataset->fields[f];
    if (*value == NO_VALUE)
        return SPAN("");
    switch (field->type) {
    case TYPE_REFERENCE:
        return store_identifier(store, field->refers, *value);
    case TYPE_ID:
        return f == dataset->identifier ? store_identifier(store, dataset, *value)
                                        : store->spellings.texts[*value];
    case TYPE_CATEGORY:
    case TYPE_TEXT:
        return store->categories.texts[*value];
    default:
        return (struct span){(const char *)value, sizeof *value};
    }
}

/* What a row is known by from one month to the next: the texts of its key, or of all its fields. */
static uint64_t fingerprint(const struct store *store, const struct table *table, uint32_t row)
{
    const struct dataset *dataset = table->dataset;
    uint64_t print = text_hash(dataset->name, strlen(dataset->name));
    if (dataset->key_count == 0)
        return print ^ table->hashes[row];
    for (int k = 0; k < dataset->key_count; k++) {
        int64_t value = store_value(table, dataset->key[k], row);
        struct span text = key_text(store, dataset, dataset->key[k], &value);
        print = (print ^ text_hash(text.text, text.length)) * 0xff51afd7ed558ccdu;
        print ^= print >> 32;
    }
    return print;
}

static void write_row(struct stream_writer *writer, const struct row_marks *marks,
                      const struct table *table, uint32_t row, struct buffer *line)
{
    const struct definitions *definitions = marks->measures->definitions;
    line->length = 0;
    for (size_t i = 0; i < definitions->count; i++) {
        struct row_mark mark = marks_on(marks, definitions->indicators[i], table, row);
        if (mark.counted)
            buffer_format(line, "%s%zu:%" PRIx64 ":%" PRIx64, line->length ? "," : "", i,
                          mark.counted, mark.met);
    }
    char key[24];
    int length = snprintf(key, sizeof key, "%016" PRIx64,
                          fingerprint(marks->measures->intake->store, table, row));
    stream_write_field(writer, key, (size_t)length);
    stream_write_field(writer, line->text ? line->text : "", line->length);
    stream_write_record(writer);
}

static void write_tables(struct stream_writer *writer, const struct row_marks *marks,
                         struct buffer *line)
{
    const struct measures *measures = marks->measures;
    const struct definitions *definitions = measures->definitions;
    const struct store *store = measures->intake->store;
    char month[DATE_TEXT_SIZE];
    stream_write_table(writer, TABLE_MARKED_MONTHS, COLUMNS_MARKED_MONTHS);
    stream_write_field(writer, month, (size_t)month_to_iso(measures->first, month));
    stream_write_number(writer, measures->months);
    stream_write_record(writer);
    stream_write_table_end(writer);
    stream_write_table(writer, TABLE_MARKED_INDICATOR, COLUMNS_MARKED_INDICATOR);
    for (size_t i = 0; i < definitions->count; i++) {
        stream_write_text(writer, definitions->indicators[i]->code);
        stream_write_record(writer);
    }
    stream_write_table_end(writer);
    stream_write_table(writer, TABLE_MARKED_ROW, COLUMNS_MARKED_ROW);
    for (size_t d = 0; d < store->catalogue->count; d++) {
        bool counted = false;
        for (size_t i = 0; i < definitions->count; i++)
            counted = counted || definitions->indicators[i]->count == store->tables[d].dataset;
        for (uint32_t row = 0; counted && row < store->tables[d].count; row++)
            write_row(writer, marks, &store->tables[d], row, line);
    }
    stream_write_table_end(writer);
}

int row_marks_write(const struct row_marks *marks, const char *path, struct error *error)
{
    int descriptor = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
    if (descriptor < 0)
        return error_system(error, EXIT_IO, "cannot write the marks to '%s'", path);
    struct stream_writer writer;
    struct buffer line = {0};
    stream_writer_open(&writer, descriptor, path);
    write_tables(&writer, marks, &line);
    int status = line.failed ? error_memory(error, "writing the marks") : 0;
    if (status == 0)
        status = stream_writer_close(&writer, error);
    else
        stream_writer_abandon(&writer);
    if (close(descriptor) < 0 && status == 0)
        status = error_system(error, EXIT_IO, "cannot close '%s'", path);
    buffer_free(&line);
    return status;
}
