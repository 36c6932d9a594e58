/*
 * Which months a list tells of, and which values a source can give.
 */
#include <criterion/criterion.h>
#include <unistd.h>

#include "transforms/feeding.h"
#include "world.h"

static bool tells(int covers, const char *month, const char *as_at)
{
    struct reach reach = {covers, NO_DATE};
    return feeding_tells_of(&reach, month_from_iso(span_of(month)), date_from_iso(span_of(as_at)));
}

Test(feeding, the_latest_month_is_the_one_that_had_ended)
{
    cr_expect(tells(COVERS_LATEST, "2019-07", "2019-08-13"));
    cr_expect(tells(COVERS_LATEST, "2019-07", "2019-07-31"), "taken on its last day");
    cr_expect(tells(COVERS_LATEST, "2019-07", "2019-08-30"));
    cr_expect_not(tells(COVERS_LATEST, "2019-07", "2019-08-31"), "August has ended then");
    cr_expect_not(tells(COVERS_LATEST, "2019-06", "2019-08-13"));
    cr_expect(tells(COVERS_LATEST, "2018-12", "2019-01-30"), "over the year");
}

Test(feeding, months_are_whole)
{
    cr_expect(tells(6, "2019-03", "2019-08-13"), "from 13 February on: March is whole");
    cr_expect_not(tells(6, "2019-02", "2019-08-13"), "of February half is missing");
    cr_expect(tells(6, "2019-02", "2019-08-01"), "from 1 February on");
    cr_expect(tells(12, "2017-04", "2018-03-31"), "a return's year begins with April");
    cr_expect_not(tells(12, "2017-03", "2018-03-31"));
}

/* What counts is the day on which the rows were taken, not that of the report. */
Test(feeding, an_older_export_tells_of_an_older_month)
{
    struct reach reach = {COVERS_LATEST, date_from_iso(span_of("2019-06-15"))};
    date_t as_at = date_from_iso(span_of("2019-08-13"));
    cr_expect(feeding_tells_of(&reach, month_from_iso(span_of("2019-05")), as_at));
    cr_expect_not(feeding_tells_of(&reach, month_from_iso(span_of("2019-07")), as_at));
}

Test(feeding, every_month_and_none)
{
    cr_expect(tells(COVERS_EVERY, "1999-01", "2019-08-13"));
    cr_expect_not(tells(COVERS_NOTHING, "2019-07", "2019-08-13"));
}

/* What the one indicator [X] can expect of these sources: "6 months: why; without a.b". */
static const char *expected(const char *definition, const char *sources)
{
    static char result[512];
    char text[4096];
    char here[256];
    struct config config;
    struct definitions definitions;
    struct store store;
    struct problems problems = {0};
    struct error error = {0};
    cr_assert(getcwd(here, sizeof here));
    char path[600];
    snprintf(path, sizeof path, "%s", temporary_file("d.ini", definition));
    snprintf(text, sizeof text,
             "[data]\ndatasets = %.200s/etl/datasets.ini\ndefinitions = %.300s/%s\n%s", here, here,
             path, sources);
    cr_assert_eq(config_load(&config, temporary_file("p.conf", text), &problems, &error), 0);
    cr_assert_eq(store_init(&store, &config.catalogue, &error), 0);
    cr_assert_eq(definitions_load(&definitions, &config, &store, &problems, &error), 0);
    cr_assert_eq(problems.count, 0, "%s", problems.lines.text);
    struct feeding feeding;
    struct feed feed = {0};
    cr_assert_eq(feeding_of_config(&feeding, &config, &definitions, &error), 0);
    cr_assert_eq(feeding_indicator(&feeding, definitions.indicators[0], &feed, &error), 0);
    const char *covers = feed.reach.covers == COVERS_EVERY     ? "every"
                         : feed.reach.covers == COVERS_LATEST  ? "latest"
                         : feed.reach.covers == COVERS_NOTHING ? "none"
                                                               : "some";
    snprintf(result, sizeof result, "%s%s%s%s%s", covers, feed.why.length ? ": " : "",
             feed.why.length ? feed.why.text : "", feed.blank.length ? "; without " : "",
             feed.blank.length ? feed.blank.text : "");
    feed_free(&feed);
    feeding_free(&feeding);
    definitions_free(&definitions);
    store_free(&store);
    config_free(&config);
    problems_free(&problems);
    return result;
}

#define INDICATOR "[X]\nsection = All\ntitle = X\n"
#define VISITS    "[source v]\nfile = v\ndataset = visit\ncolumn child = C\ncolumn held = H\n"

Test(feeding, values_and_fields_that_a_source_gives)
{
    static const char definition[] =
        INDICATOR "count = visit\nwhen = held in month\nwhere = kind is care\nmet = seen\n";
    cr_expect_str_eq(expected(definition, ""), "none: visit: no source feeds it");
    cr_expect_str_eq(expected(definition, VISITS "always kind = care\n"),
                     "none: visit.seen: no source gives it");
    cr_expect_str_eq(expected(definition, VISITS "always kind = cin\nalways seen = yes\n"),
                     "none: visit.kind: no source gives 'care'");
    cr_expect_str_eq(expected(definition, VISITS "always kind = Care\nalways seen = yes\n"),
                     "every");
    cr_expect_str_eq(expected(definition,
                              VISITS "column kind = K\nvalues kind = k\ncolumn seen = S\n"
                                     "[values k]\ncin = CIN\ncp = CP\n"),
                     "none: visit.kind: no source gives 'care'");
    cr_expect_str_eq(expected(definition, VISITS
                              "column kind = K\ncolumn seen = S\ncovers = latest month, today\n"),
                     "latest: today");
}

/* One source that tells of every month is enough, however many tell of less. */
Test(feeding, the_best_source_counts_and_the_worst_need)
{
    static const char definition[] = INDICATOR
        "count = visit\nwhen = held in month\nmet = any referral (received within 30 days)\n";
    static const char referrals[] =
        "[source r]\nfile = r\ndataset = referral\ncolumn referral = R\ncolumn child = C\n"
        "column received = D\ncovers = 6 months, six\n";
    char sources[1024];
    snprintf(sources, sizeof sources, VISITS "%s", referrals);
    cr_expect_str_eq(expected(definition, sources), "some: six");
    snprintf(sources, sizeof sources,
             VISITS
             "%s[source all]\nfile = a\ndataset = referral\ncolumn referral = R\ncolumn child "
             "= C\ncolumn received = D\n",
             referrals);
    cr_expect_str_eq(expected(definition, sources), "every");
}

/* A blank passes `is not`; it does not pass `not` of anything else. */
Test(feeding, fields_that_may_be_blank)
{
    static const char plans[] =
        "[source p]\nfile = p\ndataset = cp_plan\ncolumn plan = P\ncolumn child = C\n"
        "column started = S\n";
    cr_expect_str_eq(expected(INDICATOR "count = cp_plan\nwhen = started in month\nwhere = "
                                        "other_authority is not yes\n",
                              plans),
                     "every; without cp_plan.other_authority");
    cr_expect_str_eq(expected(INDICATOR
                              "count = cp_plan\nwhen = started in month\nwhere = category is "
                              "not set\n",
                              plans),
                     "none: cp_plan.category: no source gives it");
    cr_expect_str_eq(expected(INDICATOR "count = cp_plan\nwhen = open\n", plans),
                     "every; without cp_plan.ended");
}

/* Any row that names a child says who there is; of how old they are only a list of children does.
 */
Test(feeding, children)
{
    cr_expect_str_eq(expected(INDICATOR "count = child\nwhen = always\n", VISITS), "every");
    cr_expect_str_eq(expected(INDICATOR "count = child\nwhen = always\nwhere = age >= 5\n", VISITS),
                     "none: child: no source feeds it");
}
