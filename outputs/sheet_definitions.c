/*
 * sheet_definitions.c - every indicator in the words of its definition, the files its rows came
 * from, and what is known to be wrong with them.
 */
#include <stdio.h>
#include <string.h>

#include "outputs/sheets.h"

enum { HEADER_ROW = 4 };

enum {
    CODE,
    TITLE,
    POPULATION,
    PERIOD,
    TEST,
    TARGET,
    BETTER,
    KNOWN,
    DATA,
    FILES,
    LIMITS,
    NOTE,
    DEFINED,
    COLUMNS
};

static const double widths[COLUMNS] = {8, 28, 32, 12, 28, 9, 7, 13, 14, 24, 16, 18, 18};

lxw_row_t definition_row(size_t indicator)
{
    return HEADER_ROW + 1 + (lxw_row_t)indicator;
}

/* "known 20 working days after the month's end; from 2019-01" */
static void describe_known(const struct report_indicator *indicator, struct buffer *out)
{
    if (*indicator->settles)
        buffer_format(out, "known %s after the month's end", indicator->settles);
    if (*indicator->from)
        buffer_format(out, "%sfrom %s", *indicator->settles ? "; " : "", indicator->from);
}

/* Whether a dataset is one of the names separated by ", ". */
static bool is_named(const char *names, const char *dataset)
{
    struct span rest = span_of(names);
    while (rest.text)
        if (span_is(span_cut(&rest, ','), dataset))
            return true;
    return false;
}

/* The files that feed the indicator, and how many of their rows could not be taken. */
static void describe_sources(const struct report *report, const struct report_indicator *indicator,
                             struct buffer *files, struct buffer *limits)
{
    double read = 0;
    double rejected = 0;
    double merged = 0;
    for (size_t c = 0; c < report->count_count; c++) {
        const struct report_count *count = &report->counts[c];
        const char *file = report_source(report, count->source)->file;
        if (!is_named(indicator->datasets, count->dataset))
            continue;
        read += count->read;
        rejected += count->rejected;
        merged += count->merged;
        if (!files->text || !strstr(files->text, file))
            buffer_format(files, "%s%s", files->length > 0 ? "\n" : "", file);
    }
    if (read == 0) {
        buffer_add_text(limits, "no source feeds it");
        return;
    }
    if (rejected > 0)
        buffer_format(limits, "%.0f of %.0f rows rejected", rejected, read);
    if (merged > 0)
        buffer_format(limits, "%s%.0f merged", limits->length > 0 ? "; " : "", merged);
}

static void write_indicator(struct book *book, lxw_worksheet *sheet, size_t number)
{
    const struct report_indicator *indicator = &book->report->indicators[number];
    lxw_row_t row = definition_row(number);
    struct buffer made[3] = {{0}, {0}, {0}};
    describe_known(indicator, &made[0]);
    describe_sources(book->report, indicator, &made[1], &made[2]);
    if (made[0].failed || made[1].failed || made[2].failed)
        error_memory(book->error, "writing the definitions");
    const char *const texts[COLUMNS] = {[CODE] = indicator->code,
                                        [TITLE] = indicator->title,
                                        [POPULATION] = indicator->population,
                                        [PERIOD] = indicator->period,
                                        [TEST] = indicator->test,
                                        [TARGET] = indicator->target_shown,
                                        [BETTER] = indicator->better,
                                        [KNOWN] = made[0].text ? made[0].text : "",
                                        [DATA] = indicator->datasets,
                                        [FILES] = made[1].text ? made[1].text : "",
                                        [LIMITS] = made[2].text ? made[2].text : "",
                                        [NOTE] = indicator->note,
                                        [DEFINED] = indicator->defined};
    book_fit_row(book, sheet, row, texts, widths, COLUMNS);
    book_code(book, sheet, row, CODE, number);
    for (lxw_col_t c = TITLE; c < COLUMNS; c++)
        book_text(book, sheet, row, c, texts[c], STYLE_WRAP);
    for (size_t m = 0; m < 3; m++)
        buffer_free(&made[m]);
}

void sheet_definitions(struct book *book)
{
    static const char *const headers[COLUMNS] = {
        "Code",  "Indicator", "What is counted", "Month",  "What meets it", "Target",    "Better",
        "Known", "Data",      "Source files",    "Limits", "Note",          "Defined at"};
    const struct report *report = book->report;
    lxw_worksheet *sheet = book_sheet(book, "Definitions");
    if (!sheet)
        return;
    book_widths(book, sheet, widths, COLUMNS);
    lxw_row_t header = book_title(book, sheet, "Definitions");
    book_headers(book, sheet, header, headers, widths, COLUMNS);
    for (size_t i = 0; i < report->indicator_count; i++)
        write_indicator(book, sheet, i);
    lxw_row_t last = definition_row(report->indicator_count) - 1;
    book_table(book, sheet, "Definitions", header, last, COLUMNS - 1);
}
