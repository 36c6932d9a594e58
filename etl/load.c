/*
 * monthend-load: writes the workbook of a measure stream.
 */
#include "etl/output_file.h"
#include "etl/program.h"
#include "etl/settings.h"
#include "outputs/workbook.h"

static const struct program_option options[] = {
    {"output", 'o', "FILE", "the workbook to write (.xlsx)"},
    {"partial", 0, NULL, "accept a stream that was cut or filtered by hand"},
    {NULL, 0, NULL, NULL},
};

static const struct program program = {
    .name = "monthend-load",
    .usage = "[options] --output FILE [STREAM]",
    .summary = "Reads a measure stream (standard input, or the file STREAM) and writes the "
               "workbook.\nThe file appears whole, or what was there before stays.",
    .options = options,
};

static int read_stream(struct report *report, const char *path, bool partial, struct error *error)
{
    const char *name;
    int descriptor = settings_open_input(path, &name);
    struct stream_reader *reader = stream_reader_new(descriptor, name, partial);
    int status =
        reader ? report_read(report, reader, error) : error_memory(error, "reading the measures");
    stream_reader_free(reader);
    return status;
}

static int write_file(const struct report *report, const char *path, struct error *error)
{
    struct output_file file;
    unsigned cut = 0;
    int status = output_file_begin(&file, path, error);
    if (status == 0)
        status = workbook_write(report, file.temporary.text, file.folder.text, &cut, error);
    if (status == 0)
        status = output_file_commit(&file, error);
    output_file_end(&file);
    if (status == 0 && cut > 0)
        program_message("%u text%s longer than a cell holds: cut, with a note in the cell", cut,
                        cut == 1 ? " was" : "s were");
    return status;
}

int main(int argc, char **argv)
{
    program_begin(&program);
    const char *output = NULL;
    bool partial = false;
    const char *argument;
    int rest;
    for (int option; (option = program_option(argc, argv, &argument, &rest)) != -1;) {
        if (option == 'o')
            output = argument;
        else
            partial = true;
    }
    if (!output)
        program_usage_error("where to? Say it with --output FILE");
    if (argc - rest > 1)
        program_usage_error("one stream at a time");
    struct error error = {0};
    struct report report = {0};
    int status = read_stream(&report, rest < argc ? argv[rest] : NULL, partial, &error);
    if (status == 0)
        status = write_file(&report, output, &error);
    report_free(&report);
    if (status < 0)
        program_fail(&error);
    program_exit(EXIT_COMPLETE);
}
