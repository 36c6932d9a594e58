/*
 * checks.h - the checks that are declared beside the datasets, run over what was read.
 *
 * A check is a predicate that a wrong row passes, or that rows of one key differ in a field; three
 * hold for every dataset (dataset.h). Each failing row is a remark with the check's code and its
 * place. Its level decides what becomes of it: `note` counts it all the same, `reject` takes it out
 * before anything is computed, `fail` ends the run. A check that speaks of a dataset which no
 * source feeds is not asked: nothing is known. "Spells that end before they start" are seen by
 * extract, which knows the column.
 */
#ifndef MONTHEND_CHECKS_H
#define MONTHEND_CHECKS_H

#include "etl/config.h"
#include "etl/spool.h"
#include "transforms/predicate.h"

/* A declared check, bound to its dataset. */
struct bound_check {
    const struct check *check;
    const struct dataset *dataset;
    const char *name;        /* "contact, check 'actioned late'": for messages */
    const struct test *test; /* NULL for `if rows differ` */
    enum level level;
};

struct checks {
    const struct config *config;
    struct bound_check *list; /* in the order of the datasets */
    size_t count;
    struct arena arena;
};

/* Binds the checks of the catalogue and marks in the store what they need. Problems are added. */
int checks_load(struct checks *checks, const struct config *config, struct store *store,
                struct problems *problems, struct error *error);
void checks_free(struct checks *checks);

/* Runs them over a sealed store; rejected rows leave it, and are noted in its refusals. Remarks are
 * added to `remarks`. EXIT_BAD_DATA when rows fail. */
int checks_run(const struct checks *checks, struct store *store, const struct calendar *calendar,
               date_t as_at, struct spool *remarks, struct error *error);

#endif
