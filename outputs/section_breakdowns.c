/*
 * A breakdown by what a child or an episode is has its months and, in section_charts.c, a chart. By
 * service, team and worker a section has one table each, with a column for each indicator, of the
 * report's month: what a manager looks at is the row of one team.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "outputs/section.h"

static const char *const organisation[] = {"service", "team", "worker"};

enum { ORGANISATION = sizeof organisation / sizeof *organisation };

static bool is_organisation(const char *dimension)
{
    for (size_t d = 0; d < ORGANISATION; d++)
        if (strcmp(dimension, organisation[d]) == 0)
            return true;
    return false;
}

bool breakdown_is_charted(const struct report *report, size_t first_member)
{
    enum { FEWEST = 2, MOST = 40 };
    size_t count = report_breakdown(report, first_member);
    return !is_organisation(report->members[first_member].dimension) && count >= FEWEST &&
           count <= MOST;
}

void section_members(const struct section *section, size_t *first, size_t *last)
{
    const struct report *report = section->book->report;
    size_t m = 0;
    while (m < report->member_count && report->members[m].indicator < section->first)
        m++;
    *first = m;
    while (m < report->member_count &&
           report->members[m].indicator < section->first + section->count)
        m++;
    *last = m;
}

/* Room for a heading and its rows, and an empty row below; returns the heading's. */
static lxw_row_t place_table(struct section *section, size_t rows)
{
    lxw_row_t row = section_place(section, (lxw_row_t)rows + 1);
    section->row++;
    return row;
}

static void write_heading(struct section *section, lxw_row_t row, const char *code,
                          const char *text)
{
    book_text(section->book, section->sheet, row, SECTION_CODE, code, STYLE_HEADER);
    book_text(section->book, section->sheet, row, SECTION_TITLE, text, STYLE_HEADER);
}

/* ---- by what children and episodes are ------------------------------------------------------ */

static void write_member(struct section *section, lxw_row_t row, const struct report_member *member)
{
    struct book *book = section->book;
    const struct report *report = book->report;
    const struct report_indicator *indicator = &report->indicators[member->indicator];
    book_text(book, section->sheet, row, SECTION_CODE, "", STYLE_TEXT);
    book_text(book, section->sheet, row, SECTION_TITLE, member->member, STYLE_TEXT);
    for (int m = 0; m < report->months; m++)
        book_result(book, section->sheet, row, (lxw_col_t)(SECTION_FIRST_MONTH + m), indicator,
                    &member->results[m]);
}

static void write_months(struct section *section, size_t first, size_t count, lxw_row_t *rows)
{
    const struct report *report = section->book->report;
    const struct report_member *member = &report->members[first];
    const struct report_indicator *indicator = &report->indicators[member->indicator];
    const double width = SECTION_TITLE_WIDTH;
    char text[256], month[DATE_TEXT_SIZE];
    const char *line = text;
    lxw_row_t row = place_table(section, count);
    snprintf(text, sizeof text, "By %s: %.200s", member->dimension, indicator->title);
    book_fit_row(section->book, section->sheet, row, &line, &width, 1);
    write_heading(section, row, indicator->code, line);
    for (int m = 0; m < report->months; m++) {
        month_to_short(report_month(report, m), month);
        book_text(section->book, section->sheet, row, (lxw_col_t)(SECTION_FIRST_MONTH + m), month,
                  STYLE_HEADER_CENTRE);
    }
    for (size_t m = 0; m < count; m++) {
        rows[m] = ++row;
        write_member(section, row, &report->members[first + m]);
    }
}

/* ---- by service, team and worker ------------------------------------------------------------ */

/* The breakdowns of a section by one dimension, each by its first member, and in order the names of
 * all members that have a row in the report's month. */
struct organised {
    size_t *breakdowns;
    size_t breakdown_count;
    const char **names;
    size_t name_count;
};

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool organise(const struct report *report, const char *dimension, size_t first, size_t last,
                     struct organised *organised)
{
    *organised = (struct organised){.breakdowns = calloc(last - first + 1, sizeof(size_t)),
                                    .names = calloc(last - first + 1, sizeof(char *))};
    if (!organised->breakdowns || !organised->names)
        return false;
    for (size_t m = first; m < last; m += report_breakdown(report, m))
        if (strcmp(report->members[m].dimension, dimension) == 0)
            organised->breakdowns[organised->breakdown_count++] = m;
    for (size_t m = first; m < last; m++)
        if (strcmp(report->members[m].dimension, dimension) == 0 &&
            report->members[m].results[report->months - 1].state)
            organised->names[organised->name_count++] = report->members[m].member;
    if (organised->name_count > 1)
        qsort(organised->names, organised->name_count, sizeof *organised->names, compare_names);
    size_t kept = 0;
    for (size_t n = 0; n < organised->name_count; n++)
        if (kept == 0 || strcmp(organised->names[kept - 1], organised->names[n]) != 0)
            organised->names[kept++] = organised->names[n];
    organised->name_count = kept;
    return true;
}

static void write_cell(struct section *section, lxw_row_t row, lxw_col_t column, size_t breakdown,
                       const char *name)
{
    struct book *book = section->book;
    const struct report *report = book->report;
    const struct report_member *members = &report->members[breakdown];
    for (size_t m = 0; m < report_breakdown(report, breakdown); m++)
        if (strcmp(members[m].member, name) == 0) {
            book_result(book, section->sheet, row, column,
                        &report->indicators[members[m].indicator],
                        &members[m].results[report->months - 1]);
            return;
        }
    book_text(book, section->sheet, row, column, "", STYLE_CENTRE);
}

/* A table of as many indicators as there are columns, from one of them on. */
static void write_table(struct section *section, const char *dimension,
                        const struct organised *organised, size_t from, size_t count)
{
    struct book *book = section->book;
    const struct report *report = book->report;
    char line[96], month[DATE_TEXT_SIZE];
    month_to_long(report->last, month);
    snprintf(line, sizeof line, "By %s, %s", dimension, month);
    lxw_row_t row = place_table(section, organised->name_count);
    write_heading(section, row, "", line);
    for (size_t b = 0; b < count; b++)
        book_text(
            book, section->sheet, row, (lxw_col_t)(SECTION_FIRST_MONTH + b),
            report->indicators[report->members[organised->breakdowns[from + b]].indicator].code,
            STYLE_HEADER_CENTRE);
    row++;
    for (size_t n = 0; n < organised->name_count; n++, row++) {
        book_text(book, section->sheet, row, SECTION_CODE, "", STYLE_TEXT);
        book_text(book, section->sheet, row, SECTION_TITLE, organised->names[n], STYLE_TEXT);
        for (size_t b = 0; b < count; b++)
            write_cell(section, row, (lxw_col_t)(SECTION_FIRST_MONTH + b),
                       organised->breakdowns[from + b], organised->names[n]);
    }
}

static void write_organisation(struct section *section, const char *dimension, size_t first,
                               size_t last)
{
    struct organised organised;
    size_t columns = (size_t)section->book->report->months + 1;
    if (!organise(section->book->report, dimension, first, last, &organised))
        error_memory(section->book->error, "breaking down");
    else
        for (size_t from = 0; from < organised.breakdown_count; from += columns) {
            size_t left = organised.breakdown_count - from;
            write_table(section, dimension, &organised, from, left < columns ? left : columns);
        }
    free(organised.breakdowns);
    free(organised.names);
}

void section_breakdowns(struct section *section, lxw_row_t *rows)
{
    const struct report *report = section->book->report;
    size_t first, last;
    section_members(section, &first, &last);
    for (size_t d = 0; d < ORGANISATION; d++)
        write_organisation(section, organisation[d], first, last);
    for (size_t m = first; m < last;) {
        size_t count = report_breakdown(report, m);
        if (!is_organisation(report->members[m].dimension))
            write_months(section, m, count, &rows[m - first]);
        m += count;
    }
}
