/*
 * xls_compound.h - a compound file in memory: sectors, a table of chains, named streams.
 *
 * [MS-CFB]. Every number of the file is checked against its size before it is used, and no chain is
 * followed further than there are sectors. The bytes are borrowed and may be changed through the
 * stream, which knows where each of its pieces stands in the file.
 */
#ifndef MONTHEND_SOURCES_XLS_COMPOUND_H
#define MONTHEND_SOURCES_XLS_COMPOUND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "etl/error.h"

struct compound {
    unsigned char *bytes;
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

/* One stream: where each of its pieces stands in the file. */
struct compound_stream {
    size_t size;
    size_t piece_size;
    size_t *pieces; /* offsets in the file */
    size_t piece_count;
};

int compound_open(struct compound *compound, unsigned char *bytes, size_t size,
                  struct error *error);
void compound_close(struct compound *compound);

/* Finds a stream by its name (ASCII, any case). Returns 1, 0 when there is none, -1 on failure. */
int compound_find(const struct compound *compound, const char *name, struct compound_stream *stream,
                  struct error *error);
void compound_stream_free(struct compound_stream *stream);

/* Copies between the stream and memory; false outside the stream. */
bool compound_read(const struct compound *compound, const struct compound_stream *stream,
                   size_t offset, void *out, size_t length);
bool compound_write(const struct compound *compound, const struct compound_stream *stream,
                    size_t offset, const void *from, size_t length);

#endif
