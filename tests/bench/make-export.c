/*
 * make-export: a missing-episode export of any length: make-export ROWS csv|xlsx|xls-rows >FILE
 *
 * Fourteen columns, three of them dates with times, as a case system writes them; the same bytes on
 * every run.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xlsxwriter.h>

#include "etl/date.h"

enum { COLUMNS = 14 };

static const char *const headers[COLUMNS] = {
    "Episode No", "CaseFile ID", "Episode type", "Missing from date/time", "Returned date/time",
    "Missing from", "Notified by", "RHI offered", "RHI accepted", "RHI completed (date)",
    "Reason given at RHI", "Area", "Team", "Notes"};

/* A repeatable stream of numbers (xorshift). */
static uint64_t next_number(void)
{
    static uint64_t state = 88172645463325252u;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

struct row {
    char texts[COLUMNS][48];
    double serials[COLUMNS]; /* of the dates */
};

static void day_first(moment_t moment, bool with_time, char *out, size_t size)
{
    int year, month, day;
    date_t date = moment_date(moment);
    date_parts(date, &year, &month, &day);
    int minute = (int)((moment - moment_of_date(date)) / 60);
    if (with_time)
        snprintf(out, size, "%02d/%02d/%04d %02d:%02d", day, month, year, minute / 60,
                 minute % 60);
    else
        snprintf(out, size, "%02d/%02d/%04d", day, month, year);
}

static void make_row(struct row *row, unsigned long number)
{
    static const char *const yes_no[] = {"Y", "N", "", "Y"};
    moment_t first = moment_of_date(date_from_parts(2018, 7, 1));
    moment_t started = first + (moment_t)(next_number() % (395 * 1440)) * 60;
    moment_t found = started + (moment_t)(next_number() % (3 * 1440) + 30) * 60;
    moment_t interviewed = moment_of_date(moment_date(found) + 2);
    snprintf(row->texts[0], sizeof row->texts[0], "ME%lu", 100000 + number);
    snprintf(row->texts[1], sizeof row->texts[1], "%" PRIu64, 310000 + next_number() % 20000);
    snprintf(row->texts[2], sizeof row->texts[2], "%s", next_number() % 9 ? "Missing" : "AWAY");
    day_first(started, true, row->texts[3], sizeof row->texts[3]);
    day_first(found, true, row->texts[4], sizeof row->texts[4]);
    snprintf(row->texts[5], sizeof row->texts[5], "%s", next_number() % 4 ? "Placement" : "Home");
    snprintf(row->texts[6], sizeof row->texts[6], "Police");
    snprintf(row->texts[7], sizeof row->texts[7], "%s", yes_no[next_number() % 4]);
    snprintf(row->texts[8], sizeof row->texts[8], "%s", yes_no[next_number() % 4]);
    day_first(interviewed, false, row->texts[9], sizeof row->texts[9]);
    snprintf(row->texts[10], sizeof row->texts[10], "MR%d", (int)(next_number() % 9) + 1);
    snprintf(row->texts[11], sizeof row->texts[11], "Area %d", (int)(next_number() % 12));
    snprintf(row->texts[12], sizeof row->texts[12], "Team %d", (int)(next_number() % 20));
    snprintf(row->texts[13], sizeof row->texts[13], "Note %" PRIu64, next_number() % 100000);
    const double epoch = 25569;
    row->serials[3] = epoch + (double)started / SECONDS_A_DAY;
    row->serials[4] = epoch + (double)found / SECONDS_A_DAY;
    row->serials[9] = epoch + (double)interviewed / SECONDS_A_DAY;
}

static int write_csv(unsigned long rows)
{
    struct row row = {0};
    for (int c = 0; c < COLUMNS; c++)
        printf("%s%s", headers[c], c + 1 < COLUMNS ? "," : "\n");
    for (unsigned long r = 0; r < rows; r++) {
        make_row(&row, r);
        for (int c = 0; c < COLUMNS; c++)
            printf("%s%s", row.texts[c], c + 1 < COLUMNS ? "," : "\n");
    }
    return fflush(stdout) == 0 ? 0 : 1;
}

static int write_xlsx(unsigned long rows, const char *path)
{
    lxw_workbook_options options = {.constant_memory = LXW_TRUE};
    lxw_workbook *book = workbook_new_opt(path, &options);
    lxw_worksheet *sheet = workbook_add_worksheet(book, "Episodes");
    lxw_format *date = workbook_add_format(book);
    format_set_num_format(date, "dd/mm/yyyy hh:mm");
    struct row row = {0};
    for (lxw_col_t c = 0; c < COLUMNS; c++)
        worksheet_write_string(sheet, 0, c, headers[c], NULL);
    for (unsigned long r = 0; r < rows; r++) {
        make_row(&row, r);
        for (lxw_col_t c = 0; c < COLUMNS; c++) {
            if (row.serials[c] > 0)
                worksheet_write_number(sheet, (lxw_row_t)r + 1, c, row.serials[c], date);
            else if (row.texts[c][0])
                worksheet_write_string(sheet, (lxw_row_t)r + 1, c, row.texts[c], NULL);
        }
    }
    return workbook_close(book) == LXW_NO_ERROR ? 0 : 1;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: make-export ROWS csv >FILE | make-export ROWS xlsx FILE\n");
        return 64;
    }
    unsigned long rows = strtoul(argv[1], NULL, 10);
    if (strcmp(argv[2], "csv") == 0)
        return write_csv(rows);
    return argc > 3 ? write_xlsx(rows, argv[3]) : 64;
}
