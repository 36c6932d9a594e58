#include "transforms/calculation.h"

#include <string.h>
#include <unistd.h>

#include "etl/program.h"
#include "etl/stage.h"
#include "transforms/holder.h"
#include "transforms/ready_made.h"

/* The options are checked before anything is read: a wrong month is a wrong command line. */
static void check_options(const struct calculation_options *options)
{
    if (options->month && month_from_iso(span_of(options->month)) < 0)
        program_usage_error("--month must be a month like 2019-07, not '%s'", options->month);
    if (options->from && month_from_iso(span_of(options->from)) < 0)
        program_usage_error("--from must be a month like 2019-07, not '%s'", options->from);
    if (options->as_at && date_from_iso(span_of(options->as_at)) == NO_DATE)
        program_usage_error("--as-at must be a date like 2019-08-13, not '%s'", options->as_at);
    if (options->months) {
        decimal_t months = decimal_from_text(span_of(options->months));
        if (months == NO_DECIMAL || months % DECIMAL_ONE != 0 || months < DECIMAL_ONE ||
            months > 60 * DECIMAL_ONE)
            program_usage_error("--months must be a number from 1 to 60, not '%s'",
                                options->months);
    }
}

/* Checks of the tracker stand behind the indicators of the report, which knows nothing of them. */
static bool is_check(const struct config *config, const struct indicator *indicator)
{
    return strcmp(indicator->file, config->tracker) == 0;
}

void calculation_prepare(struct calculation *calculation, const struct calculation_options *options)
{
    *calculation = (struct calculation){0};
    check_options(options);
    struct error error = {0};
    struct problems problems = {0};
    struct config *config = &calculation->config;
    settings_load(config, options->config, &problems);
    if (config->catalogue.count == 0)
        settings_require(&problems); /* nothing can be said of definitions without datasets */
    if (config->tracker && config_add_tracker(config, &error) < 0)
        program_fail(&error);
    if (store_init(&calculation->store, &config->catalogue, &error) < 0 ||
        definitions_load(&calculation->all, config, &calculation->store, &problems, &error) < 0 ||
        checks_load(&calculation->checks, config, &calculation->store, &problems, &error) < 0)
        program_fail(&error);
    calculation->definitions = calculation->all;
    while (config->tracker && calculation->definitions.count > 0 &&
           is_check(config, calculation->all.indicators[calculation->definitions.count - 1]))
        calculation->definitions.count--;
    ready_made_need(&calculation->store);
    holder_need(&calculation->store);
    if (!config->holidays)
        problem(&problems, config->path, 0,
                "[data] names no holidays, like: holidays = etl/calendar/"
                "bank_holidays_england.tsv");
    else if (calendar_load(&calculation->calendar, config->holidays, &error) < 0)
        program_fail(&error);
    settings_require(&problems);
}

void calculation_read(struct calculation *calculation, const struct calculation_options *options,
                      int descriptor, const char *name)
{
    struct error error = {0};
    const struct config *config = &calculation->config;
    if (intake_read(&calculation->intake, &calculation->store, descriptor, name, options->partial,
                    &error) < 0)
        program_fail(&error);
    struct window *window = &calculation->window;
    window->last = options->month ? month_from_iso(span_of(options->month)) : config->month;
    window->as_at = options->as_at ? date_from_iso(span_of(options->as_at)) : config->as_at;
    window->months = config->months;
    if (options->months)
        window->months = (int)(decimal_from_text(span_of(options->months)) / DECIMAL_ONE);
    if (window->as_at == NO_DATE)
        window->as_at = intake_as_at(&calculation->intake);
    if (window->last < 0)
        program_usage_error("which month? Say it with --month, or in [report] of '%s'",
                            config->path);
    window->from = options->from ? month_from_iso(span_of(options->from)) : window->last;
    if (window->from > window->last)
        program_usage_error("--from %s lies after the last month", options->from);
    if (window->as_at == NO_DATE)
        program_usage_error("as at which day? Say it with --as-at, or in [report] of '%s'",
                            config->path);
    if (intake_seal(&calculation->intake, &calculation->checks, &calculation->calendar,
                    window->as_at, &error) < 0)
        program_fail(&error);
    if (definitions_prepare(&calculation->all, &calculation->store) < 0)
        error_memory(&error, "preparing the definitions");
    if (error.code != EXIT_COMPLETE ||
        ready_made_targets(&calculation->definitions, &calculation->store,
                           &calculation->intake.remarks, &error) < 0)
        program_fail(&error);
}

void calculation_extract(struct calculation *calculation, const struct calculation_options *options)
{
    struct error error = {0};
    int ends[2];
    const char *arguments[] = {"monthend-extract", "--quiet", "--config",
                               options->config ? options->config : "pipeline.conf", NULL};
    struct stage extract;
    if (stage_pipe(ends, &error) < 0 ||
        stage_start(&extract, arguments, STDIN_FILENO, ends[1], &error) < 0)
        program_fail(&error);
    close(ends[1]);
    calculation_read(calculation, options, ends[0], "the extract");
    close(ends[0]);
    enum exit_code code = stage_wait(&extract, &error);
    if (error.code != EXIT_COMPLETE)
        program_fail(&error);
    if (code != EXIT_COMPLETE)
        program_exit(code);
}

void calculation_free(struct calculation *calculation)
{
    intake_free(&calculation->intake);
    definitions_free(&calculation->all);
    checks_free(&calculation->checks);
    store_free(&calculation->store);
    calendar_free(&calculation->calendar);
    config_free(&calculation->config);
}
