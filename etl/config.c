#include "etl/config.h"

#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "etl/config_loading.h"
#include "etl/share.h"

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

const char *loading_keep(struct loading *loading, struct span text, enum fold fold)
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
    const char *kept = NULL;
    if (folded.failed)
        error_memory(loading->error, "reading the configuration");
    else
        kept = keep(loading, (struct span){folded.text, folded.length});
    buffer_free(&folded);
    return kept;
}

struct word_list loading_list(struct loading *loading, const char *text, char separator,
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
            list.words[list.count++] = loading_keep(loading, part, fold);
    }
    return list;
}

/* ---- plain keys: a row each ---------------------------------------------------------------- */

enum key_type {
    KEY_TEXT,
    KEY_PATH,
    KEY_PATHS,
    KEY_MONTH,
    KEY_DATE,
    KEY_COUNT,
    KEY_PERCENT,
    KEY_DAYS,
    KEY_MONTHS,
    KEY_CHOICE, /* one of config_choices */
    KEY_CHOICES /* a list of them */
};

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
    {"data", "reject limit", KEY_PERCENT, offsetof(struct config, reject_limit),
     "how many of a source's rows may be rejected, of 100 (20); ten always may"},
    {"run", "warn after", KEY_DAYS, offsetof(struct config, warn_after),
     "exports older than this are said to be old, like 35 days"},
    {"run", "error after", KEY_DAYS, offsetof(struct config, error_after),
     "exports older than this stop the run, like 60 days"},
    {"run", "keep", KEY_MONTHS, offsetof(struct config, keep),
     "how long history and lists of children are kept, like 24 months (always)"},
    {"run", "metrics", KEY_PATH, offsetof(struct config, metrics),
     "a file for node_exporter's textfile collector"},
    {"privacy", "pseudonyms", KEY_PATH, offsetof(struct config, pseudonyms),
     "the file of a key: children's identifiers are replaced in every report"},
    {"workbooks", "performance", KEY_CHOICES, offsetof(struct config, performance),
     "the sheets of performance.xlsx, in their order, or none (all of them)"},
    {"workbooks", "worklists", KEY_CHOICE, offsetof(struct config, worklists),
     "who is to be put right, for managers (one)"},
    {"workbooks", "tracker", KEY_PATH, offsetof(struct config, tracker),
     "the file of checks of the weekly missing tracker"},
    {"data", "inbox", KEY_PATH, offsetof(struct config, inbox), "the folder the exports arrive in"},
    {"data", "holidays", KEY_PATH, offsetof(struct config, holidays),
     "the table of bank holidays of England"},
    {"data", "definitions", KEY_PATHS, offsetof(struct config, definitions),
     "the files of indicators, in the order of the report"},
    {"data", "datasets", KEY_PATH, SIZE_MAX, "the declaration of the datasets"},
    {"data", "include", KEY_PATH, SIZE_MAX, "another file of sources and values to read"},
    {"data", "layout", KEY_TEXT, SIZE_MAX,
     "a standard layout to read: annex-a, ssd, ssda903 or forms, or NAME for FILE-PATTERN"},
};

/* What a key of choices knows. */
static const struct {
    const char *key;
    const char *choices; /* separated by " | " */
} config_choices[] = {
    {"performance", "overview | scorecard | sections | caseloads | education | actions | "
                    "definitions | restatements | data quality | none"},
    {"worklists", "one | by service | by team | none"},
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

int loading_amount(struct span value, const char *unit, int most)
{
    size_t length = strlen(unit);
    if (value.length <= length || memcmp(value.text + value.length - length, unit, length) != 0)
        return -1;
    return (int)span_number(span_trim((struct span){value.text, value.length - length}), most);
}

/* "35 days", "24 months": the number with its unit. */
static void read_amount(struct loading *loading, const struct config_key *key,
                        const struct ini_entry *entry, const char *unit, int most)
{
    int amount = loading_amount(span_of(entry->value), unit, most);
    if (amount < 0)
        problem(loading->problems, loading->path, entry->line,
                "[%s] %s must be a number of %s, from 0 to %d, like %d %s", key->section, key->key,
                unit, most, most / 100, unit);
    else
        *(int *)(void *)((char *)loading->config + key->offset) = amount;
}

/* Whether a word is one of a key's choices; a problem when it is none. */
static bool is_choice(struct loading *loading, const struct config_key *key, unsigned line,
                      struct span word)
{
    enum { MOST_CHOICES = 16 };
    const char *known = "";
    for (size_t c = 0; c < sizeof config_choices / sizeof *config_choices; c++)
        if (strcmp(config_choices[c].key, key->key) == 0)
            known = config_choices[c].choices;
    struct word_list choices = loading_list(loading, known, '|', FOLD_NONE);
    const char *names[MOST_CHOICES];
    for (size_t c = 0; c < choices.count && c < MOST_CHOICES; c++) {
        names[c] = choices.words[c];
        if (span_is(word, names[c]))
            return true;
    }
    problem_word(loading->problems, loading->path, line, word, names, choices.count,
                 "[%s] %s knows no '%.*s', only: %s", key->section, key->key, (int)word.length,
                 word.text, known);
    return false;
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
        *(struct word_list *)(void *)place = loading_list(loading, entry->value, ' ', FOLD_PATH);
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
    case KEY_DAYS:
        read_amount(loading, key, entry, "days", MOST_DAYS);
        break;
    case KEY_MONTHS:
        read_amount(loading, key, entry, "months", 1200);
        break;
    case KEY_COUNT: {
        int count = (int)span_number(value, 60);
        if (count < 1)
            problem(loading->problems, loading->path, entry->line,
                    "[%s] %s must be a number from 1 to 60", key->section, key->key);
        else
            *(int *)(void *)place = count;
        break;
    }
    case KEY_CHOICE:
        if (is_choice(loading, key, entry->line, value))
            *(const char **)(void *)place = keep(loading, value);
        break;
    case KEY_CHOICES: {
        struct word_list list = loading_list(loading, entry->value, ',', FOLD_TEXT);
        for (size_t w = 0; w < list.count; w++)
            is_choice(loading, key, entry->line, span_of(list.words[w]));
        *(struct word_list *)(void *)place = list;
        break;
    }
    case KEY_PERCENT: {
        if (value.length > 1 && value.text[value.length - 1] == '%')
            value.length--;
        int percent = (int)span_number(value, 100);
        if (percent < 0)
            problem(loading->problems, loading->path, entry->line,
                    "[%s] %s must be a number from 0 to 100", key->section, key->key);
        else
            *(int *)(void *)place = percent;
        break;
    }
    }
}

/* ---- checks and what layouts lack -------------------------------------------------------------
 */

static void read_levels(struct loading *loading, const struct ini_section *section)
{
    struct config *config = loading->config;
    size_t count;
    const char **codes = catalogue_check_codes(&config->catalogue, &count);
    if (!codes) {
        error_memory(loading->error, "reading the configuration");
        return;
    }
    for (size_t i = 0; i < section->count; i++) {
        const struct ini_entry *entry = &section->entries[i];
        bool known = false;
        for (size_t c = 0; c < count; c++)
            known = known || strcmp(codes[c], entry->key) == 0;
        struct check_level *level = arena_alloc(&config->arena, sizeof *level);
        if (!level) {
            error_memory(loading->error, "reading the configuration");
            break;
        }
        level->code = loading_keep(loading, span_of(entry->key), FOLD_NONE);
        level->next = config->levels;
        if (!known)
            problem_word(loading->problems, loading->path, entry->line, span_of(entry->key), codes,
                         count, "[checks]: there is no check '%s'", entry->key);
        else if (!level_from_text(span_of(entry->value), &level->level))
            problem(loading->problems, loading->path, entry->line,
                    "[checks] %s must be note, reject or fail", entry->key);
        else
            config->levels = level;
    }
    free(codes);
}

/* "without DATASET = why" and "cannot CODE = why" */
static void read_gaps(struct loading *loading, const struct ini_section *section)
{
    struct config *config = loading->config;
    for (size_t i = 0; i < section->count; i++) {
        const struct ini_entry *entry = &section->entries[i];
        struct span dataset = loading_after_word(entry->key, "without");
        struct span code = loading_after_word(entry->key, "cannot");
        if (!dataset.text && !code.text) {
            if (strcmp(entry->key, "title") != 0)
                problem(loading->problems, loading->path, entry->line,
                        "[layout]: unknown key '%s': it is title, without DATASET or cannot CODE",
                        entry->key);
            continue;
        }
        if (dataset.text && !catalogue_find(&config->catalogue, dataset))
            problem_word(loading->problems, loading->path, entry->line, dataset,
                         config->catalogue.names, config->catalogue.count,
                         "[layout]: unknown dataset '%s'", dataset.text);
        struct layout_gap *gap = arena_alloc(&config->arena, sizeof *gap);
        if (!gap) {
            error_memory(loading->error, "reading the configuration");
            return;
        }
        gap->of_indicator = code.text != NULL;
        gap->of_layout = loading->in_layout;
        gap->name = loading_keep(loading, code.text ? code : dataset, FOLD_NONE);
        gap->reason = loading_keep(loading, span_trim(span_of(entry->value)), FOLD_NONE);
        gap->file = loading->path;
        gap->line = entry->line;
        struct layout_gap **last = &config->gaps;
        while (*last)
            last = &(*last)->next;
        *last = gap;
    }
}

/* ---- sections ------------------------------------------------------------------------------ */

static void load_file(struct loading *loading, const char *path);

static void read_plain_section(struct loading *loading, const struct ini_section *section)
{
    static const char *const names[] = {"authority",   "report",   "run",         "privacy",
                                        "data",        "checks",   "source NAME", "values NAME",
                                        "lookup NAME", "defaults", "layout"};
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
        else if (!*entry->value && strcmp(entry->key, "marking") != 0)
            problem(loading->problems, loading->path, entry->line,
                    "[%s]: '%s' has no value: write one, or delete the line", section->name,
                    entry->key);
        else if (found->offset != SIZE_MAX)
            set_key(loading, found, entry);
    }
}

/* "NAME" or "NAME for PATTERN": the sources of a standard layout, for files that fit the pattern.
 */
static void read_layout(struct loading *loading, const struct ini_entry *entry)
{
    static const char *const layouts[] = {"annex-a", "ssd", "ssda903", "forms"};
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
    bool of_ours = !memchr(name.text, '/', name.length);
    if (!of_ours) {
        const char *kept = keep_path(loading, name);
        if (kept)
            buffer_add_text(&path, kept);
    } else if (share_path(&path, "etl/layouts/", loading->error) == 0) {
        buffer_format(&path, "%.*s.ini", (int)name.length, name.text);
    }
    const char *kept = keep(loading, (struct span){path.text ? path.text : "", path.length});
    buffer_free(&path);
    if (kept && access(kept, R_OK) != 0 && of_ours)
        problem_word(loading->problems, loading->path, entry->line, name, layouts,
                     sizeof layouts / sizeof layouts[0],
                     "there is no layout '%.*s', only: annex-a, ssd, ssda903, forms",
                     (int)name.length, name.text);
    else if (kept && access(kept, R_OK) != 0)
        problem(loading->problems, loading->path, entry->line, "cannot read the layout '%s'", kept);
    else if (kept)
        load_file(&inner, kept);
}

static void read_section(struct loading *loading, const struct ini_section *section)
{
    struct span rest = span_of(section->name);
    struct span kind = span_cut(&rest, ' ');
    rest = rest.text ? span_trim(rest) : rest;
    if (span_is(kind, "source") && rest.text)
        loading_read_source(loading, section, rest);
    else if (strcmp(section->name, "defaults") == 0)
        loading->defaults = section;
    else if (strcmp(section->name, "checks") == 0)
        read_levels(loading, section);
    else if (strcmp(section->name, "layout") == 0)
        read_gaps(loading, section);
    else if (!((span_is(kind, "values") || span_is(kind, "lookup")) && rest.text)) /* read before */
        read_plain_section(loading, section);
}

/* [data] datasets come first, whatever their place in the file, and what is included: sources need
 * them. */
static void read_early(struct loading *loading, const struct ini_file *file)
{
    for (size_t i = 0; i < file->count; i++) {
        const struct ini_section *section = &file->sections[i];
        if (strcmp(section->name, "data") != 0)
            continue;
        const struct ini_entry *datasets = ini_find(section, "datasets");
        if (datasets && !loading->catalogue_read) {
            const char *path = keep_path(loading, span_of(datasets->value));
            loading->catalogue_named = true;
            if (path && access(path, R_OK) < 0)
                problem(loading->problems, loading->path, datasets->line,
                        "cannot read the datasets '%s'", path);
            else if (path && catalogue_load(&loading->config->catalogue, path, loading->problems,
                                            loading->error) == 0)
                loading->catalogue_read = true;
        }
    }
    for (size_t i = 0; i < file->count; i++) {
        struct span rest = span_of(file->sections[i].name);
        struct span kind = span_cut(&rest, ' ');
        if (span_is(kind, "values") && rest.text)
            loading_read_values(loading, &file->sections[i], span_trim(rest));
        if (span_is(kind, "lookup") && rest.text)
            loading_read_lookup(loading, &file->sections[i], span_trim(rest));
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
    loading->defaults = NULL; /* a file's own */
    struct config_file *read = arena_alloc(&loading->config->arena, sizeof *read);
    if (!read)
        error_memory(loading->error, "reading the configuration");
    else
        *read = (struct config_file){file.path, loading->config->files};
    loading->config->files = read;
    read_early(loading, &file);
    if (loading->error->code == EXIT_COMPLETE && !loading->catalogue_named)
        problem(loading->problems, file.path, 0,
                "[data] names no datasets, like: datasets = etl/datasets.ini");
    if (loading->error->code == EXIT_COMPLETE && loading->catalogue_read)
        read_includes(loading, &file);
    for (size_t i = 0; i < file.count && loading->error->code == EXIT_COMPLETE; i++)
        if (loading->catalogue_read)
            read_section(loading, &file.sections[i]);
    loading->path = outer;
    loading->defaults = NULL;
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
                              .reject_limit = 20,
                              .report_folder = "reports",
                              .worklists = "one"};
    struct loading loading = {.config = config, .problems = problems, .error = error, .path = path};
    config->path = keep(&loading, span_of(path));
    load_file(&loading, path);
    if (error->code == EXIT_COMPLETE)
        loading_check_sources(&loading);
    if (config->warn_after > 0 && config->error_after > 0 &&
        config->warn_after >= config->error_after)
        problem(problems, path, 0,
                "[run] warn after (%d days) must be less than error after (%d days): nothing would "
                "be warned of",
                config->warn_after, config->error_after);
    if (error->code != EXIT_COMPLETE) {
        config_free(config);
        return -1;
    }
    return 0;
}

int config_add_tracker(struct config *config, struct error *error)
{
    struct word_list *files = &config->definitions;
    const char **words = arena_alloc(&config->arena, (files->count + 1) * sizeof *words);
    if (!words)
        return error_memory(error, "reading the configuration");
    for (size_t w = 0; w < files->count; w++)
        words[w] = files->words[w];
    words[files->count] = config->tracker;
    *files = (struct word_list){words, files->count + 1};
    return 0;
}

void config_free(struct config *config)
{
    catalogue_free(&config->catalogue);
    arena_free(&config->arena);
    free(config->sources);
    *config = (struct config){0};
}

bool config_may_read_sheet(const struct word_list *sheet_globs, const char *sheet, bool hidden)
{
    for (size_t i = 0; i < sheet_globs->count; i++)
        if (text_glob(sheet_globs->words[i], sheet))
            return true;
    return sheet_globs->count == 0 && !hidden;
}

enum level config_level(const struct config *config, const char *code, enum level declared)
{
    for (const struct check_level *level = config->levels; level; level = level->next)
        if (strcmp(level->code, code) == 0)
            return level->level;
    return declared;
}

bool config_too_many_rejects(const struct config *config, uint64_t accepted, uint64_t rejected)
{
    enum { ALWAYS_ALLOWED = 10 };
    return rejected > ALWAYS_ALLOWED &&
           rejected * 100 > (accepted + rejected) * (uint64_t)config->reject_limit;
}
