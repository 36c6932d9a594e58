#include "transforms/disclosure.h"

#include <stdlib.h>

#define NO_CELL SIZE_MAX

static int no_memory(struct error *error)
{
    return error_memory(error, "suppressing small counts");
}

/* ---- what there is -------------------------------------------------------------------------- */

/* The number of an indicator, made when it is new; -1 when the memory ran out. */
static int64_t indicator_number(struct disclosure *disclosure, struct span code)
{
    int64_t number = dictionary_add(&disclosure->codes, code);
    if (number < 0 || (size_t)number < disclosure->indicator_count)
        return number;
    struct disclosed_indicator *room = grow(disclosure->indicators, &disclosure->indicator_capacity,
                                            disclosure->indicator_count + 1, sizeof *room);
    if (!room)
        return -1;
    disclosure->indicators = room;
    room[disclosure->indicator_count++] = (struct disclosed_indicator){.above = (uint32_t)number};
    return number;
}

static int64_t dimension_number(struct disclosure *disclosure, struct span name)
{
    int64_t number = dictionary_add(&disclosure->dimensions, name);
    if (number < 0 || (size_t)number < disclosure->overlap_count)
        return number;
    uint32_t *room = grow(disclosure->overlap, &disclosure->overlap_capacity,
                          disclosure->overlap_count + 1, sizeof *room);
    if (!room)
        return -1;
    disclosure->overlap = room;
    room[disclosure->overlap_count++] = (uint32_t)number;
    return number;
}

/* The indicator that stands for all that pools connect with this one. */
static uint32_t family_of(const struct disclosure *disclosure, uint32_t indicator)
{
    while (disclosure->indicators[indicator].above != indicator)
        indicator = disclosure->indicators[indicator].above;
    return indicator;
}

static int add_part(struct disclosure *disclosure, uint32_t pool, struct span code)
{
    int64_t part = indicator_number(disclosure, code);
    uint32_t *room = grow(disclosure->parts, &disclosure->part_capacity, disclosure->part_count + 1,
                          sizeof *room);
    if (room)
        disclosure->parts = room;
    if (part < 0 || !room)
        return -1;
    room[disclosure->part_count++] = (uint32_t)part;
    struct disclosed_indicator *indicators = disclosure->indicators;
    indicators[pool].part_count++;
    indicators[part].times_a_part++;
    indicators[family_of(disclosure, (uint32_t)part)].above = family_of(disclosure, pool);
    return 0;
}

/* "team, service": from now on one stands for both. */
static int add_overlap(struct disclosure *disclosure, struct span names)
{
    int64_t first = -1;
    while (names.text) {
        int64_t dimension = dimension_number(disclosure, span_cut(&names, ','));
        if (dimension < 0)
            return -1;
        if (first < 0)
            first = dimension;
        uint32_t from = disclosure->overlap[dimension];
        for (size_t d = 0; d < disclosure->overlap_count; d++)
            if (disclosure->overlap[d] == from)
                disclosure->overlap[d] = disclosure->overlap[first];
    }
    return 0;
}

int disclosure_add_indicator(struct disclosure *disclosure, struct span code, bool percent,
                             struct span pool, struct span overlapping, struct error *error)
{
    int64_t number = indicator_number(disclosure, code);
    if (number < 0)
        return no_memory(error);
    disclosure->indicators[number].percent = percent;
    disclosure->indicators[number].first_part = disclosure->part_count;
    for (struct span rest = pool; pool.length > 0 && rest.text;)
        if (add_part(disclosure, (uint32_t)number, span_cut(&rest, ',')) < 0)
            return no_memory(error);
    for (struct span rest = overlapping; overlapping.length > 0 && rest.text;)
        if (add_overlap(disclosure, span_cut(&rest, ';')) < 0)
            return no_memory(error);
    return 0;
}

bool disclosure_is_small(decimal_t number)
{
    return number > 0 && number <= LARGEST_SMALL * (decimal_t)DECIMAL_ONE;
}

static decimal_t between(const struct disclosed_cell *cell)
{
    return cell->denominator - cell->numerator;
}

static bool is_percent(const struct disclosure *disclosure, const struct disclosed_cell *cell)
{
    uint32_t indicator = disclosure->breakdowns[cell->breakdown].indicator;
    return disclosure->indicators[indicator].percent;
}

/* The equivalents that an average is over are no people. */
static bool is_revealing(const struct disclosure *disclosure, const struct disclosed_cell *cell)
{
    return disclosure_is_small(cell->numerator) ||
           (is_percent(disclosure, cell) &&
            (disclosure_is_small(cell->denominator) || disclosure_is_small(between(cell))));
}

int disclosure_add_cell(struct disclosure *disclosure, struct span code, struct span month,
                        struct span dimension, decimal_t numerator, decimal_t denominator,
                        bool known, struct error *error)
{
    int64_t indicator = indicator_number(disclosure, code);
    int64_t number = dictionary_add(&disclosure->months, month);
    int64_t by = dimension_number(disclosure, dimension);
    if (indicator < 0 || number < 0 || by < 0)
        return no_memory(error);
    uint32_t key[] = {(uint32_t)indicator, (uint32_t)number, (uint32_t)by};
    int64_t breakdown = dictionary_add(&disclosure->keys, (struct span){(char *)key, sizeof key});
    struct disclosed_cell *cells = grow(disclosure->cells, &disclosure->cell_capacity,
                                        disclosure->cell_count + 1, sizeof *cells);
    if (cells)
        disclosure->cells = cells;
    struct disclosed_breakdown *breakdowns =
        grow(disclosure->breakdowns, &disclosure->breakdown_capacity,
             disclosure->breakdown_count + 1, sizeof *breakdowns);
    if (breakdowns)
        disclosure->breakdowns = breakdowns;
    if (breakdown < 0 || !cells || !breakdowns)
        return no_memory(error);
    if ((size_t)breakdown == disclosure->breakdown_count)
        breakdowns[disclosure->breakdown_count++] =
            (struct disclosed_breakdown){.indicator = key[0], .month = key[1], .dimension = key[2]};
    breakdowns[breakdown].count++;
    struct disclosed_cell *cell = &cells[disclosure->cell_count++];
    *cell = (struct disclosed_cell){.breakdown = (uint32_t)breakdown,
                                    .numerator = numerator == NO_DECIMAL ? 0 : numerator,
                                    .denominator = denominator == NO_DECIMAL ? 0 : denominator,
                                    .fate = known && numerator != NO_DECIMAL ? FATE_SHOWN
                                                                             : FATE_UNKNOWN};
    if (cell->fate == FATE_SHOWN && is_revealing(disclosure, cell))
        cell->fate = FATE_HIDDEN;
    return 0;
}

/* ---- one sum -------------------------------------------------------------------------------- */

/* The terms of a sum that are not shown, as the reader knows them together: the total less those
 * that are shown. */
struct rest {
    bool percent;
    size_t cells;
    decimal_t numerator, denominator;
    bool small_numerator, small_denominator, small_between; /* of some of them */
};

static void add_hidden(struct rest *rest, const struct disclosed_cell *cell)
{
    rest->cells++;
    rest->small_numerator = rest->small_numerator || disclosure_is_small(cell->numerator);
    rest->small_denominator = rest->small_denominator || disclosure_is_small(cell->denominator);
    rest->small_between = rest->small_between || disclosure_is_small(between(cell));
}

static bool is_wide(decimal_t least, decimal_t most)
{
    return most - least >= (FEWEST_VALUES - 1) * (decimal_t)DECIMAL_ONE;
}

/* Of a percentage: met, or not met, can be all of the rest, and 0 where the others can be. */
static bool leaves_enough(decimal_t these, decimal_t others, decimal_t most)
{
    return is_wide(others > 0 ? 0 : DECIMAL_ONE, these < most ? these : most);
}

/* Whether each hidden term can be enough numbers: the others take at least 1 each. */
static bool is_safe(const struct rest *rest)
{
    if (rest->cells < 2)
        return rest->cells == 0;
    decimal_t cells = (decimal_t)rest->cells * DECIMAL_ONE;
    decimal_t others = cells - DECIMAL_ONE;
    if (!rest->percent)
        return is_wide(DECIMAL_ONE, rest->numerator - others) &&
               rest->numerator != LARGEST_SMALL * cells;
    decimal_t most = rest->denominator - others;
    decimal_t not_met = rest->denominator - rest->numerator;
    return (!rest->small_denominator || is_wide(DECIMAL_ONE, most)) &&
           (!rest->small_numerator || leaves_enough(rest->numerator, not_met, most)) &&
           (!rest->small_between || leaves_enough(not_met, rest->numerator, most));
}

/* A term that is shown and is not 0, and the people behind it: the fewer, the sooner it is hidden.
 */
struct candidate {
    decimal_t people;
    size_t cell;
};

static decimal_t people_of(const struct disclosure *disclosure, const struct disclosed_cell *cell)
{
    return is_percent(disclosure, cell) ? cell->denominator : cell->numerator;
}

static int compare_candidates(const void *a, const void *b)
{
    const struct candidate *x = a;
    const struct candidate *y = b;
    int order = (x->people > y->people) - (x->people < y->people);
    return order ? order : (x->cell > y->cell) - (x->cell < y->cell);
}

/* Hides terms of a sum whose total is shown until it is safe; false when it cannot be. The terms
 * are cells; there is room for as many candidates. */
static bool close_sum(struct disclosure *disclosure, const struct disclosed_cell *total,
                      const size_t *terms, size_t count)
{
    struct rest rest = {.percent = is_percent(disclosure, total),
                        .numerator = total->numerator,
                        .denominator = total->denominator};
    size_t candidates = 0;
    for (size_t t = 0; t < count; t++) {
        const struct disclosed_cell *cell = &disclosure->cells[terms[t]];
        if (cell->fate != FATE_SHOWN) {
            add_hidden(&rest, cell);
            continue;
        }
        rest.numerator -= cell->numerator;
        rest.denominator -= cell->denominator;
        decimal_t people = people_of(disclosure, cell);
        if (people > 0)
            disclosure->candidates[candidates++] = (struct candidate){people, terms[t]};
    }
    if (is_safe(&rest))
        return true;
    qsort(disclosure->candidates, candidates, sizeof *disclosure->candidates, compare_candidates);
    for (size_t c = 0; c < candidates; c++) {
        struct disclosed_cell *cell = &disclosure->cells[disclosure->candidates[c].cell];
        cell->fate = FATE_HIDDEN;
        add_hidden(&rest, cell);
        rest.numerator += cell->numerator;
        rest.denominator += cell->denominator;
        if (is_safe(&rest))
            return true;
    }
    return false;
}

/* ---- wholes and pools ----------------------------------------------------------------------- */

static size_t whole_of(const struct disclosure *disclosure, uint32_t indicator, uint32_t month)
{
    return disclosure->wholes[(size_t)indicator * disclosure->months.count + month];
}

/* Hides every whole of the month that pools connect with this one. */
static void hide_family(struct disclosure *disclosure, uint32_t indicator, uint32_t month)
{
    uint32_t family = family_of(disclosure, indicator);
    for (uint32_t i = 0; i < disclosure->indicator_count; i++) {
        size_t whole = whole_of(disclosure, i, month);
        if (whole == NO_CELL || family_of(disclosure, i) != family)
            continue;
        struct disclosed_cell *cell = &disclosure->cells[whole];
        if (cell->fate == FATE_SHOWN && people_of(disclosure, cell) > 0)
            cell->fate = FATE_HIDDEN;
    }
}

/* The parts of a pool in a month. Returns how many; `deep` tells whether one that is not shown is a
 * pool or a part of another pool as well, so that it stands in more sums than this, or is missing.
 */
static size_t list_parts(const struct disclosure *disclosure, uint32_t pool, uint32_t month,
                         size_t *terms, bool *deep)
{
    const struct disclosed_indicator *indicator = &disclosure->indicators[pool];
    bool tangled = disclosure->indicators[family_of(disclosure, pool)].tangled;
    size_t count = 0;
    *deep = false;
    for (size_t p = 0; p < indicator->part_count; p++) {
        uint32_t part = disclosure->parts[indicator->first_part + p];
        size_t whole = whole_of(disclosure, part, month);
        if (whole == NO_CELL) {
            *deep = true;
            continue;
        }
        terms[count++] = whole;
        if (disclosure->cells[whole].fate != FATE_SHOWN)
            *deep = *deep || tangled || disclosure->indicators[part].part_count > 0;
    }
    return count;
}

/* Makes the sum of a pool's wholes safe. */
static void close_pool(struct disclosure *disclosure, uint32_t pool, uint32_t month, size_t *terms)
{
    size_t whole = whole_of(disclosure, pool, month);
    if (whole == NO_CELL || disclosure->cells[whole].fate == FATE_UNKNOWN)
        return; /* nothing to subtract from: and of the pools above it neither */
    bool deep;
    size_t count = list_parts(disclosure, pool, month, terms, &deep);
    bool safe = disclosure->cells[whole].fate == FATE_SHOWN && !deep &&
                close_sum(disclosure, &disclosure->cells[whole], terms, count);
    if (safe) /* what was hidden now may be a pool itself */
        list_parts(disclosure, pool, month, terms, &deep);
    if (!safe || deep)
        hide_family(disclosure, pool, month);
}

static size_t count_hidden(const struct disclosure *disclosure)
{
    size_t hidden = 0;
    for (size_t c = 0; c < disclosure->cell_count; c++)
        hidden += disclosure->cells[c].fate == FATE_HIDDEN;
    return hidden;
}

/* Until no pool has more to hide. */
static void close_pools(struct disclosure *disclosure, size_t *terms)
{
    size_t before = 0;
    for (size_t hidden = count_hidden(disclosure); hidden != before;) {
        before = hidden;
        for (uint32_t i = 0; i < disclosure->indicator_count; i++)
            for (uint32_t m = 0; m < disclosure->months.count; m++)
                if (disclosure->indicators[i].part_count > 0)
                    close_pool(disclosure, i, m, terms);
        hidden = count_hidden(disclosure);
    }
}

/* ---- breakdowns ----------------------------------------------------------------------------- */

static bool is_whole(const struct disclosure *disclosure,
                     const struct disclosed_breakdown *breakdown)
{
    return disclosure->dimensions.texts[breakdown->dimension].length == 0;
}

static void close_breakdown(struct disclosure *disclosure, struct disclosed_breakdown *breakdown)
{
    size_t whole = whole_of(disclosure, breakdown->indicator, breakdown->month);
    const size_t *terms = disclosure->order + breakdown->first;
    breakdown->left_out =
        whole == NO_CELL || disclosure->cells[whole].fate != FATE_SHOWN ||
        !close_sum(disclosure, &disclosure->cells[whole], terms, breakdown->count);
    breakdown->touched = breakdown->left_out;
    for (size_t c = 0; c < breakdown->count; c++)
        breakdown->touched = breakdown->touched || disclosure->cells[terms[c]].fate != FATE_SHOWN;
}

/* Whether one breakdown is published rather than another. */
static bool is_coarser(const struct disclosure *disclosure, const struct disclosed_breakdown *a,
                       const struct disclosed_breakdown *b)
{
    bool a_part = disclosure->indicators[a->indicator].times_a_part > 0;
    bool b_part = disclosure->indicators[b->indicator].times_a_part > 0;
    if (a->left_out || b->left_out)
        return b->left_out && !a->left_out;
    if (a_part != b_part)
        return b_part;
    return a->count < b->count;
}

/* Breakdowns that hang together, and the one that is published when something is not shown. */
struct component {
    size_t best;
    bool touched;
};

static int number_components(struct disclosure *disclosure)
{
    for (size_t b = 0; b < disclosure->breakdown_count; b++) {
        struct disclosed_breakdown *breakdown = &disclosure->breakdowns[b];
        uint32_t key[] = {family_of(disclosure, breakdown->indicator), breakdown->month,
                          disclosure->overlap[breakdown->dimension]};
        int64_t number =
            dictionary_add(&disclosure->components, (struct span){(char *)key, sizeof key});
        if (number < 0)
            return -1;
        breakdown->component = (uint32_t)number;
    }
    return 0;
}

static int choose_breakdowns(struct disclosure *disclosure)
{
    if (number_components(disclosure) < 0)
        return -1;
    struct component *components = calloc(disclosure->components.count + 1, sizeof *components);
    if (!components)
        return -1;
    for (size_t c = 0; c < disclosure->components.count; c++)
        components[c].best = NO_CELL;
    for (size_t b = 0; b < disclosure->breakdown_count; b++) {
        struct disclosed_breakdown *breakdown = &disclosure->breakdowns[b];
        struct component *component = &components[breakdown->component];
        if (is_whole(disclosure, breakdown))
            continue;
        close_breakdown(disclosure, breakdown);
        component->touched = component->touched || breakdown->touched;
        if (component->best == NO_CELL ||
            is_coarser(disclosure, breakdown, &disclosure->breakdowns[component->best]))
            component->best = b;
    }
    for (size_t b = 0; b < disclosure->breakdown_count; b++) {
        struct disclosed_breakdown *breakdown = &disclosure->breakdowns[b];
        const struct component *component = &components[breakdown->component];
        if (component->touched && component->best != b)
            breakdown->left_out = true;
        for (size_t c = 0; breakdown->left_out && c < breakdown->count; c++)
            disclosure->cells[disclosure->order[breakdown->first + c]].fate = FATE_LEFT_OUT;
    }
    free(components);
    return 0;
}

/* ---- all of it ------------------------------------------------------------------------------ */

/* Orders the cells by breakdown, and finds the wholes. */
static void order_cells(struct disclosure *disclosure)
{
    size_t next = 0;
    for (size_t b = 0; b < disclosure->breakdown_count; b++) {
        disclosure->breakdowns[b].first = next;
        next += disclosure->breakdowns[b].count;
        disclosure->breakdowns[b].count = 0;
    }
    size_t wholes = disclosure->indicator_count * disclosure->months.count;
    for (size_t w = 0; w < wholes; w++)
        disclosure->wholes[w] = NO_CELL;
    for (size_t c = 0; c < disclosure->cell_count; c++) {
        struct disclosed_breakdown *breakdown =
            &disclosure->breakdowns[disclosure->cells[c].breakdown];
        disclosure->order[breakdown->first + breakdown->count++] = c;
        if (is_whole(disclosure, breakdown))
            disclosure->wholes[(size_t)breakdown->indicator * disclosure->months.count +
                               breakdown->month] = c;
    }
}

int disclosure_decide(struct disclosure *disclosure, struct error *error)
{
    size_t room = disclosure->cell_count + disclosure->part_count + 1;
    disclosure->order = calloc(room, sizeof *disclosure->order);
    disclosure->candidates = calloc(room, sizeof *disclosure->candidates);
    disclosure->wholes = calloc(disclosure->indicator_count * disclosure->months.count + 1,
                                sizeof *disclosure->wholes);
    size_t *terms = calloc(room, sizeof *terms);
    if (!disclosure->order || !disclosure->candidates || !disclosure->wholes || !terms) {
        free(terms);
        return no_memory(error);
    }
    for (uint32_t i = 0; i < disclosure->indicator_count; i++)
        if (disclosure->indicators[i].times_a_part > 1)
            disclosure->indicators[family_of(disclosure, i)].tangled = true;
    order_cells(disclosure);
    close_pools(disclosure, terms);
    free(terms);
    return choose_breakdowns(disclosure) < 0 ? no_memory(error) : 0;
}

bool disclosure_shows(const struct disclosure *disclosure, struct span code, struct span month)
{
    int64_t indicator = dictionary_find(&disclosure->codes, code);
    int64_t number = dictionary_find(&disclosure->months, month);
    if (indicator < 0 || number < 0)
        return false;
    size_t whole = whole_of(disclosure, (uint32_t)indicator, (uint32_t)number);
    return whole != NO_CELL && disclosure->cells[whole].fate == FATE_SHOWN;
}

void disclosure_free(struct disclosure *disclosure)
{
    dictionary_free(&disclosure->codes);
    dictionary_free(&disclosure->months);
    dictionary_free(&disclosure->dimensions);
    dictionary_free(&disclosure->keys);
    dictionary_free(&disclosure->components);
    free(disclosure->indicators);
    free(disclosure->parts);
    free(disclosure->overlap);
    free(disclosure->breakdowns);
    free(disclosure->cells);
    free(disclosure->order);
    free(disclosure->wholes);
    free(disclosure->candidates);
}
