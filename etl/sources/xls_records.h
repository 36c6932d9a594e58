/*
 * xls_records.h - what freexl does not say of an .xls workbook, read from its records.
 *
 * [MS-XLS]. One walk over the Workbook stream finds which cells show dates, which hold booleans,
 * errors and results of formulas, which sheets are hidden, whether dates count from 1904, and
 * whether the file is encrypted. On the way it makes the file easier for freexl: number formats
 * become General, so that a date comes back as the number it is (freexl counts days one by one, and
 * drops the time), and a formula with a numeric result becomes that number.
 */
#ifndef MONTHEND_SOURCES_XLS_RECORDS_H
#define MONTHEND_SOURCES_XLS_RECORDS_H

#include "etl/sources/source.h"
#include "etl/sources/xls_compound.h"
#include "etl/text.h"

/* A cell that is more than freexl tells. */
struct special_cell {
    uint32_t row; /* both from 0 */
    uint32_t column;
    enum cell_type type; /* CELL_DATE: only how to take the number; the others with a value */
    bool no_value;       /* a formula whose result is not stored */
    double number;       /* CELL_BOOLEAN */
    size_t text;         /* CELL_TEXT, CELL_ERROR: where it begins in `texts` */
    size_t length;
};

struct workbook_sheet_records {
    uint32_t offset; /* of its records in the stream */
    bool hidden;
    bool is_worksheet;
    struct special_cell *cells; /* in order of rows and columns */
    size_t count;
    size_t capacity;
};

struct workbook_records {
    struct workbook_sheet_records *sheets;
    size_t sheet_count;
    size_t sheet_capacity;
    bool dates_from_1904;
    struct buffer texts;
};

/* Walks the stream, and changes it as described. */
int workbook_records_read(struct workbook_records *records, const struct compound *compound,
                          const struct compound_stream *stream, struct error *error);
void workbook_records_free(struct workbook_records *records);

#endif
