#include "etl/month_report.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "etl/descriptor.h"
#include "etl/tables.h"

struct reading {
    struct month_report *report;
    struct stream_reader *reader;
    struct error *error;
    /* Indicators come before their cells. */
    struct indicator_read {
        const char *code;
        bool on_scorecard;
    } * indicators;
    size_t indicator_count, indicator_capacity;
    size_t last_cell; /* results come in the order of the measures */
};

static const char *text_of(struct reading *reading, const char *column)
{
    struct span field = stream_field(reading->reader, column);
    const char *copy = arena_copy(&reading->report->arena, field.text, field.length);
    if (!copy)
        error_memory(reading->error, "reading a report");
    return copy ? copy : "";
}

static uint64_t number_of(const struct reading *reading, const char *column)
{
    int64_t number = span_number(stream_field(reading->reader, column), INT64_MAX);
    return number < 0 ? 0 : (uint64_t)number;
}

/* Room for one more item, zeroed; NULL with the error filled. */
static void *add_item(struct reading *reading, void *array, size_t *count, size_t *capacity,
                      size_t size, void **item)
{
    void *room = grow(array, capacity, *count + 1, size);
    if (!room) {
        error_memory(reading->error, "reading a report");
        *item = NULL;
        return array;
    }
    *item = (char *)room + *count * size;
    memset(*item, 0, size);
    (*count)++;
    return room;
}

static int take_report(struct reading *reading)
{
    struct month_report *report = reading->report;
    report->month = month_from_iso(stream_field(reading->reader, "month"));
    report->as_at = date_from_iso(stream_field(reading->reader, "as_at"));
    if (report->month < 0 || report->as_at == NO_DATE)
        return stream_error(reading->reader, reading->error, "this is no row of %s", TABLE_REPORT);
    return 0;
}

static int take_indicator(struct reading *reading)
{
    void *item;
    reading->indicators =
        add_item(reading, reading->indicators, &reading->indicator_count,
                 &reading->indicator_capacity, sizeof *reading->indicators, &item);
    if (!item)
        return -1;
    struct indicator_read *indicator = item;
    indicator->code = text_of(reading, "code");
    indicator->on_scorecard = span_is(stream_field(reading->reader, "scorecard"), "yes");
    return 0;
}

static int take_measure(struct reading *reading)
{
    struct month_report *report = reading->report;
    if (stream_field(reading->reader, "dimension").length > 0)
        return 0;
    void *item;
    report->cells = add_item(reading, report->cells, &report->cell_count, &report->cell_capacity,
                             sizeof *report->cells, &item);
    if (!item)
        return -1;
    struct report_cell *cell = item;
    cell->code = text_of(reading, "code");
    for (size_t i = 0; i < reading->indicator_count; i++)
        if (strcmp(reading->indicators[i].code, cell->code) == 0)
            cell->on_scorecard = reading->indicators[i].on_scorecard;
    cell->month = month_from_iso(stream_field(reading->reader, "month"));
    cell->numerator = text_of(reading, "numerator");
    cell->denominator = text_of(reading, "denominator");
    cell->state = text_of(reading, "state");
    cell->shown = cell->target = cell->change = cell->rag = "";
    return 0;
}

static int take_result(struct reading *reading)
{
    struct month_report *report = reading->report;
    struct span code = stream_field(reading->reader, "code");
    month_t month = month_from_iso(stream_field(reading->reader, "month"));
    for (size_t n = 0; n < report->cell_count; n++) {
        size_t at = (reading->last_cell + n) % report->cell_count;
        struct report_cell *cell = &report->cells[at];
        if (cell->month != month || !span_is(code, cell->code))
            continue;
        reading->last_cell = at;
        cell->shown = text_of(reading, "shown");
        cell->target = text_of(reading, "target_shown");
        cell->change = text_of(reading, "change");
        cell->rag = text_of(reading, "rag");
        return 0;
    }
    return error_set(reading->error, EXIT_BROKEN,
                     "line %" PRIu64 " of the measures: a result that nothing was measured for",
                     stream_line(reading->reader));
}

/* read = accepted + rejected + ignored, and what was merged was accepted before. */
static int take_count(struct reading *reading)
{
    struct month_report *report = reading->report;
    void *item;
    report->counts = add_item(reading, report->counts, &report->count_count,
                              &report->count_capacity, sizeof *report->counts, &item);
    if (!item)
        return -1;
    struct report_count *count = item;
    count->source = (unsigned)number_of(reading, "source");
    count->section = text_of(reading, "section");
    count->dataset = text_of(reading, "dataset");
    count->read = number_of(reading, "read");
    count->accepted = number_of(reading, "accepted");
    count->rejected = number_of(reading, "rejected");
    count->ignored = number_of(reading, "ignored");
    count->merged = number_of(reading, "merged");
    if (count->read == count->accepted + count->rejected + count->ignored &&
        count->merged <= count->accepted)
        return 0;
    return error_set(reading->error, EXIT_BROKEN,
                     "source '%s': of %" PRIu64 " rows read, %" PRIu64 " were accepted (%" PRIu64
                     " of them merged), %" PRIu64 " rejected and %" PRIu64
                     " ignored: rows do not add up",
                     count->section, count->read, count->accepted, count->merged, count->rejected,
                     count->ignored);
}

static int take_header(struct reading *reading)
{
    struct month_report *report = reading->report;
    void *item;
    report->headers = add_item(reading, report->headers, &report->header_count,
                               &report->header_capacity, sizeof *report->headers, &item);
    if (!item)
        return -1;
    struct report_header *header = item;
    header->source = (unsigned)number_of(reading, "source");
    header->column = text_of(reading, "column");
    header->header = text_of(reading, "header");
    header->fields = text_of(reading, "fields");
    return 0;
}

static int tally(struct reading *reading, struct report_tally **list, size_t *count,
                 size_t *capacity, struct span outcome, struct span code)
{
    for (size_t i = 0; i < *count; i++) {
        if (span_is(outcome, (*list)[i].outcome) && span_is(code, (*list)[i].code)) {
            (*list)[i].count++;
            return 0;
        }
    }
    void *item;
    *list = add_item(reading, *list, count, capacity, sizeof **list, &item);
    if (!item)
        return -1;
    struct report_tally *added = item;
    added->outcome = arena_copy(&reading->report->arena, outcome.text, outcome.length);
    added->code = arena_copy(&reading->report->arena, code.text, code.length);
    added->count = 1;
    return added->outcome && added->code ? 0 : error_memory(reading->error, "reading a report");
}

static int take_remark(struct reading *reading)
{
    struct month_report *report = reading->report;
    return tally(reading, &report->remarks, &report->remark_count, &report->remark_capacity,
                 stream_field(reading->reader, "outcome"), stream_field(reading->reader, "code"));
}

static int take_source(struct reading *reading)
{
    struct month_report *report = reading->report;
    void *item;
    report->sources = add_item(reading, report->sources, &report->source_count,
                               &report->source_capacity, sizeof *report->sources, &item);
    if (!item)
        return -1;
    struct stream_source source = stream_source(reading->reader);
    struct report_source *added = item;
    added->file = arena_copy(&report->arena, source.file, strlen(source.file));
    added->sheet = arena_copy(&report->arena, source.sheet, strlen(source.sheet));
    added->sha256 = arena_copy(&report->arena, source.sha256, strlen(source.sha256));
    return added->file && added->sheet && added->sha256
               ? 0
               : error_memory(reading->error, "reading a report");
}

static const struct {
    const char *table;
    int (*take)(struct reading *);
} takers[] = {
    {TABLE_REPORT, take_report}, {TABLE_INDICATOR, take_indicator}, {TABLE_MEASURE, take_measure},
    {TABLE_RESULT, take_result}, {TABLE_SOURCE_COUNT, take_count},  {TABLE_HEADER, take_header},
    {TABLE_REMARK, take_remark},
};

static int take_record(struct reading *reading)
{
    struct month_report *report = reading->report;
    const char *table = stream_table(reading->reader);
    if (tally(reading, &report->tables, &report->table_count, &report->table_capacity,
              span_of(table), SPAN("")) < 0)
        return -1;
    for (size_t t = 0; t < sizeof takers / sizeof *takers; t++)
        if (strcmp(takers[t].table, table) == 0)
            return takers[t].take(reading);
    return 0;
}

int month_report_read(struct month_report *report, int descriptor, const char *name,
                      struct error *error)
{
    *report = (struct month_report){.month = -1};
    struct reading reading = {.report = report, .error = error};
    reading.reader = stream_reader_new(descriptor, name, false);
    if (!reading.reader)
        return error_memory(error, "reading a report");
    int status = 0;
    enum stream_event event = STREAM_SOURCE;
    while (status == 0 && event != STREAM_END) {
        event = stream_next(reading.reader, error);
        if (event == STREAM_FAILED)
            status = -1;
        else if (event == STREAM_SOURCE)
            status = take_source(&reading);
        else if (event == STREAM_RECORD)
            status = take_record(&reading);
        if (error->code != EXIT_COMPLETE)
            status = -1;
    }
    if (status == 0 && report->month < 0)
        status = error_set(error, EXIT_BAD_DATA, "'%s' is no measure stream", name);
    stream_reader_free(reading.reader);
    free(reading.indicators);
    return status;
}

int month_report_read_file(struct month_report *report, const char *path, struct error *error)
{
    *report = (struct month_report){.month = -1};
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return error_system(error, EXIT_IO, "cannot open '%s'", path);
    int status = month_report_read(report, descriptor, path, error);
    return descriptor_close(descriptor, path, status, error);
}

void month_report_free(struct month_report *report)
{
    free(report->cells);
    free(report->counts);
    free(report->headers);
    free(report->sources);
    free(report->remarks);
    free(report->tables);
    arena_free(&report->arena);
    *report = (struct month_report){0};
}

const struct report_cell *month_report_cell(const struct month_report *report, const char *code,
                                            month_t month)
{
    for (size_t i = 0; i < report->cell_count; i++)
        if (report->cells[i].month == month && strcmp(report->cells[i].code, code) == 0)
            return &report->cells[i];
    return NULL;
}

struct report_count month_report_total(const struct month_report *report)
{
    struct report_count total = {.section = "", .dataset = ""};
    for (size_t c = 0; c < report->count_count; c++) {
        total.read += report->counts[c].read;
        total.accepted += report->counts[c].accepted;
        total.rejected += report->counts[c].rejected;
        total.ignored += report->counts[c].ignored;
        total.merged += report->counts[c].merged;
    }
    return total;
}

/* ---- the aggregates alone ------------------------------------------------------------------- */

static bool is_aggregate(struct span table)
{
    static const char *const kept[] = {TABLE_REPORT,       TABLE_INDICATOR, TABLE_MEASURE,
                                       TABLE_RESULT,       TABLE_HEADER,    TABLE_RESTATEMENT,
                                       TABLE_SOURCE_COUNT, TABLE_UNMAPPED};
    for (size_t k = 0; k < sizeof kept / sizeof *kept; k++)
        if (span_is(table, kept[k]))
            return true;
    return false;
}

static int keep(int to, struct buffer *pending, struct error *error)
{
    if (descriptor_write(to, pending->text, pending->length) < 0)
        return error_system(error, EXIT_IO, "cannot keep the aggregates");
    pending->length = 0;
    return 0;
}

int month_report_keep(int from, int to, struct error *error)
{
    int copy = fcntl(from, F_DUPFD_CLOEXEC, 3);
    FILE *lines = copy < 0 ? NULL : fdopen(copy, "r");
    if (!lines) {
        if (copy >= 0)
            close(copy);
        return error_system(error, EXIT_NO_RESOURCE, "cannot read the measures again");
    }
    char *line = NULL;
    size_t capacity = 0;
    ssize_t length;
    bool keeping = true;
    int status = 0;
    struct buffer pending = {0};
    while (status == 0 && (length = getline(&line, &capacity, lines)) > 0) {
        struct span text = {line, (size_t)length};
        if (line[0] == '#') {
            struct span rest = span_trim(text);
            struct span word = span_cut(&rest, '\t');
            if (span_is(word, "#table"))
                keeping = is_aggregate(span_cut(&rest, '\t'));
            else if (!span_is(word, "#columns") && !span_is(word, "#rows"))
                keeping = true;
        }
        if (keeping)
            buffer_add(&pending, line, (size_t)length);
        if (pending.failed)
            status = error_memory(error, "keeping the aggregates");
        else if (pending.length > (size_t)256 * 1024) {
            status = keep(to, &pending, error);
        }
    }
    if (status == 0 && ferror(lines))
        status = error_system(error, EXIT_IO, "cannot read the measures again");
    if (status == 0)
        status = keep(to, &pending, error);
    buffer_free(&pending);
    free(line);
    if (fclose(lines) != 0 && status == 0)
        status = error_system(error, EXIT_IO, "cannot close the measures");
    return status;
}
