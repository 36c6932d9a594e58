#include "transforms/evaluator.h"

#include <stdlib.h>
#include <string.h>

#include "transforms/evaluate.h"
#include "transforms/feeding.h"

enum { MEMBER_UNKNOWN, MEMBER_OUTSIDE, MEMBER_INSIDE };

/* ---- life ---------------------------------------------------------------------------------- */

int evaluator_index(struct evaluator *evaluator, const struct test *test)
{
    if (!test)
        return 0;
    if (test->relation.dataset &&
        !store_index(evaluator->store, test->relation.dataset, test->relation.to, evaluator->error))
        return -1;
    if (evaluator_index(evaluator, test->left) < 0)
        return -1;
    return evaluator_index(evaluator, test->right);
}

/* What the dimensions look up. */
static int index_dimensions(struct evaluator *evaluator)
{
    const struct definitions *definitions = evaluator->definitions;
    for (size_t d = 0; d < definitions->dimension_count; d++) {
        const struct dimension *dimension = definitions->dimensions[d];
        for (size_t m = 0; m < dimension->member_count; m++)
            if (evaluator_index(evaluator, dimension->members[m].test) < 0)
                return -1;
        for (size_t l = 0; l < evaluator->store->catalogue->count; l++)
            if (evaluator_index(evaluator, dimension->lines[l].latest) < 0)
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
                                    .asks = "a test",
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
        if (evaluator_index(evaluator, definitions->groups[g].test) < 0)
            return -1;
    for (size_t i = 0; i < definitions->count; i++)
        if (evaluator_index(evaluator, definitions->indicators[i]->where) < 0 ||
            evaluator_index(evaluator, definitions->indicators[i]->met) < 0)
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
bool evaluator_follow(const struct evaluator *evaluator, const struct path *path, struct here here,
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

int64_t evaluator_value(const struct evaluator *evaluator, const struct path *path,
                        struct here here, const struct here *subject)
{
    if (path->steps == 1 && !path->of_subject) /* nearly all */
        return store_value(here.table, path->fields[0], here.row);
    struct here end;
    if (!evaluator_follow(evaluator, path, here, subject, &end))
        return NO_VALUE;
    return store_value(end.table, path->fields[path->steps - 1], end.row);
}

uint32_t evaluator_end(const struct evaluator *evaluator, const struct path *path, struct here here)
{
    struct here end;
    return evaluator_follow(evaluator, path, here, &here, &end) ? end.row : UINT32_MAX;
}

/* A date or time as a moment; NO_MOMENT when missing. */
moment_t evaluator_moment(const struct evaluator *evaluator, const struct path *path,
                          struct here here, const struct here *subject)
{
    int64_t value = evaluator_value(evaluator, path, here, subject);
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
                     "%s: '%s'%s%s%s row %u: working days are counted outside the years of the "
                     "bank-holiday table (%d to %d): correct the date, or extend the table",
                     evaluator->asks, source->file, *source->sheet ? " sheet '" : "", source->sheet,
                     *source->sheet ? "'" : "", origin->row, first, last);
}

/* The day `number` units after a day. */
date_t evaluator_add(struct evaluator *evaluator, date_t date, int64_t number, enum unit unit,
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
        date_t due = evaluator_add(evaluator, from, test->number, test->unit, here);
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
        int64_t a = evaluator_value(evaluator, &test->path, here, subject);
        int64_t b = test->other.steps ? evaluator_value(evaluator, &test->other, here, subject)
                                      : test->number;
        return a != NO_VALUE && b != NO_VALUE && compares(test->comparison, a, b);
    }
    moment_t a = evaluator_moment(evaluator, &test->path, here, subject);
    moment_t b = test->other.steps ? evaluator_moment(evaluator, &test->other, here, subject)
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
    int64_t value = evaluator_value(evaluator, &test->path, here, subject);
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
        bool inside =
            row != UINT32_MAX &&
            evaluator_holds(evaluator, group, (struct here){evaluator->children, row}, NULL);
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
            if (!evaluator_holds(evaluator, test, (struct here){children, row}, NULL))
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

struct related evaluator_related(const struct evaluator *evaluator, const struct test *test,
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
    struct related related = evaluator_related(evaluator, test, here, subject);
    int64_t found = 0;
    for (uint32_t i = 0; i < related.count && found < test->number; i++) {
        uint32_t row = related.rows[i];
        if (store_dated(related.table, row) > related.last_seen)
            break; /* in the order of dates */
        if (row != related.hidden &&
            (!test->left ||
             evaluator_holds(evaluator, test->left, (struct here){related.table, row}, subject)))
            found++;
    }
    return found >= test->number;
}

static bool holds_latest(struct evaluator *evaluator, const struct test *test, struct here here,
                         const struct here *subject)
{
    struct related related = evaluator_related(evaluator, test, here, subject);
    date_t latest = NO_DATE;
    for (uint32_t i = related.count; i > 0; i--) { /* the latest first */
        struct here there = {related.table, related.rows[i - 1]};
        date_t dated = store_dated(there.table, there.row);
        if (dated > related.last_seen || there.row == related.hidden)
            continue;
        if (latest != NO_DATE && dated < latest)
            return false;
        if (test->left && !evaluator_holds(evaluator, test->left, there, subject))
            continue;
        latest = dated;
        if (evaluator_holds(evaluator, test->right, there, subject))
            return true;
    }
    return false;
}

bool evaluator_holds(struct evaluator *evaluator, const struct test *test, struct here here,
                     const struct here *subject)
{
    date_t end = evaluator->month_end;
    switch (test->kind) {
    case TEST_AND:
        return evaluator_holds(evaluator, test->left, here, subject) &&
               evaluator_holds(evaluator, test->right, here, subject);
    case TEST_OR:
        return evaluator_holds(evaluator, test->left, here, subject) ||
               evaluator_holds(evaluator, test->right, here, subject);
    case TEST_NOT:
        return !evaluator_holds(evaluator, test->left, here, subject);
    case TEST_VALUE:
        return holds_value(evaluator, test, here, subject);
    case TEST_SET:
        return evaluator_value(evaluator, &test->path, here, subject) != NO_VALUE;
    case TEST_FLAG:
        return evaluator_value(evaluator, &test->path, here, subject) == 1;
    case TEST_COMPARE:
        return holds_comparison(evaluator, test, here, subject);
    case TEST_WITHIN: {
        moment_t moment = evaluator_moment(evaluator, &test->path, here, subject);
        return within(evaluator, test, moment, moment_of_date(end), here);
    }
    case TEST_AFTER:
        return within(evaluator, test, evaluator_moment(evaluator, &test->other, here, subject),
                      evaluator_moment(evaluator, &test->path, here, subject), here);
    case TEST_BEFORE:
        return within(evaluator, test, evaluator_moment(evaluator, &test->path, here, subject),
                      evaluator_moment(evaluator, &test->other, here, subject), here);
    case TEST_IN_MONTH: {
        date_t day = moment_date(evaluator_moment(evaluator, &test->path, here, subject));
        return day != NO_DATE && day >= month_first(evaluator->month) && day <= end;
    }
    case TEST_IN_FUTURE: {
        moment_t moment = evaluator_moment(evaluator, &test->path, here, subject);
        return moment != NO_MOMENT && moment_date(moment) > evaluator->as_at;
    }
    case TEST_BY_MONTH_END: {
        date_t day = moment_date(evaluator_moment(evaluator, &test->path, here, subject));
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
        date_t due = evaluator_add(evaluator, opened, test->number, test->unit, here);
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
