/*
 * tracker.h - each child who was missing in a week, and what is and is not recorded of them.
 *
 * The checks are definitions of a file of their own (transforms/tracker.ini): the first, which has
 * no test, says which episodes count; of the others, those of the same dataset are asked of each
 * episode that was under way on some day of the week, those of children once of each child. R is
 * the last day of the week, or the as-at date where the week has not ended. Hours are those within
 * the week: an episode begins at midnight where no time is known, and ends with its day; time that
 * two episodes of a child share counts once.
 */
#ifndef MONTHEND_TRACKER_H
#define MONTHEND_TRACKER_H

#include "etl/stream.h"
#include "transforms/evaluate.h"

/* The last week that has ended on a day: its Monday. */
date_t tracker_last_week(date_t as_at);

/* Writes the tables of the week that begins on `monday` and of the week before, into a stream that
 * has announced the sources of the store. `checks` is the path of the file of checks, as the
 * definitions name it; the evaluator must be one of all definitions. */
int tracker_write(struct stream_writer *writer, struct evaluator *evaluator, const char *checks,
                  date_t monday);

/* The same as a whole stream, between its first line and its #end: sources and report as well. */
int tracker_write_alone(struct stream_writer *writer, const struct config *config,
                        struct evaluator *evaluator, date_t monday);

#endif
