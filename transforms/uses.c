#include "transforms/uses.h"

#include <string.h>

#include "transforms/defining.h"

void uses_add_dataset(struct defining *defining, struct uses *uses, const struct dataset *dataset)
{
    for (size_t d = 0; d < uses->count; d++)
        if (uses->datasets[d] == dataset)
            return;
    if (!uses->datasets)
        uses->datasets =
            arena_alloc(&defining->definitions->arena,
                        (defining->config->catalogue.count + 1) * sizeof(const struct dataset *));
    if (uses->datasets)
        uses->datasets[uses->count++] = dataset;
    else
        error_memory(defining->error, "reading the definitions");
}

void uses_add_path(struct defining *defining, struct uses *uses, const struct path *path)
{
    for (int s = 0; s < path->steps; s++) {
        uses_add_dataset(defining, uses, path->datasets[s]);
        if (strcmp(path->datasets[s]->name, "child") == 0 &&
            path->fields[s] != path->datasets[s]->identifier)
            uses->attributes = true;
    }
}

void uses_add_test(struct defining *defining, struct uses *uses, const struct test *test)
{
    if (!test)
        return;
    uses_add_path(defining, uses, &test->path);
    uses_add_path(defining, uses, &test->other);
    if (test->relation.dataset)
        uses_add_dataset(defining, uses, test->relation.dataset);
    if (test->kind == TEST_GROUP || test->kind == TEST_GROUP_BEFORE)
        uses_add_test(defining, uses, defining->definitions->groups[test->group].test);
    uses_add_test(defining, uses, test->left);
    uses_add_test(defining, uses, test->right);
}

bool uses_are_fed(const struct uses *uses, const struct store *store, const char **lacking)
{
    for (size_t d = 0; d < uses->count; d++) {
        const struct dataset *dataset = uses->datasets[d];
        bool needed = uses->attributes || strcmp(dataset->name, "child") != 0;
        if (needed && !store_table(store, dataset)->fed) {
            *lacking = dataset->name;
            return false;
        }
    }
    return true;
}
