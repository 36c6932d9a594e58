/*
 * sheet_actions.c - every action of the month in one table: whose it is, and when it is due.
 */
#include "outputs/sheets.h"

enum { SECTION, ACTION, OWNER, DUE, STATUS, LATE, COLUMNS };

static const double widths[COLUMNS] = {30, 84, 30, 14, 18, 14};

static void write_action(struct book *book, lxw_worksheet *sheet, lxw_row_t row,
                         const struct report_comment *comment)
{
    const struct report *report = book->report;
    const char *const texts[] = {comment->section, comment->text, comment->owner};
    book_fit_row(book, sheet, row, texts, widths, DUE);
    for (lxw_col_t c = 0; c < DUE; c++)
        book_text(book, sheet, row, c, texts[c], STYLE_WRAP);
    book_date(book, sheet, row, DUE, comment->due, STYLE_DATE);
    book_text(book, sheet, row, STATUS, comment->status, STYLE_WRAP);
    if (comment_is_overdue(report, comment))
        book_number(book, sheet, row, LATE, (double)(report->as_at - comment->due), STYLE_NUMBER);
    else
        book_text(book, sheet, row, LATE, "", STYLE_CENTRE);
}

void sheet_actions(struct book *book)
{
    static const char *const headers[COLUMNS] = {
        "Part of the service", "Action", "Owner", "Due", "Status", "Days overdue"};
    const struct report *report = book->report;
    lxw_worksheet *sheet = NULL;
    lxw_row_t header = 0;
    lxw_row_t row = 0;
    for (size_t c = 0; c < report->comment_count; c++) {
        if (!report->comments[c].action || report->comments[c].month != report->last)
            continue;
        if (!sheet) {
            sheet = book_sheet(book, "Actions");
            if (!sheet)
                return;
            book_widths(book, sheet, widths, COLUMNS);
            header = book_title(book, sheet, "Actions");
            row = header + 1;
            book_headers(book, sheet, header, headers, widths, COLUMNS);
        }
        write_action(book, sheet, row++, &report->comments[c]);
    }
    if (!sheet)
        return;
    book_table(book, sheet, "Actions", header, row - 1, COLUMNS - 1);
    book_check(book, worksheet_autofilter(sheet, header, 0, row - 1, COLUMNS - 1), "its filter");
}
