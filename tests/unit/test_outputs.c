/*
 * What the overview says of an indicator, and where; the sheets that can be chosen.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "etl/config.h"
#include "outputs/highlights.h"
#include "outputs/workbook.h"
#include "world.h"

enum { MONTHS = 4 };

/* An indicator of four months up to July 2019; a negative value is none. */
struct story {
    struct report_indicator indicator;
    struct result results[MONTHS];
    struct report report;
};

static void tell(struct story *story, const char *better, const char *rag, const double *values)
{
    *story = (struct story){.indicator = {.code = "X",
                                          .title = "Percentage of x",
                                          .unit = "percent",
                                          .better = better,
                                          .on_scorecard = true,
                                          .results = story->results},
                            .report = {.last = 2019 * 12 + 6,
                                       .months = MONTHS,
                                       .indicators = &story->indicator,
                                       .indicator_count = 1}};
    for (int m = 0; m < MONTHS; m++)
        story->results[m] = (struct result){.state = values[m] < 0 ? "tbc" : "value",
                                            .value = values[m],
                                            .shown = "",
                                            .change = "",
                                            .has_target = true,
                                            .target = 0.9,
                                            .target_shown = "90%",
                                            .rag = rag};
}

/* What stands beside July where April was 50%, June 60%, and July has this state. */
static const char *course_of(const char *april, const char *july)
{
    static char words[TREND_TEXT_SIZE];
    struct story story;
    tell(&story, "high", "Red", (const double[]){0.50, 0.55, 0.60, 0.65});
    story.results[0].state = april;
    story.results[MONTHS - 1].state = july;
    struct trend trend = trend_of(&story.report, 0);
    trend_words(&story.report, 0, &trend, words);
    return words;
}

Test(trend, only_a_month_that_is_not_known_yet_is_stepped_over)
{
    cr_assert_str_eq(course_of("value", "value"), "\u25B2 better");
    /* June's course, against March: the report does not reach so far back. */
    cr_assert_str_eq(course_of("value", "tbc"), "");
    cr_assert_str_eq(course_of("value", "suppressed"), "");
    cr_assert_str_eq(course_of("value", "none"), "");
    struct story story;
    tell(&story, "high", "Grey", (const double[]){0.50, 0.55, 0.60, 0.65});
    story.results[MONTHS - 1].state = "suppressed";
    cr_assert_null(trend_of(&story.report, 0).now, "June stands for July");
    story.results[MONTHS - 1].state = "tbc";
    cr_assert_eq(trend_of(&story.report, 0).now, &story.results[MONTHS - 2]);
}

Test(trend, what_has_no_course_says_why)
{
    cr_assert_str_eq(course_of("none", "value"), "none in Apr-19");
    cr_assert_str_eq(course_of("suppressed", "value"), "c in Apr-19");
}

/* In which list it stands, by its title's first word. */
static const char *list_of(const char *better, const char *rag, double april, double may,
                           double june, double july)
{
    static const char *const words[] = {"well", "watch", "do better", "none"};
    struct story story;
    tell(&story, better, rag, (const double[]){april, may, june, july});
    return words[highlight_of(&story.report, 0)];
}

Test(highlights, green_is_going_well_unless_it_gets_worse)
{
    cr_assert_str_eq(list_of("high", "Green", 0.92, 0.92, 0.92, 0.92), "well");
    cr_assert_str_eq(list_of("high", "Green", 0.96, 0.95, 0.94, 0.93), "watch");
    /* Worse than in April, but better than in June: it is turning. */
    cr_assert_str_eq(list_of("high", "Green", 0.96, 0.92, 0.92, 0.93), "well");
    /* Where low is better, more is worse. */
    cr_assert_str_eq(list_of("low", "Green", 0.70, 0.75, 0.80, 0.85), "watch");
    cr_assert_str_eq(list_of("low", "Green", 0.85, 0.80, 0.75, 0.70), "well");
}

Test(highlights, amber_and_red_move_up_a_list_when_they_get_better)
{
    cr_assert_str_eq(list_of("high", "Amber", 0.85, 0.85, 0.85, 0.85), "watch");
    cr_assert_str_eq(list_of("high", "Amber", 0.82, 0.84, 0.86, 0.88), "well");
    cr_assert_str_eq(list_of("high", "Red", 0.50, 0.50, 0.50, 0.50), "do better");
    cr_assert_str_eq(list_of("high", "Red", 0.40, 0.45, 0.50, 0.55), "watch");
    /* Up on the month before, but down on three months before: not better. */
    cr_assert_str_eq(list_of("high", "Red", 0.85, 0.70, 0.65, 0.69), "do better");
    cr_assert_str_eq(list_of("low", "Red", 0.40, 0.45, 0.50, 0.55), "do better");
}

Test(highlights, without_a_value_three_months_before_the_change_decides)
{
    cr_assert_str_eq(list_of("high", "Red", -1, -1, 0.50, 0.55), "watch");
    cr_assert_str_eq(list_of("high", "Red", -1, -1, 0.55, 0.55), "do better");
    cr_assert_str_eq(list_of("high", "Green", -1, -1, 0.95, 0.93), "watch");
    /* One that settles late is judged by its latest known month: April is three before July. */
    cr_assert_str_eq(list_of("high", "Red", 0.40, 0.45, 0.50, -1), "watch");
}

Test(highlights, what_is_not_rated_stands_in_no_list)
{
    cr_assert_str_eq(list_of("high", "Grey", 0.40, 0.45, 0.50, 0.55), "none");
}

Test(highlights, lists_are_cut_at_their_length_with_the_heaviest_first)
{
    struct result results[3];
    struct report_indicator indicators[3];
    size_t chosen[2];
    const double values[] = {0.80, 0.50, 0.70}; /* missed by 10, 40 and 20 of 90 */
    for (int i = 0; i < 3; i++) {
        results[i] = (struct result){
            .state = "value", .value = values[i], .has_target = true, .target = 0.9, .rag = "Red"};
        indicators[i] = (struct report_indicator){
            .unit = "percent", .better = "high", .on_scorecard = true, .results = &results[i]};
    }
    struct report report = {
        .last = 2019 * 12 + 6, .months = 1, .indicators = indicators, .indicator_count = 3};
    cr_assert_eq(highlight_list(&report, HIGHLIGHT_DO_BETTER, chosen, 2), 3);
    cr_assert_eq(chosen[0], 1);
    cr_assert_eq(chosen[1], 2);
}

Test(highlights, an_overdue_action_is_one_that_is_not_done)
{
    struct report report = {.as_at = date_from_parts(2019, 8, 13)};
    struct report_comment action = {
        .action = true, .status = "ongoing", .due = date_from_parts(2019, 8, 12)};
    cr_assert(comment_is_overdue(&report, &action));
    action.status = "Completed";
    cr_assert_not(comment_is_overdue(&report, &action));
    action.status = "ongoing";
    action.due = report.as_at;
    cr_assert_not(comment_is_overdue(&report, &action), "it is due today");
    action.due = NO_DATE;
    cr_assert_not(comment_is_overdue(&report, &action));
}

/* Every sheet that the workbook has can be chosen: config.c and workbook.c name the same. */
Test(workbook, every_sheet_can_be_chosen)
{
    char here[4096], text[8192];
    size_t used = 0;
    cr_assert(getcwd(here, sizeof here));
    used += (size_t)snprintf(text, sizeof text,
                             "[data]\ndatasets = %.3000s/etl/datasets.ini\n[workbooks]\n"
                             "performance = none",
                             here);
    for (size_t s = 0; workbook_sheet_name(s); s++)
        used += (size_t)snprintf(text + used, sizeof text - used, ", %s", workbook_sheet_name(s));
    snprintf(text + used, sizeof text - used, "\n");
    struct config config;
    struct problems problems = {0};
    struct error error = {0};
    cr_assert_eq(config_load(&config, temporary_file("p.conf", text), &problems, &error), 0);
    cr_assert_eq(problems.count, 0, "%s", problems.lines.text);
    problems_free(&problems);
    config_free(&config);
}
