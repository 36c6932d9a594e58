/*
 * sheet_definitions.c - every indicator in the words of its definition, and where that stands.
 */
#include <stdio.h>

#include "outputs/book.h"

enum { HEADER_ROW = 4 };

lxw_row_t definition_row(size_t indicator)
{
    return HEADER_ROW + 1 + (lxw_row_t)indicator;
}

/* "known 20 working days after the month's end; from 2019-01" */
static void write_limits(struct book *book, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column,
                         const struct report_indicator *indicator)
{
    char text[160];
    snprintf(text, sizeof text, "%s%.40s%s%s%.16s", *indicator->settles ? "known " : "",
             indicator->settles, *indicator->settles ? " after the month's end" : "",
             *indicator->from ? (*indicator->settles ? "; from " : "from ") : "", indicator->from);
    book_text(book, sheet, row, column, text, STYLE_WRAP);
}

void sheet_definitions(struct book *book)
{
    static const char *const headers[] = {"Code",          "Indicator", "What is counted", "Month",
                                          "What meets it", "Target",    "Better",          "Known",
                                          "Data",          "Note",      "Defined at"};
    static const double widths[] = {9, 38, 42, 17, 36, 12, 8, 16, 24, 26, 26};
    enum { COLUMNS = sizeof headers / sizeof *headers };
    const struct report *report = book->report;
    lxw_worksheet *sheet = book_sheet(book, "Definitions");
    if (!sheet)
        return;
    for (lxw_col_t c = 0; c < COLUMNS; c++)
        book_width(book, sheet, c, widths[c]);
    lxw_row_t header = book_title(book, sheet, "Definitions");
    book_headers(book, sheet, header, headers, COLUMNS);
    for (size_t i = 0; i < report->indicator_count; i++) {
        const struct report_indicator *indicator = &report->indicators[i];
        lxw_row_t row = definition_row(i);
        book_text(book, sheet, row, 0, indicator->code, STYLE_TEXT);
        book_text(book, sheet, row, 1, indicator->title, STYLE_WRAP);
        book_text(book, sheet, row, 2, indicator->population, STYLE_WRAP);
        book_text(book, sheet, row, 3, indicator->period, STYLE_WRAP);
        book_text(book, sheet, row, 4, indicator->test, STYLE_WRAP);
        book_text(book, sheet, row, 5, indicator->target_shown, STYLE_WRAP);
        book_text(book, sheet, row, 6, indicator->better, STYLE_WRAP);
        write_limits(book, sheet, row, 7, indicator);
        book_text(book, sheet, row, 8, indicator->datasets, STYLE_WRAP);
        book_text(book, sheet, row, 9, indicator->note, STYLE_WRAP);
        book_text(book, sheet, row, 10, indicator->defined, STYLE_WRAP);
        const char *const texts[COLUMNS] = {
            indicator->code,     indicator->title,        indicator->population, indicator->period,
            indicator->test,     indicator->target_shown, indicator->better,     indicator->settles,
            indicator->datasets, indicator->note,         indicator->defined};
        book_fit_row(book, sheet, row, texts, widths, COLUMNS);
    }
    lxw_row_t last = definition_row(report->indicator_count) - 1;
    book_table(book, sheet, "Definitions", header, last, COLUMNS - 1);
}
