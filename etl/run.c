/*
 * monthend-run: extract, transform and load, and the month's report published as a whole folder.
 *
 * Exit 0 means that the new report is there, complete; otherwise the one that was there before is
 * there still. The report is made in a folder beside its place and takes it by one rename; a lock
 * that the kernel releases keeps two runs apart.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "etl/folder.h"
#include "etl/program.h"
#include "etl/settings.h"
#include "etl/spool.h"
#include "etl/stage.h"
#include "etl/tables.h"

static const struct program_option options[] = {
    {"config", 'c', "FILE", "the configuration (pipeline.conf)"},
    {"month", 'm', "MONTH", "the month of the report, like 2019-07 (the configuration's)"},
    {"as-at", 'a', "DATE", "the day the exports were taken (the configuration's)"},
    {"quiet", 'q', NULL, "do not print the headline rows"},
    {NULL, 0, NULL, NULL},
};

static const struct program program = {
    .name = "monthend-run",
    .usage = "[options]",
    .summary = "Reads the newest exports of the inbox, computes the month's report and publishes "
               "it as a\nfolder: all of it, or nothing.",
    .options = options,
};

struct run {
    const char *config_path;
    const char *month;   /* "2019-07" */
    const char *as_at;   /* NULL: the stages find it */
    const char *folder;  /* of all reports */
    struct buffer made;  /* the new folder, until it is published */
    struct buffer place; /* where it goes */
    int lock;
};

/* ---- the three stages ----------------------------------------------------------------------- */

/* The first stage that failed is the cause: those behind it only miss its output. */
static int first_failure(const enum exit_code *codes, size_t count, struct error *error)
{
    static const char *const names[] = {"extract", "transform", "load"};
    for (size_t i = 0; i < count; i++)
        if (codes[i] != EXIT_COMPLETE)
            return error_set(error, codes[i], "%s failed: the report that was there is untouched",
                             names[i]);
    return 0;
}

/* extract | transform, into a file that has no name. */
static int compute(const struct run *run, int measures, struct error *error)
{
    const char *extract_arguments[] = {"monthend-extract", "--config", run->config_path, NULL};
    const char *transform_arguments[] = {"monthend-transform", "--config",
                                         run->config_path,     "--month",
                                         run->month,           run->as_at ? "--as-at" : NULL,
                                         run->as_at,           NULL};
    int ends[2];
    if (stage_pipe(ends, error) < 0)
        return -1;
    struct stage extract;
    struct stage transform;
    enum exit_code codes[2] = {EXIT_COMPLETE, EXIT_COMPLETE};
    int started = stage_start(&extract, extract_arguments, STDIN_FILENO, ends[1], error);
    int both =
        started < 0 ? -1 : stage_start(&transform, transform_arguments, ends[0], measures, error);
    close(ends[0]);
    close(ends[1]);
    if (both == 0)
        codes[1] = stage_wait(&transform, error);
    if (started == 0)
        codes[0] = stage_wait(&extract, error);
    if (error->code != EXIT_COMPLETE)
        return -1;
    return first_failure(codes, 2, error);
}

static int write_workbook(const struct run *run, int measures, struct error *error)
{
    struct buffer path = {0};
    buffer_format(&path, "%s/performance.xlsx", run->made.text);
    if (path.failed || lseek(measures, 0, SEEK_SET) < 0) {
        buffer_free(&path);
        return error_system(error, EXIT_IO, "cannot read the measures again");
    }
    const char *arguments[] = {"monthend-load", "--output", path.text, NULL};
    struct stage load;
    enum exit_code codes[3] = {EXIT_COMPLETE, EXIT_COMPLETE, EXIT_COMPLETE};
    int status = stage_start(&load, arguments, measures, STDOUT_FILENO, error);
    if (status == 0)
        codes[2] = stage_wait(&load, error);
    buffer_free(&path);
    if (error->code != EXIT_COMPLETE)
        return -1;
    return first_failure(codes, 3, error);
}

/* ---- the folder ----------------------------------------------------------------------------- */

static int take_lock(struct run *run, struct error *error)
{
    struct buffer path = {0};
    buffer_format(&path, "%s/.lock", run->folder);
    run->lock = path.failed ? -1 : open(path.text, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    int status = run->lock < 0
                     ? error_system(error, EXIT_CANNOT_CREATE, "cannot create '%s'", path.text)
                     : 0;
    if (status == 0 && flock(run->lock, LOCK_EX | LOCK_NB) < 0)
        status = errno == EWOULDBLOCK
                     ? error_set(error, EXIT_LOCKED,
                                 "another run holds the lock '%s': try again when it has ended",
                                 path.text)
                     : error_system(error, EXIT_IO, "cannot lock '%s'", path.text);
    buffer_free(&path);
    return status;
}

static int make_folder(struct run *run, struct error *error)
{
    buffer_format(&run->place, "%s/%s", run->folder, run->month);
    buffer_format(&run->made, "%s/.%s-XXXXXX", run->folder, run->month);
    if (run->place.failed || run->made.failed)
        return error_memory(error, "publishing the report");
    if (!mkdtemp(run->made.text))
        return error_system(error, EXIT_CANNOT_CREATE, "cannot create a folder in '%s'",
                            run->folder);
    return 0;
}

/* ---- what a person sees --------------------------------------------------------------------- */

struct headline {
    struct arena arena;
    struct headline_row {
        const char *code;
        bool on_scorecard;
        const char *before, *now, *target, *change, *rag;
    } * rows;
    size_t count;
    size_t capacity;
    char month_before[DATE_TEXT_SIZE];
};

static const char *keep(struct headline *headline, struct span text, struct error *error)
{
    const char *copy = arena_copy(&headline->arena, text.text, text.length);
    if (!copy)
        error_memory(error, "reading the results");
    return copy;
}

static int take_indicator(struct headline *headline, const struct stream_reader *reader,
                          struct error *error)
{
    struct headline_row *room =
        grow(headline->rows, &headline->capacity, headline->count + 1, sizeof *room);
    if (!room)
        return error_memory(error, "reading the results");
    headline->rows = room;
    room[headline->count] =
        (struct headline_row){.before = "", .now = "", .target = "", .change = "", .rag = ""};
    room[headline->count].on_scorecard = span_is(stream_field(reader, "scorecard"), "yes");
    room[headline->count].code = keep(headline, stream_field(reader, "code"), error);
    return room[headline->count++].code ? 0 : -1;
}

static int take_result(struct headline *headline, const struct stream_reader *reader,
                       const char *month, struct error *error)
{
    struct headline_row *row = NULL;
    for (size_t i = 0; i < headline->count; i++)
        if (span_is(stream_field(reader, "code"), headline->rows[i].code))
            row = &headline->rows[i];
    if (!row)
        return 0;
    if (span_is(stream_field(reader, "month"), headline->month_before))
        row->before = keep(headline, stream_field(reader, "shown"), error);
    if (span_is(stream_field(reader, "month"), month)) {
        row->now = keep(headline, stream_field(reader, "shown"), error);
        row->target = keep(headline, stream_field(reader, "target_shown"), error);
        row->change = keep(headline, stream_field(reader, "change"), error);
        row->rag = keep(headline, stream_field(reader, "rag"), error);
    }
    return error->code == EXIT_COMPLETE ? 0 : -1;
}

static int read_headline(struct headline *headline, int measures, const char *month,
                         struct error *error)
{
    struct stream_reader *reader = stream_reader_new(measures, "the measures", false);
    if (!reader)
        return error_memory(error, "reading the results");
    month_to_iso(month_from_iso(span_of(month)) - 1, headline->month_before);
    enum stream_event event;
    int status = 0;
    while (status == 0 && (event = stream_next(reader, error)) != STREAM_END) {
        if (event == STREAM_FAILED)
            status = -1;
        else if (event == STREAM_RECORD && strcmp(stream_table(reader), TABLE_INDICATOR) == 0)
            status = take_indicator(headline, reader, error);
        else if (event == STREAM_RECORD && strcmp(stream_table(reader), TABLE_RESULT) == 0)
            status = take_result(headline, reader, month, error);
    }
    stream_reader_free(reader);
    return status;
}

static int print_headline(int measures, const char *month, struct error *error)
{
    struct headline headline = {0};
    char before[DATE_TEXT_SIZE];
    char now[DATE_TEXT_SIZE];
    month_to_short(month_from_iso(span_of(month)) - 1, before);
    month_to_short(month_from_iso(span_of(month)), now);
    int status = 0;
    if (lseek(measures, 0, SEEK_SET) < 0)
        status = error_system(error, EXIT_IO, "cannot read the measures again");
    if (status == 0)
        status = read_headline(&headline, measures, month, error);
    if (status == 0)
        printf("%-8s %8s %8s %8s  %-10s %s\n", "Code", before, now, "Target", "Change", "RAG");
    for (size_t i = 0; i < headline.count && status == 0; i++) {
        const struct headline_row *row = &headline.rows[i];
        if (row->on_scorecard)
            printf("%-8s %8s %8s %8s  %-10s %s\n", row->code, row->before, row->now, row->target,
                   row->change, row->rag);
    }
    free(headline.rows);
    arena_free(&headline.arena);
    return status;
}

static int publish(struct run *run, bool quiet, struct error *error)
{
    int measures = spool_temporary_file(error);
    if (measures < 0)
        return -1;
    int status = compute(run, measures, error);
    if (status == 0)
        status = make_folder(run, error);
    if (status == 0)
        status = write_workbook(run, measures, error);
    if (status == 0)
        status = folder_publish(run->made.text, run->place.text, error);
    if (status < 0 && run->made.text)
        folder_remove(run->made.text);
    if (status == 0) {
        if (!quiet)
            status = print_headline(measures, run->month, error);
        printf("%s%s/performance.xlsx\n", quiet ? "" : "\n", run->place.text);
    }
    close(measures);
    return status;
}

int main(int argc, char **argv)
{
    program_begin(&program);
    struct run run = {.config_path = "pipeline.conf", .lock = -1};
    bool quiet = false;
    const char *argument;
    int rest;
    for (int option; (option = program_option(argc, argv, &argument, &rest)) != -1;) {
        switch (option) {
        case 'c':
            run.config_path = argument;
            break;
        case 'm':
            run.month = argument;
            if (month_from_iso(span_of(argument)) < 0)
                program_usage_error("--month must be a month like 2019-07, not '%s'", argument);
            break;
        case 'a':
            run.as_at = argument;
            if (date_from_iso(span_of(argument)) == NO_DATE)
                program_usage_error("--as-at must be a date like 2019-08-13, not '%s'", argument);
            break;
        default:
            quiet = true;
        }
    }
    if (rest < argc)
        program_usage_error("unexpected argument '%s': the inbox of the configuration is read",
                            argv[rest]);
    struct config config;
    struct problems problems = {0};
    settings_load(&config, run.config_path, &problems);
    settings_require(&problems);
    char month[DATE_TEXT_SIZE];
    if (!run.month && config.month < 0)
        program_usage_error("which month? Say it with --month, or in [report] of '%s'",
                            config.path);
    if (!run.month) {
        month_to_iso(config.month, month);
        run.month = month;
    }
    run.folder = config.report_folder;

    struct error error = {0};
    int status = folder_create(run.folder, &error);
    if (status == 0)
        status = take_lock(&run, &error);
    if (status == 0)
        status = publish(&run, quiet, &error);
    buffer_free(&run.made);
    buffer_free(&run.place);
    config_free(&config);
    if (status < 0)
        program_fail(&error);
    program_exit(EXIT_COMPLETE);
}
