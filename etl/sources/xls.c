/*
 * xls.c - .xls workbooks (BIFF5 and BIFF8), by freexl.
 *
 * freexl parses a whole file by its name and has never met a hostile one, so it runs only in the
 * reader process, over a copy in memory that our own walk of the records has made easy for it
 * (xls_records.h). Cell values are freexl's; what kind of value each is, where freexl does not say,
 * is the walk's. It may say OK and hand out no handle: both are looked at.
 */
#include <freexl.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "etl/memory.h"
#include "etl/sources/formats.h"
#include "etl/sources/sandbox.h"
#include "etl/sources/xls_records.h"

enum { DAYS_FROM_1900_TO_1904 = 1462, MOST_COLUMNS = 256 };

struct reading {
    const struct workbook_records *records;
    const struct row_sink *sink;
    struct error *error;
    const void *workbook;
};

static int cannot_read(struct error *error)
{
    return error_set(error, EXIT_BAD_DATA,
                     "is damaged, or holds something that the .xls reader cannot read (a chart, "
                     "for one): open it in a spreadsheet program and save it as .xlsx");
}

/* A cell as freexl has it. False for one that is blank. */
static bool plain_cell(const struct reading *reading, uint32_t row, uint16_t column,
                       struct cell *cell)
{
    FreeXL_CellValue value;
    if (freexl_get_cell_value(reading->workbook, row, column, &value) != FREEXL_OK)
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

/* What the walk knows of a cell on top. Returns -1 when the sink stopped the reading. */
static int special_cell(const struct reading *reading, const struct special_cell *special,
                        struct cell *cell, bool *filled)
{
    if (special->no_value)
        return reading->sink->note(reading->sink->context, special->row + 1, special->column,
                                   "formula without a value")
                   ? -1
                   : 0;
    if (special->type == CELL_DATE) {
        if (*filled && cell->type == CELL_NUMBER) {
            cell->type = CELL_DATE;
            if (reading->records->dates_from_1904)
                cell->number += DAYS_FROM_1900_TO_1904;
        }
        return 0;
    }
    *filled = true;
    *cell = (struct cell){
        .column = special->column,
        .type = special->type,
        .number = special->number,
        .text = reading->records->texts.text ? reading->records->texts.text + special->text : "",
        .length = special->length};
    return 0;
}

static int read_rows(const struct reading *reading, const struct workbook_sheet_records *sheet,
                     uint32_t rows, uint16_t columns)
{
    struct cell cells[MOST_COLUMNS];
    size_t next = 0; /* of the special cells */
    for (uint32_t row = 0; row < rows; row++) {
        size_t count = 0;
        for (uint16_t column = 0; column < columns && column < MOST_COLUMNS; column++) {
            while (next < sheet->count &&
                   (sheet->cells[next].row < row ||
                    (sheet->cells[next].row == row && sheet->cells[next].column < column)))
                next++;
            bool filled = plain_cell(reading, row, column, &cells[count]);
            if (next < sheet->count && sheet->cells[next].row == row &&
                sheet->cells[next].column == column &&
                special_cell(reading, &sheet->cells[next], &cells[count], &filled) < 0)
                return -1;
            count += filled;
        }
        if (reading->sink->row(reading->sink->context, row + 1, cells, count))
            return -1;
    }
    return 0;
}

static int read_sheet(const struct reading *reading, unsigned short number,
                      const struct workbook_sheet_records *sheet)
{
    const char *name;
    unsigned int rows;
    unsigned short columns;
    if (freexl_get_worksheet_name(reading->workbook, number, &name) != FREEXL_OK ||
        freexl_select_active_worksheet(reading->workbook, number) != FREEXL_OK ||
        freexl_worksheet_dimensions(reading->workbook, &rows, &columns) != FREEXL_OK)
        return cannot_read(reading->error);
    if (reading->sink->sheet(reading->sink->context, name ? name : "", sheet->hidden))
        return -1;
    return read_rows(reading, sheet, rows, columns);
}

static int read_workbook(struct reading *reading)
{
    unsigned int sheets = 0;
    if (freexl_get_info(reading->workbook, FREEXL_BIFF_SHEET_COUNT, &sheets) != FREEXL_OK ||
        sheets != reading->records->sheet_count)
        return cannot_read(reading->error);
    for (unsigned int s = 0; s < sheets; s++)
        if (reading->records->sheets[s].is_worksheet &&
            read_sheet(reading, (unsigned short)s, &reading->records->sheets[s]) < 0)
            return -1;
    return 0;
}

/* freexl over the changed copy, which has a name. */
static int read_with_freexl(const struct workbook_records *records, const struct row_sink *sink,
                            struct error *error)
{
    struct reading reading = {.records = records, .sink = sink, .error = error};
    int code = freexl_open(SANDBOX_FILE, &reading.workbook);
    if (code == FREEXL_INSUFFICIENT_MEMORY)
        return error_memory(error, "reading a workbook");
    if (code != FREEXL_OK || !reading.workbook)
        return cannot_read(error);
    int status = read_workbook(&reading);
    freexl_close(reading.workbook);
    return status;
}

static int read_copy(unsigned char *bytes, size_t size, const struct row_sink *sink,
                     struct error *error)
{
    struct compound compound;
    struct compound_stream stream = {0};
    struct workbook_records records = {0};
    if (compound_open(&compound, bytes, size, error) < 0)
        return -1;
    int found = compound_find(&compound, "EncryptedPackage", &stream, error);
    compound_stream_free(&stream);
    if (found > 0)
        found = error_set(error, EXIT_BAD_DATA,
                          "is encrypted: save it without a password and export it again");
    if (found == 0)
        found = compound_find(&compound, "Workbook", &stream, error);
    if (found == 0)
        found = compound_find(&compound, "Book", &stream, error);
    if (found == 0)
        found = error_set(error, EXIT_BAD_DATA,
                          "is an old Office file without a workbook in it: export the list as "
                          ".xlsx or .csv");
    int status = found < 0 ? -1 : workbook_records_read(&records, &compound, &stream, error);
    if (status == 0)
        status = read_with_freexl(&records, sink, error);
    workbook_records_free(&records);
    compound_stream_free(&stream);
    compound_close(&compound);
    return status;
}

static int read_xls(int descriptor, const struct row_sink *sink, struct error *error)
{
    struct stat file;
    struct stat scratch;
    if (fstat(descriptor, &file) < 0 || fstat(SANDBOX_SCRATCH, &scratch) < 0)
        return error_system(error, EXIT_IO, "cannot be read");
    size_t size = (size_t)file.st_size;
    if (scratch.st_size < file.st_size)
        return error_set(error, EXIT_IO, "grew while it was read: read it again");
    unsigned char *bytes = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, SANDBOX_SCRATCH, 0);
    if (bytes == MAP_FAILED)
        return error_memory(error, "reading a workbook");
    size_t done = 0;
    ssize_t got = 1;
    while (done < size && (got = pread(descriptor, bytes + done, size - done, (off_t)done)) > 0)
        done += (size_t)got;
    int status = got < 0 ? error_system(error, EXIT_IO, "cannot be read")
                         : read_copy(bytes, done, sink, error);
    munmap(bytes, size);
    return status;
}

/* freexl converts texts by iconv, which loads its tables from files when they are first asked for:
 * they are asked for here. The descriptors are kept open, so that the tables stay. */
static void load_code_pages(void)
{
    static const char *const pages[] = {"UTF-16LE", "CP1252", "CP1250", "CP1251",    "CP1253",
                                        "CP1254",   "CP1257", "CP437",  "CP850",     "CP852",
                                        "CP1255",   "CP1256", "CP1258", "MACINTOSH", "CP367"};
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
        (void)iconv_open("UTF-8", pages[i]); /* one that is not there is not there later either */
}

static int bid_xls(const unsigned char *head, size_t length)
{
    return length >= 8 && memcmp(head, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8) == 0 ? 50 : 0;
}

const struct source_format source_xls = {
    .name = "xls",
    .help = "Excel workbooks of 1995 to 2003 (.xls)",
    .bid = bid_xls,
    .read = read_xls,
    .prepare = load_code_pages,
};
