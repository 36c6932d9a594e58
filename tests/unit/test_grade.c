/*
 * Rounding, change and rating, from displayed values.
 */
#include <criterion/criterion.h>

#include "transforms/grade.h"

static const char *shown(enum measure_unit unit, int64_t numerator, int64_t denominator)
{
    static char text[GRADE_TEXT_SIZE];
    struct indicator indicator = {.unit = unit};
    struct measure measure = {STATE_VALUE, numerator, denominator};
    grade_shown(&indicator, &measure, text);
    return text;
}

Test(grade, percentages_round_half_up)
{
    cr_assert_str_eq(shown(UNIT_PERCENT, 130000, 400000), "33%"); /* 13 of 40 is 32.5 */
    cr_assert_str_eq(shown(UNIT_PERCENT, 120000, 370000), "32%"); /* 12 of 37 is 32.43 */
    cr_assert_str_eq(shown(UNIT_PERCENT, 10000, 2000000), "1%");  /* 1 of 200 is 0.5 */
    cr_assert_str_eq(shown(UNIT_PERCENT, 0, 30000), "0%");
    cr_assert_str_eq(shown(UNIT_PERCENT, 1990000, 2000000), "100%"); /* 99.5 */
}

Test(grade, averages_round_half_up_to_one_decimal)
{
    cr_assert_str_eq(shown(UNIT_AVERAGE, 1625000, 100000), "16.3"); /* 162.5 over 10 is 16.25 */
    cr_assert_str_eq(shown(UNIT_AVERAGE, 160000, 10000), "16.0");
    cr_assert_str_eq(shown(UNIT_AVERAGE, 10000, 6000), "1.7"); /* one case, 0.6 of a worker */
}

static const char *change(enum measure_unit unit, decimal_t before, decimal_t now)
{
    static char text[GRADE_TEXT_SIZE];
    struct indicator indicator = {.unit = unit};
    grade_change(&indicator, before, now, text);
    return text;
}

Test(grade, change_is_between_displayed_values)
{
    cr_assert_str_eq(change(UNIT_PERCENT, 760000, 850000), "Up 9pp");
    cr_assert_str_eq(change(UNIT_PERCENT, 210000, 170000), "Down 4pp");
    cr_assert_str_eq(change(UNIT_PERCENT, 640000, 640000), "No change");
    cr_assert_str_eq(change(UNIT_AVERAGE, 162000, 160000), "Down 0.2");
    cr_assert_str_eq(change(UNIT_AVERAGE, 164000, 202000), "Up 3.8");
    cr_assert_str_eq(change(UNIT_NUMBER, 410000, 450000), "Up 4");
    cr_assert_str_eq(change(UNIT_NUMBER, NO_DECIMAL, 450000), "");
    cr_assert_str_eq(change(UNIT_NUMBER, 450000, NO_DECIMAL), "");
}

static const char *rag(bool lower_is_better, decimal_t target, decimal_t value)
{
    struct indicator indicator = {.lower_is_better = lower_is_better, .amber = 10 * DECIMAL_ONE};
    struct target aim = {.value = target};
    return rag_name(grade_rag(&indicator, &aim, value));
}

Test(grade, rating_at_its_edges)
{
    /* Target 95%: a miss of 9.5 points is the most that is Amber. */
    cr_assert_str_eq(rag(false, 950000, 950000), "Green");
    cr_assert_str_eq(rag(false, 950000, 940000), "Amber");
    cr_assert_str_eq(rag(false, 950000, 860000), "Amber");
    cr_assert_str_eq(rag(false, 950000, 850000), "Red");
    /* Target 20, the lower the better: 22.0 is Amber, 22.1 Red. */
    cr_assert_str_eq(rag(true, 200000, 200000), "Green");
    cr_assert_str_eq(rag(true, 200000, 202000), "Amber");
    cr_assert_str_eq(rag(true, 200000, 220000), "Amber");
    cr_assert_str_eq(rag(true, 200000, 221000), "Red");
    cr_assert_str_eq(rag(true, 200000, NO_DECIMAL), "Grey");
}

Test(grade, without_a_target_it_is_grey)
{
    struct indicator indicator = {0};
    cr_assert_eq(grade_rag(&indicator, NULL, 950000), RAG_GREY);
}

Test(grade, tolerance_can_be_an_amount)
{
    struct indicator indicator = {.amber = 5 * DECIMAL_ONE, .amber_is_amount = true};
    struct target aim = {.value = 95 * DECIMAL_ONE};
    cr_assert_eq(grade_rag(&indicator, &aim, 90 * DECIMAL_ONE), RAG_AMBER);
    cr_assert_eq(grade_rag(&indicator, &aim, 89 * DECIMAL_ONE), RAG_RED);
}

Test(grade, a_target_changes_with_its_month)
{
    const struct target targets[] = {{INT32_MIN, 800000, "80%"},
                                     {month_from_iso(SPAN("2019-04")), 950000, "95%"},
                                     {month_from_iso(SPAN("2020-01")), NO_DECIMAL, ""}};
    struct indicator indicator = {.targets = targets, .target_count = 3};
    cr_assert_null(indicator_target(&indicator, month_from_iso(SPAN("2020-01"))));
    cr_assert_eq(indicator_target(&indicator, month_from_iso(SPAN("2019-03")))->value, 800000);
    cr_assert_eq(indicator_target(&indicator, month_from_iso(SPAN("2019-04")))->value, 950000);
}
