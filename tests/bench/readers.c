/*
 * readers: the floors that a reader is measured against, and the readers alone.
 *
 *     readers libcsv FILE.csv         every field by libcsv, and nothing else
 *     readers decompress FILE.xlsx    the bytes of the first sheet, and nothing else
 *     readers read FILE               every cell of a file, in its reader process
 *     readers expat FILE.xlsx         the same without the scanner for plain rows
 *     readers freexl FILE.xls         the same by freexl as it is
 */
#include <csv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "etl/input_file.h"
#include "etl/sources/formats.h"
#include "etl/sources/package.h"
#include "etl/sources/reader.h"

static unsigned long long cells;

static int count_sheet(void *context, const char *name, bool hidden)
{
    (void)context;
    (void)name;
    (void)hidden;
    return 0;
}

static int count_row(void *context, uint32_t row, const struct cell *row_cells, size_t count)
{
    (void)context;
    (void)row;
    (void)row_cells;
    cells += count;
    return 0;
}

static int count_note(void *context, uint32_t row, uint32_t column, const char *code)
{
    (void)context;
    (void)row;
    (void)column;
    (void)code;
    return 0;
}

static int decompress(const struct input_file *file, struct error *error)
{
    static char bytes[256 * 1024];
    struct package *package = package_open(file->descriptor, error);
    int64_t number = package ? package_find(package, "xl/worksheets/sheet1.xml") : -1;
    struct package_part *part =
        number < 0 ? NULL : package_part_open(package, number, "a sheet", error);
    int64_t got = part ? 1 : -1;
    while (got > 0)
        got = package_part_read(part, bytes, sizeof bytes, error);
    package_part_close(part);
    package_close(package);
    return got < 0 ? -1 : 0;
}

static void take_field(void *text, size_t length, void *context)
{
    (void)text;
    (void)length;
    (void)context;
    cells++;
}

static void take_row(int end, void *context)
{
    (void)end;
    (void)context;
}

static int parse_by_libcsv(const struct input_file *file)
{
    static char bytes[256 * 1024];
    struct csv_parser parser;
    if (csv_init(&parser, CSV_STRICT) != 0)
        return -1;
    ssize_t got;
    for (off_t at = 0; (got = pread(file->descriptor, bytes, sizeof bytes, at)) > 0; at += got)
        if (csv_parse(&parser, bytes, (size_t)got, take_field, take_row, NULL) != (size_t)got)
            return -1;
    csv_fini(&parser, take_field, take_row, NULL);
    csv_free(&parser);
    return got < 0 ? -1 : 0;
}

static int run(const char *how, const struct input_file *file, struct error *error)
{
    const struct reader_options options = {0};
    const struct row_sink sink = {NULL, count_sheet, count_row, count_note};
    const struct source_format *format = source_find(file->head, file->head_length);
    if (strcmp(how, "libcsv") == 0)
        return parse_by_libcsv(file);
    if (strcmp(how, "decompress") == 0)
        return decompress(file, error);
    if (strcmp(how, "freexl") == 0)
        format = &source_freexl;
    if (strcmp(how, "expat") == 0)
        format = &source_xlsx_by_expat;
    return reader_run(format, file->descriptor, file->name, &options, &sink, error);
}

int main(int argc, char **argv)
{
    struct input_file file;
    struct error error = {0};
    if (argc != 3 || input_file_open(&file, argv[2], &error) < 0)
        return 64;
    int status = run(argv[1], &file, &error);
    if (status < 0)
        fprintf(stderr, "readers: %s\n", error.text);
    fprintf(stderr, "%llu cells\n", cells);
    input_file_close(&file);
    return status < 0;
}
