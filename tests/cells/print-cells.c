/*
 * print-cells: every cell of a file as the readers have it: print-cells [--freexl] FILE
 *
 * A line a sheet ("sheet", name, hidden or visible) and a line a cell ("cell", row, column, both
 * from 1, kind, value); values have the stream's escapes, numbers 17 digits. For
 * tests/compare-cells.
 */
#include <stdio.h>
#include <string.h>

#include "etl/input_file.h"
#include "etl/program.h"
#include "etl/sources/formats.h"
#include "etl/sources/reader.h"
#include "etl/stream.h"

static const struct program program = {.name = "print-cells", .usage = "[--freexl] FILE"};

static int print_sheet(void *context, const char *name, bool hidden)
{
    (void)context;
    return printf("sheet\t%s\t%s\n", name, hidden ? "hidden" : "visible") < 0;
}

static int print_row(void *context, uint32_t row, const struct cell *cells, size_t count)
{
    static const char *const kinds[] = {"text", "number", "boolean", "date", "error"};
    struct buffer *escaped = context;
    for (size_t i = 0; i < count; i++) {
        const struct cell *cell = &cells[i];
        printf("cell\t%u\t%u\t%s\t", row, cell->column + 1, kinds[cell->type]);
        if (cell->type == CELL_TEXT || cell->type == CELL_ERROR) {
            escaped->length = 0;
            stream_escape(escaped, cell->text, cell->length);
            fwrite(escaped->text ? escaped->text : "", 1, escaped->length, stdout);
        } else {
            printf("%.17g", cell->number);
        }
        putchar('\n');
    }
    return 0;
}

static int print_note(void *context, uint32_t row, uint32_t column, const char *code)
{
    (void)context;
    return printf("note\t%u\t%u\t%s\n", row, column + 1, code) < 0;
}

int main(int argc, char **argv)
{
    struct input_file file;
    struct error error = {0};
    struct buffer escaped = {0};
    const struct reader_options options = {0};
    const struct row_sink sink = {&escaped, print_sheet, print_row, print_note};
    program_begin(&program);
    bool by_freexl = argc == 3 && strcmp(argv[1], "--freexl") == 0;
    if (argc != 2 && !by_freexl)
        program_usage_error("which file?");
    if (input_file_open(&file, argv[argc - 1], &error) < 0)
        program_fail(&error);
    const struct source_format *format =
        by_freexl ? &source_freexl : source_find(file.head, file.head_length);
    if (!format)
        error_set(&error, EXIT_BAD_DATA, "'%s': is no spreadsheet", file.name);
    else
        (void)reader_run(format, file.descriptor, file.name, &options, &sink, &error);
    buffer_free(&escaped);
    input_file_close(&file);
    if (error.code != EXIT_COMPLETE)
        program_fail(&error);
    program_exit(EXIT_COMPLETE);
}
