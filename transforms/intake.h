/*
 * intake.h - a record stream read whole: its datasets into the store, the rest kept to pass on.
 *
 * At this boundary the rows of each dataset must be as many as extract says it accepted; a
 * difference is EXIT_BROKEN. {0} is an empty intake.
 */
#ifndef MONTHEND_INTAKE_H
#define MONTHEND_INTAKE_H

#include "etl/spool.h"
#include "transforms/checks.h"
#include "transforms/store.h"

/* One row of the table source_count. */
struct source_count {
    unsigned source;
    const char *section;
    const struct dataset *dataset;
    const char *format;
    const char *absent; /* fields whose columns the sheet does not have, separated by ", " */
    uint64_t read, accepted, rejected, ignored, merged;
};

struct intake {
    struct store *store;
    struct source_count *counts;
    size_t count_count;
    size_t count_capacity;
    struct spool remarks; /* with the stream's own numbers of sources */
    struct spool unmapped;
    struct spool headers;
    bool partial;
    struct arena arena;
};

/* Reads the stream into the store, and counts its rows. */
int intake_read(struct intake *intake, struct store *store, int descriptor, const char *name,
                bool partial, struct error *error);
/* Seals the store and runs the checks as at a day (none when `checks` is NULL). What merging and
 * checks did to each source is booked on it; EXIT_BAD_DATA when checks fail, or reject too many
 * rows of a source. */
int intake_seal(struct intake *intake, const struct checks *checks, const struct calendar *calendar,
                date_t as_at, struct error *error);
void intake_free(struct intake *intake);

/* The latest day that a source was taken; NO_DATE when none says. */
date_t intake_as_at(const struct intake *intake);

#endif
