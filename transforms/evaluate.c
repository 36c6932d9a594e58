#include "transforms/evaluate.h"

#include <stdlib.h>
#include <string.h>

#include "transforms/feeding.h"

enum { MEMBER_UNKNOWN, MEMBER_OUTSIDE, MEMBER_INSIDE };

/* A row of an `each` or `per` indicator, until all are there to be told apart. */
struct tally {
    int64_t each;
    uint32_t reference; /* row of the last dataset of `per` */
    uint32_t row;
    uint32_t part; /* of a breakdown */
    bool met;
};

static bool holds(struct evaluator *evaluator, const struct test *test, struct here here,
                  const struct here *subject);

/* ---- life ---------------------------------------------------------------------------------- */

static int index_test(struct evaluator *evaluator, const struct test *test)
{
    if (!test)
        return 0;
    if (test->relation.dataset &&
        !store_index(evaluator->store, test->relation.dataset, test->relation.to, evaluator->error))
        return -1;
    if (index_test(evaluator, test->left) < 0)
        return -1;
    return index_test(evaluator, test->right);
}

/* What the dimensions look up. */
static int index_dimensions(struct evaluator *evaluator)
{
    const struct definitions *definitions = evaluator->definitions;
    for (size_t d = 0; d < definitions->dimension_count; d++) {
        const struct dimension *dimension = definitions->dimensions[d];
        for (size_t m = 0; m < dimension->member_count; m++)
            if (index_test(evaluator, dimension->members[m].test) < 0)
                return -1;
        for (size_t l = 0; l < evaluator->store->catalogue->count; l++)
            if (index_test(evaluator, dimension->lines[l].latest) < 0)
                return -1;
    }
    return 0;
}

/* Room for who is in which group. */
static uint8_t **new_members(const struct evaluator *evaluator)
{
    size_t groups = evaluator->definitions->group_count;
    uint8_t **members = calloc(groups + 1, sizeof(uint8_t *));
    for (size_t g = 0; members && g < groups; g++) {
        members[g] = calloc((size_t)evaluator->children->identifiers.count + 1, 1);
        if (!members[g]) {
            for (size_t before = 0; before < g; before++)
                free(members[before]);
            free(members);
            return NULL;
        }
    }
    return members;
}

static void free_members(const struct evaluator *evaluator, uint8_t **members)
{
    for (size_t g = 0; members && g < evaluator->definitions->group_count; g++)
        free(members[g]);
    free(members);
}

int evaluator_init(struct evaluator *evaluator, struct store *store,
                   const struct definitions *definitions, const struct calendar *calendar,
                   date_t as_at, struct error *error)
{
    *evaluator = (struct evaluator){.store = store,
                                    .definitions = definitions,
                                    .calendar = calendar,
                                    .as_at = as_at,
                                    .error = error};
    const struct dataset *child = catalogue_find(store->catalogue, SPAN("child"));
    evaluator->children = store_table(store, child);
    evaluator->members = new_members(evaluator);
    evaluator->members_before = new_members(evaluator);
    evaluator->groups = calloc(definitions->group_count + 1, sizeof *evaluator->groups);
    evaluator->known = calloc(definitions->count + 1, sizeof *evaluator->known);
    evaluator->is_known = calloc(definitions->count + 1, sizeof *evaluator->is_known);
    if (!evaluator->groups || !evaluator->known || !evaluator->is_known)
        return error_memory(error, "preparing the definitions");
    evaluator->no_birth_date = calloc((size_t)evaluator->children->count + 1, 1);
    if (!evaluator->members || !evaluator->members_before || !evaluator->no_birth_date)
        return error_memory(error, "preparing the definitions");
    for (size_t g = 0; g < definitions->group_count; g++)
        if (index_test(evaluator, definitions->groups[g].test) < 0)
            return -1;
    for (size_t i = 0; i < definitions->count; i++)
        if (index_test(evaluator, definitions->indicators[i]->where) < 0 ||
            index_test(evaluator, definitions->indicators[i]->met) < 0)
            return -1;
    return index_dimensions(evaluator);
}

void evaluator_free(struct evaluator *evaluator)
{
    free_members(evaluator, evaluator->members);
    free_members(evaluator, evaluator->members_before);
    for (size_t g = 0; evaluator->groups && g < evaluator->definitions->group_count; g++)
        cohort_free(&evaluator->groups[g]);
    free(evaluator->groups);
    free(evaluator->known);
    free(evaluator->is_known);
    free(evaluator->reaches);
    free(evaluator->no_birth_date);
    free(evaluator->tallies);
    free(evaluator->marks);
    evaluator->members = NULL;
    evaluator->members_before = NULL;
    evaluator->groups = NULL;
    evaluator->known = NULL;
    evaluator->is_known = NULL;
    evaluator->reaches = NULL;
    evaluator->no_birth_date = NULL;
    evaluator->tallies = NULL;
    evaluator->marks = NULL;
}

/* What was remembered of the day before is not of this one. */
void evaluator_set_day(struct evaluator *evaluator, date_t day)
{
    evaluator->month = month_of(day);
    evaluator->month_end = day;
    for (size_t g = 0; g < evaluator->definitions->group_count; g++) {
        memset(evaluator->members[g], MEMBER_UNKNOWN, evaluator->children->identifiers.count);
        memset(evaluator->members_before[g], MEMBER_UNKNOWN,
               evaluator->children->identifiers.count);
        cohort_free(&evaluator->groups[g]);
    }
    memset(evaluator->is_known, 0, evaluator->definitions->count * sizeof *evaluator->is_known);
}

int evaluator_set_month(struct evaluator *evaluator, month_t month)
{
    evaluator_set_day(evaluator, month_last(month));
    if (evaluator->month_end > evaluator->as_at) {
        char name[DATE_TEXT_SIZE];
        char as_at[DATE_TEXT_SIZE];
        month_to_long(month, name);
        date_to_iso(evaluator->as_at, as_at);
        return error_set(evaluator->error, EXIT_BAD_OPTION,
                         "%s has not ended at the as-at date %s: choose an earlier month or later "
                         "exports",
                         name, as_at);
    }
    return 0;
}

/* ---- fields -------------------------------------------------------------------------------- */

/* Follows the references of a path up to its last field. False when one of them leads nowhere. */
static bool follow(const struct evaluator *evaluator, const struct path *path, struct here here,
                   const struct here *subject, struct here *end)
{
    if (path->of_subject)
        here = *subject;
    for (int s = 0; s + 1 < path->steps; s++) {
        int64_t identifier = store_value(here.table, path->fields[s], here.row);
        const struct dataset *next = path->datasets[s + 1];
        here.row = store_resolve(evaluator->store, next, identifier, evaluator->month_end);
        here.table = store_table(evaluator->store, next);
        if (here.row == UINT32_MAX)
            return false;
    }
    *end = here;
    return true;
}

static int64_t path_value(const struct evaluator *evaluator, const struct path *path,
                          struct here here, const struct here *subject)
{
    if (path->steps == 1 && !path->of_subject) /* nearly all */
        return store_value(here.table, path->fields[0], here.row);
    struct here end;
    if (!follow(evaluator, path, here, subject, &end))
        return NO_VALUE;
    return store_value(end.table, path->fields[path->steps - 1], end.row);
}

/* A date or time as a moment; NO_MOMENT when missing. */
static moment_t path_moment(const struct evaluator *evaluator, const struct path *path,
                            struct here here, const struct here *subject)
{
    int64_t value = path_value(evaluator, path, here, subject);
    if (value == NO_VALUE)
        return NO_MOMENT;
    return path_field(path)->type == TYPE_TIME ? value : moment_of_date((date_t)value);
}

int64_t row_names(const struct table *table, uint32_t row, const struct dataset *thing)
{
    const struct dataset *dataset = table->dataset;
    if (dataset == thing)
        return store_value(table, dataset->identifier, row);
    for (int f = 0; f < dataset->field_count; f++)
        if (dataset->fields[f].refers == thing)
            return store_value(table, f, row);
    return NO_VALUE;
}

/* ---- time ---------------------------------------------------------------------------------- */

static int outside_calendar(struct evaluator *evaluator, struct here here)
{
    const struct calendar *calendar = evaluator->calendar;
    int first, last, month, day;
    date_parts(calendar->first, &first, &month, &day);
    date_parts(calendar->last, &last, &month, &day);
    const struct origin *origin = &here.table->origins[here.row];
    const struct source_info *source = &evaluator->store->sources[origin->source - 1];
    return error_set(evaluator->error, EXIT_BAD_DATA,
                     "%s: '%s' sheet '%s' row %u: working days are counted outside the years of "
                     "the bank-holiday table (%d to %d): correct the date, or extend the table",
                     evaluator->indicator ? evaluator->indicator->code : "a group", source->file,
                     source->sheet, origin->row, first, last);
}

/* The day `number` units after a day. */
static date_t add_span(struct evaluator *evaluator, date_t date, int64_t number, enum unit unit,
                       struct here here)
{
    switch (unit) {
    case UNIT_HOURS:
        return date; /* hours are added to moments */
    case UNIT_DAYS:
        return date + (date_t)number;
    case UNIT_WEEKS:
        return date + 7 * (date_t)number;
    case UNIT_WORKING_DAYS: {
        date_t due = calendar_add_working_days(evaluator->calendar, date, (int)number);
        if (due == NO_DATE)
            outside_calendar(evaluator, here);
        return due;
    }
    case UNIT_MONTHS:
        return date_add_months(date, (int)number);
    case UNIT_YEARS:
        return date_add_months(date, 12 * (int)number);
    }
    return date;
}

/* earlier <= later <= earlier + span. Hours run on the wall clock, where both have a time of day;
 * a date alone is in time through its last day. */
static bool within(struct evaluator *evaluator, const struct test *test, moment_t earlier,
                   moment_t later, struct here here)
{
    if (earlier == NO_MOMENT || later == NO_MOMENT)
        return false;
    bool clocked = moment_has_time(earlier) && moment_has_time(later);
    if (clocked && later < earlier)
        return false;
    date_t from = moment_date(earlier);
    date_t to = moment_date(later);
    if (to < from)
        return false;
    if (test->unit != UNIT_HOURS) {
        date_t due = add_span(evaluator, from, test->number, test->unit, here);
        return due != NO_DATE && to <= due;
    }
    moment_t due = earlier + test->number * 3600;
    return clocked ? later <= due : to <= moment_date(due);
}

/* ---- tests --------------------------------------------------------------------------------- */

static bool compares(enum comparison comparison, int64_t a, int64_t b)
{
    switch (comparison) {
    case LESS:
        return a < b;
    case AT_MOST:
        return a <= b;
    case EQUAL:
        return a == b;
    case AT_LEAST:
        return a >= b;
    case MORE:
        return a > b;
    }
    return false;
}

static bool holds_comparison(const struct evaluator *evaluator, const struct test *test,
                             struct here here, const struct here *subject)
{
    if (path_field(&test->path)->type == TYPE_NUMBER) {
        int64_t a = path_value(evaluator, &test->path, here, subject);
        int64_t b =
            test->other.steps ? path_value(evaluator, &test->other, here, subject) : test->number;
        return a != NO_VALUE && b != NO_VALUE && compares(test->comparison, a, b);
    }
    moment_t a = path_moment(evaluator, &test->path, here, subject);
    moment_t b = test->other.steps ? path_moment(evaluator, &test->other, here, subject)
                                   : moment_of_date((date_t)test->number);
    if (a == NO_MOMENT || b == NO_MOMENT)
        return false;
    if (moment_has_time(a) && moment_has_time(b))
        return compares(test->comparison, a, b);
    return compares(test->comparison, moment_date(a), moment_date(b));
}

static bool holds_value(const struct evaluator *evaluator, const struct test *test,
                        struct here here, const struct here *subject)
{
    int64_t value = path_value(evaluator, &test->path, here, subject);
    if (value == NO_VALUE)
        return false;
    for (size_t i = 0; i < test->value_count; i++)
        if (test->numbers[i] == value)
            return true;
    return false;
}

static bool holds_age(struct evaluator *evaluator, const struct test *test, struct here here)
{
    int64_t child = store_value(here.table, test->link, here.row);
    uint32_t row =
        store_resolve(evaluator->store, evaluator->children->dataset, child, evaluator->month_end);
    if (row == UINT32_MAX)
        return false;
    date_t born = store_day(evaluator->children, test->other.fields[0], row);
    if (born == NO_DATE) {
        evaluator->no_birth_date[row] = 1;
        return false;
    }
    return compares(test->comparison, age_in_years(born, evaluator->month_end), test->number);
}

/* Groups are asked for the same child again and again: remembered for the month. */
static bool holds_group(struct evaluator *evaluator, const struct test *test, struct here here)
{
    int64_t child = store_value(here.table, test->link, here.row);
    if (child == NO_VALUE)
        return false;
    uint8_t *member = &evaluator->members[test->group][child];
    if (*member == MEMBER_UNKNOWN) {
        uint32_t row = store_resolve(evaluator->store, evaluator->children->dataset, child,
                                     evaluator->month_end);
        const struct test *group = evaluator->definitions->groups[test->group].test;
        bool inside = row != UINT32_MAX &&
                      holds(evaluator, group, (struct here){evaluator->children, row}, NULL);
        *member = inside ? MEMBER_INSIDE : MEMBER_OUTSIDE;
    }
    return *member == MEMBER_INSIDE;
}

static void swap_months(struct evaluator *evaluator, month_t month)
{
    uint8_t **members = evaluator->members;
    evaluator->members = evaluator->members_before;
    evaluator->members_before = members;
    evaluator->month = month;
    evaluator->month_end = month_last(month);
}

/* Whether the row's child was in the group a month ago. No group asks this, so that it never leads
 * more than one month back. */
static bool held_group_before(struct evaluator *evaluator, const struct test *test,
                              struct here here)
{
    month_t month = evaluator->month;
    swap_months(evaluator, month - 1);
    bool inside = holds_group(evaluator, test, here);
    swap_months(evaluator, month);
    return inside;
}

int evaluator_group(struct evaluator *evaluator, size_t group, struct cohort *cohort)
{
    struct cohort *members = &evaluator->groups[group];
    if (!members->rows) {
        const struct table *children = evaluator->children;
        const struct test *test = evaluator->definitions->groups[group].test;
        struct cohort asked;
        if (cohort_find(evaluator, test, &asked) < 0)
            return -1;
        uint32_t most = asked.every ? children->count : asked.count;
        uint32_t *rows = malloc(((size_t)most + 1) * sizeof *rows);
        *members = (struct cohort){.rows = rows, .owned = rows};
        memset(evaluator->members[group], MEMBER_OUTSIDE, children->identifiers.count);
        for (uint32_t i = 0; rows && i < most; i++) {
            uint32_t row = asked.every ? i : asked.rows[i];
            if (!holds(evaluator, test, (struct here){children, row}, NULL))
                continue;
            int64_t child = store_value(children, children->dataset->identifier, row);
            evaluator->members[group][child] = MEMBER_INSIDE;
            rows[members->count++] = row;
        }
        cohort_free(&asked);
        if (!rows)
            return error_memory(evaluator->error, "finding the cohorts");
    }
    *cohort = (struct cohort){.rows = members->rows, .count = members->count};
    return 0;
}

static struct related related_rows(const struct evaluator *evaluator, const struct test *test,
                                   struct here here, const struct here *subject)
{
    const struct relation *relation = &test->relation;
    struct related related = {.table = store_table(evaluator->store, relation->dataset),
                              .last_seen =
                                  relation->anchored ? evaluator->as_at : evaluator->month_end,
                              .hidden = UINT32_MAX};
    int64_t value = store_value(here.table, relation->from, here.row);
    const struct row_index *index = &related.table->columns[relation->to].index;
    if (value != NO_VALUE && (uint64_t)value < index->count) {
        related.rows = index->rows + index->start[value];
        related.count = index->start[value + 1] - index->start[value];
    }
    if (relation->this_month &&
        related.count > 0) { /* in the order of dates: the month's rows are at the end */
        date_t first = month_first(evaluator->month);
        uint32_t low = 0;
        uint32_t high = related.count;
        while (low < high) {
            uint32_t middle = low + (high - low) / 2;
            if (store_dated(related.table, related.rows[middle]) < first)
                low = middle + 1;
            else
                high = middle;
        }
        related.rows += low;
        related.count -= low;
    }
    if (relation->is_own && subject)
        related.hidden = subject->row;
    return related;
}

static bool holds_any(struct evaluator *evaluator, const struct test *test, struct here here,
                      const struct here *subject)
{
    struct related related = related_rows(evaluator, test, here, subject);
    int64_t found = 0;
    for (uint32_t i = 0; i < related.count && found < test->number; i++) {
        uint32_t row = related.rows[i];
        if (store_dated(related.table, row) > related.last_seen)
            break; /* in the order of dates */
        if (row != related.hidden &&
            (!test->left ||
             holds(evaluator, test->left, (struct here){related.table, row}, subject)))
            found++;
    }
    return found >= test->number;
}

static bool holds_latest(struct evaluator *evaluator, const struct test *test, struct here here,
                         const struct here *subject)
{
    struct related related = related_rows(evaluator, test, here, subject);
    date_t latest = NO_DATE;
    for (uint32_t i = related.count; i > 0; i--) { /* the latest first */
        struct here there = {related.table, related.rows[i - 1]};
        date_t dated = store_dated(there.table, there.row);
        if (dated > related.last_seen || there.row == related.hidden)
            continue;
        if (latest != NO_DATE && dated < latest)
            return false;
        if (test->left && !holds(evaluator, test->left, there, subject))
            continue;
        latest = dated;
        if (holds(evaluator, test->right, there, subject))
            return true;
    }
    return false;
}

static bool holds(struct evaluator *evaluator, const struct test *test, struct here here,
                  const struct here *subject)
{
    date_t end = evaluator->month_end;
    switch (test->kind) {
    case TEST_AND:
        return holds(evaluator, test->left, here, subject) &&
               holds(evaluator, test->right, here, subject);
    case TEST_OR:
        return holds(evaluator, test->left, here, subject) ||
               holds(evaluator, test->right, here, subject);
    case TEST_NOT:
        return !holds(evaluator, test->left, here, subject);
    case TEST_VALUE:
        return holds_value(evaluator, test, here, subject);
    case TEST_SET:
        return path_value(evaluator, &test->path, here, subject) != NO_VALUE;
    case TEST_FLAG:
        return path_value(evaluator, &test->path, here, subject) == 1;
    case TEST_COMPARE:
        return holds_comparison(evaluator, test, here, subject);
    case TEST_WITHIN: {
        moment_t moment = path_moment(evaluator, &test->path, here, subject);
        return within(evaluator, test, moment, moment_of_date(end), here);
    }
    case TEST_AFTER:
        return within(evaluator, test, path_moment(evaluator, &test->other, here, subject),
                      path_moment(evaluator, &test->path, here, subject), here);
    case TEST_BEFORE:
        return within(evaluator, test, path_moment(evaluator, &test->path, here, subject),
                      path_moment(evaluator, &test->other, here, subject), here);
    case TEST_IN_MONTH: {
        date_t day = moment_date(path_moment(evaluator, &test->path, here, subject));
        return day != NO_DATE && day >= month_first(evaluator->month) && day <= end;
    }
    case TEST_IN_FUTURE: {
        moment_t moment = path_moment(evaluator, &test->path, here, subject);
        return moment != NO_MOMENT && moment_date(moment) > evaluator->as_at;
    }
    case TEST_BY_MONTH_END: {
        date_t day = moment_date(path_moment(evaluator, &test->path, here, subject));
        return day != NO_DATE && day <= end;
    }
    case TEST_AGE:
        return holds_age(evaluator, test, here);
    case TEST_OPEN:
        return store_open(here.table, here.row, end);
    case TEST_OPEN_FOR: {
        date_t opened = store_day(here.table, here.table->dataset->opens, here.row);
        if (opened == NO_DATE || opened > end)
            return false;
        date_t due = add_span(evaluator, opened, test->number, test->unit, here);
        return due != NO_DATE && due <= end;
    }
    case TEST_GROUP:
        return holds_group(evaluator, test, here);
    case TEST_GROUP_BEFORE:
        return held_group_before(evaluator, test, here);
    case TEST_ANY:
        return holds_any(evaluator, test, here, subject);
    case TEST_LATEST:
        return holds_latest(evaluator, test, here, subject);
    }
    return false;
}

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

/* ---- members of dimensions ----------------------------------------------------------------- */

static bool comes_first(const struct table *table, uint32_t a, uint32_t b)
{
    const struct origin *x = &table->origins[a];
    const struct origin *y = &table->origins[b];
    return x->source != y->source ? x->source < y->source : x->row < y->row;
}

/* The latest related row that passes; of several of one day the first in its file. UINT32_MAX:
 * none.
 */
static uint32_t latest_row(struct evaluator *evaluator, const struct test *test, struct here here)
{
    struct related related = related_rows(evaluator, test, here, NULL);
    uint32_t latest = UINT32_MAX;
    for (uint32_t i = related.count; i > 0; i--) {
        uint32_t row = related.rows[i - 1];
        date_t dated = store_dated(related.table, row);
        if (dated > related.last_seen)
            continue;
        if (latest != UINT32_MAX && dated < store_dated(related.table, latest))
            break;
        if (test->left && !holds(evaluator, test->left, (struct here){related.table, row}, &here))
            continue;
        if (latest == UINT32_MAX || comes_first(related.table, row, latest))
            latest = row;
    }
    return latest;
}

/* The child that a row names, as a row of its own. False when there is none. */
static bool to_child(const struct evaluator *evaluator, struct here *here)
{
    const struct table *children = evaluator->children;
    if (here->table == children)
        return true;
    int64_t child = row_names(here->table, here->row, children->dataset);
    here->row = store_resolve(evaluator->store, children->dataset, child, evaluator->month_end);
    here->table = children;
    return here->row != UINT32_MAX;
}

/* The member of a dimension that a row belongs to, NO_VALUE when to none. */
static int64_t member_of(struct evaluator *evaluator, const struct dimension *dimension,
                         struct here here)
{
    const struct dimension_line *line = dimension_line(dimension, here.table->dataset);
    bool own = line == &dimension->lines[here.table->dataset->number];
    if (!own && !to_child(evaluator, &here))
        return NO_VALUE;
    for (size_t m = 0; m < dimension->member_count; m++)
        if (holds(evaluator, dimension->members[m].test, here, &here))
            return (int64_t)m;
    if (!line)
        return NO_VALUE;
    if (line->latest) {
        here = (struct here){store_table(evaluator->store, line->latest->relation.dataset),
                             latest_row(evaluator, line->latest, here)};
        if (here.row == UINT32_MAX)
            return NO_VALUE;
    }
    return path_value(evaluator, &line->path, here, &here);
}

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

struct span member_name(const struct store *store, const struct dimension *dimension,
                        int64_t member)
{
    if (member == NO_VALUE)
        return SPAN("not recorded");
    if (dimension->member_count > 0)
        return span_of(dimension->members[member].name);
    if (dimension->of_flags)
        return member ? SPAN("yes") : SPAN("no");
    return store_category_name(store, member);
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
    if (indicator->where && !holds(evaluator, indicator->where, here, &here))
        return 0;
    if (counting->dimension && choose_part(counting, here) < 0)
        return -1;
    struct tally tally = {.row = row, .reference = UINT32_MAX, .part = (uint32_t)counting->part};
    decimal_t weight = DECIMAL_ONE;
    bool left_out = false;
    if (indicator->weight.steps > 0) {
        weight = path_value(evaluator, &indicator->weight, here, &here);
        left_out = weight == NO_VALUE;
    }
    if (indicator->each.steps > 0) {
        tally.each = path_value(evaluator, &indicator->each, here, &here);
        left_out = left_out || tally.each == NO_VALUE;
    }
    if (indicator->per.steps > 0) {
        struct here end;
        bool found = follow(evaluator, &indicator->per, here, &here, &end);
        int last = indicator->per.fields[indicator->per.steps - 1];
        left_out = left_out || !found || store_value(end.table, last, end.row) == NO_VALUE;
        tally.reference = found ? end.row : UINT32_MAX;
    }
    if (left_out)
        return report_row(counting, row, VERDICT_LEFT_OUT);
    tally.met = indicator->met && holds(evaluator, indicator->met, here, &here);
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
    evaluator->indicator = indicator;
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

int evaluator_index(struct evaluator *evaluator, const struct test *test)
{
    return index_test(evaluator, test);
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
    evaluator->indicator = indicator;
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

/* ---- parts of a test ------------------------------------------------------------------------ */

bool evaluator_holds(struct evaluator *evaluator, const struct test *test, struct here here,
                     const struct here *subject)
{
    return holds(evaluator, test, here, subject);
}

moment_t evaluator_moment(const struct evaluator *evaluator, const struct path *path,
                          struct here here, const struct here *subject)
{
    return path_moment(evaluator, path, here, subject);
}

date_t evaluator_add(struct evaluator *evaluator, date_t date, int64_t number, enum unit unit,
                     struct here here)
{
    return add_span(evaluator, date, number, unit, here);
}

struct related evaluator_related(const struct evaluator *evaluator, const struct test *test,
                                 struct here here, const struct here *subject)
{
    return related_rows(evaluator, test, here, subject);
}

uint32_t evaluator_end(const struct evaluator *evaluator, const struct path *path, struct here here)
{
    struct here end;
    return follow(evaluator, path, here, &here, &end) ? end.row : UINT32_MAX;
}
