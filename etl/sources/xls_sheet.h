/*
 * xls_sheet.h - the rows of one sheet of an .xls workbook, pushed as its records are met.
 *
 * Cells stand in the order of rows and columns in nearly every file. The sheet is walked once to
 * see whether they do; where they do not, all of its cells are collected and sorted, and of two at
 * one place the later counts. Charts and other streams within the sheet are passed over.
 */
#ifndef MONTHEND_SOURCES_XLS_SHEET_H
#define MONTHEND_SOURCES_XLS_SHEET_H

#include "etl/sources/xls_workbook.h"

/* Pushes the rows of the sheet whose records begin at `offset`. Returns -1 when it cannot (the
 * error is filled) or when the sink stopped it (the error is not). */
int xls_sheet_read(const struct xls_workbook *workbook, size_t offset, const struct row_sink *sink,
                   struct error *error);

#endif
