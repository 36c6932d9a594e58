/*
 * merge.h - rows of one key become one row.
 *
 * Exact duplicates merge. Of different rows of one key the newer source's is kept; within a source,
 * of two spells the one that ends later (or not), else the one with more values, else the first in
 * text order. Of a thing that many lists name (a child), the row that is kept is completed by the
 * others, the better first. Spells of a dataset that says so (`join`) become one where they touch.
 * Every row that goes is noted with its origin. Which row is kept, and
 * what is noted, does not depend on the order in which the rows came.
 */
#ifndef MONTHEND_MERGE_H
#define MONTHEND_MERGE_H

#include "transforms/store.h"

/* Merges the rows of every table of a store that is not sealed yet, and frees what only merging
 * needs: the texts of the records. The store's merges are in the order of their origins. */
int merge_tables(struct store *store, struct error *error);

#endif
