/*
 * grade.h - what a measure is shown as, how it changed, and how it is rated.
 *
 * Everything is worked out from displayed values, in integers: percentages to a whole per cent,
 * averages to one decimal, both half up (13 of 40 is 33%); the change is the difference of two
 * displayed values; the rating compares the displayed value with the target.
 */
#ifndef MONTHEND_GRADE_H
#define MONTHEND_GRADE_H

#include "transforms/evaluate.h"

enum rag { RAG_GREY, RAG_GREEN, RAG_AMBER, RAG_RED };

enum { GRADE_TEXT_SIZE = 32 };

/* The value as shown, in units of what is shown: 67.0000 for 67%, 16.2000, 41.0000. NO_DECIMAL
 * when the state is not a value. */
decimal_t grade_value(const struct indicator *indicator, const struct measure *measure);

/* "67%", "16.2", "41"; "-" over nothing, "TBC *" before it settles, "" before it exists. */
void grade_shown(const struct indicator *indicator, const struct measure *measure, char *out);

/* "Up 9pp", "Down 0.2", "Up 4", "No change"; "" when either is NO_DECIMAL. */
void grade_change(const struct indicator *indicator, decimal_t before, decimal_t now, char *out);

/* Green meets the target; Amber misses it by no more than the tolerance; Red otherwise; Grey has no
 * target or no value. */
enum rag grade_rag(const struct indicator *indicator, const struct target *target, decimal_t value);
const char *rag_name(enum rag rag);

/* The value as a number for a cell: 0.67 for 67%. */
decimal_t grade_number(const struct indicator *indicator, decimal_t value);

#endif
