/* A file of definitions, parsed against the datasets of the project. */
#include <stdio.h>

#include "one_file.h"
#include "transforms/definition.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static struct config config; /* the datasets are read once */
    struct problems problems = {0};
    struct error error = {0};
    struct definitions definitions = {0};
    struct store store = {0};
    char path[64];
    if (config.catalogue.count == 0 &&
        catalogue_load(&config.catalogue, "etl/datasets.ini", &problems, &error) < 0)
        _exit(1);
    int file = memory_file(bytes, size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    const char *words[] = {path};
    config.definitions.words = words;
    config.definitions.count = 1;
    if (store_init(&store, &config.catalogue, &error) == 0)
        (void)definitions_load(&definitions, &config, &store, &problems, &error);
    definitions_free(&definitions);
    store_free(&store);
    problems_free(&problems);
    close(file);
    return 0;
}
