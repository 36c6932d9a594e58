/*
 * xls.c - .xls workbooks of 1995 to 2003 (BIFF5 and BIFF8).
 *
 * A compound file holds the stream of the workbook's records; a few programs write the stream
 * alone. The file is mapped, not copied: a row goes out as its records are met. Older workbooks,
 * and those of a source that asks for it, are freexl's (xls_freexl.c).
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "etl/sources/formats.h"
#include "etl/sources/little_endian.h"
#include "etl/sources/xls_compound.h"
#include "etl/sources/xls_sheet.h"

static int read_sheets(const struct xls_workbook *workbook, const struct row_sink *sink,
                       struct error *error)
{
    for (size_t i = 0; i < workbook->sheet_count; i++) {
        const struct xls_workbook_sheet *sheet = &workbook->sheets[i];
        if (sink->sheet(sink->context, workbook->names.text + sheet->name, sheet->hidden) ||
            xls_sheet_read(workbook, sheet->offset, sink, error) < 0)
            return -1;
    }
    return 0;
}

static int read_stream(const unsigned char *bytes, size_t size, const struct row_sink *sink,
                       struct error *error)
{
    struct xls_workbook workbook;
    int status = xls_workbook_read(&workbook, bytes, size, error);
    if (status == 0)
        status = read_sheets(&workbook, sink, error);
    xls_workbook_free(&workbook);
    return status;
}

/* The stream of the workbook; 1 when it was found. */
static int find_stream(const struct compound *compound, struct compound_stream *stream,
                       struct error *error)
{
    int found = compound_find(compound, "EncryptedPackage", stream, error);
    if (found > 0) {
        compound_stream_free(stream);
        return xls_encrypted(error);
    }
    if (found == 0)
        found = compound_find(compound, "Workbook", stream, error);
    if (found == 0)
        found = compound_find(compound, "Book", stream, error);
    if (found == 0)
        return error_set(error, EXIT_BAD_DATA,
                         "is an old Office file without a workbook in it: export the list as "
                         ".xlsx or .csv");
    return found;
}

static bool is_compound(const unsigned char *bytes, size_t size)
{
    return size >= 8 && memcmp(bytes, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8) == 0;
}

static int read_bytes(const unsigned char *bytes, size_t size, const struct row_sink *sink,
                      struct error *error)
{
    if (!is_compound(bytes, size))
        return read_stream(bytes, size, sink, error);
    struct compound compound;
    struct compound_stream stream = {0};
    if (compound_open(&compound, bytes, size, error) < 0)
        return -1;
    int status = find_stream(&compound, &stream, error);
    if (status > 0)
        status = read_stream(stream.bytes, stream.size, sink, error);
    compound_stream_free(&stream);
    compound_close(&compound);
    return status;
}

static int read_xls(int descriptor, const struct row_sink *sink, struct error *error)
{
    struct stat file;
    if (fstat(descriptor, &file) < 0)
        return error_system(error, EXIT_IO, "cannot be read");
    size_t size = (size_t)file.st_size;
    unsigned char *bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    if (bytes == MAP_FAILED)
        return error_system(error, EXIT_IO, "cannot be read");
    int status = read_bytes(bytes, size, sink, error);
    munmap(bytes, size);
    return status;
}

/* A stream alone begins with its BOF record. */
static int bid_xls(const unsigned char *head, size_t length)
{
    enum { BOF = 0x0809, BIFF5 = 0x0500, BIFF8 = 0x0600, BOF_SIZE = 8 };
    if (is_compound(head, length))
        return 50;
    if (length < BOF_SIZE || number16(head) != BOF)
        return 0;
    uint32_t version = number16(head + 4);
    return version == BIFF5 || version == BIFF8 ? 50 : 0;
}

const struct source_format source_xls = {
    .name = "xls",
    .help = "Excel workbooks of 1995 to 2003 (.xls)",
    .bid = bid_xls,
    .read = read_xls,
    .prepare = xls_load_code_pages,
};
