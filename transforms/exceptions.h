/*
 * exceptions.h - the rows behind each indicator that somebody has to put right.
 *
 * A percentage's rows that do not meet its test (those that do, where low is better), and rows that
 * could not be counted, each with who holds the case and what would put it right; the most urgent
 * first: what is not done yet before what is, what never was before what is overdue, the longest
 * overdue first, then the oldest row.
 */
#ifndef MONTHEND_EXCEPTIONS_H
#define MONTHEND_EXCEPTIONS_H

#include "etl/stream.h"
#include "transforms/evaluate.h"

/* Writes the table of exceptions. months: of each indicator, the month to list, or -1 for none. */
int exceptions_write(struct stream_writer *writer, struct evaluator *evaluator,
                     const struct definitions *definitions, const month_t *months,
                     struct error *error);

#endif
