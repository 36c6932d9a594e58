/*
 * formats.h - the formats, for the table in source.c: one line here and one there for each.
 */
#ifndef MONTHEND_SOURCES_FORMATS_H
#define MONTHEND_SOURCES_FORMATS_H

#include "etl/sources/source.h"

extern const struct source_format source_csv;
extern const struct source_format source_ods;
extern const struct source_format source_xls;
extern const struct source_format source_freexl;
extern const struct source_format source_xlsx;

/* Not in the table: the parser that is the authority alone, without the fast path for the plain
 * case; what tests compare with. */
extern const struct source_format source_xlsx_by_expat;

/* Known in order to be refused by name. */
extern const struct source_format source_empty;
extern const struct source_format source_web_page;
extern const struct source_format source_xml;
extern const struct source_format source_pdf;
extern const struct source_format source_rich_text;

#endif
