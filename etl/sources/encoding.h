/*
 * encoding.h - text files as UTF-8, whatever they were saved as.
 *
 * UTF-8 with or without its mark, UTF-16 with its mark, and, for a file that is none of these,
 * Windows-1252: what spreadsheet programs save .csv as. The whole file is looked at before the
 * first byte is converted, so that a file is of one encoding throughout.
 */
#ifndef MONTHEND_SOURCES_ENCODING_H
#define MONTHEND_SOURCES_ENCODING_H

#include "etl/error.h"
#include "etl/text.h"

enum { UTF8_REPLACEMENT = 0xFFFD }; /* for what is no character */

/* The bytes of a code point, 1 to 4; those of the replacement for half a pair. Returns how many. */
size_t utf8_encode(uint32_t point, char out[4]);

/* Whether the bytes are whole characters of UTF-8 that XML allows beyond ASCII. */
bool utf8_is_xml(const char *bytes, size_t length);

/* The code point of a byte of Windows-1252. */
uint32_t windows1252_point(unsigned char byte);

enum encoding { ENCODING_UTF8, ENCODING_UTF16LE, ENCODING_UTF16BE, ENCODING_WINDOWS1252 };

/* Reads text from a descriptor in pieces of UTF-8. */
struct text_reader {
    int descriptor;
    enum encoding encoding;
    long long offset;    /* of the next byte to read */
    struct buffer piece; /* what text_read returned last, unless it is the raw bytes */
    unsigned char *raw;  /* malloc'ed, piece_size bytes */
    size_t piece_size;
    unsigned char held[4]; /* half a character of UTF-16 */
    size_t held_count;
};

/* Finds the encoding (a pass over the file) and stands behind the byte order mark. Pieces are made
 * of `piece_size` bytes of the file. */
int text_reader_open(struct text_reader *reader, int descriptor, size_t piece_size,
                     struct error *error);
/* The next piece, of length 0 at the end; valid until the next call. Returns -1 on failure. */
int text_read(struct text_reader *reader, struct span *piece, struct error *error);
void text_reader_close(struct text_reader *reader);

#endif
