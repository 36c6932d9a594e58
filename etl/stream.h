/*
 * stream.h - the record stream that the stages are piped together by.
 *
 *   #monthend	1
 *   #source	1	missing.xls	Sheet1	sha256=...	as-at=2019-08-09
 *   #table	missing_episode
 *   #columns	episode:id	child:child	started:time	@:at
 *   M-1042	C-20931	2019-07-03T21:15	1:17
 *   #rows	1
 *   #end
 *
 * One record is one line, fields are separated by tabs, an empty field is a missing value, and the
 * only escapes are \t \n \r \\ (and \# for a record that begins with #). Text is UTF-8, dates are
 * ISO, numbers have a point. `@` is where a record came from: source and row. A table whose #rows
 * differs from its records, or a stream without #end, is truncated: EXIT_BAD_DATA. Streams may be
 * concatenated; the reader then numbers their sources on.
 */
#ifndef MONTHEND_STREAM_H
#define MONTHEND_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "etl/date.h"
#include "etl/error.h"
#include "etl/text.h"

/* ---- writing ------------------------------------------------------------------------------ */

/* Where a file's rows came from, as the #source line says it. */
struct stream_source {
    const char *file;
    const char *sheet;
    const char *sha256; /* "" when unknown */
    const char *as_at;  /* ISO date; "" when unknown */
};

/* A buffered writer over a descriptor that stays the caller's. The first failed write is kept and
 * every later call returns -1, so that a loop may check only now and then; stream_writer_close
 * tells in any case. EPIPE is reported as EXIT_IO with errno EPIPE kept in `cause`. */
struct stream_writer {
    int descriptor;
    const char *name; /* what messages call the output: "standard output" */
    struct buffer pending;
    uint64_t rows;
    unsigned sources;
    bool in_table;
    bool at_field; /* a field of the record stands already */
    int cause;     /* errno of the first failure */
};

/* Writes the first line. */
void stream_writer_open(struct stream_writer *writer, int descriptor, const char *name);
/* Announces a source and returns its number, from 1. */
unsigned stream_write_source(struct stream_writer *writer, const struct stream_source *source);
/* Begins a table; `columns` is "name:type name:type ..." separated by single spaces. */
void stream_write_table(struct stream_writer *writer, const char *name, const char *columns);
/* One field of a record, escaped as needed. */
void stream_write_field(struct stream_writer *writer, const char *text, size_t length);
void stream_write_text(struct stream_writer *writer, const char *text);
void stream_write_span(struct stream_writer *writer, struct span text);
/* As ISO writes it; nothing for NO_DATE. */
void stream_write_date(struct stream_writer *writer, date_t date);
void stream_write_number(struct stream_writer *writer, int64_t number);
void stream_write_at(struct stream_writer *writer, unsigned source, uint32_t row);
/* The same escapes, into a buffer, for records that are put together elsewhere. */
void stream_escape(struct buffer *out, const char *text, size_t length);
/* Ends the record. */
void stream_write_record(struct stream_writer *writer);
/* Ends the table: writes #rows. */
void stream_write_table_end(struct stream_writer *writer);
/* Appends bytes as they are: records that were spooled. `rows` of them. */
void stream_write_raw(struct stream_writer *writer, const char *bytes, size_t length,
                      uint64_t rows);
/* Writes #end and everything pending, and frees the buffer. Returns -1 when anything failed since
 * the opening. */
int stream_writer_close(struct stream_writer *writer, struct error *error);
/* Throws away what is pending and frees the buffer: the stream stays without #end. */
void stream_writer_abandon(struct stream_writer *writer);

/* ---- reading ------------------------------------------------------------------------------ */

enum stream_event {
    STREAM_SOURCE,    /* fields: file, sheet; attributes in source */
    STREAM_TABLE,     /* table and columns are set */
    STREAM_RECORD,    /* fields are set */
    STREAM_TABLE_END, /* rows is set */
    STREAM_END,       /* nothing follows */
    STREAM_FAILED = -1
};

struct stream_column {
    const char *name;
    const char *type;
};

struct stream_reader; /* opaque: one read buffer, one line at a time */

/* A reader over a descriptor that stays the caller's. `partial` forgives missing #rows and #end,
 * for streams that a person put grep into. NULL when the memory ran out. */
struct stream_reader *stream_reader_new(int descriptor, const char *name, bool partial);
void stream_reader_free(struct stream_reader *reader);

/* The next event; STREAM_FAILED with the error filled. What the accessors below return is valid
 * until the next call. Records are unescaped; their fields are as many as the columns. */
enum stream_event stream_next(struct stream_reader *reader, struct error *error);

const char *stream_table(const struct stream_reader *reader);
const struct stream_column *stream_columns(const struct stream_reader *reader, size_t *count);
const struct span *stream_fields(const struct stream_reader *reader);
/* The line of the stream that the event stands on, for messages. */
uint64_t stream_line(const struct stream_reader *reader);
/* Of the source announced last: its number over all concatenated streams, from 1. */
unsigned stream_source_number(const struct stream_reader *reader);
struct stream_source stream_source(const struct stream_reader *reader);
/* The column of this name, or SIZE_MAX. */
size_t stream_column_find(const struct stream_reader *reader, const char *name);
/* The record's field of this column, "" where the stream has no such column. */
struct span stream_field(const struct stream_reader *reader, const char *name);
/* Reads an `@` field: source number (counted over all concatenated streams) and row. Returns -1
 * when it is not one, or names a source that was not announced. */
int stream_at(const struct stream_reader *reader, struct span field, unsigned *source,
              uint32_t *row);

/* One line of messages about where the reading stands: fills an error with EXIT_BAD_DATA and
 * "'standard input' line 41: ...". Returns -1. */
int stream_error(const struct stream_reader *reader, struct error *error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
