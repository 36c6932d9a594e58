/*
 * readers: the floors that a reader is measured against, and the readers alone.
 *
 *     readers decompress FILE.xlsx    the bytes of the largest part, and nothing else
 *     readers read FILE               every cell of a file, in its reader process
 *     readers freexl FILE.xls         the same by freexl alone
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

int main(int argc, char **argv)
{
    struct input_file file;
    struct error error = {0};
    const struct reader_options options = {0};
    const struct row_sink sink = {NULL, count_sheet, count_row, count_note};
    if (argc != 3 || input_file_open(&file, argv[2], &error) < 0)
        return 64;
    const struct source_format *format =
        strcmp(argv[1], "freexl") == 0 ? &source_freexl : source_find(file.head, file.head_length);
    int status = strcmp(argv[1], "decompress") == 0
                     ? decompress(&file, &error)
                     : reader_run(format, file.descriptor, argv[2], &options, &sink, &error);
    if (status < 0)
        fprintf(stderr, "readers: %s\n", error.text);
    fprintf(stderr, "%llu cells\n", cells);
    input_file_close(&file);
    return status < 0;
}
