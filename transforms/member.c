#include "transforms/member.h"

/* The latest related row that passes; of several of one day the first in its file. UINT32_MAX:
 * none. */
static uint32_t latest_row(struct evaluator *evaluator, const struct test *test, struct here here)
{
    struct related related = evaluator_related(evaluator, test, here, NULL);
    uint32_t latest = UINT32_MAX;
    for (uint32_t i = related.count; i > 0; i--) {
        uint32_t row = related.rows[i - 1];
        date_t dated = store_dated(related.table, row);
        if (dated > related.last_seen)
            continue;
        if (latest != UINT32_MAX && dated < store_dated(related.table, latest))
            break;
        if (test->left &&
            !evaluator_holds(evaluator, test->left, (struct here){related.table, row}, &here))
            continue;
        if (latest == UINT32_MAX ||
            origin_compare(&related.table->origins[row], &related.table->origins[latest]) < 0)
            latest = row;
    }
    return latest;
}

/* The child that a row names, as a row of its own. False when there is none. */
static bool to_child(const struct evaluator *evaluator, struct here *here)
{
    const struct table *children = evaluator->children;
    if (here->table == children)
        return true;
    int64_t child = row_names(here->table, here->row, children->dataset);
    here->row = store_resolve(evaluator->store, children->dataset, child, evaluator->month_end);
    here->table = children;
    return here->row != UINT32_MAX;
}

/* The member of a dimension that a row belongs to, NO_VALUE when to none. */
int64_t member_of(struct evaluator *evaluator, const struct dimension *dimension, struct here here)
{
    const struct dimension_line *line = dimension_line(dimension, here.table->dataset);
    bool own = line == &dimension->lines[here.table->dataset->number];
    if (!own && !to_child(evaluator, &here))
        return NO_VALUE;
    for (size_t m = 0; m < dimension->member_count; m++)
        if (evaluator_holds(evaluator, dimension->members[m].test, here, &here))
            return (int64_t)m;
    if (!line)
        return NO_VALUE;
    if (line->latest) {
        here = (struct here){store_table(evaluator->store, line->latest->relation.dataset),
                             latest_row(evaluator, line->latest, here)};
        if (here.row == UINT32_MAX)
            return NO_VALUE;
    }
    return evaluator_value(evaluator, &line->path, here, &here);
}

struct span member_name(const struct store *store, const struct dimension *dimension,
                        int64_t member)
{
    if (member == NO_VALUE)
        return SPAN("not recorded");
    if (dimension->member_count > 0)
        return span_of(dimension->members[member].name);
    if (dimension->of_flags)
        return member ? SPAN("yes") : SPAN("no");
    return store_category_name(store, member);
}
