#include "etl/sources/frames.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "etl/memory.h"

enum frame_kind {
    FRAME_SHEET = 'S',
    FRAME_ROW = 'R',
    FRAME_NOTE = 'N',
    FRAME_MISSING = 'M',
    FRAME_ERROR = 'E',
    FRAME_END = 'Z'
};

enum {
    HEAD_SIZE = 5, /* length of the payload (4), kind (1) */
    FLUSH_SIZE = 256 * 1024,
    ROOM_SIZE = 1024 * 1024,
    /* A row of 16,384 cells of 32,767 bytes would be larger; no export has one. */
    LARGEST_FRAME = 64 * 1024 * 1024,
    LONGEST_TEXT = 1024 * 1024, /* a field of delimited text; cells of workbooks are shorter */
    MOST_COLUMNS = 16384,
    LONGEST_NOTE = 64
};

/* ---- the child's side ---- */

static inline void put(struct buffer *buffer, const void *bytes, size_t size)
{
    buffer_add(buffer, bytes, size);
}

static int flush(struct frame_writer *writer)
{
    size_t done = 0;
    while (!writer->failed && done < writer->pending.length) {
        ssize_t written =
            write(writer->descriptor, writer->pending.text + done, writer->pending.length - done);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            writer->failed = true;
        else
            done += (size_t)written;
    }
    writer->pending.length = 0;
    return writer->failed ? -1 : 0;
}

/* Begins a frame; its length is filled in by end_frame. Returns where it began. */
static size_t begin_frame(struct frame_writer *writer, enum frame_kind kind)
{
    size_t begin = writer->pending.length;
    uint32_t length = 0;
    char byte = (char)kind;
    put(&writer->pending, &length, sizeof length);
    put(&writer->pending, &byte, 1);
    return begin;
}

static int end_frame(struct frame_writer *writer, size_t begin)
{
    if (writer->pending.failed)
        writer->failed = true;
    if (writer->failed)
        return -1;
    uint32_t length = (uint32_t)(writer->pending.length - begin - HEAD_SIZE);
    memcpy(writer->pending.text + begin, &length, sizeof length);
    return writer->pending.length < FLUSH_SIZE ? 0 : flush(writer);
}

static int write_sheet(void *context, const char *name, bool hidden)
{
    struct frame_writer *writer = context;
    size_t begin = begin_frame(writer, FRAME_SHEET);
    char flag = hidden;
    put(&writer->pending, &flag, 1);
    put(&writer->pending, name, strlen(name));
    return end_frame(writer, begin);
}

static bool has_text(enum cell_type type)
{
    return type == CELL_TEXT || type == CELL_ERROR;
}

/* What stands before each cell's text or number. */
struct cell_head {
    uint32_t length; /* of the text; 0 of a number */
    uint16_t column;
    uint16_t type;
};

static int write_row(void *context, uint32_t row, const struct cell *cells, size_t count)
{
    struct frame_writer *writer = context;
    size_t begin = begin_frame(writer, FRAME_ROW);
    uint32_t cell_count = (uint32_t)count;
    put(&writer->pending, &row, sizeof row);
    put(&writer->pending, &cell_count, sizeof cell_count);
    size_t size = 0;
    for (size_t i = 0; i < count; i++)
        size += sizeof(struct cell_head) +
                (has_text(cells[i].type) ? cells[i].length : sizeof cells[i].number);
    char *to = buffer_extend(&writer->pending, size);
    for (size_t i = 0; to && i < count; i++) {
        const struct cell *cell = &cells[i];
        bool text = has_text(cell->type);
        struct cell_head head = {text ? (uint32_t)cell->length : 0, (uint16_t)cell->column,
                                 (uint16_t)cell->type};
        memcpy(to, &head, sizeof head);
        to += sizeof head;
        const void *value = text ? (const void *)cell->text : &cell->number;
        size_t length = text ? cell->length : sizeof cell->number;
        memcpy(to, value, length);
        to += length;
    }
    return end_frame(writer, begin);
}

static int write_note(void *context, uint32_t row, uint32_t column, const char *code)
{
    struct frame_writer *writer = context;
    size_t begin = begin_frame(writer, FRAME_NOTE);
    put(&writer->pending, &row, sizeof row);
    put(&writer->pending, &column, sizeof column);
    put(&writer->pending, code, strlen(code));
    return end_frame(writer, begin);
}

struct row_sink frame_writer_sink(struct frame_writer *writer)
{
    return (struct row_sink){
        .context = writer, .sheet = write_sheet, .row = write_row, .note = write_note};
}

int frame_write_missing(struct frame_writer *writer, const char *missing)
{
    size_t begin = begin_frame(writer, FRAME_MISSING);
    put(&writer->pending, missing, strlen(missing));
    return end_frame(writer, begin);
}

int frame_write_error(struct frame_writer *writer, const struct error *error)
{
    size_t begin = begin_frame(writer, FRAME_ERROR);
    uint32_t code = (uint32_t)error->code;
    put(&writer->pending, &code, sizeof code);
    put(&writer->pending, error->text, strlen(error->text));
    return end_frame(writer, begin) < 0 ? -1 : flush(writer);
}

int frame_write_end(struct frame_writer *writer)
{
    size_t begin = begin_frame(writer, FRAME_END);
    return end_frame(writer, begin) < 0 ? -1 : flush(writer);
}

/* ---- the parent's side ---- */

bool frames_make_room(struct frame_reader *reader)
{
    if (reader->next > 0) {
        memmove(reader->bytes, reader->bytes + reader->next, reader->end - reader->next);
        reader->end -= reader->next;
        reader->next = 0;
    }
    if (reader->capacity - reader->end >= ROOM_SIZE / 2)
        return true;
    char *room = grow(reader->bytes, &reader->capacity, reader->end + ROOM_SIZE, 1);
    if (!room)
        return false;
    reader->bytes = room;
    return true;
}

void frame_reader_free(struct frame_reader *reader)
{
    free(reader->bytes);
    free(reader->cells);
    *reader = (struct frame_reader){0};
}

/* Takes `size` bytes off the front of the payload; false when it has not so many. */
static bool take(struct span *payload, void *bytes, size_t size)
{
    if (payload->length < size)
        return false;
    memcpy(bytes, payload->text, size);
    payload->text += size;
    payload->length -= size;
    return true;
}

static bool take_cell(struct span *payload, struct cell *cell, const struct cell *before)
{
    struct cell_head head;
    if (!take(payload, &head, sizeof head) || head.type > CELL_ERROR ||
        head.column >= MOST_COLUMNS || (before && head.column <= before->column))
        return false;
    *cell = (struct cell){.column = head.column, .type = (enum cell_type)head.type};
    if (!has_text(cell->type))
        return take(payload, &cell->number, sizeof cell->number) && isfinite(cell->number);
    if (payload->length < head.length || head.length > LONGEST_TEXT)
        return false;
    cell->text = payload->text;
    cell->length = head.length;
    payload->text += head.length;
    payload->length -= head.length;
    return true;
}

static enum frame_outcome decode_row(struct frame_reader *reader, struct span payload,
                                     const struct row_sink *sink, struct error *error)
{
    enum { SMALLEST_CELL = sizeof(struct cell_head) };
    uint32_t row, count;
    if (!reader->in_sheet || !take(&payload, &row, sizeof row) ||
        !take(&payload, &count, sizeof count) || row <= reader->last_row ||
        count > payload.length / SMALLEST_CELL)
        return FRAMES_NONSENSE;
    struct cell *cells =
        grow(reader->cells, &reader->cell_capacity, (size_t)count + 1, sizeof *cells);
    if (!cells) {
        error_memory(error, "reading a sheet");
        return FRAMES_STOPPED;
    }
    reader->cells = cells;
    reader->last_row = row;
    for (uint32_t i = 0; i < count; i++)
        if (!take_cell(&payload, &cells[i], i ? &cells[i - 1] : NULL))
            return FRAMES_NONSENSE;
    if (payload.length > 0)
        return FRAMES_NONSENSE;
    return sink->row(sink->context, row, cells, count) ? FRAMES_STOPPED : FRAMES_MORE;
}

/* A copy of the payload as a text of limited length, without control characters: it goes into a
 * message or a table. */
static void take_text(struct span payload, char *out, size_t size)
{
    size_t length = payload.length < size - 1 ? payload.length : size - 1;
    for (size_t i = 0; i < length; i++)
        out[i] = (unsigned char)payload.text[i] < ' ' ? ' ' : payload.text[i];
    out[length] = '\0';
}

/* The exit codes that a reader's error may have; EXIT_COMPLETE is none of them. */
static bool is_refusal(uint32_t code)
{
    return code == EXIT_BAD_DATA || code == EXIT_BROKEN || code == EXIT_NO_RESOURCE ||
           code == EXIT_IO || code == EXIT_NO_PERMISSION;
}

static enum frame_outcome decode_frame(struct frame_reader *reader, enum frame_kind kind,
                                       struct span payload, const struct row_sink *sink,
                                       struct error *error)
{
    uint32_t numbers[2];
    char flag;
    char text[ERROR_TEXT_SIZE];
    switch (kind) {
    case FRAME_SHEET:
        if (!take(&payload, &flag, 1))
            return FRAMES_NONSENSE;
        reader->in_sheet = true;
        reader->last_row = 0;
        take_text(payload, text, sizeof text);
        return sink->sheet(sink->context, text, flag != 0) ? FRAMES_STOPPED : FRAMES_MORE;
    case FRAME_ROW:
        return decode_row(reader, payload, sink, error);
    case FRAME_NOTE:
        if (!take(&payload, numbers, sizeof numbers) || payload.length > LONGEST_NOTE)
            return FRAMES_NONSENSE;
        take_text(payload, text, sizeof text);
        return sink->note(sink->context, numbers[0], numbers[1], text) ? FRAMES_STOPPED
                                                                       : FRAMES_MORE;
    case FRAME_MISSING:
        if (payload.length > LONGEST_NOTE)
            return FRAMES_NONSENSE;
        take_text(payload, text, sizeof text);
        if (reader->say_missing)
            reader->say_missing(text);
        return FRAMES_MORE;
    case FRAME_ERROR:
        if (!take(&payload, numbers, sizeof numbers[0]) || !is_refusal(numbers[0]))
            return FRAMES_NONSENSE;
        take_text(payload, text, sizeof text);
        error_set(error, (enum exit_code)numbers[0], "%s", text);
        return FRAMES_ERROR;
    case FRAME_END:
        return payload.length == 0 ? FRAMES_END : FRAMES_NONSENSE;
    }
    return FRAMES_NONSENSE;
}

enum frame_outcome frames_decode(struct frame_reader *reader, const struct row_sink *sink,
                                 struct error *error)
{
    while (reader->end - reader->next >= HEAD_SIZE) {
        const char *frame = reader->bytes + reader->next;
        uint32_t length;
        memcpy(&length, frame, sizeof length);
        if (length > LARGEST_FRAME)
            return FRAMES_NONSENSE;
        if (reader->end - reader->next - HEAD_SIZE < length)
            break;
        reader->next += HEAD_SIZE + (size_t)length;
        enum frame_outcome outcome =
            decode_frame(reader, (enum frame_kind)frame[4],
                         (struct span){frame + HEAD_SIZE, length}, sink, error);
        if (outcome != FRAMES_MORE)
            return outcome;
    }
    return FRAMES_MORE;
}
