#include "etl/sources/xlsx_rows.h"

#include <stdlib.h>

#include "etl/memory.h"
#include "etl/sources/number_text.h"
#include "etl/sources/xlsx_strings.h"

enum { MOST_ROWS = 1048576, DAYS_FROM_1900_TO_1904 = 1462 };

static bool parse_index(struct span value, size_t *index)
{
    enum { MOST_DIGITS = 10 };
    value = trim_blanks(value);
    *index = 0;
    for (size_t i = 0; i < value.length; i++) {
        if (!is_digit(value.text[i]))
            return false;
        *index = *index * 10 + (size_t)(value.text[i] - '0');
    }
    return value.length > 0 && value.length <= MOST_DIGITS;
}

uint32_t parse_column(const char *reference, const char **end)
{
    enum { MOST_LETTERS = 3 };
    uint32_t column = 0;
    size_t letters = 0;
    for (; letters <= MOST_LETTERS; letters++) {
        char c = (char)(reference[letters] & ~0x20);
        if (c < 'A' || c > 'Z')
            break;
        column = column * 26 + (uint32_t)(c - 'A') + 1;
    }
    *end = reference + letters;
    return letters > 0 && letters <= MOST_LETTERS ? column - 1 : UINT32_MAX;
}

static const char *no_memory(struct sheet_rows *rows)
{
    error_memory(rows->error, "reading a sheet");
    return "the memory ran out";
}

/* ---- cells --------------------------------------------------------------------------------- */

void rows_set_kind(const struct sheet_rows *rows, size_t style, struct cell *cell)
{
    const struct styles *styles = rows->context->styles;
    bool date = style < styles->count && styles->is_date[style];
    cell->type = date ? CELL_DATE : CELL_NUMBER;
    if (date && rows->context->dates_from_1904)
        cell->number += DAYS_FROM_1900_TO_1904;
}

/* The text of a cell, with its _xHHHH_ resolved. */
static const char *take_text(struct sheet_rows *rows, bool own, struct span value,
                             struct cell *cell)
{
    if (value.length > LONGEST_CELL_TEXT)
        return "a cell holds more than 32,767 characters";
    cell->text = value.text;
    cell->length = value.length;
    if (!own && !memchr(value.text, '_', value.length))
        return NULL;
    if (!own)
        buffer_add(&rows->texts, value.text, value.length);
    if (rows->texts.failed)
        return no_memory(rows);
    cell->length = unescape_text(rows->texts.text + rows->texts_taken, value.length);
    /* rows_end knows where it stands, when the buffer has stopped moving. */
    cell->text = cell->length > 0 ? NULL : "";
    rows->texts_taken += cell->length;
    return NULL;
}

static const char *take_value(struct sheet_rows *rows, const struct raw_cell *raw,
                              struct span value, struct cell *cell)
{
    size_t index;
    struct span text;
    switch (raw->type) {
    case VALUE_TEXT:
    case VALUE_ERROR:
        cell->type = raw->type == VALUE_ERROR ? CELL_ERROR : CELL_TEXT;
        return take_text(rows, raw->own_text, value, cell);
    case VALUE_SHARED:
        if (!parse_index(value, &index) || !shared_string(rows->context->strings, index, &text))
            return "a cell names a shared string that there is none of";
        cell->type = CELL_TEXT;
        cell->text = text.text;
        cell->length = text.length;
        return NULL;
    case VALUE_BOOLEAN:
        cell->type = CELL_BOOLEAN;
        cell->number = value.text[0] == '1' || value.text[0] == 't';
        return NULL;
    case VALUE_NUMBER:
        if (!parse_number(value, &cell->number))
            return "a cell's number is none";
        rows_set_kind(rows, raw->style, cell);
    }
    return NULL;
}

static const char *note_no_value(struct sheet_rows *rows)
{
    uint32_t *room =
        grow(rows->no_value, &rows->no_value_capacity, rows->no_value_count + 1, sizeof *room);
    if (!room)
        return no_memory(rows);
    rows->no_value = room;
    room[rows->no_value_count++] = rows->column;
    return NULL;
}

const char *rows_add(struct sheet_rows *rows, const struct raw_cell *raw)
{
    /* Blank cells count for the place of those that do not say theirs. */
    uint32_t next = rows->column == ROWS_NEXT ? 0 : rows->column + 1;
    uint32_t column = raw->column == ROWS_NEXT ? next : raw->column;
    if (column >= MOST_SHEET_COLUMNS)
        return "a cell says that it stands outside the sheet";
    if (column < next)
        return "its cells are not in order";
    rows->column = column;
    if (!raw->has_value)
        return raw->has_formula ? note_no_value(rows) : NULL;
    struct span value = raw->value;
    if (raw->own_text) {
        buffer_add(&rows->texts, "", 0); /* so that there is a text to point into */
        if (rows->texts.failed)
            return no_memory(rows);
        value = (struct span){rows->texts.text + rows->texts_taken,
                              rows->texts.length - rows->texts_taken};
    }
    if (value.length == 0 && raw->type != VALUE_TEXT)
        return NULL; /* <v/> */
    struct cell *room = rows->cells;
    if (rows->count == rows->capacity)
        room = grow(room, &rows->capacity, rows->count + 1, sizeof *room);
    if (!room)
        return no_memory(rows);
    rows->cells = room;
    struct cell *cell = &room[rows->count];
    *cell = (struct cell){.column = column};
    const char *wrong = take_value(rows, raw, value, cell);
    rows->texts.length = rows->texts_taken;
    rows->count += !wrong;
    return wrong;
}

/* ---- rows ---------------------------------------------------------------------------------- */

static void empty(struct sheet_rows *rows)
{
    rows->column = ROWS_NEXT;
    rows->count = rows->no_value_count = 0;
    rows->texts.length = rows->texts_taken = 0;
}

int rows_begin(struct sheet_rows *rows, uint64_t number)
{
    if (number == 0)
        number = (uint64_t)rows->row + 1;
    if (number <= rows->row || number > MOST_ROWS)
        return -1;
    rows->row_before = rows->row;
    rows->row = (uint32_t)number;
    empty(rows);
    return 0;
}

int rows_end(struct sheet_rows *rows)
{
    const struct row_sink *sink = rows->sink;
    for (size_t i = 0; i < rows->no_value_count; i++)
        if (sink->note(sink->context, rows->row, rows->no_value[i], "formula without a value"))
            return -1;
    const char *text = rows->texts.text;
    for (size_t i = 0; rows->texts.length > 0 && i < rows->count; i++) {
        struct cell *cell = &rows->cells[i];
        if (cell->text || (cell->type != CELL_TEXT && cell->type != CELL_ERROR))
            continue;
        cell->text = text;
        text += cell->length;
    }
    int status = sink->row(sink->context, rows->row, rows->cells, rows->count) ? -1 : 0;
    empty(rows); /* a row within a row ends twice: its texts are not where they were */
    return status;
}

void rows_abandon(struct sheet_rows *rows)
{
    rows->row = rows->row_before;
    empty(rows);
}

void rows_free(struct sheet_rows *rows)
{
    free(rows->cells);
    free(rows->no_value);
    buffer_free(&rows->texts);
}
