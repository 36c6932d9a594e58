/*
 * run_history.h - the runs of before, and what their reports said.
 *
 * In the folder `history` beside the months: `runs.jsonl`, a line of JSON a run, appended; for each
 * published run its aggregates, `000012.measures` (a measure stream without tables about single
 * children); and `000012.rows`, the fingerprints of its rows, for the last runs of the two newest
 * months, which is what the next report is compared with. A line that was cut by a crash is passed
 * over and cut off by the next append.
 */
#ifndef MONTHEND_RUN_HISTORY_H
#define MONTHEND_RUN_HISTORY_H

#include <stdbool.h>

#include "etl/date.h"
#include "etl/memory.h"
#include "etl/text.h"

struct past_run {
    int number;
    const char *status; /* published, refreshed (a part of the files), unchanged, failed */
    month_t month;
    date_t as_at;
    const char *started; /* "2019-08-14T02:15:00Z" */
    double seconds;
    int exit;
    int64_t read, accepted, rejected, merged, ignored, restated; /* -1: not known */
    const char *key;                                             /* of run_plan_key; "" */
    const char *message;                                         /* of a failed run; "" */
};

struct history {
    struct buffer folder;
    struct past_run *runs; /* in the order of their numbers */
    size_t count;
    size_t capacity;
    struct arena arena;
};

/* Reads what there is under the folder of all reports; none is an empty history. */
int history_open(struct history *history, const char *report_folder, struct error *error);
void history_free(struct history *history);

int history_next_number(const struct history *history);

/* The last run published for the month, NULL when there is none. */
const struct past_run *history_of_month(const struct history *history, month_t month);
/* The last run published for the latest month before this one: what restatements are told from. */
const struct past_run *history_before(const struct history *history, month_t month);
/* A run by its number, or the last published of a month, as a person writes them: 12, 2019-07. */
const struct past_run *history_find(const struct history *history, const char *word);

/* The newest month that was ever published, or -1. */
month_t history_newest_month(const struct history *history);

/* "FOLDER/000012.measures"; kind is measures or rows. */
int history_path(const struct history *history, int number, const char *kind, struct buffer *path,
                 struct error *error);

/* Appends a line (without its end) and makes it durable; the folder is made if need be. */
int history_append(const struct history *history, const char *line, struct error *error);

/* Reads a line into a run whose texts are the arena's; false when it is no such line. */
bool history_read_line(struct arena *arena, const char *line, size_t length, struct past_run *run);

/* Removes what is kept of months that are `keep` months or more before the newest (0: nothing),
 * fingerprints that no next report is compared with, and what a run that was killed left. */
int history_prune(struct history *history, int keep, struct error *error);

#endif
