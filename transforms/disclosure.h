/*
 * disclosure.h - which measures the public may see, so that no small count can be worked out.
 *
 * The reader to be kept out has the whole public stream, knows every sum that holds among its
 * cells, can add and subtract, and knows that 0 is never hidden in a count. The sums:
 *   - a member of a dimension is a part of the whole, and the members add up to it;
 *   - a pool is the sum of its parts, for the whole and for each member of a dimension;
 *   - a member of one dimension may be a sum of members of another that overlaps with it, such as a
 *     service of its teams;
 *   - a denominator is the numerator and what is between them.
 *
 * Invariant: a number from 1 to 5 that is not shown may, for that reader, still be at least
 * FEWEST_VALUES numbers, as many as its "c" says anyway; and the hidden members of a sum of counts
 * do not add up to 1 each or to 5 each. Every hidden cell stands in one sum only whose total and
 * other terms are shown, so that this is seen from that sum alone:
 *   1. A whole is small: hidden. The parts of a pool that is shown are closed: the next smallest is
 *      hidden until the hidden ones together leave each of them enough values. Where that cannot
 *      be, where a pool is hidden, and where an indicator is a part twice over, all wholes of that
 *      month that hang together by pools are hidden; then no total is left to subtract from.
 *   2. A breakdown is published only where its whole is shown; its members are closed in the same
 *      way, or it is left out.
 *   3. Of breakdowns that hang together, of a pool and its parts by dimensions that are the same or
 *      overlap, only one is published as soon as anything of them is not shown: that of a pool
 *      rather than of a part, then the one with fewer members. One left out has no rows, since they
 *      would say who is counted at all.
 *
 * What a reader may know beside the stream is not looked for: two indicators that are no pool of
 * each other, a year to date in two months, another month's edition, the choice of what is hidden.
 */
#ifndef MONTHEND_DISCLOSURE_H
#define MONTHEND_DISCLOSURE_H

#include "etl/decimal.h"
#include "etl/error.h"
#include "transforms/dictionary.h"

enum { LARGEST_SMALL = 5, FEWEST_VALUES = 5 };

enum fate {
    FATE_SHOWN,
    FATE_UNKNOWN,  /* has no figure to show: its numbers are not shown either */
    FATE_HIDDEN,   /* shown as "c" */
    FATE_LEFT_OUT, /* of a breakdown without rows */
};

struct disclosed_cell {
    uint32_t breakdown;
    decimal_t numerator, denominator; /* 0 where there is none */
    enum fate fate;
};

/* The cells of an indicator in a month by one dimension; by "" it is the whole, one cell. */
struct disclosed_breakdown {
    uint32_t indicator, month, dimension;
    uint32_t component;  /* of the breakdowns that hang together */
    size_t first, count; /* in `order` */
    bool touched;        /* something of it is not shown */
    bool left_out;
};

struct disclosed_indicator {
    bool percent;
    uint32_t above;        /* towards the one that stands for all that pools connect; or itself */
    uint32_t times_a_part; /* of how many pools */
    bool tangled;          /* of the one that stands for all: some part has two pools */
    size_t first_part, part_count;
};

/* Whether a number is a count that is hidden. */
bool disclosure_is_small(decimal_t number);

/* {0} is empty; everything is freed by disclosure_free. */
struct disclosure {
    struct dictionary codes, months, dimensions, keys, components;
    struct disclosed_indicator *indicators;
    uint32_t *parts;   /* of the pools, one behind the other */
    uint32_t *overlap; /* of each dimension: the first of those that it overlaps with */
    struct disclosed_breakdown *breakdowns;
    struct disclosed_cell *cells;
    size_t indicator_count, part_count, overlap_count, breakdown_count, cell_count;
    size_t indicator_capacity, part_capacity, overlap_capacity, breakdown_capacity, cell_capacity;
    size_t *order;  /* the cells by breakdown */
    size_t *wholes; /* by indicator and month: the cell, or SIZE_MAX */
    struct candidate *candidates;
};

/* An indicator, before its cells. `pool` names its parts, "" for none; `overlapping` the dimensions
 * that overlap, "team, service; kind, place". -1 with the error filled, like the others. */
int disclosure_add_indicator(struct disclosure *disclosure, struct span code, bool percent,
                             struct span pool, struct span overlapping, struct error *error);

/* A cell; dimension "" for the whole. `known`: it has a figure, or is over nothing. Numbers that it
 * does not have are NO_DECIMAL. Cells are numbered in the order that they come in. */
int disclosure_add_cell(struct disclosure *disclosure, struct span code, struct span month,
                        struct span dimension, decimal_t numerator, decimal_t denominator,
                        bool known, struct error *error);

/* Decides on all cells: their fates. */
int disclosure_decide(struct disclosure *disclosure, struct error *error);

/* Whether a whole is there and is shown. */
bool disclosure_shows(const struct disclosure *disclosure, struct span code, struct span month);

void disclosure_free(struct disclosure *disclosure);

#endif
