/*
 * xlsx_sheet.h - the rows of one sheet of an .xlsx workbook, pushed as they are parsed.
 */
#ifndef MONTHEND_SOURCES_XLSX_SHEET_H
#define MONTHEND_SOURCES_XLSX_SHEET_H

#include "etl/sources/source.h"
#include "etl/sources/xlsx_package.h"
#include "etl/sources/xlsx_strings.h"
#include "etl/sources/xlsx_styles.h"

struct sheet_context {
    const struct shared_strings *strings;
    const struct styles *styles;
    bool dates_from_1904;
};

/* Pushes the sheet's rows into the sink. Returns -1 when it cannot (the error is filled) or when
 * the sink stopped it (the error is not). */
int sheet_read(struct package *package, int64_t part, const struct sheet_context *context,
               const struct row_sink *sink, struct error *error);

#endif
