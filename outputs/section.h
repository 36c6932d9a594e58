/*
 * section.h - the parts of a detail sheet: its table, its charts, what people wrote, breakdowns.
 *
 * Below the table of months one thing follows another, in the order of the table: what people
 * wrote, then the charts, in rows from left to right, then the breakdowns. Nothing is cut by a page
 * that would fit on one. Charts begin and end at the edges of columns, so that programs that draw
 * columns wider draw charts wider. The numbers that charts are drawn from stand to the right of
 * what is printed: a cell that says "TBC *" would be drawn as nought, and a target that changes
 * needs a value a month.
 */
#ifndef MONTHEND_SECTION_H
#define MONTHEND_SECTION_H

#include "outputs/sheets.h"

enum { SECTION_HEADER_ROW = 4 };

/* The columns of every detail sheet. */
enum { SECTION_CODE, SECTION_TITLE, SECTION_FIRST_MONTH };

enum {
    SECTION_ROW_PIXELS = 20,
    SECTION_MONTH_WIDTH = 8,
    SECTION_TITLE_WIDTH = 51, /* with the code, as wide as seven months: a chart */
    SECTION_MOST_BREAKS = 127
};

struct section {
    struct book *book;
    lxw_worksheet *sheet;
    size_t first; /* indicator */
    size_t count;
    lxw_col_t target;      /* the column behind the months */
    lxw_col_t values_from; /* of the numbers that charts are drawn from */
    lxw_col_t targets_from;
    /* the flow below the table */
    lxw_row_t row; /* the first that is free */
    size_t chart;  /* the place of the next chart in its row, from 0: the row begins with it */
    lxw_row_t chart_row; /* the row of charts that has room for it */
    int page_rows;       /* that a page takes */
    lxw_row_t page_end;  /* the row that the next page begins with */
    lxw_row_t breaks[SECTION_MOST_BREAKS + 1];
    size_t break_count;
};

/* Room for some rows: returns the first, on the next page where this one has no room. */
lxw_row_t section_place(struct section *section, lxw_row_t rows);

/* ---- section_words.c ---- */

/* Commentary and actions of the month. */
void section_words(struct section *section);

/* ---- section_breakdowns.c ---- */

/* Whether the numbers of a breakdown are charted: those by service, team or worker are only listed.
 */
bool breakdown_is_charted(const struct report *report, size_t first_member);
/* The first member of the section, and of the next section. */
void section_members(const struct section *section, size_t *first, size_t *last);
/* Writes the tables of the breakdowns. rows[m - first] is filled with the row of each member. */
void section_breakdowns(struct section *section, lxw_row_t *rows);

/* ---- section_charts.c ---- */

/* A place for a chart, found before the rows are known that it is drawn from. */
struct chart_place {
    lxw_row_t row;
    lxw_col_t column;
    unsigned pixels; /* how wide */
};

/* The next one: to the right of the last, or on the left of a new row. */
struct chart_place section_chart_place(struct section *section);
/* An indicator's months, with its target. */
void section_line_chart(struct section *section, size_t indicator, struct chart_place place);
/* The members of a breakdown in the report's month; the first of them stands in a row. */
void section_bar_chart(struct section *section, size_t first_member, size_t count,
                       lxw_row_t first_row, struct chart_place place);

#endif
