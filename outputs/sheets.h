/*
 * sheets.h - the sheets of performance.xlsx: a file each, a line each in workbook.c.
 *
 * A sheet whose data the stream does not have is not written.
 */
#ifndef MONTHEND_SHEETS_H
#define MONTHEND_SHEETS_H

#include "outputs/book.h"

void sheet_overview(struct book *book);
void sheet_scorecard(struct book *book);
void sheet_sections(struct book *book);
void sheet_caseloads(struct book *book);
void sheet_education(struct book *book);
void sheet_actions(struct book *book);
void sheet_definitions(struct book *book);
void sheet_restatements(struct book *book);
void sheet_data_quality(struct book *book);

/* The row (from 0) of an indicator on the Definitions sheet. */
lxw_row_t definition_row(size_t indicator);

/* Where each indicator will stand among the detail sheets, before they are there: links lead
 * there. -1 when the memory ran out. */
int sections_plan(struct book *book);

#endif
