/*
 * xls_compound.h - a compound file in memory: sectors, a table of chains, named streams.
 *
 * [MS-CFB]. Every number of the file is checked against its size before it is used, and no chain is
 * followed further than there are sectors.
 */
#ifndef MONTHEND_SOURCES_XLS_COMPOUND_H
#define MONTHEND_SOURCES_XLS_COMPOUND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "etl/error.h"

struct compound {
    const unsigned char *bytes;
    size_t size;
    size_t sector_size;
    size_t mini_size; /* of a sector of the mini-stream */
    uint32_t cutoff;  /* shorter streams stand in the mini-stream */
    uint32_t *next;   /* of each sector: the one after it */
    size_t sector_count;
    uint32_t *mini_next;
    size_t mini_count;
    uint32_t *directory; /* the sectors of the directory */
    size_t directory_count;
};

/* The bytes of one stream: of the file itself where they stand there in one run, as nearly always;
 * otherwise a copy. */
struct compound_stream {
    const unsigned char *bytes;
    size_t size;
    unsigned char *copy; /* malloc'ed, or NULL */
};

/* Reads the directory and the chains. The bytes are borrowed until compound_close. */
int compound_open(struct compound *compound, const unsigned char *bytes, size_t size,
                  struct error *error);
void compound_close(struct compound *compound);

/* Finds a stream by its name (ASCII, any case). Returns 1, 0 when there is none, -1 on failure. */
int compound_find(const struct compound *compound, const char *name, struct compound_stream *stream,
                  struct error *error);
void compound_stream_free(struct compound_stream *stream);

#endif
