/*
 * xls_record.h - the records of an .xls workbook, and texts that run over several of them.
 *
 * [MS-XLS] 2.1.4: a record is its kind, the length of its data, and the data. What is longer than a
 * record goes on in CONTINUE records behind it, and a text says anew in each of them whether its
 * characters have one byte or two. Every length is checked against the stream before it is used.
 */
#ifndef MONTHEND_SOURCES_XLS_RECORD_H
#define MONTHEND_SOURCES_XLS_RECORD_H

#include <iconv.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "etl/error.h"
#include "etl/text.h"

enum record_kind {
    RECORD_FORMULA = 0x0006,
    RECORD_EOF = 0x000A,
    RECORD_DATEMODE = 0x0022,
    RECORD_FILEPASS = 0x002F,
    RECORD_CONTINUE = 0x003C,
    RECORD_CODEPAGE = 0x0042,
    RECORD_BOUNDSHEET = 0x0085,
    RECORD_MULRK = 0x00BD,
    RECORD_RSTRING = 0x00D6,
    RECORD_XF = 0x00E0,
    RECORD_SST = 0x00FC,
    RECORD_LABELSST = 0x00FD,
    RECORD_NUMBER = 0x0203,
    RECORD_LABEL = 0x0204,
    RECORD_BOOLERR = 0x0205,
    RECORD_FORMULA3 = 0x0206, /* two names that some writers of BIFF5 kept for FORMULA */
    RECORD_STRING = 0x0207,
    RECORD_RK = 0x027E,
    RECORD_FORMULA4 = 0x0406,
    RECORD_FORMAT = 0x041E,
    RECORD_BOF = 0x0809
};

/* The stream, and how its texts are stored. The bytes are borrowed. */
struct record_stream {
    const unsigned char *bytes;
    size_t size;
    bool biff8;        /* texts are Unicode; otherwise bytes of the code page */
    iconv_t code_page; /* to UTF-8; (iconv_t)-1: Windows-1252 */
};

struct record {
    unsigned kind; /* an enum record_kind, or any other number */
    const unsigned char *data;
    size_t length;
    size_t next; /* where the record behind it begins */
};

/* The record that begins at an offset; false when none stands there whole. */
bool record_at(const struct record_stream *stream, size_t offset, struct record *record);

/* A place within a record and the CONTINUE records behind it. */
struct record_cursor {
    const struct record_stream *stream;
    struct record piece;
    size_t at; /* in the piece's data */
};

/* Numbers at the cursor, which moves behind them; false where the records end. */
bool cursor_number8(struct record_cursor *cursor, uint32_t *number);
bool cursor_number16(struct record_cursor *cursor, uint32_t *number);
bool cursor_number32(struct record_cursor *cursor, uint32_t *number);

/* Appends the text at the cursor as UTF-8. Its number of characters stands before it in `width`
 * bytes, 1 or 2; the runs of its formatting and its phonetic reading are passed over. False where
 * the records end before it does. */
bool cursor_text(struct record_cursor *cursor, unsigned width, struct buffer *out);

/* Says that the workbook is damaged. Returns -1. */
int xls_damaged(struct error *error);
/* Says that it is encrypted. Returns -1. */
int xls_encrypted(struct error *error);

#endif
