/*
 * measures.h - the measure stream: every indicator for every month of the window, graded.
 *
 * Deterministic: the same rows and configuration give the same bytes, whatever the order in which
 * the rows came.
 */
#ifndef MONTHEND_MEASURES_H
#define MONTHEND_MEASURES_H

#include "etl/stream.h"
#include "transforms/evaluate.h"
#include "transforms/intake.h"

struct window {
    month_t last;
    int months;
    date_t as_at;
};

/* Computes and writes everything between the first line of the stream and its #end. */
int measures_write(struct stream_writer *writer, const struct config *config,
                   const struct definitions *definitions, const struct calendar *calendar,
                   struct intake *intake, const struct window *window, struct error *error);

#endif
