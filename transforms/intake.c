#include "transforms/intake.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "etl/tables.h"

/* Numbers of sources count from 1 in each of several concatenated streams. */
static int source_number(const struct stream_reader *reader, struct span field, unsigned *number)
{
    char at[32];
    uint32_t row;
    int length =
        snprintf(at, sizeof at, "%.*s:0", (int)(field.length < 12 ? field.length : 12), field.text);
    return stream_at(reader, (struct span){at, (size_t)length}, number, &row);
}

static int read_count(struct intake *intake, const struct stream_reader *reader,
                      struct error *error)
{
    struct source_count count = {0};
    struct span dataset = stream_field(reader, "dataset");
    struct span section = stream_field(reader, "section");
    struct span format = stream_field(reader, "format");
    count.dataset = catalogue_find(intake->store->catalogue, dataset);
    int64_t read = span_number(stream_field(reader, "read"), INT64_MAX);
    int64_t accepted = span_number(stream_field(reader, "accepted"), INT64_MAX);
    int64_t rejected = span_number(stream_field(reader, "rejected"), INT64_MAX);
    int64_t ignored = span_number(stream_field(reader, "ignored"), INT64_MAX);
    if (source_number(reader, stream_field(reader, "source"), &count.source) < 0 ||
        !count.dataset || read < 0 || accepted < 0 || rejected < 0 || ignored < 0)
        return stream_error(reader, error, "this is no row of %s", TABLE_SOURCE_COUNT);
    if (read != accepted + rejected + ignored)
        return error_set(error, EXIT_BROKEN,
                         "source '%.*s': %" PRId64 " rows read are not the %" PRId64
                         " accepted, %" PRId64 " rejected and %" PRId64 " ignored",
                         (int)section.length, section.text, read, accepted, rejected, ignored);
    count.read = (uint64_t)read;
    count.accepted = (uint64_t)accepted;
    count.rejected = (uint64_t)rejected;
    count.ignored = (uint64_t)ignored;
    count.section = arena_copy(&intake->arena, section.text, section.length);
    count.format = arena_copy(&intake->arena, format.text, format.length);
    struct span absent = stream_field(reader, "absent");
    intake->store->tables[count.dataset->number].fed = true; /* if without a row */
    count.absent = arena_copy(&intake->arena, absent.text, absent.length);
    struct source_count *room =
        grow(intake->counts, &intake->count_capacity, intake->count_count + 1, sizeof *room);
    if (!room || !count.section || !count.format || !count.absent)
        return error_memory(error, "reading the stream");
    intake->counts = room;
    room[intake->count_count++] = count;
    return 0;
}

/* Puts a record aside as it is, but for the numbers of its sources. */
static int keep_record(struct spool *spool, const struct stream_reader *reader, struct error *error)
{
    size_t count;
    const struct stream_column *columns = stream_columns(reader, &count);
    const struct span *fields = stream_fields(reader);
    struct buffer line = {0};
    for (size_t c = 0; c < count; c++) {
        unsigned source;
        uint32_t row;
        if (c > 0)
            buffer_add_char(&line, '\t');
        if (strcmp(columns[c].type, "at") == 0) {
            if (stream_at(reader, fields[c], &source, &row) < 0) {
                buffer_free(&line);
                return stream_error(reader, error, "'@' is not the number of a source and a row");
            }
            buffer_format(&line, "%u:%" PRIu32, source, row);
        } else if (strcmp(columns[c].name, "source") == 0) {
            if (source_number(reader, fields[c], &source) < 0) {
                buffer_free(&line);
                return stream_error(reader, error, "a source that was not announced");
            }
            buffer_format(&line, "%u", source);
        } else {
            stream_escape(&line, fields[c].text, fields[c].length);
        }
    }
    buffer_add_char(&line, '\n');
    int status = line.failed ? error_memory(error, "reading the stream")
                             : spool_add(spool, line.text, line.length, error);
    buffer_free(&line);
    return status;
}

static int read_table(struct intake *intake, struct stream_reader *reader, struct error *error)
{
    const char *name = stream_table(reader);
    const struct dataset *dataset = catalogue_find(intake->store->catalogue, span_of(name));
    if (dataset)
        return store_add_table(intake->store, dataset, reader, error);
    bool counts = strcmp(name, TABLE_SOURCE_COUNT) == 0;
    struct spool *kept = NULL;
    if (strcmp(name, TABLE_REMARK) == 0)
        kept = &intake->remarks;
    else if (strcmp(name, TABLE_UNMAPPED) == 0)
        kept = &intake->unmapped;
    else if (strcmp(name, TABLE_HEADER) == 0)
        kept = &intake->headers;
    if (!counts && !kept) {
        if (strcmp(name, TABLE_REPORT) == 0)
            return stream_error(reader, error,
                                "this is a measure stream: transform has been run already");
        return stream_error(reader, error, "there is no dataset '%s'", name);
    }
    enum stream_event event;
    while ((event = stream_next(reader, error)) == STREAM_RECORD) {
        int status = counts ? read_count(intake, reader, error) : keep_record(kept, reader, error);
        if (status < 0)
            return -1;
    }
    return event == STREAM_TABLE_END ? 0 : -1;
}

/* Rows in the store against what extract says it accepted. */
static int reconcile(const struct intake *intake, struct error *error)
{
    if (intake->partial || intake->count_count == 0)
        return 0;
    const struct catalogue *catalogue = intake->store->catalogue;
    for (size_t d = 0; d < catalogue->count; d++) {
        uint64_t accepted = 0;
        for (size_t c = 0; c < intake->count_count; c++)
            if (intake->counts[c].dataset->number == d)
                accepted += intake->counts[c].accepted;
        if (accepted != intake->store->tables[d].count)
            return error_set(error, EXIT_BROKEN,
                             "%s: extract accepted %" PRIu64 " rows, but the stream holds %" PRIu32
                             ": run extract again, or use --partial",
                             catalogue->datasets[d].name, accepted, intake->store->tables[d].count);
    }
    return 0;
}

static struct source_count *count_of(struct intake *intake, const struct dataset *dataset,
                                     const struct origin *origin)
{
    for (size_t c = 0; c < intake->count_count; c++) {
        struct source_count *count = &intake->counts[c];
        if (count->dataset == dataset && count->source == origin->source &&
            count->merged < count->accepted)
            return count;
    }
    return NULL;
}

/* Moves a row from the accepted to the rejected of the source that it came from. */
static void book_refusal(struct intake *intake, const struct dataset *dataset,
                         const struct origin *origin)
{
    struct source_count *count = count_of(intake, dataset, origin);
    if (count) {
        count->accepted--;
        count->rejected++;
    }
}

/* Books each row that was merged, or taken out by a check. */
static void book_rows(struct intake *intake)
{
    const struct store *store = intake->store;
    for (size_t m = 0; m < store->merge_count; m++) {
        const struct merge *merge = &store->merges[m];
        if (merge->kind == MERGE_REFUSED) {
            book_refusal(intake, merge->dataset, &merge->origin);
            continue;
        }
        struct source_count *count = count_of(intake, merge->dataset, &merge->origin);
        if (count)
            count->merged++;
    }
    for (size_t r = 0; r < store->refusal_count; r++)
        book_refusal(intake, store->refusals[r].dataset, &store->refusals[r].origin);
}

static int check_limits(const struct intake *intake, const struct config *config,
                        struct error *error)
{
    for (size_t c = 0; c < intake->count_count; c++) {
        const struct source_count *count = &intake->counts[c];
        if (config_too_many_rejects(config, count->accepted, count->rejected))
            return error_set(error, EXIT_BAD_DATA,
                             "'%s': with its checks, source '%s' rejects %" PRIu64 " of %" PRIu64
                             " rows, more than %d%% ([data] reject limit): see whether the export "
                             "has changed",
                             intake->store->sources[count->source - 1].file, count->section,
                             count->rejected, count->accepted + count->rejected,
                             config->reject_limit);
    }
    return 0;
}

int intake_seal(struct intake *intake, const struct checks *checks, const struct calendar *calendar,
                date_t as_at, struct error *error)
{
    struct store *store = intake->store;
    if (store_seal(store, error) < 0)
        return -1;
    if (checks && checks_run(checks, store, calendar, as_at, &intake->remarks, error) < 0)
        return -1;
    book_rows(intake);
    return checks ? check_limits(intake, checks->config, error) : 0;
}

int intake_read(struct intake *intake, struct store *store, int descriptor, const char *name,
                bool partial, struct error *error)
{
    *intake = (struct intake){.store = store, .partial = partial};
    struct stream_reader *reader = stream_reader_new(descriptor, name, partial);
    if (!reader)
        return error_memory(error, "reading the stream");
    int status = 0;
    enum stream_event event = STREAM_SOURCE;
    while (status == 0 && event != STREAM_END) {
        event = stream_next(reader, error);
        if (event == STREAM_FAILED)
            status = -1;
        else if (event == STREAM_SOURCE)
            status = store_add_source(store, reader, error);
        else if (event == STREAM_TABLE)
            status = read_table(intake, reader, error);
    }
    stream_reader_free(reader);
    return status == 0 ? reconcile(intake, error) : status;
}

void intake_free(struct intake *intake)
{
    spool_free(&intake->remarks);
    spool_free(&intake->unmapped);
    spool_free(&intake->headers);
    free(intake->counts);
    arena_free(&intake->arena);
    *intake = (struct intake){0};
}

date_t intake_as_at(const struct intake *intake)
{
    date_t latest = NO_DATE;
    for (size_t s = 0; s < intake->store->source_count; s++)
        if (intake->store->sources[s].as_at > latest)
            latest = intake->store->sources[s].as_at;
    return latest;
}
