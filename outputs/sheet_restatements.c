/*
 * sheet_restatements.c - what earlier reports said that is now known to be otherwise, and why.
 */
#include <stdio.h>

#include "outputs/sheets.h"

enum { CODE, INDICATOR, MONTH, PUBLISHED, ON, NOW, ADDED, REMOVED, CHANGED, WHY, COLUMNS };

static const double widths[COLUMNS] = {9, 66, 10, 13, 13, 10, 9, 9, 9, 44};

/* "3 rows came since, 1 went, 2 count otherwise" */
static void describe(const struct report_restatement *restatement, char *out, size_t size)
{
    static const char *const words[][2] = {{"row came since", "rows came since"},
                                           {"row went", "rows went"},
                                           {"row counts otherwise", "rows count otherwise"}};
    const double counts[] = {restatement->added, restatement->removed, restatement->changed};
    size_t used = 0;
    out[0] = '\0';
    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++)
        if (counts[c] > 0 && used < size)
            used += (size_t)snprintf(out + used, size - used, "%s%.0f %s", used ? ", " : "",
                                     counts[c], words[c][counts[c] > 1]);
    if (used == 0)
        snprintf(out, size, "The same rows: a definition or a target changed.");
}

static void write_row(struct book *book, lxw_worksheet *sheet, lxw_row_t row,
                      const struct report_restatement *restatement)
{
    const struct report_indicator *indicator = &book->report->indicators[restatement->indicator];
    char month[DATE_TEXT_SIZE], why[160];
    month_to_short(restatement->month, month);
    describe(restatement, why, sizeof why);
    book_fit_row(book, sheet, row, &indicator->title, &widths[INDICATOR], 1);
    book_code(book, sheet, row, CODE, restatement->indicator);
    book_text(book, sheet, row, INDICATOR, indicator->title, STYLE_WRAP);
    book_text(book, sheet, row, MONTH, month, STYLE_CENTRE);
    book_text(book, sheet, row, PUBLISHED, restatement->published, STYLE_CENTRE);
    book_date(book, sheet, row, ON, restatement->published_on, STYLE_DATE);
    book_text(book, sheet, row, NOW, restatement->now, STYLE_CENTRE);
    book_number(book, sheet, row, ADDED, restatement->added, STYLE_NUMBER);
    book_number(book, sheet, row, REMOVED, restatement->removed, STYLE_NUMBER);
    book_number(book, sheet, row, CHANGED, restatement->changed, STYLE_NUMBER);
    book_text(book, sheet, row, WHY, why, STYLE_WRAP);
}

void sheet_restatements(struct book *book)
{
    static const char *const headers[COLUMNS] = {"Code",      "Indicator", "Month", "As published",
                                                 "Published", "Now",       "Added", "Removed",
                                                 "Changed",   "Why"};
    const struct report *report = book->report;
    lxw_worksheet *sheet = book_sheet(book, "Restatements");
    if (!sheet)
        return;
    book_widths(book, sheet, widths, COLUMNS);
    lxw_row_t header = book_title(book, sheet, "Restatements");
    lxw_row_t row = header + 1;
    book_headers(book, sheet, header, headers, widths, COLUMNS);
    for (size_t r = 0; r < report->restatement_count; r++)
        write_row(book, sheet, row++, &report->restatements[r]);
    if (report->restatement_count == 0) {
        book_text(book, sheet, row, CODE, "", STYLE_TEXT);
        book_text(book, sheet, row, INDICATOR,
                  report->compared ? "No month shows another value than when it was published."
                                   : "No earlier report: figures are compared with those that the "
                                     "nightly run published before.",
                  STYLE_TEXT);
        book_fill(book, sheet, row++, MONTH, WHY, STYLE_TEXT);
    }
    book_table(book, sheet, "Restatements", header, row - 1, COLUMNS - 1);
}
