/*
 * monthend-extract: reads exports (.xls, .xlsx, .ods, .csv) and writes their rows as a record
 * stream.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "etl/input_file.h"
#include "etl/mapper.h"
#include "etl/program.h"
#include "etl/settings.h"
#include "etl/sources/formats.h"
#include "etl/sources/reader.h"

static const struct program_option options[] = {
    {"config", 'c', "FILE", "the configuration (pipeline.conf)"},
    {"source", 's', "NAME", "map the files by this [source], whatever their names"},
    {"as-at", 'a', "DATE", "the day the exports were taken, where no file name tells"},
    {"look-in", 'l', "FILE", "a file that is only looked into; may be said several times"},
    {"sandbox", 0, "MODE", "how to isolate the readers: auto, require or off (auto)"},
    {"quiet", 'q', NULL, "no summary on standard error"},
    {NULL, 0, NULL, NULL},
};

static const struct program program = {
    .name = "monthend-extract",
    .usage = "[options] [FILE...]",
    .summary =
        "Reads exports (.xls, .xlsx, .ods, .csv) and writes their rows as a record stream. FILE\n"
        "may be '-' for standard input (with --source); without any, the newest files of the\n"
        "inbox are read.",
    .options = options,
};

struct job {
    struct config config;
    struct lookups lookups;
    const char **lists; /* files that are only looked into; room for every argument */
    size_t list_count;
    const char *config_path;
    const char *source_name;
    const char *as_at;
    struct reader_options reader;
    bool quiet;
};

/* Once, however many files are read. */
static void say_missing(const char *missing)
{
    static bool said;
    if (said)
        return;
    said = true;
    program_message("this kernel does not grant %s: files are read with less isolation", missing);
}

static void show_progress(const char *file, uint64_t rows)
{
    fprintf(stderr, "\r%s: %llu rows ", file, (unsigned long long)rows);
}

static void clear_progress(void)
{
    fputs("\r\033[K", stderr);
}

static enum sandbox_mode sandbox_mode(const char *word)
{
    if (strcmp(word, "auto") == 0)
        return SANDBOX_AUTO;
    if (strcmp(word, "require") == 0)
        return SANDBOX_REQUIRE;
    if (strcmp(word, "off") == 0)
        return SANDBOX_OFF;
    program_usage_error("--sandbox is auto, require or off, not '%s'", word);
}

/* The sources that may read the file; the array is as long as the configuration's. */
static size_t sources_for(const struct job *job, const char *name,
                          const struct source_config **sources)
{
    size_t count = 0;
    for (size_t i = 0; i < job->config.source_count; i++) {
        const struct source_config *source = &job->config.sources[i];
        bool chosen = job->source_name ? strcmp(source->name, job->source_name) == 0
                                       : text_glob(source->file_glob, name);
        if (chosen)
            sources[count++] = source;
    }
    return count;
}

static int unknown_source(const struct job *job, const char *name, struct error *error)
{
    if (!job->source_name)
        return error_set(
            error, EXIT_BAD_CONFIG,
            "'%s': no [source] of '%s' has a file pattern like its name: name one with "
            "--source",
            name, job->config.path);
    const char **names = calloc(job->config.source_count + 1, sizeof *names);
    for (size_t i = 0; names && i < job->config.source_count; i++)
        names[i] = job->config.sources[i].name;
    const char *nearest = NULL;
    if (names)
        nearest = text_nearest(span_of(job->source_name), names, job->config.source_count);
    free(names);
    return error_set(error, EXIT_BAD_OPTION, "there is no source '%s' in '%s'%s%s%s",
                     job->source_name, job->config.path, nearest ? " (did you mean '" : "",
                     nearest ? nearest : "", nearest ? "'?)" : "");
}

/* When the rows were taken: the source's own word, the file's name, the option, the report's. */
static void find_as_at(const struct job *job, const struct source_config *source, const char *name,
                       char *out)
{
    date_t date = date_in_name(name);
    if (source->as_at)
        date = date_from_iso(span_of(source->as_at));
    if (date == NO_DATE && job->as_at)
        date = date_from_iso(span_of(job->as_at));
    if (date == NO_DATE)
        date = job->config.as_at;
    if (date != NO_DATE)
        date_to_iso(date, out);
    else
        *out = '\0';
}

/* A workbook of one kind under the name of another is read as what it is, and said so. */
static void check_name(const struct job *job, const char *name, const struct source_format *format)
{
    static const char *const endings[] = {"xls", "xlsx", "ods", "csv"};
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot && !job->quiet && i < sizeof endings / sizeof *endings; i++)
        if (strcasecmp(dot + 1, endings[i]) == 0 && strcmp(endings[i], format->name) != 0 &&
            !format->refusal)
            program_message("'%s' is .%s by its content: read as such", name, format->name);
}

/* A source may want .xls files read by freexl. */
static const struct source_format *chosen_reader(const struct source_format *format,
                                                 const struct source_config *const *sources,
                                                 size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (sources[i]->by_freexl && format == &source_xls)
            return &source_freexl;
    return format;
}

/* Reads of a file what other files look up in it. */
static int read_lookups(struct job *job, const char *path, struct error *error)
{
    struct input_file file;
    if (input_file_open(&file, path, error) < 0)
        return -1;
    const struct source_format *format = source_find(file.head, file.head_length);
    int status = 0;
    if (format && lookups_want(&job->lookups, file.name)) {
        struct row_sink sink = lookups_sink(&job->lookups, file.name);
        status = reader_run(format, file.descriptor, file.name, &job->reader, &sink, error);
        if (status < 0 && job->lookups.error.code != EXIT_COMPLETE)
            *error = job->lookups.error;
        if (status == 0)
            status = input_file_unchanged(&file, error);
    }
    input_file_close(&file);
    return status;
}

/* That the lists which the sources of a file look into are among those read. */
static int require_lookups(const struct job *job, const char *name, struct error *error)
{
    const struct source_config **sources = calloc(job->config.source_count + 1, sizeof *sources);
    if (!sources)
        return error_memory(error, "choosing the sources");
    size_t count = sources_for(job, name, sources);
    int status = 0;
    for (size_t i = 0; i < count && status == 0; i++)
        status = lookups_require(&job->lookups, sources[i], name, error);
    free(sources);
    return status;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* Before any row is mapped or written, whatever the order of the files. Standard input has no name,
 * and is nobody's list. */
static int read_all_lookups(struct job *job, const char *const *paths, size_t count,
                            struct error *error)
{
    int status = lookups_prepare(&job->lookups, &job->config, error);
    for (size_t i = 0; i < job->list_count && status == 0; i++)
        status = lookups_want(&job->lookups, base_name(job->lists[i]))
                     ? read_lookups(job, job->lists[i], error)
                     : error_set(error, EXIT_BAD_CONFIG,
                                 "'%s': no source of '%s' looks into a file of its name",
                                 job->lists[i], job->config.path);
    for (size_t i = 0; i < count && status == 0; i++)
        if (lookups_want(&job->lookups, base_name(paths[i])))
            status = read_lookups(job, paths[i], error);
    for (size_t i = 0; i < count && status == 0; i++)
        status = require_lookups(job, base_name(paths[i]), error);
    return status;
}

/* Reads a file through a mapper of its sources. */
static int map_file(const struct job *job, const struct input_file *file,
                    const struct source_format *format, const struct source_config *const *sources,
                    size_t count, struct stream_writer *writer, struct findings *findings,
                    struct error *error)
{
    char as_at[DATE_TEXT_SIZE];
    find_as_at(job, sources[0], file->name, as_at);
    struct stream_source source = {file->name, "", file->sha256, as_at};
    bool progress = program_on_terminal() && !job->quiet;
    struct mapper *mapper =
        mapper_new(&job->config, sources, count, &job->lookups, &source, format->name, writer,
                   findings, progress ? show_progress : NULL);
    if (!mapper)
        return error_memory(error, "reading a file");
    struct row_sink sink = mapper_sink(mapper);
    int status = reader_run(format, file->descriptor, file->name, &job->reader, &sink, error);
    if (status < 0 && mapper_error(mapper)->code != EXIT_COMPLETE)
        *error = *mapper_error(mapper);
    if (status == 0)
        status = mapper_finish(mapper, error);
    if (progress)
        clear_progress();
    mapper_free(mapper);
    return status;
}

static int extract_file(const struct job *job, struct input_file *file,
                        struct stream_writer *writer, struct findings *findings,
                        struct error *error)
{
    const struct source_format *format = source_find(file->head, file->head_length);
    if (!format)
        return input_file_refuse(file, error);
    check_name(job, file->name, format);
    const struct source_config **sources = calloc(job->config.source_count + 1, sizeof *sources);
    if (!sources)
        return error_memory(error, "choosing the sources");
    size_t count = sources_for(job, file->name, sources);
    bool only_looked_up =
        count == 0 && !job->source_name && lookups_want(&job->lookups, file->name);
    int status = count > 0 || only_looked_up ? 0 : unknown_source(job, file->name, error);
    if (status == 0 && count > 0)
        status = map_file(job, file, chosen_reader(format, sources, count), sources, count, writer,
                          findings, error);
    free(sources);
    return status;
}

static int extract_path(const struct job *job, const char *path, struct stream_writer *writer,
                        struct findings *findings, struct error *error)
{
    struct input_file file;
    if (input_file_open(&file, path, error) < 0)
        return -1;
    int status = extract_file(job, &file, writer, findings, error);
    if (status == 0)
        status = input_file_unchanged(&file, error);
    input_file_close(&file);
    return status;
}

static int extract_all(const struct job *job, const char *const *paths, size_t count,
                       struct error *error)
{
    struct stream_writer writer;
    struct findings findings = {0};
    stream_writer_open(&writer, STDOUT_FILENO, "standard output");
    int status = 0;
    for (size_t i = 0; i < count && status == 0; i++)
        status = extract_path(job, paths[i], &writer, &findings, error);
    if (status == 0 && findings.failed > 0)
        status = error_set(error, EXIT_BAD_DATA,
                           "%llu row%s the check '%s', the first at %s: correct them in the "
                           "case system, or change its level in [checks]",
                           (unsigned long long)findings.failed,
                           findings.failed == 1 ? " fails" : "s fail",
                           common_check_codes[CHECK_ENDS_BEFORE_START], findings.first_failed.text);
    if (status == 0)
        status = findings_write(&findings, &writer, error);
    if (status == 0)
        status = stream_writer_close(&writer, error);
    else
        stream_writer_abandon(&writer);
    if (status == 0 && !job->quiet)
        program_message("%zu file%s: %llu rows read, %llu accepted, %llu rejected, %llu ignored",
                        count, count == 1 ? "" : "s", (unsigned long long)findings.read,
                        (unsigned long long)findings.accepted,
                        (unsigned long long)findings.rejected,
                        (unsigned long long)findings.ignored);
    findings_free(&findings);
    return status;
}

int main(int argc, char **argv)
{
    program_begin(&program);
    struct job job = {.reader.say_missing = say_missing};
    job.lists = calloc((size_t)argc, sizeof *job.lists);
    const char *argument;
    int rest;
    for (int option; job.lists && (option = program_option(argc, argv, &argument, &rest)) != -1;) {
        switch (option) {
        case 'c':
            job.config_path = argument;
            break;
        case 's':
            job.source_name = argument;
            break;
        case 'a':
            job.as_at = argument;
            if (date_from_iso(span_of(argument)) == NO_DATE)
                program_usage_error("--as-at must be a date like 2019-08-13, not '%s'", argument);
            break;
        case 'l':
            job.lists[job.list_count++] = argument;
            break;
        case 'q':
            job.quiet = true;
            break;
        default:
            job.reader.sandbox = sandbox_mode(argument);
        }
    }
    struct error error = {0};
    if (!job.lists) {
        error_memory(&error, "reading the options");
        program_fail(&error);
    }
    struct problems problems = {0};
    settings_load(&job.config, job.config_path, &problems);
    settings_require(&problems);

    struct arena arena = {0};
    const char **paths = NULL;
    size_t count = (size_t)(argc - rest);
    const char *const *chosen = (const char *const *)argv + rest;
    for (size_t i = 0; i < count; i++)
        if (strcmp(chosen[i], "-") == 0 && !job.source_name)
            program_usage_error("standard input has no name to find its source by: add --source");
    int status = 0;
    if (count == 0) {
        status = inbox_newest(&job.config, &arena, &paths, &count, &error);
        chosen = paths;
    }
    if (status == 0)
        status = read_all_lookups(&job, chosen, count, &error);
    if (status == 0)
        status = extract_all(&job, chosen, count, &error);
    lookups_free(&job.lookups);
    free(job.lists);
    arena_free(&arena);
    config_free(&job.config);
    if (status < 0)
        program_fail(&error);
    program_exit(EXIT_COMPLETE);
}
