#include "etl/text.h"

#include <fnmatch.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "etl/memory.h"

struct span span_of(const char *text)
{
    return (struct span){text, strlen(text)};
}

bool span_equal(struct span a, struct span b)
{
    return a.length == b.length && (a.length == 0 || memcmp(a.text, b.text, a.length) == 0);
}

bool span_is(struct span a, const char *text)
{
    return span_equal(a, span_of(text));
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

int span_compare(struct span a, struct span b)
{
    size_t shorter = a.length < b.length ? a.length : b.length;
    int order = shorter ? memcmp(a.text, b.text, shorter) : 0;
    return order ? order : (a.length > b.length) - (a.length < b.length);
}

struct span span_trim(struct span a)
{
    while (a.length > 0 && is_blank(a.text[0])) {
        a.text++;
        a.length--;
    }
    while (a.length > 0 && is_blank(a.text[a.length - 1]))
        a.length--;
    return a;
}

int64_t span_number(struct span a, int64_t most)
{
    enum { MOST_DIGITS = 18 };
    int64_t number = 0;
    if (a.length == 0 || a.length > MOST_DIGITS)
        return -1;
    for (size_t i = 0; i < a.length; i++) {
        if (a.text[i] < '0' || a.text[i] > '9')
            return -1;
        number = number * 10 + (a.text[i] - '0');
    }
    return number <= most ? number : -1;
}

struct span span_cut(struct span *rest, char separator)
{
    const char *end = rest->length ? memchr(rest->text, separator, rest->length) : NULL;
    struct span part = *rest;
    if (end) {
        part.length = (size_t)(end - rest->text);
        rest->length -= part.length + 1;
        rest->text = end + 1;
    } else {
        *rest = (struct span){NULL, 0};
    }
    return span_trim(part);
}

char *buffer_extend(struct buffer *buffer, size_t size)
{
    if (buffer->failed)
        return NULL;
    char *room = buffer->text;
    if (size >= buffer->capacity - buffer->length)
        room = grow(room, &buffer->capacity, buffer->length + size + 1, 1);
    if (!room) {
        buffer->failed = true;
        return NULL;
    }
    buffer->text = room;
    buffer->length += size;
    room[buffer->length] = '\0';
    return room + buffer->length - size;
}

void buffer_add_slowly(struct buffer *buffer, const char *text, size_t length)
{
    if (buffer->failed)
        return;
    char *room = grow(buffer->text, &buffer->capacity, buffer->length + length + 1, 1);
    if (!room) {
        buffer->failed = true;
        return;
    }
    buffer->text = room;
    if (length > 0)
        memcpy(room + buffer->length, text, length);
    buffer->length += length;
    room[buffer->length] = '\0';
}

void buffer_add_text(struct buffer *buffer, const char *text)
{
    buffer_add(buffer, text, strlen(text));
}

void buffer_format(struct buffer *buffer, const char *format, ...)
{
    char piece[1024];
    va_list args;
    va_start(args, format);
    int length = vsnprintf(piece, sizeof piece, format, args);
    va_end(args);
    if (length < 0) {
        buffer->failed = true;
        return;
    }
    if ((size_t)length < sizeof piece) {
        buffer_add(buffer, piece, (size_t)length);
        return;
    }
    char *whole = malloc((size_t)length + 1);
    if (!whole) {
        buffer->failed = true;
        return;
    }
    va_start(args, format);
    vsnprintf(whole, (size_t)length + 1, format, args);
    va_end(args);
    buffer_add(buffer, whole, (size_t)length);
    free(whole);
}

void buffer_free(struct buffer *buffer)
{
    free(buffer->text);
    *buffer = (struct buffer){0};
}

/* Quotes and dashes that word processors put in place of the typed ones. */
static utf8proc_int32_t straighten(utf8proc_int32_t point)
{
    switch (point) {
    case 0x2018:
    case 0x2019:
    case 0x201B:
    case 0x2032:
    case 0x02BC:
        return '\'';
    case 0x201C:
    case 0x201D:
    case 0x2033:
        return '"';
    case 0x2010:
    case 0x2011:
    case 0x2012:
    case 0x2013:
    case 0x2014:
    case 0x2212:
        return '-';
    default:
        return point;
    }
}

static bool is_word(utf8proc_int32_t point)
{
    switch (utf8proc_category(point)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
        return true;
    default:
        return false;
    }
}

static bool is_space(utf8proc_int32_t point)
{
    return point == ' ' || (point >= '\t' && point <= '\r') || point == 0xA0 || point == 0x200B ||
           point == 0xFEFF || utf8proc_category(point) == UTF8PROC_CATEGORY_ZS;
}

struct folding {
    struct buffer *out;
    bool words_only;
    bool space_due; /* white space was met, and a word may follow it */
    bool begun;
};

static void fold_point(struct folding *fold, utf8proc_int32_t point)
{
    point = straighten(point);
    if (is_space(point)) {
        fold->space_due = fold->begun;
        return;
    }
    if (fold->words_only && !is_word(point))
        return;
    if (fold->space_due && !fold->words_only)
        buffer_add_char(fold->out, ' ');
    fold->space_due = false;
    fold->begun = true;
    utf8proc_uint8_t bytes[4];
    utf8proc_ssize_t length = utf8proc_encode_char(point, bytes);
    buffer_add(fold->out, (const char *)bytes, (size_t)length);
}

bool text_is_utf8(struct span text)
{
    const utf8proc_uint8_t *next = (const utf8proc_uint8_t *)text.text;
    const utf8proc_uint8_t *end = next + text.length;
    while (next < end) {
        utf8proc_int32_t point;
        utf8proc_ssize_t used = utf8proc_iterate(next, end - next, &point);
        if (used < 1 || point == 0)
            return false;
        next += used;
    }
    return true;
}

static void fold_text(struct folding *fold, struct span text)
{
    const utf8proc_uint8_t *next = (const utf8proc_uint8_t *)text.text;
    const utf8proc_uint8_t *end = next + text.length;
    while (next < end) {
        if (*next < 0x80) { /* most of what there is, without the tables */
            utf8proc_int32_t c = *next++;
            fold_point(fold, c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
            continue;
        }
        utf8proc_int32_t point;
        utf8proc_ssize_t used = utf8proc_iterate(next, end - next, &point);
        if (used < 1) {
            buffer_add(fold->out, (const char *)next, 1);
            fold->begun = true;
            next++;
            continue;
        }
        next += used;
        utf8proc_int32_t points[32];
        int last_class = 0;
        utf8proc_ssize_t count = utf8proc_decompose_char(
            straighten(point), points, 32, UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD,
            &last_class);
        for (utf8proc_ssize_t i = 0; i < count && i < 32; i++)
            fold_point(fold, points[i]);
    }
}

void text_fold(struct buffer *out, struct span text)
{
    struct folding fold = {.out = out};
    fold_text(&fold, text);
}

void text_fold_header(struct buffer *out, struct span text)
{
    struct folding fold = {.out = out, .words_only = true};
    fold_text(&fold, text);
}

bool text_glob(const char *pattern, const char *name)
{
    return fnmatch(pattern, name, FNM_CASEFOLD) == 0;
}

size_t text_distance(struct span a, struct span b, size_t limit)
{
    enum { LONGEST = 64 };
    size_t row[LONGEST + 1];
    if (a.length > LONGEST || b.length > LONGEST)
        return limit + 1;
    for (size_t j = 0; j <= b.length; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.length; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.length; j++) {
            size_t above = row[j];
            size_t best = diagonal + (a.text[i - 1] != b.text[j - 1]);
            if (above + 1 < best)
                best = above + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            row[j] = best;
            diagonal = above;
        }
    }
    return row[b.length] > limit ? limit + 1 : row[b.length];
}

const char *text_nearest(struct span word, const char *const *names, size_t count)
{
    const char *nearest = NULL;
    size_t best = word.length < 3 ? 0 : word.length / 4 + 1;
    for (size_t i = 0; i < count; i++) {
        size_t distance = text_distance(word, span_of(names[i]), best);
        if (distance <= best && (!nearest || distance < best)) {
            nearest = names[i];
            best = distance;
        }
    }
    return nearest;
}

const char *text_column_letters(uint32_t column, char *out)
{
    char reversed[8];
    size_t length = 0;
    for (uint64_t left = (uint64_t)column + 1; left > 0; left = (left - 1) / 26)
        reversed[length++] = (char)('A' + (left - 1) % 26);
    for (size_t i = 0; i < length; i++)
        out[i] = reversed[length - 1 - i];
    out[length] = '\0';
    return out;
}

static inline uint64_t word_of(const char *text, size_t size)
{
    uint64_t word = 0;
    memcpy(&word, text, size);
    return word;
}

/* Fewer than eight bytes as a word, without a loop: of pieces that may overlap. */
static inline uint64_t short_word(const char *text, size_t length)
{
    if (length >= 4)
        return word_of(text, 4) << 32 | word_of(text + length - 4, 4);
    if (length == 0)
        return 0;
    return word_of(text, 1) << 16 | word_of(text + length / 2, 1) << 8 |
           word_of(text + length - 1, 1);
}

uint64_t text_hash(const char *text, size_t length)
{
    const uint64_t factor = 0x9E3779B97F4A7C15u;
    /* The length lies far from the letters: "c1" and "c10" must not meet. */
    uint64_t hash = 0xcbf29ce484222325u ^ length * factor;
    size_t left = length;
    for (; left > 8; left -= 8, text += 8) {
        hash = (hash ^ word_of(text, 8)) * factor;
        hash ^= hash >> 29;
    }
    /* The last eight bytes, some of them again. */
    hash ^= length >= 8 ? word_of(text + left - 8, 8) : short_word(text, length);
    /* Every bit of the text must reach the low bits, which is where tables look. */
    hash = (hash ^ hash >> 33) * 0xff51afd7ed558ccdu;
    hash = (hash ^ hash >> 33) * factor;
    return hash ^ hash >> 33;
}
