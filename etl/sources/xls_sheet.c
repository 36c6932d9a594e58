#include "etl/sources/xls_sheet.h"

#include <math.h>
#include <stdlib.h>

#include "etl/memory.h"
#include "etl/sources/little_endian.h"

enum {
    DAYS_FROM_1900_TO_1904 = 1462,
    MOST_COLUMNS = 256,
    PLACE_SIZE = 6, /* row, column, format: what every cell's record begins with */
    MULTIPLE_SIZE = 6
};

/* A cell and where it stands. */
struct placed_cell {
    uint32_t row;  /* from 0 */
    bool own_text; /* cell.text is none yet: the text begins at `text` in the sheet's texts */
    size_t text;
    size_t number; /* which of the sheet's cells it is */
    struct cell cell;
};

struct sheet {
    const struct xls_workbook *workbook;
    const struct row_sink *sink;
    struct error *error;
    bool in_order;

    struct placed_cell *cells; /* of the row at hand; of the whole sheet when it must be sorted */
    size_t count;
    size_t capacity;
    struct buffer texts;
    bool wants_text; /* the last cell is a formula whose text is still to come */

    uint64_t last_place; /* while it is found out whether the cells are in order */
};

static bool is_cell(unsigned kind)
{
    switch (kind) {
    case RECORD_NUMBER:
    case RECORD_RK:
    case RECORD_MULRK:
    case RECORD_LABEL:
    case RECORD_LABELSST:
    case RECORD_RSTRING:
    case RECORD_BOOLERR:
    case RECORD_FORMULA:
    case RECORD_FORMULA3:
    case RECORD_FORMULA4:
        return true;
    default:
        return false;
    }
}

/* ---- rows ---------------------------------------------------------------------------------- */

/* Pushes the cells from `first` up to `end`, which stand in one row. */
static int push_row(struct sheet *sheet, size_t first, size_t end)
{
    struct cell cells[MOST_COLUMNS];
    size_t count = 0;
    for (size_t i = first; i < end; i++) {
        const struct placed_cell *placed = &sheet->cells[i];
        if (count > 0 && cells[count - 1].column == placed->cell.column)
            count--; /* the later of two at one place */
        cells[count] = placed->cell;
        if (placed->own_text)
            cells[count].text = sheet->texts.text + placed->text;
        count++;
    }
    return sheet->sink->row(sheet->sink->context, sheet->cells[first].row + 1, cells, count) ? -1
                                                                                             : 0;
}

static int compare_cells(const void *a, const void *b)
{
    const struct placed_cell *x = a;
    const struct placed_cell *y = b;
    if (x->row != y->row)
        return x->row < y->row ? -1 : 1;
    if (x->cell.column != y->cell.column)
        return x->cell.column < y->cell.column ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

/* Pushes what was gathered. */
static int push_rows(struct sheet *sheet)
{
    if (!sheet->in_order && sheet->count > 1)
        qsort(sheet->cells, sheet->count, sizeof *sheet->cells, compare_cells);
    for (size_t first = 0, end = 0; first < sheet->count; first = end) {
        while (end < sheet->count && sheet->cells[end].row == sheet->cells[first].row)
            end++;
        if (push_row(sheet, first, end) < 0)
            return -1;
    }
    sheet->count = 0;
    sheet->texts.length = 0;
    return 0;
}

/* A new cell at the place that the record's data begin with; NULL on failure. */
static struct placed_cell *place(struct sheet *sheet, uint32_t row, uint32_t column,
                                 enum cell_type type)
{
    if (sheet->in_order && sheet->count > 0 && sheet->cells[0].row != row && push_rows(sheet) < 0)
        return NULL;
    struct placed_cell *room = sheet->cells;
    if (sheet->count == sheet->capacity)
        room = grow(room, &sheet->capacity, sheet->count + 1, sizeof *room);
    if (!room) {
        error_memory(sheet->error, "reading a sheet");
        return NULL;
    }
    sheet->cells = room;
    room[sheet->count] = (struct placed_cell){
        .row = row, .number = sheet->count, .cell = {.column = column, .type = type}};
    return &room[sheet->count++];
}

/* ---- values -------------------------------------------------------------------------------- */

static void set_error(struct cell *cell, const char *name)
{
    cell->type = CELL_ERROR;
    cell->text = name;
    cell->length = strlen(name);
}

static const char *error_name(unsigned code)
{
    switch (code) {
    case 0x00:
        return "#NULL!";
    case 0x07:
        return "#DIV/0!";
    case 0x0F:
        return "#VALUE!";
    case 0x17:
        return "#REF!";
    case 0x1D:
        return "#NAME?";
    case 0x24:
        return "#NUM!";
    case 0x2A:
        return "#N/A";
    default:
        return "#ERROR!";
    }
}

static int take_number(struct sheet *sheet, uint32_t row, uint32_t column, uint32_t format,
                       double number)
{
    const struct xls_workbook *workbook = sheet->workbook;
    struct placed_cell *placed = place(sheet, row, column, CELL_NUMBER);
    if (!placed)
        return -1;
    placed->cell.number = number;
    if (!isfinite(number)) {
        set_error(&placed->cell, "#NUM!");
    } else if (format < workbook->format_count && workbook->is_date[format]) {
        placed->cell.type = CELL_DATE;
        if (workbook->dates_from_1904)
            placed->cell.number += DAYS_FROM_1900_TO_1904;
    }
    return 0;
}

/* [MS-XLS] 2.5.122: 30 bits of a number, with two flags: an integer, a hundredth. */
static double rk_number(uint32_t rk)
{
    double number;
    if (rk & 2) {
        number = (double)((int32_t)(rk & ~3u) / 4);
    } else {
        uint64_t bits = (uint64_t)(rk & ~3u) << 32;
        memcpy(&number, &bits, sizeof number);
    }
    return rk & 1 ? number / 100 : number;
}

static int take_multiple(struct sheet *sheet, const struct record *record)
{
    uint32_t row = number16(record->data);
    uint32_t column = number16(record->data + 2);
    for (size_t at = 4; at + MULTIPLE_SIZE + 2 <= record->length; at += MULTIPLE_SIZE, column++)
        if (take_number(sheet, row, column, number16(record->data + at),
                        rk_number(number32(record->data + at + 2))) < 0)
            return -1;
    return 0;
}

static int take_boolean(struct sheet *sheet, const struct record *record, unsigned value,
                        bool is_error)
{
    struct placed_cell *placed =
        place(sheet, number16(record->data), number16(record->data + 2), CELL_BOOLEAN);
    if (!placed)
        return -1;
    placed->cell.number = value != 0;
    if (is_error)
        set_error(&placed->cell, error_name(value));
    return 0;
}

/* The text at the cursor becomes the last cell's. */
static int take_text(struct sheet *sheet, struct record_cursor cursor)
{
    struct placed_cell *placed = &sheet->cells[sheet->count - 1];
    placed->own_text = true;
    placed->text = sheet->texts.length;
    bool whole = cursor_text(&cursor, 2, &sheet->texts);
    buffer_add(&sheet->texts, "", 0); /* so that there is a text to point into */
    if (sheet->texts.failed)
        return error_memory(sheet->error, "reading a sheet");
    placed->cell.length = sheet->texts.length - placed->text;
    return whole ? 0 : xls_damaged(sheet->error);
}

static int take_label(struct sheet *sheet, const struct record *record)
{
    if (!place(sheet, number16(record->data), number16(record->data + 2), CELL_TEXT))
        return -1;
    return take_text(sheet, (struct record_cursor){.stream = &sheet->workbook->stream,
                                                   .piece = *record,
                                                   .at = PLACE_SIZE});
}

static int take_shared(struct sheet *sheet, const struct record *record)
{
    struct span text;
    if (record->length < PLACE_SIZE + 4 ||
        !shared_string(&sheet->workbook->strings, number32(record->data + PLACE_SIZE), &text))
        return xls_damaged(sheet->error);
    struct placed_cell *placed =
        place(sheet, number16(record->data), number16(record->data + 2), CELL_TEXT);
    if (!placed)
        return -1;
    placed->cell.text = text.text;
    placed->cell.length = text.length;
    return 0;
}

/* The result of a formula: a number, or what two bytes 0xFFFF announce. */
static int take_formula(struct sheet *sheet, const struct record *record)
{
    enum { RESULT_STRING, RESULT_BOOLEAN, RESULT_ERROR, RESULT_EMPTY };
    const unsigned char *result = record->data + PLACE_SIZE;
    if (record->length < PLACE_SIZE + 8)
        return xls_damaged(sheet->error);
    if (number16(result + 6) != 0xFFFF)
        return take_number(sheet, number16(record->data), number16(record->data + 2),
                           number16(record->data + 4), number_double(result));
    if (result[0] == RESULT_BOOLEAN || result[0] == RESULT_ERROR)
        return take_boolean(sheet, record, result[2], result[0] == RESULT_ERROR);
    struct placed_cell *placed =
        place(sheet, number16(record->data), number16(record->data + 2), CELL_TEXT);
    if (!placed)
        return -1;
    placed->cell.text = "";
    sheet->wants_text = result[0] == RESULT_STRING;
    return 0;
}

/* The text of a formula did not come. */
static int note_no_value(struct sheet *sheet)
{
    const struct placed_cell *placed = &sheet->cells[--sheet->count];
    sheet->wants_text = false;
    return sheet->sink->note(sheet->sink->context, placed->row + 1, placed->cell.column,
                             "formula without a value")
               ? -1
               : 0;
}

static int take_cell(struct sheet *sheet, const struct record *record)
{
    const unsigned char *data = record->data;
    if (sheet->wants_text && note_no_value(sheet) < 0)
        return -1;
    switch (record->kind) {
    case RECORD_NUMBER:
        if (record->length < PLACE_SIZE + 8)
            return xls_damaged(sheet->error);
        return take_number(sheet, number16(data), number16(data + 2), number16(data + 4),
                           number_double(data + PLACE_SIZE));
    case RECORD_RK:
        if (record->length < PLACE_SIZE + 4)
            return xls_damaged(sheet->error);
        return take_number(sheet, number16(data), number16(data + 2), number16(data + 4),
                           rk_number(number32(data + PLACE_SIZE)));
    case RECORD_MULRK:
        return take_multiple(sheet, record);
    case RECORD_LABELSST:
        return take_shared(sheet, record);
    case RECORD_LABEL:
    case RECORD_RSTRING:
        return take_label(sheet, record);
    case RECORD_BOOLERR:
        if (record->length < PLACE_SIZE + 2)
            return xls_damaged(sheet->error);
        return take_boolean(sheet, record, data[6], data[7] != 0);
    default:
        return take_formula(sheet, record);
    }
}

/* ---- the walk ------------------------------------------------------------------------------ */

/* Where the cells of the record stand must be within the sheet; whether behind the last is noted.
 */
static int check_place(struct sheet *sheet, const struct record *record)
{
    if (record->length < PLACE_SIZE)
        return xls_damaged(sheet->error);
    uint64_t row = number16(record->data);
    uint64_t column = number16(record->data + 2);
    uint64_t last = column;
    size_t cells =
        (record->length - PLACE_SIZE) / MULTIPLE_SIZE; /* of a MULRK; it ends with a column */
    if (record->kind == RECORD_MULRK && cells > 0)
        last += cells - 1;
    if (last >= MOST_COLUMNS)
        return xls_damaged(sheet->error);
    uint64_t place_of = row * MOST_COLUMNS + column + 1;
    if (place_of <= sheet->last_place)
        sheet->in_order = false;
    sheet->last_place = row * MOST_COLUMNS + last + 1;
    return 0;
}

static int take_record(struct sheet *sheet, const struct record *record)
{
    if (is_cell(record->kind))
        return take_cell(sheet, record);
    if (record->kind != RECORD_STRING || !sheet->wants_text)
        return 0;
    sheet->wants_text = false;
    return take_text(sheet,
                     (struct record_cursor){.stream = &sheet->workbook->stream, .piece = *record});
}

/* Takes the records from the sheet's BOF to its EOF. */
static int walk(struct sheet *sheet, size_t offset,
                int (*take)(struct sheet *sheet, const struct record *record), bool cells_only)
{
    struct record record = {.next = offset};
    unsigned depth = 0;
    do {
        if (!record_at(&sheet->workbook->stream, record.next, &record) ||
            (depth == 0 && record.kind != RECORD_BOF))
            return xls_damaged(sheet->error);
        if (record.kind == RECORD_BOF)
            depth++;
        else if (record.kind == RECORD_EOF)
            depth--;
        else if (depth == 1 && (!cells_only || is_cell(record.kind)) && take(sheet, &record) < 0)
            return -1;
    } while (depth > 0);
    return 0;
}

int xls_sheet_read(const struct xls_workbook *workbook, size_t offset, const struct row_sink *sink,
                   struct error *error)
{
    struct sheet sheet = {.workbook = workbook, .sink = sink, .error = error, .in_order = true};
    int status = walk(&sheet, offset, check_place, true);
    if (status == 0)
        status = walk(&sheet, offset, take_record, false);
    if (status == 0 && sheet.wants_text)
        status = note_no_value(&sheet);
    if (status == 0)
        status = push_rows(&sheet);
    free(sheet.cells);
    buffer_free(&sheet.texts);
    return status;
}
