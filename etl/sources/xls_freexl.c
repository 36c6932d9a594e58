/*
 * xls_freexl.c - .xls workbooks by freexl: those of 1987 to 1993 (BIFF2 to 4), and any whose source
 * says `reader = freexl`, for a second opinion.
 *
 * freexl parses a whole file by its name, so it is given a copy in memory that has one. It may say
 * OK and hand out no handle: both are looked at. It knows no hidden sheets, hands out dates as text
 * and the results of formulas not at all, and refuses a workbook with a chart: what it reads is
 * what the file says otherwise, but xls.c reads more.
 */
#include <freexl.h>
#include <string.h>

#include "etl/sources/formats.h"
#include "etl/sources/little_endian.h"
#include "etl/sources/sandbox.h"
#include "etl/sources/xls_record.h"
#include "etl/sources/xls_workbook.h"

enum { MOST_COLUMNS = 256 };

/* A cell as freexl has it. False for one that is blank. */
static bool read_cell(const void *workbook, uint32_t row, uint16_t column, struct cell *cell)
{
    FreeXL_CellValue value;
    if (freexl_get_cell_value(workbook, row, column, &value) != FREEXL_OK)
        return false;
    *cell = (struct cell){.column = column, .type = CELL_NUMBER};
    switch (value.type) {
    case FREEXL_CELL_INT:
        cell->number = value.value.int_value;
        return true;
    case FREEXL_CELL_DOUBLE:
        cell->number = value.value.double_value;
        return true;
    case FREEXL_CELL_TEXT:
    case FREEXL_CELL_SST_TEXT:
    case FREEXL_CELL_DATE:
    case FREEXL_CELL_DATETIME:
    case FREEXL_CELL_TIME:
        cell->type = CELL_TEXT;
        cell->text = value.value.text_value ? value.value.text_value : "";
        cell->length = strlen(cell->text);
        return true;
    default:
        return false;
    }
}

static int read_sheet(const void *workbook, unsigned short number, const struct row_sink *sink)
{
    const char *name;
    unsigned int rows;
    unsigned short columns;
    struct cell cells[MOST_COLUMNS];
    if (freexl_get_worksheet_name(workbook, number, &name) != FREEXL_OK ||
        freexl_select_active_worksheet(workbook, number) != FREEXL_OK ||
        freexl_worksheet_dimensions(workbook, &rows, &columns) != FREEXL_OK)
        return 1;
    if (sink->sheet(sink->context, name ? name : "", false))
        return -1;
    for (uint32_t row = 0; row < rows; row++) {
        size_t count = 0;
        for (uint16_t column = 0; column < columns && column < MOST_COLUMNS; column++)
            count += read_cell(workbook, row, column, &cells[count]);
        if (count > 0 && sink->row(sink->context, row + 1, cells, count))
            return -1;
    }
    return 0;
}

static int read_workbook(const void *workbook, const struct row_sink *sink, struct error *error)
{
    unsigned int sheets = 0;
    unsigned int password = FREEXL_UNKNOWN;
    (void)freexl_get_info(workbook, FREEXL_BIFF_PASSWORD, &password);
    if (password == FREEXL_BIFF_OBFUSCATED)
        return xls_encrypted(error);
    int status = freexl_get_info(workbook, FREEXL_BIFF_SHEET_COUNT, &sheets) == FREEXL_OK ? 0 : 1;
    for (unsigned int s = 0; s < sheets && status == 0; s++)
        status = read_sheet(workbook, (unsigned short)s, sink);
    return status > 0 ? xls_damaged(error) : status;
}

static int read_freexl(int descriptor, const struct row_sink *sink, struct error *error)
{
    (void)descriptor;
    const void *workbook = NULL;
    int code = freexl_open(SANDBOX_FILE, &workbook);
    if (code == FREEXL_INSUFFICIENT_MEMORY)
        return error_memory(error, "reading a workbook");
    if (code != FREEXL_OK || !workbook)
        return error_set(error, EXIT_BAD_DATA,
                         "is damaged, or holds something that freexl cannot read: open it in a "
                         "spreadsheet program and save it as .xlsx");
    int status = read_workbook(workbook, sink, error);
    freexl_close(workbook);
    return status;
}

/* What the own reader does not read: the BOF records of BIFF2, 3 and 4. */
static int bid_freexl(const unsigned char *head, size_t length)
{
    enum { BOF2 = 0x0009, BOF3 = 0x0209, BOF4 = 0x0409, SHORTEST_BOF = 4, LONGEST_BOF = 16 };
    if (length < 8)
        return 0;
    uint32_t kind = number16(head);
    uint32_t size = number16(head + 2);
    return (kind == BOF2 || kind == BOF3 || kind == BOF4) && size >= SHORTEST_BOF &&
                   size <= LONGEST_BOF
               ? 40
               : 0;
}

const struct source_format source_freexl = {
    .name = "xls",
    .help = "Excel workbooks of 1987 to 1993 (.xls)",
    .bid = bid_freexl,
    .read = read_freexl,
    .prepare = xls_load_code_pages,
    .opens_by_name = true,
};
