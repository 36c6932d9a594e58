/* pipeline.conf, and the problems that are found in it. */
#include <stdio.h>

#include "etl/config.h"
#include "one_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct config config;
    struct problems problems = {0};
    struct error error = {0};
    char path[64];
    int file = memory_file(bytes, size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    if (config_load(&config, path, &problems, &error) == 0)
        (void)problems_check(&problems, &error);
    config_free(&config);
    problems_free(&problems);
    close(file);
    return 0;
}
