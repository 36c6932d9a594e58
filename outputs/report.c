#include "outputs/report.h"

#include <stdlib.h>
#include <string.h>

#include "etl/decimal.h"
#include "etl/tables.h"

struct reading {
    struct report *report;
    struct stream_reader *reader;
    struct error *error;
    bool has_report;
};

static const char *text_named(struct reading *reading, const char *name)
{
    struct span field = stream_field(reading->reader, name);
    const char *copy = arena_copy(&reading->report->arena, field.text, field.length);
    if (!copy)
        error_memory(reading->error, "reading the measures");
    return copy ? copy : "";
}

static double number_named(const struct reading *reading, const char *name)
{
    decimal_t number = decimal_from_text(stream_field(reading->reader, name));
    return number == NO_DECIMAL ? 0 : (double)number / DECIMAL_ONE;
}

/* ---- a reader for each table ---------------------------------------------------------------- */

static int take_report(struct reading *reading)
{
    struct report *report = reading->report;
    report->authority = text_named(reading, "authority");
    report->marking = text_named(reading, "marking");
    report->last = month_from_iso(stream_field(reading->reader, "month"));
    report->as_at = date_from_iso(stream_field(reading->reader, "as_at"));
    report->months = (int)number_named(reading, "months");
    report->unlisted_children = number_named(reading, "unlisted_children");
    if (report->last < 0 || report->as_at == NO_DATE || report->months < 1 || report->months > 60)
        return stream_error(reading->reader, reading->error, "this is no row of %s", TABLE_REPORT);
    reading->has_report = true;
    return 0;
}

static int take_indicator(struct reading *reading)
{
    struct report *report = reading->report;
    if (!reading->has_report)
        return stream_error(reading->reader, reading->error,
                            "indicators come before what the report is about");
    struct report_indicator *room = grow(report->indicators, &report->indicator_capacity,
                                         report->indicator_count + 1, sizeof *room);
    if (!room)
        return error_memory(reading->error, "reading the measures");
    report->indicators = room;
    struct report_indicator *indicator = &room[report->indicator_count];
    *indicator = (struct report_indicator){.code = text_named(reading, "code"),
                                           .section = text_named(reading, "section"),
                                           .title = text_named(reading, "title"),
                                           .unit = text_named(reading, "unit"),
                                           .better = text_named(reading, "better"),
                                           .target_shown = text_named(reading, "target_shown"),
                                           .population = text_named(reading, "population"),
                                           .period = text_named(reading, "period"),
                                           .test = text_named(reading, "test"),
                                           .settles = text_named(reading, "settles"),
                                           .from = text_named(reading, "from"),
                                           .datasets = text_named(reading, "datasets"),
                                           .note = text_named(reading, "note"),
                                           .defined = text_named(reading, "defined")};
    indicator->on_scorecard = span_is(stream_field(reading->reader, "scorecard"), "yes");
    indicator->results =
        arena_alloc(&report->arena, (size_t)report->months * sizeof *indicator->results);
    if (!indicator->results)
        return error_memory(reading->error, "reading the measures");
    report->indicator_count++;
    return 0;
}

static int take_result(struct reading *reading)
{
    struct report *report = reading->report;
    struct span code = stream_field(reading->reader, "code");
    struct report_indicator *indicator = NULL;
    for (size_t i = 0; i < report->indicator_count && !indicator; i++)
        if (span_is(code, report->indicators[i].code))
            indicator = &report->indicators[i];
    int place =
        month_from_iso(stream_field(reading->reader, "month")) - report->last + report->months - 1;
    if (!indicator || place < 0 || place >= report->months)
        return stream_error(reading->reader, reading->error,
                            "a result of an indicator or month that the report is not about");
    struct result *result = &indicator->results[place];
    *result = (struct result){.state = text_named(reading, "state"),
                              .value = number_named(reading, "value"),
                              .shown = text_named(reading, "shown"),
                              .has_target = stream_field(reading->reader, "target").length > 0,
                              .target = number_named(reading, "target"),
                              .target_shown = text_named(reading, "target_shown"),
                              .change = text_named(reading, "change"),
                              .rag = text_named(reading, "rag")};
    return 0;
}

static int take_count(struct reading *reading)
{
    struct report *report = reading->report;
    struct report_count *room =
        grow(report->counts, &report->count_capacity, report->count_count + 1, sizeof *room);
    if (!room)
        return error_memory(reading->error, "reading the measures");
    report->counts = room;
    room[report->count_count++] =
        (struct report_count){.source = (unsigned)number_named(reading, "source"),
                              .section = text_named(reading, "section"),
                              .dataset = text_named(reading, "dataset"),
                              .format = text_named(reading, "format"),
                              .read = number_named(reading, "read"),
                              .accepted = number_named(reading, "accepted"),
                              .rejected = number_named(reading, "rejected"),
                              .ignored = number_named(reading, "ignored"),
                              .merged = number_named(reading, "merged")};
    return 0;
}

static int take_remark(struct reading *reading)
{
    struct report *report = reading->report;
    if (report->remark_count == MOST_REMARKS) {
        report->remarks_beyond++;
        return 0;
    }
    struct report_remark *room =
        grow(report->remarks, &report->remark_capacity, report->remark_count + 1, sizeof *room);
    if (!room)
        return error_memory(reading->error, "reading the measures");
    report->remarks = room;
    struct report_remark *remark = &room[report->remark_count];
    *remark = (struct report_remark){.outcome = text_named(reading, "outcome"),
                                     .dataset = text_named(reading, "dataset"),
                                     .column = text_named(reading, "column"),
                                     .field = text_named(reading, "field"),
                                     .code = text_named(reading, "code")};
    if (stream_at(reading->reader, stream_field(reading->reader, "@"), &remark->source,
                  &remark->row) < 0)
        return stream_error(reading->reader, reading->error,
                            "'@' is not the number of a source and a row");
    report->remark_count++;
    return 0;
}

static int take_unmapped(struct reading *reading)
{
    struct report *report = reading->report;
    struct report_unmapped *room = grow(report->unmapped, &report->unmapped_capacity,
                                        report->unmapped_count + 1, sizeof *room);
    if (!room)
        return error_memory(reading->error, "reading the measures");
    report->unmapped = room;
    room[report->unmapped_count++] =
        (struct report_unmapped){.source = (unsigned)number_named(reading, "source"),
                                 .column = text_named(reading, "column"),
                                 .header = text_named(reading, "header")};
    return 0;
}

/* Numerators and exceptions are for other readers: measures are shown as results, and rows about
 * single children have no place in a management workbook. */
static int pass_over(struct reading *reading)
{
    (void)reading;
    return 0;
}

static const struct {
    const char *table;
    int (*take)(struct reading *);
} takers[] = {
    {TABLE_REPORT, take_report},  {TABLE_INDICATOR, take_indicator},
    {TABLE_MEASURE, pass_over},   {TABLE_RESULT, take_result},
    {TABLE_EXCEPTION, pass_over}, {TABLE_SOURCE_COUNT, take_count},
    {TABLE_REMARK, take_remark},  {TABLE_UNMAPPED, take_unmapped},
    {TABLE_CASELOAD, pass_over},  {TABLE_COMMENTARY, pass_over},
    {TABLE_FIGURE, pass_over},    {TABLE_RESTATEMENT, pass_over},
    {TABLE_HEADER, pass_over},
};

static int take_source(struct reading *reading)
{
    struct report *report = reading->report;
    struct report_source *room =
        grow(report->sources, &report->source_capacity, report->source_count + 1, sizeof *room);
    if (!room)
        return error_memory(reading->error, "reading the measures");
    report->sources = room;
    struct stream_source source = stream_source(reading->reader);
    struct arena *arena = &report->arena;
    struct report_source *added = &room[report->source_count++];
    added->file = arena_copy(arena, source.file, strlen(source.file));
    added->sheet = arena_copy(arena, source.sheet, strlen(source.sheet));
    added->sha256 = arena_copy(arena, source.sha256, strlen(source.sha256));
    added->as_at = arena_copy(arena, source.as_at, strlen(source.as_at));
    return added->file && added->sheet && added->sha256 && added->as_at
               ? 0
               : error_memory(reading->error, "reading the measures");
}

static int read_table(struct reading *reading)
{
    const char *name = stream_table(reading->reader);
    size_t t = 0;
    while (t < sizeof takers / sizeof *takers && strcmp(takers[t].table, name) != 0)
        t++;
    if (t == sizeof takers / sizeof *takers)
        return stream_error(reading->reader, reading->error,
                            "table '%s' is of a record stream: put monthend-transform between "
                            "extract and load",
                            name);
    enum stream_event event;
    while ((event = stream_next(reading->reader, reading->error)) == STREAM_RECORD)
        if (takers[t].take(reading) < 0 || reading->error->code != EXIT_COMPLETE)
            return -1;
    return event == STREAM_TABLE_END ? 0 : -1;
}

int report_read(struct report *report, struct stream_reader *reader, struct error *error)
{
    *report = (struct report){0};
    struct reading reading = {report, reader, error, false};
    int status = 0;
    enum stream_event event = STREAM_TABLE_END;
    while (status == 0 && event != STREAM_END) {
        event = stream_next(reader, error);
        if (event == STREAM_FAILED)
            status = -1;
        else if (event == STREAM_SOURCE)
            status = take_source(&reading);
        else if (event == STREAM_TABLE)
            status = read_table(&reading);
    }
    if (status == 0 && !reading.has_report)
        status = stream_error(reader, error,
                              "the stream holds no report: put monthend-transform before load");
    for (size_t c = 0; c < report->count_count && status == 0; c++)
        if (report->counts[c].source < 1 || report->counts[c].source > report->source_count)
            status = stream_error(reader, error, "rows are counted for an unknown source");
    return status;
}

void report_free(struct report *report)
{
    free(report->indicators);
    free(report->sources);
    free(report->counts);
    free(report->remarks);
    free(report->unmapped);
    arena_free(&report->arena);
    *report = (struct report){0};
}

month_t report_month(const struct report *report, int place)
{
    return report->last - report->months + 1 + place;
}

size_t report_section(const struct report *report, size_t first)
{
    size_t last = first;
    while (last < report->indicator_count &&
           strcmp(report->indicators[last].section, report->indicators[first].section) == 0)
        last++;
    return last - first;
}
