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

enum { MOST_SHEETS = 512 };

struct book {
    lxw_workbook *workbook;
    const struct report *report;
    struct styles styles;
    struct error *error; /* the caller's; the first failure stands */
    struct buffer scratch;
    unsigned cut; /* texts that were too long */
    const char *sheet_name;
    char names[MOST_SHEETS][32]; /* of the sheets so far and to come, to keep them unique */
    bool used[MOST_SHEETS];      /* the sheet is there */
    size_t name_count;
    const char **detail_names; /* of each indicator: its detail sheet, NULL without */
    lxw_row_t *detail_rows;
    bool has_definitions;
    bool has_suppressed; /* some cell shows "c", and every sheet says what that means */
};

/* A new workbook at `path`, which an output_file provides; the library's temporary files go to
 * `folder`. With constant memory the cells of a sheet must come row by row. -1 after a failure. */
int book_open(struct book *book, const struct report *report, const char *path, const char *folder,
              const char *title, bool constant_memory, struct error *error);
/* Writes it and frees everything, after a failure too. -1 when anything failed since the opening.
 */
int book_close(struct book *book);

/* Keeps a name for a sheet to come, made to fit, so that links can lead there. */
const char *book_reserve(struct book *book, const char *name);

/* What a name is as a sheet's: the newest that was kept for it. */
const char *book_name_of(const struct book *book, const char *name);

/* A new sheet: landscape A4, one page wide, with header and footer. Its name is made to fit. NULL
 * after a failure. */
lxw_worksheet *book_sheet(struct book *book, const char *name);

/* A text as a cell can hold it, and a chart's title; borrowed until the next call. */
const char *book_plain(struct book *book, const char *text);

void book_text(struct book *book, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column,
               const char *text, enum style style);
void book_number(struct book *book, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column,
                 double number, enum style style);
/* A day; a blank cell for NO_DATE. */
void book_date(struct book *book, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column,
               date_t date, enum style style);
/* A text that leads to a cell of this workbook: "Definitions!A5". */
void book_link(struct book *book, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column,
               const char *target, const char *text);
/* The code of an indicator, leading to its detail sheet or, without one, to its definition. */
void book_code(struct book *book, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column,
               size_t indicator);
/* A result: the number under its format, marked when it was restated, or its text where it has no
 * number. */
void book_result(struct book *book, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column,
                 const struct report_indicator *indicator, const struct result *result);
/* The rating of a result: its word, on its colour, marked where it is that of an earlier month
 * because the value is not known yet. */
void book_rag(struct book *book, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column,
              const struct result *result);
/* One text over several cells, for prose; cells of a table stay single. */
void book_merge(struct book *book, lxw_worksheet *sheet, lxw_row_t first_row, lxw_col_t first,
                lxw_row_t last_row, lxw_col_t last, const char *text, enum style style);
/* A line of column headers. */
void book_headers(struct book *book, lxw_worksheet *sheet, lxw_row_t row,
                  const char *const *headers, const double *widths, size_t count);
void book_width(struct book *book, lxw_worksheet *sheet, lxw_col_t column, double width);
void book_widths(struct book *book, lxw_worksheet *sheet, const double *widths, size_t count);
/* The same style, without text, over some cells of a row: the rest of a heading. */
void book_fill(struct book *book, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t first,
               lxw_col_t last, enum style style);

/* Makes a row as high as its longest text needs in a column of this width: programs that show a
 * workbook do not all do so themselves. Rows of one line keep their height. */
void book_fit_row(struct book *book, lxw_worksheet *sheet, lxw_row_t row, const char *const *texts,
                  const double *widths, size_t count);

/* Makes a row as high as some lines. */
void book_row_lines(struct book *book, lxw_worksheet *sheet, lxw_row_t row, unsigned lines);

/* How many lines a text takes in a column of this width. */
unsigned book_lines(const char *text, double width);

/* The lines above every table: who, what and when. Returns the first row below them. */
lxw_row_t book_title(struct book *book, lxw_worksheet *sheet, const char *title);
/* The same of another month, and with another note below. */
lxw_row_t book_title_of(struct book *book, lxw_worksheet *sheet, const char *title, month_t month,
                        const char *note);

/* Keeps the rows down to the header (and that one) in sight, and gives the table a name that other
 * workbooks can refer to. */
void book_pane(struct book *book, lxw_worksheet *sheet, const char *name, lxw_row_t header,
               lxw_row_t last_row, lxw_col_t last_column);
/* The same, and repeats the header on every page: of a sheet that is this table and nothing else.
 */
void book_table(struct book *book, lxw_worksheet *sheet, const char *name, lxw_row_t header,
                lxw_row_t last_row, lxw_col_t last_column);

/* Gives a range of the newest sheet a name: letters, digits and underscores, and _table. */
void book_name(struct book *book, const char *name, lxw_row_t first_row, lxw_row_t last_row,
               lxw_col_t last_column);

/* Notes a failed call of the library. */
void book_check(struct book *book, lxw_error code, const char *what);

#endif
