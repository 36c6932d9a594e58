#include "etl/sources/xls_records.h"

#include <stdlib.h>
#include <string.h>

#include "etl/memory.h"
#include "etl/sources/number_format.h"

enum record {
    RECORD_FORMULA = 0x0006,
    RECORD_EOF = 0x000A,
    RECORD_DATEMODE = 0x0022,
    RECORD_FILEPASS = 0x002F,
    RECORD_BOUNDSHEET = 0x0085,
    RECORD_MULRK = 0x00BD,
    RECORD_XF = 0x00E0,
    RECORD_NUMBER = 0x0203,
    RECORD_BOOLERR = 0x0205,
    RECORD_STRING = 0x0207,
    RECORD_RK = 0x027E,
    RECORD_FORMAT = 0x041E,
    RECORD_BOF = 0x0809
};

enum {
    HEAD_SIZE = 4,
    LARGEST_RECORD = 8228,
    BIFF8 = 0x0600,
    NUMBER_PREFIX = 14, /* row, column, format and number: alike in FORMULA and NUMBER */
    LAST_ROW = 65535
};

struct walk {
    struct workbook_records *records;
    const struct compound *compound;
    const struct compound_stream *stream;
    struct error *error;
    bool biff8;
    bool *is_date; /* of each cell format */
    size_t format_count;
    size_t format_capacity;
    struct number_format {
        unsigned number;
        bool is_date;
    } * formats;
    size_t number_count;
    size_t number_capacity;
    unsigned char data[LARGEST_RECORD]; /* of the record at hand */
    uint32_t length;
    size_t offset; /* of its head */
};

static uint32_t number16(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8;
}

static uint32_t number32(const unsigned char *bytes)
{
    return number16(bytes) | number16(bytes + 2) << 16;
}

static int damaged(const struct walk *walk)
{
    return error_set(
        walk->error, EXIT_BAD_DATA,
        "is a damaged workbook: open it in a spreadsheet program and save it as .xlsx");
}

/* Reads the record at an offset. Returns its kind, or -1 past the end or when it is damaged. */
static int read_record(struct walk *walk, size_t offset)
{
    unsigned char head[HEAD_SIZE];
    if (!compound_read(walk->compound, walk->stream, offset, head, HEAD_SIZE))
        return -1;
    walk->offset = offset;
    walk->length = number16(head + 2);
    if (walk->length > LARGEST_RECORD ||
        !compound_read(walk->compound, walk->stream, offset + HEAD_SIZE, walk->data, walk->length))
        return -1;
    return (int)number16(head);
}

/* ---- texts --------------------------------------------------------------------------------- */

/* Characters of one or two bytes each as UTF-8. Halves of pairs are replaced: they do not occur in
 * what is compared here. */
static void add_characters(struct buffer *out, const unsigned char *bytes, size_t count, bool wide)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t point = wide ? number16(bytes + 2 * i) : bytes[i];
        if (point >= 0xD800 && point < 0xE000)
            point = 0xFFFD;
        if (point < 0x80) {
            buffer_add_char(out, (char)point);
        } else if (point < 0x800) {
            buffer_add_char(out, (char)(0xC0 | point >> 6));
            buffer_add_char(out, (char)(0x80 | (point & 0x3F)));
        } else {
            buffer_add_char(out, (char)(0xE0 | point >> 12));
            buffer_add_char(out, (char)(0x80 | (point >> 6 & 0x3F)));
            buffer_add_char(out, (char)(0x80 | (point & 0x3F)));
        }
    }
}

/* A string with its length in two bytes (BIFF8: then a byte of flags) at `at`, as far as the record
 * holds it. */
static void add_string(const struct walk *walk, size_t at, struct buffer *out)
{
    size_t prefix = walk->biff8 ? 3 : 2;
    if (walk->length < at + prefix)
        return;
    size_t count = number16(walk->data + at);
    bool wide = walk->biff8 && (walk->data[at + 2] & 1);
    size_t room = (walk->length - at - prefix) / (wide ? 2 : 1);
    add_characters(out, walk->data + at + prefix, count < room ? count : room, wide);
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

/* ---- the workbook's own records ------------------------------------------------------------- */

static int take_format(struct walk *walk)
{
    struct number_format *room =
        grow(walk->formats, &walk->number_capacity, walk->number_count + 1, sizeof *room);
    if (!room)
        return error_memory(walk->error, "reading a workbook");
    walk->formats = room;
    if (walk->length < 3)
        return 0;
    struct buffer code = {0};
    if (walk->biff8)
        add_string(walk, 2, &code);
    else
        add_characters(&code, walk->data + 3,
                       walk->data[2] < walk->length - 3 ? walk->data[2] : walk->length - 3, false);
    room[walk->number_count++] =
        (struct number_format){number16(walk->data), code.text && format_code_is_date(code.text)};
    buffer_free(&code);
    return 0;
}

/* Notes whether the cell format shows a date, and makes it General. */
static int take_cell_format(struct walk *walk)
{
    bool *room = grow(walk->is_date, &walk->format_capacity, walk->format_count + 1, sizeof *room);
    if (!room)
        return error_memory(walk->error, "reading a workbook");
    walk->is_date = room;
    if (walk->length < 4)
        return damaged(walk);
    unsigned number = number16(walk->data + 2);
    bool date = number_format_is_date(number);
    for (size_t i = 0; i < walk->number_count; i++)
        if (walk->formats[i].number == number)
            date = walk->formats[i].is_date;
    room[walk->format_count++] = date;
    static const unsigned char general[2] = {0, 0};
    return compound_write(walk->compound, walk->stream, walk->offset + HEAD_SIZE + 2, general, 2)
               ? 0
               : damaged(walk);
}

static int take_bound_sheet(struct walk *walk)
{
    struct workbook_records *records = walk->records;
    struct workbook_sheet_records *room =
        grow(records->sheets, &records->sheet_capacity, records->sheet_count + 1, sizeof *room);
    if (!room)
        return error_memory(walk->error, "reading a workbook");
    records->sheets = room;
    if (walk->length < 6)
        return damaged(walk);
    room[records->sheet_count++] =
        (struct workbook_sheet_records){.offset = number32(walk->data),
                                        .hidden = (walk->data[4] & 3) != 0,
                                        .is_worksheet = walk->data[5] == 0};
    return 0;
}

/* The records before the first sheet. Formats come before the cell formats that name them. */
static int walk_workbook(struct walk *walk)
{
    size_t offset = 0;
    int kind = read_record(walk, 0);
    if (kind != RECORD_BOF || walk->length < 4)
        return damaged(walk);
    walk->biff8 = number16(walk->data) == BIFF8;
    for (;;) {
        offset += HEAD_SIZE + walk->length;
        kind = read_record(walk, offset);
        int status = 0;
        switch (kind) {
        case -1:
            return damaged(walk);
        case RECORD_EOF:
            return 0;
        case RECORD_FILEPASS:
            return error_set(walk->error, EXIT_BAD_DATA,
                             "is encrypted: save it without a password and export it again");
        case RECORD_DATEMODE:
            walk->records->dates_from_1904 = walk->length >= 2 && walk->data[0] == 1;
            break;
        case RECORD_FORMAT:
            status = take_format(walk);
            break;
        case RECORD_XF:
            status = take_cell_format(walk);
            break;
        case RECORD_BOUNDSHEET:
            status = take_bound_sheet(walk);
            break;
        default:
            break;
        }
        if (status < 0)
            return -1;
    }
}

/* ---- the records of a sheet ------------------------------------------------------------------ */

static struct special_cell *add_cell(struct walk *walk, struct workbook_sheet_records *sheet,
                                     uint32_t row, uint32_t column, enum cell_type type)
{
    struct special_cell *room =
        grow(sheet->cells, &sheet->capacity, sheet->count + 1, sizeof *room);
    if (!room) {
        error_memory(walk->error, "reading a workbook");
        return NULL;
    }
    sheet->cells = room;
    room[sheet->count] = (struct special_cell){.row = row, .column = column, .type = type};
    return &room[sheet->count++];
}

static int take_number(struct walk *walk, struct workbook_sheet_records *sheet, uint32_t row,
                       uint32_t column, unsigned format)
{
    if (format >= walk->format_count || !walk->is_date[format])
        return 0;
    return add_cell(walk, sheet, row, column, CELL_DATE) ? 0 : -1;
}

static int take_multiple(struct walk *walk, struct workbook_sheet_records *sheet)
{
    enum { NUMBER_SIZE = 6 };
    uint32_t row = number16(walk->data);
    uint32_t column = number16(walk->data + 2);
    for (size_t at = 4; at + NUMBER_SIZE + 2 <= walk->length; at += NUMBER_SIZE, column++)
        if (take_number(walk, sheet, row, column, number16(walk->data + at)) < 0)
            return -1;
    return 0;
}

static int take_value(struct walk *walk, struct workbook_sheet_records *sheet, unsigned value,
                      bool is_error)
{
    struct special_cell *cell =
        add_cell(walk, sheet, number16(walk->data), number16(walk->data + 2),
                 is_error ? CELL_ERROR : CELL_BOOLEAN);
    if (!cell)
        return -1;
    cell->number = value != 0;
    if (is_error) {
        cell->text = walk->records->texts.length;
        buffer_add_text(&walk->records->texts, error_name(value));
        cell->length = walk->records->texts.length - cell->text;
    }
    return 0;
}

/* The result of a formula: a number, or what the two bytes 0xFFFF announce. */
static int take_formula(struct walk *walk, struct workbook_sheet_records *sheet)
{
    if (walk->length < NUMBER_PREFIX)
        return 0;
    if (number16(walk->data + 12) != 0xFFFF) {
        static const unsigned char as_number[2] = {RECORD_NUMBER & 0xFF, RECORD_NUMBER >> 8};
        if (!compound_write(walk->compound, walk->stream, walk->offset, as_number, 2))
            return damaged(walk);
        return take_number(walk, sheet, number16(walk->data), number16(walk->data + 2),
                           number16(walk->data + 4));
    }
    enum { RESULT_STRING, RESULT_BOOLEAN, RESULT_ERROR, RESULT_EMPTY };
    switch (walk->data[6]) {
    case RESULT_BOOLEAN:
        return take_value(walk, sheet, walk->data[8], false);
    case RESULT_ERROR:
        return take_value(walk, sheet, walk->data[8], true);
    default: {
        struct special_cell *cell =
            add_cell(walk, sheet, number16(walk->data), number16(walk->data + 2), CELL_TEXT);
        if (!cell)
            return -1;
        cell->no_value = walk->data[6] != RESULT_EMPTY; /* until its STRING comes */
        return 0;
    }
    }
}

/* The text of the formula before. */
static void take_string(struct walk *walk, struct workbook_sheet_records *sheet)
{
    struct special_cell *cell = sheet->count ? &sheet->cells[sheet->count - 1] : NULL;
    if (!cell || !cell->no_value)
        return;
    cell->no_value = false;
    cell->text = walk->records->texts.length;
    add_string(walk, 0, &walk->records->texts);
    cell->length = walk->records->texts.length - cell->text;
}

static int take_record(struct walk *walk, struct workbook_sheet_records *sheet, int kind)
{
    switch (kind) {
    case RECORD_NUMBER:
    case RECORD_RK:
        return walk->length < 6 ? 0
                                : take_number(walk, sheet, number16(walk->data),
                                              number16(walk->data + 2), number16(walk->data + 4));
    case RECORD_MULRK:
        return take_multiple(walk, sheet);
    case RECORD_FORMULA:
        return take_formula(walk, sheet);
    case RECORD_STRING:
        take_string(walk, sheet);
        return 0;
    case RECORD_BOOLERR:
        return walk->length < 8 ? 0 : take_value(walk, sheet, walk->data[6], walk->data[7] != 0);
    default:
        return 0;
    }
}

static int compare_cells(const void *a, const void *b)
{
    const struct special_cell *x = a;
    const struct special_cell *y = b;
    if (x->row != y->row)
        return x->row < y->row ? -1 : 1;
    return (x->column > y->column) - (x->column < y->column);
}

/* From the sheet's BOF to its EOF; charts and other streams within it are passed over. */
static int walk_sheet(struct walk *walk, struct workbook_sheet_records *sheet)
{
    size_t offset = sheet->offset;
    unsigned depth = 0;
    do {
        int kind = read_record(walk, offset);
        if (kind < 0)
            return damaged(walk);
        if (kind == RECORD_BOF)
            depth++;
        else if (kind == RECORD_EOF)
            depth--;
        else if (depth == 1 && take_record(walk, sheet, kind) < 0)
            return -1;
        else if (depth == 0)
            return damaged(walk);
        offset += HEAD_SIZE + walk->length;
    } while (depth > 0);
    if (sheet->count > 1)
        qsort(sheet->cells, sheet->count, sizeof *sheet->cells, compare_cells);
    return 0;
}

int workbook_records_read(struct workbook_records *records, const struct compound *compound,
                          const struct compound_stream *stream, struct error *error)
{
    *records = (struct workbook_records){0};
    struct walk *walk = calloc(1, sizeof *walk);
    if (!walk)
        return error_memory(error, "reading a workbook");
    walk->records = records;
    walk->compound = compound;
    walk->stream = stream;
    walk->error = error;
    int status = walk_workbook(walk);
    for (size_t s = 0; s < records->sheet_count && status == 0; s++)
        if (records->sheets[s].is_worksheet)
            status = walk_sheet(walk, &records->sheets[s]);
    if (status == 0 && records->texts.failed)
        status = error_memory(error, "reading a workbook");
    free(walk->is_date);
    free(walk->formats);
    free(walk);
    return status;
}

void workbook_records_free(struct workbook_records *records)
{
    for (size_t s = 0; s < records->sheet_count; s++)
        free(records->sheets[s].cells);
    free(records->sheets);
    buffer_free(&records->texts);
    *records = (struct workbook_records){0};
}
