/*
 * run_month.h - one month's report of a run, from its folder being made to its place being taken.
 *
 * The report is made in a folder beside its place and takes it by one rename. It is compared with
 * the last published report of an earlier month, unless its aggregates are gone; what differs is
 * handed to load behind the measures. Everything it points to is its own, but for the plan and the
 * history.
 */
#ifndef MONTHEND_RUN_MONTH_H
#define MONTHEND_RUN_MONTH_H

#include "etl/run_history.h"
#include "etl/run_manifest.h"
#include "etl/run_stages.h"

struct run_month {
    month_t month;
    int number; /* of the run */
    char key[SHA256_TEXT_SIZE];
    bool unchanged;      /* what is published has this key already */
    struct buffer place; /* REPORTS/2019-07 */
    struct buffer made;  /* the new folder, until it is published; "" before and after */
    struct stage load;
    int to_load; /* -1 once closed */
    bool loading;
    struct stage publish, public_load; /* of the workbook for the public; without a name if none */
    int measures;                      /* a copy of the stream; -1 without */
    struct month_report report;
    struct month_report before; /* the report it is compared with */
    const struct past_run *compared_with;
    struct restatements restatements;
};

/* Settles key and place, and whether the month needs to be made at all; `for_public` is part of
 * what is to be made. */
int run_month_init(struct run_month *month, month_t which, int number, const struct run_plan *plan,
                   const struct history *history, const char *report_folder, bool for_public,
                   struct error *error);

/* Makes the folder and starts load. */
int run_month_begin(struct run_month *month, const char *config_path, const char *report_folder,
                    struct error *error);

/* The stream has been passed on: reads the copy, compares, and hands load the rest. `rows` is what
 * transform wrote as its trace. */
int run_month_end(struct run_month *month, const struct run_plan *plan,
                  const struct history *history, const char *rows, void (*warn)(const char *text),
                  struct error *error);

/* Waits for load. */
int run_month_wait(struct run_month *month, struct error *error);

/* Makes the workbook for the public beside the others. */
int run_month_make_public(struct run_month *month, const char *config_path, struct error *error);

/* Leaves only the files of the new folder that fit the pattern; the others are those that are
 * published already, as they are. */
int run_month_keep_others(struct run_month *month, const char *pattern, struct error *error);

/* Keeps aggregates and rows in the history's folder and writes the manifest: all but publishing. */
int run_month_prepare(struct run_month *month, const struct run_facts *facts,
                      const struct run_plan *plan, const struct history *history, const char *rows,
                      struct error *error);

/* Puts the report in its place. */
int run_month_publish(struct run_month *month, struct error *error);

/* Removes again what run_month_prepare kept in the history's folder. */
void run_month_forget(const struct run_month *month, const struct history *history);

/* Ends load, removes what was not published, and frees. */
void run_month_free(struct run_month *month);

#endif
