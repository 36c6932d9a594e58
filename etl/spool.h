/*
 * spool.h - records that have to wait until the table before theirs has ended.
 *
 * They are kept in memory up to a mebibyte and then in a temporary file that has no name, readable
 * by nobody else and gone when the program ends, however it ends. {0} is an empty spool with no
 * file yet.
 */
#ifndef MONTHEND_SPOOL_H
#define MONTHEND_SPOOL_H

#include <stdint.h>

#include "etl/stream.h"

struct spool {
    struct buffer pending;
    uint64_t rows;
    bool in_file;
    int descriptor; /* when in_file */
};

/* An unnamed temporary file (in TMPDIR, or /tmp), or -1. */
int spool_temporary_file(struct error *error);

/* Adds one record, with its newline. */
int spool_add(struct spool *spool, const char *bytes, size_t length, struct error *error);

/* Writes all of it as a table of the stream, unless it is empty. The spool stays as it is. */
int spool_copy(struct spool *spool, struct stream_writer *writer, const char *table,
               const char *columns, struct error *error);

/* The same, and empties the spool. */
int spool_write(struct spool *spool, struct stream_writer *writer, const char *table,
                const char *columns, struct error *error);

void spool_free(struct spool *spool);

#endif
