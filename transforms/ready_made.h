/*
 * ready_made.h - what comes ready made and is not computed: texts and figures that pass through to
 * the workbook, and targets that an authority keeps in a list.
 *
 * The datasets commentary and reported_figure are written to the measure stream as tables of the
 * same name and columns, merged like any other, in the order of their sources. Rows of the dataset
 * target take the place of what the definitions say from their month on.
 */
#ifndef MONTHEND_READY_MADE_H
#define MONTHEND_READY_MADE_H

#include "etl/spool.h"
#include "transforms/definition.h"

/* Marks the columns that are needed; to be called before rows are read. */
void ready_made_need(struct store *store);

/* Puts the listed targets into the definitions. A target of an indicator that is not defined is
 * added to the remarks. */
int ready_made_targets(struct definitions *definitions, const struct store *store,
                       struct spool *remarks, struct error *error);

/* Writes the tables that pass through, those that came. */
int ready_made_write(struct stream_writer *writer, const struct store *store, struct error *error);

#endif
