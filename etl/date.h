/*
 * date.h - days, moments, months and working days, as the indicators count them.
 *
 * A date is a number of days since 1 January 1970, a moment a number of seconds since its midnight
 * on the wall clock: there are no time zones and no summer time in a case record. Nothing here
 * looks at the clock or the locale. NO_DATE and NO_MOMENT stand for a missing value.
 */
#ifndef MONTHEND_DATE_H
#define MONTHEND_DATE_H

#include <stdbool.h>
#include <stdint.h>

#include "etl/error.h"
#include "etl/text.h"

typedef int32_t date_t;
typedef int64_t moment_t;

#define NO_DATE   INT32_MIN
#define NO_MOMENT INT64_MIN

enum { SECONDS_A_DAY = 86400 };

/* A calendar month, counted from January of year 0: 12 * year + month - 1. */
typedef int32_t month_t;

date_t date_from_parts(int year, int month, int day); /* NO_DATE when there is no such day */
void date_parts(date_t date, int *year, int *month, int *day);

/* The same day `months` later (earlier when negative), or the last of that month when it is
 * shorter: 31 January + 1 month is the last of February. */
date_t date_add_months(date_t date, int months);

month_t month_of(date_t date);
date_t month_first(month_t month);
date_t month_last(month_t month);

/* Moments keep a date without a time of day as that day's midnight: in a spreadsheet the two are
 * one. */
date_t moment_date(moment_t moment);
moment_t moment_of_date(date_t date);
bool moment_has_time(moment_t moment);

/* Completed years from birth to `on`; negative before birth. Born on 29 February one is a year
 * older on 1 March (Family Law Reform Act 1969 s.9 dates an age from the start of the birthday). */
int age_in_years(date_t born, date_t on);

/* ---- text ---- */

/* ISO only: "2019-07-31", "2019-07-31T09:40", "2019-07-31T09:40:05". For streams and
 * configuration. Return NO_DATE / NO_MOMENT when the text is not one. */
date_t date_from_iso(struct span text);
moment_t moment_from_iso(struct span text);
/* "2019-07"; -1 when the text is not one. */
month_t month_from_iso(struct span text);

/* The Monday of an ISO week, "2019-W31"; NO_DATE when there is no such week. */
date_t week_from_iso(struct span text);

enum { DATE_TEXT_SIZE = 24 };
/* ISO into `out` of DATE_TEXT_SIZE; returns its length. A moment at midnight is written as a date
 * alone, one on the minute without seconds. */
int date_to_iso(date_t date, char *out);
int moment_to_iso(moment_t moment, char *out);
int month_to_iso(month_t month, char *out);
/* The ISO week that a day lies in: 29 July 2019 is in 2019-W31, 30 December 2019 in 2020-W01. */
int week_to_iso(date_t day, char *out);
/* "9 Jul 2019" and "9 Jul 2019 21:15". */
int date_to_words(date_t date, char *out);
int moment_to_words(moment_t moment, char *out);
/* "Jul-19" and "July 2019". */
int month_to_short(month_t month, char *out);
int month_to_long(month_t month, char *out);

/* Whether a case record can be of this day: of 1900 to 2199, or of one of the years that case
 * systems write for "no end", 2299, 2300 and 9999. 03/07/1026 is somebody's slip: an age of 993
 * years would be counted. */
bool date_is_credible(date_t date);

/* What people and case systems write, day first: ISO, 31/07/2019, 31.07.19, 31-Jul-2019,
 * 2019-Jul-31, 31 July 2019, each with or without a time (9:40, 09:40:05, 9:40 pm) or a trailing
 * "T...Z". Two-digit years are 1970 to 2069. NO_MOMENT when the text is not such a date, or one
 * that no record is of: see date_is_credible. */
moment_t moment_from_text(struct span text);

/* The same for the one form that most exports are full of, "31/07/2019" or "31/07/2019 21:15", with
 * its ISO form made from its own digits. Returns the length of that, or 0 for any other form. */
int moment_from_plain_text(struct span text, bool with_time, moment_t *moment, char *iso);

/* An Excel serial (1900 system, with its false 29 February 1900), rounded to the second. NO_MOMENT
 * for what no spreadsheet shows as a date (below 1, on serial 60, after 31 December 9999) and for
 * what is not credible. */
moment_t moment_from_serial(double serial);

/* ---- working days ---- */

/* Bank holidays of England, with the years they are known for; working days are neither weekend
 * nor bank holiday (Children Act 1989 guidance counts so). Owned by whoever loaded it. */
struct calendar {
    date_t first;     /* 1 January of the first year that has a holiday */
    date_t last;      /* 31 December of the last */
    int32_t *ordinal; /* for each day: how many working days there were up to and with it */
    date_t *working;  /* the working days in order */
};

/* Reads a table of "date<TAB>anything" with one header line. */
int calendar_load(struct calendar *calendar, const char *path, struct error *error);
void calendar_free(struct calendar *calendar);

/* The `count`th working day after `date`; `date` itself for 0, whatever day it is. NO_DATE when
 * that is outside the years of the calendar. */
date_t calendar_add_working_days(const struct calendar *calendar, date_t date, int count);

#endif
