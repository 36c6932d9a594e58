/*
 * monthend-transform: computes every indicator for every month of the window from a record stream.
 */
#include <unistd.h>

#include "etl/program.h"
#include "transforms/calculation.h"
#include "transforms/row_marks.h"
#include "transforms/tracker.h"

static const struct program_option options[] = {
    {"config", 'c', "FILE", "the configuration (pipeline.conf)"},
    {"month", 'm', "MONTH", "the last month of the report, like 2019-07"},
    {"from", 'f', "MONTH", "write a report for each month from this one to --month, in one pass"},
    {"months", 'n', "N", "how many months a report shows (13)"},
    {"as-at", 'a', "DATE", "the day the exports were taken (the latest of theirs)"},
    {"trace", 't', "FILE", "write there which rows were counted; the file must be there already"},
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

/* The tracker of the last week that has ended at the as-at date goes with the report of the last
 * month that has. */
static bool has_tracker(const struct calculation *calculation, month_t month)
{
    date_t as_at = calculation->window.as_at;
    return calculation->config.tracker && month_last(month) <= as_at &&
           month_last(month + 1) > as_at;
}

static int write_tracker(struct calculation *calculation, struct stream_writer *writer,
                         struct error *error)
{
    struct evaluator evaluator;
    date_t as_at = calculation->window.as_at;
    int status = evaluator_init(&evaluator, &calculation->store, &calculation->all,
                                &calculation->calendar, as_at, error);
    if (status == 0)
        status = tracker_write(writer, &evaluator, calculation->config.tracker,
                               tracker_last_week(as_at));
    evaluator_free(&evaluator);
    return status;
}

/* One stream a report, one after another. */
static int write_reports(struct calculation *calculation, struct measures *measures,
                         struct error *error)
{
    const struct window *window = &measures->window;
    int status = 0;
    for (month_t month = window->from; month <= window->last && status == 0; month++) {
        struct stream_writer writer;
        stream_writer_open(&writer, STDOUT_FILENO, "standard output");
        status = measures_write(measures, month, &writer, error);
        if (status == 0 && has_tracker(calculation, month))
            status = write_tracker(calculation, &writer, error);
        if (status == 0)
            status = stream_writer_close(&writer, error);
        else
            stream_writer_abandon(&writer);
    }
    return status;
}

static int compute_and_write(struct calculation *calculation, struct measures *measures,
                             const char *trace_path, struct error *error)
{
    const struct window *window = &calculation->window;
    struct row_marks marks;
    if (trace_path && window->last - window->from + window->months + 1 > MOST_MARKED_MONTHS) {
        *measures = (struct measures){0};
        return error_set(error, EXIT_BAD_OPTION,
                         "these are more than %d months with those that the first report shows: "
                         "choose fewer",
                         MOST_MARKED_MONTHS);
    }
    int status = row_marks_init(&marks, measures, &calculation->definitions, error);
    struct row_trace trace = row_marks_trace(&marks);
    if (status == 0)
        status = measures_compute(measures, &calculation->config, &calculation->definitions,
                                  &calculation->calendar, &calculation->intake, window,
                                  trace_path ? &trace : NULL, error);
    if (status == 0 && trace_path) /* it is there when the first report is */
        status = row_marks_write(&marks, trace_path, error);
    if (status == 0)
        status = write_reports(calculation, measures, error);
    row_marks_free(&marks);
    return status;
}

int main(int argc, char **argv)
{
    program_begin(&program);
    struct calculation_options chosen = {0};
    const char *trace_path = NULL;
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
        case 'f':
            chosen.from = argument;
            break;
        case 'n':
            chosen.months = argument;
            break;
        case 't':
            trace_path = argument;
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
    struct measures measures;
    int status = compute_and_write(&calculation, &measures, trace_path, &error);
    measures_free(&measures);
    calculation_free(&calculation);
    if (status < 0)
        program_fail(&error);
    program_exit(EXIT_COMPLETE);
}
