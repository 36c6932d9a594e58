#include "etl/sources/csv_split.h"

#include <stdlib.h>

#include "etl/memory.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum { BLOCK = 16 };

/* Which bytes of a block end a field or a line, or are quotes: a bit each. */
static unsigned find_marks(const char *block, char delimiter)
{
#if defined(__SSE2__)
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)block);
    __m128i found = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(delimiter)),
                                 _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\n')));
    found = _mm_or_si128(found, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\r')));
    found = _mm_or_si128(found, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')));
    return (unsigned)_mm_movemask_epi8(found);
#else
    unsigned marks = 0;
    for (unsigned i = 0; i < BLOCK; i++) {
        char c = block[i];
        marks |= (unsigned)(c == delimiter || c == '\n' || c == '\r' || c == '"') << i;
    }
    return marks;
#endif
}

/* The field at hand. */
struct field {
    const char *begin;
    const char *quote;     /* the one it begins with, or NULL */
    const char *end_quote; /* the one it ends with, or NULL */
};

/* Ends a field before `end`. False when it is not plain, or there is no room. */
static bool end_field(struct csv_splitter *splitter, const struct field *field, const char *end,
                      uint32_t column)
{
    const char *begin = field->begin;
    if (field->quote) {
        if (!field->end_quote || field->end_quote + 1 != end)
            return false;
        begin++;
        end--;
    }
    if (begin == end)
        return true;
    if (splitter->count == splitter->capacity) {
        struct cell *room =
            grow(splitter->cells, &splitter->capacity, splitter->count + 1, sizeof *room);
        splitter->failed = !room;
        if (!room)
            return false;
        splitter->cells = room;
    }
    splitter->cells[splitter->count++] = (struct cell){
        .column = column, .type = CELL_TEXT, .text = begin, .length = (size_t)(end - begin)};
    return true;
}

size_t csv_split_line(struct csv_splitter *splitter, const char *text, size_t length)
{
    const char delimiter = splitter->delimiter;
    const char *end = text + length;
    struct field field = {text, NULL, NULL};
    uint32_t column = 0;
    splitter->count = 0;
    for (const char *block = text; end - block > BLOCK; block += BLOCK) {
        for (unsigned marks = find_marks(block, delimiter); marks; marks &= marks - 1) {
            const char *mark = block + __builtin_ctz(marks);
            bool quoted = field.quote && !field.end_quote;
            if (*mark == '"') {
                if (quoted)
                    field.end_quote = mark;
                else if (mark == field.begin)
                    field.quote = mark;
                else
                    return 0;
            } else if (*mark == delimiter) {
                if (quoted)
                    continue;
                if (!end_field(splitter, &field, mark, column) || ++column >= CSV_MOST_COLUMNS)
                    return 0;
                field = (struct field){mark + 1, NULL, NULL};
            } else {
                const char *line_end = mark + (*mark == '\r');
                if (quoted || *line_end != '\n' || !end_field(splitter, &field, mark, column))
                    return 0;
                return (size_t)(line_end - text) + 1;
            }
        }
    }
    return 0;
}

void csv_splitter_free(struct csv_splitter *splitter)
{
    free(splitter->cells);
    *splitter = (struct csv_splitter){0};
}
