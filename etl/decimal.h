/*
 * decimal.h - numbers exact to four decimal places, kept as whole ten-thousandths.
 *
 * Hours, full-time equivalents and figures are added and compared as integers, so that no sum
 * depends on its order and no rounding on the processor.
 */
#ifndef MONTHEND_DECIMAL_H
#define MONTHEND_DECIMAL_H

#include <stdint.h>

#include "etl/text.h"

typedef int64_t decimal_t;

#define NO_DECIMAL INT64_MIN

enum { DECIMAL_ONE = 10000, DECIMAL_TEXT_SIZE = 32 };

/* "16.2", "-3", "3,000", "£1,250.50"; further places are rounded half away from zero. NO_DECIMAL
 * when the text is not a number or is too large. */
decimal_t decimal_from_text(struct span text);
/* NO_DECIMAL for infinities, no number, and what is too large. */
decimal_t decimal_from_double(double number);
/* Shortest form: "16.2", "3000". Returns its length. */
int decimal_to_text(decimal_t number, char *out);

#endif
