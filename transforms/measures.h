/*
 * measures.h - the measure stream: every indicator for every month of the window, graded.
 *
 * Deterministic: the same rows and configuration give the same bytes, whatever the order in which
 * the rows came. Everything is computed once; several reports, each of its own last month, may then
 * be written from it, which is how months of the past are made again in one pass.
 */
#ifndef MONTHEND_MEASURES_H
#define MONTHEND_MEASURES_H

#include "etl/stream.h"
#include "transforms/evaluate.h"
#include "transforms/intake.h"

struct window {
    month_t from; /* the last month of the first report */
    month_t last; /* the last month of the last report */
    int months;   /* that a report shows */
    date_t as_at;
};

struct measures {
    const struct config *config;
    const struct definitions *definitions;
    struct intake *intake;
    struct window window;
    struct evaluator evaluator;
    struct measure *grid; /* by month, from the one before the first that is shown; by indicator */
    month_t first;        /* of the grid */
    int months;           /* of the grid */
};

/* Computes every month that a report of the window shows. `trace` may be NULL; it is told of each
 * row that counts in a month, while the evaluator stands at that month. All is borrowed. */
int measures_compute(struct measures *measures, const struct config *config,
                     const struct definitions *definitions, const struct calendar *calendar,
                     struct intake *intake, const struct window *window,
                     const struct row_trace *trace, struct error *error);

/* Writes everything between the first line of a stream and its #end: the report whose last month is
 * `last`, a month of the window. */
int measures_write(struct measures *measures, month_t last, struct stream_writer *writer,
                   struct error *error);

void measures_free(struct measures *measures);

#endif
