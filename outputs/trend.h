/*
 * trend.h - where an indicator is going, and whether that is good.
 *
 * The trend compares the latest value with that of three months before, as they are shown; the
 * change is against the month before, and given by the stream. What is good is what the definition
 * says: high or low. A month that is not known yet is stepped over, and no other: beside "-" or a
 * suppressed value the course of earlier months would be read as its own.
 */
#ifndef MONTHEND_TREND_H
#define MONTHEND_TREND_H

#include "outputs/report.h"

enum { TREND_MONTHS = 3, TREND_TEXT_SIZE = 64 };

struct trend {
    const struct result *now; /* the latest that is known, NULL: it has no value */
    month_t month;            /* of now */
    const struct result
        *before; /* the month before that, three months before: NULL without value */
    const struct result *earlier;
    month_t earlier_month;
    int change; /* now against before: -1 worse, 0 the same or not known, 1 better */
    int course; /* now against earlier, likewise */
};

struct trend trend_of(const struct report *report, size_t indicator);

/* "▲ better": the arrow is where the number went since three months before, the word what it
 * means; "► steady"; "none in Apr-19" where that month has no value, "c in Apr-19" where it is
 * suppressed; "" when the report does not reach so far back, or has no value to compare. */
void trend_words(const struct report *report, size_t indicator, const struct trend *trend,
                 char out[TREND_TEXT_SIZE]);

#endif
