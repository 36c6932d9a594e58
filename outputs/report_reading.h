/*
 * report_reading.h - how report.c and the files beside it read the tables of the measure stream.
 *
 * A taker is called for each record of its table; it copies what it needs into the report and
 * returns -1 with the error filled when it cannot.
 */
#ifndef MONTHEND_REPORT_READING_H
#define MONTHEND_REPORT_READING_H

#include "outputs/place_index.h"
#include "outputs/report.h"

struct reading {
    struct report *report;
    struct stream_reader *reader;
    const struct report_rows *rows;
    struct error *error;
    bool has_report;
    struct place_index members; /* of the report, by indicator, dimension and member */
};

/* The record's field of a name: copied, as a number (0 when it is none), or as a date. */
const char *text_named(struct reading *reading, const char *name);
double number_named(const struct reading *reading, const char *name);
date_t date_named(const struct reading *reading, const char *name);
/* The memory ran out. Returns -1. */
int reading_memory(struct reading *reading);

int take_indicator(struct reading *reading);
int take_measure(struct reading *reading);
int take_result(struct reading *reading);
int take_caseload(struct reading *reading);
int take_restatement(struct reading *reading);
int take_comment(struct reading *reading);
int take_figure(struct reading *reading);
int take_week(struct reading *reading);
int take_check(struct reading *reading);
int take_count(struct reading *reading);
int take_remark(struct reading *reading);
int take_unmapped(struct reading *reading);

#endif
