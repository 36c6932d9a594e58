/*
 * monthend-pseudonymise: a record stream with the identifiers of children replaced.
 */
#include <unistd.h>

#include "etl/program.h"
#include "etl/pseudonyms.h"
#include "etl/settings.h"

static const struct program_option options[] = {
    {"config", 'c', "FILE", "the configuration (pipeline.conf)"},
    {"key", 'k', "FILE", "a file with the key, 16 bytes or more, readable by its owner alone"},
    {NULL, 0, NULL, NULL},
};

static const struct program program = {
    .name = "monthend-pseudonymise",
    .usage = "[options] --key FILE [STREAM]",
    .summary = "Stands between extract and transform: replaces the identifiers of children, and of "
               "what\nnames them, by names that only the holder of the key can tell.",
    .options = options,
};

int main(int argc, char **argv)
{
    program_begin(&program);
    const char *config_path = NULL;
    const char *key_path = NULL;
    const char *argument;
    int rest;
    for (int option; (option = program_option(argc, argv, &argument, &rest)) != -1;) {
        if (option == 'c')
            config_path = argument;
        else
            key_path = argument;
    }
    if (argc - rest > 1)
        program_usage_error("one stream at a time: use cat to join several");
    struct config config;
    struct problems problems = {0};
    struct error error = {0};
    settings_load(&config, config_path, &problems);
    settings_require(&problems);
    if (!key_path)
        key_path = config.pseudonyms;
    if (!key_path)
        program_usage_error("with which key? Name its file with --key, or in [privacy] of '%s'",
                            config.path);
    const char *name;
    int descriptor = settings_open_input(rest < argc ? argv[rest] : NULL, &name);
    struct pseudonyms *pseudonyms = pseudonyms_new(key_path, &error);
    int status = pseudonyms ? pseudonyms_pass(pseudonyms, &config.catalogue, descriptor,
                                              STDOUT_FILENO, &error)
                            : -1;
    pseudonyms_free(pseudonyms);
    config_free(&config);
    if (status < 0)
        program_fail(&error);
    program_exit(EXIT_COMPLETE);
}
