/*
 * sheet_overview.c - the month on a page: what goes well, what to watch, what to do better; the
 * sizes of the services; the ratings of each part.
 *
 * A list is chosen by the rule of highlights.h, unless the service has written its own: commentary
 * whose section is the list's title takes its place. Commentary of the section "Overview" stands
 * above the lists.
 */
#include <stdio.h>
#include <string.h>

#include "outputs/highlights.h"
#include "outputs/sheets.h"

enum { CODE, WORDS, FIRST, SECOND, THIRD, FOURTH, COLUMNS };

enum { MOST_HIGHLIGHTS = 8 };

static const double widths[COLUMNS] = {9, 128, 11, 11, 12, 15};

enum rating { GREEN, AMBER, RED, NOT_RATED, RATINGS };

static const char *const rating_names[RATINGS] = {"Green", "Amber", "Red", "Grey"};

static enum rating rating_of(const struct report *report, size_t indicator)
{
    const char *rag = report_now(report, indicator)->rag;
    for (int r = GREEN; rag && r < NOT_RATED; r++)
        if (strcmp(rag, rating_names[r]) == 0)
            return (enum rating)r;
    return NOT_RATED;
}

/* Ratings of the scorecard from one indicator to before another; returns how many there are. */
static size_t count_ratings(const struct report *report, size_t first, size_t last,
                            size_t counts[RATINGS])
{
    size_t all = 0;
    memset(counts, 0, RATINGS * sizeof *counts);
    for (size_t i = first; i < last; i++) {
        if (!report->indicators[i].on_scorecard)
            continue;
        counts[rating_of(report, i)]++;
        all++;
    }
    return all;
}

static void write_heading(struct book *book, lxw_worksheet *sheet, lxw_row_t row,
                          const char *const headers[COLUMNS])
{
    for (lxw_col_t c = 0; c < COLUMNS; c++)
        book_text(book, sheet, row, c, headers[c], c < FIRST ? STYLE_HEADER : STYLE_HEADER_CENTRE);
}

/* ---- what people wrote ---------------------------------------------------------------------- */

/* What the service wrote for a section of this month, a row each. Returns the row below. */
static lxw_row_t write_comments(struct book *book, lxw_worksheet *sheet, lxw_row_t row,
                                const char *section)
{
    const struct report *report = book->report;
    for (size_t c = 0; c < report->comment_count; c++) {
        const struct report_comment *comment = &report->comments[c];
        if (comment->action || comment->month != report->last ||
            strcasecmp(comment->section, section) != 0)
            continue;
        book_fit_row(book, sheet, row, &comment->text, &widths[WORDS], 1);
        book_text(book, sheet, row, CODE, "", STYLE_TEXT);
        book_text(book, sheet, row, WORDS, comment->text, STYLE_WRAP);
        book_fill(book, sheet, row, FIRST, FOURTH, STYLE_TEXT);
        row++;
    }
    return row;
}

/* ---- the lists ------------------------------------------------------------------------------ */

static void write_highlight(struct book *book, lxw_worksheet *sheet, lxw_row_t row,
                            size_t indicator)
{
    const struct report *report = book->report;
    struct trend trend = trend_of(report, indicator);
    char course[TREND_TEXT_SIZE];
    struct buffer sentence = {0};
    highlight_sentence(report, indicator, &sentence);
    if (sentence.failed)
        error_memory(book->error, "writing the overview");
    const char *text = sentence.text ? sentence.text : "";
    const struct result *now = report_now(report, indicator);
    trend_words(report, indicator, &trend, course);
    book_fit_row(book, sheet, row, &text, &widths[WORDS], 1);
    book_code(book, sheet, row, CODE, indicator);
    book_text(book, sheet, row, WORDS, text, STYLE_WRAP);
    if (trend.now)
        book_result(book, sheet, row, FIRST, &report->indicators[indicator], trend.now);
    if (trend.now && trend.now->has_target)
        book_number(book, sheet, row, SECOND, trend.now->target,
                    style_of_target(report->indicators[indicator].unit));
    else
        book_text(book, sheet, row, SECOND, "", STYLE_CENTRE);
    book_rag(book, sheet, row, THIRD, now);
    book_text(book, sheet, row, FOURTH, course, style_of_course(trend.course));
    buffer_free(&sentence);
}

static lxw_row_t write_list(struct book *book, lxw_worksheet *sheet, lxw_row_t row,
                            enum highlight highlight)
{
    size_t indicators[MOST_HIGHLIGHTS];
    const char *const headers[COLUMNS] = {
        "Code", highlight_title(highlight), "Latest", "Target", "RAG", "Three months"};
    write_heading(book, sheet, row++, headers);
    lxw_row_t own = write_comments(book, sheet, row, highlight_title(highlight));
    if (own > row)
        return own + 1;
    size_t all = highlight_list(book->report, highlight, indicators, MOST_HIGHLIGHTS);
    for (size_t i = 0; i < all && i < MOST_HIGHLIGHTS; i++)
        write_highlight(book, sheet, row++, indicators[i]);
    if (all == 0) {
        book_text(book, sheet, row, CODE, "", STYLE_TEXT);
        book_text(book, sheet, row, WORDS, "None this month.", STYLE_WRAP);
        book_fill(book, sheet, row++, FIRST, FOURTH, STYLE_TEXT);
    }
    if (all > MOST_HIGHLIGHTS) {
        char line[96];
        snprintf(line, sizeof line, "and %zu more: see the scorecard", all - MOST_HIGHLIGHTS);
        book_text(book, sheet, row++, WORDS, line, STYLE_NOTE);
    }
    return row + 1;
}

/* ---- key figures ---------------------------------------------------------------------------- */

/* Whether the scorecard speaks of the section that begins with an indicator. */
static bool is_rated(const struct report *report, size_t first)
{
    size_t counts[RATINGS];
    return count_ratings(report, first, first + report_section(report, first), counts) > 0;
}

/* The size of a part of the service: the count that its definitions begin with. */
static bool is_key_figure(const struct report *report, size_t first)
{
    const struct report_indicator *indicator = &report->indicators[first];
    return strcmp(indicator->unit, "number") == 0 && !report_now(report, first)->has_target &&
           result_has_value(report_now(report, first)) && is_rated(report, first);
}

static lxw_row_t write_key_figures(struct book *book, lxw_worksheet *sheet, lxw_row_t row)
{
    const struct report *report = book->report;
    char before[DATE_TEXT_SIZE], now[DATE_TEXT_SIZE];
    month_to_short(report->last - 1, before);
    month_to_short(report->last, now);
    const char *const headers[COLUMNS] = {"Code", "Key figures", before, now, "Change", ""};
    lxw_row_t header = row;
    write_heading(book, sheet, row++, headers);
    for (size_t first = 0; first < report->indicator_count;
         first += report_section(report, first)) {
        const struct report_indicator *indicator = &report->indicators[first];
        const struct result *last = report_now(report, first);
        if (!is_key_figure(report, first))
            continue;
        book_code(book, sheet, row, CODE, first);
        book_text(book, sheet, row, WORDS, indicator->title, STYLE_WRAP);
        if (report->months > 1)
            book_result(book, sheet, row, FIRST, indicator, last - 1);
        else
            book_text(book, sheet, row, FIRST, "", STYLE_CENTRE);
        book_number(book, sheet, row, SECOND, last->value, STYLE_BIG);
        book_text(book, sheet, row, THIRD, last->change, STYLE_CENTRE);
        book_text(book, sheet, row, FOURTH, "", STYLE_CENTRE);
        row++;
    }
    if (row == header + 1)
        return header; /* none: what was written is written over */
    book_name(book, "Key_figures", header, row - 1, FOURTH);
    return row + 1;
}

/* ---- ratings -------------------------------------------------------------------------------- */

static lxw_row_t write_ratings(struct book *book, lxw_worksheet *sheet, lxw_row_t row)
{
    static const char *const headers[COLUMNS] = {
        "", "Part of the service", "Green", "Amber", "Red", "Not rated"};
    const struct report *report = book->report;
    size_t counts[RATINGS];
    lxw_row_t header = row;
    write_heading(book, sheet, row++, headers);
    for (size_t first = 0; first < report->indicator_count;) {
        size_t last = first + report_section(report, first);
        if (count_ratings(report, first, last, counts) > 0) {
            book_text(book, sheet, row, CODE, "", STYLE_TEXT);
            book_text(book, sheet, row, WORDS, report->indicators[first].section, STYLE_TEXT);
            for (lxw_col_t r = 0; r < RATINGS; r++)
                book_number(book, sheet, row, FIRST + r, (double)counts[r], STYLE_NUMBER);
            row++;
        }
        first = last;
    }
    count_ratings(report, 0, report->indicator_count, counts);
    book_text(book, sheet, row, CODE, "", STYLE_TOTAL_TEXT);
    book_text(book, sheet, row, WORDS, "All", STYLE_TOTAL_TEXT);
    for (lxw_col_t r = 0; r < RATINGS; r++)
        book_number(book, sheet, row, FIRST + r, (double)counts[r], STYLE_TOTAL_NUMBER);
    book_name(book, "Ratings", header, row, FOURTH);
    return row + 1;
}

static void write_summary(struct book *book, lxw_worksheet *sheet, lxw_row_t row)
{
    size_t counts[RATINGS];
    char line[160];
    count_ratings(book->report, 0, book->report->indicator_count, counts);
    snprintf(line, sizeof line,
             "\u25CF %zu Green    \u25B2 %zu Amber    \u25A0 %zu Red    \u25CB %zu not rated",
             counts[GREEN], counts[AMBER], counts[RED], counts[NOT_RATED]);
    book_text(book, sheet, row, 0, line, STYLE_HEADING);
}

void sheet_overview(struct book *book)
{
    lxw_worksheet *sheet = book_sheet(book, "Overview");
    if (!sheet)
        return;
    book_widths(book, sheet, widths, COLUMNS);
    lxw_row_t row = book_title(book, sheet, "Overview");
    write_summary(book, sheet, row - 1);
    lxw_row_t written = write_comments(book, sheet, row, "Overview");
    row = written + (written > row);
    for (int h = HIGHLIGHT_WELL; h < HIGHLIGHT_NONE; h++)
        row = write_list(book, sheet, row, (enum highlight)h);
    row = write_key_figures(book, sheet, row);
    row = write_ratings(book, sheet, row);
    book_text(book, sheet, row++, 0,
              "Chosen by rule from rating, change and course over three months: Green is going "
              "well unless it gets worse, Amber is to be watched unless it gets better, Red is to "
              "be done better unless it gets better.",
              STYLE_NOTE);
    worksheet_fit_to_pages(sheet, 1, 1);
    book_check(book, worksheet_print_area(sheet, 0, 0, row - 1, FOURTH), "its print area");
}
