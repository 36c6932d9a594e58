#include "etl/sources/encoding.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What Windows-1252 has where Latin-1 has control characters; 0 where it has nothing. */
static const uint16_t windows1252[32] = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

uint32_t windows1252_point(unsigned char byte)
{
    if (byte < 0x80 || byte >= 0xA0)
        return byte;
    return windows1252[byte - 0x80] ? windows1252[byte - 0x80] : UTF8_REPLACEMENT;
}

size_t utf8_encode(uint32_t point, char out[4])
{
    if (point >= 0xD800 && point < 0xE000)
        point = UTF8_REPLACEMENT;
    if (point < 0x80) {
        out[0] = (char)point;
        return 1;
    }
    if (point < 0x800) {
        out[0] = (char)(0xC0 | point >> 6);
        out[1] = (char)(0x80 | (point & 0x3F));
        return 2;
    }
    if (point < 0x10000) {
        out[0] = (char)(0xE0 | point >> 12);
        out[1] = (char)(0x80 | (point >> 6 & 0x3F));
        out[2] = (char)(0x80 | (point & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | point >> 18);
    out[1] = (char)(0x80 | (point >> 12 & 0x3F));
    out[2] = (char)(0x80 | (point >> 6 & 0x3F));
    out[3] = (char)(0x80 | (point & 0x3F));
    return 4;
}

static ssize_t read_raw(struct text_reader *reader, struct error *error)
{
    for (;;) {
        ssize_t got = pread(reader->descriptor, reader->raw, reader->piece_size, reader->offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            error_system(error, EXIT_IO, "cannot be read");
        else
            reader->offset += got;
        return got;
    }
}

/* A check of UTF-8 that goes on from piece to piece. */
struct utf8_check {
    unsigned following;      /* continuation bytes still to come */
    unsigned char low, high; /* what the next of them may be */
};

static bool check_byte(struct utf8_check *check, unsigned char byte)
{
    if (check->following > 0) {
        if (byte < check->low || byte > check->high)
            return false;
        check->following--;
        check->low = 0x80;
        check->high = 0xBF;
        return true;
    }
    if (byte < 0x80)
        return true;
    check->low = byte == 0xE0 ? 0xA0 : byte == 0xF0 ? 0x90 : 0x80;
    check->high = byte == 0xED ? 0x9F : byte == 0xF4 ? 0x8F : 0xBF;
    check->following = byte >= 0xC2 && byte <= 0xDF   ? 1
                       : byte >= 0xE0 && byte <= 0xEF ? 2
                       : byte >= 0xF0 && byte <= 0xF4 ? 3
                                                      : 0;
    return check->following > 0;
}

static bool check_piece(struct utf8_check *check, const unsigned char *bytes, size_t length)
{
    const uint64_t high_bits = 0x8080808080808080u;
    size_t i = 0;
    while (i < length) {
        uint64_t eight;
        if (check->following == 0 && i + sizeof eight <= length) {
            memcpy(&eight, bytes + i, sizeof eight);
            if ((eight & high_bits) == 0) {
                i += sizeof eight;
                continue;
            }
        }
        if (!check_byte(check, bytes[i++]))
            return false;
    }
    return true;
}

bool utf8_is_xml(const char *bytes, size_t length)
{
    struct utf8_check check = {0};
    if (!check_piece(&check, (const unsigned char *)bytes, length) || check.following > 0)
        return false;
    for (const char *c = bytes; (c = memmem(c, (size_t)(bytes + length - c), "\xEF\xBF", 2));
         c += 2)
        if ((unsigned char)c[2] > 0xBD)
            return false; /* U+FFFE and U+FFFF are no characters */
    return true;
}

/* Looks for a byte order mark; its length. */
static ssize_t find_mark(struct text_reader *reader, struct error *error)
{
    unsigned char mark[3] = {0};
    ssize_t got;
    do
        got = pread(reader->descriptor, mark, sizeof mark, 0);
    while (got < 0 && errno == EINTR);
    reader->encoding = ENCODING_UTF8;
    if (got < 0)
        return error_system(error, EXIT_IO, "cannot be read");
    if (memcmp(mark, "\xEF\xBB\xBF", 3) == 0)
        return 3;
    if (memcmp(mark, "\xFF\xFE", 2) != 0 && memcmp(mark, "\xFE\xFF", 2) != 0)
        return 0;
    reader->encoding = mark[0] == 0xFF ? ENCODING_UTF16LE : ENCODING_UTF16BE;
    return 2;
}

static int find_encoding(struct text_reader *reader, struct error *error)
{
    struct utf8_check check = {0};
    ssize_t mark = find_mark(reader, error);
    bool valid = mark >= 0;
    ssize_t got;
    while (valid && reader->encoding == ENCODING_UTF8 && (got = read_raw(reader, error)) > 0)
        valid = check_piece(&check, reader->raw, (size_t)got);
    if (error->code != EXIT_COMPLETE)
        return -1;
    bool windows = !valid || check.following > 0;
    if (windows)
        reader->encoding = ENCODING_WINDOWS1252;
    reader->offset = windows ? 0 : mark;
    return 0;
}

int text_reader_open(struct text_reader *reader, int descriptor, size_t piece_size,
                     struct error *error)
{
    *reader = (struct text_reader){.descriptor = descriptor, .piece_size = piece_size};
    reader->raw = malloc(piece_size);
    if (!reader->raw)
        return error_memory(error, "reading text");
    return find_encoding(reader, error);
}

void text_reader_close(struct text_reader *reader)
{
    free(reader->raw);
    buffer_free(&reader->piece);
    reader->raw = NULL;
}

static void add_point(struct buffer *out, uint32_t point)
{
    char bytes[4];
    buffer_add(out, bytes, utf8_encode(point, bytes));
}

static void convert_windows1252(struct text_reader *reader, size_t length)
{
    for (size_t i = 0; i < length; i++)
        add_point(&reader->piece, windows1252_point(reader->raw[i]));
}

/* One byte more of UTF-16; a character is added when it is complete. */
static void convert_utf16_byte(struct text_reader *reader, unsigned char byte)
{
    reader->held[reader->held_count++] = byte;
    if (reader->held_count % 2 != 0)
        return;
    int high = reader->encoding == ENCODING_UTF16LE;
    const unsigned char *held = reader->held;
    uint32_t first = (uint32_t)held[high] << 8 | held[1 - high];
    if (reader->held_count == 2) {
        if (first >= 0xD800 && first < 0xDC00)
            return; /* the first half of a pair */
        add_point(&reader->piece, first >= 0xDC00 && first < 0xE000 ? UTF8_REPLACEMENT : first);
        reader->held_count = 0;
        return;
    }
    uint32_t second = (uint32_t)held[2 + high] << 8 | held[3 - high];
    bool pair = second >= 0xDC00 && second < 0xE000;
    add_point(&reader->piece,
              pair ? 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00) : UTF8_REPLACEMENT);
    reader->held_count = 0;
    if (!pair && !(second >= 0xD800 && second < 0xDC00))
        add_point(&reader->piece, second);
}

int text_read(struct text_reader *reader, struct span *piece, struct error *error)
{
    do {
        ssize_t got = read_raw(reader, error);
        if (got < 0)
            return -1;
        *piece = (struct span){(const char *)reader->raw, (size_t)got};
        if (reader->encoding == ENCODING_UTF8 || got == 0)
            return 0;
        reader->piece.length = 0;
        if (reader->encoding == ENCODING_WINDOWS1252)
            convert_windows1252(reader, (size_t)got);
        else
            for (ssize_t i = 0; i < got; i++)
                convert_utf16_byte(reader, reader->raw[i]);
        if (reader->piece.failed)
            return error_memory(error, "reading text");
        *piece = (struct span){reader->piece.text, reader->piece.length};
    } while (piece->length == 0);
    return 0;
}
