#include "etl/sources/xlsx_rows.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "etl/memory.h"
#include "etl/sources/xlsx_strings.h"

enum { MOST_ROWS = 1048576, DAYS_FROM_1900_TO_1904 = 1462 };

/* ---- numbers ------------------------------------------------------------------------------- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static struct span trim(struct span value)
{
    while (value.length > 0 && is_blank(value.text[0])) {
        value.text++;
        value.length--;
    }
    while (value.length > 0 && is_blank(value.text[value.length - 1]))
        value.length--;
    return value;
}

/* What is not digits with a point: an exponent, or more digits than are exact. */
static bool parse_long_number(struct span value, double *number)
{
    enum { LONGEST_NUMBER = 64 };
    char copy[LONGEST_NUMBER];
    value = trim(value);
    if (value.length == 0 || value.length >= sizeof copy)
        return false;
    memcpy(copy, value.text, value.length);
    copy[value.length] = '\0';
    if (strspn(copy, "0123456789+-.eE") != value.length)
        return false;
    char *end;
    *number = strtod(copy, &end);
    return *end == '\0' && isfinite(*number);
}

/* The quotient of an integer and a power of ten as the double nearest to it. False when that cannot
 * be told from a long double, which is nearest to it with eleven bits more. */
static bool divide(uint64_t digits, int places, double *number)
{
    static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,
                                    1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19};
    if (digits <= (uint64_t)1 << DBL_MANT_DIG) {
        *number = (double)digits / powers[places]; /* both exact, so rounded once */
        return true;
    }
#if LDBL_MANT_DIG == 64
    long double quotient = (long double)digits / (long double)powers[places];
    uint64_t mantissa;
    memcpy(&mantissa, &quotient, sizeof mantissa);
    *number = (double)quotient;
    return (mantissa & 0x7FF) != 0x400; /* half way: the nearest is on either side */
#else
    return false;
#endif
}

const char *parse_exact_number(const char *text, double *number)
{
    enum { MOST_DIGITS = 19 }; /* less than two to the 64th */
    const char *c = text;
    bool negative = *c == '-';
    if (negative)
        c++;
    uint64_t digits = 0;
    const char *begin = c;
    for (; is_digit(*c) && c - begin < MOST_DIGITS; c++)
        digits = digits * 10 + (uint64_t)(*c - '0');
    int count = (int)(c - begin);
    int places = 0;
    if (*c == '.')
        for (c++; is_digit(*c) && count < MOST_DIGITS; c++, count++, places++)
            digits = digits * 10 + (uint64_t)(*c - '0');
    if (count == 0 || is_digit(*c) || !divide(digits, places, number))
        return NULL;
    if (negative)
        *number = -*number;
    return c;
}

/* A byte that is no part of the value follows it. */
static bool parse_number(struct span value, double *number)
{
    return parse_exact_number(value.text, number) == value.text + value.length ||
           parse_long_number(value, number);
}

static bool parse_index(struct span value, size_t *index)
{
    enum { MOST_DIGITS = 10 };
    value = trim(value);
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
    return sink->row(sink->context, rows->row, rows->cells, rows->count) ? -1 : 0;
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
