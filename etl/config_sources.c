#include <stdlib.h>
#include <string.h>

#include "etl/cell_value.h"
#include "etl/config_loading.h"

/* ---- values -------------------------------------------------------------------------------- */

/* A spelling that stands for two values stands for neither. */
static void add_spelling(struct loading *loading, struct value_table *table,
                         const struct ini_entry *entry, const char *word)
{
    struct value_spelling spelling = {word, loading_keep(loading, span_of(entry->key), FOLD_NONE),
                                      false, entry->line};
    size_t length = strlen(word);
    if (length > 3 && strcmp(word + length - 3, "...") == 0) {
        spelling.begins = true;
        spelling.spelling = loading_keep(loading, (struct span){word, length - 3}, FOLD_NONE);
    }
    if (!spelling.spelling || !spelling.value)
        return;
    for (size_t k = 0; k < table->count; k++)
        if (table->spellings[k].begins == spelling.begins &&
            strcmp(table->spellings[k].spelling, spelling.spelling) == 0 &&
            strcmp(table->spellings[k].value, spelling.value) != 0)
            problem(loading->problems, loading->path, entry->line,
                    "values %s: '%s' is a spelling of both '%s' and '%s'", table->name, word,
                    table->spellings[k].value, spelling.value);
    table->spellings[table->count++] = spelling;
}

void loading_read_values(struct loading *loading, const struct ini_section *section,
                         struct span name)
{
    struct config *config = loading->config;
    struct value_table *table = arena_alloc(&config->arena, sizeof *table);
    if (!table) {
        error_memory(loading->error, "reading the configuration");
        return;
    }
    table->name = loading_keep(loading, name, FOLD_NONE);
    table->file = loading->path;
    table->next = config->tables;
    config->tables = table;
    struct word_list *lists = calloc(section->count + 1, sizeof *lists);
    size_t total = 0;
    for (size_t i = 0; lists && i < section->count; i++) {
        lists[i] = loading_list(loading, section->entries[i].value, '|', FOLD_TEXT);
        total += lists[i].count;
    }
    table->spellings = arena_alloc(&config->arena, (total + 1) * sizeof *table->spellings);
    if (!lists || !table->spellings) {
        error_memory(loading->error, "reading the configuration");
        free(lists);
        return;
    }
    for (size_t i = 0; i < section->count; i++)
        for (size_t j = 0; j < lists[i].count; j++)
            add_spelling(loading, table, &section->entries[i], lists[i].words[j]);
    free(lists);
}

static const struct value_table *find_table(const struct config *config, const char *name)
{
    const struct value_table *table = config->tables;
    while (table && strcmp(table->name, name) != 0)
        table = table->next;
    return table;
}

/* ---- lookups ------------------------------------------------------------------------------- */

void loading_read_lookup(struct loading *loading, const struct ini_section *section,
                         struct span name)
{
    static const char *const keys[] = {"file", "sheet", "key", "blanks"};
    struct config *config = loading->config;
    struct lookup_list *list = arena_alloc(&config->arena, sizeof *list);
    if (!list) {
        error_memory(loading->error, "reading the configuration");
        return;
    }
    *list = (struct lookup_list){.file = loading->path, .line = section->line};
    list->name = loading_keep(loading, name, FOLD_NONE);
    list->next = config->lookups;
    config->lookups = list;
    for (size_t i = 0; i < section->count; i++) {
        const struct ini_entry *entry = &section->entries[i];
        if (strcmp(entry->key, "file") == 0) {
            list->file_glob = loading_keep(loading, span_of(entry->value), FOLD_NONE);
        } else if (strcmp(entry->key, "sheet") == 0) {
            list->sheet_globs = loading_list(loading, entry->value, '|', FOLD_NONE);
        } else if (strcmp(entry->key, "key") == 0) {
            struct span first = span_of(entry->value);
            list->keys = loading_list(loading, entry->value, '|', FOLD_HEADER);
            list->first_key = loading_keep(loading, span_cut(&first, '|'), FOLD_NONE);
        } else if (strcmp(entry->key, "blanks") == 0) {
            list->blanks = loading_list(loading, entry->value, '|', FOLD_TEXT);
        } else {
            problem_word(loading->problems, loading->path, entry->line, span_of(entry->key), keys,
                         sizeof keys / sizeof keys[0], "lookup '%s': unknown key '%s'", list->name,
                         entry->key);
        }
    }
    if (loading->layout_glob)
        list->file_glob = loading->layout_glob;
    if (!list->file_glob || list->keys.count == 0)
        problem(loading->problems, loading->path, section->line,
                "lookup '%s' needs a file and a key, like: file = *cla_episodes*, key = cla_id",
                list->name);
}

static const struct lookup_list *find_lookup(const struct config *config, struct span name)
{
    const struct lookup_list *list = config->lookups;
    while (list && !span_is(name, list->name))
        list = list->next;
    return list;
}

/* ---- sources ------------------------------------------------------------------------------- */

/* The rest of a key that begins with the word and a blank, or NULL text. */
struct span loading_after_word(const char *key, const char *word)
{
    size_t length = strlen(word);
    if (strncmp(key, word, length) != 0 || key[length] != ' ')
        return (struct span){NULL, 0};
    return span_trim(span_of(key + length));
}

static struct field_source *source_field(struct loading *loading, struct source_config *source,
                                         const struct ini_entry *entry, struct span name)
{
    int field = dataset_field(source->dataset, name);
    if (field == NO_FIELD) {
        problem_word(loading->problems, loading->path, entry->line, name,
                     source->dataset->field_names, (size_t)source->dataset->field_count,
                     "source '%s': unknown field '%.*s' in %s", source->name, (int)name.length,
                     name.text, source->dataset->name);
        return NULL;
    }
    return &source->fields[field];
}

static struct source_rule *add_rule(struct loading *loading, struct source_config *source,
                                    enum source_rule_kind kind, struct span header,
                                    const char *values)
{
    struct source_rule *rule = arena_alloc(&loading->config->arena, sizeof *rule);
    if (!rule) {
        error_memory(loading->error, "reading the configuration");
        return NULL;
    }
    *rule = (struct source_rule){.kind = kind, .field = NO_FIELD};
    rule->header = loading_keep(loading, header, FOLD_HEADER);
    rule->values = loading_list(loading, values, '|', FOLD_TEXT);
    struct source_rule **last = &source->rules;
    while (*last)
        last = &(*last)->next;
    *last = rule;
    return rule;
}

/* "blank FIELD when HEADER = VALUES" */
static void read_blank_rule(struct loading *loading, struct source_config *source,
                            const struct ini_entry *entry, struct span rest)
{
    struct span name = span_cut(&rest, ' ');
    struct span header = rest;
    if (!rest.text || !span_is(span_cut(&header, ' '), "when") || !header.text) {
        problem(loading->problems, loading->path, entry->line,
                "source '%s': 'blank' is written: blank FIELD when HEADER = VALUE | VALUE",
                source->name);
        return;
    }
    struct field_source *field = source_field(loading, source, entry, name);
    struct source_rule *rule = add_rule(loading, source, RULE_BLANK, header, entry->value);
    if (field && rule)
        rule->field = (int)(field - source->fields);
}

static void read_required(struct loading *loading, struct source_config *source,
                          const struct ini_entry *entry)
{
    struct span rest = span_of(entry->value);
    while (rest.text) {
        struct span name = span_cut(&rest, '|');
        struct field_source *field = source_field(loading, source, entry, name);
        if (field)
            field->required = true;
    }
}

/* "lookup FIELD = HEADER of LIST" */
static void read_lookup_field(struct loading *loading, struct source_config *source,
                              const struct ini_entry *entry, struct span name)
{
    struct field_source *field = source_field(loading, source, entry, name);
    const char *of = strstr(entry->value, " of ");
    struct span list = {NULL, 0};
    const struct lookup_list *found = NULL;
    while (of && !found) { /* both a header and the name of a list may hold the word */
        struct span rest = span_trim(span_of(of + strlen(" of ")));
        list = list.text ? list : rest;
        found = find_lookup(loading->config, rest);
        if (!found)
            of = strstr(of + 1, " of ");
    }
    if (!list.text)
        problem(loading->problems, loading->path, entry->line,
                "source '%s': 'lookup' is written: lookup FIELD = HEADER of LIST", source->name);
    else if (!found)
        problem(loading->problems, loading->path, entry->line,
                "source '%s': there is no [lookup %s]", source->name, list.text);
    if (!field || !found)
        return;
    struct span header = span_trim((struct span){entry->value, (size_t)(of - entry->value)});
    field->lookup = found;
    field->answer = loading_keep(loading, header, FOLD_HEADER);
    field->first_answer = loading_keep(loading, header, FOLD_NONE);
    field->lookup_line = entry->line;
}

/* "made FIELD = FIELD | FIELD": an identifier for lists that have none. */
static void read_made(struct loading *loading, struct source_config *source,
                      const struct ini_entry *entry, struct span name)
{
    struct field_source *made = source_field(loading, source, entry, name);
    struct span rest = span_of(entry->value);
    while (made && rest.text && made->made_count < MAX_KEY_FIELDS) {
        struct field_source *part = source_field(loading, source, entry, span_cut(&rest, '|'));
        if (part)
            made->made[made->made_count++] = (int)(part - source->fields);
    }
}

static void read_filled(struct loading *loading, struct source_config *source,
                        const struct ini_entry *entry)
{
    struct span rest = span_of(entry->value);
    while (rest.text) {
        struct field_source *field = source_field(loading, source, entry, span_cut(&rest, '|'));
        if (field)
            field->must_be_filled = true;
    }
}

/* "covers = latest month, WHY" or "covers = 6 months, WHY" */
static void read_covers(struct loading *loading, struct source_config *source,
                        const struct ini_entry *entry)
{
    struct span why = span_of(entry->value);
    struct span months = span_cut(&why, ',');
    struct span unit = months;
    int64_t number = span_number(span_cut(&unit, ' '), 999);
    if (why.text)
        source->covers_why = loading_keep(loading, span_trim(why), FOLD_NONE);
    if (span_is(months, "latest month"))
        source->covers = COVERS_LATEST;
    else if (number > COVERS_LATEST && unit.text && span_is(unit, "months"))
        source->covers = (int)number;
    else
        why.text = NULL;
    if (!why.text)
        problem(loading->problems, loading->path, entry->line,
                "source '%s': 'covers' is written: covers = latest month, WHY, or: 6 months, WHY",
                source->name);
}

/* How old this source's export may be, where that is another age than the others'. */
static void read_age(struct loading *loading, const struct source_config *source,
                     const struct ini_entry *entry, int *days)
{
    *days = loading_amount(span_of(entry->value), "days", MOST_DAYS);
    if (*days < 0)
        problem(loading->problems, loading->path, entry->line,
                "source '%s': %s must be a number of days, like 35 days", source->name, entry->key);
}

/* One line of a [source]. */
static void read_source_entry(struct loading *loading, struct source_config *source,
                              const struct ini_entry *entry)
{
    if (!*entry->value && strcmp(entry->key, "blanks") != 0) {
        problem(loading->problems, loading->path, entry->line,
                "source '%s': '%s' has no value: write one, or delete the line", source->name,
                entry->key);
        return;
    }
    static const char *const keys[] = {
        "file",     "sheet",  "dataset",  "as at",  "column",     "values",     "lookup",
        "always",   "made",   "filled",   "blanks", "only",       "except",     "blank",
        "required", "covers", "optional", "reader", "warn after", "error after"};
    struct span rest;
    if (strcmp(entry->key, "file") == 0) {
        source->file_glob = loading_keep(loading, span_of(entry->value), FOLD_NONE);
    } else if (strcmp(entry->key, "sheet") == 0) {
        source->sheet_globs = loading_list(loading, entry->value, '|', FOLD_NONE);
    } else if (strcmp(entry->key, "as at") == 0) {
        source->as_at = loading_keep(loading, span_of(entry->value), FOLD_NONE);
        if (date_from_iso(span_of(entry->value)) == NO_DATE)
            problem(loading->problems, loading->path, entry->line,
                    "source '%s': as at must be a date like 2019-08-13", source->name);
    } else if (strcmp(entry->key, "blanks") == 0) {
        source->blanks = loading_list(loading, entry->value, '|', FOLD_TEXT);
    } else if (strcmp(entry->key, "optional") == 0) {
        source->optional = strcmp(entry->value, "yes") == 0;
        if (!source->optional && strcmp(entry->value, "no") != 0)
            problem(loading->problems, loading->path, entry->line,
                    "source '%s': optional is yes or no", source->name);
    } else if (strcmp(entry->key, "warn after") == 0) {
        read_age(loading, source, entry, &source->warn_after);
    } else if (strcmp(entry->key, "error after") == 0) {
        read_age(loading, source, entry, &source->error_after);
    } else if (strcmp(entry->key, "reader") == 0) {
        source->by_freexl = strcmp(entry->value, "freexl") == 0;
        if (!source->by_freexl)
            problem(loading->problems, loading->path, entry->line,
                    "source '%s': reader can only be freexl, for .xls files; leave it out for the "
                    "usual reader",
                    source->name);
    } else if (strcmp(entry->key, "covers") == 0) {
        read_covers(loading, source, entry);
    } else if ((rest = loading_after_word(entry->key, "lookup")).text) {
        read_lookup_field(loading, source, entry, rest);
    } else if (strcmp(entry->key, "required") == 0) {
        read_required(loading, source, entry);
    } else if ((rest = loading_after_word(entry->key, "column")).text) {
        struct field_source *field = source_field(loading, source, entry, rest);
        if (field) {
            field->headers = loading_list(loading, entry->value, '|', FOLD_HEADER);
            struct span first = span_of(entry->value);
            field->first_header = loading_keep(loading, span_cut(&first, '|'), FOLD_NONE);
        }
    } else if ((rest = loading_after_word(entry->key, "values")).text) {
        struct field_source *field = source_field(loading, source, entry, rest);
        if (field) {
            field->values = find_table(loading->config, entry->value);
            if (!field->values)
                problem(loading->problems, loading->path, entry->line,
                        "source '%s': there is no [values %s]", source->name, entry->value);
        }
    } else if ((rest = loading_after_word(entry->key, "always")).text) {
        struct field_source *field = source_field(loading, source, entry, rest);
        if (field) {
            field->always = loading_keep(loading, span_of(entry->value), FOLD_NONE);
            field->always_line = entry->line;
        }
    } else if ((rest = loading_after_word(entry->key, "made")).text) {
        read_made(loading, source, entry, rest);
    } else if (strcmp(entry->key, "filled") == 0) {
        read_filled(loading, source, entry);
    } else if ((rest = loading_after_word(entry->key, "only")).text) {
        add_rule(loading, source, RULE_ONLY, rest, entry->value);
    } else if ((rest = loading_after_word(entry->key, "except")).text) {
        add_rule(loading, source, RULE_EXCEPT, rest, entry->value);
    } else if ((rest = loading_after_word(entry->key, "blank")).text) {
        read_blank_rule(loading, source, entry, rest);
    } else if (strcmp(entry->key, "dataset") != 0) {
        rest = span_of(entry->key);
        problem_word(loading->problems, loading->path, entry->line, span_cut(&rest, ' '), keys,
                     sizeof keys / sizeof keys[0], "source '%s': unknown key '%s'", source->name,
                     entry->key);
    }
}

/* Which headers must be there: what the source says, or what a row cannot do without. */
static void default_required(struct source_config *source)
{
    const struct dataset *dataset = source->dataset;
    for (int f = 0; f < dataset->field_count; f++)
        if (source->fields[f].required)
            return;
    for (int f = 0; f < dataset->field_count; f++) {
        bool needed = f == dataset->dated[0] || f == dataset->dated[1] ||
                      strcmp(dataset->fields[f].type_name, "child") == 0;
        for (int k = 0; k < dataset->key_count; k++)
            needed = needed || f == dataset->key[k];
        source->fields[f].required = needed && source->fields[f].headers.count > 0;
    }
}

/* A constant is read as a cell with it would be: what no row could take is a slip. */
static void check_constant(struct loading *loading, const struct source_config *source,
                           const struct field *field, const struct field_source *said)
{
    const struct word_list no_blanks = {0};
    struct column_reader reader = {.field = field, .source = said, .blanks = &no_blanks};
    const struct cell cell = {
        .type = CELL_TEXT, .text = said->always, .length = strlen(said->always)};
    struct buffer value = {0};
    moment_t moment;
    enum cell_outcome outcome = cell_value(&reader, &cell, &value, &moment);
    column_reader_free(&reader);
    buffer_free(&value);
    const char *wrong = cell_outcome_code(outcome);
    if (outcome != CELL_TAKEN && wrong)
        problem_word(loading->problems, source->file, said->always_line, span_of(said->always),
                     field->values, field->value_count, "source '%s': always %s = %s: %s",
                     source->name, field->name, said->always, wrong);
}

/* A source must give what its dataset's rows are keyed and dated by. */
static void check_source(struct loading *loading, const struct source_config *source)
{
    const struct dataset *dataset = source->dataset;
    for (int f = 0; f < dataset->field_count; f++) {
        const struct field_source *field = &source->fields[f];
        if (field->always)
            check_constant(loading, source, &dataset->fields[f], field);
        bool needed = f == dataset->dated[0] && dataset->dated[1] == NO_FIELD;
        for (int k = 0; k < dataset->key_count; k++)
            needed = needed || f == dataset->key[k];
        if (needed && field->headers.count == 0 && !field->always && field->made_count == 0)
            problem(loading->problems, source->file, source->line,
                    "source '%s' has no column for '%s', which %s cannot do without", source->name,
                    dataset->fields[f].name, dataset->name);
        if (field->required && field->headers.count == 0)
            problem(loading->problems, source->file, source->line,
                    "source '%s' requires '%s' but has no column for it", source->name,
                    dataset->fields[f].name);
        if (field->lookup && field->headers.count == 0)
            problem(loading->problems, source->file, field->lookup_line,
                    "source '%s' looks '%s' up but has no column for its key", source->name,
                    dataset->fields[f].name);
        if (field->values && dataset->fields[f].type != TYPE_CATEGORY &&
            dataset->fields[f].type != TYPE_FLAG)
            problem(loading->problems, source->file, source->line,
                    "source '%s': values %s, but it is neither a category nor a flag", source->name,
                    dataset->fields[f].name);
    }
}

/* Rules may be several; every other line of a source is said once. */
static void check_repeated(struct loading *loading, const struct source_config *source,
                           const struct ini_section *section)
{
    for (size_t i = 1; i < section->count; i++) {
        const char *key = section->entries[i].key;
        struct span constant = loading_after_word(key, "always");
        for (size_t j = 0; constant.text && j < section->count; j++) {
            struct span column = loading_after_word(section->entries[j].key, "column");
            if (column.text && span_equal(column, constant))
                problem(loading->problems, loading->path, section->entries[i].line,
                        "source '%s': '%s' has a column too (at line %u): delete one", source->name,
                        key, section->entries[j].line);
        }
        if (strncmp(key, "only ", 5) == 0 || strncmp(key, "except ", 7) == 0 ||
            strncmp(key, "blank ", 6) == 0)
            continue;
        for (size_t j = 0; j < i; j++)
            if (strcmp(section->entries[j].key, key) == 0)
                problem(loading->problems, loading->path, section->entries[i].line,
                        "source '%s': '%s' stands twice (also at line %u)", source->name, key,
                        section->entries[j].line);
    }
}

void loading_read_source(struct loading *loading, const struct ini_section *section,
                         struct span name)
{
    struct config *config = loading->config;
    const struct ini_section *defaults = loading->defaults;
    const struct ini_entry *dataset = ini_find(section, "dataset");
    if (!dataset && defaults)
        dataset = ini_find(defaults, "dataset");
    if (!dataset) {
        problem(loading->problems, loading->path, section->line, "source '%.*s' says no dataset",
                (int)name.length, name.text);
        return;
    }
    struct source_config *room =
        grow(config->sources, &config->source_capacity, config->source_count + 1, sizeof *room);
    if (!room) {
        error_memory(loading->error, "reading the configuration");
        return;
    }
    config->sources = room;
    struct source_config *source = &room[config->source_count];
    *source = (struct source_config){.file = loading->path, .line = section->line};
    source->optional = loading->in_layout;
    source->warn_after = source->error_after = -1;
    source->covers = COVERS_EVERY;
    source->name = loading_keep(loading, name, FOLD_NONE);
    source->dataset = catalogue_find(&config->catalogue, span_of(dataset->value));
    if (!source->dataset) {
        problem_word(loading->problems, loading->path, dataset->line, span_of(dataset->value),
                     config->catalogue.names, config->catalogue.count,
                     "source '%s': unknown dataset '%s'", source->name, dataset->value);
        return;
    }
    for (size_t i = 0; i < config->source_count; i++)
        if (strcmp(config->sources[i].name, source->name) == 0)
            problem(loading->problems, loading->path, section->line,
                    "source '%s' stands twice (also at %s:%u)", source->name,
                    config->sources[i].file, config->sources[i].line);
    check_repeated(loading, source, section);
    for (size_t i = 0; defaults && i < defaults->count; i++)
        read_source_entry(loading, source, &defaults->entries[i]);
    for (size_t i = 0; i < section->count; i++)
        read_source_entry(loading, source, &section->entries[i]);
    source->own_glob = source->file_glob;
    if (loading->layout_glob)
        source->file_glob = loading->layout_glob;
    if (!source->file_glob)
        problem(loading->problems, loading->path, section->line,
                "source '%s' says no file, like: file = missing_episodes_*.xls", source->name);
    default_required(source);
    check_source(loading, source);
    config->source_count++;
}

/* ---- two sources of one thing ---------------------------------------------------------------- */

static bool lists_share(const struct word_list *a, const struct word_list *b)
{
    for (size_t i = 0; i < a->count; i++)
        for (size_t j = 0; j < b->count; j++)
            if (strcmp(a->words[i], b->words[j]) == 0)
                return true;
    return false;
}

static bool picks_rows(const struct source_config *source)
{
    for (const struct source_rule *rule = source->rules; rule; rule = rule->next)
        if (rule->kind != RULE_BLANK)
            return true;
    for (int f = 0; f < source->dataset->field_count; f++)
        if (source->fields[f].must_be_filled)
            return true;
    return false;
}

/* Whether both take a field from the same column, or give it the same constant. */
static bool same_field(const struct source_config *a, const struct source_config *b, int field)
{
    const struct field_source *x = &a->fields[field];
    const struct field_source *y = &b->fields[field];
    if (x->headers.count > 0 && y->headers.count > 0)
        return lists_share(&x->headers, &y->headers);
    if (x->headers.count > 0 || y->headers.count > 0)
        return false;
    if (x->always && y->always)
        return strcmp(x->always, y->always) == 0;
    return !x->always && !y->always;
}

/* Whether two sources would give every row of a sheet twice, under one key. */
static bool give_the_same(const struct source_config *a, const struct source_config *b)
{
    const struct dataset *dataset = a->dataset;
    if (dataset != b->dataset || strcmp(a->own_glob, b->own_glob) != 0 || picks_rows(a) ||
        picks_rows(b))
        return false;
    if (a->sheet_globs.count > 0 && b->sheet_globs.count > 0 &&
        !lists_share(&a->sheet_globs, &b->sheet_globs))
        return false;
    for (int k = 0; k < dataset->key_count; k++)
        if (!same_field(a, b, dataset->key[k]))
            return false;
    for (int f = 0; dataset->key_count == 0 && f < dataset->field_count; f++)
        if (!same_field(a, b, f))
            return false;
    return true;
}

/* ---- values that no field knows -------------------------------------------------------------- */

static bool takes_value(const struct field *field, struct span folded)
{
    if (field->type == TYPE_FLAG)
        return span_is(folded, "yes") || span_is(folded, "no");
    for (size_t v = 0; v < field->value_count; v++)
        if (span_is(folded, field->values[v]))
            return true;
    return field->value_count == 0;
}

/* The value that a spelling stands for must be one of some field that is read by the table. */
static void check_spelling(struct loading *loading, const struct value_table *table,
                           const struct value_spelling *spelling)
{
    static const char *const flags[] = {"yes", "no"};
    const struct config *config = loading->config;
    const struct dataset *dataset = NULL;
    const struct field *field = NULL;
    struct buffer folded = {0};
    bool taken = false;
    text_fold(&folded, span_of(spelling->value));
    for (size_t s = 0; s < config->source_count && !taken; s++) {
        const struct source_config *source = &config->sources[s];
        for (int f = 0; f < source->dataset->field_count && !taken; f++) {
            if (source->fields[f].values != table)
                continue;
            dataset = source->dataset;
            field = &dataset->fields[f];
            taken = takes_value(field, (struct span){folded.text, folded.length});
        }
    }
    buffer_free(&folded);
    if (field && !taken)
        problem_word(loading->problems, table->file, spelling->line, span_of(spelling->value),
                     field->type == TYPE_FLAG ? flags : field->values,
                     field->type == TYPE_FLAG ? 2 : field->value_count,
                     "values %s: '%s' is no value of '%s' in %s", table->name, spelling->value,
                     field->name, dataset->name);
}

static void check_values(struct loading *loading)
{
    for (const struct value_table *table = loading->config->tables; table; table = table->next)
        for (size_t v = 0; v < table->count; v++)
            if (v == 0 || table->spellings[v].line != table->spellings[v - 1].line)
                check_spelling(loading, table, &table->spellings[v]);
}

void loading_check_sources(struct loading *loading)
{
    const struct config *config = loading->config;
    check_values(loading);
    for (size_t i = 1; i < config->source_count; i++) {
        const struct source_config *source = &config->sources[i];
        for (size_t j = 0; j < i; j++) {
            const struct source_config *other = &config->sources[j];
            if (source->own_glob && other->own_glob && give_the_same(other, source))
                problem(loading->problems, source->file, source->line,
                        "source '%s' feeds %s by the same key as source '%s' (%s:%u): delete one, "
                        "or tell their rows apart with 'only'",
                        source->name, source->dataset->name, other->name, other->file, other->line);
        }
    }
}
