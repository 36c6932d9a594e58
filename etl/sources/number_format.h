/*
 * number_format.h - whether a number format shows a date: alike in .xls and .xlsx.
 */
#ifndef MONTHEND_SOURCES_NUMBER_FORMAT_H
#define MONTHEND_SOURCES_NUMBER_FORMAT_H

#include <stdbool.h>

/* Whether a built-in number format is a date or a time of day. */
bool number_format_is_date(unsigned number);
/* Whether a number format code shows a date or a time of day: its first section has one of d, m, y,
 * h, s outside quotes, escapes, colours, conditions and locales. [h], [m] and [s] are durations. */
bool format_code_is_date(const char *code);

#endif
