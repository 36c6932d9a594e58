#include "transforms/checks.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "transforms/evaluator.h"

/* A row that fails a check. */
struct finding {
    const struct dataset *dataset;
    const char *code;
    int field; /* NO_FIELD: the whole row */
    enum level level;
    struct origin origin;
};

struct findings_list {
    struct finding *list;
    size_t count;
    size_t capacity;
    bool **dead; /* by dataset, by row: rejected */
    bool any_dead;
    struct error *error;
};

/* ---- binding --------------------------------------------------------------------------------- */

static int bind_check(struct checks *checks, struct store *store, const struct dataset *dataset,
                      const struct check *check, struct problems *problems)
{
    const struct config *config = checks->config;
    struct bound_check *bound = &checks->list[checks->count++];
    struct buffer name = {0};
    buffer_format(&name, "%s, check '%s'", dataset->name, check->code);
    *bound = (struct bound_check){
        .check = check,
        .dataset = dataset,
        .name = name.failed ? NULL : arena_copy(&checks->arena, name.text, name.length),
        .level = config_level(config, check->code, check->level)};
    buffer_free(&name);
    if (!bound->name)
        return -1;
    if (!check->where) {
        struct table *table = &store->tables[dataset->number];
        store_need(store, dataset, check->differs);
        table->watched[check->differs] = true;
        table->refused[check->differs] = bound->level == LEVEL_REJECT;
        return 0;
    }
    struct scope scope = {.store = store,
                          .arena = &checks->arena,
                          .problems = problems,
                          .file = config->catalogue.path,
                          .line = check->line,
                          .code = bound->name};
    bound->test = predicate_parse(&scope, check->where, dataset, true);
    return 0;
}

int checks_load(struct checks *checks, const struct config *config, struct store *store,
                struct problems *problems, struct error *error)
{
    const struct catalogue *catalogue = &config->catalogue;
    size_t count = 0;
    for (size_t d = 0; d < catalogue->count; d++)
        for (const struct check *check = catalogue->datasets[d].checks; check; check = check->next)
            count++;
    *checks = (struct checks){.config = config};
    checks->list = calloc(count + 1, sizeof *checks->list);
    if (!checks->list)
        return error_memory(error, "reading the checks");
    for (size_t d = 0; d < catalogue->count; d++)
        for (const struct check *check = catalogue->datasets[d].checks; check; check = check->next)
            if (bind_check(checks, store, &catalogue->datasets[d], check, problems) < 0)
                return error_memory(error, "reading the checks");
    return 0;
}

void checks_free(struct checks *checks)
{
    free(checks->list);
    arena_free(&checks->arena);
    *checks = (struct checks){0};
}

/* ---- finding --------------------------------------------------------------------------------- */

static int add_finding(struct findings_list *findings, const struct finding *finding)
{
    struct finding *room =
        grow(findings->list, &findings->capacity, findings->count + 1, sizeof *room);
    if (!room)
        return error_memory(findings->error, "checking the rows");
    findings->list = room;
    room[findings->count++] = *finding;
    return 0;
}

static int add_row(struct findings_list *findings, const struct table *table, uint32_t row,
                   const struct finding *about)
{
    struct finding finding = *about;
    finding.origin = table->origins[row];
    if (finding.level == LEVEL_REJECT)
        findings->any_dead = findings->dead[table->dataset->number][row] = true;
    return add_finding(findings, &finding);
}

/* Whether every dataset that a check speaks of is fed. */
static bool can_be_asked(const struct store *store, const struct test *test)
{
    if (!test)
        return true;
    if (test->relation.dataset && !store_table(store, test->relation.dataset)->fed)
        return false;
    return can_be_asked(store, test->left) && can_be_asked(store, test->right);
}

static int run_test(const struct bound_check *bound, struct evaluator *evaluator,
                    struct findings_list *findings)
{
    const struct table *table = store_table(evaluator->store, bound->dataset);
    const struct finding about = {bound->dataset, bound->check->code, NO_FIELD, bound->level, {0}};
    if (!bound->test || !can_be_asked(evaluator->store, bound->test))
        return 0;
    if (predicate_prepare(bound->test, evaluator->store) < 0)
        return error_memory(evaluator->error, "checking the rows");
    evaluator->asks = bound->name;
    if (evaluator_index(evaluator, bound->test) < 0)
        return -1;
    for (uint32_t row = 0; row < table->count; row++) {
        struct here here = {table, row};
        if (evaluator_holds(evaluator, bound->test, here, &here) &&
            add_row(findings, table, row, &about) < 0)
            return -1;
        if (findings->error->code != EXIT_COMPLETE)
            return -1;
    }
    return 0;
}

/* References that name nothing, where there is a list of what they name. Children in no list are
 * counted by themselves. */
static int find_lost_references(const struct store *store, enum level level,
                                struct findings_list *findings)
{
    const struct dataset *child = catalogue_find(store->catalogue, SPAN("child"));
    for (size_t d = 0; d < store->catalogue->count; d++) {
        const struct table *table = &store->tables[d];
        for (int f = 0; f < table->dataset->field_count; f++) {
            const struct dataset *named = table->dataset->fields[f].refers;
            if (!named || named == child || store_table(store, named)->count == 0)
                continue;
            const struct finding about = {
                table->dataset, common_check_codes[CHECK_NO_ROW], f, level, {0}};
            const struct row_index *index =
                &store_table(store, named)->columns[named->identifier].index;
            for (uint32_t row = 0; row < table->count; row++) {
                int64_t value = store_value(table, f, row);
                if (value != NO_VALUE && index->start[value] == index->start[value + 1] &&
                    add_row(findings, table, row, &about) < 0)
                    return -1;
            }
        }
    }
    return 0;
}

/* What merging found: rows of one key that are different, or differ in a field that is watched. */
static int find_conflicts(const struct checks *checks, struct store *store, enum level level,
                          struct findings_list *findings)
{
    for (size_t m = 0; m < store->merge_count; m++) {
        struct merge *merge = &store->merges[m];
        if (merge->kind != MERGE_CONFLICT || level == LEVEL_NOTE)
            continue; /* listed as a merge */
        const struct finding about = {merge->dataset, common_check_codes[CHECK_KEY_CONFLICT],
                                      NO_FIELD, level, merge->origin};
        if (level == LEVEL_REJECT)
            merge->kind = MERGE_REFUSED;
        if (add_finding(findings, &about) < 0)
            return -1;
    }
    for (size_t n = 0; n < store->difference_count; n++) {
        const struct difference *difference = &store->differences[n];
        for (size_t c = 0; c < checks->count; c++) {
            const struct bound_check *bound = &checks->list[c];
            const struct finding about = {bound->dataset, bound->check->code, difference->field,
                                          bound->level, difference->origin};
            if (!bound->test && bound->dataset == difference->dataset &&
                bound->check->differs == difference->field && add_finding(findings, &about) < 0)
                return -1;
        }
    }
    return 0;
}

/* ---- what becomes of it ---------------------------------------------------------------------- */

static int compare_findings(const void *a, const void *b)
{
    const struct finding *x = a;
    const struct finding *y = b;
    int order = origin_compare(&x->origin, &y->origin);
    if (order == 0 && x->dataset != y->dataset)
        order = x->dataset->number < y->dataset->number ? -1 : 1;
    if (order == 0)
        order = strcmp(x->code, y->code);
    return order ? order : (x->field > y->field) - (x->field < y->field);
}

static int write_remarks(const struct findings_list *findings, struct spool *remarks)
{
    struct buffer line = {0};
    int status = 0;
    for (size_t i = 0; i < findings->count && status == 0; i++) {
        const struct finding *finding = &findings->list[i];
        line.length = 0;
        buffer_format(&line, "%s\t%s\t\t%s\t%s\t%" PRIu32 ":%" PRIu32 "\n",
                      finding->level == LEVEL_REJECT ? "reject" : "note", finding->dataset->name,
                      finding->field == NO_FIELD ? ""
                                                 : finding->dataset->fields[finding->field].name,
                      finding->code, finding->origin.source, finding->origin.row);
        status = line.failed ? error_memory(findings->error, "checking the rows")
                             : spool_add(remarks, line.text, line.length, findings->error);
    }
    buffer_free(&line);
    return status;
}

/* The first finding, in the order of rows, of a check at the level `fail`, and how many it has. */
static int fail_when_asked(const struct store *store, const struct findings_list *findings)
{
    const struct finding *first = NULL;
    size_t count = 0;
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->list[i];
        if (finding->level != LEVEL_FAIL)
            continue;
        if (!first)
            first = finding;
        count += strcmp(finding->code, first->code) == 0;
    }
    if (!first)
        return 0;
    const struct source_info *source = &store->sources[first->origin.source - 1];
    return error_set(findings->error, EXIT_BAD_DATA,
                     "%zu row%s the check '%s', the first at '%s'%s%s%s row %" PRIu32
                     ": correct them in the case system, or change its level in [checks]",
                     count, count == 1 ? " fails" : "s fail", first->code, source->file,
                     *source->sheet ? " sheet '" : "", source->sheet, *source->sheet ? "'" : "",
                     first->origin.row);
}

static int run_all(const struct checks *checks, struct store *store,
                   const struct calendar *calendar, date_t as_at, struct findings_list *findings)
{
    static const struct definitions none = {0};
    const struct config *config = checks->config;
    const enum level *levels = config->catalogue.levels;
    struct evaluator evaluator;
    int status = evaluator_init(&evaluator, store, &none, calendar, as_at, findings->error);
    if (status == 0)
        evaluator_set_day(&evaluator, as_at);
    for (size_t c = 0; c < checks->count && status == 0; c++)
        status = run_test(&checks->list[c], &evaluator, findings);
    evaluator_free(&evaluator);
    if (status == 0)
        status = find_lost_references(
            store, config_level(config, common_check_codes[CHECK_NO_ROW], levels[CHECK_NO_ROW]),
            findings);
    if (status == 0)
        status = find_conflicts(checks, store,
                                config_level(config, common_check_codes[CHECK_KEY_CONFLICT],
                                             levels[CHECK_KEY_CONFLICT]),
                                findings);
    return status;
}

int checks_run(const struct checks *checks, struct store *store, const struct calendar *calendar,
               date_t as_at, struct spool *remarks, struct error *error)
{
    size_t datasets = store->catalogue->count;
    struct findings_list findings = {.error = error};
    findings.dead = calloc(datasets + 1, sizeof *findings.dead);
    int status = findings.dead ? 0 : error_memory(error, "checking the rows");
    for (size_t d = 0; d < datasets && status == 0; d++) {
        findings.dead[d] = calloc((size_t)store->tables[d].count + 1, sizeof **findings.dead);
        if (!findings.dead[d])
            status = error_memory(error, "checking the rows");
    }
    if (status == 0)
        status = run_all(checks, store, calendar, as_at, &findings);
    if (findings.count > 1)
        qsort(findings.list, findings.count, sizeof *findings.list, compare_findings);
    if (status == 0)
        status = fail_when_asked(store, &findings);
    if (status == 0)
        status = write_remarks(&findings, remarks);
    if (status == 0 && findings.any_dead)
        status = store_remove(store, findings.dead, error);
    for (size_t d = 0; findings.dead && d < datasets; d++)
        free(findings.dead[d]);
    free(findings.dead);
    free(findings.list);
    return status;
}
