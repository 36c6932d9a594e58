/*
 * monthend-transform: computes every indicator for every month of the window from a record stream.
 */
#include <unistd.h>

#include "transforms/calculation.h"
#include "etl/program.h"

static const struct program_option options[] = {
    {"config", 'c', "FILE", "the configuration (pipeline.conf)"},
    {"month", 'm', "MONTH", "the last month of the report, like 2019-07"},
    {"months", 'n', "N", "how many months to compute (13)"},
    {"as-at", 'a', "DATE", "the day the exports were taken (the latest of theirs)"},
    {"partial", 0, NULL, "accept a stream that was cut or filtered by hand"},
    {NULL, 0, NULL, NULL},
};

static const struct program program = {
    .name = "monthend-transform",
    .usage = "[options] [STREAM]",
    .summary = "Reads a record stream (standard input, or the file STREAM) and writes the measure "
               "stream:\nevery indicator for every month of the window, with its rating.",
    .options = options,
};

int main(int argc, char **argv)
{
    program_begin(&program);
    struct calculation_options chosen = {0};
    const char *argument;
    int rest;
    for (int option; (option = program_option(argc, argv, &argument, &rest)) != -1;) {
        switch (option) {
        case 'c':
            chosen.config = argument;
            break;
        case 'm':
            chosen.month = argument;
            break;
        case 'n':
            chosen.months = argument;
            break;
        case 'a':
            chosen.as_at = argument;
            break;
        default:
            chosen.partial = true;
        }
    }
    if (argc - rest > 1)
        program_usage_error("one stream at a time: use cat to join several");
    struct calculation calculation;
    calculation_prepare(&calculation, &chosen);
    const char *name;
    int descriptor = settings_open_input(rest < argc ? argv[rest] : NULL, &name);
    calculation_read(&calculation, &chosen, descriptor, name);

    struct error error = {0};
    struct stream_writer writer;
    stream_writer_open(&writer, STDOUT_FILENO, "standard output");
    int status =
        measures_write(&writer, &calculation.config, &calculation.definitions,
                       &calculation.calendar, &calculation.intake, &calculation.window, &error);
    if (status == 0)
        status = stream_writer_close(&writer, &error);
    else
        stream_writer_abandon(&writer);
    calculation_free(&calculation);
    if (status < 0)
        program_fail(&error);
    program_exit(EXIT_COMPLETE);
}
