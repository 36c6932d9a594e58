/*
 * dictionary.h - texts and the small numbers that stand for them.
 *
 * Identifiers and categories are compared millions of times: each different text gets a number,
 * from 0 in the order of appearance, and columns hold numbers. Owns copies of its texts.
 */
#ifndef MONTHEND_DICTIONARY_H
#define MONTHEND_DICTIONARY_H

#include <stdint.h>

#include "etl/memory.h"
#include "etl/text.h"

struct dictionary {
    /* A short text stands whole in its slot, so that most look-ups touch nothing else. */
    struct dictionary_slot {
        uint64_t head;            /* its first eight bytes; 0 behind the end of a shorter one */
        uint32_t tag;             /* hash and length */
        uint32_t number_plus_one; /* 0: empty */
    } * slots;
    size_t capacity; /* a power of two, or 0 */
    struct span *texts;
    size_t text_capacity;
    uint32_t count;
    struct arena arena;
};

enum { DICTIONARY_FULL = -1 };

/* The number of a text, added if it is new; DICTIONARY_FULL when the memory ran out. */
int64_t dictionary_add(struct dictionary *dictionary, struct span text);
/* The same for a text whose text_hash is known. */
int64_t dictionary_add_hashed(struct dictionary *dictionary, struct span text, uint64_t hash);
/* The number of a text, or -1 when it was never added. */
int64_t dictionary_find(const struct dictionary *dictionary, struct span text);
/* A text of this text_hash will be added soon: its slot is fetched meanwhile. */
void dictionary_expect(const struct dictionary *dictionary, uint64_t hash);

void dictionary_free(struct dictionary *dictionary);

#endif
