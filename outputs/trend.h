/*
 * trend.h - where an indicator is going, and whether that is good.
 *
 * The trend compares the latest known value with that of three months before, as they are shown;
 * the change is against the month before, and given by the stream. What is good is what the
 * definition says: high or low.
 */
#ifndef MONTHEND_TREND_H
#define MONTHEND_TREND_H

#include "outputs/report.h"

enum { TREND_MONTHS = 3 };

struct trend {
    const struct result *now; /* the latest that has a value, NULL: none in the window */
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
 * means; "► steady"; "" when it is not known. */
const char *trend_words(const struct report *report, size_t indicator, const struct trend *trend);

#endif
