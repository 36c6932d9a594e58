/*
 * section.h - the parts of a detail sheet: its table, its charts, what people wrote, breakdowns.
 *
 * Below the table of months stand lanes side by side: over the code and title columns, and one or
 * two over the months. Words take the lanes over the months, charts whichever lane is shortest,
 * each as many rows of the usual height; nothing is cut by a page. The numbers that charts are
 * drawn from stand to the right of what is printed: a cell that says "TBC *" would be drawn as
 * nought, and a target that changes needs a value a month.
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
    SECTION_TITLE_WIDTH = 58,
    SECTION_MOST_LANES = 3,
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
    size_t lane_count;
    lxw_col_t lane_column[SECTION_MOST_LANES];
    unsigned lane_pixels[SECTION_MOST_LANES];
    lxw_row_t lane_row[SECTION_MOST_LANES]; /* the first free row of each */
    int page_rows;                          /* that a page takes */
    lxw_row_t page_end;                     /* the row that the next page begins with */
    lxw_row_t breaks[SECTION_MOST_BREAKS + 1];
    size_t break_count;
};

/* Room for some rows in the lanes from one to another: returns the first, on the next page where
 * this one has no room. */
lxw_row_t section_place(struct section *section, size_t first_lane, size_t last_lane,
                        lxw_row_t rows);

/* ---- section_words.c ---- */

/* Commentary and actions of the month. */
void section_words(struct section *section);

/* ---- section_breakdowns.c ---- */

/* Whether the numbers of a breakdown are charted: those by service, team or worker are only listed.
 */
bool breakdown_is_charted(const struct report *report, size_t first_member);
/* The first member of the section, and of the next section. */
void section_members(const struct section *section, size_t *first, size_t *last);
/* Writes the tables of the breakdowns from `row` on; returns the row below. rows[m - first] is
 * filled with the row of each member. */
lxw_row_t section_breakdowns(struct section *section, lxw_row_t row, lxw_row_t *rows);

/* ---- section_charts.c ---- */

/* A place for a chart, found before the rows are known that it is drawn from. */
struct chart_place {
    lxw_row_t row;
    size_t lane;
};

struct chart_place section_chart_place(struct section *section);
/* An indicator's months, with its target. */
void section_line_chart(struct section *section, size_t indicator, struct chart_place place);
/* The members of a breakdown in the report's month; the first of them stands in a row. */
void section_bar_chart(struct section *section, size_t first_member, size_t count,
                       lxw_row_t first_row, struct chart_place place);

#endif
