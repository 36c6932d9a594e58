#include "etl/sources/shared_strings.h"

#include <stdlib.h>

#include "etl/memory.h"

size_t shared_strings_begin(const struct shared_strings *strings)
{
    return strings->count > 0 ? strings->ends[strings->count - 1] : 0;
}

bool shared_strings_end(struct shared_strings *strings)
{
    buffer_add(&strings->texts, "", 0); /* so that there is a text to point into */
    size_t *room = strings->ends;
    if (strings->count == strings->capacity)
        room = grow(room, &strings->capacity, strings->count + 1, sizeof *room);
    if (!room || strings->texts.failed)
        return false;
    strings->ends = room;
    room[strings->count++] = strings->texts.length;
    return true;
}

void shared_strings_free(struct shared_strings *strings)
{
    buffer_free(&strings->texts);
    free(strings->ends);
    *strings = (struct shared_strings){0};
}
