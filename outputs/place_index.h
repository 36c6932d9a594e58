/*
 * place_index.h - where an item stands in an array, found by its key in one step.
 *
 * The array is its owner's and may move: the index keeps hashes and places only, and asks whether
 * the item at a place is the one looked for. Its owner frees it. {0} is empty.
 */
#ifndef MONTHEND_PLACE_INDEX_H
#define MONTHEND_PLACE_INDEX_H

#include "etl/text.h"

struct place_slot;

struct place_index {
    struct place_slot *slots;
    size_t capacity; /* a power of two, or 0 */
    size_t count;
};

/* The hash of a key of several parts: begin with a number or 0, and add the texts in their order.
 */
uint64_t place_hash(uint64_t hash, struct span part);

/* The place of the item that `is` says is the one looked for, SIZE_MAX when there is none. */
size_t place_find(const struct place_index *index, uint64_t hash,
                  bool (*is)(const void *context, size_t place), const void *context);

/* Notes that an item not yet in the index stands at a place. -1 when the memory ran out. */
int place_add(struct place_index *index, uint64_t hash, size_t place);

void place_free(struct place_index *index);

#endif
