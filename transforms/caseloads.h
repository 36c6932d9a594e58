/*
 * caseloads.h - the cases behind each average, by the worker and the team that hold them.
 */
#ifndef MONTHEND_CASELOADS_H
#define MONTHEND_CASELOADS_H

#include "etl/stream.h"
#include "transforms/evaluate.h"

/* Writes the table of caseloads of the month that the evaluator is set to: for each average over
 * rows that name a worker, in the order of the definitions, then of service, team and worker. */
int caseloads_write(struct stream_writer *writer, struct evaluator *evaluator,
                    const struct definitions *definitions, struct error *error);

#endif
