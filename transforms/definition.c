#include "transforms/definition.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "etl/ini_file.h"
#include "transforms/indicator_keys.h"
#include "transforms/defining.h"

const char *defining_keep(struct defining *defining, const char *text)
{
    const char *copy = arena_copy(&defining->definitions->arena, text, strlen(text));
    if (!copy) {
        error_memory(defining->error, "reading the definitions");
        return "";
    }
    return copy;
}

struct scope defining_scope(struct defining *defining, const char *code, unsigned line)
{
    return (struct scope){.store = defining->store,
                          .groups = defining->definitions->groups,
                          .group_count = defining->definitions->group_count,
                          .arena = &defining->definitions->arena,
                          .problems = defining->problems,
                          .file = defining->path,
                          .line = line,
                          .code = code};
}

/* ---- sections ------------------------------------------------------------------------------ */

static void check_twice(struct defining *defining, const struct ini_section *section)
{
    for (size_t a = 0; a < section->count; a++)
        for (size_t b = 0; b < a; b++)
            if (strcmp(section->entries[a].key, section->entries[b].key) == 0)
                problem(defining->problems, defining->path, section->entries[a].line,
                        "[%s]: '%s' stands twice (also at line %u)", section->name,
                        section->entries[a].key, section->entries[b].line);
}

/* Whether every dimension of an indicator can break down the rows of a dataset: its own, or one of
 * those that it pools. */
static void require_serves(struct defining *defining, const struct indicator *indicator,
                           const struct dataset *dataset)
{
    for (size_t d = 0; d < indicator->by_count; d++)
        if (!dimension_serves(indicator->by[d], dataset))
            problem(defining->problems, indicator->file, indicator->by_line,
                    "%s: dimension '%s' has no line for %s", indicator->code,
                    indicator->by[d]->name, dataset->name);
}

/* What an indicator must have, and what does not go together. */
static void check_indicator(struct defining *defining, struct indicator *indicator)
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
        problem(defining->problems, defining->path, indicator->line, "%s: %s", indicator->code,
                wrong);
    if (indicator->count)
        require_serves(defining, indicator, indicator->count);
}

static struct indicator *new_indicator(struct defining *defining, const struct ini_section *section)
{
    struct definitions *definitions = defining->definitions;
    struct indicator *indicator = arena_alloc(&definitions->arena, sizeof *indicator);
    struct indicator **room = grow(definitions->indicators, &definitions->capacity,
                                   definitions->count + 1, sizeof(struct indicator *));
    if (room)
        definitions->indicators = room;
    if (!indicator || !room) {
        error_memory(defining->error, "reading the definitions");
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
                                    .file = defining->path,
                                    .line = section->line,
                                    .number = definitions->count};
    indicator->code = defining_keep(defining, section->name);
    return indicator;
}

static void read_indicator(struct defining *defining, const struct ini_section *section,
                           const struct ini_section *defaults)
{
    const struct indicator *before = definitions_find(defining->definitions, section->name);
    if (before) {
        problem(defining->problems, defining->path, section->line,
                "indicator '%s' is defined twice (also at %s:%u)", section->name, before->file,
                before->line);
        return;
    }
    struct indicator *indicator = new_indicator(defining, section);
    if (!indicator)
        return;
    if (defaults)
        indicator_keys_read(defining, indicator, defaults);
    if (ini_find(section, "met"))
        indicator->unit = UNIT_PERCENT;
    else if (ini_find(section, "per"))
        indicator->unit = UNIT_AVERAGE;
    check_twice(defining, section);
    indicator_keys_check(defining, section, indicator->code);
    indicator_keys_read(defining, indicator, section);
    check_indicator(defining, indicator);
    defining->definitions->indicators[defining->definitions->count++] = indicator;
}

static void read_group(struct defining *defining, const struct ini_section *section,
                       struct span name)
{
    struct definitions *definitions = defining->definitions;
    const struct ini_entry *where = ini_find(section, "where");
    for (size_t e = 0; e < section->count; e++)
        if (strcmp(section->entries[e].key, "where") != 0)
            problem(defining->problems, defining->path, section->entries[e].line,
                    "group '%.*s': unknown key '%s' (a group has one key: where)", (int)name.length,
                    name.text, section->entries[e].key);
    if (!where) {
        problem(defining->problems, defining->path, section->line, "group '%.*s' has no where",
                (int)name.length, name.text);
        return;
    }
    struct span rest = name;
    struct span first = span_cut(&rest, ' ');
    if (span_is(first, "month") || span_is(first, "year") || span_is(first, "last"))
        problem(defining->problems, defining->path, section->line,
                "group '%.*s': the name of a group does not begin with month, year or last",
                (int)name.length, name.text);
    const char *code = defining_keep(defining, section->name);
    struct scope scope = defining_scope(defining, code, where->line);
    const struct dataset *child = catalogue_find(&defining->config->catalogue, SPAN("child"));
    struct group group = {.file = defining->path, .line = section->line};
    group.text = defining_keep(defining, where->value);
    group.test = child ? predicate_parse(&scope, group.text, child, false) : NULL;
    group.name = defining_keep(defining, name.text);
    for (size_t g = 0; g < definitions->group_count; g++)
        if (strcmp(definitions->groups[g].name, group.name) == 0)
            problem(defining->problems, defining->path, section->line,
                    "group '%s' is defined twice (also at %s:%u)", group.name,
                    definitions->groups[g].file, definitions->groups[g].line);
    struct group *room = grow(definitions->groups, &definitions->group_capacity,
                              definitions->group_count + 1, sizeof *room);
    if (!room) {
        error_memory(defining->error, "reading the definitions");
        return;
    }
    definitions->groups = room;
    room[definitions->group_count++] = group;
}

static void read_file(struct defining *defining, const char *path)
{
    struct ini_file file;
    if (ini_load(&file, path, &defining->definitions->arena, defining->problems, defining->error) <
        0)
        return;
    defining->path = file.path;
    const struct ini_section *defaults = NULL;
    for (size_t i = 0; i < file.count && defining->error->code == EXIT_COMPLETE; i++) {
        const struct ini_section *section = &file.sections[i];
        struct span rest = span_of(section->name);
        struct span kind = span_cut(&rest, ' ');
        if (strcmp(section->name, "defaults") == 0) {
            defaults = section;
            indicator_keys_check(defining, section, "[defaults]");
        } else if (span_is(kind, "group") && rest.text)
            read_group(defining, section, span_trim(rest));
        else if (span_is(kind, "dimension") && rest.text)
            dimension_read(defining, section, span_trim(rest));
        else if (!*section->name)
            problem(defining->problems, defining->path, section->line,
                    "'%s' stands before the first [CODE]", section->entries[0].key);
        else
            read_indicator(defining, section, defaults);
    }
    ini_free(&file);
}

/* ---- pools --------------------------------------------------------------------------------- */

static void bind_pool(struct defining *defining, struct indicator *indicator)
{
    struct definitions *definitions = defining->definitions;
    size_t most = 1;
    for (const char *c = indicator->pool_text; *c; c++)
        most += *c == ',';
    indicator->pool = arena_alloc(&definitions->arena, most * sizeof(struct indicator *));
    const char **codes = calloc(definitions->count + 1, sizeof *codes);
    if (!indicator->pool || !codes) {
        error_memory(defining->error, "reading the definitions");
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
            problem_word(defining->problems, indicator->file, indicator->line, code, codes,
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
static void check_pool(struct defining *defining, struct indicator *indicator)
{
    enum { DEEPEST_POOL = 16 };
    if (pool_reaches(indicator, indicator, DEEPEST_POOL)) {
        problem(defining->problems, indicator->file, indicator->line,
                "%s: pool is circular: it adds itself", indicator->code);
        indicator->pool_count = 0;
        return;
    }
    for (size_t p = 0; p < indicator->pool_count; p++) {
        if (indicator->pool[p]->unit != indicator->pool[0]->unit)
            problem(defining->problems, indicator->file, indicator->line,
                    "%s: pool: '%s' and '%s' are of different units", indicator->code,
                    indicator->pool[0]->code, indicator->pool[p]->code);
    }
    if (indicator->pool_count > 0)
        indicator->unit = indicator->pool[0]->unit;
    for (size_t p = 0; p < indicator->pool_count; p++)
        if (indicator->pool[p]->count)
            require_serves(defining, indicator, indicator->pool[p]->count);
}

/* What two indicators both add up, NULL when nothing. */
static const struct indicator *common_part(const struct indicator *a, const struct indicator *b)
{
    const struct indicator *common = a == b ? a : NULL;
    for (size_t p = 0; p < a->pool_count && !common; p++)
        common = common_part(a->pool[p], b);
    for (size_t p = 0; p < b->pool_count && !common; p++)
        common = common_part(a, b->pool[p]);
    return common;
}

/* Whatever a pool adds up it adds once. To be asked when no pool is circular any more. */
static void check_parts(const struct defining *defining, const struct indicator *indicator)
{
    for (size_t p = 1; p < indicator->pool_count; p++)
        for (size_t before = 0; before < p; before++) {
            const struct indicator *common =
                common_part(indicator->pool[before], indicator->pool[p]);
            if (common) {
                problem(defining->problems, indicator->file, indicator->line,
                        "%s: pool: '%s' would be added up twice", indicator->code, common->code);
                return;
            }
        }
}

static void find_uses(struct defining *defining, struct indicator *indicator)
{
    struct uses *uses = &indicator->uses;
    if (indicator->count)
        uses_add_dataset(defining, uses, indicator->count);
    uses_add_test(defining, uses, indicator->where);
    uses_add_test(defining, uses, indicator->met);
    uses_add_path(defining, uses, &indicator->when_field);
    uses_add_path(defining, uses, &indicator->each);
    uses_add_path(defining, uses, &indicator->weight);
    uses_add_path(defining, uses, &indicator->per);
}

/* Puts the indicators of a section together, where its first one stands: a file of an authority's
 * own may add one to a section of ours. */
static void group_by_section(struct definitions *definitions)
{
    struct indicator **indicators = definitions->indicators;
    for (size_t first = 0; first < definitions->count;) {
        const char *section = indicators[first]->section;
        size_t end = first + 1;
        for (size_t i = end; i < definitions->count; i++) {
            struct indicator *indicator = indicators[i];
            if (strcmp(indicator->section, section) != 0)
                continue;
            memmove(&indicators[end + 1], &indicators[end], (i - end) * sizeof(struct indicator *));
            indicators[end++] = indicator;
        }
        first = end;
    }
    for (size_t i = 0; i < definitions->count; i++)
        indicators[i]->number = i;
}

/* ---- the whole ----------------------------------------------------------------------------- */

int definitions_load(struct definitions *definitions, const struct config *config,
                     struct store *store, struct problems *problems, struct error *error)
{
    *definitions = (struct definitions){0};
    struct defining defining = {definitions, config, store, problems, error, config->path};
    for (size_t i = 0; i < config->definitions.count && error->code == EXIT_COMPLETE; i++)
        read_file(&defining, config->definitions.words[i]);
    group_by_section(definitions);
    for (size_t i = 0; i < definitions->count && error->code == EXIT_COMPLETE; i++)
        if (definitions->indicators[i]->pool_text)
            bind_pool(&defining, definitions->indicators[i]);
    for (size_t i = 0; i < definitions->count && error->code == EXIT_COMPLETE; i++)
        if (definitions->indicators[i]->pool_count > 0)
            check_pool(&defining, definitions->indicators[i]);
    for (size_t i = 0; i < definitions->count && error->code == EXIT_COMPLETE; i++)
        check_parts(&defining, definitions->indicators[i]);
    for (size_t i = 0; i < definitions->count && error->code == EXIT_COMPLETE; i++)
        find_uses(&defining, definitions->indicators[i]);
    for (size_t i = 0; i < definitions->count && error->code == EXIT_COMPLETE; i++)
        indicator_keys_check_units(&defining, definitions->indicators[i]);
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

int definitions_prepare(const struct definitions *definitions, const struct store *store)
{
    int status = 0;
    for (size_t g = 0; g < definitions->group_count && status == 0; g++)
        status = predicate_prepare(definitions->groups[g].test, store);
    for (size_t i = 0; i < definitions->count && status == 0; i++) {
        status = predicate_prepare(definitions->indicators[i]->where, store);
        if (status == 0)
            status = predicate_prepare(definitions->indicators[i]->met, store);
    }
    for (size_t d = 0; d < definitions->dimension_count && status == 0; d++) {
        const struct dimension *dimension = definitions->dimensions[d];
        for (size_t m = 0; m < dimension->member_count && status == 0; m++)
            status = predicate_prepare(dimension->members[m].test, store);
        for (size_t l = 0; l < store->catalogue->count && status == 0; l++)
            status = predicate_prepare(dimension->lines[l].latest, store);
    }
    return status;
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
