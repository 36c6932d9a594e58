/*
 * number_text.h - numbers as the XML of workbooks spells them: digits, a point, an exponent.
 */
#ifndef MONTHEND_SOURCES_NUMBER_TEXT_H
#define MONTHEND_SOURCES_NUMBER_TEXT_H

#include <stdbool.h>

#include "etl/text.h"

/* The number nearest to the text, which may stand between blanks. False when it is none, or not
 * finite. A byte that is no part of the value must follow it. */
bool parse_number(struct span value, double *number);

/* Digits, with a sign and a point perhaps, that are a number without rounding twice: returns what
 * follows them. NULL when they are none, or need parse_number. */
const char *parse_exact_number(const char *text, double *number);

static inline bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Without the white space of XML at either end. */
struct span trim_blanks(struct span value);

#endif
