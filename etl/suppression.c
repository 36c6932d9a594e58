#include "etl/suppression.h"

#include <stdlib.h>
#include <string.h>

#include "etl/date.h"
#include "etl/decimal.h"
#include "etl/memory.h"
#include "etl/tables.h"

enum { LARGEST_SMALL = 5 };

struct measured {
    const char *code, *month, *dimension, *member, *state;
    decimal_t numerator, denominator;
    bool hidden;
};

struct shown {
    const char *code, *month, *state, *value, *text, *target, *target_text, *change, *rag;
};

/* What an indicator counts, and of which it is the total. */
struct measured_by {
    const char *code, *unit, *parts; /* parts: "MC 13, MC 14", "" for none */
};

struct suppression {
    struct stream_reader *reader;
    struct stream_writer *writer;
    struct error *error;
    struct measured *measures;
    size_t measure_count, measure_capacity;
    struct shown *results;
    size_t result_count, result_capacity;
    struct measured_by *indicators;
    size_t indicator_count, indicator_capacity;
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

/* "MC 13, MC 14 together" is the population of a pool. */
static const char *keep_parts(struct suppression *suppression)
{
    static const char together[] = " together";
    struct span text = stream_field(suppression->reader, "population");
    size_t tail = sizeof together - 1;
    if (text.length <= tail || memcmp(text.text + text.length - tail, together, tail) != 0)
        return "";
    const char *copy = arena_copy(&suppression->arena, text.text, text.length - tail);
    if (!copy)
        error_memory(suppression->error, "suppressing small counts");
    return copy ? copy : "";
}

static int take_indicator(struct suppression *suppression)
{
    struct measured_by *room = grow(suppression->indicators, &suppression->indicator_capacity,
                                    suppression->indicator_count + 1, sizeof *room);
    if (!room)
        return error_memory(suppression->error, "suppressing small counts");
    suppression->indicators = room;
    room[suppression->indicator_count++] = (struct measured_by){.code = keep(suppression, "code"),
                                                                .unit = keep(suppression, "unit"),
                                                                .parts = keep_parts(suppression)};
    return 0;
}

static int take_measure(struct suppression *suppression)
{
    struct measured *room = grow(suppression->measures, &suppression->measure_capacity,
                                 suppression->measure_count + 1, sizeof *room);
    if (!room)
        return error_memory(suppression->error, "suppressing small counts");
    suppression->measures = room;
    room[suppression->measure_count++] = (struct measured){
        .code = keep(suppression, "code"),
        .month = keep(suppression, "month"),
        .dimension = keep(suppression, "dimension"),
        .member = keep(suppression, "member"),
        .state = keep(suppression, "state"),
        .numerator = decimal_from_text(stream_field(suppression->reader, "numerator")),
        .denominator = decimal_from_text(stream_field(suppression->reader, "denominator"))};
    return 0;
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

/* ---- which cells ---------------------------------------------------------------------------- */

static bool is_small(decimal_t number)
{
    return number != NO_DECIMAL && number > 0 && number <= LARGEST_SMALL * (decimal_t)DECIMAL_ONE;
}

static const struct measured_by *indicator_of(const struct suppression *suppression,
                                              const char *code)
{
    for (size_t i = 0; i < suppression->indicator_count; i++)
        if (strcmp(suppression->indicators[i].code, code) == 0)
            return &suppression->indicators[i];
    return NULL;
}

static bool has_value(const struct measured *measure)
{
    return strcmp(measure->state, "value") == 0 && measure->numerator != NO_DECIMAL;
}

/* The equivalents that an average is over are no people. */
static bool is_revealing(const struct suppression *suppression, const struct measured *measure)
{
    const struct measured_by *indicator = indicator_of(suppression, measure->code);
    if (!has_value(measure))
        return false;
    if (is_small(measure->numerator))
        return true;
    return indicator && strcmp(indicator->unit, "percent") == 0 &&
           (is_small(measure->denominator) || is_small(measure->denominator - measure->numerator));
}

/* The people behind a cell: the smaller, the more it is worth hiding. */
static decimal_t people_of(const struct measured *measure)
{
    return measure->denominator != NO_DECIMAL ? measure->denominator : measure->numerator;
}

/* Members of one total, of which one alone is hidden: hides the next smallest as well. */
struct group {
    size_t hidden;
    struct measured *smallest; /* that is shown and is not 0 */
};

static void join_group(struct group *group, struct measured *measure)
{
    if (!has_value(measure))
        return;
    if (measure->hidden)
        group->hidden++;
    else if (people_of(measure) > 0 &&
             (!group->smallest || people_of(measure) < people_of(group->smallest)))
        group->smallest = measure;
}

static bool close_group(const struct group *group)
{
    if (group->hidden != 1 || !group->smallest)
        return false;
    group->smallest->hidden = true;
    return true;
}

static bool is_same(const struct measured *a, const struct measured *b)
{
    return strcmp(a->code, b->code) == 0 && strcmp(a->month, b->month) == 0 &&
           strcmp(a->dimension, b->dimension) == 0;
}

/* The breakdowns: members of one dimension follow each other. */
static bool hide_members(struct suppression *suppression)
{
    bool more = false;
    for (size_t m = 0; m < suppression->measure_count;) {
        struct measured *first = &suppression->measures[m];
        struct group group = {0};
        size_t next = m;
        for (; next < suppression->measure_count && is_same(first, &suppression->measures[next]);
             next++)
            join_group(&group, &suppression->measures[next]);
        if (*first->dimension)
            more = close_group(&group) || more;
        m = next;
    }
    return more;
}

static struct measured *find_whole(struct suppression *suppression, struct span code,
                                   const char *month)
{
    for (size_t m = 0; m < suppression->measure_count; m++) {
        struct measured *measure = &suppression->measures[m];
        if (!*measure->dimension && span_is(code, measure->code) &&
            strcmp(measure->month, month) == 0)
            return measure;
    }
    return NULL;
}

/* The pools: their parts are members. */
static bool hide_parts(struct suppression *suppression)
{
    bool more = false;
    for (size_t m = 0; m < suppression->measure_count; m++) {
        const struct measured *total = &suppression->measures[m];
        const struct measured_by *indicator = indicator_of(suppression, total->code);
        if (*total->dimension || !indicator || !*indicator->parts || total->hidden)
            continue;
        struct group group = {0};
        struct span rest = span_of(indicator->parts);
        while (rest.text) {
            struct measured *part = find_whole(suppression, span_cut(&rest, ','), total->month);
            if (part)
                join_group(&group, part);
        }
        more = close_group(&group) || more;
    }
    return more;
}

static void choose(struct suppression *suppression)
{
    for (size_t m = 0; m < suppression->measure_count; m++)
        suppression->measures[m].hidden = is_revealing(suppression, &suppression->measures[m]);
    bool more = true;
    while (more) {
        more = hide_members(suppression);
        more = hide_parts(suppression) || more;
    }
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

static void write_measures(const struct suppression *suppression, size_t *hidden)
{
    struct stream_writer *writer = suppression->writer;
    stream_write_table(writer, TABLE_MEASURE, COLUMNS_MEASURE);
    for (size_t m = 0; m < suppression->measure_count; m++) {
        const struct measured *measure = &suppression->measures[m];
        stream_write_text(writer, measure->code);
        stream_write_text(writer, measure->month);
        stream_write_text(writer, measure->dimension);
        stream_write_text(writer, measure->member);
        write_decimal(writer, measure->hidden ? NO_DECIMAL : measure->numerator);
        write_decimal(writer, measure->hidden ? NO_DECIMAL : measure->denominator);
        stream_write_text(writer, measure->hidden ? "suppressed" : measure->state);
        stream_write_record(writer);
        *hidden += measure->hidden;
    }
    stream_write_table_end(writer);
}

static bool is_hidden(struct suppression *suppression, const char *code, month_t month)
{
    char text[DATE_TEXT_SIZE];
    month_to_iso(month, text);
    const struct measured *whole = find_whole(suppression, span_of(code), text);
    return whole && whole->hidden;
}

static void write_results(struct suppression *suppression)
{
    struct stream_writer *writer = suppression->writer;
    stream_write_table(writer, TABLE_RESULT, COLUMNS_RESULT);
    for (size_t r = 0; r < suppression->result_count; r++) {
        const struct shown *result = &suppression->results[r];
        month_t month = month_from_iso(span_of(result->month));
        bool hidden = is_hidden(suppression, result->code, month);
        bool moved = hidden || is_hidden(suppression, result->code, month - 1);
        stream_write_text(writer, result->code);
        stream_write_text(writer, result->month);
        stream_write_text(writer, hidden ? "suppressed" : result->state);
        stream_write_text(writer, hidden ? "" : result->value);
        stream_write_text(writer, hidden ? "c" : result->text);
        stream_write_text(writer, result->target);
        stream_write_text(writer, result->target_text);
        stream_write_text(writer, moved ? "" : result->change);
        stream_write_text(writer, hidden ? "Grey" : result->rag);
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
    for (size_t c = 0; c < count; c++) {
        bool count_of_few = strcmp(columns[c].name, "unlisted_children") == 0 ||
                            (figure && strcmp(columns[c].name, "value") == 0);
        if (count_of_few && is_small(decimal_from_text(fields[c])))
            stream_write_text(suppression->writer, "");
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

int suppression_pass(struct stream_reader *reader, struct stream_writer *writer, size_t *hidden,
                     struct error *error)
{
    struct suppression suppression = {.reader = reader, .writer = writer, .error = error};
    enum stream_event event = STREAM_SOURCE;
    int status = 0;
    *hidden = 0;
    while (status == 0 && event != STREAM_END) {
        event = stream_next(reader, error);
        status = take_event(&suppression, event);
        if (error->code != EXIT_COMPLETE)
            status = -1;
    }
    if (status == 0) {
        choose(&suppression);
        write_measures(&suppression, hidden);
        write_results(&suppression);
    }
    free(suppression.measures);
    free(suppression.results);
    free(suppression.indicators);
    arena_free(&suppression.arena);
    return status;
}
