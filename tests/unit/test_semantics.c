/*
 * The sentences that hold everywhere: time, what is seen, missing values, values. Each test says
 * which wrong program it catches.
 */
#include <criterion/criterion.h>

#include "world.h"

#define MEASURES(expected, definition, tables, month)                                              \
    cr_assert_str_eq(measured(definition, tables, "2019-12-31", month), expected)

/* ---- working days ---- */

static const char assessed[] = "count = assessment\nwhen = authorised in month\n"
                               "met = authorised within 3 working days after started\n";

Test(semantics, working_days_over_easter)
{
    /* Easter 2019: Good Friday 19 April, Monday 22 April. Thursday 18 + 3 working days: Tuesday 23,
     * Wednesday 24, Thursday 25. A program that counts weekdays only has Tuesday 23 as the third.
     */
    MEASURES("1/2 50%", assessed,
             "assessment assessment:id child:child started:date authorised:date\n"
             "a1 c1 2019-04-18 2019-04-25\n"
             "a2 c2 2019-04-18 2019-04-26\n",
             "2019-04");
}

Test(semantics, working_days_over_christmas)
{
    /* 24 December 2018 + 3: 27, 28 and 31 December. */
    MEASURES("1/1 100%", assessed,
             "assessment assessment:id child:child started:date authorised:date\n"
             "a1 c1 2018-12-24 2018-12-31\n",
             "2018-12");
    /* + 3 from 25 December: 27, 28, 31; 1 January is a holiday, so 2 January is late. */
    MEASURES("0/1 0%", assessed,
             "assessment assessment:id child:child started:date authorised:date\n"
             "a1 c1 2018-12-25 2019-01-02\n",
             "2019-01");
}

Test(semantics, working_day_zero_is_the_day_itself)
{
    /* A Saturday: day 0 is that Saturday; done on the Sunday is late. */
    MEASURES("1/2 50%",
             "count = assessment\nwhen = authorised in month\n"
             "met = authorised within 0 working days after started\n",
             "assessment assessment:id child:child started:date authorised:date\n"
             "a1 c1 2019-07-06 2019-07-06\n"
             "a2 c2 2019-07-06 2019-07-07\n",
             "2019-07");
}

Test(semantics, saturday_after_a_due_friday_is_late)
{
    /* Tuesday 2 July + 3 = Friday 5 July. A program that rolls a weekend back has Saturday in time.
     */
    MEASURES("1/2 50%", assessed,
             "assessment assessment:id child:child started:date authorised:date\n"
             "a1 c1 2019-07-02 2019-07-05\n"
             "a2 c2 2019-07-02 2019-07-06\n",
             "2019-07");
}

Test(semantics, year_outside_the_holidays_is_an_error)
{
    cr_assert_str_eq(
        measured(assessed,
                 "assessment assessment:id child:child started:date authorised:date\n"
                 "a1 c1 1949-04-18 2019-04-25\n",
                 "2019-12-31", "2019-04"),
        "error: X: 'test.csv' row 1: working days are counted outside the years of the "
        "bank-holiday table (2010 to 2027): correct the date, or extend the table");
}

/* ---- months, days, weeks, years ---- */

static const char assessed_again[] =
    "count = child\nwhen = always\nmet = any missing_risk_assessment (completed within 3 months)\n";

Test(semantics, months_are_clipped_at_month_ends)
{
    /* On 30 June a date of 30 March is within three months and 29 March is not: 90 days would take
     * 1 April; "the same day three months before" of 31 March + 3 is 30 June too. */
    MEASURES("2/3 67%", assessed_again,
             "missing_risk_assessment child:child completed:date\n"
             "c1 2019-03-30\n"
             "c2 2019-03-29\n"
             "c3 2019-03-31\n",
             "2019-06");
    /* 30 November + 3 months is 28 February, R itself; 29 November + 3 months too; 27 is not. */
    MEASURES("2/3 67%", assessed_again,
             "missing_risk_assessment child:child completed:date\n"
             "c1 2018-11-30\n"
             "c2 2018-11-28\n"
             "c3 2018-11-27\n",
             "2019-02");
}

Test(semantics, days_include_the_last)
{
    MEASURES("1/2 50%",
             "count = child\nwhen = always\nmet = any supervision (held within 28 days)\n",
             "supervision child:child worker:worker held:date\n"
             "c1 w 2019-07-03\n"
             "c2 w 2019-07-02\n",
             "2019-07");
}

Test(semantics, weeks_and_years)
{
    MEASURES("1/2 50%",
             "count = child\nwhen = always\nmet = any supervision (held within 6 weeks)\n",
             "supervision child:child worker:worker held:date\n"
             "c1 w 2019-06-19\n"
             "c2 w 2019-06-18\n",
             "2019-07");
    MEASURES("1/2 50%",
             "count = child\nwhen = always\nmet = any supervision (held within 1 year)\n",
             "supervision child:child worker:worker held:date\n"
             "c1 w 2018-07-31\n"
             "c2 w 2018-07-30\n",
             "2019-07");
}

/* ---- hours ---- */

static const char actioned[] = "count = contact\nwhen = received in month\n"
                               "met = actioned within 24 hours after received\n";

Test(semantics, hours_run_on_the_wall_clock)
{
    MEASURES("1/3 33%", actioned,
             "contact contact:id child:child received:time actioned:time\n"
             "k1 c1 2019-07-01T10:00 2019-07-02T10:00\n"
             "k2 c2 2019-07-01T10:00 2019-07-02T10:01\n"
             "k3 c3 2019-07-01T10:00 2019-07-01T09:59\n",
             "2019-07");
}

Test(semantics, a_date_without_a_time_is_in_time_through_its_last_day)
{
    MEASURES("2/4 50%", actioned,
             "contact contact:id child:child received:time actioned:time\n"
             "k1 c1 2019-07-01T10:00 2019-07-02\n"
             "k2 c2 2019-07-01 2019-07-02T23:00\n"
             "k3 c3 2019-07-01T10:00 2019-07-03\n"
             "k4 c4 2019-07-01 2019-07-03T00:30\n",
             "2019-07");
}

/* ---- age ---- */

Test(semantics, age_of_a_leap_day_and_before_birth)
{
    /* Born 29 February 2016: 3 on 28 February 2019, 4 in March 2020. */
    MEASURES("1 1", "count = child\nwhen = always\nwhere = age = 2\n",
             "child child:id born:date\n"
             "c1 2016-02-29\n"
             "c2 _\n",
             "2019-02");
    MEASURES("1 1", "count = child\nwhen = always\nwhere = age = 3\n",
             "child child:id born:date\n"
             "c1 2016-02-29\n",
             "2019-03");
    /* Not yet born on R: the age is negative, so neither 0 nor more. */
    MEASURES("1 1", "count = child\nwhen = always\nwhere = age < 0\n",
             "child child:id born:date\n"
             "c1 2019-10-01\n"
             "c2 _\n",
             "2019-07");
}

/* ---- what is seen ---- */

Test(semantics, open_and_closed_on_the_last_day)
{
    /* Opened on R counts, closed on R does not, closed the day after does; 2100 and later is no
     * end; an end of 31 December 2099 is one. */
    MEASURES("4 4", "count = care_period\nwhen = open\n",
             "care_period child:child started:date ended:date\n"
             "c1 2019-07-31 _\n"
             "c2 2019-01-01 2019-07-31\n"
             "c3 2019-01-01 2019-08-01\n"
             "c4 2019-01-01 2299-12-31\n"
             "c5 2019-08-01 _\n"
             "c6 2019-01-01 2099-12-31\n",
             "2019-07");
}

Test(semantics, an_end_of_2100_or_later_is_none)
{
    MEASURES("2 2", "count = care_period\nwhen = open\nwhere = ended is not set\n",
             "care_period child:child started:date ended:date\n"
             "c1 2019-01-01 _\n"
             "c2 2019-01-01 2299-12-31\n"
             "c3 2019-01-01 2099-12-31\n",
             "2019-07");
}

Test(semantics, rows_after_the_month_are_invisible)
{
    /* A supervision of August does not put July right; one dated R does. */
    MEASURES("1/2 50%", "count = child\nwhen = always\nmet = any supervision (held <= held)\n",
             "supervision child:child worker:worker held:date\n"
             "c1 w 2019-07-31\n"
             "c2 w 2019-08-01\n",
             "2019-07");
}

Test(semantics, an_anchored_window_reaches_to_the_as_at_date)
{
    /* A referral of July is answered by an assessment of August, unless it starts after the as-at
     * date; without the anchor August stays invisible. */
    static const char answered[] = "count = referral\nwhen = received in month\n"
                                   "met = any assessment (started within 30 days after "
                                   "this.received)\n";
    static const char rows[] = "referral referral:id child:child received:date\n"
                               "r1 c1 2019-07-20\n"
                               "r2 c2 2019-07-20\n"
                               "r3 c3 2019-07-20\n"
                               "\n"
                               "assessment assessment:id child:child started:date\n"
                               "a1 c1 2019-08-19\n"
                               "a2 c2 2019-08-20\n"
                               "a3 c3 2019-07-19\n";
    cr_assert_str_eq(measured(answered, rows, "2019-12-31", "2019-07"), "1/3 33%");
    cr_assert_str_eq(measured(answered, rows, "2019-08-18", "2019-07"), "0/3 0%");
    MEASURES("0/3 0%",
             "count = referral\nwhen = received in month\nmet = any assessment (started > "
             "this.received)\n",
             rows, "2019-07");
}

Test(semantics, a_visible_row_is_seen_whole)
{
    /* Completed after R: the interview still counts, unless the definition says by month end. */
    static const char rows[] =
        "missing_episode episode:id child:child kind:category started:time found:time "
        "rhi_completed:date\n"
        "1 c1 missing 2019-07-30 2019-07-31 2019-08-05\n"
        "2 c2 missing 2019-07-30 2019-07-31 2019-07-31\n";
    MEASURES("2/2 100%",
             "count = missing_episode\nwhen = found in month\nmet = rhi_completed is set\n", rows,
             "2019-07");
    MEASURES("1/2 50%",
             "count = missing_episode\nwhen = found in month\nmet = rhi_completed by month end\n",
             rows, "2019-07");
}

Test(semantics, the_subject_never_answers_its_own_test)
{
    static const char again[] = "count = referral\nwhen = received in month\n"
                                "met = any referral (received within 12 months before "
                                "this.received)\n";
    MEASURES("1/3 33%", again,
             "referral referral:id child:child received:date\n"
             "r1 c1 2019-07-20\n"
             "r2 c2 2019-07-20\n"
             "r3 c2 2019-07-19\n",
             "2019-07");
}

Test(semantics, references_resolve_to_the_spell_of_the_day)
{
    /* A worker's hours: the spell open on R, else the latest before R, else the first. */
    static const char hours[] = "count = allocation\nwhen = open\neach = child\nper = worker.fte\n";
    static const char rows[] = "allocation child:child worker:worker started:date\n"
                               "c1 w1 2019-01-01\n"
                               "c2 w1 2019-01-01\n"
                               "c3 w2 2019-01-01\n"
                               "\n"
                               "worker worker:id fte:number started:date ended:date\n"
                               "w1 1 2018-01-01 2019-06-01\n"
                               "w1 0.5 2019-06-01 _\n"
                               "w2 0.6 2019-01-01 2019-02-01\n";
    MEASURES("3/1.6 1.9", hours, rows, "2019-05");
    MEASURES("3/1.1 2.7", hours, rows, "2019-06");
    MEASURES("3/1.6 1.9", hours,
             "allocation child:child worker:worker started:date\n"
             "c1 w1 2019-01-01\nc2 w1 2019-01-01\nc3 w2 2019-01-01\n\n"
             "worker worker:id fte:number started:date\n"
             "w1 1 2019-09-01\nw2 0.6 2019-09-01\nw1 0.2 2019-10-01\n",
             "2019-05");
}

Test(semantics, a_month_that_has_not_ended_is_refused)
{
    cr_assert_str_eq(
        measured("count = child\nwhen = always\n", "child child:id\nc1\n", "2019-07-30", "2019-07"),
        "error: July 2019 has not ended at the as-at date 2019-07-30: choose an "
        "earlier month or later exports");
    cr_assert_str_eq(
        measured("count = child\nwhen = always\n", "child child:id\nc1\n", "2019-07-31", "2019-07"),
        "1 1");
}

/* ---- missing values ---- */

Test(semantics, logic_is_two_valued)
{
    /* A blank is not yes; it is no value either. */
    static const char rows[] = "cp_plan plan:id child:child started:date other_authority:flag\n"
                               "p1 c1 2019-01-01 yes\n"
                               "p2 c2 2019-01-01 no\n"
                               "p3 c3 2019-01-01 _\n";
    MEASURES("2 2", "count = cp_plan\nwhen = open\nwhere = other_authority is not yes\n", rows,
             "2019-07");
    MEASURES("1 1", "count = cp_plan\nwhen = open\nwhere = other_authority is no\n", rows,
             "2019-07");
    MEASURES("2 2", "count = cp_plan\nwhen = open\nwhere = not other_authority\n", rows, "2019-07");
    MEASURES("1 1", "count = cp_plan\nwhen = open\nwhere = other_authority is not set\n", rows,
             "2019-07");
}

Test(semantics, a_review_not_held_was_not_held_by_month_end)
{
    MEASURES("1 1", "count = review\nwhen = due in month\nwhere = not held by month end\n",
             "review child:child kind:category due:date held:date\n"
             "c1 cin 2019-07-10 _\n"
             "c2 cin 2019-07-10 2019-07-11\n",
             "2019-07");
}

Test(semantics, a_missing_weight_leaves_both_sides)
{
    MEASURES("0.5/1.5 33%", "count = post\nwhen = open\nweight = fte\nmet = vacant\n",
             "post post:id opened:date fte:number vacant:flag\n"
             "1 2019-01-01 0.5 yes\n"
             "2 2019-01-01 1 no\n"
             "3 2019-01-01 _ yes\n",
             "2019-07");
}

Test(semantics, a_worker_in_no_list_leaves_both_sides)
{
    MEASURES("1/1 1.0", "count = allocation\nwhen = open\neach = child\nper = worker.fte\n",
             "allocation child:child worker:worker started:date\n"
             "c1 w1 2019-01-01\n"
             "c2 w9 2019-01-01\n"
             "\n"
             "worker worker:id fte:number started:date\n"
             "w1 1 2018-01-01\n"
             "w2 1 2018-01-01\n",
             "2019-07");
}

Test(semantics, a_child_in_no_list_exists)
{
    MEASURES("2 2", "count = child\nwhen = always\n",
             "child child:id\nc1\n\nsupervision child:child held:date\nc2 2019-07-01\n", "2019-07");
}

/* ---- values ---- */

Test(semantics, distinct_children_for_each_worker)
{
    /* c1 is held by two workers: two cases. Twice by one: one case. */
    MEASURES("3/2 1.5", "count = allocation\nwhen = open\neach = child\nper = worker.fte\n",
             "allocation child:child worker:worker role:category started:date\n"
             "c1 w1 a 2019-01-01\n"
             "c1 w1 b 2019-01-01\n"
             "c1 w2 a 2019-01-01\n"
             "c2 w2 a 2019-01-01\n"
             "\n"
             "worker worker:id fte:number started:date\n"
             "w1 1 2018-01-01\n"
             "w2 1 2018-01-01\n",
             "2019-07");
}

Test(semantics, each_meets_when_all_its_rows_meet)
{
    MEASURES("1/2 50%",
             "count = conference\nwhen = held in month\neach = child\n"
             "met = held within 15 working days after strategy_discussed\n",
             "conference child:child held:date kind:category strategy_discussed:date\n"
             "c1 2019-07-20 initial 2019-07-10\n"
             "c1 2019-07-21 review 2019-01-10\n"
             "c2 2019-07-20 initial 2019-07-10\n",
             "2019-07");
}

Test(semantics, nothing_counted_is_no_value_but_a_count_of_nothing_is_zero)
{
    MEASURES("0/0 -", "count = visit\nwhen = held in month\nmet = seen\n", "child child:id\nc1\n",
             "2019-07");
    MEASURES("0 0", "count = visit\nwhen = held in month\n", "child child:id\nc1\n", "2019-07");
    MEASURES("0/0 -", "count = allocation\nwhen = open\nper = worker.fte\n", "child child:id\nc1\n",
             "2019-07");
}

Test(semantics, settles_and_from)
{
    /* 31 July 2019 + 20 working days is 29 August: 26 August is a bank holiday. */
    static const char settling[] = "count = visit\nwhen = held in month\nmet = seen\n"
                                   "settles = 20 working days\nfrom = 2019-06\n";
    static const char rows[] = "visit child:child held:date seen:flag\nc1 2019-07-02 yes\n";
    cr_assert_str_eq(measured(settling, rows, "2019-08-28", "2019-07"), "TBC *");
    cr_assert_str_eq(measured(settling, rows, "2019-08-29", "2019-07"), "1/1 100%");
    cr_assert_str_eq(measured(settling, rows, "2019-08-29", "2019-06"), "0/0 -");
    cr_assert_str_eq(measured(settling, rows, "2019-08-29", "2019-05"), "blank");
}

Test(semantics, year_to_date_begins_in_april)
{
    static const char rows[] = "birthday_status child:child birthday_age:number birthday:date\n"
                               "c1 17 2019-03-31\n"
                               "c2 17 2019-04-01\n"
                               "c3 17 2019-07-31\n"
                               "c4 17 2019-08-01\n";
    static const char birthdays[] = "count = birthday_status\nwhen = birthday in year to date\n";
    MEASURES("2 2", birthdays, rows, "2019-07");
    MEASURES("1 1", birthdays, rows, "2019-03");
    MEASURES("1 1", birthdays, rows, "2019-04");
}

Test(semantics, last_months_end_with_this_one)
{
    MEASURES("2 2", "count = visit\nwhen = held in last 3 months\n",
             "visit child:child held:date\n"
             "c1 2019-05-01\n"
             "c2 2019-04-30\n"
             "c3 2019-07-31\n"
             "c4 2019-08-01\n",
             "2019-07");
}

Test(semantics, latest_row_decides)
{
    /* The latest of those that pass the first test; cancelled reviews do not; of two on one day,
     * one that passes is enough. */
    static const char reviewed[] =
        "count = child\nwhen = always\n"
        "met = latest review (kind is cin and cancelled is not yes and due by month end) "
        "is (held <= due)\n";
    MEASURES("2/4 50%", reviewed,
             "review child:child kind:category due:date held:date cancelled:flag\n"
             "c1 cin 2019-06-01 2019-06-09 _\n"
             "c1 cin 2019-07-01 2019-07-01 no\n"
             "c2 cin 2019-06-01 2019-06-01 _\n"
             "c2 cin 2019-07-01 2019-07-09 _\n"
             "c2 cin 2019-07-20 2019-07-20 yes\n"
             "c3 cin 2019-07-01 _ _\n"
             "c4 cin 2019-07-10 2019-07-12 _\n"
             "c4 cin 2019-07-10 2019-07-10 _\n",
             "2019-07");
}

Test(semantics, at_least_counts_rows)
{
    static const char repeat[] =
        "count = child\nwhen = always\n"
        "where = at least 3 missing_episode (kind is missing and started in month)\n";
    MEASURES("1 1", repeat,
             "missing_episode episode:id child:child kind:category started:time\n"
             "1 c1 missing 2019-07-01\n"
             "2 c1 missing 2019-07-02\n"
             "3 c1 missing 2019-07-31T23:59\n"
             "4 c2 missing 2019-07-01\n"
             "5 c2 missing 2019-07-02\n"
             "6 c2 away 2019-07-03\n"
             "7 c3 missing 2019-06-30T23:59\n"
             "8 c3 missing 2019-07-01\n"
             "9 c3 missing 2019-07-02\n",
             "2019-07");
}

Test(semantics, open_for_counts_from_the_opening_to_the_month_end)
{
    MEASURES("1 1", "count = care_period\nwhen = open\nwhere = open for at least 12 months\n",
             "care_period child:child started:date\n"
             "c1 2018-07-31\n"
             "c2 2018-08-01\n",
             "2019-07");
}

Test(semantics, pools_add_numerators_and_denominators)
{
    struct world world;
    world_define(&world,
                 "[defaults]\nsection = x\ntitle = x\n"
                 "[T]\npool = A, B\n"
                 "[A]\ncount = visit\nwhen = held in month\nwhere = kind is cin\nmet = seen\n"
                 "[B]\ncount = visit\nwhen = held in month\nwhere = kind is cp\nmet = seen\n");
    world_fill(&world,
               "visit child:child kind:category held:date seen:flag\n"
               "c1 cin 2019-07-01 yes\n"
               "c2 cp 2019-07-01 no\n"
               "c3 cp 2019-07-01 no\n",
               "2019-08-01");
    /* The mean of 100% and 0% would be 50%. */
    cr_assert_str_eq(world_measure(&world, "T", "2019-07"), "1/3 33%");
    world_free(&world);
}

Test(semantics, merging_keeps_the_better_row)
{
    struct world world;
    world_define(&world, "[X]\nsection = x\ntitle = x\ncount = missing_episode\n"
                         "when = started in month\nmet = rhi_completed is set\n");
    world_fill(&world,
               "missing_episode episode:id child:child kind:category started:time "
               "rhi_completed:date\n"
               "1 c1 missing 2019-07-01 _\n"
               "1 c1 missing 2019-07-01 2019-07-09\n" /* more values: kept */
               "2 c1 missing 2019-07-02 2019-07-09\n"
               "2 c1 missing 2019-07-02 2019-07-09\n" /* alike */
               "3 c1 missing 2019-07-03 _\n",
               "2019-08-01");
    cr_assert_str_eq(world_measure(&world, "X", "2019-07"), "2/3 67%");
    cr_assert_eq(world.store.merge_count, 2);
    cr_assert_eq(world.store.merges[0].kind, MERGE_CONFLICT);
    cr_assert_eq(world.store.merges[0].origin.row, 1);
    cr_assert_eq(world.store.merges[1].kind, MERGE_ALIKE);
    cr_assert_eq(world.store.merges[1].origin.row, 4);
    world_free(&world);
}

Test(semantics, members_of_a_dimension_add_up)
{
    struct world world;
    world_define(&world, "[dimension kind]\nvisit = kind\n"
                         "[X]\nsection = x\ntitle = x\ncount = visit\nwhen = held in month\n"
                         "met = seen\nby = kind\n");
    world_fill(&world,
               "visit child:child kind:category held:date seen:flag\n"
               "c1 cin 2019-07-01 yes\n"
               "c2 CIN 2019-07-01 no\n"
               "c3 cp 2019-07-01 yes\n"
               "c4 _ 2019-07-01 no\n"
               "c5 cp 2019-06-01 no\n",
               "2019-08-01");
    cr_assert_str_eq(world_parts(&world, "X", "2019-07"),
                     "CIN 1/2 50%; cp 1/1 100%; not recorded 0/1 0%"); /* two spellings are one */
    cr_assert_str_eq(world_measure(&world, "X", "2019-07"), "2/4 50%");
    world_free(&world);
}

Test(semantics, each_dimension_tells_its_own_parts_apart)
{
    struct world world;
    world_define(&world, "[dimension kind]\nvisit = kind\n[dimension gender]\nchild = gender\n"
                         "[dimension seen]\nvisit = seen\n"
                         "[defaults]\nsection = x\ncount = visit\nwhen = held in month\n"
                         "[X]\ntitle = x\neach = child\nmet = seen\nby = kind, gender, seen\n"
                         "[Y]\ntitle = y\nby = gender, kind\n");
    world_fill(&world,
               "child child:id gender:category\nc1 F\nc2 M\nc3 F\n\n"
               "visit child:child kind:category held:date seen:flag\n"
               "c1 cin 2019-07-01 yes\nc1 cin 2019-07-02 no\nc1 cp 2019-07-03 yes\n"
               "c2 cp 2019-07-04 yes\nc3 _ 2019-07-05 no\n",
               "2019-08-01");
    /* A child meets the test when all the visits of the part do: c1 does among those of a plan and
     * those that were seen, not among the girls. */
    static const char by_three[] = "cin 0/1 0%; cp 2/2 100%; not recorded 0/1 0%"
                                   " | F 0/2 0%; M 1/1 100% | no 0/2 0%; yes 2/2 100%";
    cr_assert_str_eq(world_parts(&world, "X", "2019-07"), by_three);
    cr_assert_str_eq(world_parts(&world, "Y", "2019-07"),
                     "F 4 4; M 1 1 | cin 2 2; cp 2 2; not recorded 1 1");
    cr_assert_str_eq(world_parts(&world, "X", "2019-06"), "");
    cr_assert_str_eq(world_parts(&world, "X", "2019-07"), by_three);
    world_free(&world);
}

Test(semantics, a_dimension_may_be_of_the_child_and_of_its_latest_open_row)
{
    struct world world;
    world_define(&world,
                 "[dimension gender]\nchild = gender\n"
                 "[dimension placement]\nchild = latest placement (open) kind\n"
                 "[defaults]\nsection = x\ncount = missing_episode\nwhen = started in month\n"
                 "[X]\ntitle = x\neach = child\nby = gender\n"
                 "[Y]\ntitle = y\nby = placement\n");
    world_fill(&world,
               "child child:id gender:category\nc1 F\nc2 M\nc3 F\n\n"
               "placement child:child started:date ended:date kind:category\n"
               "c1 2019-01-01 2019-07-10 U1\n"
               "c1 2019-07-10 2019-08-02 K2\n" /* open on 31 July: the one before has ended */
               "c1 2019-08-02 _ U4\n"          /* not seen yet */
               "c2 2019-01-01 2019-07-31 U1\n" /* closed on the day is not open */
               "\n"
               "missing_episode episode:id child:child started:time\n"
               "e1 c1 2019-07-01\ne2 c1 2019-07-02\ne3 c2 2019-07-03\ne4 c9 2019-07-04\n",
               "2019-12-31");
    /* Distinct within each part: c1's two episodes are one child. */
    cr_assert_str_eq(world_parts(&world, "X", "2019-07"), "F 1 1; M 1 1; not recorded 1 1");
    cr_assert_str_eq(world_parts(&world, "Y", "2019-07"), "K2 2 2; not recorded 2 2");
    world_free(&world);
}

Test(semantics, the_members_of_a_dimension_may_be_tests)
{
    struct world world;
    world_define(&world, "[group g]\nwhere = any visit (held in month)\n"
                         "[dimension age]\nmember under 5 = age < 5\nmember 5 to 9 = age <= 9\n"
                         "member 10 and over = age >= 10\n"
                         "[dimension again]\nmember again = in g the month before\n"
                         "member new = not in g the month before\n"
                         "[X]\ntitle = x\nsection = x\ncount = child\nwhen = always\n"
                         "where = in g\nby = age\n"
                         "[Y]\ntitle = y\nsection = x\ncount = visit\nwhen = held in month\n"
                         "by = again\n");
    world_fill(&world,
               "child child:id born:date\nc1 2014-08-01\nc2 2014-07-31\nc3 2009-07-31\nc4 _\n\n"
               "visit child:child held:date\n"
               "c1 2019-07-01\nc2 2019-06-30\nc2 2019-07-02\nc3 2019-05-31\nc3 2019-07-03\n"
               "c4 2019-07-04\n",
               "2019-12-31");
    /* The first that passes: five today is in 5 to 9, not in under 5. */
    cr_assert_str_eq(world_parts(&world, "X", "2019-07"),
                     "10 and over 1 1; 5 to 9 1 1; not recorded 1 1; under 5 1 1");
    cr_assert_str_eq(world_parts(&world, "Y", "2019-07"), "again 1 1; new 3 3");
    /* Asked of June and then of July again: what was remembered is of its own month. */
    cr_assert_str_eq(world_parts(&world, "Y", "2019-06"), "new 1 1");
    cr_assert_str_eq(world_parts(&world, "Y", "2019-07"), "again 1 1; new 3 3");
    world_free(&world);
}

Test(semantics, totals_and_averages_break_down_by_what_their_parts_are)
{
    struct world world;
    world_define(&world, "[dimension team]\nallocation = team.name\n"
                         "child = latest allocation (open) team.name\n"
                         "[defaults]\nsection = x\n"
                         "[A]\ntitle = a\ncount = child\nwhen = always\nmet = any visit (seen)\n"
                         "[B]\ntitle = b\ncount = child\nwhen = always\nmet = no visit (seen)\n"
                         "[P]\ntitle = p\npool = A, B\nby = team\n"
                         "[W]\ntitle = w\ncount = allocation\nwhen = open\neach = child\n"
                         "per = worker.fte\nby = team\n");
    world_fill(&world,
               "visit child:child held:date seen:flag\nc1 2019-07-01 yes\n\n"
               "worker worker:id fte:number started:date\nw1 1 2018-01-01\nw2 0.5 2018-01-01\n\n"
               "team team:id name:text started:date ended:date\n"
               "t1 Old 2018-01-01 2019-07-31\nt1 New 2019-07-31 _\nt2 South 2018-01-01 _\n\n"
               "allocation child:child worker:worker team:team started:date ended:date\n"
               "c1 w1 t1 2019-01-01 _\nc2 w1 t1 2019-01-01 _\nc2 w2 t2 2019-02-01 _\n",
               "2019-12-31");
    /* The team's name as of the last day; a child of two teams is in that of its latest. */
    cr_assert_str_eq(world_parts(&world, "P", "2019-07"), "New 1/2 50%; South 1/2 50%");
    cr_assert_str_eq(world_parts(&world, "W", "2019-07"), "New 2/1 2.0; South 1/0.5 2.0");
    cr_assert_str_eq(world_parts(&world, "P", "2019-06"), "Old 1/2 50%; South 1/2 50%");
    world_free(&world);
}

/* A trace that asks the definition's tests of each row again: 2 when one answers otherwise. */
static int ask_again(void *context, const struct indicator *indicator, const struct table *table,
                     uint32_t row, enum verdict verdict)
{
    struct evaluator *evaluator = context;
    struct here here = {table, row};
    if (!evaluator_holds(evaluator, indicator->where, here, &here))
        return 2;
    return evaluator_holds(evaluator, indicator->met, here, &here) == (verdict == VERDICT_MET) ? 0
                                                                                               : 2;
}

Test(semantics, a_test_may_be_asked_while_rows_are_counted)
{
    struct world world;
    world_define(&world, "[group g]\nwhere = any visit (held in month)\n"
                         "[X]\ntitle = x\nsection = x\ncount = referral\n"
                         "when = received in last 12 months\nwhere = in g\neach = child\n"
                         "met = in g the month before or any visit (seen)\n");
    world_fill(&world,
               "visit child:child held:date seen:flag\nc1 2019-07-01 no\nc1 2019-06-01 no\n"
               "c2 2019-07-02 yes\nc3 2019-07-03 no\nc4 2019-06-03 yes\n\n"
               "referral referral:id child:child received:date\n"
               "r1 c1 2019-05-01\nr2 c1 2019-06-01\nr3 c2 2019-06-02\nr4 c3 2019-06-03\n"
               "r5 c4 2019-06-04\n",
               "2019-12-31");
    struct row_trace trace = {&world.evaluator, ask_again};
    struct measure measure;
    cr_assert_eq(evaluator_set_month(&world.evaluator, month_from_iso(SPAN("2019-07"))), 0);
    cr_assert_eq(evaluator_measure(&world.evaluator, definitions_find(&world.definitions, "X"),
                                   &trace, &measure),
                 0);
    cr_assert_eq(measure.numerator, 2 * DECIMAL_ONE);
    cr_assert_eq(measure.denominator, 3 * DECIMAL_ONE);
    cr_assert_str_eq(world_measure(&world, "X", "2019-07"), "2/3 67%");
    world_free(&world);
}

/* ---- what no source feeds ---- */

/* The result of [X] of July 2019 when the sources feed these tables and no others. */
static const char *fed_only(const char *definitions, const char *tables)
{
    static char result[256];
    char text[4096];
    struct world world;
    snprintf(text, sizeof text, "[X]\ntitle = x\nsection = x\n%s", definitions);
    world_define(&world, text);
    world.only_given = true;
    world_fill(&world, tables, "2019-12-31");
    snprintf(result, sizeof result, "%s", world_measure(&world, "X", "2019-07"));
    world_free(&world);
    return result;
}

Test(semantics, without_its_data_an_indicator_has_none)
{
    const char visited[] = "count = child\nwhen = always\nmet = any visit (seen)\n";
    const char children[] = "child child:id born:date\nc1 2010-01-01\n";
    /* A program that takes a list nobody sent for an empty one reports 0% of children visited. */
    cr_assert_str_eq(fed_only(visited, "supervision child:child held:date\nc1 2019-07-01\n"),
                     "no data");
    /* A list that came without a row is another thing. */
    cr_assert_str_eq(fed_only(visited, "supervision child:child held:date\nc1 2019-07-01\n\n"
                                       "visit child:child held:date\n"),
                     "0/1 0%");
    /* What a reference leads to is needed too. */
    cr_assert_str_eq(fed_only("count = allocation\nwhen = open\nmet = team.kind is cwd\n",
                              "allocation child:child team:team started:date\n"
                              "c1 t1 2019-07-01\n"),
                     "no data");
    /* Who the children are, any row says; how old they are, only a list of children. */
    cr_assert_str_eq(fed_only("count = visit\nwhen = held in month\nmet = age >= 5\n",
                              "visit child:child held:date\nc1 2019-07-01\n"),
                     "no data");
    cr_assert_str_eq(fed_only("count = child\nwhen = always\nmet = age >= 5\n", children),
                     "1/1 100%");
    /* A total without one of its parts is none. */
    cr_assert_str_eq(fed_only("pool = A, B\n"
                              "[A]\ntitle = a\nsection = x\ncount = child\nwhen = always\n"
                              "[B]\ntitle = b\nsection = x\ncount = visit\nwhen = held in month\n",
                              children),
                     "no data");
}

/* ---- targets ---- */

Test(semantics, listed_targets_take_the_place_of_those_defined)
{
    struct world world;
    world_define(&world, "[X]\nsection = x\ntitle = x\ncount = visit\nwhen = held in month\n"
                         "met = seen\ntarget = 70% until 2019-03, 90%\n");
    world_fill(&world,
               "target indicator:id from:date value:number\n"
               "X 2019-07-15 95\n"
               "X 2019-05-01 92.5\n"
               "Y 2019-05-01 1\n"
               "X 2019-06-01 0.4\n" /* a spreadsheet's 40% */
               "X 2019-08-01 950\n",
               "2019-12-31");
    const struct indicator *indicator = definitions_find(&world.definitions, "X");
    const char *const expected[] = {"70%", "90%", "92.5%", "92.5%", "95%", "95%"};
    for (int m = 0; m < 6; m++)
        cr_assert_str_eq(indicator_target(indicator, month_from_iso(SPAN("2019-03")) + m)->shown,
                         expected[m]);
    cr_assert_str_eq(indicator->target_text,
                     "70% until 2019-03, 90% until 2019-04, 92.5% until 2019-06, 95%");
    /* A target of what is not defined is remarked on, at its row. */
    cr_assert_eq(world.intake.remarks.rows, 3);
    cr_assert(strstr(world.intake.remarks.pending.text,
                     "note\ttarget\t\tindicator\tunknown indicator\t1:3\n"));
    cr_assert(strstr(world.intake.remarks.pending.text,
                     "note\ttarget\t\tvalue\tnot from 1 to 100 per cent\t1:4\n"
                     "note\ttarget\t\tvalue\tnot from 1 to 100 per cent\t1:5\n"));
    world_free(&world);
}

/* ---- texts and categories ---- */

Test(semantics, texts_are_kept_as_they_are_and_categories_are_not)
{
    struct world world;
    world_define(&world, "[dimension name]\nallocation = team.name\n"
                         "[dimension service]\nallocation = team.service\n"
                         "[defaults]\nsection = x\ncount = allocation\nwhen = open\n"
                         "[X]\ntitle = x\nby = name\n[Y]\ntitle = y\nby = service\n"
                         "[Z]\ntitle = z\nmet = team.name is \"north\"\n");
    /* A text that is also a category's spelling, before and after it: each is what it is. A program
     * that shows texts as categories are shown calls both teams by the one that comes first. */
    world_fill(&world,
               "team team:id name:text service:category started:date\n"
               "t1 North NORTH 2018-01-01\n"
               "t2 north north 2018-01-01\n\n"
               "allocation child:child team:team started:date\n"
               "c1 t1 2019-01-01\nc2 t2 2019-01-01\nc3 t2 2019-01-01\n",
               "2019-12-31");
    cr_assert_str_eq(world_parts(&world, "X", "2019-07"), "North 1 1; north 2 2");
    cr_assert_str_eq(world_parts(&world, "Y", "2019-07"), "NORTH 3 3");
    cr_assert_str_eq(world_measure(&world, "Z", "2019-07"), "2/3 67%");
    world_free(&world);
}
