#include "etl/sources/xls_record.h"

#include "etl/sources/encoding.h"
#include "etl/sources/little_endian.h"

enum { HEAD_SIZE = 4 };

bool record_at(const struct record_stream *stream, size_t offset, struct record *record)
{
    if (offset > stream->size || stream->size - offset < HEAD_SIZE)
        return false;
    const unsigned char *head = stream->bytes + offset;
    record->kind = number16(head);
    record->length = number16(head + 2);
    record->data = head + HEAD_SIZE;
    record->next = offset + HEAD_SIZE + record->length;
    return record->next <= stream->size;
}

/* ---- the cursor ---------------------------------------------------------------------------- */

/* Stands on a byte, moving on to the next CONTINUE where a piece ends; false behind the last. */
static bool find_byte(struct record_cursor *cursor)
{
    while (cursor->at == cursor->piece.length) {
        struct record next;
        if (!record_at(cursor->stream, cursor->piece.next, &next) || next.kind != RECORD_CONTINUE)
            return false;
        cursor->piece = next;
        cursor->at = 0;
    }
    return true;
}

bool cursor_number8(struct record_cursor *cursor, uint32_t *number)
{
    if (!find_byte(cursor))
        return false;
    *number = cursor->piece.data[cursor->at++];
    return true;
}

bool cursor_number16(struct record_cursor *cursor, uint32_t *number)
{
    uint32_t low, high;
    if (!cursor_number8(cursor, &low) || !cursor_number8(cursor, &high))
        return false;
    *number = low | high << 8;
    return true;
}

bool cursor_number32(struct record_cursor *cursor, uint32_t *number)
{
    uint32_t low, high;
    if (!cursor_number16(cursor, &low) || !cursor_number16(cursor, &high))
        return false;
    *number = low | high << 16;
    return true;
}

static bool skip(struct record_cursor *cursor, uint64_t count)
{
    while (count > 0) {
        if (!find_byte(cursor))
            return false;
        size_t left = cursor->piece.length - cursor->at;
        if (left > count)
            left = (size_t)count;
        cursor->at += left;
        count -= left;
    }
    return true;
}

/* ---- texts --------------------------------------------------------------------------------- */

/* Latin-1: what Unicode is when its characters have one byte. */
static void add_narrow(struct buffer *out, const unsigned char *bytes, size_t count)
{
    size_t plain = 0;
    while (plain < count && bytes[plain] < 0x80)
        plain++;
    buffer_add(out, (const char *)bytes, plain);
    for (size_t i = plain; i < count; i++) {
        char utf8[4];
        buffer_add(out, utf8, utf8_encode(bytes[i], utf8));
    }
}

/* UTF-16; *half is the first half of a pair whose second is still to come, or 0. */
static void add_wide(struct buffer *out, const unsigned char *bytes, size_t count, uint32_t *half)
{
    for (size_t i = 0; i < count; i++) {
        char utf8[4];
        uint32_t unit = number16(bytes + 2 * i);
        bool second = unit >= 0xDC00 && unit < 0xE000;
        if (*half && second)
            unit = 0x10000 + ((*half - 0xD800) << 10) + (unit - 0xDC00);
        else if (*half)
            buffer_add(out, utf8, utf8_encode(UTF8_REPLACEMENT, utf8));
        *half = unit >= 0xD800 && unit < 0xDC00 ? unit : 0;
        if (!*half)
            buffer_add(out, utf8, utf8_encode(unit, utf8));
    }
}

static bool add_unicode(struct record_cursor *cursor, uint32_t count, bool wide, struct buffer *out)
{
    uint32_t half = 0;
    while (count > 0) {
        if (cursor->at == cursor->piece.length) {
            uint32_t flags;
            if (!cursor_number8(cursor, &flags))
                return false;
            wide = flags & 1;
        }
        size_t size = wide ? 2 : 1;
        size_t here = (cursor->piece.length - cursor->at) / size;
        if (here == 0 && cursor->at < cursor->piece.length)
            return false; /* half a character */
        if (here > count)
            here = count;
        if (wide)
            add_wide(out, cursor->piece.data + cursor->at, here, &half);
        else
            add_narrow(out, cursor->piece.data + cursor->at, here);
        cursor->at += here * size;
        count -= (uint32_t)here;
    }
    char utf8[4];
    if (half)
        buffer_add(out, utf8, utf8_encode(UTF8_REPLACEMENT, utf8));
    return true;
}

/* Bytes of the code page; one that it has no character for is replaced. */
static void add_bytes(const struct record_stream *stream, const unsigned char *bytes, size_t count,
                      struct buffer *out)
{
    char utf8[256];
    if (stream->code_page == (iconv_t)-1) {
        for (size_t i = 0; i < count; i++)
            buffer_add(out, utf8, utf8_encode(windows1252_point(bytes[i]), utf8));
        return;
    }
    char *in = (char *)(uintptr_t)bytes; /* iconv's interface; it does not write there */
    size_t left = count;
    (void)iconv(stream->code_page, NULL, NULL, NULL, NULL);
    while (left > 0) {
        char *to = utf8;
        size_t room = sizeof utf8;
        size_t before = left;
        (void)iconv(stream->code_page, &in, &left, &to, &room);
        buffer_add(out, utf8, (size_t)(to - utf8));
        if (left == before) {
            buffer_add(out, utf8, utf8_encode(UTF8_REPLACEMENT, utf8));
            in++;
            left--;
        }
    }
}

static bool add_code_page(struct record_cursor *cursor, uint32_t count, struct buffer *out)
{
    while (count > 0) {
        if (!find_byte(cursor))
            return false;
        size_t here = cursor->piece.length - cursor->at;
        if (here > count)
            here = count;
        add_bytes(cursor->stream, cursor->piece.data + cursor->at, here, out);
        cursor->at += here;
        count -= (uint32_t)here;
    }
    return true;
}

bool cursor_text(struct record_cursor *cursor, unsigned width, struct buffer *out)
{
    uint32_t count;
    if (!(width == 1 ? cursor_number8(cursor, &count) : cursor_number16(cursor, &count)))
        return false;
    if (!cursor->stream->biff8)
        return add_code_page(cursor, count, out);
    enum { WIDE = 1, PHONETIC = 4, RICH = 8, RUN_SIZE = 4 };
    uint32_t flags, runs = 0, phonetic = 0;
    if (!cursor_number8(cursor, &flags))
        return count == 0; /* some writers leave the flags out of an empty text */
    if (((flags & RICH) && !cursor_number16(cursor, &runs)) ||
        ((flags & PHONETIC) && !cursor_number32(cursor, &phonetic)) ||
        !add_unicode(cursor, count, flags & WIDE, out))
        return false;
    return skip(cursor, (uint64_t)runs * RUN_SIZE + phonetic);
}

/* ---- refusals ------------------------------------------------------------------------------ */

int xls_damaged(struct error *error)
{
    return error_set(
        error, EXIT_BAD_DATA,
        "is a damaged workbook: open it in a spreadsheet program and save it as .xlsx");
}

int xls_encrypted(struct error *error)
{
    return error_set(error, EXIT_BAD_DATA,
                     "is encrypted: save it without a password and export it again");
}
