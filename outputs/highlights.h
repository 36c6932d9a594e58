/*
 * highlights.h - which indicators the overview speaks of, and in what words.
 *
 * The rule, from the rating, the change against the month before and the course over three months:
 *
 *   Green   going well or better, unless it is getting worse: then one to watch
 *   Amber   one to watch, unless it is getting better: then going well or better
 *   Red     to do better, unless it is getting better: then one to watch
 *   Grey    not rated: none of them
 *
 * Getting better is better than three months before and not worse than the month before (where it
 * is as three months before: better than the month before); getting worse likewise. What stands in
 * a list is ordered by how much it gained (going well) or by how far it is from its target, each
 * as a part of the target.
 */
#ifndef MONTHEND_HIGHLIGHTS_H
#define MONTHEND_HIGHLIGHTS_H

#include "etl/text.h"
#include "outputs/report.h"
#include "outputs/trend.h"

enum highlight { HIGHLIGHT_WELL, HIGHLIGHT_WATCH, HIGHLIGHT_DO_BETTER, HIGHLIGHT_NONE };

/* "Going well or better", "Ones to watch", "Things to do better". */
const char *highlight_title(enum highlight highlight);

enum highlight highlight_of(const struct report *report, size_t indicator);

/* The indicators of one list in their order; returns how many there are, of which at most `most`
 * are given. */
size_t highlight_list(const struct report *report, enum highlight highlight, size_t *indicators,
                      size_t most);

/* "C&F assessments completed within 45 working days: 69%, up 4pp, target 85%; down 16pp since
 * April". Appends. */
void highlight_sentence(const struct report *report, size_t indicator, struct buffer *out);

#endif
