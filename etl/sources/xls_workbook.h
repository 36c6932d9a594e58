/*
 * xls_workbook.h - what the records before the first sheet of an .xls workbook say of all sheets.
 *
 * [MS-XLS] 2.1.7.20.3: how texts are stored, the sheets and where each begins, which cell formats
 * show dates, the shared strings, and whether the file is encrypted.
 */
#ifndef MONTHEND_SOURCES_XLS_WORKBOOK_H
#define MONTHEND_SOURCES_XLS_WORKBOOK_H

#include "etl/sources/shared_strings.h"
#include "etl/sources/source.h"
#include "etl/sources/xls_record.h"

struct xls_workbook_sheet {
    size_t offset; /* of its first record */
    size_t name;   /* where its name begins in `names`; a NUL ends it */
    bool hidden;
};

struct xls_workbook {
    struct record_stream stream;
    struct buffer names;
    struct xls_workbook_sheet *sheets; /* worksheets only, in their order */
    size_t sheet_count;
    size_t sheet_capacity;
    struct shared_strings strings;
    bool dates_from_1904;
    bool *is_date; /* by the number of the cell format */
    size_t format_count;
};

/* Loads the conversions of the code pages that BIFF5 texts may be stored in, for as long as the
 * process lives: they come from files. */
void xls_load_code_pages(void);

/* Reads the records of a Workbook stream up to its sheets. The bytes are borrowed until
 * xls_workbook_free. */
int xls_workbook_read(struct xls_workbook *workbook, const unsigned char *bytes, size_t size,
                      struct error *error);
void xls_workbook_free(struct xls_workbook *workbook);

#endif
