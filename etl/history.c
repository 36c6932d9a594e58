/*
 * monthend-history: the runs of before, a line each.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "etl/program.h"
#include "etl/run_history.h"
#include "etl/settings.h"

static const struct program_option options[] = {
    {"config", 'c', "FILE", "the configuration (pipeline.conf)"},
    {"last", 'n', "N", "only the last N runs"},
    {NULL, 0, NULL, NULL},
};

static const struct program program = {
    .name = "monthend-history",
    .usage = "[options]",
    .summary = "Lists the runs of the configuration's report folder: when, for which month, what "
               "came of\nthem, how many rows, and how many figures of earlier months changed.",
    .options = options,
};

static void print_number(int64_t number)
{
    if (number >= 0)
        printf("%" PRId64, number);
    putchar('\t');
}

static void print_run(const struct past_run *run)
{
    char month[DATE_TEXT_SIZE] = "";
    char as_at[DATE_TEXT_SIZE] = "";
    if (run->month >= 0)
        month_to_iso(run->month, month);
    if (run->as_at != NO_DATE)
        date_to_iso(run->as_at, as_at);
    printf("%d\t%s\t%s\t%s\t%s\t%d\t%.2f\t", run->number, run->started, run->status, month, as_at,
           run->exit, run->seconds);
    print_number(run->read);
    print_number(run->rejected);
    if (run->restated >= 0)
        printf("%" PRId64, run->restated);
    else
        fputs(run->message, stdout);
    putchar('\n');
}

int main(int argc, char **argv)
{
    program_begin(&program);
    const char *config_path = NULL;
    int64_t last = INT64_MAX;
    const char *argument;
    int rest;
    for (int option; (option = program_option(argc, argv, &argument, &rest)) != -1;) {
        if (option == 'c')
            config_path = argument;
        else if ((last = span_number(span_of(argument), INT32_MAX)) < 0)
            program_usage_error("--last must be a number, not '%s'", argument);
    }
    if (rest < argc)
        program_usage_error("unexpected argument '%s'", argv[rest]);
    struct config config;
    struct problems problems = {0};
    struct history history;
    struct error error = {0};
    settings_load(&config, config_path, &problems);
    settings_require(&problems);
    if (history_open(&history, config.report_folder, &error) < 0)
        program_fail(&error);
    puts("run\tstarted\tstatus\tmonth\tas at\texit\tseconds\tread\trejected\trestated or cause");
    for (size_t r = 0; r < history.count; r++)
        if ((int64_t)(history.count - r) <= last)
            print_run(&history.runs[r]);
    history_free(&history);
    config_free(&config);
    program_exit(EXIT_COMPLETE);
}
