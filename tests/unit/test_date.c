/*
 * Days, moments and what people write for them; working days.
 */
#include <criterion/criterion.h>

#include "etl/date.h"

static const char *read(const char *text)
{
    static char out[DATE_TEXT_SIZE];
    moment_t moment = moment_from_text(span_of(text));
    if (moment == NO_MOMENT)
        return "none";
    moment_to_iso(moment, out);
    return out;
}

Test(date, what_people_write_is_day_first)
{
    cr_assert_str_eq(read("03/07/2019"), "2019-07-03"); /* month first would be 7 March */
    cr_assert_str_eq(read("3/7/19"), "2019-07-03");
    cr_assert_str_eq(read("03-07-2019"), "2019-07-03");
    cr_assert_str_eq(read("03.07.2019"), "2019-07-03");
    cr_assert_str_eq(read(" 2019-07-03 "), "2019-07-03");
    cr_assert_str_eq(read("16-Oct-2024"), "2024-10-16");
    cr_assert_str_eq(read("2024-Oct-16 00:00:00"), "2024-10-16");
    cr_assert_str_eq(read("16 October 2024"), "2024-10-16");
    cr_assert_str_eq(read("16/sept/2024"), "2024-09-16");
    cr_assert_str_eq(read("01/01/70"), "1970-01-01");
    cr_assert_str_eq(read("01/01/69"), "2069-01-01");
}

Test(date, times_of_day)
{
    cr_assert_str_eq(read("03/07/2019 21:15"), "2019-07-03T21:15");
    cr_assert_str_eq(read("2019-07-03T21:15:07"), "2019-07-03T21:15:07");
    cr_assert_str_eq(read("2019-07-03T21:15:07.123Z"), "2019-07-03T21:15:07");
    cr_assert_str_eq(read("03/07/2019 9:15 pm"), "2019-07-03T21:15");
    cr_assert_str_eq(read("03/07/2019 12:05 AM"), "2019-07-03T00:05");
    cr_assert_str_eq(read("03/07/2019 00:00"), "2019-07-03");
}

Test(date, what_is_no_date)
{
    const char *const wrong[] = {"",
                                 "31/02/2019",
                                 "29/02/2019",
                                 "00/01/2019",
                                 "13/13/2019",
                                 "2019-13-01",
                                 "201-07-01",
                                 "3/7-2019",
                                 "03/07",
                                 "2019",
                                 "43678",
                                 "tomorrow",
                                 "03/07/2019 25:00",
                                 "03/07/2019 9:5",
                                 "03/07/2019x",
                                 "1/1/201",
                                 "03/07/2019 13:00 pm",
                                 "3//2019"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_assert_str_eq(read(wrong[i]), "none", "'%s' is %s", wrong[i], read(wrong[i]));
}

Test(date, no_record_is_of_another_century)
{
    cr_assert_str_eq(read("03/07/1026"), "none"); /* 2026 with a slip */
    cr_assert_str_eq(read("1899-12-31"), "none");
    cr_assert_str_eq(read("01/01/1900"), "1900-01-01");
    cr_assert_str_eq(read("31/12/2199"), "2199-12-31");
    cr_assert_str_eq(read("01/01/2200"), "none");
    cr_assert_str_eq(read("31/12/2298"), "none");
    cr_assert_str_eq(read("31/12/2299"), "2299-12-31"); /* no end */
    cr_assert_str_eq(read("01/01/2300"), "2300-01-01");
    cr_assert_str_eq(read("01/01/2301"), "none");
    cr_assert_str_eq(read("31/12/9998"), "none");
    cr_assert_str_eq(read("31/12/9999"), "9999-12-31");
}

Test(date, the_plain_form_is_read_alike)
{
    const char *const texts[] = {"03/07/2019",       "03/07/2019 21:15", "03/07/2019 00:00",
                                 "29/02/2020 23:59", "31/02/2019",       "03/07/2019 24:00",
                                 "03/07/2019 2:15",  "3/07/2019",        "03/07/201x",
                                 "03/07/1026",       "31/12/2299",       "01/01/2301"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char iso[DATE_TEXT_SIZE] = "";
        moment_t moment = NO_MOMENT;
        int length = moment_from_plain_text(span_of(texts[i]), true, &moment, iso);
        iso[length] = '\0';
        if (length > 0)
            cr_assert_str_eq(iso, read(texts[i]));
        if (length > 0)
            cr_assert_eq(moment, moment_from_text(span_of(texts[i])));
    }
    char iso[DATE_TEXT_SIZE];
    moment_t moment;
    cr_assert_eq(moment_from_plain_text(SPAN("03/07/2019 21:15"), false, &moment, iso), 10);
    cr_assert_eq(moment_from_plain_text(SPAN("31/02/2019"), true, &moment, iso), 0);
    cr_assert_eq(moment_from_plain_text(SPAN("03/07/1026"), true, &moment, iso), 0);
    cr_assert_eq(moment_from_plain_text(SPAN("03/07/2019 24:00"), true, &moment, iso), 0);
}

static const char *serial(double number)
{
    static char out[DATE_TEXT_SIZE];
    moment_t moment = moment_from_serial(number);
    if (moment == NO_MOMENT)
        return "none";
    moment_to_iso(moment, out);
    return out;
}

Test(date, serials_of_a_spreadsheet)
{
    cr_assert_str_eq(serial(1), "1900-01-01");
    cr_assert_str_eq(serial(59), "1900-02-28");
    cr_assert_str_eq(serial(60), "none"); /* 29 February 1900, which never was */
    cr_assert_str_eq(serial(61), "1900-03-01");
    cr_assert_str_eq(serial(25569), "1970-01-01");
    cr_assert_str_eq(serial(43678), "2019-08-01");
    cr_assert_str_eq(serial(73050), "2099-12-31");
    cr_assert_str_eq(serial(73051), "2100-01-01");
    cr_assert_str_eq(serial(73110), "2100-03-01"); /* 2100 is no leap year */
    cr_assert_str_eq(serial(43649.885416666664), "2019-07-03T21:15");
    cr_assert_str_eq(serial(43649.999999), "2019-07-04"); /* to the second, then split */
    cr_assert_str_eq(serial(0), "none");
    cr_assert_str_eq(serial(-3), "none");
    cr_assert_str_eq(serial(2958466), "none");
    cr_assert_str_eq(serial(146098), "2299-12-31");
    cr_assert_str_eq(serial(2958465), "9999-12-31");
    cr_assert_str_eq(serial(201907), "none"); /* a month written as a number: 2452-10-18 */
}

static const char *months_later(const char *from, int months)
{
    static char out[DATE_TEXT_SIZE];
    date_to_iso(date_add_months(date_from_iso(span_of(from)), months), out);
    return out;
}

Test(date, months_are_clipped)
{
    cr_assert_str_eq(months_later("2019-01-31", 1), "2019-02-28");
    cr_assert_str_eq(months_later("2020-01-31", 1), "2020-02-29");
    cr_assert_str_eq(months_later("2019-03-31", 3), "2019-06-30");
    cr_assert_str_eq(months_later("2019-11-15", 3), "2020-02-15");
    cr_assert_str_eq(months_later("2020-02-29", 12), "2021-02-28");
    cr_assert_str_eq(months_later("2019-03-31", -1), "2019-02-28");
}

Test(date, every_day_of_four_centuries_is_itself)
{
    date_t first = date_from_parts(1800, 1, 1);
    date_t last = date_from_parts(2200, 12, 31);
    for (date_t date = first; date <= last; date++) {
        int year, month, day;
        date_parts(date, &year, &month, &day);
        cr_assert_eq(date_from_parts(year, month, day), date);
    }
    cr_assert_eq(last - first + 1, 401 * 365 + 97); /* leap years from 1804 to 2196, less 3 */
}

Test(date, working_days)
{
    struct calendar calendar;
    struct error error = {0};
    cr_assert_eq(calendar_load(&calendar, "etl/calendar/bank_holidays_england.tsv", &error), 0,
                 "%s", error.text);
    date_t thursday = date_from_iso(SPAN("2019-04-18"));
    cr_assert_eq(calendar_add_working_days(&calendar, thursday, 1),
                 date_from_iso(SPAN("2019-04-23")));
    cr_assert_eq(calendar_add_working_days(&calendar, thursday, 0), thursday);
    cr_assert_eq(calendar_add_working_days(&calendar, date_from_iso(SPAN("2018-12-24")), 1),
                 date_from_iso(SPAN("2018-12-27")));
    cr_assert_eq(calendar_add_working_days(&calendar, calendar.last, 1), NO_DATE);
    cr_assert_eq(calendar_add_working_days(&calendar, calendar.first - 1, 1), NO_DATE);
    calendar_free(&calendar);
}

Test(date, weeks_are_numbered_as_iso_does)
{
    /* Weeks begin on Monday; the first has 4 January in it. 2020 has 53 weeks, 2019 has 52. */
    char text[DATE_TEXT_SIZE];
    cr_assert_eq(week_from_iso(SPAN("2019-W31")), date_from_parts(2019, 7, 29));
    cr_assert_eq(week_from_iso(SPAN("2019-W01")), date_from_parts(2018, 12, 31));
    cr_assert_eq(week_from_iso(SPAN("2020-W53")), date_from_parts(2020, 12, 28));
    cr_assert_eq(week_from_iso(SPAN("2019-W53")), NO_DATE);
    cr_assert_eq(week_from_iso(SPAN("2019-W1")), NO_DATE);
    cr_assert_eq(week_from_iso(SPAN("2019-W00")), NO_DATE);
    cr_assert_eq(week_from_iso(SPAN("2019-31")), NO_DATE);
    cr_assert_eq(week_from_iso(SPAN("1969-W52")), date_from_parts(1969, 12, 22));
    week_to_iso(date_from_parts(2019, 12, 30), text);
    cr_assert_str_eq(text, "2020-W01");
    week_to_iso(date_from_parts(2021, 1, 3), text);
    cr_assert_str_eq(text, "2020-W53");
    week_to_iso(date_from_parts(2019, 8, 4), text);
    cr_assert_str_eq(text, "2019-W31");
}

Test(date, dates_in_words)
{
    char text[DATE_TEXT_SIZE];
    date_to_words(date_from_parts(2019, 7, 9), text);
    cr_assert_str_eq(text, "9 Jul 2019");
    moment_to_words(moment_of_date(date_from_parts(2019, 7, 9)) + 21 * 3600 + 5 * 60, text);
    cr_assert_str_eq(text, "9 Jul 2019 21:05");
    moment_to_words(moment_of_date(date_from_parts(2019, 7, 9)), text);
    cr_assert_str_eq(text, "9 Jul 2019");
}
