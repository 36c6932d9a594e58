#include "transforms/feeding.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_VALUES = 8 };

/* What is asked of the rows of one dataset in one place of a definition. */
struct need {
    const struct dataset *dataset;
    bool fields[MAX_FIELDS];
    bool blanks[MAX_FIELDS];                /* asked only whether they are not something */
    const struct test *values[MOST_VALUES]; /* tests that a field is one of some values */
    size_t value_count;
};

/* The needs of one indicator, weighed one after the other. */
struct weighing {
    const struct feeding *feeding;
    const char *code;
    struct feed *feed;
};

static void weigh(struct weighing *weighing, const struct need *need);
static void gather(struct weighing *weighing, const struct test *test, struct need *here,
                   struct need *subject, bool negated);

/* ---- what a definition asks ------------------------------------------------------------------ */

static struct need need_of(const struct dataset *dataset)
{
    return (struct need){.dataset = dataset};
}

/* The fields that a path leads through, each asked of its own dataset. */
static void gather_path(struct weighing *weighing, const struct path *path, struct need *here,
                        struct need *subject, const struct test *values)
{
    if (path->steps == 0)
        return;
    struct need *first = path->of_subject && subject ? subject : here;
    first->fields[path->fields[0]] = true;
    if (path->steps == 1 && values && first->value_count < MOST_VALUES)
        first->values[first->value_count++] = values;
    for (int s = 1; s < path->steps; s++) {
        struct need next = need_of(path->datasets[s]);
        next.fields[path->fields[s]] = true;
        if (s + 1 == path->steps && values)
            next.values[next.value_count++] = values;
        weigh(weighing, &next);
    }
}

static void gather_related(struct weighing *weighing, const struct test *test, struct need *here,
                           struct need *subject)
{
    struct need there = need_of(test->relation.dataset);
    here->fields[test->relation.from] = true;
    there.fields[test->relation.to] = true;
    gather(weighing, test->left, &there, subject, false);
    gather(weighing, test->right, &there, subject, false);
    weigh(weighing, &there);
}

static void gather_group(struct weighing *weighing, const struct test *test, struct need *here)
{
    const struct catalogue *catalogue = &weighing->feeding->config->catalogue;
    struct need child = need_of(catalogue_find(catalogue, SPAN("child")));
    here->fields[test->link] = true;
    gather(weighing, weighing->feeding->definitions->groups[test->group].test, &child, NULL, false);
    weigh(weighing, &child);
}

static void gather_open(struct need *here)
{
    here->fields[here->dataset->opens] = true;
    if (here->dataset->closes != NO_FIELD)
        here->blanks[here->dataset->closes] = true;
}

static void gather(struct weighing *weighing, const struct test *test, struct need *here,
                   struct need *subject, bool negated)
{
    if (!test)
        return;
    switch (test->kind) {
    case TEST_AND:
    case TEST_OR:
        gather(weighing, test->left, here, subject, false);
        gather(weighing, test->right, here, subject, false);
        break;
    case TEST_NOT:
        gather(weighing, test->left, here, subject, true);
        break;
    case TEST_VALUE:
        if (negated && test->path.steps == 1 && !test->path.of_subject)
            here->blanks[test->path.fields[0]] = true;
        else
            gather_path(weighing, &test->path, here, subject, negated ? NULL : test);
        break;
    case TEST_GROUP:
    case TEST_GROUP_BEFORE:
        gather_group(weighing, test, here);
        break;
    case TEST_AGE: {
        struct need child = need_of(test->other.datasets[0]);
        here->fields[test->link] = true;
        child.fields[test->other.fields[0]] = true;
        weigh(weighing, &child);
        break;
    }
    case TEST_OPEN:
    case TEST_OPEN_FOR:
        gather_open(here);
        break;
    case TEST_ANY:
    case TEST_LATEST:
        gather_related(weighing, test, here, subject);
        break;
    default: /* tests of one or two fields */
        gather_path(weighing, &test->path, here, subject, NULL);
        gather_path(weighing, &test->other, here, subject, NULL);
    }
}

/* ---- what a source gives --------------------------------------------------------------------- */

static bool gives(const struct feeding_source *fed, int field)
{
    const struct field_source *source = &fed->source->fields[field];
    return (source->headers.count > 0 && !fed->absent[field]) || source->always ||
           source->made_count > 0;
}

static bool is_same(struct span value, const char *word)
{
    struct buffer a = {0};
    struct buffer b = {0};
    text_fold(&a, value);
    text_fold(&b, span_of(word));
    bool same = a.length == b.length && (a.length == 0 || memcmp(a.text, b.text, a.length) == 0);
    buffer_free(&a);
    buffer_free(&b);
    return same;
}

/* Whether a source can give a field one of the values that a test asks. */
static bool gives_value(const struct feeding_source *fed, const struct test *test)
{
    int field = test->path.fields[test->path.steps - 1];
    const struct field_source *source = &fed->source->fields[field];
    bool from_column = source->headers.count > 0 && !fed->absent[field];
    if (from_column && !source->values)
        return true;
    for (size_t v = 0; v < test->value_count; v++) {
        if (source->always && is_same(test->values[v], source->always))
            return true;
        for (size_t s = 0; from_column && s < source->values->count; s++)
            if (is_same(test->values[v], source->values->spellings[s].value))
                return true;
    }
    return false;
}

/* The first field (and of it the test) that the source cannot give; NO_FIELD when it gives all. */
static int first_lack(const struct feeding_source *fed, const struct need *need,
                      const struct test **test)
{
    *test = NULL;
    for (int f = 0; f < need->dataset->field_count; f++)
        if (need->fields[f] && !gives(fed, f))
            return f;
    for (size_t v = 0; v < need->value_count; v++) {
        if (!gives_value(fed, need->values[v])) {
            *test = need->values[v];
            return (*test)->path.fields[(*test)->path.steps - 1];
        }
    }
    return NO_FIELD;
}

/* Whether nothing is asked of children but who they are: every row that names one says so. */
static bool asks_only_who(const struct need *need)
{
    if (strcmp(need->dataset->name, "child") != 0)
        return false;
    for (int f = 0; f < need->dataset->field_count; f++)
        if (need->fields[f] && f != need->dataset->identifier)
            return false;
    return true;
}

/* What a source's layout says it cannot feed, or NULL. */
static const char *gap_reason(const struct config *config, const struct source_config *source,
                              const char *code)
{
    for (const struct layout_gap *gap = config->gaps; gap; gap = gap->next)
        if (gap->of_indicator && strcmp(gap->name, code) == 0 &&
            strcmp(gap->file, source->file) == 0)
            return gap->reason;
    return NULL;
}

/* ---- weighing -------------------------------------------------------------------------------- */

/* The line "without DATASET = why", or NULL. */
static const struct layout_gap *find_without(const struct config *config, const char *name)
{
    const struct layout_gap *without = config->gaps;
    while (without && (without->of_indicator || strcmp(without->name, name) != 0))
        without = without->next;
    return without;
}

static void say_unfed(struct weighing *weighing, const struct need *need, const char *gap,
                      int lacked, const struct test *test)
{
    const struct config *config = weighing->feeding->config;
    struct buffer *why = &weighing->feed->why;
    const char *name = need->dataset->name;
    const struct layout_gap *without = find_without(config, name);
    why->length = 0;
    if (gap)
        buffer_add_text(why, gap);
    else if (lacked != NO_FIELD && test)
        buffer_format(why, "%s.%s: no source gives '%.*s'", name,
                      need->dataset->fields[lacked].name, (int)test->values[0].length,
                      test->values[0].text);
    else if (lacked != NO_FIELD)
        buffer_format(why, "%s.%s: no source gives it", name, need->dataset->fields[lacked].name);
    else if (without)
        buffer_format(why, "%s: %s", name, without->reason);
    else
        buffer_format(why, "%s: no source feeds it", name);
}

static void add_blanks(struct weighing *weighing, const struct need *need,
                       const bool given[MAX_FIELDS])
{
    struct buffer *blank = &weighing->feed->blank;
    for (int f = 0; f < need->dataset->field_count; f++) {
        if (!need->blanks[f] || need->fields[f] || given[f])
            continue;
        struct buffer name = {0};
        buffer_format(&name, "%s.%s", need->dataset->name, need->dataset->fields[f].name);
        if (!name.failed && !(blank->length > 0 && strstr(blank->text, name.text)))
            buffer_format(blank, "%s%s", blank->length > 0 ? ", " : "", name.text);
        blank->failed = blank->failed || name.failed;
        buffer_free(&name);
    }
}

/* Takes a need into account: the indicator is fed no further back than it. */
static void weigh(struct weighing *weighing, const struct need *need)
{
    const struct feeding *feeding = weighing->feeding;
    bool who = asks_only_who(need);
    const struct feeding_source *best = NULL;
    bool given[MAX_FIELDS] = {false};
    const char *gap = NULL;
    int lacked = NO_FIELD;
    const struct test *lacked_test = NULL;
    if (feeding->whole[need->dataset->number])
        return;
    for (size_t s = 0; s < feeding->count; s++) {
        const struct feeding_source *fed = &feeding->sources[s];
        bool names = who && dataset_field(fed->source->dataset, SPAN("child")) != NO_FIELD;
        if (fed->source->dataset != need->dataset && !names)
            continue;
        const char *reason = gap_reason(feeding->config, fed->source, weighing->code);
        const struct test *test = NULL;
        int lack = names || reason ? NO_FIELD : first_lack(fed, need, &test);
        if (reason || lack != NO_FIELD) {
            gap = reason ? reason : gap;
            if (lack != NO_FIELD && (lacked == NO_FIELD || (test && !lacked_test))) {
                lacked = lack;
                lacked_test = test;
            }
            continue;
        }
        if (!best || fed->source->covers > best->source->covers)
            best = fed;
        for (int f = 0; f < need->dataset->field_count && !names; f++)
            given[f] = given[f] || gives(fed, f);
    }
    struct feed *feed = weighing->feed;
    if (!best && !gap && lacked == NO_FIELD && !find_without(feeding->config, need->dataset->name))
        buffer_format(&feed->unexplained, "%s ", need->dataset->name);
    struct reach reach = {COVERS_NOTHING, NO_DATE};
    if (best)
        reach = (struct reach){best->source->covers, best->taken};
    if (reach.covers < feed->reach.covers) {
        feed->reach = reach;
        feed->why.length = 0;
        if (!best)
            say_unfed(weighing, need, gap, lacked, lacked_test);
        else
            buffer_add_text(&feed->why, best->source->covers_why);
    }
    if (best && !who)
        add_blanks(weighing, need, given);
}

static void weigh_indicator(struct weighing *weighing, const struct indicator *indicator)
{
    for (size_t p = 0; p < indicator->pool_count; p++)
        weigh_indicator(weighing, indicator->pool[p]);
    if (!indicator->count)
        return;
    struct need subject = need_of(indicator->count);
    if (indicator->when == WHEN_OPEN)
        gather_open(&subject);
    gather_path(weighing, &indicator->when_field, &subject, NULL, NULL);
    gather_path(weighing, &indicator->each, &subject, NULL, NULL);
    gather_path(weighing, &indicator->weight, &subject, NULL, NULL);
    gather_path(weighing, &indicator->per, &subject, NULL, NULL);
    gather(weighing, indicator->where, &subject, &subject, false);
    gather(weighing, indicator->met, &subject, &subject, false);
    weigh(weighing, &subject);
}

int feeding_indicator(const struct feeding *feeding, const struct indicator *indicator,
                      struct feed *feed, struct error *error)
{
    feed->reach = (struct reach){COVERS_EVERY, NO_DATE};
    feed->why.length = feed->blank.length = feed->unexplained.length = 0;
    struct weighing weighing = {feeding, indicator->code, feed};
    weigh_indicator(&weighing, indicator);
    if (feed->why.failed || feed->blank.failed || feed->unexplained.failed)
        return error_memory(error, "weighing the sources");
    return 0;
}

void feed_free(struct feed *feed)
{
    buffer_free(&feed->why);
    buffer_free(&feed->blank);
    buffer_free(&feed->unexplained);
}

struct reach *feeding_reaches(const struct feeding *feeding, struct error *error)
{
    const struct definitions *definitions = feeding->definitions;
    struct reach *reaches = calloc(definitions->count + 1, sizeof *reaches);
    struct feed feed = {0};
    int status = reaches ? 0 : error_memory(error, "weighing the sources");
    for (size_t i = 0; i < definitions->count && status == 0; i++) {
        const struct indicator *indicator = definitions->indicators[i];
        status = feeding_indicator(feeding, indicator, &feed, error);
        reaches[indicator->number] = feed.reach;
    }
    feed_free(&feed);
    if (status == 0)
        return reaches;
    free(reaches);
    return NULL;
}

bool feeding_tells_of(const struct reach *reach, month_t month, date_t as_at)
{
    date_t taken = reach->taken == NO_DATE ? as_at : reach->taken;
    if (reach->covers == COVERS_NOTHING || reach->covers == COVERS_EVERY)
        return reach->covers == COVERS_EVERY;
    if (reach->covers == COVERS_LATEST)
        return month == month_of(taken + 1) - 1;
    return month_first(month) >= date_add_months(taken, -reach->covers);
}

/* ---- which sources --------------------------------------------------------------------------- */

static int feeding_init(struct feeding *feeding, const struct config *config,
                        const struct definitions *definitions, size_t most, struct error *error)
{
    *feeding = (struct feeding){.config = config, .definitions = definitions};
    feeding->sources = calloc(most + 1, sizeof *feeding->sources);
    feeding->whole = calloc(config->catalogue.count + 1, sizeof *feeding->whole);
    if (!feeding->sources || !feeding->whole) {
        feeding_free(feeding);
        return error_memory(error, "weighing the sources");
    }
    return 0;
}

void feeding_free(struct feeding *feeding)
{
    free(feeding->sources);
    free(feeding->whole);
    *feeding = (struct feeding){0};
}

int feeding_of_config(struct feeding *feeding, const struct config *config,
                      const struct definitions *definitions, struct error *error)
{
    if (feeding_init(feeding, config, definitions, config->source_count, error) < 0)
        return -1;
    for (size_t s = 0; s < config->source_count; s++)
        feeding->sources[feeding->count++] =
            (struct feeding_source){.source = &config->sources[s], .taken = NO_DATE};
    return 0;
}

static const struct source_config *find_source(const struct config *config,
                                               const struct source_count *count)
{
    for (size_t s = 0; s < config->source_count; s++)
        if (config->sources[s].dataset == count->dataset &&
            strcmp(config->sources[s].name, count->section) == 0)
            return &config->sources[s];
    return NULL;
}

int feeding_of_intake(struct feeding *feeding, const struct config *config,
                      const struct definitions *definitions, const struct intake *intake,
                      struct error *error)
{
    if (feeding_init(feeding, config, definitions, intake->count_count, error) < 0)
        return -1;
    for (size_t d = 0; d < config->catalogue.count; d++)
        feeding->whole[d] = intake->count_count == 0; /* nothing is known of sources */
    for (size_t c = 0; c < intake->count_count; c++) {
        const struct source_count *count = &intake->counts[c];
        const struct source_config *source = find_source(config, count);
        if (!source) {
            feeding->whole[count->dataset->number] = true;
            continue;
        }
        struct feeding_source *fed = &feeding->sources[feeding->count++];
        fed->source = source;
        fed->taken = intake->store->sources[count->source - 1].as_at;
        struct span rest = span_of(count->absent);
        while (rest.text) {
            int field = dataset_field(count->dataset, span_cut(&rest, ','));
            if (field != NO_FIELD)
                fed->absent[field] = true;
        }
    }
    return 0;
}
