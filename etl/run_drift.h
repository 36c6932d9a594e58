/*
 * run_drift.h - whether the columns of the exports are what they were last time.
 *
 * A field that was read last time and for which no column is found now would be blank in every row,
 * and its figures wrong without a word: an error. A header that changed while its field is still
 * read, or a column that is new or that nobody reads, is told and is no error.
 */
#ifndef MONTHEND_RUN_DRIFT_H
#define MONTHEND_RUN_DRIFT_H

#include "etl/config.h"
#include "etl/month_report.h"

/* Compares sheet by sheet. Each difference is told to `warn`, a line at a time: which sheet, then
 * what went (-) and what came (+). EXIT_BAD_DATA when a field is read no more. A field whose column
 * was taken out of the configuration is not missed. */
int run_drift_check(const struct month_report *before, const struct month_report *now,
                    const struct config *config, void (*warn)(const char *text),
                    struct error *error);

#endif
