/*
 * monthend-check: the configuration, the layouts and the definitions, checked without data.
 */
#include <stdio.h>

#include "etl/program.h"
#include "transforms/calculation.h"

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

/* Whether some source gives rows of the dataset; every source with a child gives children. */
static bool is_fed(const struct config *config, struct span name)
{
    bool any_child = span_is(name, "child");
    for (size_t s = 0; s < config->source_count; s++) {
        const struct dataset *dataset = config->sources[s].dataset;
        if (span_is(name, dataset->name) || (any_child && dataset_field(dataset, name) >= 0))
            return true;
    }
    return false;
}

/* The datasets of a list "a, b, c" that no source feeds, as such a list. */
static void unfed_datasets(const struct config *config, const struct buffer *names,
                           struct buffer *unfed)
{
    struct span rest = {names->text ? names->text : "", names->length};
    while (rest.text) {
        struct span name = span_cut(&rest, ',');
        if (name.length == 0 || is_fed(config, name))
            continue;
        if (unfed->length > 0)
            buffer_add_text(unfed, ", ");
        buffer_add(unfed, name.text, name.length);
    }
}

static void print_indicators(const struct calculation *calculation)
{
    struct buffer names = {0};
    struct buffer unfed = {0};
    size_t complete = 0;
    for (size_t i = 0; i < calculation->definitions.count; i++) {
        const struct indicator *indicator = calculation->definitions.indicators[i];
        names.length = unfed.length = 0;
        indicator_datasets(indicator, &names);
        unfed_datasets(&calculation->config, &names, &unfed);
        if (unfed.length == 0)
            complete++;
        else
            printf("%s: no source feeds %s\n", indicator->code, unfed.text);
    }
    printf(
        "%zu sources, %zu datasets, %zu groups, %zu indicators; every dataset of %zu of them has "
        "a source\n",
        calculation->config.source_count, calculation->config.catalogue.count,
        calculation->definitions.group_count, calculation->definitions.count, complete);
    buffer_free(&names);
    buffer_free(&unfed);
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
    if (!quiet)
        print_indicators(&calculation);
    calculation_free(&calculation);
    program_exit(EXIT_COMPLETE);
}
