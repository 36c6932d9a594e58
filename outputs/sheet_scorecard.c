/*
 * sheet_scorecard.c - the scorecard: this month and the one before, target, change and rating.
 *
 * People link to this sheet: its name and its columns stay as they are. Only indicators that the
 * definitions put on the scorecard stand here, grouped under the rows of their sections.
 */
#include <string.h>

#include "outputs/book.h"

enum { CODE, INDICATOR, BEFORE, NOW, TARGET, CHANGE, RAG, COLUMNS };

static const double widths[COLUMNS] = {9, 78, 10, 10, 10, 13, 10};

static void write_header(struct book *book, lxw_worksheet *sheet, lxw_row_t row)
{
    const struct report *report = book->report;
    char before[DATE_TEXT_SIZE] = "";
    char now[DATE_TEXT_SIZE];
    month_to_short(report->last - 1, before);
    month_to_short(report->last, now);
    const char *const headers[COLUMNS] = {"Code",   "Indicator", before, now,
                                          "Target", "Change",    "RAG"};
    for (lxw_col_t c = 0; c < COLUMNS; c++)
        book_text(book, sheet, row, c, headers[c],
                  c > INDICATOR ? STYLE_HEADER_CENTRE : STYLE_HEADER);
}

static void write_indicator(struct book *book, lxw_worksheet *sheet, lxw_row_t row, size_t number)
{
    const struct report *report = book->report;
    const struct report_indicator *indicator = &report->indicators[number];
    const struct result *now = &indicator->results[report->months - 1];
    char target[64];
    snprintf(target, sizeof target, "Definitions!A%u", definition_row(number) + 1);
    book_link(book, sheet, row, CODE, target, indicator->code);
    book_text(book, sheet, row, INDICATOR, indicator->title, STYLE_WRAP);
    book_fit_row(book, sheet, row, &indicator->title, &widths[INDICATOR], 1);
    if (report->months > 1)
        book_result(book, sheet, row, BEFORE, indicator, now - 1);
    else
        book_text(book, sheet, row, BEFORE, "", STYLE_CENTRE);
    book_result(book, sheet, row, NOW, indicator, now);
    if (now->has_target)
        book_number(book, sheet, row, TARGET, now->target, style_of_target(indicator->unit));
    else
        book_text(book, sheet, row, TARGET, "", STYLE_CENTRE);
    book_text(book, sheet, row, CHANGE, now->change ? now->change : "", STYLE_CENTRE);
    book_text(book, sheet, row, RAG, now->rag ? now->rag : "",
              style_of_rag(now->rag ? now->rag : ""));
}

static bool has_scorecard_rows(const struct report *report, size_t first, size_t count)
{
    for (size_t i = first; i < first + count; i++)
        if (report->indicators[i].on_scorecard)
            return true;
    return false;
}

void sheet_scorecard(struct book *book)
{
    const struct report *report = book->report;
    lxw_worksheet *sheet = book_sheet(book, "Scorecard");
    if (!sheet)
        return;
    for (lxw_col_t c = 0; c < COLUMNS; c++)
        book_width(book, sheet, c, widths[c]);
    lxw_row_t header = book_title(book, sheet, "Performance scorecard");
    lxw_row_t row = header;
    bool tbc = false;
    write_header(book, sheet, row++);
    for (size_t first = 0; first < report->indicator_count;) {
        size_t count = report_section(report, first);
        if (has_scorecard_rows(report, first, count)) {
            for (lxw_col_t c = 0; c < COLUMNS; c++)
                book_text(book, sheet, row, c, c == 0 ? report->indicators[first].section : "",
                          STYLE_SECTION);
            row++;
        }
        for (size_t i = first; i < first + count; i++) {
            const char *state = report->indicators[i].results[report->months - 1].state;
            if (!report->indicators[i].on_scorecard)
                continue;
            tbc = tbc || (state && strcmp(state, "tbc") == 0);
            write_indicator(book, sheet, row++, i);
        }
        first += count;
    }
    book_table(book, sheet, "Scorecard", header, row - 1, RAG);
    row++;
    book_text(book, sheet, row++, 0,
              "RAG: Green meets the target; Amber misses it by at most the tolerance (10% of the "
              "target unless the definition says otherwise); Red otherwise; Grey is not rated. pp: "
              "percentage points.",
              STYLE_NOTE);
    if (tbc)
        book_text(book, sheet, row++, 0,
                  "* Not known yet: the indicator settles some time after the month's end, and is "
                  "rated on its latest known month.",
                  STYLE_NOTE);
    book_check(book, worksheet_print_area(sheet, 0, 0, row - 1, RAG), "its print area");
}
