/*
 * xlsx_styles.h - which cell formats of a workbook show a date.
 *
 * A cell names a cell format, that a number format, and that is a date when its code has days,
 * months, years or hours outside of quotes. Decided once for each cell format.
 */
#ifndef MONTHEND_SOURCES_XLSX_STYLES_H
#define MONTHEND_SOURCES_XLSX_STYLES_H

#include <stdbool.h>

#include "etl/sources/package.h"

struct styles {
    bool *is_date; /* by the number of the cell format */
    size_t count;
    size_t capacity;
};

/* Reads the styles part. An empty struct styles knows no dates. */
int styles_read(struct styles *styles, struct package *package, int64_t part, struct error *error);
void styles_free(struct styles *styles);

#endif
