/*
 * book.h - writing cells that cannot go wrong in silence.
 *
 * A thin layer over libxlsxwriter: it remembers the first thing that failed, with its sheet and
 * cell, so that a sheet is written without a check on every line and checked once at its end. It
 * also guards what the library does not: texts longer than a cell holds are cut with a note,
 * invalid UTF-8 is replaced, text that looks like an escape (_x0041_) is escaped, and numbers that
 * are none are not written.
 */
#ifndef MONTHEND_BOOK_H
#define MONTHEND_BOOK_H

#include "outputs/report.h"
#include "outputs/styles.h"

struct book {
    lxw_workbook *workbook;
    const struct report *report;
    struct styles styles;
    struct error *error; /* the caller's; the first failure stands */
    struct buffer scratch;
    unsigned cut; /* texts that were too long */
    const char *sheet_name;
    char names[64][32]; /* of the sheets so far, to keep them unique */
    size_t name_count;
};

/* A new sheet: landscape A4, one page wide, with header and footer. Its name is made to fit. NULL
 * after a failure. */
lxw_worksheet *book_sheet(struct book *book, const char *name);

void book_text(struct book *book, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column,
               const char *text, enum style style);
void book_number(struct book *book, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column,
                 double number, enum style style);
/* A text that leads to a cell of this workbook: "Definitions!A5". */
void book_link(struct book *book, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column,
               const char *target, const char *text);
/* A result: the number under its format, or its text where it has none. */
void book_result(struct book *book, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column,
                 const struct report_indicator *indicator, const struct result *result);
/* A line of column headers. */
void book_headers(struct book *book, lxw_worksheet *sheet, lxw_row_t row,
                  const char *const *headers, size_t count);
void book_width(struct book *book, lxw_worksheet *sheet, lxw_col_t column, double width);

/* Makes a row as high as its longest text needs in a column of this width: programs that show a
 * workbook do not all do so themselves. Rows of one line keep their height. */
void book_fit_row(struct book *book, lxw_worksheet *sheet, lxw_row_t row, const char *const *texts,
                  const double *widths, size_t count);

/* How many lines a text takes in a column of this width. */
unsigned book_lines(const char *text, double width);

/* The lines above every table: who, what and when. Returns the first row below them. */
lxw_row_t book_title(struct book *book, lxw_worksheet *sheet, const char *title);

/* Keeps the rows down to the header (and that one) in sight and on every page; gives the table a
 * name that other workbooks can refer to. */
void book_table(struct book *book, lxw_worksheet *sheet, const char *name, lxw_row_t header,
                lxw_row_t last_row, lxw_col_t last_column);

/* Notes a failed call of the library. */
void book_check(struct book *book, lxw_error code, const char *what);

/* ---- the sheets: a file each, a line each in workbook.c ---- */

void sheet_scorecard(struct book *book);
void sheet_families(struct book *book);
void sheet_definitions(struct book *book);
void sheet_data_quality(struct book *book);

/* The row (from 0) of an indicator on the Definitions sheet. */
lxw_row_t definition_row(size_t indicator);

#endif
