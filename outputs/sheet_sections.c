/*
 * sheet_sections.c - a sheet for each part of the service: thirteen months, charts, what people
 * wrote, and breakdowns.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "outputs/section.h"

enum { HELPER_GAP = 2 }; /* columns between what is printed and the numbers of the charts */

/* ---- links ---------------------------------------------------------------------------------- */

int sections_plan(struct book *book)
{
    const struct report *report = book->report;
    book->detail_names = calloc(report->indicator_count + 1, sizeof *book->detail_names);
    book->detail_rows = calloc(report->indicator_count + 1, sizeof *book->detail_rows);
    if (!book->detail_names || !book->detail_rows)
        return error_memory(book->error, "planning the sheets");
    for (size_t first = 0; first < report->indicator_count;) {
        size_t count = report_section(report, first);
        const char *name = book_reserve(book, report->indicators[first].section);
        for (size_t i = 0; i < count; i++) {
            book->detail_names[first + i] = name;
            book->detail_rows[first + i] = SECTION_HEADER_ROW + 1 + (lxw_row_t)i;
        }
        first += count;
    }
    return book->error->code == EXIT_COMPLETE ? 0 : -1;
}

/* How many rows of the usual height a landscape A4 page takes of a sheet that is fitted to its
 * width: the lesser of what Excel does, which does not enlarge, and LibreOffice, which does and
 * whose columns are wider by about a quarter. */
static int page_rows(const struct report *report)
{
    enum { PAGE_WIDTH = 1045, PIXELS_OF_ROWS = 32, LEFT_PIXELS = 430, MONTH_PIXELS = 61 };
    int width = LEFT_PIXELS + (report->months + 1) * MONTH_PIXELS;
    int there = (width > PAGE_WIDTH ? width : PAGE_WIDTH) / PIXELS_OF_ROWS;
    int here = width * 5 / 4 / PIXELS_OF_ROWS;
    return there < here ? there : here;
}

/* ---- the flow below the table --------------------------------------------------------------- */

lxw_row_t section_place(struct section *section, lxw_row_t rows)
{
    lxw_row_t row = section->row;
    while (row + rows > section->page_end) {
        if (row <= section->page_end && section->break_count < SECTION_MOST_BREAKS) {
            row = section->page_end;
            section->breaks[section->break_count++] = row;
        }
        section->page_end += (lxw_row_t)section->page_rows;
        if (rows > (lxw_row_t)section->page_rows)
            break; /* longer than any page */
    }
    section->chart = 0;
    section->row = row + rows;
    return row;
}

static void begin_flow(struct section *section, lxw_row_t row, int used_rows)
{
    section->page_rows = page_rows(section->book->report);
    section->row = row;
    section->page_end =
        row + (lxw_row_t)(used_rows < section->page_rows ? section->page_rows - used_rows : 0);
}

/* ---- the table ------------------------------------------------------------------------------ */

static void write_headers(const struct section *section)
{
    struct book *book = section->book;
    lxw_worksheet *sheet = section->sheet;
    const struct report *report = book->report;
    const lxw_row_t row = SECTION_HEADER_ROW;
    book_text(book, sheet, row, SECTION_CODE, "Code", STYLE_HEADER);
    book_text(book, sheet, row, SECTION_TITLE, "Indicator", STYLE_HEADER);
    for (int m = 0; m < report->months; m++) {
        char month[DATE_TEXT_SIZE];
        month_to_short(report_month(report, m), month);
        book_text(book, sheet, row, (lxw_col_t)(SECTION_FIRST_MONTH + m), month,
                  STYLE_HEADER_CENTRE);
        book_text(book, sheet, row, (lxw_col_t)(section->values_from + m), month, STYLE_HELPER);
        book_text(book, sheet, row, (lxw_col_t)(section->targets_from + m), month, STYLE_HELPER);
    }
    book_text(book, sheet, row, section->target, "Target", STYLE_HEADER_CENTRE);
    book_text(book, sheet, row - 1, section->values_from,
              "Values and targets by month, which the charts are drawn from", STYLE_HELPER);
}

static const char *title_of(const struct report_indicator *indicator)
{
    return *indicator->detail_title ? indicator->detail_title : indicator->title;
}

/* A target as it is written in a definition, "95%" or "17": a number under its format; as it stands
 * where it is more than one number. */
static void write_own_target(const struct section *section, lxw_row_t row, const char *text)
{
    struct span number = span_of(text);
    bool percent = number.length > 1 && number.text[number.length - 1] == '%';
    number.length -= percent;
    decimal_t value = decimal_from_text(number);
    if (value == NO_DECIMAL)
        book_text(section->book, section->sheet, row, section->target, text, STYLE_CENTRE);
    else
        book_number(section->book, section->sheet, row, section->target,
                    (double)value / DECIMAL_ONE / (percent ? 100 : 1),
                    percent ? STYLE_PERCENT : STYLE_CENTRE);
}

/* The target that the detail table shows: its own, or that of the month. */
static void write_target(const struct section *section, lxw_row_t row,
                         const struct report_indicator *indicator, const struct result *last)
{
    struct book *book = section->book;
    if (*indicator->detail_target)
        write_own_target(section, row, indicator->detail_target);
    else if (last->has_target)
        book_number(book, section->sheet, row, section->target, last->target,
                    style_of_target(indicator->unit));
    else
        book_text(book, section->sheet, row, section->target, "", STYLE_CENTRE);
}

static void write_indicator(const struct section *section, size_t number)
{
    const double width = SECTION_TITLE_WIDTH;
    struct book *book = section->book;
    lxw_worksheet *sheet = section->sheet;
    const struct report *report = book->report;
    const struct report_indicator *indicator = &report->indicators[number];
    lxw_row_t row = SECTION_HEADER_ROW + 1 + (lxw_row_t)(number - section->first);
    const char *title = title_of(indicator);
    char target[64];
    snprintf(target, sizeof target, "Definitions!A%u", definition_row(number) + 1);
    book_fit_row(book, sheet, row, &title, &width, 1);
    if (book->has_definitions)
        book_link(book, sheet, row, SECTION_CODE, target, indicator->code);
    else
        book_text(book, sheet, row, SECTION_CODE, indicator->code, STYLE_TEXT);
    book_text(book, sheet, row, SECTION_TITLE, title, STYLE_WRAP);
    for (int m = 0; m < report->months; m++) {
        const struct result *result = &indicator->results[m];
        book_result(book, sheet, row, (lxw_col_t)(SECTION_FIRST_MONTH + m), indicator, result);
        if (result_has_value(result))
            book_number(book, sheet, row, (lxw_col_t)(section->values_from + m), result->value,
                        STYLE_HELPER);
        if (result->has_target)
            book_number(book, sheet, row, (lxw_col_t)(section->targets_from + m), result->target,
                        STYLE_HELPER);
    }
    write_target(section, row, indicator, report_now(report, number));
}

/* How many rows of the usual height the sheet takes down to the end of the table. */
static int table_rows(const struct section *section)
{
    const struct report *report = section->book->report;
    int rows = SECTION_HEADER_ROW + 2;
    for (size_t i = 0; i < section->count; i++)
        rows +=
            (int)book_lines(title_of(&report->indicators[section->first + i]), SECTION_TITLE_WIDTH);
    return rows;
}

/* ---- the sheet ------------------------------------------------------------------------------ */

static bool has_any_value(const struct report *report, size_t indicator)
{
    for (int m = 0; m < report->months; m++)
        if (result_has_value(&report->indicators[indicator].results[m]))
            return true;
    return false;
}

/* Places are found first, in the order of the table; then the breakdowns below show which rows
 * their charts are drawn from. */
static void write_below(struct section *section)
{
    const struct report *report = section->book->report;
    size_t first, last;
    section_members(section, &first, &last);
    struct chart_place *lines = calloc(section->count + 1, sizeof *lines);
    struct chart_place *bars = calloc(last - first + 1, sizeof *bars);
    lxw_row_t *rows = calloc(last - first + 1, sizeof *rows);
    if (!lines || !bars || !rows)
        error_memory(section->book->error, "drawing the charts");
    if (section->book->error->code == EXIT_COMPLETE) {
        section_words(section);
        for (size_t i = 0; i < section->count; i++)
            if (has_any_value(report, section->first + i))
                lines[i] = section_chart_place(section);
        for (size_t m = first; m < last; m += report_breakdown(report, m))
            if (breakdown_is_charted(report, m))
                bars[m - first] = section_chart_place(section);
        section->row++;
        section_breakdowns(section, rows);
        for (size_t i = 0; i < section->count; i++)
            if (has_any_value(report, section->first + i))
                section_line_chart(section, section->first + i, lines[i]);
        for (size_t m = first; m < last; m += report_breakdown(report, m))
            if (breakdown_is_charted(report, m))
                section_bar_chart(section, m, report_breakdown(report, m), rows[m - first],
                                  bars[m - first]);
    }
    free(lines);
    free(bars);
    free(rows);
}

static void write_section(struct book *book, size_t first, size_t count)
{
    const struct report *report = book->report;
    const char *title = report->indicators[first].section;
    struct section section = {.book = book, .first = first, .count = count};
    section.sheet = book_sheet(book, title);
    if (!section.sheet)
        return;
    section.target = (lxw_col_t)(SECTION_FIRST_MONTH + report->months);
    section.values_from = section.target + HELPER_GAP;
    section.targets_from = (lxw_col_t)(section.values_from + report->months + 1);
    book_width(book, section.sheet, SECTION_CODE, 9);
    book_width(book, section.sheet, SECTION_TITLE, SECTION_TITLE_WIDTH);
    for (lxw_col_t c = SECTION_FIRST_MONTH; c <= section.target; c++)
        book_width(book, section.sheet, c, SECTION_MONTH_WIDTH);
    book_title(book, section.sheet, title);
    write_headers(&section);
    for (size_t i = 0; i < count; i++)
        write_indicator(&section, first + i);
    lxw_row_t last = SECTION_HEADER_ROW + (lxw_row_t)count;
    book_pane(book, section.sheet, book->sheet_name, SECTION_HEADER_ROW, last, section.target);
    begin_flow(&section, last + 2, table_rows(&section));
    write_below(&section);
    if (section.break_count > 0)
        book_check(book, worksheet_set_h_pagebreaks(section.sheet, section.breaks),
                   "its page breaks");
    book_check(book, worksheet_print_area(section.sheet, 0, 0, section.row - 1, section.target),
               "its print area");
}

void sheet_sections(struct book *book)
{
    const struct report *report = book->report;
    for (size_t first = 0; first < report->indicator_count;) {
        size_t count = report_section(report, first);
        write_section(book, first, count);
        first += count;
    }
}
