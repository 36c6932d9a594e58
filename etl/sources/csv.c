/*
 * csv.c - delimited text, by libcsv, and by a splitter for the lines that need no parser.
 *
 * Strict: a quote within an unquoted field, or one that is never closed, is an error that names its
 * line, not data swallowed. libcsv counts no lines and knows no encodings, no delimiters but one
 * and no limits: these are added here. It is told to report every line end, so that lines can be
 * counted; of the two reports for CR LF the second is dropped.
 *
 * A line that stands whole in the piece at hand, in which a quote only begins or ends a field, is
 * split where it stands (csv_split.h). Every other line is libcsv's: the splitter takes it back to
 * its beginning, and goes on behind the record that libcsv makes of it.
 */
#include <csv.h>
#include <stdlib.h>
#include <string.h>

#include "etl/memory.h"
#include "etl/sources/csv.h"
#include "etl/sources/csv_split.h"
#include "etl/sources/encoding.h"
#include "etl/sources/formats.h"

enum { LONGEST_FIELD = 1024 * 1024, MOST_LINES_IN_QUOTES = 100 };

struct reading {
    const struct row_sink *sink;
    struct error *error;
    struct cell *cells;
    size_t cell_count;
    size_t cell_capacity;
    struct buffer texts; /* of the row's cells, one behind the other */
    uint32_t column;     /* of the next field */
    uint32_t row;        /* the line on which the record began */
    uint32_t lines;      /* line ends within the record's quotes */
    int last_end;        /* the character that ended the row before */
    bool any_quote;      /* in the file so far: without one, no field holds a line end */
    bool between;        /* the last byte ended a record: the next begins one */
    bool stopped;
    struct csv_splitter splitter;
    bool split; /* plain lines are split */
};

static int never_blank(unsigned char c)
{
    (void)c;
    return 0;
}

/* libcsv's own limit is the memory; a field of more than a mebibyte is a quote gone astray. */
static void *limited_realloc(void *memory, size_t size)
{
    return size > LONGEST_FIELD ? NULL : realloc(memory, size);
}

static uint32_t count_line_ends(const char *text, size_t length)
{
    uint32_t count = 0;
    const char *end = text + length;
    while ((text = memchr(text, '\n', (size_t)(end - text)))) {
        count++;
        text++;
    }
    return count;
}

static void take_field(void *bytes, size_t length, void *context)
{
    struct reading *reading = context;
    uint32_t column = reading->column++;
    if (reading->stopped || length == 0)
        return;
    uint32_t ends = reading->any_quote ? count_line_ends(bytes, length) : 0;
    reading->lines += ends;
    if (ends > MOST_LINES_IN_QUOTES || column >= CSV_MOST_COLUMNS) {
        error_set(reading->error, EXIT_BAD_DATA,
                  ends > MOST_LINES_IN_QUOTES
                      ? "line %u: a quote spans more than 100 lines: one is missing or too many"
                      : "line %u: the record has more than 16,384 fields",
                  reading->row);
        reading->stopped = true;
        return;
    }
    struct cell *room = reading->cells;
    if (reading->cell_count == reading->cell_capacity)
        room = grow(room, &reading->cell_capacity, reading->cell_count + 1, sizeof *room);
    buffer_add(&reading->texts, bytes, length);
    if (!room || reading->texts.failed) {
        error_memory(reading->error, "reading a record");
        reading->stopped = true;
        return;
    }
    reading->cells = room;
    room[reading->cell_count++] =
        (struct cell){.column = column, .type = CELL_TEXT, .length = length};
}

static void take_row(int end, void *context)
{
    struct reading *reading = context;
    bool empty = reading->cell_count == 0 && reading->column <= 1;
    bool second_half = end == '\n' && reading->last_end == '\r' && empty;
    reading->last_end = second_half ? 0 : end;
    reading->between = true;
    if (reading->stopped)
        return;
    if (!second_half) {
        const char *text = reading->texts.text;
        for (size_t i = 0; i < reading->cell_count; i++) {
            reading->cells[i].text = text;
            text += reading->cells[i].length;
        }
        /* A line end at the end of the file ends the last record: it begins none. */
        bool past_end = end == -1 && empty;
        if (!past_end && reading->sink->row(reading->sink->context, reading->row, reading->cells,
                                            reading->cell_count))
            reading->stopped = true;
        reading->row += 1 + reading->lines;
    }
    reading->cell_count = 0;
    reading->texts.length = 0;
    reading->column = 0;
    reading->lines = 0;
}

/* The delimiter that stands most often in the beginning of the text, outside quotes. */
static unsigned char find_delimiter(struct span text)
{
    static const char candidates[] = ",;\t|";
    size_t counts[sizeof candidates] = {0};
    bool quoted = false;
    for (size_t i = 0; i < text.length && i < SOURCE_HEAD_SIZE; i++) {
        if (text.text[i] == '"')
            quoted = !quoted;
        const char *found = quoted || !text.text[i] ? NULL : strchr(candidates, text.text[i]);
        if (found)
            counts[found - candidates]++;
    }
    size_t best = 0;
    for (size_t c = 1; c + 1 < sizeof candidates; c++)
        if (counts[c] > counts[best])
            best = c;
    return (unsigned char)candidates[best];
}

static int parse_error(struct reading *reading, const struct csv_parser *parser)
{
    if (parser->status == CSV_ENOMEM || parser->status == CSV_ETOOBIG)
        return error_set(reading->error, EXIT_BAD_DATA,
                         "line %u: a field is longer than 1 MiB: a quote is missing or too many",
                         reading->row);
    return error_set(reading->error, EXIT_BAD_DATA,
                     "line %u: a quote stands where none belongs, or is never closed",
                     reading->row);
}

static int feed(struct reading *reading, struct csv_parser *parser, const char *bytes,
                size_t length)
{
    size_t parsed = csv_parse(parser, bytes, length, take_field, take_row, reading);
    if (reading->stopped)
        return -1;
    return parsed == length ? 0 : parse_error(reading, parser);
}

/* Gives libcsv the lines from the beginning of a record to its end, or as much of it as there is.
 * Returns how much it took, or -1. */
static int64_t parse_record(struct reading *reading, struct csv_parser *parser, struct span piece)
{
    size_t done = 0;
    do {
        const char *from = piece.text + done;
        const char *end = memchr(from, '\n', piece.length - done);
        size_t length = end ? (size_t)(end - from) + 1 : piece.length - done;
        if (feed(reading, parser, from, length - 1) < 0)
            return -1;
        reading->between = false; /* unless the last byte ends a record */
        if (feed(reading, parser, from + length - 1, 1) < 0)
            return -1;
        done += length;
    } while (!reading->between && done < piece.length);
    return (int64_t)done;
}

/* Splits plain lines, from the beginning of a record. Returns how much it took, or -1. */
static int64_t split_lines(struct reading *reading, struct span piece)
{
    size_t done = 0;
    const struct row_sink *sink = reading->sink;
    for (;;) {
        size_t length = csv_split_line(&reading->splitter, piece.text + done, piece.length - done);
        if (reading->splitter.failed)
            return error_memory(reading->error, "reading a record");
        if (length == 0)
            return (int64_t)done;
        if (sink->row(sink->context, reading->row, reading->splitter.cells,
                      reading->splitter.count)) {
            reading->stopped = true;
            return -1;
        }
        reading->row++;
        done += length;
    }
}

static int read_piece(struct reading *reading, struct csv_parser *parser, struct span piece)
{
    reading->any_quote = reading->any_quote || memchr(piece.text, '"', piece.length);
    while (piece.length > 0) {
        /* A line feed may be the second half of what ended the record before. */
        bool begins = reading->between && reading->last_end != '\r';
        int64_t took = reading->split && begins ? split_lines(reading, piece) : 0;
        if (took == 0)
            took = parse_record(reading, parser, piece);
        if (took < 0)
            return -1;
        piece.text += took;
        piece.length -= (size_t)took;
    }
    return 0;
}

static int read_pieces(struct reading *reading, struct text_reader *text, struct csv_parser *parser)
{
    struct span piece;
    for (bool first = true;; first = false) {
        if (text_read(text, &piece, reading->error) < 0)
            return -1;
        if (piece.length == 0)
            break;
        if (first) {
            unsigned char delimiter = find_delimiter(piece);
            csv_set_delim(parser, delimiter);
            reading->splitter.delimiter = (char)delimiter;
        }
        if (read_piece(reading, parser, piece) < 0)
            return -1;
    }
    int failed = csv_fini(parser, take_field, take_row, reading);
    if (reading->stopped)
        return -1;
    return failed ? parse_error(reading, parser) : 0;
}

int csv_read(int descriptor, size_t piece_size, bool split, const struct row_sink *sink,
             struct error *error)
{
    struct reading reading = {
        .sink = sink, .error = error, .row = 1, .between = true, .split = split};
    struct text_reader text;
    struct csv_parser parser;
    if (sink->sheet(sink->context, "", false))
        return -1;
    int status = text_reader_open(&text, descriptor, piece_size, error);
    if (status == 0 && csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL) != 0)
        status = error_memory(error, "reading text");
    else if (status == 0) {
        csv_set_space_func(&parser, never_blank);
        csv_set_realloc_func(&parser, limited_realloc);
        status = read_pieces(&reading, &text, &parser);
        csv_free(&parser);
    }
    text_reader_close(&text);
    free(reading.cells);
    buffer_free(&reading.texts);
    csv_splitter_free(&reading.splitter);
    return status;
}

static int read_csv(int descriptor, const struct row_sink *sink, struct error *error)
{
    enum { PIECE_SIZE = 256 * 1024 };
    return csv_read(descriptor, PIECE_SIZE, true, sink, error);
}

/* Any text may be delimited text, but whoever knows better should say so. */
static int bid_csv(const unsigned char *head, size_t length)
{
    bool utf16 =
        length >= 2 && (memcmp(head, "\xFF\xFE", 2) == 0 || memcmp(head, "\xFE\xFF", 2) == 0);
    if (length == 0 || (!utf16 && memchr(head, '\0', length)))
        return 0;
    return 10;
}

const struct source_format source_csv = {
    .name = "csv",
    .help = "delimited text (comma, semicolon, tab or pipe)",
    .bid = bid_csv,
    .read = read_csv,
};
