#include "transforms/evaluate.h"

#include <stdlib.h>
#include <string.h>

#include "transforms/feeding.h"
#include "transforms/member.h"

/* A row of an `each` or `per` indicator, until all are there to be told apart. */
struct tally {
    int64_t each;
    uint32_t reference; /* row of the last dataset of `per` */
    uint32_t row;
    uint32_t part; /* of a breakdown */
    bool met;
};

/* ---- measures ------------------------------------------------------------------------------ */

struct counting {
    struct evaluator *evaluator;
    const struct indicator *indicator;
    const struct table *table;
    const struct row_trace *trace;
    struct measure *measure;
    size_t tally_count;
    const struct dimension *dimension; /* of a breakdown; measure is then the part's at hand */
    struct breakdown *breakdown;
    size_t part; /* the one at hand */
};

/* Makes the part of a row's member the one at hand. */
static int choose_part(struct counting *counting, struct here here)
{
    struct breakdown *breakdown = counting->breakdown;
    int64_t member = member_of(counting->evaluator, counting->dimension, here);
    counting->part = 0;
    while (counting->part < breakdown->count && breakdown->parts[counting->part].member != member)
        counting->part++;
    if (counting->part == breakdown->count) {
        struct part *room =
            grow(breakdown->parts, &breakdown->capacity, breakdown->count + 1, sizeof *room);
        if (!room)
            return error_memory(counting->evaluator->error, "breaking down");
        breakdown->parts = room;
        room[breakdown->count++] = (struct part){.member = member};
    }
    counting->measure = &breakdown->parts[counting->part].measure;
    return 0;
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

/* One row that belongs to the month. */
static int count_row(struct counting *counting, uint32_t row)
{
    struct evaluator *evaluator = counting->evaluator;
    const struct indicator *indicator = counting->indicator;
    struct here here = {counting->table, row};
    if (indicator->where && !evaluator_holds(evaluator, indicator->where, here, &here))
        return 0;
    if (counting->dimension && choose_part(counting, here) < 0)
        return -1;
    struct tally tally = {.row = row, .reference = UINT32_MAX, .part = (uint32_t)counting->part};
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
    if (left_out)
        return report_row(counting, row, VERDICT_LEFT_OUT);
    tally.met = indicator->met && evaluator_holds(evaluator, indicator->met, here, &here);
    enum verdict verdict = tally.met ? VERDICT_MET : VERDICT_NOT_MET;
    if (report_row(counting, row, indicator->met ? verdict : VERDICT_COUNTED) != 0)
        return -1;
    if (indicator->each.steps > 0 || indicator->per.steps > 0)
        return keep_tally(counting, tally);
    struct measure *measure = counting->measure;
    if (!indicator->met) {
        measure->numerator += weight;
        return 0;
    }
    measure->denominator += weight;
    if (tally.met)
        measure->numerator += weight;
    return 0;
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
    return (x->part > y->part) - (x->part < y->part);
}

static int break_rows_down(struct evaluator *evaluator, const struct indicator *indicator,
                           const struct dimension *dimension, struct breakdown *breakdown)
{
    struct counting counting = {.evaluator = evaluator,
                                .indicator = indicator,
                                .table = store_table(evaluator->store, indicator->count),
                                .dimension = dimension,
                                .breakdown = breakdown};
    evaluator->asks = indicator->code;
    if (count_rows(&counting) != 0 || evaluator->error->code != EXIT_COMPLETE)
        return -1;
    struct tally *tallies = evaluator->tallies;
    if (counting.tally_count > 1)
        qsort(tallies, counting.tally_count, sizeof *tallies, compare_parts);
    for (size_t i = 0; i < counting.tally_count;) {
        size_t next = i;
        while (next < counting.tally_count && tallies[next].part == tallies[i].part)
            next++;
        counting.measure = &breakdown->parts[tallies[i].part].measure;
        if (sum_tallies(&counting, tallies + i, next - i) < 0)
            return -1;
        i = next;
    }
    return 0;
}

/* The indicator's rows, or those of all that a pool adds up. */
static int break_down(struct evaluator *evaluator, const struct indicator *indicator,
                      const struct dimension *dimension, struct breakdown *breakdown)
{
    if (indicator->count)
        return break_rows_down(evaluator, indicator, dimension, breakdown);
    for (size_t p = 0; p < indicator->pool_count; p++)
        if (break_down(evaluator, indicator->pool[p], dimension, breakdown) < 0)
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

int evaluator_break_down(struct evaluator *evaluator, const struct indicator *indicator,
                         const struct dimension *dimension, struct breakdown *breakdown)
{
    struct measure whole;
    breakdown->count = 0;
    if (evaluator_measure(evaluator, indicator, NULL, &whole) < 0)
        return -1;
    if (whole.state == STATE_BLANK || whole.state == STATE_NO_DATA ||
        !dimension_is_fed(evaluator, indicator, dimension))
        return 0;
    if (break_down(evaluator, indicator, dimension, breakdown) < 0)
        return -1;
    for (size_t p = 0; p < breakdown->count; p++) {
        struct measure *measure = &breakdown->parts[p].measure;
        bool based = indicator->unit == UNIT_NUMBER || measure->denominator != 0;
        measure->state = whole.state == STATE_TBC ? STATE_TBC : based ? STATE_VALUE : STATE_NONE;
    }
    return 0;
}
