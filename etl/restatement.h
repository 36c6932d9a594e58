/*
 * restatement.h - cells of earlier months that show something else than was published.
 *
 * A report is compared with the last published report of an earlier month, cell by cell, for the
 * months that both show. A cell that is known for the first time (it had not settled, or had no
 * data) is no restatement. Why a cell moved is told in rows: how many are new in the exports, how
 * many are gone from them, and how many are in both but count otherwise than they did.
 */
#ifndef MONTHEND_RESTATEMENT_H
#define MONTHEND_RESTATEMENT_H

#include "etl/month_report.h"

struct restatement {
    const struct report_cell *published;
    const struct report_cell *now;
    bool rows_known;
    uint64_t added, removed, changed;
};

struct restatements {
    struct restatement *list;
    size_t count;
    size_t capacity;
};

/* Finds the cells that differ, in the order of the later report. `every_month` tells the last month
 * of the earlier report too, else only months before the later report's. The reports are borrowed.
 */
int restatements_find(struct restatements *restatements, const struct month_report *published,
                      const struct month_report *now, bool every_month, struct error *error);

/* Counts the rows behind them: both files hold row marks (tables.h). */
int restatements_count_rows(struct restatements *restatements, const char *published_rows,
                            const char *now_rows, struct error *error);

/* Writes them as a stream of their own, unless there are none. */
int restatements_write(const struct restatements *restatements, date_t published_on, int descriptor,
                       struct error *error);

void restatements_free(struct restatements *restatements);

#endif
