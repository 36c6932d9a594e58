/*
 * xlsx_scan.h - rows and shared strings in the form that nearly every program writes them.
 *
 *     <row r="2" spans="1:3"><c r="A2" t="s"><v>17</v></c><c r="B2" s="4"><v>43678</v></c> ...
 * </row> <si><t>Placement</t></si>
 *
 * Attributes of a cell are r, s and t, each once; values are v, or is with one t; formulas are
 * passed over; the five named references and numeric ones are resolved. Everything else (comments,
 * CDATA, processing instructions, prefixes, rich text, carriage returns, what is no UTF-8 and what
 * is no XML at all) is not plain: the scanner stops before the element it stands in, having changed
 * nothing, and expat takes over. So a scanner needs no errors of its own.
 */
#ifndef MONTHEND_SOURCES_XLSX_SCAN_H
#define MONTHEND_SOURCES_XLSX_SCAN_H

#include "etl/sources/xml_part.h"

/* Its context is a struct sheet_rows (xlsx_rows.h). */
extern const struct xml_scanner xlsx_row_scanner;
/* Its context is a struct shared_strings. */
extern const struct xml_scanner xlsx_string_scanner;

#endif
