/*
 * workbook.h - performance.xlsx, for the board: no row about a single child.
 */
#ifndef MONTHEND_WORKBOOK_H
#define MONTHEND_WORKBOOK_H

#include "etl/config.h"
#include "outputs/report.h"

/* Writes the workbook to `path`, which an output_file provides; `folder` is where the library may
 * put its temporary files. `sheets` names those to write, in their order; without any, all of them
 * are. Equal reports give equal bytes. *cut says how many texts were too long for a cell. */
int workbook_write(const struct report *report, const struct word_list *sheets, const char *path,
                   const char *folder, unsigned *cut, struct error *error);

/* The names that the sheets are chosen by, in the order they stand in when none is chosen; NULL
 * after the last. */
const char *workbook_sheet_name(size_t number);

#endif
