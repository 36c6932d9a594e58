/*
 * evaluate.h - what an indicator measures in the month that an evaluator is set to.
 *
 * Sums are exact, in ten-thousandths: measures of disjoint sets of children add up. What a sum is
 * shown as is another thing: grade.h.
 */
#ifndef MONTHEND_EVALUATE_H
#define MONTHEND_EVALUATE_H

#include "transforms/evaluator.h"

enum measure_state {
    STATE_VALUE,
    STATE_NONE,   /* a percentage or an average over nothing */
    STATE_TBC,    /* not settled yet at the as-at date */
    STATE_BLANK,  /* before the indicator's first month */
    STATE_NO_DATA /* no source feeds a dataset that the indicator is computed from */
};

/* As the state is written in the stream: "value", "none", "tbc", "blank", "no data". */
const char *measure_state_name(enum measure_state state);

/* Sums of ten-thousandths: a count of 40 is 400,000. `denominator` is 0 for counts. */
struct measure {
    enum measure_state state;
    decimal_t numerator;
    decimal_t denominator;
};

enum verdict {
    VERDICT_COUNTED, /* a count: there is nothing to meet */
    VERDICT_MET,
    VERDICT_NOT_MET,
    VERDICT_LEFT_OUT /* its weight, its per number or its each value is missing */
};

/* Told of every row that an indicator counts, in the order of the store. Returns non-zero to stop,
 * after filling the evaluator's error. It may ask tests of rows, but measure no other
 * indicator: what is kept of the rows until all are there is the evaluator's. */
struct row_trace {
    void *context;
    int (*row)(void *context, const struct indicator *indicator, const struct table *table,
               uint32_t row, enum verdict verdict);
};

/* Computes one indicator for the month. `trace` may be NULL. */
int evaluator_measure(struct evaluator *evaluator, const struct indicator *indicator,
                      const struct row_trace *trace, struct measure *measure);

/* What an indicator measures over the rows of one member of a dimension. */
struct part {
    int64_t member; /* NO_VALUE: the rows that have none */
    struct measure measure;
};

/* A measure by the members of a dimension. {0} is empty, and to be freed. */
struct breakdown {
    const struct dimension *dimension;
    bool fed; /* some source feeds what the dimension needs */
    struct part *parts;
    size_t count;
    size_t capacity;
    uint32_t *places; /* of each member, NO_VALUE first: where its part is, from 1; 0: no part */
    size_t place_capacity;
};

/* Breaks an indicator down for the month by each of its dimensions, in one pass over its rows:
 * `breakdowns` has room for as many, and may be used again for another indicator. The parts come in
 * no order that means anything. There are none when the indicator has no figure, or when no source
 * feeds what the dimension needs. */
int evaluator_break_down(struct evaluator *evaluator, const struct indicator *indicator,
                         struct breakdown *breakdowns);
void breakdown_free(struct breakdown *breakdown);

#endif
