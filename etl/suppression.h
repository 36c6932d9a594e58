/*
 * suppression.h - a measure stream that may be shown to the public.
 *
 * As the department publishes: counts from 1 to 5 are shown as "c", 0 stays 0. A percentage is
 * suppressed when its numerator, its denominator or what is between them is such a count. What
 * would give a suppressed number away by subtraction is suppressed too: where one member of a
 * breakdown, or one part of a pooled total, is the only one, the next smallest; and a change from
 * or to it. Tables about single children, workers or rows, restatements and texts are left out.
 *
 * Not looked for: what follows from two indicators that are no breakdown or pool of each other, and
 * from a year to date in two months.
 */
#ifndef MONTHEND_SUPPRESSION_H
#define MONTHEND_SUPPRESSION_H

#include "etl/stream.h"

/* Reads a whole measure stream and writes what may be shown. `hidden` gets how many cells are
 * suppressed. */
int suppression_pass(struct stream_reader *reader, struct stream_writer *writer, size_t *hidden,
                     struct error *error);

#endif
