/*
 * suppression.h - a measure stream that may be shown to the public.
 *
 * As the department publishes: counts from 1 to 5 are shown as "c", 0 stays 0. A percentage is
 * suppressed when its numerator, its denominator or what is between them is such a count. What
 * would give a suppressed number away is suppressed or left out too: disclosure.h says by which
 * rules. A change is shown where both of its months are; numbers of a month that is not settled are
 * not shown. Tables about single children, workers or rows, restatements and texts are left out.
 * The protective marking, where there is one, becomes "FOR PUBLICATION".
 */
#ifndef MONTHEND_SUPPRESSION_H
#define MONTHEND_SUPPRESSION_H

#include "etl/stream.h"

/* How many cells there were, how many of them are shown as "c", and how many are of breakdowns that
 * are left out. */
struct suppressed {
    size_t cells, hidden, left_out;
};

/* Reads a whole measure stream, of one report, and writes what may be shown. */
int suppression_pass(struct stream_reader *reader, struct stream_writer *writer,
                     struct suppressed *counts, struct error *error);

#endif
