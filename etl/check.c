/*
 * monthend-check: the configuration, the layouts and the definitions, checked without data.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "etl/program.h"
#include "etl/pseudonyms.h"
#include "transforms/calculation.h"
#include "transforms/feeding.h"

static const struct program_option options[] = {
    {"config", 'c', "FILE", "the configuration (pipeline.conf)"},
    {"keys", 'k', NULL, "list the keys of pipeline.conf and of definitions, with their meaning"},
    {"quiet", 'q', NULL, "say nothing when all is well"},
    {NULL, 0, NULL, NULL},
};

static const struct program program = {
    .name = "monthend-check",
    .usage = "[options]",
    .summary = "Checks the configuration, the sources and the definitions without reading data,\n"
               "and says which indicators the sources can feed.",
    .options = options,
};

static void print_keys(void)
{
    struct buffer keys = {0};
    buffer_add_text(&keys, "pipeline.conf:\n");
    config_describe_keys(&keys);
    buffer_add_text(&keys, "\nAn indicator, [CODE]:\n");
    definitions_describe_keys(&keys);
    if (keys.failed) {
        struct error error = {0};
        error_memory(&error, "listing the keys");
        program_fail(&error);
    }
    fputs(keys.text, stdout);
    buffer_free(&keys);
    program_exit(EXIT_COMPLETE);
}

static void print_feed(const struct indicator *indicator, const struct feed *feed)
{
    char months[32];
    if (feed->reach.covers == COVERS_EVERY)
        snprintf(months, sizeof months, "every month");
    else if (feed->reach.covers == COVERS_LATEST)
        snprintf(months, sizeof months, "latest month");
    else if (feed->reach.covers == COVERS_NOTHING)
        snprintf(months, sizeof months, "not fed");
    else
        snprintf(months, sizeof months, "%d months", feed->reach.covers);
    printf("%-8s", indicator->code);
    const char *why = feed->why.length > 0 ? feed->why.text : "";
    const char *blank = feed->reach.covers > 0 && feed->blank.length > 0 ? feed->blank.text : "";
    if (*why || *blank)
        printf(" %-12s ", months);
    else
        printf(" %s", months);
    printf("%s%s%s%s\n", why, *why && *blank ? "; " : "", *blank ? "without " : "", blank);
}

/* A dataset that no source feeds: the indicators that miss it. */
struct unfed {
    struct buffer codes;
    const struct indicator *last;
};

/* Adds the indicator's code to each dataset that it misses; `unfed` is by the datasets' numbers. */
static void add_unfed(const struct config *config, const struct indicator *indicator,
                      const struct feed *feed, struct unfed *unfed)
{
    struct span rest = {feed->unexplained.text, feed->unexplained.length};
    while (rest.text) {
        const struct dataset *dataset = catalogue_find(&config->catalogue, span_cut(&rest, ' '));
        if (!dataset)
            continue;
        struct unfed *missed = &unfed[dataset->number];
        if (missed->last != indicator)
            buffer_format(&missed->codes, "%s%s", missed->last ? ", " : "", indicator->code);
        missed->last = indicator;
    }
}

/* One line a dataset, with all that it keeps from having a value. Empties `unfed`. */
static int report_unfed(const struct config *config, struct unfed *unfed, struct problems *problems,
                        struct error *error)
{
    for (size_t d = 0; d < config->catalogue.count; d++) {
        const char *name = config->catalogue.datasets[d].name;
        if (unfed[d].codes.failed)
            error_memory(error, "listing the indicators");
        else if (unfed[d].codes.length > 0)
            problem(problems, config->path, 0,
                    "no source feeds %s: add a [source], or say why not in [layout]: without %s = "
                    "... (%s)",
                    name, name, unfed[d].codes.text);
        buffer_free(&unfed[d].codes);
    }
    return error->code == EXIT_COMPLETE ? 0 : -1;
}

/* What can be expected of each indicator, from these sources. A dataset that no source feeds is a
 * problem unless the configuration or a layout says why. */
static int list_indicators(const struct calculation *calculation, bool quiet,
                           struct problems *problems, struct error *error)
{
    const struct definitions *definitions = &calculation->definitions;
    struct feeding feeding;
    struct feed feed = {0};
    size_t every = 0;
    size_t some = 0;
    struct unfed *unfed = calloc(calculation->config.catalogue.count + 1, sizeof *unfed);
    if (!unfed)
        return error_memory(error, "listing the indicators");
    int status = feeding_of_config(&feeding, &calculation->config, definitions, error);
    for (size_t i = 0; i < definitions->count && status == 0; i++) {
        status = feeding_indicator(&feeding, definitions->indicators[i], &feed, error);
        if (status < 0)
            break;
        add_unfed(&calculation->config, definitions->indicators[i], &feed, unfed);
        if (!quiet)
            print_feed(definitions->indicators[i], &feed);
        every += feed.reach.covers == COVERS_EVERY;
        some += feed.reach.covers != COVERS_EVERY && feed.reach.covers != COVERS_NOTHING;
    }
    if (status == 0 && !quiet)
        printf("%zu sources, %zu datasets, %zu groups, %zu indicators: %zu fed for every month, "
               "%zu for some months, %zu not fed\n",
               calculation->config.source_count, calculation->config.catalogue.count,
               definitions->group_count, definitions->count, every, some,
               definitions->count - every - some);
    if (report_unfed(&calculation->config, unfed, problems, error) < 0)
        status = -1;
    free(unfed);
    feed_free(&feed);
    feeding_free(&feeding);
    return status;
}

/* The key of pseudonyms is read as it will be when there is data. */
static void require_key(const struct config *config)
{
    struct error error = {0};
    struct error said = {0};
    struct pseudonyms *pseudonyms =
        config->pseudonyms ? pseudonyms_new(config->pseudonyms, &error) : NULL;
    pseudonyms_free(pseudonyms);
    if (error.code == EXIT_COMPLETE)
        return;
    error_set(&said, EXIT_BAD_CONFIG, "%s: [privacy] pseudonyms: %s", config->path, error.text);
    program_fail(&said);
}

/* What only a whole report needs: a part of the pipeline runs without. */
static void check_report(const struct calculation *calculation, struct problems *problems)
{
    const struct config *config = &calculation->config;
    if (!*config->authority)
        problem(problems, config->path, 0,
                "[authority] says no name: it stands on every sheet, like: name = Our Council");
    if (config->inbox && access(config->inbox, R_OK | X_OK) < 0)
        problem(problems, config->path, 0, "[data] inbox: there is no folder '%s' that can be read",
                config->inbox);
}

/* Reasons for indicators that there are none of. A standard layout gives those of all it knows. */
static int check_gaps(const struct calculation *calculation, struct problems *problems,
                      struct error *error)
{
    const struct definitions *definitions = &calculation->definitions;
    const char **codes = calloc(definitions->count + 1, sizeof *codes);
    if (!codes)
        return error_memory(error, "checking the configuration");
    for (size_t i = 0; i < definitions->count; i++)
        codes[i] = definitions->indicators[i]->code;
    for (const struct layout_gap *gap = calculation->config.gaps; gap; gap = gap->next)
        if (gap->of_indicator && !gap->of_layout && !definitions_find(definitions, gap->name))
            problem_word(problems, gap->file, gap->line, span_of(gap->name), codes,
                         definitions->count, "[layout]: there is no indicator '%s'", gap->name);
    free(codes);
    return 0;
}

int main(int argc, char **argv)
{
    program_begin(&program);
    struct calculation_options chosen = {0};
    bool quiet = false;
    const char *argument;
    int rest;
    for (int option; (option = program_option(argc, argv, &argument, &rest)) != -1;) {
        if (option == 'c')
            chosen.config = argument;
        else if (option == 'k')
            print_keys();
        else
            quiet = true;
    }
    if (rest < argc)
        program_usage_error("unexpected argument '%s'", argv[rest]);
    struct calculation calculation;
    calculation_prepare(&calculation, &chosen);
    struct error error = {0};
    struct problems problems = {0};
    check_report(&calculation, &problems);
    if (check_gaps(&calculation, &problems, &error) < 0 ||
        list_indicators(&calculation, quiet, &problems, &error) < 0)
        program_fail(&error);
    settings_require(&problems);
    require_key(&calculation.config);
    calculation_free(&calculation);
    program_exit(EXIT_COMPLETE);
}
