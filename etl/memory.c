#include "etl/memory.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_SIZE = 64 * 1024 };

struct arena_block {
    struct arena_block *older;
    alignas(max_align_t) char bytes[];
};

void *arena_alloc(struct arena *arena, size_t size)
{
    const size_t align = alignof(max_align_t);
    if (size > SIZE_MAX / 2)
        return NULL;
    size = (size + align - 1) / align * align;
    if (size > arena->left) {
        size_t block_size = size > BLOCK_SIZE ? size : BLOCK_SIZE;
        struct arena_block *block = calloc(1, sizeof *block + block_size);
        if (!block)
            return NULL;
        block->older = arena->blocks;
        arena->blocks = block;
        arena->next = block->bytes;
        arena->left = block_size;
    }
    void *piece = arena->next;
    arena->next += size;
    arena->left -= size;
    return piece;
}

char *arena_copy(struct arena *arena, const char *bytes, size_t length)
{
    char *copy = arena_alloc(arena, length + 1);
    if (copy && length > 0)
        memcpy(copy, bytes, length);
    return copy;
}

void arena_free(struct arena *arena)
{
    struct arena_block *block = arena->blocks;
    while (block) {
        struct arena_block *older = block->older;
        free(block);
        block = older;
    }
    *arena = (struct arena){0};
}

void *grow(void *array, size_t *capacity, size_t wanted, size_t size)
{
    if (wanted <= *capacity)
        return array;
    size_t bigger = *capacity ? *capacity : 16;
    while (bigger < wanted) {
        if (bigger > SIZE_MAX / 2 / size)
            return NULL;
        bigger *= 2;
    }
    void *moved = realloc(array, bigger * size);
    if (moved)
        *capacity = bigger;
    return moved;
}
