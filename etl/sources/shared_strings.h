/*
 * shared_strings.h - the texts that the cells of a workbook name by number: the one thing of a
 * workbook that is kept whole.
 *
 * All texts stand in one buffer, one behind the other, found by their offsets. A reader appends to
 * `texts` and calls shared_strings_end for each: {0} has none.
 */
#ifndef MONTHEND_SOURCES_SHARED_STRINGS_H
#define MONTHEND_SOURCES_SHARED_STRINGS_H

#include "etl/text.h"

struct shared_strings {
    struct buffer texts;
    size_t *ends; /* of each text */
    size_t count;
    size_t capacity;
};

/* What was appended since the last call is a text of its own. False when the memory ran out, then
 * or while it was appended. */
bool shared_strings_end(struct shared_strings *strings);
void shared_strings_free(struct shared_strings *strings);

/* Where the text at the end, which is not ended yet, begins. */
size_t shared_strings_begin(const struct shared_strings *strings);

/* The text of this number; false when there is none. */
static inline bool shared_string(const struct shared_strings *strings, size_t number,
                                 struct span *found)
{
    if (number >= strings->count)
        return false;
    size_t begin = number > 0 ? strings->ends[number - 1] : 0;
    *found = (struct span){strings->texts.text + begin, strings->ends[number] - begin};
    return true;
}

#endif
