/*
 * Who is to be put right, by when, and who holds the case: each expectation is worked out by hand.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "transforms/exceptions.h"
#include "transforms/holder.h"
#include "world.h"

/* The records of the exceptions of [X] in a month, fields separated by |, without code, month and
 * where they came from. */
static const char *exceptions_of(const char *definition, const char *tables, const char *as_at,
                                 const char *month)
{
    static char result[4096];
    char text[4096], all[8192];
    struct world world;
    struct stream_writer writer;
    snprintf(text, sizeof text, "[X]\ntitle = x\nsection = x\n%s\n", definition);
    world_define(&world, text);
    holder_need(&world.store);
    world_fill(&world, tables, as_at);
    int descriptor = memfd_create("exceptions", MFD_CLOEXEC);
    stream_writer_open(&writer, descriptor, "test");
    month_t months[1] = {month_from_iso(span_of(month))};
    cr_assert_eq(
        exceptions_write(&writer, &world.evaluator, &world.definitions, months, &world.error), 0,
        "%s", world.error.text);
    cr_assert_eq(stream_writer_close(&writer, &world.error), 0);
    ssize_t length = pread(descriptor, all, sizeof all - 1, 0);
    cr_assert_gt(length, 0);
    all[length] = '\0';
    result[0] = '\0';
    size_t used = 0;
    for (const char *line = all; *line; line = strchr(line, '\n') + 1) {
        if (*line == '#')
            continue;
        const char *from = strchr(strchr(line, '\t') + 1, '\t') + 1;
        for (; *from != '\n'; from++)
            result[used++] = *from == '\t' ? '|' : *from;
        while (result[used - 1] != '|') /* the place it came from */
            used--;
        result[used - 1] = '\n';
    }
    result[used] = '\0';
    close(descriptor);
    world_free(&world);
    return result;
}

static const char visited[] = "count = cin_plan\nwhen = open\n"
                              "met = any visit (kind is cin and seen and held within 28 days)\n";

Test(exceptions, last_visit_due_and_days_overdue)
{
    /* R is 31 July, so a visit of 3 July is in time. c1: 2 July + 28 days is 30 July, 14 days
     * before 13 August. c2 was never visited: first. c3 was not seen on 20 July, so its last is 1
     * May, due 29 May, 76 days. c4 is in time. c5 was late and has been visited on 5 August, 37
     * days late: last.
     */
    cr_assert_str_eq(
        exceptions_of(visited,
                      "cin_plan plan:id child:child started:date ended:date\n"
                      "p1 c1 2019-01-01 _\np2 c2 2019-02-01 _\np3 c3 2019-01-01 _\n"
                      "p4 c4 2019-01-01 _\np5 c5 2019-01-01 _\n\n"
                      "visit child:child kind:category held:date seen:flag\n"
                      "c1 cin 2019-07-02 yes\nc1 cin 2019-05-01 yes\n"
                      "c3 cin 2019-05-01 yes\nc3 cin 2019-07-20 no\n"
                      "c4 cin 2019-07-03 yes\n"
                      "c5 cin 2019-06-01 yes\nc5 cin 2019-08-09 yes\nc5 cin 2019-08-05 yes\n",
                      "2019-08-13", "2019-07"),
        "not met|c2|p2||||visit: cin|2019-02-01||||\n"
        "not met|c3|p3||||visit: cin|2019-01-01|2019-05-01|2019-05-29|76|\n"
        "not met|c1|p1||||visit: cin|2019-01-01|2019-07-02|2019-07-30|14|\n"
        "not met|c5|p5||||visit: cin|2019-01-01|2019-06-01|2019-06-29|37|2019-08-05\n");
}

Test(exceptions, due_after_a_date_of_the_subject)
{
    /* 3 working days after Thursday 18 April 2019, over Easter: Thursday 25 April. */
    cr_assert_str_eq(exceptions_of("count = assessment\nwhen = authorised in month\n"
                                   "met = authorised within 3 working days after started\n",
                                   "assessment assessment:id child:child started:date "
                                   "authorised:date\na1 c1 2019-04-18 2019-04-26\n",
                                   "2019-05-02", "2019-04"),
                     "not met|c1|a1||||authorised|2019-04-18||2019-04-25|1|2019-04-26\n");
}

static const char actioned[] = "count = contact\nwhen = received in month\n"
                               "met = actioned within 4 hours after received\n";

Test(exceptions, hours_are_due_on_the_day_that_the_last_of_them_lies_in)
{
    /* Of 10:00 and 4 hours that day, of 20:30 the next, of 20:00 midnight, which is the next. A
     * program that rounds hours up to days is a day late with the first. */
    cr_assert_str_eq(exceptions_of(actioned,
                                   "contact contact:id child:child received:time actioned:time\n"
                                   "k1 c1 2019-07-10T10:00 _\nk2 c2 2019-07-11T20:30 _\n"
                                   "k3 c3 2019-07-12T20:00 _\n",
                                   "2019-07-31", "2019-07"),
                     "not met|c1|k1||||actioned|2019-07-10||2019-07-10|21|\n"
                     "not met|c2|k2||||actioned|2019-07-11||2019-07-12|19|\n"
                     "not met|c3|k3||||actioned|2019-07-12||2019-07-13|18|\n");
    /* The same of related rows, from a moment of the subject. */
    cr_assert_str_eq(
        exceptions_of("count = missing_episode\nwhen = started in month\n"
                      "met = any contact (received within 36 hours after this.started)\n",
                      "missing_episode episode:id child:child started:time\n"
                      "e1 c1 2019-07-10T08:00\n\n"
                      "contact contact:id child:child received:time\n",
                      "2019-07-31", "2019-07"),
        "not met|c1|e1||||contact|2019-07-10||2019-07-11|20|\n");
}

Test(exceptions, the_review_that_was_late)
{
    /* Of three reviews in the year the second was held late, the third not at all: that one is
     * still to be held. */
    cr_assert_str_eq(
        exceptions_of(
            "count = cp_plan\nwhen = open\n"
            "met = no review (kind is cp and due by month end and (held is not set or "
            "held > due))\n",
            "cp_plan plan:id child:child started:date\np1 c1 2019-01-01\n\n"
            "review child:child kind:category due:date held:date\n"
            "c1 cp 2019-03-01 2019-03-01\nc1 cp 2019-05-01 2019-05-03\nc1 cp 2019-07-01 _\n",
            "2019-07-31", "2019-07"),
        "not met|c1|p1||||review: cp|2019-01-01||2019-07-01|30|\n");
}

Test(exceptions, the_latest_review)
{
    cr_assert_str_eq(
        exceptions_of("count = cin_plan\nwhen = open\n"
                      "met = latest review (kind is cin and due by month end) is (held <= due)\n",
                      "cin_plan plan:id child:child started:date\np1 c1 2019-01-01\n\n"
                      "review child:child kind:category due:date held:date\n"
                      "c1 cin 2019-05-01 2019-05-03\nc1 cin 2019-07-01 _\n",
                      "2019-07-31", "2019-07"),
        "not met|c1|p1||||review: cin|2019-01-01||2019-07-01|30|\n");
}

Test(exceptions, of_two_ways_the_one_with_more_time)
{
    /* c1 is five: twelve months, to 1 June 2019; c2 is four: six months only, to 1 December 2018.
     */
    static const char test[] = "count = cin_plan\nwhen = open\n"
                               "met = any health_check (held within 6 months) or age >= 5 and any "
                               "health_check (held within 12 months)\n";
    cr_assert_str_eq(exceptions_of(test,
                                   "child child:id born:date\nc1 2014-01-01\nc2 2015-01-01\n\n"
                                   "cin_plan plan:id child:child started:date\np1 c1 "
                                   "2019-01-01\np2 c2 2019-01-01\n\n"
                                   "health_check child:child kind:category held:date\n"
                                   "c1 review 2018-06-01\nc2 review 2018-06-01\n",
                                   "2019-07-01", "2019-06"),
                     "not met|c2|p2||||health check|2019-01-01|2018-06-01|2018-12-01|212|\n"
                     "not met|c1|p1||||health check|2019-01-01|2018-06-01|2019-06-01|30|\n");
}

Test(exceptions, rows_that_meet_where_low_is_better)
{
    cr_assert_str_eq(exceptions_of("count = early_help\nwhen = closed in month\nbetter = low\n"
                                   "met = close_reason is \"stepped up\"\n",
                                   "early_help case:id child:child opened:date closed:date "
                                   "close_reason:category\n"
                                   "e1 c1 2019-05-01 2019-07-01 stepped~up\n"
                                   "e2 c2 2019-05-01 2019-07-01 done\n",
                                   "2019-07-31", "2019-07"),
                     "met|c1|e1|||||2019-05-01||||\n");
}

Test(exceptions, who_holds_the_case)
{
    /* The allocated worker before another who came later; not one whose allocation has ended; a
     * worker's own team where the allocation names none; the identifier where no list has a name.
     */
    cr_assert_str_eq(
        exceptions_of(
            "count = cin_plan\nwhen = open\nmet = any visit (held within 28 days)\n",
            "cin_plan plan:id child:child started:date\n"
            "p1 c1 2019-01-01\np2 c2 2019-01-02\np3 c3 2019-01-03\np4 c4 2019-01-04\n\n"
            "team team:id name:text service:category started:date\n"
            "t1 North South 2018-01-01\nt2 East West 2018-01-01\n\n"
            "worker worker:id name:text team:team started:date\n"
            "w1 Ann~Ash t1 2018-01-01\nw2 Bea~Beech t2 2018-01-01\n\n"
            "allocation child:child worker:worker team:team role:category started:date "
            "ended:date\n"
            "c1 w1 t1 Allocated~Worker 2019-01-01 _\nc1 w2 t2 co-worker 2019-06-01 _\n"
            "c2 w1 t1 allocated~worker 2019-01-01 2019-07-31\nc2 w2 _ other 2019-01-01 _\n"
            "c3 w9 t2 allocated~worker 2019-01-01 _\n",
            "2019-07-31", "2019-07"),
        "not met|c1|p1|South|North|Ann Ash|visit|2019-01-01||||\n"
        "not met|c2|p2|West|East|Bea Beech|visit|2019-01-02||||\n"
        "not met|c3|p3|West|East|w9|visit|2019-01-03||||\n"
        "not met|c4|p4||||visit|2019-01-04||||\n");
}
