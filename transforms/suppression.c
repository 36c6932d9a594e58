#include "transforms/suppression.h"

#include <stdlib.h>
#include <string.h>

#include "etl/date.h"
#include "etl/decimal.h"
#include "etl/memory.h"
#include "etl/tables.h"
#include "transforms/disclosure.h"

/* In place of the marking of what is not for everybody. */
#define MARKING_PUBLIC "FOR PUBLICATION"

/* What is written again of a measure; whether it may be is the disclosure's. */
struct measured {
    const char *code, *month, *dimension, *member, *state, *place;
    decimal_t numerator, denominator;
};

struct shown {
    const char *code, *month, *state, *value, *text, *target, *target_text, *change, *rag;
};

struct suppression {
    struct stream_reader *reader;
    struct stream_writer *writer;
    struct error *error;
    struct suppressed counts;
    struct disclosure disclosure;
    bool has_report;
    struct measured *measures; /* as many as the disclosure has cells, in the same order */
    size_t measure_count, measure_capacity;
    struct shown *results;
    size_t result_count, result_capacity;
    struct arena arena;
};

static const char *keep(struct suppression *suppression, const char *column)
{
    struct span field = stream_field(suppression->reader, column);
    const char *copy = arena_copy(&suppression->arena, field.text, field.length);
    if (!copy)
        error_memory(suppression->error, "suppressing small counts");
    return copy ? copy : "";
}

/* ---- reading -------------------------------------------------------------------------------- */

/* Sums that the stream does not tell cannot be protected. */
static int require_columns(struct suppression *suppression)
{
    static const char *const needed[] = {"unit", "pool", "overlapping"};
    for (size_t n = 0; n < sizeof needed / sizeof needed[0]; n++)
        if (stream_column_find(suppression->reader, needed[n]) == SIZE_MAX)
            return stream_error(suppression->reader, suppression->error,
                                "the table indicator has no column '%s': make the stream again "
                                "with this version of transform",
                                needed[n]);
    return 0;
}

static int take_indicator(struct suppression *suppression)
{
    const struct stream_reader *reader = suppression->reader;
    return disclosure_add_indicator(&suppression->disclosure, stream_field(reader, "code"),
                                    span_is(stream_field(reader, "unit"), "percent"),
                                    stream_field(reader, "pool"),
                                    stream_field(reader, "overlapping"), suppression->error);
}

static int take_report(struct suppression *suppression)
{
    if (suppression->has_report)
        return stream_error(suppression->reader, suppression->error,
                            "the stream holds several reports: publish one at a time");
    suppression->has_report = true;
    return 0;
}

static int take_measure(struct suppression *suppression)
{
    struct measured *room = grow(suppression->measures, &suppression->measure_capacity,
                                 suppression->measure_count + 1, sizeof *room);
    if (!room)
        return error_memory(suppression->error, "suppressing small counts");
    suppression->measures = room;
    struct measured *measure = &room[suppression->measure_count++];
    *measure = (struct measured){
        .code = keep(suppression, "code"),
        .month = keep(suppression, "month"),
        .dimension = keep(suppression, "dimension"),
        .member = keep(suppression, "member"),
        .state = keep(suppression, "state"),
        .place = keep(suppression, "place"),
        .numerator = decimal_from_text(stream_field(suppression->reader, "numerator")),
        .denominator = decimal_from_text(stream_field(suppression->reader, "denominator"))};
    bool known = strcmp(measure->state, "value") == 0 || strcmp(measure->state, "none") == 0;
    return disclosure_add_cell(&suppression->disclosure, span_of(measure->code),
                               span_of(measure->month), span_of(measure->dimension),
                               measure->numerator, measure->denominator, known, suppression->error);
}

static int take_result(struct suppression *suppression)
{
    struct shown *room = grow(suppression->results, &suppression->result_capacity,
                              suppression->result_count + 1, sizeof *room);
    if (!room)
        return error_memory(suppression->error, "suppressing small counts");
    suppression->results = room;
    room[suppression->result_count++] =
        (struct shown){.code = keep(suppression, "code"),
                       .month = keep(suppression, "month"),
                       .state = keep(suppression, "state"),
                       .value = keep(suppression, "value"),
                       .text = keep(suppression, "shown"),
                       .target = keep(suppression, "target"),
                       .target_text = keep(suppression, "target_shown"),
                       .change = keep(suppression, "change"),
                       .rag = keep(suppression, "rag")};
    return 0;
}

/* ---- writing -------------------------------------------------------------------------------- */

static void write_decimal(struct stream_writer *writer, decimal_t number)
{
    char text[DECIMAL_TEXT_SIZE];
    if (number == NO_DECIMAL)
        stream_write_text(writer, "");
    else
        stream_write_field(writer, text, (size_t)decimal_to_text(number, text));
}

static void write_measures(struct suppression *suppression)
{
    struct stream_writer *writer = suppression->writer;
    stream_write_table(writer, TABLE_MEASURE, COLUMNS_MEASURE);
    for (size_t m = 0; m < suppression->measure_count; m++) {
        const struct measured *measure = &suppression->measures[m];
        enum fate fate = suppression->disclosure.cells[m].fate;
        suppression->counts.hidden += fate == FATE_HIDDEN;
        suppression->counts.left_out += fate == FATE_LEFT_OUT;
        if (fate == FATE_LEFT_OUT)
            continue;
        stream_write_text(writer, measure->code);
        stream_write_text(writer, measure->month);
        stream_write_text(writer, measure->dimension);
        stream_write_text(writer, measure->member);
        write_decimal(writer, fate == FATE_SHOWN ? measure->numerator : NO_DECIMAL);
        write_decimal(writer, fate == FATE_SHOWN ? measure->denominator : NO_DECIMAL);
        stream_write_text(writer, fate == FATE_HIDDEN ? "suppressed" : measure->state);
        stream_write_text(writer, measure->place);
        stream_write_record(writer);
    }
    stream_write_table_end(writer);
    suppression->counts.cells = suppression->measure_count;
}

static bool is_shown(const struct suppression *suppression, const char *code, month_t month)
{
    char text[DATE_TEXT_SIZE];
    month_to_iso(month, text);
    return disclosure_shows(&suppression->disclosure, span_of(code), span_of(text));
}

/* Results come by indicator, the earliest month first. A change tells the month before as well: it
 * is shown where both months are. While a month is not settled yet, it carries the rating of the
 * last one that is, which may be hidden. */
static void write_results(struct suppression *suppression)
{
    struct stream_writer *writer = suppression->writer;
    bool carries_hidden = false;
    stream_write_table(writer, TABLE_RESULT, COLUMNS_RESULT);
    for (size_t r = 0; r < suppression->result_count; r++) {
        const struct shown *result = &suppression->results[r];
        month_t month = month_from_iso(span_of(result->month));
        bool shown = is_shown(suppression, result->code, month);
        bool has_figure = strcmp(result->state, "value") == 0 || strcmp(result->state, "none") == 0;
        bool hidden = has_figure && !shown;
        bool moved = shown && is_shown(suppression, result->code, month - 1);
        if (r == 0 || has_figure || strcmp(result->code, result[-1].code) != 0)
            carries_hidden = hidden;
        stream_write_text(writer, result->code);
        stream_write_text(writer, result->month);
        stream_write_text(writer, hidden ? "suppressed" : result->state);
        stream_write_text(writer, hidden ? "" : result->value);
        stream_write_text(writer, hidden ? "c" : result->text);
        stream_write_text(writer, result->target);
        stream_write_text(writer, result->target_text);
        stream_write_text(writer, moved ? result->change : "");
        stream_write_text(writer, carries_hidden ? "Grey" : result->rag);
        stream_write_record(writer);
    }
    stream_write_table_end(writer);
}

/* ---- tables that pass ----------------------------------------------------------------------- */

static int begin_copy(struct suppression *suppression)
{
    struct buffer columns = {0};
    size_t count;
    const struct stream_column *list = stream_columns(suppression->reader, &count);
    for (size_t c = 0; c < count; c++)
        buffer_format(&columns, "%s%s:%s", c ? " " : "", list[c].name, list[c].type);
    int status = columns.failed ? error_memory(suppression->error, "suppressing small counts") : 0;
    if (status == 0)
        stream_write_table(suppression->writer, stream_table(suppression->reader), columns.text);
    buffer_free(&columns);
    return status;
}

static void copy_record(struct suppression *suppression)
{
    size_t count;
    const struct stream_column *columns = stream_columns(suppression->reader, &count);
    const struct span *fields = stream_fields(suppression->reader);
    bool figure = strcmp(stream_table(suppression->reader), TABLE_FIGURE) == 0;
    bool report = strcmp(stream_table(suppression->reader), TABLE_REPORT) == 0;
    for (size_t c = 0; c < count; c++) {
        bool count_of_few = strcmp(columns[c].name, "unlisted_children") == 0 ||
                            (figure && strcmp(columns[c].name, "value") == 0);
        if (count_of_few && disclosure_is_small(decimal_from_text(fields[c])))
            stream_write_text(suppression->writer, "");
        else if (report && strcmp(columns[c].name, "marking") == 0 && fields[c].length > 0)
            stream_write_text(suppression->writer, MARKING_PUBLIC);
        else
            stream_write_field(suppression->writer, fields[c].text, fields[c].length);
    }
    stream_write_record(suppression->writer);
}

enum passing { LEFT_OUT, COPIED, HELD_MEASURES, HELD_RESULTS };

static enum passing passing_of(const char *table)
{
    if (strcmp(table, TABLE_MEASURE) == 0)
        return HELD_MEASURES;
    if (strcmp(table, TABLE_RESULT) == 0)
        return HELD_RESULTS;
    if (strcmp(table, TABLE_REPORT) == 0 || strcmp(table, TABLE_INDICATOR) == 0 ||
        strcmp(table, TABLE_FIGURE) == 0)
        return COPIED;
    return LEFT_OUT;
}

static int take_record(struct suppression *suppression)
{
    const char *table = stream_table(suppression->reader);
    switch (passing_of(table)) {
    case HELD_MEASURES:
        return take_measure(suppression);
    case HELD_RESULTS:
        return take_result(suppression);
    case COPIED:
        copy_record(suppression);
        if (strcmp(table, TABLE_REPORT) == 0)
            return take_report(suppression);
        return strcmp(table, TABLE_INDICATOR) == 0 ? take_indicator(suppression) : 0;
    case LEFT_OUT:
        break;
    }
    return 0;
}

static int take_event(struct suppression *suppression, enum stream_event event)
{
    bool copied = event != STREAM_SOURCE && event != STREAM_END &&
                  passing_of(stream_table(suppression->reader)) == COPIED;
    switch (event) {
    case STREAM_SOURCE: {
        struct stream_source source = stream_source(suppression->reader);
        stream_write_source(suppression->writer, &source);
        return 0;
    }
    case STREAM_TABLE:
        if (strcmp(stream_table(suppression->reader), TABLE_INDICATOR) == 0 &&
            require_columns(suppression) < 0)
            return -1;
        return copied ? begin_copy(suppression) : 0;
    case STREAM_RECORD:
        return take_record(suppression);
    case STREAM_TABLE_END:
        if (copied)
            stream_write_table_end(suppression->writer);
        return 0;
    case STREAM_END:
        return 0;
    case STREAM_FAILED:
        break;
    }
    return -1;
}

int suppression_pass(struct stream_reader *reader, struct stream_writer *writer,
                     struct suppressed *counts, struct error *error)
{
    struct suppression suppression = {.reader = reader, .writer = writer, .error = error};
    enum stream_event event = STREAM_SOURCE;
    int status = 0;
    while (status == 0 && event != STREAM_END) {
        event = stream_next(reader, error);
        status = take_event(&suppression, event);
        if (error->code != EXIT_COMPLETE)
            status = -1;
    }
    if (status == 0)
        status = disclosure_decide(&suppression.disclosure, error);
    if (status == 0) {
        write_measures(&suppression);
        write_results(&suppression);
    }
    *counts = suppression.counts;
    free(suppression.measures);
    free(suppression.results);
    disclosure_free(&suppression.disclosure);
    arena_free(&suppression.arena);
    return status;
}
