/*
 * run_stages.h - extract, transform and load of a run, as processes side by side.
 *
 *   extract (files 1..k)    ─┐
 *   extract (files k+1..n)  ─┴► transform ──► this process ──► load, one for each month's report
 *
 * Where the configuration names a key, pseudonymise stands before transform.
 *
 * The inputs are cut into as many slices as there are cores, which are read at once; their streams
 * reach transform in the order of the inputs, so that nothing depends on how many there were; a
 * list that a slice's sources look into and another slice reads is given to both. What transform
 * writes passes through here: a copy is kept, and what this process has to add follows it to load.
 * Every exit code is kept.
 */
#ifndef MONTHEND_RUN_STAGES_H
#define MONTHEND_RUN_STAGES_H

#include "etl/run_plan.h"
#include "etl/stage.h"

enum { MOST_SLICES = 8 };

struct run_stages {
    struct stage extracts[MOST_SLICES];
    int spooled[MOST_SLICES]; /* what all but the first write, until it is their turn */
    size_t slices;
    struct stage pseudonymise;
    bool pseudonymise_started;
    struct stage transform;
    int to_transform, from_transform; /* -1 once closed */
    bool transform_started;
    /* Of the stream that is being passed on: */
    char *bytes;
    size_t next, end;
    int matched; /* how much of a last line the line at hand is; -1: none */
};

/* Starts transform and the extracts. `rows` is where transform writes its trace. */
int run_stages_start(struct run_stages *stages, const struct run_plan *plan,
                     const char *config_path, const char *rows, struct error *error);

/* Waits for the extracts and hands their streams to transform. */
int run_stages_feed(struct run_stages *stages, struct error *error);

/* Passes one whole stream on from transform: to `load` (until it stops reading) and to `copy`.
 * Returns 1, or 0 when there is none. */
int run_stages_pass(struct run_stages *stages, int load, int copy, struct error *error);

/* Waits for all that still run. Returns -1 with the error filled when one of them failed: the one
 * that is the cause. */
int run_stages_finish(struct run_stages *stages, struct error *error);

/* Starts the load of a report into a folder; *to_load is where its stream is to be written. */
int run_stages_start_load(struct stage *load, const char *config_path, const char *folder,
                          int *to_load, struct error *error);

/* Makes FOLDER/performance-public.xlsx from a month's measures: publish | load, which have ended
 * when it returns. */
int run_stages_publish(const char *config_path, const char *folder, int measures,
                       struct stage *publish, struct stage *load, struct error *error);

#endif
