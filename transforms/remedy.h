/*
 * remedy.h - why a row does not meet a test, and what would put it right.
 *
 * Found from the test itself, so that a new definition needs nothing here: the part that fails is
 * looked for, and its window or comparison gives the day by which something had to be there. Of
 * alternatives (or) the one that was due last counts. What cannot be put right by doing something,
 * like an age, gives no remedy.
 */
#ifndef MONTHEND_REMEDY_H
#define MONTHEND_REMEDY_H

#include "transforms/evaluate.h"

struct remedy {
    bool found;
    const struct dataset *thing; /* what is looked for: rows of this dataset ... */
    const struct test *kind;     /* ... of these values, or NULL */
    const struct field *field;   /* or this field of the row itself */
    date_t last;                 /* the latest of it up to the month's end; NO_DATE: none */
    date_t due;                  /* NO_DATE: the test names no day, or nothing to count it from */
    date_t done;                 /* when it was done, late or after the month's end; NO_DATE: not */
};

/* Of a row that does not meet the test, in the evaluator's month. -1 with the error filled. */
int remedy_find(struct evaluator *evaluator, const struct test *test, struct here subject,
                struct remedy *remedy);

/* "visit", "health check: dental", "rhi completed". Appends; nothing when there is no remedy. */
void remedy_describe(const struct remedy *remedy, struct buffer *out);

#endif
