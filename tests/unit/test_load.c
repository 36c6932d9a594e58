/*
 * What load makes of a measure stream in memory: members of breakdowns, worklists, their names.
 */
#include <criterion/criterion.h>
#include <unistd.h>

#include "etl/tables.h"
#include "outputs/place_index.h"
#include "outputs/worklists.h"
#include "reading.h"

/* ---- the index ------------------------------------------------------------------------------ */

enum { ITEMS = 20000 };

struct asked {
    size_t wanted;
    size_t *times;
};

static bool is_wanted(const void *context, size_t place)
{
    const struct asked *asked = context;
    ++*asked->times;
    return place == asked->wanted;
}

static uint64_t hash_of(size_t number)
{
    char text[24];
    int length = snprintf(text, sizeof text, "area %zu", number);
    return place_hash(place_hash(3, SPAN("area")), (struct span){text, (size_t)length});
}

/* Whoever walks the items asks about 200 million times. */
Test(place_index, finds_each_of_many_items_by_asking_about_few)
{
    struct place_index index = {0};
    size_t times = 0;
    for (size_t i = 0; i < ITEMS; i++) {
        struct asked asked = {i, &times};
        cr_assert_eq(place_find(&index, hash_of(i), is_wanted, &asked), SIZE_MAX);
        cr_assert_eq(place_add(&index, hash_of(i), i), 0);
    }
    for (size_t i = 0; i < ITEMS; i++) {
        struct asked asked = {i, &times};
        cr_assert_eq(place_find(&index, hash_of(i), is_wanted, &asked), i);
    }
    cr_assert_lt(times, ITEMS + ITEMS / 100, "asked %zu times", times);
    place_free(&index);
}

/* Two items of one hash are told apart by what they are. */
Test(place_index, tells_items_of_one_hash_apart)
{
    struct place_index index = {0};
    size_t times = 0;
    cr_assert_eq(place_add(&index, 7, 0), 0);
    cr_assert_eq(place_add(&index, 7, 1), 0);
    for (size_t i = 0; i < 2; i++) {
        struct asked asked = {i, &times};
        cr_assert_eq(place_find(&index, 7, is_wanted, &asked), i);
    }
    struct asked other = {2, &times};
    cr_assert_eq(place_find(&index, 7, is_wanted, &other), SIZE_MAX);
    place_free(&index);
}

/* ---- streams in memory ---------------------------------------------------------------------- */

#define REPORT_OF(months)                                                                          \
    "#table\treport\n#columns\tauthority:text\tmarking:text\tmonth:month\tas_at:date\t"            \
    "months:number\tunlisted_children:number\n\t\t2019-07\t2019-08-13\t" months "\t0\n#rows\t1\n"

static const char indicators[] =
    "#table\tindicator\n#columns\tcode:id\tsection:text\ttitle:text\tunit:category\n"
    "A\ts\ta\tnumber\nB\ts\tb\tnumber\n#rows\t2\n"
    "#table\tresult\n#columns\tcode:id\tmonth:month\tstate:category\ttarget:number\n"
    "A\t2019-07\tvalue\t5\nB\t2019-07\tvalue\t5\n#rows\t2\n";

static int read_report(struct report *report, const char *tables, const struct report_rows *rows,
                       struct error *error)
{
    struct buffer text = {0};
    buffer_format(&text, "#monthend\t1\n#source\t1\tf.csv\t\n%s#end\n", tables);
    cr_assert_not(text.failed);
    int descriptor = memory_file(text.text, text.length);
    cr_assert_eq(lseek(descriptor, 0, SEEK_SET), 0);
    struct stream_reader *reader = stream_reader_new(descriptor, "test", false);
    cr_assert(reader);
    int status = report_read(report, reader, rows, error);
    stream_reader_free(reader);
    buffer_free(&text);
    close(descriptor);
    return status;
}

/* The months of the first decide how many results there are: more of them would not have room. */
Test(report, is_one_of_a_stream)
{
    struct report report;
    struct error error = {0};
    struct buffer tables = {0};
    buffer_format(&tables, "%s%s%s%s", REPORT_OF("1"), indicators, REPORT_OF("60"), indicators);
    cr_assert_eq(read_report(&report, tables.text, NULL, &error), -1);
    cr_assert_str_eq(error.text,
                     "'test' line 19: the stream holds several reports: load one at a time");
    cr_assert_eq(error.code, EXIT_BAD_DATA);
    buffer_free(&tables);
    report_free(&report);
}

/* Months list their members in whatever order, and a member may be missing in one of them. The
 * member "x" of one indicator and dimension is none of another's. */
Test(report, members_are_found_in_any_order)
{
    struct report report;
    struct error error = {0};
    struct buffer tables = {0};
    buffer_format(&tables, "%s%s", REPORT_OF("2"), indicators);
    buffer_add_text(&tables, "#table\tmeasure\n#columns\tcode:id\tmonth:month\tdimension:text\t"
                             "member:text\tnumerator:number\tdenominator:number\tstate:category\n"
                             "A\t2019-06\tteam\tx\t1\t\tvalue\n"
                             "A\t2019-06\tteam\ty\t2\t\tvalue\n"
                             "A\t2019-06\tarea\tx\t3\t\tvalue\n"
                             "B\t2019-06\tteam\tx\t4\t\tvalue\n"
                             "A\t2019-07\tteam\tz\t5\t\tvalue\n"
                             "B\t2019-07\tteam\tx\t6\t\tvalue\n"
                             "A\t2019-07\tarea\tx\t7\t\tvalue\n"
                             "A\t2019-07\tteam\tx\t8\t\tvalue\n#rows\t8\n");
    cr_assert_eq(read_report(&report, tables.text, NULL, &error), 0, "%s", error.text);
    struct buffer found = {0};
    for (size_t m = 0; m < report.member_count; m++) {
        const struct report_member *member = &report.members[m];
        buffer_format(&found, "%s/%s/%s:", report.indicators[member->indicator].code,
                      member->dimension, member->member);
        for (int place = 0; place < report.months; place++)
            buffer_format(&found, " %g", member->results[place].value);
        buffer_add_char(&found, '\n');
    }
    cr_assert_str_eq(found.text, "A/area/x: 3 7\n"
                                 "A/team/x: 1 8\n"
                                 "A/team/y: 2 0\n"
                                 "A/team/z: 0 5\n"
                                 "B/team/x: 4 6\n");
    buffer_free(&found);
    buffer_free(&tables);
    report_free(&report);
}

/* ---- worklists ------------------------------------------------------------------------------ */

/* The worklists by team of rows, each "code team overdue"; "" for no team. */
static void list_by_team(struct worklists *worklists, const char *const rows[][3], size_t count)
{
    static struct error error;
    struct report report;
    struct report_rows wanted = {worklists, TABLE_EXCEPTION, worklists_add};
    struct buffer tables = {0};
    buffer_format(&tables,
                  "%s%s#table\texception\n#columns\tcode:id\tteam:text\toverdue:number\t"
                  "@:at\n",
                  REPORT_OF("1"), indicators);
    for (size_t r = 0; r < count; r++)
        buffer_format(&tables, "%s\t%s\t%s\t1:%zu\n", rows[r][0], rows[r][1], rows[r][2], r + 2);
    buffer_format(&tables, "#rows\t%zu\n", count);
    *worklists = (struct worklists){.split = WORKLISTS_BY_TEAM, .error = &error};
    cr_assert_eq(read_report(&report, tables.text, &wanted, &error), 0, "%s", error.text);
    cr_assert_eq(worklists_seal(worklists), 0, "%s", error.text);
    buffer_free(&tables);
    report_free(&report);
}

/* A file's name is that of one team, also where a team is called what another was told apart by. */
Test(worklists, no_two_teams_have_one_file)
{
    static const char *const rows[][3] = {
        {"A", "A/B", ""},     {"A", "A-B", ""}, {"A", "A-B 2", ""},   {"A", "a-b", ""},
        {"A", "A-B 2 2", ""}, {"A", "", ""},    {"A", "No Team", ""}, {"A", "\xC3\x89", ""},
        {"A", "--", ""},      {"A", "A/B", ""}};
    static const char *const files[] = {
        "worklists-A-B",       "worklists-A-B 2",     "worklists-A-B 2 2",
        "worklists-a-b 3",     "worklists-A-B 2 2 2", "worklists-no team",
        "worklists-No Team 2", "worklists---",        "worklists--- 2"};
    struct worklists worklists;
    list_by_team(&worklists, rows, sizeof rows / sizeof *rows);
    cr_assert_eq(worklists.pile_count, sizeof files / sizeof *files);
    for (size_t p = 0; p < worklists.pile_count; p++)
        cr_assert_str_eq(worklists.piles[p].file_name, files[p]);
    worklists_free(&worklists);
}

/* Also when the indicators do not come one behind the other. */
Test(worklists, count_the_rows_of_an_indicator_and_team_once)
{
    static const char *const rows[][3] = {{"A", "x", "4"}, {"A", "y", ""}, {"B", "x", "9"},
                                          {"A", "x", "7"}, {"B", "x", ""}, {"A", "x", ""}};
    struct worklists worklists;
    list_by_team(&worklists, rows, sizeof rows / sizeof *rows);
    cr_assert_eq(worklists.pile_count, 2);
    const struct worklist_pile *pile = &worklists.piles[0];
    cr_assert_str_eq(pile->name, "x");
    cr_assert_eq(pile->count_count, 2);
    cr_assert_eq(pile->counts[0].indicator, 0);
    cr_assert_eq(pile->counts[0].rows, 3);
    cr_assert_eq(pile->counts[0].overdue, 2);
    cr_assert_eq(pile->counts[0].longest, 7);
    cr_assert_eq(pile->counts[1].indicator, 1);
    cr_assert_eq(pile->counts[1].rows, 2);
    cr_assert_eq(pile->counts[1].longest, 9);
    cr_assert_eq(worklists.piles[1].counts[0].rows, 1);
    worklists_free(&worklists);
}
