#include "outputs/report.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "etl/decimal.h"
#include "etl/tables.h"
#include "outputs/report_reading.h"

const char *text_named(struct reading *reading, const char *name)
{
    struct span field = stream_field(reading->reader, name);
    const char *copy = arena_copy(&reading->report->arena, field.text, field.length);
    if (!copy)
        error_memory(reading->error, "reading the measures");
    return copy ? copy : "";
}

double number_named(const struct reading *reading, const char *name)
{
    decimal_t number = decimal_from_text(stream_field(reading->reader, name));
    return number == NO_DECIMAL ? 0 : (double)number / DECIMAL_ONE;
}

date_t date_named(const struct reading *reading, const char *name)
{
    return date_from_iso(stream_field(reading->reader, name));
}

int reading_memory(struct reading *reading)
{
    return error_memory(reading->error, "reading the measures");
}

/* ---- a reader for each table ---------------------------------------------------------------- */

static int take_report(struct reading *reading)
{
    struct report *report = reading->report;
    if (reading->has_report) /* results are as many as the months of the first */
        return stream_error(reading->reader, reading->error,
                            "the stream holds several reports: load one at a time");
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

/* Rows about single children, and what other programs need: for those who asked. */
static int hand_on(struct reading *reading)
{
    const struct report_rows *rows = reading->rows;
    while (rows && rows->table && strcmp(rows->table, stream_table(reading->reader)) != 0)
        rows++;
    return rows && rows->table ? rows->row(rows->context, reading->report, reading->reader) : 0;
}

static const struct {
    const char *table;
    int (*take)(struct reading *);
} takers[] = {
    {TABLE_REPORT, take_report},      {TABLE_INDICATOR, take_indicator},
    {TABLE_MEASURE, take_measure},    {TABLE_RESULT, take_result},
    {TABLE_CASELOAD, take_caseload},  {TABLE_COMMENTARY, take_comment},
    {TABLE_FIGURE, take_figure},      {TABLE_EXCEPTION, hand_on},
    {TABLE_SOURCE_COUNT, take_count}, {TABLE_REMARK, take_remark},
    {TABLE_UNMAPPED, take_unmapped},  {TABLE_RESTATEMENT, take_restatement},
    {TABLE_HEADER, hand_on},          {TABLE_TRACKER, hand_on},
    {TABLE_WEEK, take_week},          {TABLE_TRACKER_CHECK, take_check},
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
    if (takers[t].take == take_restatement)
        reading->report->compared = true;
    if (takers[t].take != take_report && !reading->has_report)
        return stream_error(reading->reader, reading->error,
                            "table '%s' comes before what the report is about", name);
    enum stream_event event;
    while ((event = stream_next(reading->reader, reading->error)) == STREAM_RECORD)
        if (takers[t].take(reading) < 0 || reading->error->code != EXIT_COMPLETE)
            return -1;
    return event == STREAM_TABLE_END ? 0 : -1;
}

static int compare_members(const void *a, const void *b)
{
    const struct report_member *x = a;
    const struct report_member *y = b;
    if (x->indicator != y->indicator)
        return x->indicator < y->indicator ? -1 : 1;
    int order = strcmp(x->dimension, y->dimension);
    if (order == 0 && x->place != y->place)
        return x->place < y->place ? -1 : 1;
    return order ? order : strcmp(x->member, y->member);
}

int report_read(struct report *report, struct stream_reader *reader, const struct report_rows *rows,
                struct error *error)
{
    *report = (struct report){0};
    struct reading reading = {.report = report, .reader = reader, .rows = rows, .error = error};
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
    if (report->member_count > 1) /* a member may turn up in a later month only */
        qsort(report->members, report->member_count, sizeof *report->members, compare_members);
    for (size_t c = 0; c < report->count_count && status == 0; c++)
        if (report->counts[c].source < 1 || report->counts[c].source > report->source_count)
            status = stream_error(reader, error, "rows are counted for an unknown source");
    place_free(&reading.members);
    return status;
}

void report_free(struct report *report)
{
    free(report->indicators);
    free(report->sources);
    free(report->counts);
    free(report->remarks);
    free(report->findings);
    free(report->unmapped);
    free(report->members);
    free(report->caseloads);
    free(report->comments);
    free(report->figures);
    free(report->restatements);
    free(report->weeks);
    free(report->checks);
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

size_t report_breakdown(const struct report *report, size_t first)
{
    const struct report_member *members = report->members;
    size_t last = first;
    while (last < report->member_count && members[last].indicator == members[first].indicator &&
           strcmp(members[last].dimension, members[first].dimension) == 0)
        last++;
    return last - first;
}

int report_place(const struct report *report, month_t month)
{
    int place = month - report->last + report->months - 1;
    return place >= 0 && place < report->months ? place : -1;
}

size_t report_find(const struct report *report, struct span code)
{
    for (size_t i = 0; i < report->indicator_count; i++)
        if (span_is(code, report->indicators[i].code))
            return i;
    return SIZE_MAX;
}

const struct result *report_now(const struct report *report, size_t indicator)
{
    return &report->indicators[indicator].results[report->months - 1];
}

bool result_has_value(const struct result *result)
{
    return result->state && strcmp(result->state, "value") == 0;
}

const struct report_source *report_source(const struct report *report, unsigned number)
{
    static const struct report_source unknown = {"", "", "", ""};
    return number >= 1 && number <= report->source_count ? &report->sources[number - 1] : &unknown;
}

bool comment_is_overdue(const struct report *report, const struct report_comment *comment)
{
    static const char *const done[] = {"done", "complete", "completed", "closed"};
    if (!comment->action || comment->due == NO_DATE || comment->due >= report->as_at)
        return false;
    for (size_t d = 0; d < sizeof done / sizeof *done; d++)
        if (strcasecmp(comment->status, done[d]) == 0)
            return false;
    return true;
}
