/*
 * sheet_education.c - figures that arrive ready made, each for its own period.
 */
#include <string.h>

#include "outputs/sheets.h"

enum { INDICATOR, FREQUENCY, PERIOD, LATEST, COLUMNS };

static const double widths[COLUMNS] = {84, 16, 32, 20};

/* A percentage arrives as 4.9 and is shown as 4.9%. */
static void write_value(struct book *book, lxw_worksheet *sheet, lxw_row_t row,
                        const struct report_figure *figure)
{
    bool percent = strcasecmp(figure->unit, "percent") == 0 || strcmp(figure->unit, "%") == 0;
    bool whole = figure->value == (double)(long long)figure->value;
    if (!figure->has_value)
        book_text(book, sheet, row, LATEST, "-", STYLE_CENTRE);
    else if (percent)
        book_number(book, sheet, row, LATEST, figure->value / 100, STYLE_EXACT);
    else
        book_number(book, sheet, row, LATEST, figure->value, whole ? STYLE_NUMBER : STYLE_DECIMAL);
}

void sheet_education(struct book *book)
{
    static const char *const headers[COLUMNS] = {"Indicator", "Frequency", "Period",
                                                 "Latest performance"};
    const struct report *report = book->report;
    if (report->figure_count == 0)
        return;
    lxw_worksheet *sheet = book_sheet(book, "Education");
    if (!sheet)
        return;
    book_widths(book, sheet, widths, COLUMNS);
    lxw_row_t header = book_title(book, sheet, "Education");
    lxw_row_t row = header + 1;
    book_headers(book, sheet, header, headers, widths, COLUMNS);
    for (size_t f = 0; f < report->figure_count; f++, row++) {
        const struct report_figure *figure = &report->figures[f];
        const char *const texts[] = {figure->indicator, figure->frequency, figure->period};
        book_fit_row(book, sheet, row, texts, widths, LATEST);
        for (lxw_col_t c = 0; c < LATEST; c++)
            book_text(book, sheet, row, c, texts[c], STYLE_WRAP);
        write_value(book, sheet, row, figure);
    }
    book_table(book, sheet, "Education", header, row - 1, COLUMNS - 1);
    book_text(book, sheet, row + 1, 0,
              "Ready-made figures, each at its own frequency: they are not computed from records "
              "and cannot be broken down.",
              STYLE_NOTE);
    book_check(book, worksheet_print_area(sheet, 0, 0, row + 1, COLUMNS - 1), "its print area");
}
