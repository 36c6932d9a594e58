/*
 * xlsx_rows.h - the row of an .xlsx sheet that is being read, and what its cells mean.
 *
 * Whoever parses the sheet, expat or the scanner, says rows_begin, rows_add for each cell in order
 * and rows_end; so both give the same cells. A cell's value is borrowed until rows_end unless it
 * stands in `texts`, which the parser appends it to when it has to be put together.
 */
#ifndef MONTHEND_SOURCES_XLSX_ROWS_H
#define MONTHEND_SOURCES_XLSX_ROWS_H

#include "etl/sources/shared_strings.h"
#include "etl/sources/source.h"
#include "etl/sources/xlsx_styles.h"

struct sheet_context {
    const struct shared_strings *strings;
    const struct styles *styles;
    bool dates_from_1904;
};

/* What the attribute t says a cell's value is. */
enum value_type { VALUE_NUMBER, VALUE_SHARED, VALUE_TEXT, VALUE_BOOLEAN, VALUE_ERROR };

/* A cell as it stands in the file. */
struct raw_cell {
    uint32_t column; /* ROWS_NEXT: it does not say */
    enum value_type type;
    size_t style;
    bool has_value;
    bool has_formula;
    bool own_text;     /* the value is what was appended to `texts` since the cell before */
    struct span value; /* otherwise; a byte that is no part of it follows */
};

#define ROWS_NEXT UINT32_MAX /* a column that is not said */

enum {
    MOST_SHEET_COLUMNS = 16384,
    LONGEST_CELL_TEXT = 32767 * 4 /* bytes */
};

struct sheet_rows {
    const struct sheet_context *context;
    const struct row_sink *sink;
    struct error *error;
    uint32_t row; /* the row at hand, from 1; 0 before the first */
    uint32_t row_before;
    uint32_t column; /* of the last cell, blank ones too; ROWS_NEXT before the first */
    struct cell *cells;
    size_t count;
    size_t capacity;
    struct buffer texts; /* of the row's own cells */
    size_t texts_taken;  /* up to where they belong to cells */
    uint32_t *no_value;  /* the columns of formulas without one */
    size_t no_value_count;
    size_t no_value_capacity;
};

/* Begins a row; `number` is what it says, 0 when it says nothing. Returns -1 when it does not come
 * behind the row before; nothing has changed then, and the error is not filled. */
int rows_begin(struct sheet_rows *rows, uint64_t number);
/* Adds a cell, which may turn out to be blank. Returns NULL, or what is wrong with it. */
const char *rows_add(struct sheet_rows *rows, const struct raw_cell *cell);
/* Pushes the row. Returns -1 when the memory ran out (the error is filled) or the sink stopped. */
int rows_end(struct sheet_rows *rows);
/* Forgets the row at hand, to read it again. */
void rows_abandon(struct sheet_rows *rows);
void rows_free(struct sheet_rows *rows);

/* Room for a cell at a column that it names; NULL when it is not in order, or when there is none
 * yet. The cell is added by setting `column` to its, and adding to `count`. */
static inline struct cell *rows_place(const struct sheet_rows *rows, uint32_t column)
{
    uint32_t next = rows->column + 1; /* 0 before the first */
    return column >= next && column < MOST_SHEET_COLUMNS && rows->count < rows->capacity
               ? &rows->cells[rows->count]
               : NULL;
}

/* Makes a date of a number whose style shows one. */
void rows_set_kind(const struct sheet_rows *rows, size_t style, struct cell *cell);

/* The column of "AB12", from 0; *end gets what stands behind its letters. UINT32_MAX, which is
 * ROWS_NEXT, when it is none. */
uint32_t parse_column(const char *reference, const char **end);

#endif
