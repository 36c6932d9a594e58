/*
 * uses.h - the datasets that an indicator, or a line of a dimension, is computed from.
 *
 * Known from its definition alone, so that what no source feeds can be shown as such, before and
 * after data is read.
 */
#ifndef MONTHEND_USES_H
#define MONTHEND_USES_H

#include "transforms/predicate.h"

struct defining;

/* The datasets that something is computed from, each once, in the order of their mention. Of
 * `child` no more may be needed than who there is, which any row that names a child says. */
struct uses {
    const struct dataset **datasets;
    size_t count;
    bool attributes; /* of children: they come from a list of children */
};

/* While the definitions are read: notes a dataset once, what a path leads through, and what a test
 * and the groups in it speak of. */
void uses_add_dataset(struct defining *defining, struct uses *uses, const struct dataset *dataset);
void uses_add_path(struct defining *defining, struct uses *uses, const struct path *path);
void uses_add_test(struct defining *defining, struct uses *uses, const struct test *test);

/* Whether everything used came in the stream, with or without rows; if not, *lacking is the name of
 * the first that did not. */
bool uses_are_fed(const struct uses *uses, const struct store *store, const char **lacking);

#endif
