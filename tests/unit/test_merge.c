/*
 * Rows of one key: which is kept, what completes it and what is noted, in every order of the rows.
 */
#include <criterion/criterion.h>
#include <stdio.h>

#include "world.h"

enum { MOST_LINES = 4, RESULT_SIZE = 512 };

/* What became of the lines of one table, as "numerator/denominator shown; kinds of merge by row of
 * the first order". */
static void merged(const char *definition, const char *header, const char *const *lines,
                   const size_t *order, size_t count, char *result)
{
    char rows[1024];
    int used = snprintf(rows, sizeof rows, "%s\n", header);
    for (size_t i = 0; i < count; i++)
        used +=
            snprintf(rows + used, sizeof rows - (size_t)used, "%s\n", lines[order ? order[i] : i]);
    struct world world;
    world_define(&world, definition);
    world_fill(&world, rows, "2019-08-01");
    used = snprintf(result, RESULT_SIZE, "%s;", world_measure(&world, "X", "2019-07"));
    static const char *const kinds[] = {"alike", "conflict", "completed"};
    for (size_t line = 0; line < count; line++)
        for (size_t m = 0; m < world.store.merge_count; m++)
            if ((order ? order[world.store.merges[m].origin.row - 1]
                       : world.store.merges[m].origin.row - 1) == line)
                used += snprintf(result + used, RESULT_SIZE - (size_t)used, " %zu:%s", line,
                                 kinds[world.store.merges[m].kind]);
    world_free(&world);
}

/* The same from every order of the lines. */
static void expect_merged(const char *definition, const char *header, const char *const *lines,
                          size_t count, const char *expected)
{
    char result[RESULT_SIZE];
    size_t order[MOST_LINES];
    size_t orders = 1;
    for (size_t i = 2; i <= count; i++)
        orders *= i;
    for (size_t o = 0; o < orders; o++) {
        size_t left[MOST_LINES] = {0, 1, 2, 3};
        size_t rest = o;
        for (size_t i = 0; i < count; i++) {
            size_t chosen = rest % (count - i);
            rest /= count - i;
            order[i] = left[chosen];
            memmove(left + chosen, left + chosen + 1, (count - i - chosen - 1) * sizeof *left);
        }
        merged(definition, header, lines, order, count, result);
        cr_assert_str_eq(result, expected, "order %zu: %s", o, result);
    }
}

static const char adults[] = "[X]\nsection = x\ntitle = x\ncount = child\nwhen = always\n"
                             "where = gender is F\nmet = age >= 18\n";

Test(merge, a_child_is_completed_by_the_better_list_first)
{
    /* The row with most values lacks the date of birth; two others give different ones: the fuller
     * of them is believed, and the other is a conflict. A program that completes in the order of
     * the rows has the child born in 2010 half of the time. */
    static const char *const lines[] = {
        "c1 _ F white no no",
        "c1 2000-01-01 F _ no _",
        "c1 2010-01-01 _ _ _ _",
    };
    expect_merged(adults,
                  "child child:id born:date gender:category ethnicity:category disabled:flag "
                  "uasc:flag",
                  lines, 3, "1/1 100%; 1:completed 2:conflict");
}

static const char interviewed[] = "[X]\nsection = x\ntitle = x\ncount = missing_episode\n"
                                  "when = started in month\nmet = rhi_completed is set\n";

Test(merge, duplicates_and_conflicts_are_told_apart)
{
    /* Two rows alike and a fuller one: one conflict with it, one duplicate. A program that compares
     * with whatever it kept so far finds two conflicts in one order and one in another. The earlier
     * of the rows that are alike is the one that conflicts, so only counts can be compared. */
    static const char *const lines[] = {
        "1 c1 missing 2019-07-01 _",
        "1 c1 missing 2019-07-01 _",
        "1 c1 missing 2019-07-01 2019-07-09",
    };
    const size_t orders[][3] = {{0, 1, 2}, {0, 2, 1}, {2, 0, 1}};
    for (size_t o = 0; o < 3; o++) {
        char result[RESULT_SIZE];
        merged(interviewed,
               "missing_episode episode:id child:child kind:category started:time "
               "rhi_completed:date",
               lines, orders[o], 3, result);
        cr_assert_str_eq(result, "1/1 100%; 0:conflict 1:alike", "order %zu: %s", o, result);
    }
}

Test(merge, the_first_in_text_order_decides_last)
{
    static const char *const lines[] = {
        "1 c1 missing 2019-07-02 2019-07-09",
        "1 c1 missing 2019-06-30 2019-07-09",
        "1 c1 away 2019-07-09 2019-07-10",
    };
    expect_merged("[X]\nsection = x\ntitle = x\ncount = missing_episode\n"
                  "when = started in month\nmet = kind is away\n",
                  "missing_episode episode:id child:child kind:category started:time "
                  "rhi_completed:date",
                  lines, 3, "1/1 100%; 0:conflict 1:conflict");
}

Test(merge, of_two_spells_the_one_that_ends_later_is_kept)
{
    static const char *const lines[] = {
        "c1 2019-01-01 2019-06-30 need",
        "c1 2019-01-01 _ _",
        "c1 2019-01-01 2019-07-30 need",
    };
    expect_merged("[X]\nsection = x\ntitle = x\ncount = care_period\nwhen = open\n",
                  "care_period child:child started:date ended:date category_of_need:category",
                  lines, 3, "1 1; 0:conflict 2:conflict");
}
