#include "transforms/indicator_keys.h"

#include <string.h>

struct indicator_key {
    const char *name;
    void (*read)(struct defining *, struct indicator *, const struct ini_entry *);
    const char *help;
};

static void complain(struct defining *defining, const struct indicator *indicator,
                     const struct ini_entry *entry, const char *what)
{
    problem(defining->problems, defining->path, entry->line, "%s: %s %s", indicator->code,
            entry->key, what);
}

/* "95%" or "17" */
static decimal_t read_amount(struct span text)
{
    if (text.length > 1 && text.text[text.length - 1] == '%')
        text.length--;
    return decimal_from_text(text);
}

/* ---- a reader for each key ----------------------------------------------------------------- */

static void read_section(struct defining *defining, struct indicator *indicator,
                         const struct ini_entry *entry)
{
    indicator->section = defining_keep(defining, entry->value);
}

static void read_title(struct defining *defining, struct indicator *indicator,
                       const struct ini_entry *entry)
{
    indicator->title = defining_keep(defining, entry->value);
}

static void read_detail_title(struct defining *defining, struct indicator *indicator,
                              const struct ini_entry *entry)
{
    indicator->detail_title = defining_keep(defining, entry->value);
}

static void read_detail_target(struct defining *defining, struct indicator *indicator,
                               const struct ini_entry *entry)
{
    indicator->detail_target = defining_keep(defining, entry->value);
    if (read_amount(span_of(entry->value)) == NO_DECIMAL)
        complain(defining, indicator, entry, "is an amount, like: 80%");
}

static void read_note(struct defining *defining, struct indicator *indicator,
                      const struct ini_entry *entry)
{
    indicator->note = defining_keep(defining, entry->value);
}

static void read_scorecard(struct defining *defining, struct indicator *indicator,
                           const struct ini_entry *entry)
{
    indicator->on_scorecard = strcmp(entry->value, "yes") == 0;
    if (!indicator->on_scorecard && strcmp(entry->value, "no") != 0)
        complain(defining, indicator, entry, "is yes or no");
}

static void read_count(struct defining *defining, struct indicator *indicator,
                       const struct ini_entry *entry)
{
    const struct catalogue *catalogue = &defining->config->catalogue;
    indicator->count_given = true;
    indicator->count = catalogue_find(catalogue, span_of(entry->value));
    if (!indicator->count)
        problem_word(defining->problems, defining->path, entry->line, span_of(entry->value),
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

static void read_when(struct defining *defining, struct indicator *indicator,
                      const struct ini_entry *entry)
{
    if (!indicator->count)
        return;
    indicator->when_text = defining_keep(defining, entry->value);
    struct span rest = span_of(entry->value);
    if (span_is(rest, "always")) {
        indicator->when = WHEN_ALWAYS;
        return;
    }
    if (span_is(rest, "open")) {
        indicator->when = WHEN_OPEN;
        if (indicator->count->opens == NO_FIELD)
            problem(defining->problems, defining->path, entry->line,
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
        complain(defining, indicator, entry,
                 "is one of: always, open, FIELD in month, FIELD in year to date, FIELD in last N "
                 "months");
        return;
    }
    struct scope scope = defining_scope(defining, indicator->code, entry->line);
    const char *field = arena_copy(&defining->definitions->arena, rest.text, rest.length);
    if (!field || !predicate_path(&scope, field, indicator->count, &indicator->when_field))
        return;
    enum field_type type = path_field(&indicator->when_field)->type;
    if (indicator->when_field.steps > 1 || (type != TYPE_DATE && type != TYPE_TIME))
        complain(defining, indicator, entry, "needs a date or time of the rows that are counted");
}

static void read_where(struct defining *defining, struct indicator *indicator,
                       const struct ini_entry *entry)
{
    if (!indicator->count)
        return;
    struct scope scope = defining_scope(defining, indicator->code, entry->line);
    indicator->where_text = defining_keep(defining, entry->value);
    indicator->where = predicate_parse(&scope, entry->value, indicator->count, true);
}

static void read_met(struct defining *defining, struct indicator *indicator,
                     const struct ini_entry *entry)
{
    if (!indicator->count)
        return;
    struct scope scope = defining_scope(defining, indicator->code, entry->line);
    indicator->met_text = defining_keep(defining, entry->value);
    indicator->met = predicate_parse(&scope, entry->value, indicator->count, true);
}

static bool read_path(struct defining *defining, const struct indicator *indicator,
                      const struct ini_entry *entry, struct path *path)
{
    if (!indicator->count)
        return false;
    struct scope scope = defining_scope(defining, indicator->code, entry->line);
    return predicate_path(&scope, entry->value, indicator->count, path);
}

static void read_each(struct defining *defining, struct indicator *indicator,
                      const struct ini_entry *entry)
{
    indicator->each_text = defining_keep(defining, entry->value);
    read_path(defining, indicator, entry, &indicator->each);
}

static void read_weight(struct defining *defining, struct indicator *indicator,
                        const struct ini_entry *entry)
{
    indicator->weight_text = defining_keep(defining, entry->value);
    if (read_path(defining, indicator, entry, &indicator->weight) &&
        path_field(&indicator->weight)->type != TYPE_NUMBER)
        complain(defining, indicator, entry, "needs a number field");
}

static void read_per(struct defining *defining, struct indicator *indicator,
                     const struct ini_entry *entry)
{
    indicator->per_text = defining_keep(defining, entry->value);
    if (!read_path(defining, indicator, entry, &indicator->per))
        return;
    if (indicator->per.steps < 2 || path_field(&indicator->per)->type != TYPE_NUMBER)
        complain(defining, indicator, entry,
                 "needs a number field of a reference, like worker.fte");
}

static void read_pool(struct defining *defining, struct indicator *indicator,
                      const struct ini_entry *entry)
{
    /* The codes are found when all indicators are there. */
    indicator->pool_text = defining_keep(defining, entry->value);
}

static void read_unit(struct defining *defining, struct indicator *indicator,
                      const struct ini_entry *entry)
{
    static const char *const names[] = {"percent", "number", "average"};
    for (int u = 0; u < 3; u++) {
        if (strcmp(entry->value, names[u]) == 0) {
            indicator->unit = (enum measure_unit)u;
            return;
        }
    }
    problem_word(defining->problems, defining->path, entry->line, span_of(entry->value), names, 3,
                 "%s: unknown unit '%s'", indicator->code, entry->value);
}

static void read_better(struct defining *defining, struct indicator *indicator,
                        const struct ini_entry *entry)
{
    indicator->lower_is_better = strcmp(entry->value, "low") == 0;
    if (!indicator->lower_is_better && strcmp(entry->value, "high") != 0)
        complain(defining, indicator, entry, "is high or low");
}

/* One part of a target: "80% until 2019-03", or "95%" for the last. `until` is INT32_MAX then. */
static bool read_target_part(struct defining *defining, struct span part, struct target *target,
                             month_t *until)
{
    struct span rest = part;
    struct span amount = span_cut(&rest, ' ');
    target->value = read_amount(amount);
    target->shown = arena_copy(&defining->definitions->arena, amount.text, amount.length);
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
static void read_target(struct defining *defining, struct indicator *indicator,
                        const struct ini_entry *entry)
{
    indicator->target_text = defining_keep(defining, entry->value);
    indicator->target_line = entry->line;
    struct span rest = span_of(entry->value);
    size_t most = 2;
    for (const char *c = entry->value; *c; c++)
        most += *c == ',';
    struct target *targets = arena_alloc(&defining->definitions->arena, most * sizeof *targets);
    if (!targets) {
        error_memory(defining->error, "reading the definitions");
        return;
    }
    size_t count = 0;
    month_t from = INT32_MIN;
    while (rest.text) {
        month_t until;
        struct target target = {.from = from};
        if (from == INT32_MAX ||
            !read_target_part(defining, span_cut(&rest, ','), &target, &until) || until < from) {
            complain(defining, indicator, entry,
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
static void read_amber(struct defining *defining, struct indicator *indicator,
                       const struct ini_entry *entry)
{
    struct span text = span_of(entry->value);
    indicator->amber_text = defining_keep(defining, entry->value);
    indicator->amber_line = entry->line;
    bool of_target = ends_with(&text, "% of target");
    if (!of_target)
        ends_with(&text, "pp");
    decimal_t amount = decimal_from_text(text);
    if (amount == NO_DECIMAL || amount < 0) {
        complain(defining, indicator, entry, "is like: 10% of target, 5pp or 0.5");
        return;
    }
    indicator->amber = amount;
    indicator->amber_is_amount = !of_target;
}

static void read_from(struct defining *defining, struct indicator *indicator,
                      const struct ini_entry *entry)
{
    indicator->from = month_from_iso(span_of(entry->value));
    if (indicator->from < 0)
        complain(defining, indicator, entry, "is a month like 2019-01");
}

static const struct dimension *find_dimension(struct defining *defining,
                                              const struct indicator *indicator,
                                              const struct ini_entry *entry, struct span name)
{
    const struct definitions *definitions = defining->definitions;
    const char *names[64];
    size_t count = 0;
    for (size_t d = 0; d < definitions->dimension_count; d++) {
        if (span_is(name, definitions->dimensions[d]->name))
            return definitions->dimensions[d];
        if (count < 64)
            names[count++] = definitions->dimensions[d]->name;
    }
    problem_word(defining->problems, defining->path, entry->line, name, names, count,
                 "%s: unknown dimension '%.*s' (a dimension is defined before it is used)",
                 indicator->code, (int)name.length, name.text);
    return NULL;
}

/* "team, service" */
static void read_by(struct defining *defining, struct indicator *indicator,
                    const struct ini_entry *entry)
{
    struct span rest = span_of(entry->value);
    indicator->by_count = 0;
    indicator->by_line = entry->line;
    while (rest.text) {
        const struct dimension *found =
            find_dimension(defining, indicator, entry, span_cut(&rest, ','));
        if (!found)
            continue;
        if (indicator->by_count == MAX_DIMENSIONS) {
            complain(defining, indicator, entry, "names more than 8 dimensions");
            return;
        }
        indicator->by[indicator->by_count++] = found;
    }
}

static void read_settles(struct defining *defining, struct indicator *indicator,
                         const struct ini_entry *entry)
{
    enum unit unit;
    indicator->settles_text = defining_keep(defining, entry->value);
    if (!predicate_span(span_of(entry->value), &indicator->settles, &unit) ||
        unit != UNIT_WORKING_DAYS)
        complain(defining, indicator, entry, "is a number of working days, like: 20 working days");
}

/* ---- what the unit asks of them ------------------------------------------------------------- */

/* 0.9, 90 and 900% are no targets of a percentage, 95% none of a number: a target in the wrong unit
 * would turn Red into Green. */
static bool is_of_unit(const struct indicator *indicator, const char *shown, decimal_t value)
{
    bool percent = shown[strlen(shown) - 1] == '%';
    if (indicator->unit != UNIT_PERCENT)
        return !percent;
    return percent && value <= 100 * DECIMAL_ONE;
}

static void complain_of_unit(struct defining *defining, const struct indicator *indicator,
                             unsigned line, const char *key, const char *text)
{
    problem(defining->problems, indicator->file, line, "%s: %s '%s' must be %s", indicator->code,
            key, text,
            indicator->unit == UNIT_PERCENT ? "a percentage from 0% to 100%, with its sign"
                                            : "a number without a sign: this is no percentage");
}

void indicator_keys_check_units(struct defining *defining, const struct indicator *indicator)
{
    for (size_t t = 0; indicator->target_line > 0 && t < indicator->target_count; t++) {
        const struct target *target = &indicator->targets[t];
        if (target->value != NO_DECIMAL && !is_of_unit(indicator, target->shown, target->value))
            complain_of_unit(defining, indicator, indicator->target_line, "target", target->shown);
    }
    if (indicator->detail_target) {
        decimal_t value = read_amount(span_of(indicator->detail_target));
        if (value != NO_DECIMAL && !is_of_unit(indicator, indicator->detail_target, value))
            complain_of_unit(defining, indicator, indicator->line, "detail target",
                             indicator->detail_target);
    }
    if (!indicator->amber_is_amount)
        return;
    bool points = strstr(indicator->amber_text, "pp") != NULL;
    if (points != (indicator->unit == UNIT_PERCENT))
        problem(defining->problems, indicator->file, indicator->amber_line,
                "%s: amber '%s' must be %s, or like 10%% of target", indicator->code,
                indicator->amber_text,
                points ? "a number, like 0.5: this is no percentage" : "in points, like 5pp");
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

static size_t find_key(const char *name)
{
    size_t k = 0;
    while (k < KEY_COUNT && strcmp(indicator_keys[k].name, name) != 0)
        k++;
    return k;
}

void indicator_keys_check(struct defining *defining, const struct ini_section *section,
                          const char *code)
{
    const char *names[KEY_COUNT];
    for (size_t k = 0; k < KEY_COUNT; k++)
        names[k] = indicator_keys[k].name;
    for (size_t e = 0; e < section->count; e++) {
        const struct ini_entry *entry = &section->entries[e];
        if (find_key(entry->key) == KEY_COUNT)
            problem_word(defining->problems, defining->path, entry->line, span_of(entry->key),
                         names, KEY_COUNT, "%s: unknown key '%s'", code, entry->key);
    }
}

/* `count` comes first, whatever the order of the lines: the others speak of its fields. */
void indicator_keys_read(struct defining *defining, struct indicator *indicator,
                         const struct ini_section *section)
{
    for (int pass = 0; pass < 2; pass++) {
        for (size_t e = 0; e < section->count; e++) {
            const struct ini_entry *entry = &section->entries[e];
            if ((strcmp(entry->key, "count") == 0) != (pass == 0))
                continue;
            size_t k = find_key(entry->key);
            if (k < KEY_COUNT)
                indicator_keys[k].read(defining, indicator, entry);
        }
    }
}
