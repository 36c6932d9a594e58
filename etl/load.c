/*
 * monthend-load: writes the workbooks of a measure stream, or its figures for other programs.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "etl/folder.h"
#include "etl/output_file.h"
#include "etl/program.h"
#include "etl/settings.h"
#include "etl/tables.h"
#include "outputs/figures.h"
#include "outputs/tracker_workbook.h"
#include "outputs/workbook.h"
#include "outputs/worklists.h"

static const struct program_option options[] = {
    {"config", 'c', "FILE",
     "the configuration: which workbooks and sheets (pipeline.conf, if any)"},
    {"output", 'o', "FILE", "write the performance workbook alone, or the figures, to this file"},
    {"output-folder", 'd', "FOLDER", "write every workbook of the configuration into this folder"},
    {"format", 'f', "FORMAT", "xlsx, csv or json (xlsx)"},
    {"csv-safe", 0, NULL, "put a quote before CSV texts that look like formulas"},
    {"partial", 0, NULL, "accept a stream that was cut or filtered by hand"},
    {NULL, 0, NULL, NULL},
};

static const struct program program = {
    .name = "monthend-load",
    .usage = "[options] --output FILE | --output-folder FOLDER [STREAM]",
    .summary = "Reads a measure stream (standard input, or the file STREAM) and writes the "
               "workbooks, or with\n--format csv or json the figures, to standard output unless "
               "told otherwise. Each file appears\nwhole, or what was there before stays.",
    .options = options,
};

struct load {
    const char *config_path;
    const char *output;
    const char *folder;
    const char *format;
    const char *stream;
    bool csv_safe;
    bool partial;
    struct config config; /* empty without a configuration: everything is written */
    struct report report;
    struct worklists worklists;
    struct tracker_children children; /* of the tracker, where the stream has one */
    unsigned cut;
};

static bool is_workbook(const struct load *load)
{
    return strcmp(load->format, "xlsx") == 0;
}

/* ---- what to write -------------------------------------------------------------------------- */

static void read_options(struct load *load, int argc, char **argv)
{
    const char *argument;
    int rest;
    for (int option; (option = program_option(argc, argv, &argument, &rest)) != -1;) {
        switch (option) {
        case 'c':
            load->config_path = argument;
            break;
        case 'o':
            load->output = argument;
            break;
        case 'd':
            load->folder = argument;
            break;
        case 'f':
            load->format = argument;
            break;
        default:
            if (strcmp(options[option - 256].name, "csv-safe") == 0)
                load->csv_safe = true;
            else
                load->partial = true;
        }
    }
    if (!is_workbook(load) && !figures_format(load->format))
        program_usage_error("--format is xlsx, csv or json, not '%s'", load->format);
    if (load->output && load->folder)
        program_usage_error("--output names one file, --output-folder the folder of all: say one");
    if (is_workbook(load) && !load->output && !load->folder)
        program_usage_error("where to? Say it with --output FILE or --output-folder FOLDER");
    if (!is_workbook(load) && load->folder)
        program_usage_error("--format %s writes one file: say --output FILE", load->format);
    if (argc - rest > 1)
        program_usage_error("one stream at a time");
    load->stream = rest < argc ? argv[rest] : NULL;
}

/* Without --config, the configuration of the current folder is read where there is one. */
static void read_config(struct load *load)
{
    struct problems problems = {0};
    load->config.worklists = "one";
    if (!load->config_path && access("pipeline.conf", F_OK) != 0)
        return;
    settings_load(&load->config, load->config_path, &problems);
    settings_require(&problems);
}

/* Sheets were chosen, not all left as they are nor none asked for. */
static bool has_sheets(const struct load *load)
{
    const struct word_list *sheets = &load->config.performance;
    return sheets->count > 0 && strcmp(sheets->words[0], "none") != 0;
}

static bool wants_performance(const struct load *load)
{
    return load->config.performance.count == 0 || has_sheets(load);
}

static bool wants_worklists(const struct load *load)
{
    return load->folder && strcmp(load->config.worklists, "none") != 0;
}

static int read_stream(struct load *load, struct error *error)
{
    static const char *const splits[] = {"one", "by service", "by team"};
    const char *name;
    struct report_rows rows[3] = {{.table = NULL}};
    size_t asked = 0;
    load->worklists.error = error;
    load->children.error = error;
    if (load->folder)
        rows[asked++] = (struct report_rows){&load->children, TABLE_TRACKER, tracker_children_add};
    if (wants_worklists(load))
        rows[asked] = (struct report_rows){&load->worklists, TABLE_EXCEPTION, worklists_add};
    for (int s = 0; s < 3; s++)
        if (strcmp(load->config.worklists, splits[s]) == 0)
            load->worklists.split = (enum worklist_split)s;
    int descriptor = settings_open_input(load->stream, &name);
    struct stream_reader *reader = stream_reader_new(descriptor, name, load->partial);
    int status = reader ? report_read(&load->report, reader, rows, error)
                        : error_memory(error, "reading the measures");
    stream_reader_free(reader);
    if (status == 0 && wants_worklists(load))
        status = worklists_seal(&load->worklists);
    return status;
}

/* ---- writing -------------------------------------------------------------------------------- */

static int write_performance(struct load *load, const char *path, struct error *error)
{
    struct output_file file;
    unsigned cut = 0;
    const struct word_list all = {0};
    int status = output_file_begin(&file, path, error);
    if (status == 0)
        status = workbook_write(&load->report, has_sheets(load) ? &load->config.performance : &all,
                                file.temporary.text, file.folder.text, &cut, error);
    if (status == 0)
        status = output_file_commit(&file, error);
    output_file_end(&file);
    load->cut += cut;
    return status;
}

static int write_worklist(struct load *load, size_t pile, const char *path, struct error *error)
{
    struct output_file file;
    int status = output_file_begin(&file, path, error);
    if (status == 0)
        status = worklist_write(&load->worklists.piles[pile], &load->report, file.temporary.text,
                                file.folder.text, &load->cut, error);
    if (status == 0)
        status = output_file_commit(&file, error);
    output_file_end(&file);
    return status;
}

/* worklists.xlsx, or worklists-NAME.xlsx for each service or team. */
static int write_worklists(struct load *load, struct error *error)
{
    const struct worklists *worklists = &load->worklists;
    struct buffer path = {0};
    int status = 0;
    for (size_t p = 0; p < worklists->pile_count && status == 0; p++) {
        path.length = 0;
        buffer_format(&path, "%s/%s.xlsx", load->folder, worklists->piles[p].file_name);
        status = path.failed ? error_memory(error, "writing the worklists")
                             : write_worklist(load, p, path.text, error);
    }
    buffer_free(&path);
    return status;
}

static int write_tracker_file(struct load *load, const char *path, struct error *error)
{
    struct output_file file;
    unsigned cut = 0;
    int status = output_file_begin(&file, path, error);
    if (status == 0)
        status = tracker_workbook_write(&load->report, &load->children, file.temporary.text,
                                        file.folder.text, &cut, error);
    if (status == 0)
        status = output_file_commit(&file, error);
    output_file_end(&file);
    load->cut += cut;
    return status;
}

static int write_tracker(struct load *load, struct error *error)
{
    struct buffer path = {0};
    buffer_format(&path, "%s/missing-tracker.xlsx", load->folder);
    int status = path.failed ? error_memory(error, "writing the tracker")
                             : write_tracker_file(load, path.text, error);
    buffer_free(&path);
    return status;
}

static int write_folder(struct load *load, struct error *error)
{
    struct buffer path = {0};
    buffer_format(&path, "%s/performance.xlsx", load->folder);
    int status = path.failed ? error_memory(error, "writing the workbook")
                             : folder_create(load->folder, error);
    if (status == 0 && wants_performance(load))
        status = write_performance(load, path.text, error);
    if (status == 0 && wants_worklists(load))
        status = write_worklists(load, error);
    if (status == 0 && load->report.week_count > 0)
        status = write_tracker(load, error);
    buffer_free(&path);
    return status;
}

static int write_figures(const struct load *load, struct error *error)
{
    const struct figures_format *format = figures_format(load->format);
    if (!load->output)
        return figures_write(&load->report, format, load->csv_safe, STDOUT_FILENO,
                             "standard output", error);
    struct output_file file;
    int descriptor = -1;
    int status = output_file_begin(&file, load->output, error);
    if (status == 0) {
        descriptor = open(file.temporary.text, O_WRONLY | O_CLOEXEC);
        if (descriptor < 0)
            status = error_system(error, EXIT_CANNOT_CREATE, "cannot write '%s'", load->output);
    }
    if (status == 0)
        status =
            figures_write(&load->report, format, load->csv_safe, descriptor, load->output, error);
    if (descriptor >= 0 && close(descriptor) < 0 && status == 0)
        status = error_system(error, EXIT_IO, "cannot write '%s'", load->output);
    if (status == 0)
        status = output_file_commit(&file, error);
    output_file_end(&file);
    return status;
}

int main(int argc, char **argv)
{
    program_begin(&program);
    struct load load = {.format = "xlsx"};
    struct error error = {0};
    read_options(&load, argc, argv);
    read_config(&load);
    int status = read_stream(&load, &error);
    if (status == 0 && !is_workbook(&load))
        status = write_figures(&load, &error);
    else if (status == 0 && load.folder)
        status = write_folder(&load, &error);
    else if (status == 0)
        status = write_performance(&load, load.output, &error);
    worklists_free(&load.worklists);
    tracker_children_free(&load.children);
    report_free(&load.report);
    config_free(&load.config);
    if (status < 0)
        program_fail(&error);
    if (load.cut > 0)
        program_message("%u text%s longer than a cell holds: cut, with a note in the cell",
                        load.cut, load.cut == 1 ? " was" : "s were");
    program_exit(EXIT_COMPLETE);
}
