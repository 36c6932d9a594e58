#include "etl/date.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "etl/memory.h"

enum { FIRST_YEAR = 1, LAST_YEAR = 9999 };

static const char *const month_names[12] = {"January",   "February", "March",    "April",
                                            "May",       "June",     "July",     "August",
                                            "September", "October",  "November", "December"};

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in_month(int year, int month)
{
    static const int days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* Days from 1970-01-01 of a day that exists: years begin in March, so that the leap day is last. */
static date_t days_from_parts(int year, int month, int day)
{
    int shifted = month <= 2 ? year - 1 : year;
    int era = (shifted >= 0 ? shifted : shifted - 399) / 400;
    int year_of_era = shifted - era * 400;
    int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

date_t date_from_parts(int year, int month, int day)
{
    if (year < FIRST_YEAR || year > LAST_YEAR || month < 1 || month > 12 || day < 1 ||
        day > days_in_month(year, month))
        return NO_DATE;
    return days_from_parts(year, month, day);
}

void date_parts(date_t date, int *year, int *month, int *day)
{
    int shifted = date + 719468;
    int era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    int day_of_era = shifted - era * 146097;
    int year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int shifted_month = (5 * day_of_year + 2) / 153;
    *day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    *month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
    *year = year_of_era + era * 400 + (*month <= 2 ? 1 : 0);
}

static bool is_weekend(date_t date)
{
    int weekday = ((date + 3) % 7 + 7) % 7; /* 1970-01-01 was a Thursday; Monday is 0 */
    return weekday >= 5;
}

date_t date_add_months(date_t date, int months)
{
    int year, month, day;
    date_parts(date, &year, &month, &day);
    month_t target = year * 12 + month - 1 + months;
    year = target / 12;
    month = target % 12 + 1;
    if (year < FIRST_YEAR || year > LAST_YEAR)
        return NO_DATE;
    int longest = days_in_month(year, month);
    return days_from_parts(year, month, day < longest ? day : longest);
}

month_t month_of(date_t date)
{
    int year, month, day;
    date_parts(date, &year, &month, &day);
    return year * 12 + month - 1;
}

date_t month_first(month_t month)
{
    return days_from_parts(month / 12, month % 12 + 1, 1);
}

date_t month_last(month_t month)
{
    return month_first(month + 1) - 1;
}

date_t moment_date(moment_t moment)
{
    if (moment == NO_MOMENT)
        return NO_DATE;
    moment_t days = moment / SECONDS_A_DAY;
    return (date_t)(moment % SECONDS_A_DAY < 0 ? days - 1 : days);
}

moment_t moment_of_date(date_t date)
{
    return date == NO_DATE ? NO_MOMENT : (moment_t)date * SECONDS_A_DAY;
}

bool moment_has_time(moment_t moment)
{
    return moment % SECONDS_A_DAY != 0;
}

int age_in_years(date_t born, date_t on)
{
    int born_year, born_month, born_day, year, month, day;
    date_parts(born, &born_year, &born_month, &born_day);
    date_parts(on, &year, &month, &day);
    bool had_birthday = month > born_month || (month == born_month && day >= born_day);
    return year - born_year - (had_birthday ? 0 : 1);
}

/* ---- text ---- */

/* Exactly `count` digits at text; -1 when there are others. */
static int digits(const char *text, int count)
{
    int number = 0;
    for (int i = 0; i < count; i++) {
        unsigned digit = (unsigned)text[i] - '0';
        if (digit > 9)
            return -1;
        number = number * 10 + (int)digit;
    }
    return number;
}

date_t date_from_iso(struct span text)
{
    if (text.length != 10 || text.text[4] != '-' || text.text[7] != '-')
        return NO_DATE;
    return date_from_parts(digits(text.text, 4), digits(text.text + 5, 2),
                           digits(text.text + 8, 2));
}

moment_t moment_from_iso(struct span text)
{
    if (text.length < 10)
        return NO_MOMENT;
    date_t date = date_from_iso((struct span){text.text, 10});
    if (date == NO_DATE)
        return NO_MOMENT;
    moment_t moment = moment_of_date(date);
    if (text.length == 10)
        return moment;
    bool with_seconds = text.length == 19 && text.text[16] == ':';
    if ((text.length != 16 && !with_seconds) || text.text[10] != 'T' || text.text[13] != ':')
        return NO_MOMENT;
    int hour = digits(text.text + 11, 2);
    int minute = digits(text.text + 14, 2);
    int second = with_seconds ? digits(text.text + 17, 2) : 0;
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59)
        return NO_MOMENT;
    return moment + hour * 3600 + minute * 60 + second;
}

month_t month_from_iso(struct span text)
{
    if (text.length != 7 || text.text[4] != '-')
        return -1;
    int year = digits(text.text, 4);
    int month = digits(text.text + 5, 2);
    if (year < FIRST_YEAR || month < 1 || month > 12)
        return -1;
    return year * 12 + month - 1;
}

static char *put_digits(char *out, int number, int count)
{
    for (int i = count - 1; i >= 0; i--) {
        out[i] = (char)('0' + number % 10);
        number /= 10;
    }
    return out + count;
}

int date_to_iso(date_t date, char *out)
{
    int year, month, day;
    date_parts(date, &year, &month, &day);
    char *next = put_digits(out, year, 4);
    *next++ = '-';
    next = put_digits(next, month, 2);
    *next++ = '-';
    next = put_digits(next, day, 2);
    *next = '\0';
    return (int)(next - out);
}

int moment_to_iso(moment_t moment, char *out)
{
    date_t date = moment_date(moment);
    int length = date_to_iso(date, out);
    if (!moment_has_time(moment))
        return length;
    int second_of_day = (int)(moment - moment_of_date(date));
    char *next = out + length;
    *next++ = 'T';
    next = put_digits(next, second_of_day / 3600, 2);
    *next++ = ':';
    next = put_digits(next, second_of_day / 60 % 60, 2);
    if (second_of_day % 60 != 0) {
        *next++ = ':';
        next = put_digits(next, second_of_day % 60, 2);
    }
    *next = '\0';
    return (int)(next - out);
}

int month_to_iso(month_t month, char *out)
{
    return snprintf(out, DATE_TEXT_SIZE, "%04d-%02d", month / 12, month % 12 + 1);
}

int date_to_words(date_t date, char *out)
{
    int year, month, day;
    date_parts(date, &year, &month, &day);
    return snprintf(out, DATE_TEXT_SIZE, "%d %.3s %04d", day, month_names[month - 1], year);
}

int moment_to_words(moment_t moment, char *out)
{
    if (moment == NO_MOMENT) {
        *out = '\0';
        return 0;
    }
    int length = date_to_words(moment_date(moment), out);
    int minute = (int)((moment - moment_of_date(moment_date(moment))) / 60);
    if (!moment_has_time(moment))
        return length;
    return length + snprintf(out + length, (size_t)(DATE_TEXT_SIZE - length), " %02d:%02d",
                             minute / 60, minute % 60);
}

/* Monday to Sunday: 0 to 6. 1 January 1970 was a Thursday. */
static int day_of_week(date_t day)
{
    return ((day + 3) % 7 + 7) % 7;
}

/* The year of a week is that of its Thursday, and its first week the one with 4 January in it. */
static date_t first_monday(int year)
{
    date_t fourth = date_from_parts(year, 1, 4);
    return fourth - day_of_week(fourth);
}

date_t week_from_iso(struct span text)
{
    struct span week = text;
    int64_t year = span_number(span_cut(&week, '-'), 9999);
    if (!week.text || week.length != 3 || *week.text != 'W' || year < 1)
        return NO_DATE;
    int64_t number = span_number((struct span){week.text + 1, 2}, 53);
    if (number < 1)
        return NO_DATE;
    date_t monday = first_monday((int)year) + 7 * ((date_t)number - 1);
    return monday < first_monday((int)year + 1) ? monday : NO_DATE;
}

int week_to_iso(date_t day, char *out)
{
    int year, month, day_of_month;
    date_t monday = day - day_of_week(day);
    date_parts(monday + 3, &year, &month, &day_of_month);
    return snprintf(out, DATE_TEXT_SIZE, "%04d-W%02d", year, (monday - first_monday(year)) / 7 + 1);
}

int month_to_short(month_t month, char *out)
{
    return snprintf(out, DATE_TEXT_SIZE, "%.3s-%02d", month_names[month % 12], month / 12 % 100);
}

int month_to_long(month_t month, char *out)
{
    return snprintf(out, DATE_TEXT_SIZE, "%s %04d", month_names[month % 12], month / 12);
}

/* ---- what people write ---- */

struct scan {
    const char *next;
    const char *end;
};

static bool at_end(const struct scan *scan)
{
    return scan->next == scan->end;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Up to `most` digits; how many there were in *count. */
static int scan_number(struct scan *scan, int most, int *count)
{
    int number = 0;
    *count = 0;
    while (!at_end(scan) && is_digit(*scan->next) && *count < most) {
        number = number * 10 + (*scan->next++ - '0');
        (*count)++;
    }
    return number;
}

static bool scan_char(struct scan *scan, char c)
{
    if (at_end(scan) || *scan->next != c)
        return false;
    scan->next++;
    return true;
}

static void scan_blanks(struct scan *scan)
{
    while (scan_char(scan, ' '))
        ;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/* A month by its name or the first three letters of it (or "Sept"), 0 when there is none. */
static int scan_month_name(struct scan *scan)
{
    const char *start = scan->next;
    size_t length = 0;
    while (start + length < scan->end && is_letter(start[length]))
        length++;
    for (int month = 0; month < 12 && length >= 3; month++) {
        const char *name = month_names[month];
        size_t same = 0;
        while (same < length && name[same] && lower(name[same]) == lower(start[same]))
            same++;
        if (same == length && (length == 3 || length == 4 || name[same] == '\0')) {
            scan->next += length;
            return month + 1;
        }
    }
    return 0;
}

/* The separator between the parts of a date: one of / - . or a blank. 0 when there is none. */
static char scan_separator(struct scan *scan)
{
    if (at_end(scan))
        return 0;
    char c = *scan->next;
    if (c != '/' && c != '-' && c != '.' && c != ' ')
        return 0;
    scan->next++;
    return c;
}

bool date_is_credible(date_t date)
{
    /* In days from 1970-01-01, since every date of every export passes here. */
    enum {
        OF_1900 = -25567,
        OF_2200 = 84006,
        OF_2299 = 120165,
        OF_2301 = 120895,
        OF_9999 = 2932532
    };
    return (date >= OF_1900 && date < OF_2200) || (date >= OF_2299 && date < OF_2301) ||
           date >= OF_9999;
}

static date_t scan_date(struct scan *scan)
{
    int length, year_length, ignored;
    int first = scan_number(scan, 4, &length);
    char separator = scan_separator(scan);
    if (length == 0 || length == 3 || !separator)
        return NO_DATE;
    int month = scan_month_name(scan);
    if (month == 0)
        month = scan_number(scan, 2, &ignored);
    if (scan_separator(scan) != separator)
        return NO_DATE;
    if (length == 4)
        return date_from_parts(first, month, scan_number(scan, 2, &ignored));
    int year = scan_number(scan, 4, &year_length);
    if (year_length == 2)
        year += year < 70 ? 2000 : 1900;
    else if (year_length != 4)
        return NO_DATE;
    return date_from_parts(year, month, first);
}

/* "am" or "pm" moves the hour; -1 when the hour does not go with it. */
static int scan_half_of_day(struct scan *scan, int hour)
{
    scan_blanks(scan);
    if (scan->end - scan->next < 2 || lower(scan->next[1]) != 'm')
        return hour;
    char half = lower(scan->next[0]);
    if (half != 'a' && half != 'p')
        return hour;
    scan->next += 2;
    if (hour < 1 || hour > 12)
        return -1;
    return hour % 12 + (half == 'p' ? 12 : 0);
}

/* A time of day in seconds, -1 when it is none. Fractions of a second and a final Z are dropped. */
static int scan_time(struct scan *scan)
{
    int length;
    int second = 0;
    int hour = scan_number(scan, 2, &length);
    if (length == 0 || !scan_char(scan, ':'))
        return -1;
    int minute = scan_number(scan, 2, &length);
    if (length != 2)
        return -1;
    if (scan_char(scan, ':')) {
        second = scan_number(scan, 2, &length);
        if (length != 2)
            return -1;
        if (scan_char(scan, '.'))
            scan_number(scan, 9, &length);
    }
    hour = scan_half_of_day(scan, hour);
    scan_char(scan, 'Z');
    if (hour < 0 || hour > 23 || minute > 59 || second > 59)
        return -1;
    return hour * 3600 + minute * 60 + second;
}

moment_t moment_from_text(struct span text)
{
    text = span_trim(text);
    struct scan scan = {text.text, text.text + text.length};
    date_t date = scan_date(&scan);
    if (!date_is_credible(date))
        return NO_MOMENT;
    moment_t moment = moment_of_date(date);
    if (at_end(&scan))
        return moment;
    if (!scan_char(&scan, 'T') && *scan.next != ' ')
        return NO_MOMENT;
    scan_blanks(&scan);
    int time_of_day = scan_time(&scan);
    if (time_of_day < 0 || !at_end(&scan))
        return NO_MOMENT;
    return moment + time_of_day;
}

int moment_from_plain_text(struct span text, bool with_time, moment_t *moment, char *iso)
{
    const char *t = text.text;
    bool timed = text.length == 16;
    if ((text.length != 10 && !timed) || t[2] != '/' || t[5] != '/' ||
        (timed && (t[10] != ' ' || t[13] != ':')))
        return 0;
    date_t date = date_from_parts(digits(t + 6, 4), digits(t + 3, 2), digits(t, 2));
    int hour = timed ? digits(t + 11, 2) : 0;
    int minute = timed ? digits(t + 14, 2) : 0;
    if (!date_is_credible(date) || hour < 0 || hour > 23 || minute < 0 || minute > 59)
        return 0;
    *moment = moment_of_date(date);
    memcpy(iso, t + 6, 4);
    memcpy(iso + 5, t + 3, 2);
    memcpy(iso + 8, t, 2);
    iso[4] = iso[7] = '-';
    if (!with_time || (hour == 0 && minute == 0))
        return 10;
    *moment += hour * 3600 + minute * 60;
    iso[10] = 'T';
    memcpy(iso + 11, t + 11, 5);
    return 16;
}

moment_t moment_from_serial(double serial)
{
    const double first = 1, false_day = 60, after_last = 2958466;
    if (!(serial >= first && serial < after_last) || floor(serial) == false_day)
        return NO_MOMENT;
    moment_t seconds = (moment_t)floor(serial * SECONDS_A_DAY + 0.5);
    /* Serial 25569 is 1 January 1970; before the false day everything is one day later. */
    moment_t epoch = serial < false_day ? 25568 : 25569;
    moment_t moment = seconds - epoch * SECONDS_A_DAY;
    return date_is_credible(moment_date(moment)) ? moment : NO_MOMENT;
}

/* ---- working days ---- */

enum { LONGEST_CALENDAR_LINE = 256 };

static int calendar_read(FILE *file, const char *path, date_t **holidays, size_t *count,
                         struct error *error)
{
    char line[LONGEST_CALENDAR_LINE];
    size_t capacity = 0;
    for (unsigned number = 1; fgets(line, sizeof line, file); number++) {
        struct span rest = span_of(line);
        struct span day = span_cut(&rest, '\t');
        if (number == 1 || day.length == 0)
            continue;
        date_t date = date_from_iso(day);
        if (date == NO_DATE)
            return error_set(error, EXIT_BAD_CONFIG,
                             "%s:%u: a bank holiday must be a date like 2019-08-26", path, number);
        if (*count > 0 && date <= (*holidays)[*count - 1])
            return error_set(error, EXIT_BAD_CONFIG, "%s:%u: bank holidays must be in order", path,
                             number);
        date_t *room = grow(*holidays, &capacity, *count + 1, sizeof **holidays);
        if (!room)
            return error_memory(error, "reading the bank holidays");
        *holidays = room;
        room[(*count)++] = date;
    }
    if (ferror(file))
        return error_system(error, EXIT_IO, "cannot read '%s'", path);
    if (*count == 0)
        return error_set(error, EXIT_BAD_CONFIG, "'%s' holds no bank holiday", path);
    return 0;
}

static int calendar_build(struct calendar *calendar, const date_t *holidays, size_t count,
                          struct error *error)
{
    calendar->first = month_first(month_of(holidays[0]) / 12 * 12);
    calendar->last = month_last(month_of(holidays[count - 1]) / 12 * 12 + 11);
    size_t days = (size_t)(calendar->last - calendar->first) + 1;
    calendar->ordinal = calloc(days, sizeof *calendar->ordinal);
    calendar->working = calloc(days, sizeof *calendar->working);
    if (!calendar->ordinal || !calendar->working)
        return error_memory(error, "reading the bank holidays");
    int32_t working = 0;
    size_t next = 0;
    for (size_t i = 0; i < days; i++) {
        date_t date = calendar->first + (date_t)i;
        bool holiday = next < count && holidays[next] == date;
        if (holiday)
            next++;
        if (!holiday && !is_weekend(date))
            calendar->working[working++] = date;
        calendar->ordinal[i] = working;
    }
    return 0;
}

int calendar_load(struct calendar *calendar, const char *path, struct error *error)
{
    *calendar = (struct calendar){0};
    FILE *file = fopen(path, "re");
    if (!file)
        return error_system(error, EXIT_BAD_CONFIG, "cannot read the bank holidays '%s'", path);
    date_t *holidays = NULL;
    size_t count = 0;
    int status = calendar_read(file, path, &holidays, &count, error);
    if (status == 0)
        status = calendar_build(calendar, holidays, count, error);
    if (status < 0)
        calendar_free(calendar);
    free(holidays);
    fclose(file);
    return status;
}

void calendar_free(struct calendar *calendar)
{
    free(calendar->ordinal);
    free(calendar->working);
    *calendar = (struct calendar){0};
}

date_t calendar_add_working_days(const struct calendar *calendar, date_t date, int count)
{
    if (date < calendar->first || date > calendar->last || count < 0)
        return NO_DATE;
    if (count == 0)
        return date;
    size_t days = (size_t)(calendar->last - calendar->first) + 1;
    int32_t target = calendar->ordinal[date - calendar->first] + count;
    if (target > calendar->ordinal[days - 1])
        return NO_DATE;
    return calendar->working[target - 1];
}
