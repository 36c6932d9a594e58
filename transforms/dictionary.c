#include "transforms/dictionary.h"

#include <stdlib.h>

/* The slot of a text, or the empty one where it belongs. The table is never full. */
static struct dictionary_slot *find_slot(const struct dictionary *dictionary, struct span text,
                                         uint32_t hash)
{
    size_t at = hash & (dictionary->capacity - 1);
    for (;;) {
        struct dictionary_slot *slot = &dictionary->slots[at];
        if (slot->number_plus_one == 0)
            return slot;
        if (slot->hash == hash && span_equal(dictionary->texts[slot->number_plus_one - 1], text))
            return slot;
        at = (at + 1) & (dictionary->capacity - 1);
    }
}

static bool grow_slots(struct dictionary *dictionary)
{
    size_t capacity = dictionary->capacity ? dictionary->capacity * 2 : 64;
    struct dictionary_slot *slots = calloc(capacity, sizeof *slots);
    if (!slots)
        return false;
    for (size_t i = 0; i < dictionary->capacity; i++) {
        struct dictionary_slot old = dictionary->slots[i];
        if (old.number_plus_one == 0)
            continue;
        size_t at = old.hash & (capacity - 1);
        while (slots[at].number_plus_one != 0)
            at = (at + 1) & (capacity - 1);
        slots[at] = old;
    }
    free(dictionary->slots);
    dictionary->slots = slots;
    dictionary->capacity = capacity;
    return true;
}

int64_t dictionary_add(struct dictionary *dictionary, struct span text)
{
    if ((size_t)dictionary->count * 2 >= dictionary->capacity && !grow_slots(dictionary))
        return DICTIONARY_FULL;
    uint32_t hash = (uint32_t)text_hash(text.text, text.length);
    struct dictionary_slot *slot = find_slot(dictionary, text, hash);
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
    *slot = (struct dictionary_slot){hash, ++dictionary->count};
    return dictionary->count - 1;
}

int64_t dictionary_find(const struct dictionary *dictionary, struct span text)
{
    if (dictionary->count == 0)
        return -1;
    uint32_t hash = (uint32_t)text_hash(text.text, text.length);
    return (int64_t)find_slot(dictionary, text, hash)->number_plus_one - 1;
}

void dictionary_free(struct dictionary *dictionary)
{
    free(dictionary->slots);
    free(dictionary->texts);
    arena_free(&dictionary->arena);
    *dictionary = (struct dictionary){0};
}
