/*
 * cohort.h - which children a test can hold for in a month, without asking every child.
 *
 * Most groups and populations begin with something that few children have: an open plan, an episode
 * in the month, being in another group. The children who have it are found from the rows that say
 * so; only they are asked the whole test. The answer is the same, sooner.
 */
#ifndef MONTHEND_COHORT_H
#define MONTHEND_COHORT_H

#include <stdbool.h>
#include <stdint.h>

struct evaluator;
struct test;

/* Rows of the dataset of children, in their order. */
struct cohort {
    bool every;           /* any child may pass: the rows are not listed */
    const uint32_t *rows; /* `owned`, or a group's */
    uint32_t count;
    uint32_t *owned;
};

/* Finds a cohort that has every child for whom the test (NULL: none) can hold in the evaluator's
 * month. Returns -1 with the evaluator's error filled when the memory ran out. */
int cohort_find(struct evaluator *evaluator, const struct test *test, struct cohort *cohort);
void cohort_free(struct cohort *cohort);

#endif
