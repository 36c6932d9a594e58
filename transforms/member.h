/*
 * member.h - the members of a dimension: which of them a row belongs to, and what they are called.
 */
#ifndef MONTHEND_MEMBER_H
#define MONTHEND_MEMBER_H

#include "transforms/evaluator.h"

/* The member of a dimension that a row belongs to in the evaluator's month, NO_VALUE when to none.
 */
int64_t member_of(struct evaluator *evaluator, const struct dimension *dimension, struct here here);

/* What a member is called: the value as it was written, yes or no, the name that the dimension
 * gives it, or "not recorded". */
struct span member_name(const struct store *store, const struct dimension *dimension,
                        int64_t member);

#endif
