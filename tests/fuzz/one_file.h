/*
 * one_file.h - bytes as a file for a reader: shared by the targets of the readers.
 *
 * A target is a few lines: it hands the bytes to a format, in the fuzzer's own process, with a sink
 * that touches every byte it is given and sums it up. Where there are two ways to read the same,
 * both are gone, and their sums must agree.
 */
#ifndef MONTHEND_FUZZ_ONE_FILE_H
#define MONTHEND_FUZZ_ONE_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "etl/sources/formats.h"
#include "etl/sources/inflate.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* A sum over all that a reader pushed (FNV-1a). */
static inline void add_to_sum(uint64_t *sum, const void *bytes, size_t size)
{
    const unsigned char *byte = bytes;
    for (size_t i = 0; i < size; i++)
        *sum = (*sum ^ byte[i]) * 0x100000001B3u;
}

static inline int sum_sheet(void *context, const char *name, bool hidden)
{
    add_to_sum(context, name, strlen(name) + 1);
    add_to_sum(context, &hidden, sizeof hidden);
    return 0;
}

static inline int sum_row(void *context, uint32_t row, const struct cell *cells, size_t count)
{
    add_to_sum(context, &row, sizeof row);
    for (size_t i = 0; i < count; i++) {
        const struct cell *cell = &cells[i];
        add_to_sum(context, &cell->column, sizeof cell->column);
        add_to_sum(context, &cell->type, sizeof cell->type);
        if (cell->type == CELL_TEXT || cell->type == CELL_ERROR)
            add_to_sum(context, cell->text, cell->length);
        else
            add_to_sum(context, &cell->number, sizeof cell->number);
    }
    return 0;
}

static inline int sum_note(void *context, uint32_t row, uint32_t column, const char *code)
{
    add_to_sum(context, &row, sizeof row);
    add_to_sum(context, &column, sizeof column);
    add_to_sum(context, code, strlen(code));
    return 0;
}

static inline int memory_file(const void *bytes, size_t size)
{
    int file = memfd_create("fuzz", MFD_CLOEXEC);
    if (file < 0 || write(file, bytes, size) != (ssize_t)size || lseek(file, 0, SEEK_SET) < 0)
        _exit(1);
    return file;
}

/* Reads the bytes as a file of the format; the sum of its cells and of its refusal, if it refuses.
 */
static inline uint64_t read_bytes(const struct source_format *format, const void *bytes,
                                  size_t size)
{
    uint64_t sum = 0xCBF29CE484222325u;
    struct error error = {0};
    const struct row_sink sink = {&sum, sum_sheet, sum_row, sum_note};
    int file = memory_file(bytes, size);
    if (format->read(file, &sink, &error) < 0)
        add_to_sum(&sum, error.text, strlen(error.text));
    close(file);
    return sum;
}

/* ---- archives ------------------------------------------------------------------------------- */

struct fuzz_archive {
    unsigned char *bytes; /* both are static: one archive at a time */
    size_t length;
    unsigned char *directory;
    size_t directory_length;
    unsigned count;
};

enum { MOST_ARCHIVE = 1024 * 1024 };

static inline void put_number(unsigned char **to, uint64_t number, int size)
{
    for (int i = 0; i < size; i++, number >>= 8)
        *(*to)++ = (unsigned char)number;
}

/* What the two heads of a part have in common. */
static inline void put_part(unsigned char **to, const char *name, uint32_t crc, size_t size)
{
    put_number(to, 20, 2);
    put_number(to, 0, 8); /* no flags, stored, no time */
    put_number(to, crc, 4);
    put_number(to, size, 4);
    put_number(to, size, 4);
    put_number(to, strlen(name), 2);
    put_number(to, 0, 2);
}

/* Adds a stored part. */
static inline void archive_add(struct fuzz_archive *archive, const char *name, const void *bytes,
                               size_t size)
{
    static unsigned char parts[MOST_ARCHIVE], directory[MOST_ARCHIVE];
    archive->bytes = parts;
    archive->directory = directory;
    if (size > MOST_ARCHIVE / 4)
        _exit(1);
    uint32_t crc = inflate_crc(0, bytes, size);
    unsigned char *to = archive->directory + archive->directory_length;
    put_number(&to, 0x02014B50, 4);
    put_number(&to, 20, 2);
    put_part(&to, name, crc, size);
    put_number(&to, 0, 10);
    put_number(&to, archive->length, 4);
    memcpy(to, name, strlen(name));
    archive->directory_length = (size_t)(to + strlen(name) - archive->directory);
    to = archive->bytes + archive->length;
    put_number(&to, 0x04034B50, 4);
    put_part(&to, name, crc, size);
    memcpy(to, name, strlen(name));
    to += strlen(name);
    memcpy(to, bytes, size);
    archive->length = (size_t)(to + size - archive->bytes);
    archive->count++;
}

static inline void archive_add_text(struct fuzz_archive *archive, const char *name,
                                    const char *text)
{
    archive_add(archive, name, text, strlen(text));
}

/* Writes the directory: the bytes are an archive now. */
static inline void archive_end(struct fuzz_archive *archive)
{
    unsigned char *to = archive->bytes + archive->length;
    memcpy(to, archive->directory, archive->directory_length);
    to += archive->directory_length;
    put_number(&to, 0x06054B50, 4);
    put_number(&to, 0, 4);
    put_number(&to, archive->count, 2);
    put_number(&to, archive->count, 2);
    put_number(&to, archive->directory_length, 4);
    put_number(&to, archive->length, 4);
    put_number(&to, 0, 2);
    archive->length = (size_t)(to - archive->bytes);
}

/* An .xlsx workbook with these parts; NULL bytes: the plain one. Read by the scanner and by expat
 * alone, which must agree. */
static inline void read_workbook(const void *sheet, size_t sheet_size, const void *strings,
                                 size_t strings_size, const void *styles, size_t styles_size)
{
    static const char plain_sheet[] =
        "<worksheet><sheetData><row><c t=\"s\"><v>0</v></c><c s=\"1\"><v>43678</v></c><c t=\"s\">"
        "<v>1</v></c></row></sheetData></worksheet>";
    static const char plain_strings[] = "<sst><si><t>a</t></si><si><t>b &amp; c</t></si></sst>";
    static const char plain_styles[] =
        "<styleSheet><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>";
    struct fuzz_archive archive = {0};
    archive_add_text(&archive, "_rels/.rels",
                     "<Relationships><Relationship Id=\"r\" Type=\"x/officeDocument\" "
                     "Target=\"xl/workbook.xml\"/></Relationships>");
    archive_add_text(&archive, "xl/workbook.xml",
                     "<workbook><sheets><sheet name=\"S\" r:id=\"a\"/></sheets></workbook>");
    archive_add_text(&archive, "xl/_rels/workbook.xml.rels",
                     "<Relationships><Relationship Id=\"a\" Type=\"x/worksheet\" Target=\"s.xml\"/>"
                     "<Relationship Id=\"b\" Type=\"x/sharedStrings\" Target=\"t.xml\"/>"
                     "<Relationship Id=\"c\" Type=\"x/styles\" Target=\"f.xml\"/></Relationships>");
    archive_add(&archive, "xl/s.xml", sheet ? sheet : plain_sheet,
                sheet ? sheet_size : sizeof plain_sheet - 1);
    archive_add(&archive, "xl/t.xml", strings ? strings : plain_strings,
                strings ? strings_size : sizeof plain_strings - 1);
    archive_add(&archive, "xl/f.xml", styles ? styles : plain_styles,
                styles ? styles_size : sizeof plain_styles - 1);
    archive_end(&archive);
    if (read_bytes(&source_xlsx, archive.bytes, archive.length) !=
        read_bytes(&source_xlsx_by_expat, archive.bytes, archive.length))
        abort();
}

#endif
