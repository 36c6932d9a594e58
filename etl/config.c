#include "etl/config.h"

#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "etl/ini_file.h"
#include "etl/share.h"

struct loading {
    struct config *config;
    struct problems *problems;
    struct error *error;
    const char *path;        /* of the file being read */
    const char *layout_glob; /* file pattern given to the layout being read, or NULL */
    bool in_layout;
    unsigned depth; /* of includes */
    bool catalogue_read;
};

enum { DEEPEST_INCLUDE = 8 };

static const char *keep(struct loading *loading, struct span text)
{
    const char *copy = arena_copy(&loading->config->arena, text.text, text.length);
    if (!copy)
        error_memory(loading->error, "reading the configuration");
    return copy;
}

/* A path as written, seen from the folder of the file it stands in. */
static const char *keep_path(struct loading *loading, struct span text)
{
    const char *slash = strrchr(loading->path, '/');
    if (text.length == 0 || text.text[0] == '/' || !slash)
        return keep(loading, text);
    struct buffer joined = {0};
    buffer_add(&joined, loading->path, (size_t)(slash - loading->path) + 1);
    buffer_add(&joined, text.text, text.length);
    const char *path = NULL;
    if (joined.failed)
        error_memory(loading->error, "reading the configuration");
    else
        path = keep(loading, (struct span){joined.text, joined.length});
    buffer_free(&joined);
    return path;
}

enum fold { FOLD_NONE, FOLD_TEXT, FOLD_HEADER, FOLD_PATH };

static const char *keep_folded(struct loading *loading, struct span text, enum fold fold)
{
    if (fold == FOLD_PATH)
        return keep_path(loading, text);
    if (fold == FOLD_NONE)
        return keep(loading, text);
    struct buffer folded = {0};
    if (fold == FOLD_TEXT)
        text_fold(&folded, text);
    else
        text_fold_header(&folded, text);
    const char *kept = keep(loading, (struct span){folded.text, folded.length});
    buffer_free(&folded);
    return kept;
}

/* Splits at a separator into a list; empty parts are left out. */
static struct word_list read_list(struct loading *loading, const char *text, char separator,
                                  enum fold fold)
{
    struct word_list list = {0};
    size_t most = 1;
    for (const char *c = text; *c; c++)
        most += *c == separator;
    list.words = arena_alloc(&loading->config->arena, most * sizeof *list.words);
    if (!list.words) {
        error_memory(loading->error, "reading the configuration");
        return list;
    }
    struct span rest = span_of(text);
    while (rest.text) {
        struct span part = span_cut(&rest, separator);
        if (part.length > 0)
            list.words[list.count++] = keep_folded(loading, part, fold);
    }
    return list;
}

/* ---- plain keys: a row each ---------------------------------------------------------------- */

enum key_type { KEY_TEXT, KEY_PATH, KEY_PATHS, KEY_MONTH, KEY_DATE, KEY_COUNT };

struct config_key {
    const char *section;
    const char *key;
    enum key_type type;
    size_t offset;
    const char *help;
};

static const struct config_key config_keys[] = {
    {"authority", "name", KEY_TEXT, offsetof(struct config, authority),
     "who reports: stands on every sheet"},
    {"authority", "marking", KEY_TEXT, offsetof(struct config, marking),
     "the protective marking in headers and footers"},
    {"report", "month", KEY_MONTH, offsetof(struct config, month),
     "the month reported on, like 2019-07"},
    {"report", "as at", KEY_DATE, offsetof(struct config, as_at),
     "the day the exports were taken, like 2019-08-13"},
    {"report", "months", KEY_COUNT, offsetof(struct config, months),
     "how many months the tables show, 1 to 60 (13)"},
    {"report", "folder", KEY_PATH, offsetof(struct config, report_folder),
     "where reports are published (reports)"},
    {"data", "inbox", KEY_PATH, offsetof(struct config, inbox), "the folder the exports arrive in"},
    {"data", "holidays", KEY_PATH, offsetof(struct config, holidays),
     "the table of bank holidays of England"},
    {"data", "definitions", KEY_PATHS, offsetof(struct config, definitions),
     "the files of indicators, in the order of the report"},
    {"data", "datasets", KEY_PATH, SIZE_MAX, "the declaration of the datasets"},
    {"data", "include", KEY_PATH, SIZE_MAX, "another file of sources and values to read"},
    {"data", "layout", KEY_TEXT, SIZE_MAX,
     "a standard layout to read: annex-a or ssda903, or NAME for FILE-PATTERN"},
};

enum { CONFIG_KEY_COUNT = sizeof config_keys / sizeof config_keys[0] };

void config_describe_keys(struct buffer *out)
{
    const char *section = "";
    for (size_t i = 0; i < CONFIG_KEY_COUNT; i++) {
        if (strcmp(section, config_keys[i].section) != 0)
            buffer_format(out, "[%s]\n", config_keys[i].section);
        section = config_keys[i].section;
        buffer_format(out, "  %-12s %s\n", config_keys[i].key, config_keys[i].help);
    }
}

static void set_key(struct loading *loading, const struct config_key *key,
                    const struct ini_entry *entry)
{
    struct span value = span_of(entry->value);
    char *place = (char *)loading->config + key->offset;
    switch (key->type) {
    case KEY_TEXT:
        *(const char **)(void *)place = keep(loading, value);
        break;
    case KEY_PATH:
        *(const char **)(void *)place = keep_path(loading, value);
        break;
    case KEY_PATHS:
        *(struct word_list *)(void *)place = read_list(loading, entry->value, ' ', FOLD_PATH);
        break;
    case KEY_MONTH: {
        month_t month = month_from_iso(value);
        *(month_t *)(void *)place = month;
        if (month < 0)
            problem(loading->problems, loading->path, entry->line,
                    "[%s] %s must be a month like 2019-07", key->section, key->key);
        break;
    }
    case KEY_DATE: {
        date_t date = date_from_iso(value);
        *(date_t *)(void *)place = date;
        if (date == NO_DATE)
            problem(loading->problems, loading->path, entry->line,
                    "[%s] %s must be a date like 2019-08-13", key->section, key->key);
        break;
    }
    case KEY_COUNT: {
        int count = (int)span_number(value, 60);
        if (count < 1)
            problem(loading->problems, loading->path, entry->line,
                    "[%s] %s must be a number from 1 to 60", key->section, key->key);
        else
            *(int *)(void *)place = count;
        break;
    }
    }
}

/* ---- values -------------------------------------------------------------------------------- */

static void read_values(struct loading *loading, const struct ini_section *section,
                        struct span name)
{
    struct config *config = loading->config;
    struct value_table *table = arena_alloc(&config->arena, sizeof *table);
    if (!table) {
        error_memory(loading->error, "reading the configuration");
        return;
    }
    table->name = keep(loading, name);
    table->next = config->tables;
    config->tables = table;
    struct word_list *lists = calloc(section->count + 1, sizeof *lists);
    size_t total = 0;
    for (size_t i = 0; lists && i < section->count; i++) {
        lists[i] = read_list(loading, section->entries[i].value, '|', FOLD_TEXT);
        total += lists[i].count;
    }
    table->spellings = arena_alloc(&config->arena, (total + 1) * sizeof *table->spellings);
    if (!lists || !table->spellings) {
        error_memory(loading->error, "reading the configuration");
        free(lists);
        return;
    }
    for (size_t i = 0; i < section->count; i++) {
        const char *value = keep(loading, span_of(section->entries[i].key));
        for (size_t j = 0; j < lists[i].count; j++) {
            for (size_t k = 0; k < table->count; k++)
                if (strcmp(table->spellings[k].spelling, lists[i].words[j]) == 0 &&
                    strcmp(table->spellings[k].value, value) != 0)
                    problem(loading->problems, loading->path, section->entries[i].line,
                            "values %s: '%s' is a spelling of both '%s' and '%s'", table->name,
                            lists[i].words[j], table->spellings[k].value, value);
            table->spellings[table->count++] = (struct value_spelling){lists[i].words[j], value};
        }
    }
    free(lists);
}

static const struct value_table *find_table(const struct config *config, const char *name)
{
    const struct value_table *table = config->tables;
    while (table && strcmp(table->name, name) != 0)
        table = table->next;
    return table;
}

/* ---- sources ------------------------------------------------------------------------------- */

/* The rest of a key that begins with the word and a blank, or NULL text. */
static struct span after_word(const char *key, const char *word)
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
    rule->header = keep_folded(loading, header, FOLD_HEADER);
    rule->values = read_list(loading, values, '|', FOLD_TEXT);
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

/* One line of a [source]. */
static void read_source_entry(struct loading *loading, struct source_config *source,
                              const struct ini_entry *entry)
{
    static const char *const keys[] = {
        "file",   "sheet",  "dataset", "as at",  "column", "values",   "always",   "made",
        "filled", "blanks", "only",    "except", "blank",  "required", "optional", "reader"};
    struct span rest;
    if (strcmp(entry->key, "file") == 0) {
        source->file_glob = keep(loading, span_of(entry->value));
    } else if (strcmp(entry->key, "sheet") == 0) {
        source->sheet_globs = read_list(loading, entry->value, '|', FOLD_NONE);
    } else if (strcmp(entry->key, "as at") == 0) {
        source->as_at = keep(loading, span_of(entry->value));
        if (date_from_iso(span_of(entry->value)) == NO_DATE)
            problem(loading->problems, loading->path, entry->line,
                    "source '%s': as at must be a date like 2019-08-13", source->name);
    } else if (strcmp(entry->key, "blanks") == 0) {
        source->blanks = read_list(loading, entry->value, '|', FOLD_TEXT);
    } else if (strcmp(entry->key, "optional") == 0) {
        source->optional = strcmp(entry->value, "yes") == 0;
    } else if (strcmp(entry->key, "reader") == 0) {
        source->by_freexl = strcmp(entry->value, "freexl") == 0;
        if (!source->by_freexl)
            problem(loading->problems, loading->path, entry->line,
                    "source '%s': reader can only be freexl, for .xls files; leave it out for the "
                    "usual reader",
                    source->name);
    } else if (strcmp(entry->key, "required") == 0) {
        read_required(loading, source, entry);
    } else if ((rest = after_word(entry->key, "column")).text) {
        struct field_source *field = source_field(loading, source, entry, rest);
        if (field) {
            field->headers = read_list(loading, entry->value, '|', FOLD_HEADER);
            struct span first = span_of(entry->value);
            field->first_header = keep(loading, span_cut(&first, '|'));
        }
    } else if ((rest = after_word(entry->key, "values")).text) {
        struct field_source *field = source_field(loading, source, entry, rest);
        if (field) {
            field->values = find_table(loading->config, entry->value);
            if (!field->values)
                problem(loading->problems, loading->path, entry->line,
                        "source '%s': there is no [values %s]", source->name, entry->value);
        }
    } else if ((rest = after_word(entry->key, "always")).text) {
        struct field_source *field = source_field(loading, source, entry, rest);
        if (field)
            field->always = keep(loading, span_of(entry->value));
    } else if ((rest = after_word(entry->key, "made")).text) {
        read_made(loading, source, entry, rest);
    } else if (strcmp(entry->key, "filled") == 0) {
        read_filled(loading, source, entry);
    } else if ((rest = after_word(entry->key, "only")).text) {
        add_rule(loading, source, RULE_ONLY, rest, entry->value);
    } else if ((rest = after_word(entry->key, "except")).text) {
        add_rule(loading, source, RULE_EXCEPT, rest, entry->value);
    } else if ((rest = after_word(entry->key, "blank")).text) {
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

/* A source must give what its dataset's rows are keyed and dated by. */
static void check_source(struct loading *loading, const struct source_config *source)
{
    const struct dataset *dataset = source->dataset;
    for (int f = 0; f < dataset->field_count; f++) {
        const struct field_source *field = &source->fields[f];
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
        if (field->values && dataset->fields[f].type != TYPE_CATEGORY &&
            dataset->fields[f].type != TYPE_FLAG)
            problem(loading->problems, source->file, source->line,
                    "source '%s': values %s, but it is neither a category nor a flag", source->name,
                    dataset->fields[f].name);
    }
}

static void read_source(struct loading *loading, const struct ini_section *section,
                        struct span name)
{
    struct config *config = loading->config;
    const struct ini_entry *dataset = ini_find(section, "dataset");
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
    source->name = keep(loading, name);
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
    for (size_t i = 0; i < section->count; i++)
        read_source_entry(loading, source, &section->entries[i]);
    if (loading->layout_glob)
        source->file_glob = loading->layout_glob;
    if (!source->file_glob)
        problem(loading->problems, loading->path, section->line,
                "source '%s' says no file, like: file = missing_episodes_*.xls", source->name);
    default_required(source);
    check_source(loading, source);
    config->source_count++;
}

/* ---- sections ------------------------------------------------------------------------------ */

static void load_file(struct loading *loading, const char *path);

static void read_plain_section(struct loading *loading, const struct ini_section *section)
{
    static const char *const names[] = {"authority", "report", "data", "source NAME",
                                        "values NAME"};
    bool known = false;
    for (size_t k = 0; k < CONFIG_KEY_COUNT; k++)
        known = known || strcmp(config_keys[k].section, section->name) == 0;
    if (!known) {
        problem_word(loading->problems, loading->path, section->line, span_of(section->name), names,
                     sizeof names / sizeof names[0], "unknown section '[%s]'", section->name);
        return;
    }
    for (size_t i = 0; i < section->count; i++) {
        const struct ini_entry *entry = &section->entries[i];
        const struct config_key *found = NULL;
        const char *keys[CONFIG_KEY_COUNT];
        size_t count = 0;
        for (size_t k = 0; k < CONFIG_KEY_COUNT; k++) {
            if (strcmp(config_keys[k].section, section->name) != 0)
                continue;
            keys[count++] = config_keys[k].key;
            if (strcmp(config_keys[k].key, entry->key) == 0)
                found = &config_keys[k];
        }
        if (!found)
            problem_word(loading->problems, loading->path, entry->line, span_of(entry->key), keys,
                         count, "[%s]: unknown key '%s'", section->name, entry->key);
        else if (found->offset != SIZE_MAX)
            set_key(loading, found, entry);
    }
}

/* "NAME" or "NAME for PATTERN": the sources of a standard layout, for files that fit the pattern.
 */
static void read_layout(struct loading *loading, const struct ini_entry *entry)
{
    struct span rest = span_of(entry->value);
    struct span name = span_cut(&rest, ' ');
    struct loading inner = *loading;
    inner.in_layout = true;
    inner.layout_glob = NULL;
    inner.depth++;
    if (rest.text) {
        rest = span_trim(rest);
        if (!span_is(span_cut(&rest, ' '), "for") || !rest.text) {
            problem(loading->problems, loading->path, entry->line,
                    "layout is written: layout = NAME, or NAME for FILE-PATTERN");
            return;
        }
        inner.layout_glob = keep(loading, span_trim(rest));
    }
    struct buffer path = {0};
    if (memchr(name.text, '/', name.length)) {
        const char *kept = keep_path(loading, name);
        if (kept)
            buffer_add_text(&path, kept);
    } else if (share_path(&path, "etl/layouts/", loading->error) == 0) {
        buffer_format(&path, "%.*s.ini", (int)name.length, name.text);
    }
    const char *kept = keep(loading, (struct span){path.text ? path.text : "", path.length});
    buffer_free(&path);
    if (kept && access(kept, R_OK) != 0)
        problem(loading->problems, loading->path, entry->line,
                "there is no layout '%.*s' (looked for '%s')", (int)name.length, name.text, kept);
    else if (kept)
        load_file(&inner, kept);
}

static void read_section(struct loading *loading, const struct ini_section *section)
{
    struct span rest = span_of(section->name);
    struct span kind = span_cut(&rest, ' ');
    rest = rest.text ? span_trim(rest) : rest;
    if (span_is(kind, "source") && rest.text)
        read_source(loading, section, rest);
    else if (!(span_is(kind, "values") && rest.text)) /* read before the sources */
        read_plain_section(loading, section);
}

/* [data] datasets and includes come first, whatever their order in the file: sources need them. */
static void read_early(struct loading *loading, const struct ini_file *file)
{
    for (size_t i = 0; i < file->count; i++) {
        const struct ini_section *section = &file->sections[i];
        if (strcmp(section->name, "data") != 0)
            continue;
        const struct ini_entry *datasets = ini_find(section, "datasets");
        if (datasets && !loading->catalogue_read) {
            const char *path = keep_path(loading, span_of(datasets->value));
            if (path && catalogue_load(&loading->config->catalogue, path, loading->problems,
                                       loading->error) == 0)
                loading->catalogue_read = true;
        }
    }
    for (size_t i = 0; i < file->count; i++) {
        struct span rest = span_of(file->sections[i].name);
        if (span_is(span_cut(&rest, ' '), "values") && rest.text)
            read_values(loading, &file->sections[i], span_trim(rest));
    }
}

static void read_includes(struct loading *loading, const struct ini_file *file)
{
    struct loading inner = *loading;
    inner.depth++;
    for (size_t i = 0; i < file->count; i++) {
        const struct ini_section *section = &file->sections[i];
        for (size_t k = 0; strcmp(section->name, "data") == 0 && k < section->count; k++) {
            if (strcmp(section->entries[k].key, "layout") == 0)
                read_layout(loading, &section->entries[k]);
            if (strcmp(section->entries[k].key, "include") != 0)
                continue;
            const char *path = keep_path(loading, span_of(section->entries[k].value));
            if (path && access(path, R_OK) != 0)
                problem(loading->problems, loading->path, section->entries[k].line,
                        "cannot read the included '%s'", path);
            else if (path)
                load_file(&inner, path);
        }
    }
}

static void load_file(struct loading *loading, const char *path)
{
    if (loading->depth > DEEPEST_INCLUDE) {
        problem(loading->problems, path, 0, "included more than %d deep", DEEPEST_INCLUDE);
        return;
    }
    struct ini_file file;
    if (ini_load(&file, path, &loading->config->arena, loading->problems, loading->error) < 0)
        return;
    const char *outer = loading->path;
    loading->path = file.path;
    read_early(loading, &file);
    if (loading->error->code == EXIT_COMPLETE && !loading->catalogue_read)
        problem(loading->problems, file.path, 0,
                "[data] names no datasets, like: datasets = etl/datasets.ini");
    for (size_t i = 0; i < file.count && loading->error->code == EXIT_COMPLETE; i++)
        if (loading->catalogue_read)
            read_section(loading, &file.sections[i]);
    if (loading->error->code == EXIT_COMPLETE && loading->catalogue_read)
        read_includes(loading, &file);
    loading->path = outer;
    ini_free(&file);
}

int config_load(struct config *config, const char *path, struct problems *problems,
                struct error *error)
{
    *config = (struct config){.authority = "",
                              .marking = "",
                              .month = -1,
                              .as_at = NO_DATE,
                              .months = 13,
                              .report_folder = "reports"};
    struct loading loading = {.config = config, .problems = problems, .error = error, .path = path};
    config->path = keep(&loading, span_of(path));
    load_file(&loading, path);
    if (error->code != EXIT_COMPLETE) {
        config_free(config);
        return -1;
    }
    return 0;
}

void config_free(struct config *config)
{
    catalogue_free(&config->catalogue);
    arena_free(&config->arena);
    free(config->sources);
    *config = (struct config){0};
}
