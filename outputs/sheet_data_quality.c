/*
 * sheet_data_quality.c - what was read, and what was wrong with it: located, never shown.
 *
 * A row is found by its file, sheet, row and column; no cell's value and no child stands here. No
 * header is kept in sight or repeated on pages: that of one table would stand over another.
 */
#include <stdio.h>
#include <string.h>

#include "outputs/sheets.h"

/* What a code means and what to do about it. */
static const struct {
    const char *code;
    const char *words;
} sentences[] = {
    {"not a date", "The cell cannot be read as a date: correct it in the case system."},
    {"not a number", "The cell cannot be read as a number: correct it in the case system."},
    {"not a flag", "The cell is neither yes nor no: correct it, or map its spelling."},
    {"unknown value", "The spelling is none of those mapped: correct it, or add it to [values]."},
    {"error cell", "The cell holds a formula's error: correct the export."},
    {"missing value", "The row lacks what identifies or dates it: complete it in the case system."},
    {"ends before it starts", "The end lies before the start: correct it in the case system."},
    {"bare serial",
     "A number without a date format was read as a date: check the export's format."},
    {"exact duplicate", "The row is alike in every field to another and counted once."},
    {"key conflict", "Another row has the same key and differs: the better one was kept."},
    {"total row", "A row of totals, not of data."},
    {"text row", "A remark below or between the data."},
    {"repeated header", "The header row once more, at the head of a page."},
    {"no birth date", "An age was asked and is not known: the child is in no age group."},
    {"key not in its list",
     "The list in which this is looked up has no such row: export both anew."},
    {"key with two answers", "The list in which this is looked up says two things: correct it."},
    {"in the future", "Dated after the exports were taken: correct the date."},
    {"open twice", "Another of the child was open already: close the one that has ended."},
    {"two birth dates", "Another list has another date of birth: correct the wrong one."},
    {"outside care",
     "No period of care covers the placement: correct its dates, or those of care."},
    {"no strategy discussion", "The conference names no discussion that led to it: record it."},
    {"discussed after it was held", "The discussion is dated after the conference: correct one."},
    {"authorised before it starts",
     "The end lies before the start: correct it in the case system."},
    {"team without a kind", "Its cases are in no average caseload: say which kind of team it is."},
    {"unknown indicator", "Names an indicator that there is none of: correct its code."},
    {"not from 1 to 100 per cent",
     "Sets no target: a cell of 40% holds 0.4. Write 40, or 40% as text."},
    {"reference without a row", "Names a worker, team or household that its list does not have."},
    {"formula without a value", "The file holds a formula but not its result: save it anew."},
};

static const char *sentence_of(const char *code)
{
    for (size_t i = 0; i < sizeof sentences / sizeof *sentences; i++)
        if (strcmp(sentences[i].code, code) == 0)
            return sentences[i].words;
    return "";
}

static const double widths[] = {36, 18, 26, 22, 14, 9, 10, 20, 9, 9, 11, 15};

static lxw_row_t write_counts(struct book *book, lxw_worksheet *sheet, lxw_row_t row)
{
    static const char *const headers[] = {
        "File",     "Sheet",    "Source",  "Dataset", "Format", "Read",
        "Accepted", "Rejected", "Ignored", "Merged",  "As at",  "SHA-256, first 12 of 64 digits"};
    enum { COLUMNS = sizeof headers / sizeof *headers, FIRST_COUNT = 5 };
    const struct report *report = book->report;
    double totals[5] = {0};
    book_headers(book, sheet, row++, headers, widths, COLUMNS);
    for (size_t c = 0; c < report->count_count; c++, row++) {
        const struct report_count *count = &report->counts[c];
        const struct report_source *source = report_source(report, count->source);
        const double numbers[5] = {count->read, count->accepted, count->rejected, count->ignored,
                                   count->merged};
        char digest[13];
        snprintf(digest, sizeof digest, "%s", source->sha256);
        book_text(book, sheet, row, 0, source->file, STYLE_WRAP);
        book_text(book, sheet, row, 1, source->sheet, STYLE_WRAP);
        book_text(book, sheet, row, 2, count->section, STYLE_WRAP);
        book_text(book, sheet, row, 3, count->dataset, STYLE_TEXT);
        book_text(book, sheet, row, 4, count->format, STYLE_TEXT);
        for (int n = 0; n < 5; n++) {
            book_number(book, sheet, row, (lxw_col_t)(FIRST_COUNT + n), numbers[n], STYLE_COUNT);
            totals[n] += numbers[n];
        }
        book_text(book, sheet, row, 10, source->as_at, STYLE_CENTRE);
        book_text(book, sheet, row, 11, digest, STYLE_TEXT);
    }
    for (lxw_col_t c = 0; c < COLUMNS; c++)
        book_text(book, sheet, row, c, c == 0 ? "All sources" : "", STYLE_TOTAL_TEXT);
    for (int n = 0; n < 5; n++)
        book_number(book, sheet, row, (lxw_col_t)(FIRST_COUNT + n), totals[n], STYLE_TOTAL_COUNT);
    return row + 1;
}

/* How many rows of each kind, before the list of them. */
static lxw_row_t write_findings(struct book *book, lxw_worksheet *sheet, lxw_row_t row)
{
    static const char *const headers[] = {"Code", "Dataset", "Outcome", "Rows", "Meaning"};
    const struct report *report = book->report;
    book_text(book, sheet, row++, 0, "What was found", STYLE_SUBTITLE);
    book_headers(book, sheet, row++, headers, widths, sizeof headers / sizeof *headers);
    for (lxw_col_t c = 5; c < 12; c++)
        book_text(book, sheet, row - 1, c, "", STYLE_HEADER);
    for (size_t f = 0; f < report->finding_count; f++, row++) {
        const struct report_finding *finding = &report->findings[f];
        book_text(book, sheet, row, 0, finding->code, STYLE_TEXT);
        book_text(book, sheet, row, 1, finding->dataset, STYLE_TEXT);
        book_text(book, sheet, row, 2, finding->outcome, STYLE_TEXT);
        book_number(book, sheet, row, 3, finding->rows, STYLE_COUNT);
        book_text(book, sheet, row, 4, sentence_of(finding->code), STYLE_NOTE);
    }
    return row;
}

static lxw_row_t write_remarks(struct book *book, lxw_worksheet *sheet, lxw_row_t row)
{
    static const char *const headers[] = {"File", "Sheet",  "Outcome", "Dataset", "Field",
                                          "Row",  "Column", "Code",    "Meaning"};
    const struct report *report = book->report;
    book_text(book, sheet, row++, 0, "Rows that were rejected, merged, ignored or noted",
              STYLE_SUBTITLE);
    book_headers(book, sheet, row++, headers, widths, sizeof headers / sizeof *headers);
    for (lxw_col_t c = 9; c < 12; c++)
        book_text(book, sheet, row - 1, c, "", STYLE_HEADER);
    for (size_t r = 0; r < report->remark_count; r++, row++) {
        const struct report_remark *remark = &report->remarks[r];
        const struct report_source *source = report_source(report, remark->source);
        book_text(book, sheet, row, 0, source->file, STYLE_WRAP);
        book_text(book, sheet, row, 1, source->sheet, STYLE_WRAP);
        book_text(book, sheet, row, 2, remark->outcome, STYLE_TEXT);
        book_text(book, sheet, row, 3, remark->dataset, STYLE_TEXT);
        book_text(book, sheet, row, 4, remark->field, STYLE_TEXT);
        book_number(book, sheet, row, 5, remark->row, STYLE_ROW);
        book_text(book, sheet, row, 6, remark->column, STYLE_CENTRE);
        book_text(book, sheet, row, 7, remark->code, STYLE_TEXT);
        book_text(book, sheet, row, 8, sentence_of(remark->code), STYLE_NOTE);
    }
    if (report->remarks_beyond > 0) {
        char line[128];
        snprintf(line, sizeof line, "... and %llu more, which are in the stream only",
                 (unsigned long long)report->remarks_beyond);
        book_text(book, sheet, row++, 0, line, STYLE_NOTE);
    }
    return row;
}

static lxw_row_t write_unmapped(struct book *book, lxw_worksheet *sheet, lxw_row_t row)
{
    static const char *const headers[] = {"File", "Sheet", "Header", "", "", "", "Column"};
    const struct report *report = book->report;
    book_text(book, sheet, row++, 0, "Columns that no source reads", STYLE_SUBTITLE);
    book_headers(book, sheet, row++, headers, widths, sizeof headers / sizeof *headers);
    for (size_t u = 0; u < report->unmapped_count; u++, row++) {
        const struct report_source *source = report_source(report, report->unmapped[u].source);
        book_text(book, sheet, row, 0, source->file, STYLE_WRAP);
        book_text(book, sheet, row, 1, source->sheet, STYLE_WRAP);
        book_text(book, sheet, row, 2, report->unmapped[u].header, STYLE_TEXT);
        book_text(book, sheet, row, 6, report->unmapped[u].column, STYLE_CENTRE);
    }
    return row;
}

void sheet_data_quality(struct book *book)
{
    lxw_worksheet *sheet = book_sheet(book, "Data quality");
    if (!sheet)
        return;
    book_widths(book, sheet, widths, sizeof widths / sizeof *widths);
    lxw_row_t header = book_title(book, sheet, "Data quality");
    lxw_row_t row = write_counts(book, sheet, header);
    book_name(book, "Data_quality", header, row - 1, 11);
    char line[160];
    snprintf(line, sizeof line,
             "Read = accepted + rejected + ignored. Merged rows are among the accepted. Children "
             "that rows name and no list of children holds: %.0f.",
             book->report->unlisted_children);
    book_text(book, sheet, row, 0, line, STYLE_NOTE);
    if (book->report->finding_count > 0)
        row = write_findings(book, sheet, row + 2);
    row = write_remarks(book, sheet, row + 2);
    if (book->report->unmapped_count > 0)
        row = write_unmapped(book, sheet, row + 1);
    book_check(book, worksheet_print_area(sheet, 0, 0, row, 11), "its print area");
}
