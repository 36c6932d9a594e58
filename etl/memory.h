/*
 * memory.h - memory for things that live and die together, and arrays that grow.
 *
 * struct arena hands out pieces of large blocks; nothing is freed singly, all of it is freed by
 * arena_free. Pieces are aligned for any type, and never move. {0} is an empty arena.
 */
#ifndef MONTHEND_MEMORY_H
#define MONTHEND_MEMORY_H

#include <stddef.h>

struct arena_block;

struct arena {
    struct arena_block *blocks; /* newest first */
    char *next;                 /* free space of the newest block */
    size_t left;
};

/* A zeroed piece of the arena, or NULL when the memory ran out. */
void *arena_alloc(struct arena *arena, size_t size);

/* A copy of `length` bytes with a NUL after it, or NULL when the memory ran out. */
char *arena_copy(struct arena *arena, const char *bytes, size_t length);

/* Frees every piece; the arena is empty again. */
void arena_free(struct arena *arena);

/* Makes room in a malloc'ed array for `wanted` items of `size` bytes: doubles, so that appending
 * is cheap. Updates *capacity and returns the array, moved perhaps; NULL when the memory ran
 * out, the old array then still valid and the caller's. */
void *grow(void *array, size_t *capacity, size_t wanted, size_t size);

#endif
