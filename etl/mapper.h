/*
 * mapper.h - rows of a spreadsheet become records of datasets.
 *
 * One mapper serves one file. It is the sink of a reader: it looks for the header row of each
 * [source] that may read the sheet (the first of the first 30 rows that has all of its required
 * headers), then turns each row below into a record, or says why not. Nothing is dropped in
 * silence: every row below the header is accepted, rejected or ignored, and counted; rejects,
 * notes and ignored rows are located by sheet, row and column, never by value. Merging rows of one
 * key is left to transform, which sees all sources: extract's memory does not grow with a file.
 */
#ifndef MONTHEND_MAPPER_H
#define MONTHEND_MAPPER_H

#include "etl/config.h"
#include "etl/lookup.h"
#include "etl/sources/source.h"
#include "etl/spool.h"
#include "etl/stream.h"

/* Tables of the stream that are written when all files are read. */
struct findings {
    struct spool remarks;
    struct spool counts;
    struct spool unmapped;
    struct spool headers;
    uint64_t read;
    uint64_t accepted;
    uint64_t rejected;
    uint64_t ignored;
    uint64_t failed;            /* rows that fail a check at the level "fail" */
    struct buffer first_failed; /* where the first of them stands */
};

int findings_write(struct findings *findings, struct stream_writer *writer, struct error *error);
void findings_free(struct findings *findings);

struct mapper;

/* A mapper of the file `name` for the given sources (their number is small). The arrays, the
 * configuration and the lookups are borrowed and must outlive it. `progress`, when not NULL, is
 * called with the number of rows read so far, every few thousand rows. NULL when the memory ran
 * out. */
struct mapper *mapper_new(const struct config *config, const struct source_config *const *sources,
                          size_t count, const struct lookups *lookups,
                          const struct stream_source *file, const char *format,
                          struct stream_writer *writer, struct findings *findings,
                          void (*progress)(const char *file, uint64_t rows));
void mapper_free(struct mapper *mapper);

/* The sink to read the file into. When a function of it returns non-zero, mapper_error has why. */
struct row_sink mapper_sink(struct mapper *mapper);

/* After the reading: ends the last sheet, and says which sources found no sheet of theirs. Returns
 * -1 with the error filled (EXIT_BAD_DATA when a layout has changed). */
int mapper_finish(struct mapper *mapper, struct error *error);

const struct error *mapper_error(const struct mapper *mapper);

#endif
