/*
 * monthend-publish: a measure stream that may be shown to the public.
 */
#include <unistd.h>

#include "etl/program.h"
#include "etl/settings.h"
#include "transforms/suppression.h"

static const struct program_option options[] = {
    {"quiet", 'q', NULL, "no summary on standard error"},
    {NULL, 0, NULL, NULL},
};

static const struct program program = {
    .name = "monthend-publish",
    .usage = "[options] [STREAM]",
    .summary = "Stands between transform and load: suppresses counts from 1 to 5 and what would "
               "give them away,\nand leaves out what is about single children, workers or rows.",
    .options = options,
};

int main(int argc, char **argv)
{
    program_begin(&program);
    bool quiet = false;
    const char *argument;
    int rest;
    while (program_option(argc, argv, &argument, &rest) != -1)
        quiet = true;
    if (argc - rest > 1)
        program_usage_error("one stream at a time");
    struct error error = {0};
    const char *name;
    int descriptor = settings_open_input(rest < argc ? argv[rest] : NULL, &name);
    struct stream_reader *reader = stream_reader_new(descriptor, name, false);
    struct stream_writer writer;
    struct suppressed counts;
    stream_writer_open(&writer, STDOUT_FILENO, "standard output");
    int status = reader ? suppression_pass(reader, &writer, &counts, &error)
                        : error_memory(&error, "reading the measures");
    if (status == 0)
        status = stream_writer_close(&writer, &error);
    else
        stream_writer_abandon(&writer);
    stream_reader_free(reader);
    if (status < 0)
        program_fail(&error);
    if (!quiet)
        program_message("%zu of %zu cells suppressed, %zu left out", counts.hidden, counts.cells,
                        counts.left_out);
    program_exit(EXIT_COMPLETE);
}
