/*
 * monthend-tracker: each child who was missing in a week, and what is and is not recorded of them.
 *
 * The tables of the week are computed into a file without a name, as a stream, and the workbook is
 * written from that, as load writes its own.
 */
#include <stdio.h>
#include <unistd.h>

#include "etl/folder.h"
#include "etl/output_file.h"
#include "etl/program.h"
#include "etl/tables.h"
#include "outputs/tracker_workbook.h"
#include "transforms/calculation.h"
#include "transforms/tracker.h"

static const struct program_option options[] = {
    {"config", 'c', "FILE", "the configuration (pipeline.conf)"},
    {"week", 'w', "WEEK", "the week, like 2019-W31 (the last that has ended at the as-at date)"},
    {"as-at", 'a', "DATE", "the day the exports were taken (the latest of theirs)"},
    {"output", 'o', "FILE", "the workbook (missing-tracker.xlsx in the week's folder of reports)"},
    {"partial", 0, NULL, "accept a stream that was cut or filtered by hand"},
    {NULL, 0, NULL, NULL},
};

static const struct program program = {
    .name = "monthend-tracker",
    .usage = "[options] [STREAM]",
    .summary = "Writes the weekly tracker of missing children, for managers: rows about single "
               "children.\nReads the record stream STREAM ('-' is standard input); without one, "
               "extracts the newest\nfiles of the inbox.",
    .options = options,
};

/* The week that was asked for, or the last that has ended. */
static date_t choose_week(const char *week, date_t as_at, struct error *error)
{
    char day[DATE_TEXT_SIZE];
    date_t monday = week ? week_from_iso(span_of(week)) : tracker_last_week(as_at);
    if (monday > as_at) {
        date_to_iso(as_at, day);
        error_set(error, EXIT_BAD_OPTION,
                  "week %s has not begun at the as-at date %s: choose an earlier week or later "
                  "exports",
                  week, day);
    }
    return monday;
}

static int compute(struct calculation *calculation, date_t monday, int stream, struct error *error)
{
    struct evaluator evaluator;
    struct stream_writer writer;
    stream_writer_open(&writer, stream, "a temporary file");
    int status = evaluator_init(&evaluator, &calculation->store, &calculation->all,
                                &calculation->calendar, calculation->window.as_at, error);
    if (status == 0)
        status = tracker_write_alone(&writer, &calculation->config, &evaluator, monday);
    evaluator_free(&evaluator);
    if (status == 0)
        return stream_writer_close(&writer, error);
    stream_writer_abandon(&writer);
    return -1;
}

static int read_back(struct report *report, struct tracker_children *children, int stream,
                     struct error *error)
{
    const struct report_rows rows[] = {{children, TABLE_TRACKER, tracker_children_add},
                                       {.table = NULL}};
    children->error = error;
    if (lseek(stream, 0, SEEK_SET) < 0)
        return error_system(error, EXIT_IO, "cannot read a temporary file again");
    struct stream_reader *reader = stream_reader_new(stream, "a temporary file", false);
    int status =
        reader ? report_read(report, reader, rows, error) : error_memory(error, "reading the week");
    stream_reader_free(reader);
    return status;
}

static int write_file(const struct report *report, struct tracker_children *children,
                      const char *path, struct error *error)
{
    struct output_file file;
    unsigned cut = 0;
    int status = output_file_begin(&file, path, error);
    if (status == 0)
        status = tracker_workbook_write(report, children, file.temporary.text, file.folder.text,
                                        &cut, error);
    if (status == 0)
        status = output_file_commit(&file, error);
    output_file_end(&file);
    if (status == 0 && cut > 0)
        program_message("%u text%s longer than a cell holds: cut, with a note in the cell", cut,
                        cut == 1 ? " was" : "s were");
    return status;
}

/* reports/2019-W31/missing-tracker.xlsx, unless a place was named. */
static int choose_place(const struct config *config, date_t monday, const char *output,
                        struct buffer *path, struct error *error)
{
    char name[DATE_TEXT_SIZE];
    if (output) {
        buffer_add_text(path, output);
        return path->failed ? error_memory(error, "naming the workbook") : 0;
    }
    week_to_iso(monday, name);
    buffer_format(path, "%s/%s", config->report_folder, name);
    if (path->failed)
        return error_memory(error, "naming the workbook");
    if (folder_create(path->text, error) < 0)
        return -1;
    buffer_add_text(path, "/missing-tracker.xlsx");
    return path->failed ? error_memory(error, "naming the workbook") : 0;
}

static int write_tracker(struct calculation *calculation, const char *week, const char *output,
                         struct error *error)
{
    struct report report = {0};
    struct tracker_children children = {0};
    struct buffer path = {0};
    date_t monday = choose_week(week, calculation->window.as_at, error);
    int stream = error->code == EXIT_COMPLETE ? spool_temporary_file(error) : -1;
    int status = stream < 0 ? -1 : compute(calculation, monday, stream, error);
    if (status == 0)
        status = read_back(&report, &children, stream, error);
    if (status == 0)
        status = choose_place(&calculation->config, monday, output, &path, error);
    if (status == 0)
        status = write_file(&report, &children, path.text, error);
    if (status == 0 && !output)
        puts(path.text);
    if (stream >= 0)
        close(stream);
    buffer_free(&path);
    tracker_children_free(&children);
    report_free(&report);
    return status;
}

int main(int argc, char **argv)
{
    program_begin(&program);
    struct calculation_options chosen = {0};
    struct error error = {0};
    const char *week = NULL;
    const char *output = NULL;
    const char *argument;
    int rest;
    for (int option; (option = program_option(argc, argv, &argument, &rest)) != -1;) {
        switch (option) {
        case 'c':
            chosen.config = argument;
            break;
        case 'w':
            week = argument;
            break;
        case 'a':
            chosen.as_at = argument;
            break;
        case 'o':
            output = argument;
            break;
        default:
            chosen.partial = true;
        }
    }
    if (week && week_from_iso(span_of(week)) == NO_DATE)
        program_usage_error("--week must be a week like 2019-W31, not '%s'", week);
    if (argc - rest > 1)
        program_usage_error("one stream at a time: use cat to join several");
    struct calculation calculation;
    calculation_prepare(&calculation, &chosen);
    if (!calculation.config.tracker) {
        error_set(&error, EXIT_BAD_CONFIG,
                  "%s: [workbooks] names no tracker, like: tracker = transforms/tracker.ini",
                  calculation.config.path);
        program_fail(&error);
    }
    if (rest < argc) {
        const char *name;
        int descriptor = settings_open_input(argv[rest], &name);
        calculation_read(&calculation, &chosen, descriptor, name);
    } else {
        calculation_extract(&calculation, &chosen);
    }
    int status = write_tracker(&calculation, week, output, &error);
    calculation_free(&calculation);
    if (status < 0)
        program_fail(&error);
    program_exit(EXIT_COMPLETE);
}
