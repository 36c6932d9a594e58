/*
 * workbook.h - performance.xlsx, for the board: no row about a single child.
 */
#ifndef MONTHEND_WORKBOOK_H
#define MONTHEND_WORKBOOK_H

#include "outputs/report.h"

/* Writes the workbook to `path`, which an output_file provides; `folder` is where the library may
 * put its temporary files. Equal reports give equal bytes. *cut says how many texts were too long
 * for a cell. */
int workbook_write(const struct report *report, const char *path, const char *folder, unsigned *cut,
                   struct error *error);

#endif
