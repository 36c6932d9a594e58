/*
 * monthend: the front of the pipeline. `monthend extract` executes monthend-extract, and so on.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "etl/program.h"
#include "etl/share.h"

struct verb {
    const char *name;
    const char *help;
};

static const struct verb verbs[] = {
    {"run", "the nightly job: the three stages, and the report published whole"},
    {"init", "lay down a configuration to start from"},
    {"history", "list the runs of before"},
    {"diff", "what two published runs say otherwise, and the rows behind it"},
    {"extract", "read exports (.xls, .xlsx, .ods, .csv) and write their rows as a record stream"},
    {"transform", "compute every indicator for every month from a record stream"},
    {"pseudonymise", "replace the identifiers of children in a record stream"},
    {"publish", "suppress small counts in a measure stream, for the public"},
    {"load", "write the workbook from a measure stream"},
    {"tracker", "write the weekly tracker of missing children"},
    {"check", "check the configuration and the definitions, without data"},
    {"describe", "say what extract sees in a file, and print a [source] to paste"},
    {"explain", "list the rows behind one figure"},
};

enum { VERB_COUNT = sizeof verbs / sizeof verbs[0] };

static const struct program_option no_options[] = {{NULL, 0, NULL, NULL}};

static const struct program program = {
    .name = "monthend",
    .usage = "VERB [options]",
    .summary = "Turns a children's social care case system's exports into the monthly performance "
               "report.",
    .options = no_options,
};

static void print_verbs(FILE *out)
{
    fprintf(out, "Usage: %s %s\n%s\n\nVerbs:\n", program.name, program.usage, program.summary);
    for (size_t v = 0; v < VERB_COUNT; v++)
        fprintf(out, "  %-13s %s\n", verbs[v].name, verbs[v].help);
    fprintf(out, "\n'monthend VERB --help' tells about one of them.\n");
}

static _Noreturn void unknown_verb(const char *word)
{
    const char *names[VERB_COUNT];
    for (size_t v = 0; v < VERB_COUNT; v++)
        names[v] = verbs[v].name;
    const char *nearest = text_nearest(span_of(word), names, VERB_COUNT);
    if (nearest)
        program_usage_error("unknown verb '%s' (did you mean '%s'?)", word, nearest);
    program_usage_error("unknown verb '%s'", word);
}

int main(int argc, char **argv)
{
    program_begin(&program);
    if (argc < 2) {
        print_verbs(stderr);
        return EXIT_BAD_OPTION;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        print_verbs(stdout);
        program_exit(EXIT_COMPLETE);
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("%s %s\n", program.name, VERSION);
        program_exit(EXIT_COMPLETE);
    }
    size_t v = 0;
    while (v < VERB_COUNT && strcmp(verbs[v].name, argv[1]) != 0)
        v++;
    if (v == VERB_COUNT)
        unknown_verb(argv[1]);
    struct error error = {0};
    struct buffer name = {0};
    struct buffer path = {0};
    buffer_format(&name, "monthend-%s", argv[1]);
    if (name.failed || program_path(&path, name.text, &error) < 0 || path.failed) {
        error_memory(&error, "starting a stage");
        program_fail(&error);
    }
    argv[1] = name.text;
    execv(path.text, argv + 1);
    error_system(&error, EXIT_BROKEN, "cannot execute '%s'", path.text);
    program_fail(&error);
}
