#include "etl/settings.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "etl/program.h"

void settings_require(struct problems *problems)
{
    struct error error = {0};
    if (problems_check(problems, &error) == 0) {
        problems_free(problems);
        return;
    }
    if (problems->lines.text)
        fputs(problems->lines.text, stderr);
    program_fail(&error);
}

void settings_load(struct config *config, const char *path, struct problems *problems)
{
    struct error error = {0};
    if (config_load(config, path ? path : "pipeline.conf", problems, &error) < 0) {
        if (error.code == EXIT_NO_SOURCE || error.code == EXIT_BAD_CONFIG) {
            error.code = EXIT_BAD_CONFIG;
            if (!path && access("pipeline.conf", F_OK) < 0)
                program_message("there is no configuration here: name one with --config FILE");
        }
        program_fail(&error);
    }
}

int settings_open_input(const char *path, const char **name)
{
    if (!path || strcmp(path, "-") == 0) {
        *name = "standard input";
        return STDIN_FILENO;
    }
    *name = path;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        struct error error = {0};
        error_system(&error, EXIT_IO, "cannot open '%s'", path);
        program_fail(&error);
    }
    return descriptor;
}
