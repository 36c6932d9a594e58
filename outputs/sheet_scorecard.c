/*
 * sheet_scorecard.c - the scorecard: this month and the one before, target, change and rating.
 *
 * People link to this sheet: its name and its columns up to RAG stay as they are; what else is to
 * be said of an indicator stands behind them. Only indicators that the definitions put on the
 * scorecard stand here, grouped under the rows of their sections.
 */
#include <stdio.h>
#include <string.h>

#include "outputs/sheets.h"
#include "outputs/trend.h"

enum { CODE, INDICATOR, BEFORE, NOW, TARGET, CHANGE, RAG, TREND, DEFINITION, RESTATED, COLUMNS };

static const double widths[COLUMNS] = {9, 78, 10, 10, 10, 13, 11, 15, 11, 20};

static void write_header(struct book *book, lxw_worksheet *sheet, lxw_row_t row)
{
    const struct report *report = book->report;
    char before[DATE_TEXT_SIZE];
    char now[DATE_TEXT_SIZE];
    month_to_short(report->last - 1, before);
    month_to_short(report->last, now);
    const char *const headers[COLUMNS] = {"Code",    "Indicator", before, now,
                                          "Target",  "Change",    "RAG",  "Three months",
                                          "Meaning", "Restated"};
    for (lxw_col_t c = 0; c < COLUMNS; c++)
        book_text(book, sheet, row, c, headers[c],
                  c > INDICATOR ? STYLE_HEADER_CENTRE : STYLE_HEADER);
}

/* "Jun-19: was 70%", of the latest month that was restated. */
static void write_restated(struct book *book, lxw_worksheet *sheet, lxw_row_t row, size_t indicator)
{
    const struct report *report = book->report;
    const struct report_restatement *latest = NULL;
    unsigned count = 0;
    for (size_t r = 0; r < report->restatement_count; r++) {
        const struct report_restatement *restatement = &report->restatements[r];
        if (restatement->indicator != indicator)
            continue;
        count++;
        if (!latest || restatement->month >= latest->month)
            latest = restatement;
    }
    if (!latest) {
        book_text(book, sheet, row, RESTATED, "", STYLE_CENTRE);
        return;
    }
    char month[DATE_TEXT_SIZE], text[128], more[32] = "";
    month_to_short(latest->month, month);
    if (count > 1)
        snprintf(more, sizeof more, " (%u months)", count);
    snprintf(text, sizeof text, "\u2020 %.12s was %.60s%s", month,
             *latest->published ? latest->published : "blank", more);
    book_text(book, sheet, row, RESTATED, text, STYLE_CENTRE);
}

static void write_indicator(struct book *book, lxw_worksheet *sheet, lxw_row_t row, size_t number)
{
    const struct report *report = book->report;
    const struct report_indicator *indicator = &report->indicators[number];
    const struct result *now = report_now(report, number);
    struct trend trend = trend_of(report, number);
    char target[64], course[TREND_TEXT_SIZE];
    snprintf(target, sizeof target, "Definitions!A%u", definition_row(number) + 1);
    book_fit_row(book, sheet, row, &indicator->title, &widths[INDICATOR], 1);
    book_code(book, sheet, row, CODE, number);
    book_text(book, sheet, row, INDICATOR, indicator->title, STYLE_WRAP);
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
    book_rag(book, sheet, row, RAG, now);
    trend_words(report, number, &trend, course);
    book_text(book, sheet, row, TREND, course, style_of_course(trend.course));
    if (book->has_definitions)
        book_link(book, sheet, row, DEFINITION, target, "definition");
    else
        book_text(book, sheet, row, DEFINITION, "", STYLE_CENTRE);
    write_restated(book, sheet, row, number);
}

static bool has_scorecard_rows(const struct report *report, size_t first, size_t count)
{
    for (size_t i = first; i < first + count; i++)
        if (report->indicators[i].on_scorecard)
            return true;
    return false;
}

static void write_note(struct book *book, lxw_worksheet *sheet, lxw_row_t *row, const char *text)
{
    book_text(book, sheet, (*row)++, 0, text, STYLE_NOTE);
}

static lxw_row_t write_notes(struct book *book, lxw_worksheet *sheet, lxw_row_t row, bool tbc)
{
    write_note(book, sheet, &row,
               "RAG: Green meets the target; Amber misses it by at most the tolerance (10% of the "
               "target unless the definition says otherwise); Red otherwise; Grey is not rated. "
               "pp: percentage points.");
    write_note(book, sheet, &row,
               "Three months: the arrow is where the number went since three months before, the "
               "word whether that is better or worse; \"none in\" where that month has no value. "
               "Codes lead to the months behind them.");
    if (tbc)
        write_note(book, sheet, &row,
                   "* Not known yet: the indicator settles some time after the month's end. Its "
                   "rating, marked * as well, and its course are those of its latest known month.");
    if (book->report->restatement_count > 0)
        write_note(book, sheet, &row,
                   "\u2020 Restated: the last report of that month showed another value, as "
                   "records have been updated since.");
    return row;
}

void sheet_scorecard(struct book *book)
{
    const struct report *report = book->report;
    lxw_worksheet *sheet = book_sheet(book, "Scorecard");
    if (!sheet)
        return;
    book_widths(book, sheet, widths, COLUMNS);
    lxw_row_t header = book_title(book, sheet, "Performance scorecard");
    lxw_row_t row = header;
    bool tbc = false;
    write_header(book, sheet, row++);
    for (size_t first = 0; first < report->indicator_count;) {
        size_t count = report_section(report, first);
        if (has_scorecard_rows(report, first, count)) {
            book_text(book, sheet, row, CODE, report->indicators[first].section, STYLE_SECTION);
            book_fill(book, sheet, row++, INDICATOR, COLUMNS - 1, STYLE_SECTION);
        }
        for (size_t i = first; i < first + count; i++) {
            const char *state = report_now(report, i)->state;
            if (!report->indicators[i].on_scorecard)
                continue;
            tbc = tbc || (state && strcmp(state, "tbc") == 0);
            write_indicator(book, sheet, row++, i);
        }
        first += count;
    }
    book_table(book, sheet, "Scorecard", header, row - 1, COLUMNS - 1);
    row = write_notes(book, sheet, row + 1, tbc);
    book_check(book, worksheet_print_area(sheet, 0, 0, row - 1, COLUMNS - 1), "its print area");
}
