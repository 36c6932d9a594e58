#include "etl/stream.h"

#include <endian.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "etl/memory.h"

enum {
    STREAM_VERSION = 1,
    FLUSH_SIZE = 256 * 1024,
    READ_SIZE = 1024 * 1024,
    LONGEST_LINE = 64 * 1024 * 1024
};

/* ---- writing ------------------------------------------------------------------------------ */

static void flush_pending(struct stream_writer *writer)
{
    const char *next = writer->pending.text;
    size_t left = writer->pending.length;
    while (left > 0 && !writer->cause) {
        ssize_t written = write(writer->descriptor, next, left);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0) {
            writer->cause = errno;
        } else {
            next += written;
            left -= (size_t)written;
        }
    }
    writer->pending.length = 0;
}

void stream_writer_open(struct stream_writer *writer, int descriptor, const char *name)
{
    *writer = (struct stream_writer){.descriptor = descriptor, .name = name};
    buffer_format(&writer->pending, "#monthend\t%d\n", STREAM_VERSION);
}

/* Bytes that cannot stand in a field as they are. */
static bool is_special(char c)
{
    return (unsigned char)c < ' ' ? c == '\t' || c == '\n' || c == '\r' : c == '\\';
}

void stream_escape(struct buffer *out, const char *text, size_t length)
{
    size_t plain = 0;
    for (size_t i = 0; i < length; i++) {
        if (!is_special(text[i]))
            continue;
        buffer_add(out, text + plain, i - plain);
        plain = i + 1;
        buffer_add_char(out, '\\');
        switch (text[i]) {
        case '\t':
            buffer_add_char(out, 't');
            break;
        case '\n':
            buffer_add_char(out, 'n');
            break;
        case '\r':
            buffer_add_char(out, 'r');
            break;
        default:
            buffer_add_char(out, '\\');
        }
    }
    buffer_add(out, text + plain, length - plain);
}

unsigned stream_write_source(struct stream_writer *writer, const struct stream_source *source)
{
    writer->sources++;
    buffer_format(&writer->pending, "#source\t%u\t", writer->sources);
    stream_escape(&writer->pending, source->file, strlen(source->file));
    buffer_add_char(&writer->pending, '\t');
    stream_escape(&writer->pending, source->sheet, strlen(source->sheet));
    if (*source->sha256) {
        buffer_add_text(&writer->pending, "\tsha256=");
        buffer_add_text(&writer->pending, source->sha256);
    }
    if (*source->as_at) {
        buffer_add_text(&writer->pending, "\tas-at=");
        buffer_add_text(&writer->pending, source->as_at);
    }
    buffer_add_char(&writer->pending, '\n');
    return writer->sources;
}

void stream_write_table(struct stream_writer *writer, const char *name, const char *columns)
{
    buffer_add_text(&writer->pending, "#table\t");
    buffer_add_text(&writer->pending, name);
    buffer_add_text(&writer->pending, "\n#columns\t");
    for (const char *c = columns; *c; c++)
        buffer_add_char(&writer->pending, *c == ' ' ? '\t' : *c);
    buffer_add_char(&writer->pending, '\n');
    writer->rows = 0;
    writer->in_table = true;
    writer->at_field = false;
}

void stream_write_field(struct stream_writer *writer, const char *text, size_t length)
{
    if (writer->at_field)
        buffer_add_char(&writer->pending, '\t');
    else if (length > 0 && text[0] == '#')
        buffer_add_char(&writer->pending, '\\');
    writer->at_field = true;
    stream_escape(&writer->pending, text, length);
}

void stream_write_text(struct stream_writer *writer, const char *text)
{
    stream_write_field(writer, text, strlen(text));
}

void stream_write_span(struct stream_writer *writer, struct span text)
{
    stream_write_field(writer, text.text, text.length);
}

void stream_write_date(struct stream_writer *writer, date_t date)
{
    char text[DATE_TEXT_SIZE];
    stream_write_field(writer, text, date == NO_DATE ? 0 : (size_t)date_to_iso(date, text));
}

void stream_write_number(struct stream_writer *writer, int64_t number)
{
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%" PRId64, number);
    stream_write_field(writer, digits, (size_t)length);
}

void stream_write_at(struct stream_writer *writer, unsigned source, uint32_t row)
{
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%u:%" PRIu32, source, row);
    stream_write_field(writer, digits, (size_t)length);
}

void stream_write_record(struct stream_writer *writer)
{
    buffer_add_char(&writer->pending, '\n');
    writer->at_field = false;
    writer->rows++;
    if (writer->pending.length >= FLUSH_SIZE)
        flush_pending(writer);
}

void stream_write_raw(struct stream_writer *writer, const char *bytes, size_t length, uint64_t rows)
{
    buffer_add(&writer->pending, bytes, length);
    writer->rows += rows;
    if (writer->pending.length >= FLUSH_SIZE)
        flush_pending(writer);
}

void stream_write_table_end(struct stream_writer *writer)
{
    buffer_format(&writer->pending, "#rows\t%" PRIu64 "\n", writer->rows);
    writer->in_table = false;
}

int stream_writer_close(struct stream_writer *writer, struct error *error)
{
    buffer_add_text(&writer->pending, "#end\n");
    bool no_memory = writer->pending.failed;
    if (!no_memory)
        flush_pending(writer);
    buffer_free(&writer->pending);
    if (no_memory)
        return error_memory(error, "writing the stream");
    if (writer->cause) {
        errno = writer->cause;
        return error_system(error, EXIT_IO, "cannot write to %s", writer->name);
    }
    return 0;
}

void stream_writer_abandon(struct stream_writer *writer)
{
    buffer_free(&writer->pending);
}

/* ---- reading ------------------------------------------------------------------------------ */

enum { MAX_COLUMNS = 256 };

struct stream_reader {
    int descriptor;
    const char *name;
    bool partial;
    bool at_eof;
    bool begun;    /* #monthend was read, #end not yet */
    bool in_table; /* #columns was read, #rows not yet */
    char *bytes;
    size_t capacity;
    size_t next; /* the first byte not yet taken */
    size_t end;  /* the first byte not yet read */
    uint64_t line;
    uint64_t rows;
    unsigned sources_before; /* of the streams that ended already */
    unsigned sources;        /* announced in this stream */
    struct arena names;      /* table, columns and source: until the next of its kind */
    const char *table;
    struct stream_column columns[MAX_COLUMNS];
    size_t column_count;
    struct arena source_names;
    struct stream_source source;
    struct span fields[MAX_COLUMNS];
};

struct stream_reader *stream_reader_new(int descriptor, const char *name, bool partial)
{
    struct stream_reader *reader = calloc(1, sizeof *reader);
    if (!reader)
        return NULL;
    reader->bytes = malloc(READ_SIZE);
    if (!reader->bytes) {
        free(reader);
        return NULL;
    }
    reader->capacity = READ_SIZE;
    reader->descriptor = descriptor;
    reader->name = name;
    reader->partial = partial;
    return reader;
}

void stream_reader_free(struct stream_reader *reader)
{
    if (!reader)
        return;
    arena_free(&reader->names);
    arena_free(&reader->source_names);
    free(reader->bytes);
    free(reader);
}

int stream_error(const struct stream_reader *reader, struct error *error, const char *format, ...)
{
    char what[ERROR_TEXT_SIZE / 2];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    return error_set(error, EXIT_BAD_DATA, "'%s' line %" PRIu64 ": %s", reader->name, reader->line,
                     what);
}

/* Moves what is left to the front, makes room, and reads more. Returns -1 on failure. */
static int fill(struct stream_reader *reader, struct error *error)
{
    if (reader->next > 0) {
        memmove(reader->bytes, reader->bytes + reader->next, reader->end - reader->next);
        reader->end -= reader->next;
        reader->next = 0;
    }
    if (reader->end == reader->capacity) {
        if (reader->capacity >= LONGEST_LINE)
            return stream_error(reader, error, "a line is longer than %d bytes", LONGEST_LINE);
        char *bigger = grow(reader->bytes, &reader->capacity, reader->capacity + 1, 1);
        if (!bigger)
            return error_memory(error, "reading the stream");
        reader->bytes = bigger;
    }
    for (;;) {
        ssize_t got =
            read(reader->descriptor, reader->bytes + reader->end, reader->capacity - reader->end);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_system(error, EXIT_IO, "cannot read '%s'", reader->name);
        if (got == 0)
            reader->at_eof = true;
        reader->end += (size_t)got;
        return 0;
    }
}

/* The next line, without its newline. Returns 1, 0 at the end of the input, -1 on failure. A last
 * line without a newline is half a line: truncated. */
static int next_line(struct stream_reader *reader, struct span *line, struct error *error)
{
    size_t seen = 0;
    for (;;) {
        char *start = reader->bytes + reader->next;
        size_t left = reader->end - reader->next;
        char *newline = left > seen ? memchr(start + seen, '\n', left - seen) : NULL;
        if (newline) {
            *line = (struct span){start, (size_t)(newline - start)};
            reader->next += line->length + 1;
            reader->line++;
            return 1;
        }
        if (reader->at_eof) {
            if (left == 0)
                return 0;
            reader->line++;
            return stream_error(reader, error,
                                "the stream is cut in the middle of a line: run the stage before "
                                "it again");
        }
        seen = left;
        if (fill(reader, error) < 0)
            return -1;
    }
}

/* Turns escapes back into what they stand for, in place. */
static bool unescape(struct span *field)
{
    char *bytes = (char *)(uintptr_t)field->text;
    size_t from = 0;
    size_t to = 0;
    while (from < field->length) {
        char c = bytes[from++];
        if (c == '\\') {
            if (from == field->length)
                return false;
            switch (bytes[from++]) {
            case 't':
                c = '\t';
                break;
            case 'n':
                c = '\n';
                break;
            case 'r':
                c = '\r';
                break;
            case '\\':
                c = '\\';
                break;
            case '#':
                c = '#';
                break;
            default:
                return false;
            }
        }
        bytes[to++] = c;
    }
    field->length = to;
    return true;
}

/* Which of eight bytes are tabs: the highest bit of each that is, the first byte lowest. */
static inline uint64_t find_tabs(const char *bytes)
{
    const uint64_t ones = 0x0101010101010101u;
    const uint64_t highs = ones << 7;
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    word = le64toh(word) ^ ones * '\t';
    /* Exact, without a borrow from one byte to the next. */
    return ~(((word & ~highs) + ~highs) | word | ~highs);
}

/* Splits a line at its tabs into reader->fields; returns how many there are, or SIZE_MAX when there
 * are too many or an escape is none. */
static size_t split(struct stream_reader *reader, struct span line)
{
    size_t count = 0;
    size_t begin = 0;
    size_t at = 0;
    for (; at + sizeof(uint64_t) <= line.length; at += sizeof(uint64_t)) {
        for (uint64_t tabs = find_tabs(line.text + at); tabs; tabs &= tabs - 1) {
            if (count == MAX_COLUMNS)
                return SIZE_MAX;
            size_t tab = at + (size_t)__builtin_ctzll(tabs) / 8;
            reader->fields[count++] = (struct span){line.text + begin, tab - begin};
            begin = tab + 1;
        }
    }
    for (; at <= line.length; at++) {
        if (at < line.length && line.text[at] != '\t')
            continue;
        if (count == MAX_COLUMNS)
            return SIZE_MAX;
        reader->fields[count++] = (struct span){line.text + begin, at - begin};
        begin = at + 1;
    }
    if (memchr(line.text, '\\', line.length)) {
        for (size_t i = 0; i < count; i++)
            if (!unescape(&reader->fields[i]))
                return SIZE_MAX;
    }
    return count;
}

static const char *keep(struct arena *arena, struct span text, struct error *error)
{
    const char *copy = arena_copy(arena, text.text, text.length);
    if (!copy)
        error_memory(error, "reading the stream");
    return copy;
}

static enum stream_event read_source(struct stream_reader *reader, size_t count,
                                     struct error *error)
{
    if (count < 4)
        return stream_error(reader, error, "#source needs a number, a file and a sheet"),
               STREAM_FAILED;
    reader->sources++;
    char expected[16];
    snprintf(expected, sizeof expected, "%u", reader->sources);
    if (!span_is(reader->fields[1], expected))
        return stream_error(reader, error, "#source numbers must count up from 1"), STREAM_FAILED;
    arena_free(&reader->source_names);
    struct arena *arena = &reader->source_names;
    struct stream_source source = {.sha256 = "", .as_at = ""};
    source.file = keep(arena, reader->fields[2], error);
    source.sheet = keep(arena, reader->fields[3], error);
    for (size_t i = 4; i < count; i++) {
        struct span value = reader->fields[i];
        struct span name = span_cut(&value, '=');
        if (span_is(name, "sha256"))
            source.sha256 = keep(arena, value, error);
        else if (span_is(name, "as-at"))
            source.as_at = keep(arena, value, error);
    }
    if (error->code != EXIT_COMPLETE)
        return STREAM_FAILED;
    reader->source = source;
    return STREAM_SOURCE;
}

static enum stream_event read_table(struct stream_reader *reader, size_t count, struct error *error)
{
    if (count != 2 || reader->fields[1].length == 0)
        return stream_error(reader, error, "#table needs a name"), STREAM_FAILED;
    arena_free(&reader->names);
    reader->table = keep(&reader->names, reader->fields[1], error);
    struct span line;
    int got = next_line(reader, &line, error);
    if (got < 0)
        return STREAM_FAILED;
    count = got ? split(reader, line) : 0;
    if (count == SIZE_MAX || count < 2 || !span_is(reader->fields[0], "#columns"))
        return stream_error(reader, error, "#table must be followed by #columns"), STREAM_FAILED;
    reader->column_count = count - 1;
    for (size_t i = 0; i + 1 < count; i++) {
        struct span type = reader->fields[i + 1];
        struct span name = span_cut(&type, ':');
        if (name.length == 0 || !type.text || type.length == 0)
            return stream_error(reader, error, "#columns needs NAME:TYPE in each field"),
                   STREAM_FAILED;
        reader->columns[i].name = keep(&reader->names, name, error);
        reader->columns[i].type = keep(&reader->names, type, error);
    }
    if (error->code != EXIT_COMPLETE)
        return STREAM_FAILED;
    reader->rows = 0;
    reader->in_table = true;
    return STREAM_TABLE;
}

static enum stream_event table_end(struct stream_reader *reader)
{
    reader->in_table = false;
    return STREAM_TABLE_END;
}

static enum stream_event read_rows(struct stream_reader *reader, size_t count, struct error *error)
{
    char expected[24];
    snprintf(expected, sizeof expected, "%" PRIu64, reader->rows);
    if (count == 2 && (reader->partial || span_is(reader->fields[1], expected)))
        return table_end(reader);
    stream_error(reader, error,
                 "table '%s' has %" PRIu64 " rows, but #rows says otherwise: the "
                 "stream was cut or changed on its way",
                 reader->table, reader->rows);
    return STREAM_FAILED;
}

/* The end of the input: complete only after #end. */
static enum stream_event input_end(struct stream_reader *reader, struct error *error)
{
    if (!reader->begun && reader->line > 0)
        return STREAM_END;
    if (reader->partial && reader->in_table)
        return table_end(reader);
    if (reader->partial)
        return STREAM_END;
    if (reader->line == 0)
        error_set(error, EXIT_BAD_DATA,
                  "'%s' is empty: the stage before it failed, or none was piped in", reader->name);
    else
        stream_error(reader, error,
                     "the stream ends without #end: the stage before it failed or was stopped");
    return STREAM_FAILED;
}

static enum stream_event read_directive(struct stream_reader *reader, struct span line,
                                        struct error *error)
{
    size_t count = split(reader, line);
    if (count == SIZE_MAX)
        return stream_error(reader, error, "this line is not of a record stream"), STREAM_FAILED;
    struct span word = reader->fields[0];
    if (reader->in_table) {
        if (span_is(word, "#rows"))
            return read_rows(reader, count, error);
        if (!reader->partial)
            return stream_error(reader, error, "table '%s' ends without #rows", reader->table),
                   STREAM_FAILED;
        reader->next -= line.length + 1; /* read it again after the table's end */
        reader->line--;
        return table_end(reader);
    }
    if (span_is(word, "#source"))
        return read_source(reader, count, error);
    if (span_is(word, "#table"))
        return read_table(reader, count, error);
    stream_error(reader, error, "this line is not of a record stream");
    return STREAM_FAILED;
}

/* #monthend VERSION, at the head of each stream. */
static int read_head(struct stream_reader *reader, struct span line, struct error *error)
{
    struct span rest = line;
    if (!span_is(span_cut(&rest, '\t'), "#monthend"))
        return stream_error(reader, error,
                            "this is not a record stream (it does not begin with #monthend)");
    if (!span_is(rest, "1"))
        return stream_error(reader, error,
                            "this stream is of another version of monthend: use the same version "
                            "for every stage");
    reader->begun = true;
    return 0;
}

enum stream_event stream_next(struct stream_reader *reader, struct error *error)
{
    for (;;) {
        struct span line;
        int got = next_line(reader, &line, error);
        if (got < 0)
            return STREAM_FAILED;
        if (got == 0)
            return input_end(reader, error);
        if (!reader->begun) {
            if (read_head(reader, line, error) < 0)
                return STREAM_FAILED;
            continue;
        }
        if (!reader->in_table && span_is(line, "#end")) {
            reader->begun = false; /* another stream may follow */
            reader->sources_before += reader->sources;
            reader->sources = 0;
            continue;
        }
        if (line.length > 0 && line.text[0] == '#')
            return read_directive(reader, line, error);
        if (!reader->in_table)
            return stream_error(reader, error, "a record stands outside a table"), STREAM_FAILED;
        size_t count = split(reader, line);
        if (count != reader->column_count) {
            if (count == SIZE_MAX)
                stream_error(reader, error, "a field holds a backslash that escapes nothing");
            else
                stream_error(reader, error, "table '%s' has %zu columns, this record has %zu",
                             reader->table, reader->column_count, count);
            return STREAM_FAILED;
        }
        reader->rows++;
        return STREAM_RECORD;
    }
}

const char *stream_table(const struct stream_reader *reader)
{
    return reader->table;
}

const struct stream_column *stream_columns(const struct stream_reader *reader, size_t *count)
{
    *count = reader->column_count;
    return reader->columns;
}

const struct span *stream_fields(const struct stream_reader *reader)
{
    return reader->fields;
}

uint64_t stream_line(const struct stream_reader *reader)
{
    return reader->line;
}

unsigned stream_source_number(const struct stream_reader *reader)
{
    return reader->sources_before + reader->sources;
}

struct stream_source stream_source(const struct stream_reader *reader)
{
    return reader->source;
}

size_t stream_column_find(const struct stream_reader *reader, const char *name)
{
    for (size_t i = 0; i < reader->column_count; i++)
        if (strcmp(reader->columns[i].name, name) == 0)
            return i;
    return SIZE_MAX;
}

struct span stream_field(const struct stream_reader *reader, const char *name)
{
    size_t column = stream_column_find(reader, name);
    return column == SIZE_MAX ? (struct span){"", 0} : reader->fields[column];
}

int stream_at(const struct stream_reader *reader, struct span field, unsigned *source,
              uint32_t *row)
{
    const char *colon = memchr(field.text, ':', field.length);
    if (!colon)
        return -1;
    struct span before = {field.text, (size_t)(colon - field.text)};
    struct span after = {colon + 1, field.length - before.length - 1};
    int64_t number = span_number(before, UINT32_MAX);
    int64_t row_number = span_number(after, UINT32_MAX);
    if (number < 1 || number > reader->sources || row_number < 0)
        return -1;
    *source = reader->sources_before + (unsigned)number;
    *row = (uint32_t)row_number;
    return 0;
}
