/*
 * text.h - pieces of text that belong to somebody else, and text that grows.
 *
 * struct span borrows: it points into a buffer that its owner keeps. struct buffer owns its bytes
 * and keeps a NUL after them; {0} is an empty buffer, buffer_free empties it again. A buffer that
 * could not grow is marked failed and swallows what follows, so that a long text can be built and
 * checked once, at its end.
 */
#ifndef MONTHEND_TEXT_H
#define MONTHEND_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct span {
    const char *text;
    size_t length;
};

struct buffer {
    char *text;
    size_t length;
    size_t capacity;
    bool failed; /* the memory ran out; the text is cut */
};

#define SPAN(literal) ((struct span){"" literal, sizeof(literal) - 1})

struct span span_of(const char *text);
bool span_is(struct span a, const char *text);
bool span_equal(struct span a, struct span b);
/* Orders texts byte by byte, the shorter first where one begins the other; as strcmp. */
int span_compare(struct span a, struct span b);
/* Without blanks (ASCII white space) at either end. */
struct span span_trim(struct span a);
/* A whole number of digits alone, from 0 to `most`; -1 when it is none. */
int64_t span_number(struct span a, int64_t most);
/* Cuts the part before the first `separator` off the front of *rest and returns it trimmed; all of
 * it when there is none. *rest has NULL text after the last part. */
struct span span_cut(struct span *rest, char separator);

/* Appends after making room; for buffer_add, which does without a call where there is room. */
void buffer_add_slowly(struct buffer *buffer, const char *text, size_t length);

static inline void buffer_add(struct buffer *buffer, const char *text, size_t length)
{
    if (buffer->failed || length >= buffer->capacity - buffer->length || buffer->capacity == 0) {
        buffer_add_slowly(buffer, text, length);
        return;
    }
    if (length > 0)
        memcpy(buffer->text + buffer->length, text, length);
    buffer->length += length;
    buffer->text[buffer->length] = '\0';
}

/* Makes the text `size` bytes longer; returns where these begin, for the caller to fill, or NULL
 * when the memory ran out. */
char *buffer_extend(struct buffer *buffer, size_t size);
void buffer_add_text(struct buffer *buffer, const char *text);
static inline void buffer_add_char(struct buffer *buffer, char c)
{
    buffer_add(buffer, &c, 1);
}
void buffer_format(struct buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void buffer_free(struct buffer *buffer);

/* Whether it is UTF-8 throughout, without a NUL. */
bool text_is_utf8(struct span text);

/* The form in which headers, category values and names are compared: Unicode NFKC case fold
 * (so that NBSP is a space), curly quotes made straight, runs of white space one space, none at
 * the ends. Appends to `out`; invalid UTF-8 is taken byte by byte. */
void text_fold(struct buffer *out, struct span text);

/* The same with everything but letters and digits left out, for matching column headers:
 * "Child’s  ID?" and "childs id" are one. Appends to `out`. */
void text_fold_header(struct buffer *out, struct span text);

/* Whether `name` fits the glob pattern, without regard to case. */
bool text_glob(const char *pattern, const char *name);

/* How many single-character edits lead from a to b, at most `limit` + 1. */
size_t text_distance(struct span a, struct span b, size_t limit);

/* The nearest of `count` names to `word`, for "did you mean"; NULL when none is near. */
const char *text_nearest(struct span word, const char *const *names, size_t count);

/* The letters of a column counted from 0: A, B ... Z, AA. `out` holds at least 8 bytes. */
const char *text_column_letters(uint32_t column, char *out);

/* The hash of every table in the project: eight bytes a step, multiplied and folded. */
uint64_t text_hash(const char *text, size_t length);

#endif
