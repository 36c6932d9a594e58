#include "transforms/definition.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "etl/ini_file.h"

struct loading {
    struct definitions *definitions;
    const struct config *config;
    struct store *store;
    struct problems *problems;
    struct error *error;
    const char *path;
};

struct indicator_key {
    const char *name;
    void (*read)(struct loading *, struct indicator *, const struct ini_entry *);
    const char *help;
};

static const char *keep(struct loading *loading, const char *text)
{
    const char *copy = arena_copy(&loading->definitions->arena, text, strlen(text));
    if (!copy) {
        error_memory(loading->error, "reading the definitions");
        return "";
    }
    return copy;
}

static struct scope scope_at(struct loading *loading, const char *code, unsigned line)
{
    return (struct scope){.store = loading->store,
                          .groups = loading->definitions->groups,
                          .group_count = loading->definitions->group_count,
                          .arena = &loading->definitions->arena,
                          .problems = loading->problems,
                          .file = loading->path,
                          .line = line,
                          .code = code};
}

static void complain(struct loading *loading, const struct indicator *indicator,
                     const struct ini_entry *entry, const char *what)
{
    problem(loading->problems, loading->path, entry->line, "%s: %s %s", indicator->code, entry->key,
            what);
}

/* "95%" or "17" */
static decimal_t read_amount(struct span text)
{
    if (text.length > 1 && text.text[text.length - 1] == '%')
        text.length--;
    return decimal_from_text(text);
}

/* ---- what something is computed from --------------------------------------------------------- */

/* Notes a dataset once. */
static void use_dataset(struct loading *loading, struct uses *uses, const struct dataset *dataset)
{
    for (size_t d = 0; d < uses->count; d++)
        if (uses->datasets[d] == dataset)
            return;
    if (!uses->datasets)
        uses->datasets =
            arena_alloc(&loading->definitions->arena,
                        (loading->config->catalogue.count + 1) * sizeof(const struct dataset *));
    if (uses->datasets)
        uses->datasets[uses->count++] = dataset;
    else
        error_memory(loading->error, "reading the definitions");
}

static void use_path(struct loading *loading, struct uses *uses, const struct path *path)
{
    for (int s = 0; s < path->steps; s++) {
        use_dataset(loading, uses, path->datasets[s]);
        if (strcmp(path->datasets[s]->name, "child") == 0 &&
            path->fields[s] != path->datasets[s]->identifier)
            uses->attributes = true;
    }
}

static void use_test(struct loading *loading, struct uses *uses, const struct test *test)
{
    if (!test)
        return;
    use_path(loading, uses, &test->path);
    use_path(loading, uses, &test->other);
    if (test->relation.dataset)
        use_dataset(loading, uses, test->relation.dataset);
    if (test->kind == TEST_GROUP || test->kind == TEST_GROUP_BEFORE)
        use_test(loading, uses, loading->definitions->groups[test->group].test);
    use_test(loading, uses, test->left);
    use_test(loading, uses, test->right);
}

/* Whether everything used came in the stream; if not, the name of the first that did not. */
static bool uses_are_fed(const struct uses *uses, const struct store *store, const char **lacking)
{
    for (size_t d = 0; d < uses->count; d++) {
        const struct dataset *dataset = uses->datasets[d];
        bool needed = uses->attributes || strcmp(dataset->name, "child") != 0;
        if (needed && !store_table(store, dataset)->fed) {
            *lacking = dataset->name;
            return false;
        }
    }
    return true;
}

/* ---- a reader for each key ----------------------------------------------------------------- */

static void read_section(struct loading *loading, struct indicator *indicator,
                         const struct ini_entry *entry)
{
    indicator->section = keep(loading, entry->value);
}

static void read_title(struct loading *loading, struct indicator *indicator,
                       const struct ini_entry *entry)
{
    indicator->title = keep(loading, entry->value);
}

static void read_detail_title(struct loading *loading, struct indicator *indicator,
                              const struct ini_entry *entry)
{
    indicator->detail_title = keep(loading, entry->value);
}

static void read_detail_target(struct loading *loading, struct indicator *indicator,
                               const struct ini_entry *entry)
{
    indicator->detail_target = keep(loading, entry->value);
    if (read_amount(span_of(entry->value)) == NO_DECIMAL)
        complain(loading, indicator, entry, "is an amount, like: 80%");
}

static void read_note(struct loading *loading, struct indicator *indicator,
                      const struct ini_entry *entry)
{
    indicator->note = keep(loading, entry->value);
}

static void read_scorecard(struct loading *loading, struct indicator *indicator,
                           const struct ini_entry *entry)
{
    indicator->on_scorecard = strcmp(entry->value, "yes") == 0;
    if (!indicator->on_scorecard && strcmp(entry->value, "no") != 0)
        complain(loading, indicator, entry, "is yes or no");
}

static void read_count(struct loading *loading, struct indicator *indicator,
                       const struct ini_entry *entry)
{
    const struct catalogue *catalogue = &loading->config->catalogue;
    indicator->count_given = true;
    indicator->count = catalogue_find(catalogue, span_of(entry->value));
    if (!indicator->count)
        problem_word(loading->problems, loading->path, entry->line, span_of(entry->value),
                     catalogue->names, catalogue->count, "%s: unknown dataset '%s'",
                     indicator->code, entry->value);
}

static bool ends_with(struct span *text, const char *ending)
{
    size_t length = strlen(ending);
    if (text->length <= length || memcmp(text->text + text->length - length, ending, length) != 0)
        return false;
    text->length -= length;
    *text = span_trim(*text);
    return true;
}

/* "FIELD in last N months": takes the tail off the text. */
static bool ends_with_last_months(struct span *text, int64_t *months)
{
    static const char middle[] = " in last ";
    for (size_t i = 1; i + sizeof middle - 1 < text->length; i++) {
        if (memcmp(text->text + i, middle, sizeof middle - 1) != 0)
            continue;
        size_t after = i + sizeof middle - 1;
        enum unit unit;
        if (!predicate_span((struct span){text->text + after, text->length - after}, months,
                            &unit) ||
            unit != UNIT_MONTHS || *months < 1)
            return false;
        text->length = i;
        return true;
    }
    return false;
}

static void read_when(struct loading *loading, struct indicator *indicator,
                      const struct ini_entry *entry)
{
    if (!indicator->count)
        return;
    indicator->when_text = keep(loading, entry->value);
    struct span rest = span_of(entry->value);
    if (span_is(rest, "always")) {
        indicator->when = WHEN_ALWAYS;
        return;
    }
    if (span_is(rest, "open")) {
        indicator->when = WHEN_OPEN;
        if (indicator->count->opens == NO_FIELD)
            problem(loading->problems, loading->path, entry->line,
                    "%s: %s is not something that opens and closes", indicator->code,
                    indicator->count->name);
        return;
    }
    if (ends_with(&rest, " in month")) {
        indicator->when = WHEN_IN_MONTH;
    } else if (ends_with(&rest, " in year to date")) {
        indicator->when = WHEN_YEAR_TO_DATE;
    } else if (ends_with_last_months(&rest, &indicator->when_months)) {
        indicator->when = WHEN_LAST_MONTHS;
    } else {
        complain(loading, indicator, entry,
                 "is one of: always, open, FIELD in month, FIELD in year to date, FIELD in last N "
                 "months");
        return;
    }
    struct scope scope = scope_at(loading, indicator->code, entry->line);
    const char *field = arena_copy(&loading->definitions->arena, rest.text, rest.length);
    if (!field || !predicate_path(&scope, field, indicator->count, &indicator->when_field))
        return;
    enum field_type type = path_field(&indicator->when_field)->type;
    if (indicator->when_field.steps > 1 || (type != TYPE_DATE && type != TYPE_TIME))
        complain(loading, indicator, entry, "needs a date or time of the rows that are counted");
}

static void read_where(struct loading *loading, struct indicator *indicator,
                       const struct ini_entry *entry)
{
    if (!indicator->count)
        return;
    struct scope scope = scope_at(loading, indicator->code, entry->line);
    indicator->where_text = keep(loading, entry->value);
    indicator->where = predicate_parse(&scope, entry->value, indicator->count, true);
}

static void read_met(struct loading *loading, struct indicator *indicator,
                     const struct ini_entry *entry)
{
    if (!indicator->count)
        return;
    struct scope scope = scope_at(loading, indicator->code, entry->line);
    indicator->met_text = keep(loading, entry->value);
    indicator->met = predicate_parse(&scope, entry->value, indicator->count, true);
}

static bool read_path(struct loading *loading, const struct indicator *indicator,
                      const struct ini_entry *entry, struct path *path)
{
    if (!indicator->count)
        return false;
    struct scope scope = scope_at(loading, indicator->code, entry->line);
    return predicate_path(&scope, entry->value, indicator->count, path);
}

static void read_each(struct loading *loading, struct indicator *indicator,
                      const struct ini_entry *entry)
{
    indicator->each_text = keep(loading, entry->value);
    read_path(loading, indicator, entry, &indicator->each);
}

static void read_weight(struct loading *loading, struct indicator *indicator,
                        const struct ini_entry *entry)
{
    indicator->weight_text = keep(loading, entry->value);
    if (read_path(loading, indicator, entry, &indicator->weight) &&
        path_field(&indicator->weight)->type != TYPE_NUMBER)
        complain(loading, indicator, entry, "needs a number field");
}

static void read_per(struct loading *loading, struct indicator *indicator,
                     const struct ini_entry *entry)
{
    indicator->per_text = keep(loading, entry->value);
    if (!read_path(loading, indicator, entry, &indicator->per))
        return;
    if (indicator->per.steps < 2 || path_field(&indicator->per)->type != TYPE_NUMBER)
        complain(loading, indicator, entry, "needs a number field of a reference, like worker.fte");
}

static void read_pool(struct loading *loading, struct indicator *indicator,
                      const struct ini_entry *entry)
{
    /* The codes are found when all indicators are there. */
    indicator->pool_text = keep(loading, entry->value);
}

static void read_unit(struct loading *loading, struct indicator *indicator,
                      const struct ini_entry *entry)
{
    static const char *const names[] = {"percent", "number", "average"};
    for (int u = 0; u < 3; u++) {
        if (strcmp(entry->value, names[u]) == 0) {
            indicator->unit = (enum measure_unit)u;
            return;
        }
    }
    problem_word(loading->problems, loading->path, entry->line, span_of(entry->value), names, 3,
                 "%s: unknown unit '%s'", indicator->code, entry->value);
}

static void read_better(struct loading *loading, struct indicator *indicator,
                        const struct ini_entry *entry)
{
    indicator->lower_is_better = strcmp(entry->value, "low") == 0;
    if (!indicator->lower_is_better && strcmp(entry->value, "high") != 0)
        complain(loading, indicator, entry, "is high or low");
}

/* One part of a target: "80% until 2019-03", or "95%" for the last. `until` is INT32_MAX then. */
static bool read_target_part(struct loading *loading, struct span part, struct target *target,
                             month_t *until)
{
    struct span rest = part;
    struct span amount = span_cut(&rest, ' ');
    target->value = read_amount(amount);
    target->shown = arena_copy(&loading->definitions->arena, amount.text, amount.length);
    *until = INT32_MAX;
    if (rest.text) {
        struct span month = span_trim(rest);
        if (!span_is(span_cut(&month, ' '), "until") || !month.text)
            return false;
        *until = month_from_iso(span_trim(month));
        if (*until < 0)
            return false;
    }
    return target->shown && target->value != NO_DECIMAL && target->value >= 0;
}

/* "80% until 2019-03, 95%": each part holds from where the one before it ends. */
static void read_target(struct loading *loading, struct indicator *indicator,
                        const struct ini_entry *entry)
{
    indicator->target_text = keep(loading, entry->value);
    struct span rest = span_of(entry->value);
    size_t most = 2;
    for (const char *c = entry->value; *c; c++)
        most += *c == ',';
    struct target *targets = arena_alloc(&loading->definitions->arena, most * sizeof *targets);
    if (!targets) {
        error_memory(loading->error, "reading the definitions");
        return;
    }
    size_t count = 0;
    month_t from = INT32_MIN;
    while (rest.text) {
        month_t until;
        struct target target = {.from = from};
        if (from == INT32_MAX ||
            !read_target_part(loading, span_cut(&rest, ','), &target, &until) || until < from) {
            complain(loading, indicator, entry,
                     "is an amount, or amounts with the last month of each: 80% until 2019-03, "
                     "95%");
            return;
        }
        targets[count++] = target;
        from = until == INT32_MAX ? INT32_MAX : until + 1;
    }
    if (from != INT32_MAX)
        targets[count++] = (struct target){.from = from, .value = NO_DECIMAL};
    indicator->targets = targets;
    indicator->target_count = count;
}

/* "10% of target", "5pp" or "0.5" */
static void read_amber(struct loading *loading, struct indicator *indicator,
                       const struct ini_entry *entry)
{
    struct span text = span_of(entry->value);
    bool of_target = ends_with(&text, "% of target");
    if (!of_target)
        ends_with(&text, "pp");
    decimal_t amount = decimal_from_text(text);
    if (amount == NO_DECIMAL || amount < 0) {
        complain(loading, indicator, entry, "is like: 10% of target, 5pp or 0.5");
        return;
    }
    indicator->amber = amount;
    indicator->amber_is_amount = !of_target;
}

static void read_from(struct loading *loading, struct indicator *indicator,
                      const struct ini_entry *entry)
{
    indicator->from = month_from_iso(span_of(entry->value));
    if (indicator->from < 0)
        complain(loading, indicator, entry, "is a month like 2019-01");
}

static const struct dimension *find_dimension(struct loading *loading,
                                              const struct indicator *indicator,
                                              const struct ini_entry *entry, struct span name)
{
    const struct definitions *definitions = loading->definitions;
    const char *names[64];
    size_t count = 0;
    for (size_t d = 0; d < definitions->dimension_count; d++) {
        if (span_is(name, definitions->dimensions[d]->name))
            return definitions->dimensions[d];
        if (count < 64)
            names[count++] = definitions->dimensions[d]->name;
    }
    problem_word(loading->problems, loading->path, entry->line, name, names, count,
                 "%s: unknown dimension '%.*s' (a dimension is defined before it is used)",
                 indicator->code, (int)name.length, name.text);
    return NULL;
}

/* "team, service" */
static void read_by(struct loading *loading, struct indicator *indicator,
                    const struct ini_entry *entry)
{
    struct span rest = span_of(entry->value);
    indicator->by_count = 0;
    indicator->by_line = entry->line;
    while (rest.text) {
        const struct dimension *found =
            find_dimension(loading, indicator, entry, span_cut(&rest, ','));
        if (!found)
            continue;
        if (indicator->by_count == MAX_DIMENSIONS) {
            complain(loading, indicator, entry, "names more than 8 dimensions");
            return;
        }
        indicator->by[indicator->by_count++] = found;
    }
}

static void read_settles(struct loading *loading, struct indicator *indicator,
                         const struct ini_entry *entry)
{
    enum unit unit;
    indicator->settles_text = keep(loading, entry->value);
    if (!predicate_span(span_of(entry->value), &indicator->settles, &unit) ||
        unit != UNIT_WORKING_DAYS)
        complain(loading, indicator, entry, "is a number of working days, like: 20 working days");
}

static const struct indicator_key indicator_keys[] = {
    {"section", read_section, "the heading it stands under"},
    {"title", read_title, "what people call it"},
    {"detail title", read_detail_title, "what the table of its section calls it, if otherwise"},
    {"detail target", read_detail_target, "the target printed there, if another; it rates nothing"},
    {"note", read_note, "printed beside its definition"},
    {"scorecard", read_scorecard, "yes or no: whether it stands on the scorecard (yes)"},
    {"count", read_count, "the dataset whose rows are counted"},
    {"when", read_when,
     "which rows belong to a month: FIELD in month, FIELD in year to date, FIELD in last N months, "
     "open, always"},
    {"where", read_where, "a predicate: rows that fail it are not counted"},
    {"each", read_each, "count the distinct values of this field instead of rows"},
    {"met", read_met, "a predicate: the percentage of the counted rows that meet it"},
    {"weight", read_weight, "sum this number field instead of counting rows"},
    {"per", read_per, "divide by the sum of this number field over the rows referred to"},
    {"pool", read_pool, "add up the numerators and denominators of these codes"},
    {"unit", read_unit, "percent, number or average (what met, per or neither imply)"},
    {"target", read_target, "an amount, or amounts by month: 80% until 2019-03, 95%"},
    {"better", read_better, "high or low (high)"},
    {"amber", read_amber, "how far a miss is Amber: 10% of target (the default), 5pp, 0.5"},
    {"from", read_from, "the first month it exists"},
    {"by", read_by, "dimensions to break it down by"},
    {"settles", read_settles, "how long after a month's end it is known: 20 working days"},
};

enum { KEY_COUNT = sizeof indicator_keys / sizeof indicator_keys[0] };

void definitions_describe_keys(struct buffer *out)
{
    for (size_t k = 0; k < KEY_COUNT; k++)
        buffer_format(out, "  %-13s %s\n", indicator_keys[k].name, indicator_keys[k].help);
}

/* ---- sections ------------------------------------------------------------------------------ */

/* `count` comes first, whatever the order of the lines: the others speak of its fields. */
static void read_keys(struct loading *loading, struct indicator *indicator,
                      const struct ini_section *section, bool is_defaults)
{
    const char *names[KEY_COUNT];
    for (size_t k = 0; k < KEY_COUNT; k++)
        names[k] = indicator_keys[k].name;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t e = 0; e < section->count; e++) {
            const struct ini_entry *entry = &section->entries[e];
            if ((strcmp(entry->key, "count") == 0) != (pass == 0))
                continue;
            size_t k = 0;
            while (k < KEY_COUNT && strcmp(names[k], entry->key) != 0)
                k++;
            if (k < KEY_COUNT)
                indicator_keys[k].read(loading, indicator, entry);
            else if (!is_defaults)
                problem_word(loading->problems, loading->path, entry->line, span_of(entry->key),
                             names, KEY_COUNT, "%s: unknown key '%s'", indicator->code, entry->key);
        }
    }
}

static void check_twice(struct loading *loading, const struct ini_section *section)
{
    for (size_t a = 0; a < section->count; a++)
        for (size_t b = 0; b < a; b++)
            if (strcmp(section->entries[a].key, section->entries[b].key) == 0)
                problem(loading->problems, loading->path, section->entries[a].line,
                        "[%s]: '%s' stands twice (also at line %u)", section->name,
                        section->entries[a].key, section->entries[b].line);
}

/* Whether every dimension of an indicator can break down the rows of a dataset: its own, or one of
 * those that it pools. */
static void require_serves(struct loading *loading, const struct indicator *indicator,
                           const struct dataset *dataset)
{
    for (size_t d = 0; d < indicator->by_count; d++)
        if (!dimension_serves(indicator->by[d], dataset))
            problem(loading->problems, indicator->file, indicator->by_line,
                    "%s: dimension '%s' has no line for %s", indicator->code,
                    indicator->by[d]->name, dataset->name);
}

/* What an indicator must have, and what does not go together. */
static void check_indicator(struct loading *loading, struct indicator *indicator)
{
    const char *wrong = NULL;
    if (!*indicator->title)
        wrong = "has no title";
    else if (!*indicator->section)
        wrong = "has no section (in its block or in [defaults])";
    else if (indicator->pool_text && indicator->count)
        wrong = "has both pool and count: a pool counts what its indicators count";
    else if (!indicator->pool_text && !indicator->count_given)
        wrong = "has neither count nor pool";
    else if (indicator->count && !indicator->when_text)
        wrong = "has no when";
    else if (indicator->per.steps > 0 && indicator->met)
        wrong = "has both met and per: it is a percentage or an average";
    else if (indicator->weight.steps > 0 && indicator->per.steps > 0)
        wrong = "has both weight and per";
    else if (indicator->weight.steps > 0 && indicator->each.steps > 0)
        wrong = "has both weight and each";
    if (wrong)
        problem(loading->problems, loading->path, indicator->line, "%s: %s", indicator->code,
                wrong);
    if (indicator->count)
        require_serves(loading, indicator, indicator->count);
}

static struct indicator *new_indicator(struct loading *loading, const struct ini_section *section)
{
    struct definitions *definitions = loading->definitions;
    struct indicator *indicator = arena_alloc(&definitions->arena, sizeof *indicator);
    struct indicator **room = grow(definitions->indicators, &definitions->capacity,
                                   definitions->count + 1, sizeof(struct indicator *));
    if (room)
        definitions->indicators = room;
    if (!indicator || !room) {
        error_memory(loading->error, "reading the definitions");
        return NULL;
    }
    *indicator = (struct indicator){.section = "",
                                    .title = "",
                                    .note = "",
                                    .on_scorecard = true,
                                    .unit = UNIT_NUMBER,
                                    .amber = 10 * DECIMAL_ONE,
                                    .from = INT32_MIN,
                                    .settles = -1,
                                    .file = loading->path,
                                    .line = section->line,
                                    .number = definitions->count};
    indicator->code = keep(loading, section->name);
    return indicator;
}

static void read_indicator(struct loading *loading, const struct ini_section *section,
                           const struct ini_section *defaults)
{
    const struct indicator *before = definitions_find(loading->definitions, section->name);
    if (before) {
        problem(loading->problems, loading->path, section->line,
                "indicator '%s' is defined twice (also at %s:%u)", section->name, before->file,
                before->line);
        return;
    }
    struct indicator *indicator = new_indicator(loading, section);
    if (!indicator)
        return;
    if (defaults)
        read_keys(loading, indicator, defaults, true);
    if (ini_find(section, "met"))
        indicator->unit = UNIT_PERCENT;
    else if (ini_find(section, "per"))
        indicator->unit = UNIT_AVERAGE;
    check_twice(loading, section);
    read_keys(loading, indicator, section, false);
    check_indicator(loading, indicator);
    loading->definitions->indicators[loading->definitions->count++] = indicator;
}

static void read_group(struct loading *loading, const struct ini_section *section, struct span name)
{
    struct definitions *definitions = loading->definitions;
    const struct ini_entry *where = ini_find(section, "where");
    for (size_t e = 0; e < section->count; e++)
        if (strcmp(section->entries[e].key, "where") != 0)
            problem(loading->problems, loading->path, section->entries[e].line,
                    "group '%.*s': unknown key '%s' (a group has one key: where)", (int)name.length,
                    name.text, section->entries[e].key);
    if (!where) {
        problem(loading->problems, loading->path, section->line, "group '%.*s' has no where",
                (int)name.length, name.text);
        return;
    }
    struct span rest = name;
    struct span first = span_cut(&rest, ' ');
    if (span_is(first, "month") || span_is(first, "year") || span_is(first, "last"))
        problem(loading->problems, loading->path, section->line,
                "group '%.*s': the name of a group does not begin with month, year or last",
                (int)name.length, name.text);
    const char *code = keep(loading, section->name);
    struct scope scope = scope_at(loading, code, where->line);
    const struct dataset *child = catalogue_find(&loading->config->catalogue, SPAN("child"));
    struct group group = {.file = loading->path, .line = section->line};
    group.text = keep(loading, where->value);
    group.test = child ? predicate_parse(&scope, group.text, child, false) : NULL;
    group.name = keep(loading, name.text);
    for (size_t g = 0; g < definitions->group_count; g++)
        if (strcmp(definitions->groups[g].name, group.name) == 0)
            problem(loading->problems, loading->path, section->line,
                    "group '%s' is defined twice (also at %s:%u)", group.name,
                    definitions->groups[g].file, definitions->groups[g].line);
    struct group *room = grow(definitions->groups, &definitions->group_capacity,
                              definitions->group_count + 1, sizeof *room);
    if (!room) {
        error_memory(loading->error, "reading the definitions");
        return;
    }
    definitions->groups = room;
    room[definitions->group_count++] = group;
}

static struct dimension *new_dimension(struct loading *loading, struct span name)
{
    struct definitions *definitions = loading->definitions;
    size_t datasets = loading->config->catalogue.count;
    struct dimension **room = grow(definitions->dimensions, &definitions->dimension_capacity,
                                   definitions->dimension_count + 1, sizeof(struct dimension *));
    if (room)
        definitions->dimensions = room;
    struct dimension *dimension = arena_alloc(&definitions->arena, sizeof *dimension);
    if (dimension) {
        dimension->lines =
            arena_alloc(&definitions->arena, (datasets + 1) * sizeof *dimension->lines);
        dimension->name = keep(loading, name.text);
    }
    if (!room || !dimension || !dimension->lines) {
        error_memory(loading->error, "reading the definitions");
        return NULL;
    }
    room[definitions->dimension_count++] = dimension;
    return dimension;
}

/* "allocation = team.service", or "child = latest placement (open) kind" */
static void read_line(struct loading *loading, struct dimension *dimension, const char *code,
                      const struct ini_entry *entry)
{
    const struct catalogue *catalogue = &loading->config->catalogue;
    const struct dataset *dataset = catalogue_find(catalogue, span_of(entry->key));
    struct scope scope = scope_at(loading, code, entry->line);
    if (!dataset) {
        problem_word(loading->problems, loading->path, entry->line, span_of(entry->key),
                     catalogue->names, catalogue->count, "%s: unknown dataset '%s'", code,
                     entry->key);
        return;
    }
    struct dimension_line *line = &dimension->lines[dataset->number];
    if (!predicate_field(&scope, keep(loading, entry->value), dataset, &line->path, &line->latest))
        return;
    enum field_type type = path_field(&line->path)->type;
    if (type != TYPE_CATEGORY && type != TYPE_TEXT && type != TYPE_FLAG)
        problem(loading->problems, loading->path, entry->line,
                "%s: '%s' is neither a category nor a text nor a flag", code, entry->value);
    dimension->of_flags = type == TYPE_FLAG;
    use_path(loading, &line->uses, &line->path);
    use_test(loading, &line->uses, line->latest);
}

/* "member 13 to 15 = age >= 13 and age <= 15" */
static void read_member(struct loading *loading, struct dimension *dimension,
                        struct dimension_member *members, const char *code,
                        const struct ini_entry *entry, struct span name)
{
    const struct dataset *child = catalogue_find(&loading->config->catalogue, SPAN("child"));
    struct scope scope = scope_at(loading, code, entry->line);
    struct dimension_member *member = &members[dimension->member_count++];
    member->name = keep(loading, name.text);
    member->test = child ? predicate_parse(&scope, keep(loading, entry->value), child, true) : NULL;
    use_test(loading, &dimension->uses, member->test);
}

/* [dimension service], with a line a dataset, or [dimension age band], with a line a member. */
static void read_dimension(struct loading *loading, const struct ini_section *section,
                           struct span name)
{
    struct dimension *dimension = new_dimension(loading, name);
    if (!dimension)
        return;
    struct dimension_member *members =
        arena_alloc(&loading->definitions->arena, (section->count + 1) * sizeof *members);
    if (!members) {
        error_memory(loading->error, "reading the definitions");
        return;
    }
    dimension->members = members;
    const char *code = keep(loading, section->name);
    size_t lines = 0;
    bool flags = false;
    for (size_t e = 0; e < section->count; e++) {
        const struct ini_entry *entry = &section->entries[e];
        struct span rest = span_of(entry->key);
        struct span first = span_cut(&rest, ' ');
        if (span_is(first, "member") && rest.text) {
            read_member(loading, dimension, members, code, entry, span_trim(rest));
            continue;
        }
        read_line(loading, dimension, code, entry);
        if (lines++ > 0 && dimension->of_flags != flags)
            problem(loading->problems, loading->path, entry->line,
                    "%s: one line is a flag, another is not", code);
        flags = dimension->of_flags;
    }
    if (lines > 0 && dimension->member_count > 0)
        problem(loading->problems, loading->path, section->line,
                "%s: has lines for datasets and members: it is by fields or by tests", code);
}

static void read_file(struct loading *loading, const char *path)
{
    struct ini_file file;
    if (ini_load(&file, path, &loading->definitions->arena, loading->problems, loading->error) < 0)
        return;
    loading->path = file.path;
    const struct ini_section *defaults = NULL;
    for (size_t i = 0; i < file.count && loading->error->code == EXIT_COMPLETE; i++) {
        const struct ini_section *section = &file.sections[i];
        struct span rest = span_of(section->name);
        struct span kind = span_cut(&rest, ' ');
        if (span_is(kind, "group") && rest.text)
            read_group(loading, section, span_trim(rest));
        else if (span_is(kind, "dimension") && rest.text)
            read_dimension(loading, section, span_trim(rest));
        else if (strcmp(section->name, "defaults") == 0)
            defaults = section;
        else if (!*section->name)
            problem(loading->problems, loading->path, section->line,
                    "'%s' stands before the first [CODE]", section->entries[0].key);
        else
            read_indicator(loading, section, defaults);
    }
    ini_free(&file);
}

/* ---- pools --------------------------------------------------------------------------------- */

static void bind_pool(struct loading *loading, struct indicator *indicator)
{
    struct definitions *definitions = loading->definitions;
    size_t most = 1;
    for (const char *c = indicator->pool_text; *c; c++)
        most += *c == ',';
    indicator->pool = arena_alloc(&definitions->arena, most * sizeof(struct indicator *));
    const char **codes = calloc(definitions->count + 1, sizeof *codes);
    if (!indicator->pool || !codes) {
        error_memory(loading->error, "reading the definitions");
        free(codes);
        return;
    }
    for (size_t i = 0; i < definitions->count; i++)
        codes[i] = definitions->indicators[i]->code;
    struct span rest = span_of(indicator->pool_text);
    while (rest.text) {
        struct span code = span_cut(&rest, ',');
        struct indicator *part = NULL;
        for (size_t i = 0; i < definitions->count; i++)
            if (span_is(code, definitions->indicators[i]->code))
                part = definitions->indicators[i];
        if (!part)
            problem_word(loading->problems, indicator->file, indicator->line, code, codes,
                         definitions->count, "%s: pool: unknown indicator '%.*s'", indicator->code,
                         (int)code.length, code.text);
        else
            indicator->pool[indicator->pool_count++] = part;
    }
    free(codes);
}

/* Whether following pools from `at` comes back to `start`. */
static bool pool_reaches(const struct indicator *at, const struct indicator *start, size_t depth)
{
    for (size_t p = 0; p < at->pool_count; p++)
        if (at->pool[p] == start || depth == 0 || pool_reaches(at->pool[p], start, depth - 1))
            return true;
    return false;
}

/* A pool has the unit of what it adds up, which must be one. */
static void check_pool(struct loading *loading, struct indicator *indicator)
{
    enum { DEEPEST_POOL = 16 };
    if (pool_reaches(indicator, indicator, DEEPEST_POOL)) {
        problem(loading->problems, indicator->file, indicator->line,
                "%s: pool is circular: it adds itself", indicator->code);
        indicator->pool_count = 0;
        return;
    }
    for (size_t p = 0; p < indicator->pool_count; p++) {
        if (indicator->pool[p]->unit != indicator->pool[0]->unit)
            problem(loading->problems, indicator->file, indicator->line,
                    "%s: pool: '%s' and '%s' are of different units", indicator->code,
                    indicator->pool[0]->code, indicator->pool[p]->code);
    }
    if (indicator->pool_count > 0)
        indicator->unit = indicator->pool[0]->unit;
    for (size_t p = 0; p < indicator->pool_count; p++)
        if (indicator->pool[p]->count)
            require_serves(loading, indicator, indicator->pool[p]->count);
}

static void find_uses(struct loading *loading, struct indicator *indicator)
{
    struct uses *uses = &indicator->uses;
    if (indicator->count)
        use_dataset(loading, uses, indicator->count);
    use_test(loading, uses, indicator->where);
    use_test(loading, uses, indicator->met);
    use_path(loading, uses, &indicator->when_field);
    use_path(loading, uses, &indicator->each);
    use_path(loading, uses, &indicator->weight);
    use_path(loading, uses, &indicator->per);
}

/* ---- the whole ----------------------------------------------------------------------------- */

int definitions_load(struct definitions *definitions, const struct config *config,
                     struct store *store, struct problems *problems, struct error *error)
{
    *definitions = (struct definitions){0};
    struct loading loading = {definitions, config, store, problems, error, config->path};
    for (size_t i = 0; i < config->definitions.count && error->code == EXIT_COMPLETE; i++)
        read_file(&loading, config->definitions.words[i]);
    for (size_t i = 0; i < definitions->count && error->code == EXIT_COMPLETE; i++)
        if (definitions->indicators[i]->pool_text)
            bind_pool(&loading, definitions->indicators[i]);
    for (size_t i = 0; i < definitions->count && error->code == EXIT_COMPLETE; i++)
        if (definitions->indicators[i]->pool_count > 0)
            check_pool(&loading, definitions->indicators[i]);
    for (size_t i = 0; i < definitions->count && error->code == EXIT_COMPLETE; i++)
        find_uses(&loading, definitions->indicators[i]);
    if (config->definitions.count == 0)
        problem(problems, config->path ? config->path : "pipeline.conf", 0,
                "[data] names no definitions, like: definitions = transforms/missing.ini");
    if (error->code != EXIT_COMPLETE) {
        definitions_free(definitions);
        return -1;
    }
    return 0;
}

void definitions_free(struct definitions *definitions)
{
    free(definitions->indicators);
    free(definitions->groups);
    free(definitions->dimensions);
    arena_free(&definitions->arena);
    *definitions = (struct definitions){0};
}

const struct indicator *definitions_find(const struct definitions *definitions, const char *code)
{
    for (size_t i = 0; i < definitions->count; i++)
        if (strcmp(definitions->indicators[i]->code, code) == 0)
            return definitions->indicators[i];
    return NULL;
}

void definitions_prepare(const struct definitions *definitions, const struct store *store)
{
    for (size_t g = 0; g < definitions->group_count; g++)
        predicate_prepare(definitions->groups[g].test, store);
    for (size_t i = 0; i < definitions->count; i++) {
        predicate_prepare(definitions->indicators[i]->where, store);
        predicate_prepare(definitions->indicators[i]->met, store);
    }
    for (size_t d = 0; d < definitions->dimension_count; d++) {
        const struct dimension *dimension = definitions->dimensions[d];
        for (size_t m = 0; m < dimension->member_count; m++)
            predicate_prepare(dimension->members[m].test, store);
        for (size_t l = 0; l < store->catalogue->count; l++)
            predicate_prepare(dimension->lines[l].latest, store);
    }
}

const struct target *indicator_target(const struct indicator *indicator, month_t month)
{
    for (size_t t = indicator->target_count; t > 0; t--)
        if (month >= indicator->targets[t - 1].from)
            return indicator->targets[t - 1].value == NO_DECIMAL ? NULL
                                                                 : &indicator->targets[t - 1];
    return NULL;
}

bool indicator_has_data(const struct indicator *indicator, const struct store *store,
                        const char **lacking)
{
    for (size_t p = 0; p < indicator->pool_count; p++)
        if (!indicator_has_data(indicator->pool[p], store, lacking))
            return false;
    return uses_are_fed(&indicator->uses, store, lacking);
}

static bool names_child(const struct dataset *dataset)
{
    for (int f = 0; f < dataset->field_count; f++)
        if (dataset->fields[f].refers && strcmp(dataset->fields[f].refers->name, "child") == 0)
            return true;
    return strcmp(dataset->name, "child") == 0;
}

/* The line for the rows of a dataset: its own, or that of child. NULL: none. */
const struct dimension_line *dimension_line(const struct dimension *dimension,
                                            const struct dataset *dataset)
{
    const struct dimension_line *own = &dimension->lines[dataset->number];
    if (own->path.steps > 0)
        return own;
    const struct dataset *child = NULL;
    for (int f = 0; f < dataset->field_count && !child; f++)
        if (dataset->fields[f].refers && strcmp(dataset->fields[f].refers->name, "child") == 0)
            child = dataset->fields[f].refers;
    return child && dimension->lines[child->number].path.steps > 0
               ? &dimension->lines[child->number]
               : NULL;
}

bool dimension_serves(const struct dimension *dimension, const struct dataset *dataset)
{
    if (dimension->member_count > 0)
        return names_child(dataset);
    return dimension_line(dimension, dataset) != NULL;
}

bool dimension_has_data(const struct dimension *dimension, const struct dataset *dataset,
                        const struct store *store)
{
    const char *lacking;
    const struct dimension_line *line = dimension_line(dimension, dataset);
    return uses_are_fed(line ? &line->uses : &dimension->uses, store, &lacking);
}

static void add_name(struct buffer *out, const char *name)
{
    size_t length = strlen(name);
    for (size_t i = 0; out->text && i + length <= out->length; i++) {
        bool begins = i == 0 || out->text[i - 1] == ' ';
        bool ends = i + length == out->length || out->text[i + length] == ',';
        if (begins && ends && memcmp(out->text + i, name, length) == 0)
            return;
    }
    if (out->length > 0)
        buffer_add_text(out, ", ");
    buffer_add_text(out, name);
}

void indicator_datasets(const struct indicator *indicator, struct buffer *out)
{
    for (size_t p = 0; p < indicator->pool_count; p++)
        indicator_datasets(indicator->pool[p], out);
    for (size_t d = 0; d < indicator->uses.count; d++)
        add_name(out, indicator->uses.datasets[d]->name);
}
