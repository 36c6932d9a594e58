#include "transforms/dictionary.h"

#include <stdlib.h>

enum { HEAD_SIZE = sizeof(uint64_t), LENGTH_BITS = 4 };

static uint32_t hash_tag(uint64_t hash)
{
    return (uint32_t)hash << LENGTH_BITS;
}

/* A text as its slot has it. The tag is the hash with the length in its lowest bits, up to one that
 * means "longer than a head". */
static struct dictionary_slot describe(struct span text, uint64_t hash)
{
    struct dictionary_slot slot = {0};
    size_t length = text.length < HEAD_SIZE ? text.length : HEAD_SIZE;
    if (length > 0)
        memcpy(&slot.head, text.text, length);
    slot.tag = hash_tag(hash);
    slot.tag |= text.length <= HEAD_SIZE ? (uint32_t)text.length : HEAD_SIZE + 1;
    return slot;
}

static size_t place(const struct dictionary *dictionary, uint32_t tag)
{
    return tag >> LENGTH_BITS & (dictionary->capacity - 1);
}

/* The slot of a text, or the empty one where it belongs. The table is never full. */
static struct dictionary_slot *find_slot(const struct dictionary *dictionary, struct span text,
                                         const struct dictionary_slot *wanted)
{
    size_t at = place(dictionary, wanted->tag);
    for (;;) {
        struct dictionary_slot *slot = &dictionary->slots[at];
        if (slot->number_plus_one == 0)
            return slot;
        if (slot->tag == wanted->tag && slot->head == wanted->head &&
            (text.length <= HEAD_SIZE ||
             span_equal(dictionary->texts[slot->number_plus_one - 1], text)))
            return slot;
        at = (at + 1) & (dictionary->capacity - 1);
    }
}

static bool grow_slots(struct dictionary *dictionary)
{
    struct dictionary bigger = {.capacity = dictionary->capacity ? dictionary->capacity * 2 : 64};
    bigger.slots = calloc(bigger.capacity, sizeof *bigger.slots);
    if (!bigger.slots)
        return false;
    for (size_t i = 0; i < dictionary->capacity; i++) {
        const struct dictionary_slot *old = &dictionary->slots[i];
        if (old->number_plus_one == 0)
            continue;
        size_t at = place(&bigger, old->tag);
        while (bigger.slots[at].number_plus_one != 0)
            at = (at + 1) & (bigger.capacity - 1);
        bigger.slots[at] = *old;
    }
    free(dictionary->slots);
    dictionary->slots = bigger.slots;
    dictionary->capacity = bigger.capacity;
    return true;
}

int64_t dictionary_add_hashed(struct dictionary *dictionary, struct span text, uint64_t hash)
{
    if ((size_t)dictionary->count * 2 >= dictionary->capacity && !grow_slots(dictionary))
        return DICTIONARY_FULL;
    struct dictionary_slot wanted = describe(text, hash);
    struct dictionary_slot *slot = find_slot(dictionary, text, &wanted);
    if (slot->number_plus_one != 0)
        return slot->number_plus_one - 1;
    struct span *texts = grow(dictionary->texts, &dictionary->text_capacity,
                              (size_t)dictionary->count + 1, sizeof *texts);
    if (!texts || dictionary->count == INT32_MAX)
        return DICTIONARY_FULL;
    dictionary->texts = texts;
    struct span copy = {arena_copy(&dictionary->arena, text.text, text.length), text.length};
    if (!copy.text)
        return DICTIONARY_FULL;
    texts[dictionary->count] = copy;
    wanted.number_plus_one = ++dictionary->count;
    *slot = wanted;
    return dictionary->count - 1;
}

int64_t dictionary_add(struct dictionary *dictionary, struct span text)
{
    return dictionary_add_hashed(dictionary, text, text_hash(text.text, text.length));
}

int64_t dictionary_find(const struct dictionary *dictionary, struct span text)
{
    if (dictionary->count == 0)
        return -1;
    struct dictionary_slot wanted = describe(text, text_hash(text.text, text.length));
    return (int64_t)find_slot(dictionary, text, &wanted)->number_plus_one - 1;
}

void dictionary_expect(const struct dictionary *dictionary, uint64_t hash)
{
    if (dictionary->capacity > 0)
        __builtin_prefetch(&dictionary->slots[place(dictionary, hash_tag(hash))], 1);
}

void dictionary_free(struct dictionary *dictionary)
{
    free(dictionary->slots);
    free(dictionary->texts);
    arena_free(&dictionary->arena);
    *dictionary = (struct dictionary){0};
}
