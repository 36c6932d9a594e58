/*
 * one_file.h - bytes as a file for a reader: shared by the targets of the readers.
 *
 * A target is a few lines: it hands the bytes to one format, in the fuzzer's own process, with a
 * sink that touches every byte it is given.
 */
#ifndef MONTHEND_FUZZ_ONE_FILE_H
#define MONTHEND_FUZZ_ONE_FILE_H

#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "etl/sources/formats.h"
#include "etl/sources/sandbox.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static volatile unsigned touched;

static int touch_sheet(void *context, const char *name, bool hidden)
{
    (void)context;
    touched += (unsigned char)*name + hidden;
    return 0;
}

static int touch_row(void *context, uint32_t row, const struct cell *cells, size_t count)
{
    (void)context;
    touched += row;
    for (size_t i = 0; i < count; i++) {
        bool text = cells[i].type == CELL_TEXT || cells[i].type == CELL_ERROR;
        touched += cells[i].column;
        for (size_t j = 0; text && j < cells[i].length; j++)
            touched += (unsigned char)cells[i].text[j];
    }
    return 0;
}

static int touch_note(void *context, uint32_t row, uint32_t column, const char *code)
{
    (void)context;
    touched += row + column + (unsigned char)*code;
    return 0;
}

/* Reads the bytes as a file of the format; what it says of them does not matter. */
static int read_bytes(const struct source_format *format, const uint8_t *bytes, size_t size)
{
    struct error error = {0};
    struct row_sink sink = {NULL, touch_sheet, touch_row, touch_note};
    int file = memfd_create("fuzz", 0);
    if (file < 0 || write(file, bytes, size) != (ssize_t)size)
        _exit(1);
    format->read(file, &sink, &error);
    close(file);
    return 0;
}

#endif
