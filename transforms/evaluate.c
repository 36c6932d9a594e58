#include "transforms/evaluate.h"

#include <stdlib.h>
#include <string.h>

#include "transforms/feeding.h"
#include "transforms/member.h"

/* A row of an `each` or `per` indicator, until all are there to be told apart. */
struct tally {
    int64_t each;
    uint32_t reference; /* row of the last dataset of `per` */
    uint32_t breakdown; /* which of several, and the part of it */
    uint32_t part;
    bool met;
};

/* ---- measures ------------------------------------------------------------------------------ */

struct counting {
    struct evaluator *evaluator;
    const struct indicator *indicator;
    const struct table *table;
    const struct row_trace *trace;
    struct measure *measure; /* of the whole, or of the part at hand */
    size_t tally_count;
    struct breakdown *breakdowns; /* NULL: the whole is measured */
    size_t breakdown_count;
};

/* ---- parts --------------------------------------------------------------------------------- */

/* Members are small numbers, or NO_VALUE. */
static size_t place_of(int64_t member)
{
    return member == NO_VALUE ? 0 : (size_t)member + 1;
}

/* The part of a member, added when it is the first of it; NULL when the memory ran out. */
static struct part *find_part(struct breakdown *breakdown, int64_t member)
{
    size_t place = place_of(member);
    if (place >= breakdown->place_capacity) {
        size_t before = breakdown->place_capacity;
        uint32_t *room =
            grow(breakdown->places, &breakdown->place_capacity, place + 1, sizeof *room);
        if (!room)
            return NULL;
        breakdown->places = room;
        memset(room + before, 0, (breakdown->place_capacity - before) * sizeof *room);
    }
    if (breakdown->places[place] > 0)
        return &breakdown->parts[breakdown->places[place] - 1];
    struct part *room =
        grow(breakdown->parts, &breakdown->capacity, breakdown->count + 1, sizeof *room);
    if (!room)
        return NULL;
    breakdown->parts = room;
    room[breakdown->count] = (struct part){.member = member};
    breakdown->places[place] = (uint32_t)++breakdown->count;
    return &room[breakdown->count - 1];
}

static void forget_parts(struct breakdown *breakdown)
{
    for (size_t p = 0; p < breakdown->count; p++)
        breakdown->places[place_of(breakdown->parts[p].member)] = 0;
    breakdown->count = 0;
}

void breakdown_free(struct breakdown *breakdown)
{
    free(breakdown->parts);
    free(breakdown->places);
    *breakdown = (struct breakdown){0};
}

/* ---- rows ---------------------------------------------------------------------------------- */

static int report_row(const struct counting *counting, uint32_t row, enum verdict verdict)
{
    const struct row_trace *trace = counting->trace;
    if (!trace)
        return 0;
    return trace->row(trace->context, counting->indicator, counting->table, row, verdict);
}

/* Keeps a row of an `each` or `per` indicator until all are there. */
static int keep_tally(struct counting *counting, struct tally tally)
{
    struct evaluator *evaluator = counting->evaluator;
    struct tally *room = grow(evaluator->tallies, &evaluator->tally_capacity,
                              counting->tally_count + 1, sizeof *room);
    if (!room)
        return error_memory(evaluator->error, "counting");
    evaluator->tallies = room;
    room[counting->tally_count++] = tally;
    return 0;
}

/* What a row that counts adds to a measure: at once, or when all are there to be told apart. */
static int add_row(struct counting *counting, struct measure *measure, const struct tally *tally,
                   decimal_t weight)
{
    const struct indicator *indicator = counting->indicator;
    if (indicator->each.steps > 0 || indicator->per.steps > 0)
        return keep_tally(counting, *tally);
    if (!indicator->met) {
        measure->numerator += weight;
        return 0;
    }
    measure->denominator += weight;
    if (tally->met)
        measure->numerator += weight;
    return 0;
}

/* The same to a part of each breakdown. A row that is left out (tally NULL) adds nothing; its
 * member is there all the same. */
static int add_to_parts(struct counting *counting, struct here here, const struct tally *tally,
                        decimal_t weight)
{
    struct evaluator *evaluator = counting->evaluator;
    for (size_t b = 0; b < counting->breakdown_count; b++) {
        struct breakdown *breakdown = &counting->breakdowns[b];
        if (!breakdown->fed)
            continue;
        struct part *part = find_part(breakdown, member_of(evaluator, breakdown->dimension, here));
        if (!part)
            return error_memory(evaluator->error, "breaking down");
        if (!tally)
            continue;
        struct tally own = *tally;
        own.breakdown = (uint32_t)b;
        own.part = (uint32_t)(part - breakdown->parts);
        if (add_row(counting, &part->measure, &own, weight) < 0)
            return -1;
    }
    return 0;
}

static enum verdict verdict_on(const struct indicator *indicator, bool left_out, bool met)
{
    if (left_out)
        return VERDICT_LEFT_OUT;
    if (!indicator->met)
        return VERDICT_COUNTED;
    return met ? VERDICT_MET : VERDICT_NOT_MET;
}

/* One row that belongs to the month. */
static int count_row(struct counting *counting, uint32_t row)
{
    struct evaluator *evaluator = counting->evaluator;
    const struct indicator *indicator = counting->indicator;
    struct here here = {counting->table, row};
    if (indicator->where && !evaluator_holds(evaluator, indicator->where, here, &here))
        return 0;
    struct tally tally = {.reference = UINT32_MAX};
    decimal_t weight = DECIMAL_ONE;
    bool left_out = false;
    if (indicator->weight.steps > 0) {
        weight = evaluator_value(evaluator, &indicator->weight, here, &here);
        left_out = weight == NO_VALUE;
    }
    if (indicator->each.steps > 0) {
        tally.each = evaluator_value(evaluator, &indicator->each, here, &here);
        left_out = left_out || tally.each == NO_VALUE;
    }
    if (indicator->per.steps > 0) {
        struct here end;
        bool found = evaluator_follow(evaluator, &indicator->per, here, &here, &end);
        int last = indicator->per.fields[indicator->per.steps - 1];
        left_out = left_out || !found || store_value(end.table, last, end.row) == NO_VALUE;
        tally.reference = found ? end.row : UINT32_MAX;
    }
    tally.met =
        !left_out && indicator->met && evaluator_holds(evaluator, indicator->met, here, &here);
    if (report_row(counting, row, verdict_on(indicator, left_out, tally.met)) != 0)
        return -1;
    if (counting->breakdowns)
        return add_to_parts(counting, here, left_out ? NULL : &tally, weight);
    return left_out ? 0 : add_row(counting, counting->measure, &tally, weight);
}

enum { MARK_NONE, MARK_MET, MARK_NOT_MET };

/* Values of identifiers and categories are small numbers: each is marked once, and nothing need be
 * sorted. Returns -1 when the memory ran out. */
static int count_marked(struct counting *counting, const struct tally *tallies, size_t count,
                        int64_t largest)
{
    struct evaluator *evaluator = counting->evaluator;
    size_t before = evaluator->mark_capacity;
    uint8_t *marks = grow(evaluator->marks, &evaluator->mark_capacity, (size_t)largest + 1, 1);
    if (!marks)
        return error_memory(evaluator->error, "counting");
    memset(marks + before, MARK_NONE, evaluator->mark_capacity - before);
    evaluator->marks = marks;
    for (size_t i = 0; i < count; i++)
        if (marks[tallies[i].each] != MARK_NOT_MET)
            marks[tallies[i].each] = tallies[i].met ? MARK_MET : MARK_NOT_MET;
    bool percentage = counting->indicator->met != NULL;
    for (size_t i = 0; i < count; i++) {
        uint8_t mark = marks[tallies[i].each];
        marks[tallies[i].each] = MARK_NONE;
        if (mark == MARK_NONE)
            continue;
        if (percentage)
            counting->measure->denominator += DECIMAL_ONE;
        if (!percentage || mark == MARK_MET)
            counting->measure->numerator += DECIMAL_ONE;
    }
    return 0;
}

static int compare_each(const void *a, const void *b)
{
    const struct tally *x = a;
    const struct tally *y = b;
    if (x->each != y->each)
        return x->each < y->each ? -1 : 1;
    return (x->reference > y->reference) - (x->reference < y->reference);
}

static int compare_reference(const void *a, const void *b)
{
    const struct tally *x = a;
    const struct tally *y = b;
    return (x->reference > y->reference) - (x->reference < y->reference);
}

/* Distinct values of `each` (for each referenced row, with `per`); a value meets the test when all
 * of its rows do. */
static int count_distinct(struct counting *counting, struct tally *tallies, size_t count)
{
    struct measure *measure = counting->measure;
    bool percentage = counting->indicator->met != NULL;
    if (count == 0)
        return 0;
    if (counting->indicator->per.steps == 0) {
        const int64_t small = 1 << 24;
        int64_t smallest = 0;
        int64_t largest = 0;
        for (size_t i = 0; i < count; i++) {
            smallest = tallies[i].each < smallest ? tallies[i].each : smallest;
            largest = tallies[i].each > largest ? tallies[i].each : largest;
        }
        if (smallest == 0 && largest < small)
            return count_marked(counting, tallies, count, largest);
    }
    qsort(tallies, count, sizeof *tallies, compare_each);
    for (size_t i = 0; i < count;) {
        bool met = true;
        size_t next = i;
        for (; next < count && compare_each(&tallies[i], &tallies[next]) == 0; next++)
            met = met && tallies[next].met;
        if (percentage)
            measure->denominator += DECIMAL_ONE;
        if (!percentage || met)
            measure->numerator += DECIMAL_ONE;
        i = next;
    }
    return 0;
}

/* The sum of the `per` number over the distinct rows referred to. */
static void sum_references(struct counting *counting, struct tally *tallies, size_t count)
{
    const struct evaluator *evaluator = counting->evaluator;
    const struct path *per = &counting->indicator->per;
    const struct table *table = store_table(evaluator->store, per->datasets[per->steps - 1]);
    if (count == 0)
        return;
    qsort(tallies, count, sizeof *tallies, compare_reference);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || tallies[i].reference != tallies[i - 1].reference)
            counting->measure->denominator +=
                store_value(table, per->fields[per->steps - 1], tallies[i].reference);
}

static int count_months(struct counting *counting, month_t first, month_t last)
{
    struct evaluator *evaluator = counting->evaluator;
    const struct dataset *dataset = counting->table->dataset;
    int field = counting->indicator->when_field.fields[0];
    const struct row_index *index =
        store_months(evaluator->store, dataset, field, evaluator->error);
    if (!index)
        return -1;
    month_t zero = counting->table->columns[field].first_month;
    for (month_t month = first; month <= last; month++) {
        if (month < zero || (uint32_t)(month - zero) >= index->count)
            continue;
        uint32_t slot = (uint32_t)(month - zero);
        for (uint32_t i = index->start[slot]; i < index->start[slot + 1]; i++)
            if (count_row(counting, index->rows[i]) != 0)
                return -1;
    }
    return 0;
}

/* April of the year, from April to March, that a month lies in. */
static month_t year_begin(month_t month)
{
    enum { APRIL = 3 };
    return month - ((month - APRIL) % 12 + 12) % 12;
}

/* Children are counted from those who can be in the population. */
static int count_children(struct counting *counting)
{
    struct cohort cohort;
    if (cohort_find(counting->evaluator, counting->indicator->where, &cohort) < 0)
        return -1;
    uint32_t count = cohort.every ? counting->table->count : cohort.count;
    int status = 0;
    for (uint32_t i = 0; i < count && status == 0; i++)
        status = count_row(counting, cohort.every ? i : cohort.rows[i]);
    cohort_free(&cohort);
    return status;
}

static int count_rows(struct counting *counting)
{
    const struct evaluator *evaluator = counting->evaluator;
    const struct indicator *indicator = counting->indicator;
    const struct table *table = counting->table;
    month_t month = evaluator->month;
    switch (indicator->when) {
    case WHEN_IN_MONTH:
        return count_months(counting, month, month);
    case WHEN_YEAR_TO_DATE:
        return count_months(counting, year_begin(month), month);
    case WHEN_LAST_MONTHS:
        return count_months(counting, month - (month_t)indicator->when_months + 1, month);
    case WHEN_OPEN:
    case WHEN_ALWAYS:
        break;
    }
    if (indicator->when == WHEN_ALWAYS && table == evaluator->children)
        return count_children(counting);
    for (uint32_t row = 0; row < table->count; row++) {
        bool seen = indicator->when == WHEN_OPEN ? store_open(table, row, evaluator->month_end)
                                                 : store_dated(table, row) <= evaluator->month_end;
        if (seen && count_row(counting, row) != 0)
            return -1;
    }
    return 0;
}

/* The rows that were kept, of the whole or of one part, into its measure. */
static int sum_tallies(struct counting *counting, struct tally *tallies, size_t count)
{
    const struct indicator *indicator = counting->indicator;
    if (indicator->each.steps > 0 && count_distinct(counting, tallies, count) < 0)
        return -1;
    if (indicator->each.steps == 0)
        counting->measure->numerator += (decimal_t)count * DECIMAL_ONE;
    if (indicator->per.steps > 0)
        sum_references(counting, tallies, count);
    return 0;
}

static int measure_rows(struct evaluator *evaluator, const struct indicator *indicator,
                        const struct row_trace *trace, struct measure *measure)
{
    struct counting counting = {.evaluator = evaluator,
                                .indicator = indicator,
                                .table = store_table(evaluator->store, indicator->count),
                                .trace = trace,
                                .measure = measure};
    evaluator->asks = indicator->code;
    if (count_rows(&counting) != 0 || evaluator->error->code != EXIT_COMPLETE)
        return -1;
    return sum_tallies(&counting, evaluator->tallies, counting.tally_count);
}

static int measure_pool(struct evaluator *evaluator, const struct indicator *indicator,
                        const struct row_trace *trace, struct measure *measure)
{
    for (size_t p = 0; p < indicator->pool_count; p++) {
        struct measure part;
        if (evaluator_measure(evaluator, indicator->pool[p], trace, &part) < 0)
            return -1;
        measure->numerator += part.numerator;
        measure->denominator += part.denominator;
        /* A total is no surer than its parts; a part over nothing adds nothing. */
        if (part.state == STATE_TBC || part.state == STATE_BLANK)
            measure->state = part.state;
    }
    return 0;
}

/* Whether the as-at date has reached the day on which the month is known. */
static bool is_settled(struct evaluator *evaluator, const struct indicator *indicator)
{
    if (indicator->settles < 0)
        return true;
    date_t known = calendar_add_working_days(evaluator->calendar, evaluator->month_end,
                                             (int)indicator->settles);
    if (known == NO_DATE) {
        error_set(evaluator->error, EXIT_BAD_CONFIG,
                  "%s: the bank-holiday table ends before the month settles: extend it",
                  indicator->code);
        return false;
    }
    return evaluator->as_at >= known;
}

const char *measure_state_name(enum measure_state state)
{
    static const char *const names[] = {"value", "none", "tbc", "blank", "no data"};
    return names[state];
}

static int measure_afresh(struct evaluator *evaluator, const struct indicator *indicator,
                          const struct row_trace *trace, struct measure *measure)
{
    const char *lacking;
    *measure = (struct measure){.state = STATE_VALUE};
    if (evaluator->month < indicator->from) {
        measure->state = STATE_BLANK;
        return 0;
    }
    if (!indicator_has_data(indicator, evaluator->store, &lacking) ||
        (evaluator->reaches && !feeding_tells_of(&evaluator->reaches[indicator->number],
                                                 evaluator->month, evaluator->as_at))) {
        measure->state = STATE_NO_DATA;
        return 0;
    }
    int status = indicator->count ? measure_rows(evaluator, indicator, trace, measure)
                                  : measure_pool(evaluator, indicator, trace, measure);
    if (status < 0)
        return -1;
    bool settled = is_settled(evaluator, indicator);
    if (evaluator->error->code != EXIT_COMPLETE)
        return -1;
    if (measure->state == STATE_VALUE && !settled)
        measure->state = STATE_TBC;
    else if (measure->state == STATE_VALUE && indicator->unit != UNIT_NUMBER &&
             measure->denominator == 0)
        measure->state = STATE_NONE;
    return 0;
}

int evaluator_measure(struct evaluator *evaluator, const struct indicator *indicator,
                      const struct row_trace *trace, struct measure *measure)
{
    /* What a pool adds up is mostly computed for itself as well. */
    struct measure *known = &evaluator->known[indicator->number];
    if (!trace && evaluator->is_known[indicator->number]) {
        *measure = *known;
        return 0;
    }
    if (measure_afresh(evaluator, indicator, trace, measure) < 0)
        return -1;
    if (!trace) {
        *known = *measure;
        evaluator->is_known[indicator->number] = true;
    }
    return 0;
}

/* ---- breaking down ------------------------------------------------------------------------- */

static int compare_parts(const void *a, const void *b)
{
    const struct tally *x = a;
    const struct tally *y = b;
    if (x->breakdown != y->breakdown)
        return x->breakdown < y->breakdown ? -1 : 1;
    return (x->part > y->part) - (x->part < y->part);
}

static int break_rows_down(struct evaluator *evaluator, const struct indicator *indicator,
                           struct breakdown *breakdowns, size_t count)
{
    struct counting counting = {.evaluator = evaluator,
                                .indicator = indicator,
                                .table = store_table(evaluator->store, indicator->count),
                                .breakdowns = breakdowns,
                                .breakdown_count = count};
    evaluator->asks = indicator->code;
    if (count_rows(&counting) != 0 || evaluator->error->code != EXIT_COMPLETE)
        return -1;
    struct tally *tallies = evaluator->tallies;
    if (counting.tally_count > 1)
        qsort(tallies, counting.tally_count, sizeof *tallies, compare_parts);
    for (size_t i = 0; i < counting.tally_count;) {
        size_t next = i;
        while (next < counting.tally_count && compare_parts(&tallies[next], &tallies[i]) == 0)
            next++;
        counting.measure = &breakdowns[tallies[i].breakdown].parts[tallies[i].part].measure;
        if (sum_tallies(&counting, tallies + i, next - i) < 0)
            return -1;
        i = next;
    }
    return 0;
}

/* The indicator's rows, or those of all that a pool adds up. */
static int break_down(struct evaluator *evaluator, const struct indicator *indicator,
                      struct breakdown *breakdowns, size_t count)
{
    if (indicator->count)
        return break_rows_down(evaluator, indicator, breakdowns, count);
    for (size_t p = 0; p < indicator->pool_count; p++)
        if (break_down(evaluator, indicator->pool[p], breakdowns, count) < 0)
            return -1;
    return 0;
}

static bool dimension_is_fed(const struct evaluator *evaluator, const struct indicator *indicator,
                             const struct dimension *dimension)
{
    if (indicator->count)
        return dimension_has_data(dimension, indicator->count, evaluator->store);
    for (size_t p = 0; p < indicator->pool_count; p++)
        if (!dimension_is_fed(evaluator, indicator->pool[p], dimension))
            return false;
    return true;
}

/* What the parts' figures are, as the whole's is. */
static void set_states(const struct breakdown *breakdown, const struct indicator *indicator,
                       const struct measure *whole)
{
    for (size_t p = 0; p < breakdown->count; p++) {
        struct measure *measure = &breakdown->parts[p].measure;
        bool based = indicator->unit == UNIT_NUMBER || measure->denominator != 0;
        measure->state = whole->state == STATE_TBC ? STATE_TBC : based ? STATE_VALUE : STATE_NONE;
    }
}

int evaluator_break_down(struct evaluator *evaluator, const struct indicator *indicator,
                         struct breakdown *breakdowns)
{
    struct measure whole;
    if (evaluator_measure(evaluator, indicator, NULL, &whole) < 0)
        return -1;
    bool any_fed = false;
    for (size_t d = 0; d < indicator->by_count; d++) {
        struct breakdown *breakdown = &breakdowns[d];
        forget_parts(breakdown);
        breakdown->dimension = indicator->by[d];
        breakdown->fed = dimension_is_fed(evaluator, indicator, indicator->by[d]);
        any_fed = any_fed || breakdown->fed;
    }
    if (whole.state == STATE_BLANK || whole.state == STATE_NO_DATA || !any_fed)
        return 0;
    if (break_down(evaluator, indicator, breakdowns, indicator->by_count) < 0)
        return -1;
    for (size_t d = 0; d < indicator->by_count; d++)
        set_states(&breakdowns[d], indicator, &whole);
    return 0;
}
