/*
 * source.h - the interface to spreadsheet formats.
 *
 * A format is one file of this folder that exports one const struct source_format, and one line
 * in the table of source.c. It bids on the first bytes of a file, never on its name, and pushes
 * what it reads, row by row and in the order of the file, into a row sink. It converts nothing
 * and guesses nothing: what a cell means is the mapper's business.
 *
 * A format reads foreign bytes, so it runs in a child process that can open nothing (reader.h):
 * it may read the descriptor it is handed and allocate memory within limits, and nothing else.
 * Memory does not grow with the rows, except for what the format itself keeps apart from them
 * (the shared strings of a workbook).
 */
#ifndef MONTHEND_SOURCES_SOURCE_H
#define MONTHEND_SOURCES_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "etl/error.h"

enum cell_type {
    CELL_TEXT,    /* UTF-8; an empty string is a cell too */
    CELL_NUMBER,  /* durations are numbers of days */
    CELL_BOOLEAN, /* number is 0 or 1 */
    CELL_DATE,    /* a number under a date format: days since 30 December 1899, counted as if 29
                     February 1900 had existed; files with 1904 dates are converted to this */
    CELL_ERROR    /* text is "#N/A", "#REF!" and so on */
};

/* A cell that is not blank; blank cells are not pushed. The text is borrowed: it is valid until
 * the sink's function returns, and is not NUL-terminated. */
struct cell {
    uint32_t column; /* from 0 */
    enum cell_type type;
    double number;
    const char *text;
    size_t length;
};

/* What a format pushes its rows into. A function that returns non-zero stops the reading;
 * source_format.read then returns -1 and leaves the error to whoever stopped it. */
struct row_sink {
    void *context;
    /* A sheet begins. The name is UTF-8, NUL-terminated and "" for formats without sheets. */
    int (*sheet)(void *context, const char *name, bool hidden);
    /* A row with at least one cell that is not blank, or with none where the file holds a row that
     * is empty. `row` counts from 1 as the spreadsheet shows it (for .csv: the line on which the
     * record begins) and only grows within a sheet; cells are in order of their columns. */
    int (*row)(void *context, uint32_t row, const struct cell *cells, size_t count);
    /* Something that a person should know and that lost nothing but the cell (or record) it names:
     * a formula without a stored value, a quote that swallowed lines. `column` is UINT32_MAX when
     * it is about the whole row. `code` is short and lower case ("formula without a value"). */
    int (*note)(void *context, uint32_t row, uint32_t column, const char *code);
};

struct source_format {
    const char *name; /* "csv" */
    const char *help; /* what it reads, for usage texts */
    /* How sure the format is, from 0 (not mine) to 100, on the first bytes of a file: all of it
     * when it is shorter than SOURCE_HEAD_SIZE. */
    int (*bid)(const unsigned char *head, size_t length);
    /* Reads the file from offset 0 to its end. Returns 0, or -1 with the error filled: its text
     * begins with what is wrong ("is encrypted: ..."), the caller puts the file's name before it.
     * NULL for a format that is known only to be refused by name. */
    int (*read)(int descriptor, const struct row_sink *sink, struct error *error);
    /* Its library opens files by name: the child gets a copy of the input that has one
     * (SANDBOX_FILE), and may open that. */
    bool opens_by_name;
    /* Called in the child before it gives up opening files: to load what the format's library loads
     * late. NULL for most. */
    void (*prepare)(void);
    const char *refusal; /* why it is refused and what to do; NULL for a format that is read */
};

enum { SOURCE_HEAD_SIZE = 4096 };

/* The format that bids highest, or NULL when none bids. */
const struct source_format *source_find(const unsigned char *head, size_t length);

/* All formats, in the order of the table, ended by NULL. */
extern const struct source_format *const source_formats[];

#endif
