#include "transforms/cohort.h"

#include <stdlib.h>

#include "transforms/evaluator.h"

/* A set of children under construction: a mark for each row. */
struct marked {
    uint8_t *rows;
    uint32_t count;
};

static int mark_begin(struct evaluator *evaluator, struct marked *marked)
{
    marked->count = 0;
    marked->rows = calloc((size_t)evaluator->children->count + 1, 1);
    return marked->rows ? 0 : error_memory(evaluator->error, "finding the cohorts");
}

static void mark_row(struct marked *marked, uint32_t row)
{
    marked->count += !marked->rows[row];
    marked->rows[row] = 1;
}

/* Marks the child of this identifier, if there is one. */
static void mark_child(const struct evaluator *evaluator, struct marked *marked, int64_t child)
{
    uint32_t row =
        store_resolve(evaluator->store, evaluator->children->dataset, child, evaluator->month_end);
    if (row != UINT32_MAX)
        mark_row(marked, row);
}

/* Makes a cohort of the marked rows, and frees the marks. */
static int mark_end(struct evaluator *evaluator, struct marked *marked, struct cohort *cohort)
{
    uint32_t *rows = malloc(((size_t)marked->count + 1) * sizeof *rows);
    uint32_t count = 0;
    for (uint32_t row = 0; rows && row < evaluator->children->count; row++)
        if (marked->rows[row])
            rows[count++] = row;
    free(marked->rows);
    *cohort = (struct cohort){.rows = rows, .count = count, .owned = rows};
    return rows ? 0 : error_memory(evaluator->error, "finding the cohorts");
}

/* The children whom the month's rows of a dataset name. */
static int find_named_in_month(struct evaluator *evaluator, const struct relation *relation,
                               struct cohort *cohort)
{
    const struct dataset *dataset = relation->dataset;
    const struct table *table = store_table(evaluator->store, dataset);
    int dated = dataset->dated[0];
    const struct row_index *months =
        store_months(evaluator->store, dataset, dated, evaluator->error);
    struct marked marked;
    if (!months || mark_begin(evaluator, &marked) < 0)
        return -1;
    int64_t slot = (int64_t)evaluator->month - table->columns[dated].first_month;
    if (slot >= 0 && slot < months->count)
        for (uint32_t i = months->start[slot]; i < months->start[slot + 1]; i++)
            mark_child(evaluator, &marked, store_value(table, relation->to, months->rows[i]));
    return mark_end(evaluator, &marked, cohort);
}

/* The children whom any row of a dataset names. */
static int find_named(struct evaluator *evaluator, const struct relation *relation,
                      struct cohort *cohort)
{
    const struct table *table = store_table(evaluator->store, relation->dataset);
    const struct row_index *index = &table->columns[relation->to].index;
    struct marked marked;
    if (mark_begin(evaluator, &marked) < 0)
        return -1;
    for (uint32_t child = 0; child < index->count; child++)
        if (index->start[child] < index->start[child + 1])
            mark_child(evaluator, &marked, child);
    return mark_end(evaluator, &marked, cohort);
}

/* Who passes one test or the other. */
static int find_either(struct evaluator *evaluator, const struct test *test, struct cohort *cohort)
{
    struct cohort left = {0};
    struct cohort right = {0};
    int status = cohort_find(evaluator, test->left, &left);
    if (status == 0 && !left.every)
        status = cohort_find(evaluator, test->right, &right);
    struct marked marked;
    if (status == 0 && (left.every || right.every)) {
        *cohort = (struct cohort){.every = true};
    } else if (status == 0 && (status = mark_begin(evaluator, &marked)) == 0) {
        for (uint32_t i = 0; i < left.count; i++)
            mark_row(&marked, left.rows[i]);
        for (uint32_t i = 0; i < right.count; i++)
            mark_row(&marked, right.rows[i]);
        status = mark_end(evaluator, &marked, cohort);
    }
    cohort_free(&left);
    cohort_free(&right);
    return status;
}

int cohort_find(struct evaluator *evaluator, const struct test *test, struct cohort *cohort)
{
    *cohort = (struct cohort){.every = true};
    if (!test)
        return 0;
    switch (test->kind) {
    case TEST_AND:
        if (cohort_find(evaluator, test->left, cohort) < 0)
            return -1;
        return cohort->every ? cohort_find(evaluator, test->right, cohort) : 0;
    case TEST_OR:
        return find_either(evaluator, test, cohort);
    case TEST_GROUP:
        return evaluator_group(evaluator, test->group, cohort);
    case TEST_ANY:
    case TEST_LATEST:
        if (test->kind == TEST_ANY && test->number < 1)
            return 0;
        return test->relation.this_month ? find_named_in_month(evaluator, &test->relation, cohort)
                                         : find_named(evaluator, &test->relation, cohort);
    default:
        return 0;
    }
}

void cohort_free(struct cohort *cohort)
{
    free(cohort->owned);
    *cohort = (struct cohort){0};
}
