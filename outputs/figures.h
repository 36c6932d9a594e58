/*
 * figures.h - the report for other programs: its figures as CSV, all of it as JSON.
 *
 * No row about a single child. CSV has one line a cell: of an indicator in a month, or of a member
 * of one of its breakdowns; JSON has the indicators with their definitions and cells, commentary,
 * ready-made figures, restatements and counts of rows.
 */
#ifndef MONTHEND_FIGURES_H
#define MONTHEND_FIGURES_H

#include "outputs/report.h"

struct figures_format {
    const char *name;
    /* Appends all of it. Returns -1 when the memory ran out. */
    int (*write)(const struct report *report, bool safe, struct buffer *out);
};

/* The format of a name, NULL when there is none. */
const struct figures_format *figures_format(const char *name);

/* Writes to a descriptor that stays the caller's; `name` is what messages call it. `safe` puts a
 * quote before CSV texts that a spreadsheet program would take for formulas. */
int figures_write(const struct report *report, const struct figures_format *format, bool safe,
                  int descriptor, const char *name, struct error *error);

/* ---- the formats: a file each ---- */

int figures_csv(const struct report *report, bool safe, struct buffer *out);
int figures_json(const struct report *report, bool safe, struct buffer *out);

#endif
