/*
 * xlsx_sheet.h - the rows of one sheet of an .xlsx workbook, pushed as they are parsed: by the
 * scanner while they are plain (xlsx_scan.h), else by expat.
 */
#ifndef MONTHEND_SOURCES_XLSX_SHEET_H
#define MONTHEND_SOURCES_XLSX_SHEET_H

#include "etl/sources/package.h"
#include "etl/sources/xlsx_rows.h"

/* Pushes the sheet's rows into the sink. Without `scan`, expat takes all of them: slower, for
 * tests. Returns -1 when it cannot (the error is filled) or when the sink stopped it (the error is
 * not). */
int sheet_read(struct package *package, int64_t part, const struct sheet_context *context,
               bool scan, const struct row_sink *sink, struct error *error);

#endif
