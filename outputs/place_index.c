#include "outputs/place_index.h"

#include <stdlib.h>

struct place_slot {
    uint64_t hash;
    size_t number; /* of the place, from 1; 0: an empty slot */
};

uint64_t place_hash(uint64_t hash, struct span part)
{
    return (hash ^ text_hash(part.text, part.length)) * 0xff51afd7ed558ccdu;
}

/* The table is never full, and a slot is looked for from the upper bits: those that a
 * multiplication mixes best. */
static size_t first_slot(const struct place_index *index, uint64_t hash)
{
    return (size_t)(hash >> 32) & (index->capacity - 1);
}

static size_t next_slot(const struct place_index *index, size_t slot)
{
    return (slot + 1) & (index->capacity - 1);
}

size_t place_find(const struct place_index *index, uint64_t hash,
                  bool (*is)(const void *context, size_t place), const void *context)
{
    if (index->capacity == 0)
        return SIZE_MAX;
    for (size_t s = first_slot(index, hash); index->slots[s].number; s = next_slot(index, s))
        if (index->slots[s].hash == hash && is(context, index->slots[s].number - 1))
            return index->slots[s].number - 1;
    return SIZE_MAX;
}

static void put(struct place_index *index, struct place_slot slot)
{
    size_t s = first_slot(index, slot.hash);
    while (index->slots[s].number)
        s = next_slot(index, s);
    index->slots[s] = slot;
    index->count++;
}

static int make_room(struct place_index *index)
{
    if (index->count * 2 < index->capacity)
        return 0;
    struct place_index bigger = {.capacity = index->capacity ? index->capacity * 2 : 16};
    bigger.slots = calloc(bigger.capacity, sizeof *bigger.slots);
    if (!bigger.slots)
        return -1;
    for (size_t s = 0; s < index->capacity; s++)
        if (index->slots[s].number)
            put(&bigger, index->slots[s]);
    free(index->slots);
    *index = bigger;
    return 0;
}

int place_add(struct place_index *index, uint64_t hash, size_t place)
{
    if (make_room(index) < 0)
        return -1;
    put(index, (struct place_slot){hash, place + 1});
    return 0;
}

void place_free(struct place_index *index)
{
    free(index->slots);
    *index = (struct place_index){0};
}
