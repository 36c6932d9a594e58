/*
 * run_manifest.h - what a run wrote down about itself, for people and for other programs.
 *
 * `manifest.json` lies in the month's folder and is written last: inputs with size, time and
 * digest, the digest of the configuration, rows in and out, rejects by code, outputs with digests,
 * seconds and memory of each stage. The history has a line of the same run; a metrics file tells
 * the last run to node_exporter. No cell's value and no identifier stands in any of them.
 */
#ifndef MONTHEND_RUN_MANIFEST_H
#define MONTHEND_RUN_MANIFEST_H

#include "etl/month_report.h"
#include "etl/restatement.h"
#include "etl/run_history.h"
#include "etl/run_plan.h"
#include "etl/stage.h"

enum { MOST_RUN_STAGES = 16, TIME_TEXT_SIZE = 24 };

struct run_facts {
    int number;
    const char *status; /* published, unchanged, failed */
    month_t month;      /* -1: not settled yet */
    date_t as_at;       /* NO_DATE: not settled yet */
    char started[TIME_TEXT_SIZE];
    int64_t clock; /* when it started (stage_clock) */
    const char *key;
    const struct stage *stages[MOST_RUN_STAGES];
    size_t stage_count;
    const struct month_report *report; /* NULL: none was made */
    const struct restatements *restatements;
    const struct past_run *compared_with; /* NULL: none */
    const struct error *error;            /* of a failed run */
};

/* "2019-08-14T02:15:00Z" */
void run_time_text(int64_t seconds, char *text);

/* Writes FOLDER/manifest.json about the other files of the folder. */
int run_manifest_write(const struct run_facts *facts, const struct run_plan *plan,
                       const char *folder, struct error *error);

/* The run's line for the history; to be freed. NULL when the memory ran out. */
char *run_history_line(const struct run_facts *facts);

/* Replaces the metrics file. */
int run_metrics_write(const struct run_facts *facts, const struct history *history,
                      const char *path, struct error *error);

/* The history line in a folder's manifest, for a run that was killed between publishing and writing
 * it down; to be freed. NULL when there is no manifest. */
char *run_manifest_line(const char *folder);

#endif
