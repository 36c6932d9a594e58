/*
 * run_plan.h - what a run is to do, settled before a stage is started.
 *
 * Which months, as at which day, from which files: the newest of each source, with their digests,
 * so that a file that arrives meanwhile changes nothing, and one that is replaced is noticed. Two
 * runs with the same key have the same input, configuration and programs: the second is not needed.
 */
#ifndef MONTHEND_RUN_PLAN_H
#define MONTHEND_RUN_PLAN_H

#include "etl/config.h"
#include "etl/digest.h"

struct run_input {
    const char *path;
    const char *name;
    char sha256[SHA256_TEXT_SIZE];
    uint64_t bytes;
    int64_t modified; /* seconds since 1970 */
    date_t taken;     /* by the file's name, or what its source says; NO_DATE */
};

struct run_plan {
    const struct config *config;
    month_t from; /* the first report */
    month_t last; /* the last; the same, unless several are made in one pass */
    date_t as_at;
    bool as_at_given; /* not merely the newest export's */
    struct run_input *inputs;
    size_t input_count;
    uint64_t input_bytes;
    char config_sha256[SHA256_TEXT_SIZE];
    struct arena arena;
};

/* What the command line says; -1 and NO_DATE where it says nothing. */
struct run_choice {
    month_t from;
    month_t last;
    date_t as_at;
};

/* Finds the inputs and settles month and as-at date: as chosen, as configured, else the newest
 * export's day and the last month that had ended by then. The configuration is borrowed. */
int run_plan_make(struct run_plan *plan, const struct config *config,
                  const struct run_choice *choice, struct error *error);
void run_plan_free(struct run_plan *plan);

/* Whether every source's newest file is young enough. Those older than `warn after` are told to
 * `warn`; the first older than `error after` is an error (EXIT_STALE_SOURCE). */
int run_plan_check_age(const struct run_plan *plan, void (*warn)(const char *text),
                       struct error *error);

/* Whether the folder's disk has room for what the run will write. */
int run_plan_check_space(const struct run_plan *plan, const char *folder, struct error *error);

/* The digest of everything that the report of a month depends on; `extra` is what else does. */
int run_plan_key(const struct run_plan *plan, month_t month, const char *extra, char *key,
                 struct error *error);

#endif
