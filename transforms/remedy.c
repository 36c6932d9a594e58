#include "transforms/remedy.h"

/* What is looked at: a test, the row it is asked of, and the subject it speaks of as `this`. */
struct question {
    struct evaluator *evaluator;
    struct here here;
    const struct here *subject;
};

static struct remedy seek(const struct question *question, const struct test *test, bool wanted);

static moment_t moment_at(const struct question *question, const struct path *path)
{
    return evaluator_moment(question->evaluator, path, question->here, question->subject);
}

static date_t day_of(const struct question *question, const struct path *path)
{
    return moment_date(moment_at(question, path));
}

/* The last day on which something is within the span of a moment. */
static date_t later(moment_t moment, const struct test *span, const struct question *question)
{
    if (moment == NO_MOMENT)
        return NO_DATE;
    if (span->unit == UNIT_HOURS) /* the day that its last hour lies in */
        return moment_date(moment + span->number * 3600);
    return evaluator_add(question->evaluator, moment_date(moment), span->number, span->unit,
                         question->here);
}

/* ---- a test of the row itself --------------------------------------------------------------- */

/* The last day on which the date at the end of the path would have been in time. */
static date_t due_day(const struct question *question, const struct test *test)
{
    switch (test->kind) {
    case TEST_WITHIN:
        return later(moment_at(question, &test->path), test, question);
    case TEST_AFTER:
        return later(moment_at(question, &test->other), test, question);
    case TEST_COMPARE:
        return test->other.steps > 0 ? day_of(question, &test->other) : NO_DATE;
    case TEST_IN_MONTH:
    case TEST_BY_MONTH_END:
        return question->evaluator->month_end;
    default:
        return NO_DATE;
    }
}

static bool is_of_dates(const struct test *test)
{
    if (test->kind == TEST_COMPARE) {
        enum field_type type = path_field(&test->path)->type;
        return type == TYPE_DATE || type == TYPE_TIME;
    }
    return test->kind == TEST_WITHIN || test->kind == TEST_AFTER || test->kind == TEST_IN_MONTH ||
           test->kind == TEST_BY_MONTH_END;
}

static struct remedy seek_field(const struct question *question, const struct test *test)
{
    struct remedy remedy = {.found = true, .last = NO_DATE, .due = NO_DATE, .done = NO_DATE};
    remedy.field = path_field(&test->path);
    if (!is_of_dates(test))
        return remedy;
    remedy.due = due_day(question, test);
    date_t there = day_of(question, &test->path);
    bool late = there != NO_DATE && remedy.due != NO_DATE && there > remedy.due;
    if (late || (there != NO_DATE && there > question->evaluator->month_end))
        remedy.done = there;
    else
        remedy.last = there;
    return remedy;
}

/* ---- a test of related rows ----------------------------------------------------------------- */

/* The part of a predicate's `and`s that speaks of time; NULL when there is none. */
static const struct test *timing_of(const struct test *test)
{
    if (!test)
        return NULL;
    if (test->kind == TEST_AND) {
        const struct test *left = timing_of(test->left);
        return left ? left : timing_of(test->right);
    }
    return is_of_dates(test) ? test : NULL;
}

/* The part that says which kind of row; NULL when there is none. */
static const struct test *kind_of(const struct test *test)
{
    if (!test)
        return NULL;
    if (test->kind == TEST_AND) {
        const struct test *left = kind_of(test->left);
        return left ? left : kind_of(test->right);
    }
    return test->kind == TEST_VALUE && strcmp(path_field(&test->path)->name, "kind") == 0 ? test
                                                                                          : NULL;
}

/* Whether a row passes all of a predicate but its timing. */
static bool passes_without(const struct question *question, const struct test *test,
                           const struct test *timing)
{
    if (!test || test == timing)
        return true;
    if (test->kind == TEST_AND)
        return passes_without(question, test->left, timing) &&
               passes_without(question, test->right, timing);
    return evaluator_holds(question->evaluator, test, question->here, question->subject);
}

/* No row is there that should be: the latest that is not in time, and the first that came since. */
static struct remedy seek_any(const struct question *question, const struct test *test)
{
    struct evaluator *evaluator = question->evaluator;
    const struct test *timing = timing_of(test->left);
    struct remedy remedy = {.found = true,
                            .thing = test->relation.dataset,
                            .kind = kind_of(test->left),
                            .last = NO_DATE,
                            .due = NO_DATE,
                            .done = NO_DATE};
    struct test whole = *test; /* all related rows, whatever their month */
    whole.relation.this_month = false;
    struct related related =
        evaluator_related(evaluator, &whole, question->here, question->subject);
    struct question there = *question;
    for (uint32_t i = 0; i < related.count; i++) {
        there.here = (struct here){related.table, related.rows[i]};
        if (there.here.row == related.hidden || !passes_without(&there, test->left, timing))
            continue;
        date_t date =
            timing ? day_of(&there, &timing->path) : store_dated(related.table, related.rows[i]);
        if (date == NO_DATE || date > evaluator->as_at)
            continue;
        if (date > evaluator->month_end)
            remedy.done = remedy.done == NO_DATE || date < remedy.done ? date : remedy.done;
        else if (remedy.last == NO_DATE || date > remedy.last)
            remedy.last = date;
    }
    if (!timing)
        return remedy;
    if (timing->kind == TEST_WITHIN)
        remedy.due = later(moment_of_date(remedy.last), timing, question);
    else if (timing->kind == TEST_AFTER && timing->other.of_subject)
        remedy.due = later(moment_at(question, &timing->other), timing, question);
    else if (timing->kind == TEST_IN_MONTH)
        remedy.due = evaluator->month_end;
    return remedy;
}

/* The comparison of two dates of a row, somewhere in a predicate: held > due. */
static const struct test *comparison_in(const struct test *test)
{
    if (!test)
        return NULL;
    if (test->kind == TEST_COMPARE && is_of_dates(test) && test->other.steps > 0 &&
        !test->other.of_subject)
        return test;
    if (test->kind != TEST_AND && test->kind != TEST_OR && test->kind != TEST_NOT)
        return NULL;
    const struct test *left = comparison_in(test->left);
    return left ? left : comparison_in(test->right);
}

/* What is wrong with one related row. */
static struct remedy of_row(const struct question *question, const struct test *test,
                            const struct test *predicate)
{
    const struct test *comparison = comparison_in(predicate);
    struct remedy remedy = {.found = true,
                            .thing = test->relation.dataset,
                            .kind = kind_of(test->left),
                            .last = NO_DATE,
                            .due = NO_DATE,
                            .done = NO_DATE};
    if (!comparison) {
        remedy.last = store_dated(question->here.table, question->here.row);
        return remedy;
    }
    struct remedy field = seek_field(question, comparison);
    remedy.last = field.last;
    remedy.due = field.due;
    remedy.done = field.done;
    return remedy;
}

/* A row is there that should not be, like a review that was late: the first that is not done yet,
 * else the first. */
static struct remedy seek_none(const struct question *question, const struct test *test)
{
    struct related related =
        evaluator_related(question->evaluator, test, question->here, question->subject);
    struct question there = *question;
    struct remedy found = {.found = false};
    for (uint32_t i = 0; i < related.count && test->left; i++) {
        there.here = (struct here){related.table, related.rows[i]};
        if (store_dated(related.table, related.rows[i]) > related.last_seen ||
            there.here.row == related.hidden ||
            !evaluator_holds(question->evaluator, test->left, there.here, question->subject))
            continue;
        struct remedy remedy = of_row(&there, test, test->left);
        if (!found.found || (found.done != NO_DATE && remedy.done == NO_DATE))
            found = remedy;
    }
    return found;
}

/* The latest row does not pass. */
static struct remedy seek_latest(const struct question *question, const struct test *test)
{
    struct related related =
        evaluator_related(question->evaluator, test, question->here, question->subject);
    struct question there = *question;
    for (uint32_t i = related.count; i > 0; i--) {
        there.here = (struct here){related.table, related.rows[i - 1]};
        if (store_dated(related.table, there.here.row) > related.last_seen ||
            there.here.row == related.hidden ||
            (test->left &&
             !evaluator_holds(question->evaluator, test->left, there.here, question->subject)))
            continue;
        return of_row(&there, test, test->right);
    }
    return (struct remedy){.found = true,
                           .thing = test->relation.dataset,
                           .kind = kind_of(test->left),
                           .last = NO_DATE,
                           .due = NO_DATE,
                           .done = NO_DATE};
}

/* ---- and, or, not --------------------------------------------------------------------------- */

/* Of two ways to put a row right, the one with more time. */
static struct remedy easier(struct remedy a, struct remedy b)
{
    if (!a.found || !b.found)
        return a.found ? a : b;
    if (a.due == NO_DATE || b.due == NO_DATE)
        return a.due != NO_DATE ? a : b.due != NO_DATE ? b : a;
    return b.due > a.due ? b : a;
}

/* The first part that is not as wanted; nothing when one part cannot be put right. */
static struct remedy seek_both(const struct question *question, const struct test *test,
                               bool wanted)
{
    const struct test *const parts[] = {test->left, test->right};
    struct remedy found = {.found = false};
    for (size_t p = 0; p < 2; p++) {
        if (evaluator_holds(question->evaluator, parts[p], question->here, question->subject) ==
            wanted)
            continue;
        struct remedy remedy = seek(question, parts[p], wanted);
        if (!remedy.found)
            return remedy;
        if (!found.found)
            found = remedy;
    }
    return found;
}

static struct remedy seek_either(const struct question *question, const struct test *test,
                                 bool wanted)
{
    return easier(seek(question, test->left, wanted), seek(question, test->right, wanted));
}

static struct remedy seek(const struct question *question, const struct test *test, bool wanted)
{
    switch (test->kind) {
    case TEST_AND:
        return wanted ? seek_both(question, test, true) : seek_either(question, test, false);
    case TEST_OR:
        return wanted ? seek_either(question, test, true) : seek_both(question, test, false);
    case TEST_NOT:
        return seek(question, test->left, !wanted);
    case TEST_ANY:
        return wanted ? seek_any(question, test) : seek_none(question, test);
    case TEST_LATEST:
        if (wanted)
            return seek_latest(question, test);
        break;
    case TEST_VALUE:
    case TEST_SET:
    case TEST_FLAG:
    case TEST_COMPARE:
    case TEST_WITHIN:
    case TEST_AFTER:
    case TEST_IN_MONTH:
    case TEST_BY_MONTH_END:
        if (wanted)
            return seek_field(question, test);
        break;
    case TEST_IN_FUTURE:
    case TEST_BEFORE:
    case TEST_AGE:
    case TEST_OPEN:
    case TEST_OPEN_FOR:
    case TEST_GROUP:
    case TEST_GROUP_BEFORE:
        break;
    }
    return (struct remedy){.found = false};
}

int remedy_find(struct evaluator *evaluator, const struct test *test, struct here subject,
                struct remedy *remedy)
{
    struct question question = {evaluator, subject, &subject};
    *remedy = seek(&question, test, true);
    if (!remedy->found)
        *remedy = (struct remedy){.last = NO_DATE, .due = NO_DATE, .done = NO_DATE};
    return evaluator->error->code == EXIT_COMPLETE ? 0 : -1;
}

/* Names of datasets and fields are joined by underscores. */
static void add_words(struct buffer *out, const char *name)
{
    for (; *name; name++)
        buffer_add_char(out, *name == '_' ? ' ' : *name);
}

void remedy_describe(const struct remedy *remedy, struct buffer *out)
{
    if (remedy->thing)
        add_words(out, remedy->thing->name);
    else if (remedy->field)
        add_words(out, remedy->field->name);
    for (size_t v = 0; remedy->kind && v < remedy->kind->value_count; v++) {
        buffer_add_text(out, v == 0 ? ": " : " or ");
        buffer_add(out, remedy->kind->values[v].text, remedy->kind->values[v].length);
    }
}
