#include "etl/sources/xls_workbook.h"

#include <stdio.h>
#include <stdlib.h>

#include "etl/memory.h"
#include "etl/sources/little_endian.h"
#include "etl/sources/number_format.h"

enum { BIFF5 = 0x0500, BIFF8 = 0x0600, LONGEST_PAGE_NAME = 16 };

/* Formats may come behind the cell formats that name them, so these are looked up at the end. */
struct reading {
    struct xls_workbook *workbook;
    struct error *error;
    struct date_format {
        uint32_t number;
        bool is_date;
    } * formats;
    size_t format_count;
    size_t format_capacity;
    uint32_t *cell_formats; /* the number format of each */
    size_t cell_format_count;
    size_t cell_format_capacity;
};

static int no_memory(const struct reading *reading)
{
    return error_memory(reading->error, "reading a workbook");
}

/* ---- code pages ---------------------------------------------------------------------------- */

void xls_load_code_pages(void)
{
    static const char *const pages[] = {
        "CP367",  "CP1252", "CP1250", "CP1251",    "CP1253", "CP1254", "CP1255",
        "CP1256", "CP1257", "CP1258", "MACINTOSH", "CP437",  "CP850",  "CP852",
        "CP866",  "CP874",  "CP932",  "CP936",     "CP949",  "CP950",  "UTF-16LE"};
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
        (void)iconv_open("UTF-8", pages[i]); /* one that is not there is not there later either */
}

/* Texts of a code page that nobody knows are taken as Windows-1252. */
static void take_code_page(struct reading *reading, const struct record *record)
{
    enum { WINDOWS_1252 = 1252, MACINTOSH = 10000, EXCEL_MACINTOSH = 32768, EXCEL_WINDOWS = 32769 };
    struct record_stream *stream = &reading->workbook->stream;
    if (record->length < 2 || stream->biff8 || stream->code_page != (iconv_t)-1)
        return;
    uint32_t page = number16(record->data);
    char name[LONGEST_PAGE_NAME];
    if (page == MACINTOSH || page == EXCEL_MACINTOSH)
        snprintf(name, sizeof name, "MACINTOSH");
    else
        snprintf(name, sizeof name, "CP%u", page);
    if (page != WINDOWS_1252 && page != EXCEL_WINDOWS)
        stream->code_page = iconv_open("UTF-8", name);
}

/* ---- formats ------------------------------------------------------------------------------- */

static int take_format(struct reading *reading, const struct record *record)
{
    struct date_format *room =
        grow(reading->formats, &reading->format_capacity, reading->format_count + 1, sizeof *room);
    if (!room)
        return no_memory(reading);
    reading->formats = room;
    const struct record_stream *stream = &reading->workbook->stream;
    struct record_cursor cursor = {.stream = stream, .piece = *record};
    struct buffer code = {0};
    uint32_t number;
    bool whole =
        cursor_number16(&cursor, &number) && cursor_text(&cursor, stream->biff8 ? 2 : 1, &code);
    if (whole)
        room[reading->format_count++] =
            (struct date_format){number, code.text && format_code_is_date(code.text)};
    bool failed = code.failed;
    buffer_free(&code);
    if (failed)
        return no_memory(reading);
    return whole ? 0 : xls_damaged(reading->error);
}

static int take_cell_format(struct reading *reading, const struct record *record)
{
    if (record->length < 4)
        return xls_damaged(reading->error);
    uint32_t *room = grow(reading->cell_formats, &reading->cell_format_capacity,
                          reading->cell_format_count + 1, sizeof *room);
    if (!room)
        return no_memory(reading);
    reading->cell_formats = room;
    room[reading->cell_format_count++] = number16(record->data + 2);
    return 0;
}

static bool shows_date(const struct reading *reading, uint32_t number)
{
    for (size_t i = reading->format_count; i > 0; i--)
        if (reading->formats[i - 1].number == number)
            return reading->formats[i - 1].is_date;
    return number_format_is_date(number);
}

static int find_dates(const struct reading *reading)
{
    struct xls_workbook *workbook = reading->workbook;
    workbook->is_date = calloc(reading->cell_format_count + 1, sizeof *workbook->is_date);
    if (!workbook->is_date)
        return no_memory(reading);
    workbook->format_count = reading->cell_format_count;
    for (size_t i = 0; i < workbook->format_count; i++)
        workbook->is_date[i] = shows_date(reading, reading->cell_formats[i]);
    return 0;
}

/* ---- sheets and strings -------------------------------------------------------------------- */

static int take_bound_sheet(struct reading *reading, const struct record *record)
{
    enum { HEAD_SIZE = 6, HIDDEN = 3, WORKSHEET = 0 };
    struct xls_workbook *workbook = reading->workbook;
    struct xls_workbook_sheet *room =
        grow(workbook->sheets, &workbook->sheet_capacity, workbook->sheet_count + 1, sizeof *room);
    if (!room)
        return no_memory(reading);
    workbook->sheets = room;
    if (record->length < HEAD_SIZE)
        return xls_damaged(reading->error);
    if (record->data[5] != WORKSHEET)
        return 0; /* a chart, macros */
    room[workbook->sheet_count++] =
        (struct xls_workbook_sheet){.offset = number32(record->data),
                                    .name = workbook->names.length,
                                    .hidden = (record->data[4] & HIDDEN) != 0};
    struct record_cursor cursor = {.stream = &workbook->stream, .piece = *record, .at = HEAD_SIZE};
    bool whole = cursor_text(&cursor, 1, &workbook->names);
    buffer_add_char(&workbook->names, '\0');
    if (workbook->names.failed)
        return no_memory(reading);
    return whole ? 0 : xls_damaged(reading->error);
}

static int take_strings(struct reading *reading, const struct record *record)
{
    enum { COUNTS_SIZE = 8 };
    struct xls_workbook *workbook = reading->workbook;
    if (record->length < COUNTS_SIZE)
        return xls_damaged(reading->error);
    uint32_t count = number32(record->data + 4);
    struct record_cursor cursor = {
        .stream = &workbook->stream, .piece = *record, .at = COUNTS_SIZE};
    for (uint32_t i = 0; i < count; i++) {
        if (!cursor_text(&cursor, 2, &workbook->strings.texts))
            return xls_damaged(reading->error);
        if (!shared_strings_end(&workbook->strings))
            return no_memory(reading);
    }
    return 0;
}

static int take_record(struct reading *reading, const struct record *record)
{
    switch (record->kind) {
    case RECORD_FILEPASS:
        return xls_encrypted(reading->error);
    case RECORD_CODEPAGE:
        take_code_page(reading, record);
        return 0;
    case RECORD_DATEMODE:
        reading->workbook->dates_from_1904 = record->length >= 2 && number16(record->data) == 1;
        return 0;
    case RECORD_FORMAT:
        return take_format(reading, record);
    case RECORD_XF:
        return take_cell_format(reading, record);
    case RECORD_BOUNDSHEET:
        return take_bound_sheet(reading, record);
    case RECORD_SST:
        return take_strings(reading, record);
    default:
        return 0;
    }
}

static int read_records(struct reading *reading)
{
    struct record_stream *stream = &reading->workbook->stream;
    struct record record;
    if (!record_at(stream, 0, &record) || record.kind != RECORD_BOF || record.length < 4)
        return xls_damaged(reading->error);
    uint32_t version = number16(record.data);
    stream->biff8 = version == BIFF8;
    if (version != BIFF8 && version != BIFF5)
        return xls_damaged(reading->error);
    for (;;) {
        if (!record_at(stream, record.next, &record))
            return xls_damaged(reading->error);
        if (record.kind == RECORD_EOF)
            return find_dates(reading);
        if (take_record(reading, &record) < 0)
            return -1;
    }
}

int xls_workbook_read(struct xls_workbook *workbook, const unsigned char *bytes, size_t size,
                      struct error *error)
{
    *workbook = (struct xls_workbook){.stream = {bytes, size, false, (iconv_t)-1}};
    struct reading reading = {.workbook = workbook, .error = error};
    int status = read_records(&reading);
    free(reading.formats);
    free(reading.cell_formats);
    return status;
}

void xls_workbook_free(struct xls_workbook *workbook)
{
    if (workbook->stream.code_page != (iconv_t)-1)
        iconv_close(workbook->stream.code_page);
    buffer_free(&workbook->names);
    free(workbook->sheets);
    shared_strings_free(&workbook->strings);
    free(workbook->is_date);
    *workbook = (struct xls_workbook){.stream = {.code_page = (iconv_t)-1}};
}
