#include "etl/dataset.h"

#include <stdlib.h>
#include <string.h>

#include "etl/ini_file.h"

struct loading {
    struct catalogue *catalogue;
    struct problems *problems;
    struct error *error;
    const char *path;
};

static const char *const type_names[] = {"id",   "date",   "time", "category",
                                         "flag", "number", "text"};

enum { TYPE_NAME_COUNT = sizeof type_names / sizeof type_names[0] };

const char *const common_check_codes[COMMON_CHECKS] = {"ends before it starts", "key conflict",
                                                       "reference without a row"};

static const char *const level_names[] = {"note", "reject", "fail"};

enum { LEVELS = sizeof level_names / sizeof level_names[0] };

bool level_from_text(struct span text, enum level *level)
{
    for (int i = 0; i < LEVELS; i++) {
        if (span_is(text, level_names[i])) {
            *level = (enum level)i;
            return true;
        }
    }
    return false;
}

static const char *keep(struct loading *loading, struct span text)
{
    const char *copy = arena_copy(&loading->catalogue->arena, text.text, text.length);
    if (!copy)
        error_memory(loading->error, "reading the datasets");
    return copy;
}

/* The values of "category: a | b", folded. */
static void read_values(struct loading *loading, struct field *field, struct span rest)
{
    size_t count = 1;
    for (size_t i = 0; i < rest.length; i++)
        count += rest.text[i] == '|';
    const char **values = arena_alloc(&loading->catalogue->arena, count * sizeof *values);
    if (!values) {
        error_memory(loading->error, "reading the datasets");
        return;
    }
    struct buffer folded = {0};
    while (rest.text) {
        folded.length = 0;
        text_fold(&folded, span_cut(&rest, '|'));
        values[field->value_count++] = keep(loading, (struct span){folded.text, folded.length});
    }
    if (folded.failed)
        error_memory(loading->error, "reading the datasets");
    buffer_free(&folded);
    field->values = values;
}

static void read_field(struct loading *loading, struct dataset *dataset,
                       const struct ini_entry *entry)
{
    struct span name = span_trim(span_of(entry->key + strlen("field ")));
    if (dataset->field_count == MAX_FIELDS) {
        problem(loading->problems, loading->path, entry->line, "%s: more than %d fields",
                dataset->name, MAX_FIELDS);
        return;
    }
    if (dataset_field(dataset, name) != NO_FIELD) {
        problem(loading->problems, loading->path, entry->line, "%s: field '%.*s' stands twice",
                dataset->name, (int)name.length, name.text);
        return;
    }
    struct field *field = &dataset->fields[dataset->field_count];
    field->line = entry->line;
    field->name = keep(loading, name);
    struct span rest = span_of(entry->value);
    struct span type = span_cut(&rest, ':');
    field->type = TYPE_REFERENCE; /* until it is found to be one of the plain types */
    for (int i = 0; i < TYPE_NAME_COUNT; i++)
        if (span_is(type, type_names[i]))
            field->type = (enum field_type)i;
    field->type_name = keep(loading, type);
    if (rest.text && field->type == TYPE_CATEGORY)
        read_values(loading, field, rest);
    else if (rest.text && field->type == TYPE_NUMBER && span_is(span_trim(rest), "%"))
        field->percent_sign = true;
    else if (rest.text)
        problem(loading->problems, loading->path, entry->line,
                "%s: field '%s' can only be a \"category: a | b\" or a \"number: %%\"",
                dataset->name, field->name);
    dataset->field_names[dataset->field_count++] = field->name;
}

static int find_field(struct loading *loading, const struct dataset *dataset,
                      const struct ini_entry *entry, struct span name)
{
    int field = dataset_field(dataset, name);
    if (field == NO_FIELD)
        problem_word(loading->problems, loading->path, entry->line, name, dataset->field_names,
                     (size_t)dataset->field_count, "%s: unknown field '%.*s' in '%s'",
                     dataset->name, (int)name.length, name.text, entry->key);
    return field;
}

static int find_date(struct loading *loading, const struct dataset *dataset,
                     const struct ini_entry *entry, struct span name)
{
    int field = find_field(loading, dataset, entry, name);
    if (field != NO_FIELD && dataset->fields[field].type != TYPE_DATE &&
        dataset->fields[field].type != TYPE_TIME)
        problem(loading->problems, loading->path, entry->line, "%s: '%.*s' is not a date or time",
                dataset->name, (int)name.length, name.text);
    return field;
}

static void read_check(struct loading *loading, struct dataset *dataset,
                       const struct ini_entry *entry)
{
    struct check *check = arena_alloc(&loading->catalogue->arena, sizeof *check);
    if (!check) {
        error_memory(loading->error, "reading the datasets");
        return;
    }
    *check = (struct check){.differs = NO_FIELD, .line = entry->line};
    check->code = keep(loading, span_trim(span_of(entry->key + strlen("check "))));
    struct span rest = span_of(entry->value);
    struct span level = span_cut(&rest, ' ');
    static const char *const differ = "if rows differ in ";
    if (rest.text)
        rest = span_trim(rest);
    if (rest.text && strncmp(rest.text, "where ", strlen("where ")) == 0)
        check->where = keep(loading, span_trim(span_of(rest.text + strlen("where "))));
    else if (rest.text && strncmp(rest.text, differ, strlen(differ)) == 0)
        check->differs =
            find_field(loading, dataset, entry, span_trim(span_of(rest.text + strlen(differ))));
    if (!level_from_text(level, &check->level) || (!check->where && check->differs == NO_FIELD)) {
        problem(loading->problems, loading->path, entry->line,
                "%s: a check is written: check CODE = note, reject or fail, and: where TEST, or: "
                "if rows differ in FIELD",
                dataset->name);
        return;
    }
    struct check **last = &dataset->checks;
    while (*last)
        last = &(*last)->next;
    *last = check;
}

static void read_join(struct loading *loading, struct dataset *dataset,
                      const struct ini_entry *entry)
{
    struct span rest = span_of(entry->value);
    while (rest.text && dataset->join_count < MAX_KEY_FIELDS) {
        int field = find_field(loading, dataset, entry, span_cut(&rest, ','));
        if (field != NO_FIELD)
            dataset->join[dataset->join_count++] = field;
    }
}

static void read_role(struct loading *loading, struct dataset *dataset,
                      const struct ini_entry *entry)
{
    static const char *const roles[] = {"field NAME", "key",  "opens",     "closes",
                                        "dated",      "join", "check CODE"};
    struct span rest = span_of(entry->value);
    if (strncmp(entry->key, "check ", strlen("check ")) == 0) {
        read_check(loading, dataset, entry);
    } else if (strcmp(entry->key, "join") == 0) {
        read_join(loading, dataset, entry);
    } else if (strcmp(entry->key, "key") == 0) {
        while (rest.text && dataset->key_count < MAX_KEY_FIELDS) {
            int field = find_field(loading, dataset, entry, span_cut(&rest, ','));
            if (field != NO_FIELD)
                dataset->key[dataset->key_count++] = field;
        }
    } else if (strcmp(entry->key, "opens") == 0) {
        dataset->opens = find_date(loading, dataset, entry, rest);
    } else if (strcmp(entry->key, "closes") == 0) {
        dataset->closes = find_date(loading, dataset, entry, rest);
    } else if (strcmp(entry->key, "dated") == 0) {
        for (int i = 0; i < 2 && rest.text; i++)
            dataset->dated[i] = find_date(loading, dataset, entry, span_cut(&rest, '|'));
    } else {
        problem_word(loading->problems, loading->path, entry->line, span_of(entry->key), roles,
                     sizeof roles / sizeof roles[0], "%s: unknown key '%s'", dataset->name,
                     entry->key);
    }
}

static void read_dataset(struct loading *loading, struct dataset *dataset,
                         const struct ini_section *section)
{
    dataset->opens = dataset->closes = dataset->identifier = NO_FIELD;
    dataset->dated[0] = dataset->dated[1] = NO_FIELD;
    dataset->line = section->line;
    dataset->name = keep(loading, span_of(section->name + strlen("dataset ")));
    for (size_t i = 0; i < section->count; i++)
        if (strncmp(section->entries[i].key, "field ", strlen("field ")) == 0)
            read_field(loading, dataset, &section->entries[i]);
    for (size_t i = 0; i < section->count; i++)
        if (strncmp(section->entries[i].key, "field ", strlen("field ")) != 0)
            read_role(loading, dataset, &section->entries[i]);
    if (dataset->dated[0] == NO_FIELD)
        dataset->dated[0] = dataset->opens;
    if (dataset->key_count > 0 && dataset->fields[dataset->key[0]].type == TYPE_ID)
        dataset->identifier = dataset->key[0];
    if (dataset->join_count > 0 && (dataset->opens == NO_FIELD || dataset->closes == NO_FIELD))
        problem(loading->problems, loading->path, dataset->line,
                "%s: 'join' is about spells, and it has no 'opens' or no 'closes'", dataset->name);
}

/* [checks]: the levels of the checks that hold for every dataset. */
static void read_levels(struct loading *loading, const struct ini_section *section)
{
    for (size_t i = 0; i < section->count; i++) {
        const struct ini_entry *entry = &section->entries[i];
        int check = 0;
        while (check < COMMON_CHECKS && strcmp(common_check_codes[check], entry->key) != 0)
            check++;
        if (check == COMMON_CHECKS)
            problem_word(loading->problems, loading->path, entry->line, span_of(entry->key),
                         common_check_codes, COMMON_CHECKS, "[checks]: unknown check '%s'",
                         entry->key);
        else if (!level_from_text(span_of(entry->value), &loading->catalogue->levels[check]))
            problem_word(loading->problems, loading->path, entry->line, span_of(entry->value),
                         level_names, LEVELS, "[checks]: '%s' is not note, reject or fail",
                         entry->value);
    }
}

/* References name datasets, which may be declared later: resolved when all are there. */
static void resolve(struct loading *loading)
{
    struct catalogue *catalogue = loading->catalogue;
    for (size_t d = 0; d < catalogue->count; d++) {
        struct dataset *dataset = &catalogue->datasets[d];
        for (int f = 0; f < dataset->field_count; f++) {
            struct field *field = &dataset->fields[f];
            if (field->type != TYPE_REFERENCE)
                continue;
            struct span type = span_of(field->type_name);
            field->refers = catalogue_find(catalogue, type);
            if (!field->refers)
                problem_word(loading->problems, loading->path, field->line, type, catalogue->names,
                             catalogue->count, "%s.%s: '%s' is neither a type nor a dataset",
                             dataset->name, field->name, field->type_name);
            else if (field->refers->identifier == NO_FIELD)
                problem(loading->problems, loading->path, field->line,
                        "%s.%s: dataset '%s' has no id at the head of its key to refer to",
                        dataset->name, field->name, field->type_name);
        }
    }
}

static void read_all(struct loading *loading, const struct ini_file *file)
{
    struct catalogue *catalogue = loading->catalogue;
    catalogue->datasets = calloc(file->count + 1, sizeof *catalogue->datasets);
    catalogue->names = calloc(file->count + 1, sizeof *catalogue->names);
    if (!catalogue->datasets || !catalogue->names) {
        error_memory(loading->error, "reading the datasets");
        return;
    }
    for (size_t i = 0; i < file->count; i++) {
        const struct ini_section *section = &file->sections[i];
        struct span rest = span_of(section->name);
        if (strcmp(section->name, "checks") == 0) {
            read_levels(loading, section);
            continue;
        }
        if (!span_is(span_cut(&rest, ' '), "dataset") || rest.length == 0) {
            problem(loading->problems, loading->path, section->line,
                    "section '[%s]' is not a [dataset NAME]", section->name);
            continue;
        }
        if (catalogue_find(catalogue, rest)) {
            problem(loading->problems, loading->path, section->line,
                    "dataset '%s' is declared twice", rest.text);
            continue;
        }
        struct dataset *dataset = &catalogue->datasets[catalogue->count];
        dataset->number = catalogue->count;
        read_dataset(loading, dataset, section);
        catalogue->names[catalogue->count++] = dataset->name;
        if (loading->error->code != EXIT_COMPLETE)
            return;
    }
    resolve(loading);
}

int catalogue_load(struct catalogue *catalogue, const char *path, struct problems *problems,
                   struct error *error)
{
    *catalogue = (struct catalogue){.levels = {[CHECK_ENDS_BEFORE_START] = LEVEL_REJECT}};
    struct ini_file file;
    if (ini_load(&file, path, &catalogue->arena, problems, error) < 0) {
        catalogue_free(catalogue);
        return -1;
    }
    catalogue->path = file.path;
    struct loading loading = {catalogue, problems, error, file.path};
    read_all(&loading, &file);
    ini_free(&file);
    if (error->code == EXIT_COMPLETE && !catalogue_find(catalogue, SPAN("child")))
        problem(problems, catalogue->path, 0, "no [dataset child]");
    if (error->code != EXIT_COMPLETE) {
        catalogue_free(catalogue);
        return -1;
    }
    return 0;
}

void catalogue_free(struct catalogue *catalogue)
{
    arena_free(&catalogue->arena);
    free(catalogue->datasets);
    free(catalogue->names);
    *catalogue = (struct catalogue){0};
}

const struct dataset *catalogue_find(const struct catalogue *catalogue, struct span name)
{
    for (size_t i = 0; i < catalogue->count; i++)
        if (span_is(name, catalogue->datasets[i].name))
            return &catalogue->datasets[i];
    return NULL;
}

int dataset_field(const struct dataset *dataset, struct span name)
{
    for (int i = 0; i < dataset->field_count; i++)
        if (span_is(name, dataset->fields[i].name))
            return i;
    return NO_FIELD;
}

bool dataset_names_child(const struct dataset *dataset)
{
    for (int f = 0; f < dataset->field_count; f++)
        if (dataset->fields[f].refers && strcmp(dataset->fields[f].refers->name, "child") == 0)
            return true;
    return strcmp(dataset->name, "child") == 0;
}

const char **catalogue_check_codes(const struct catalogue *catalogue, size_t *count)
{
    size_t most = COMMON_CHECKS;
    for (size_t d = 0; d < catalogue->count; d++)
        for (const struct check *check = catalogue->datasets[d].checks; check; check = check->next)
            most++;
    const char **codes = calloc(most, sizeof *codes);
    *count = 0;
    if (!codes)
        return NULL;
    for (int c = 0; c < COMMON_CHECKS; c++)
        codes[(*count)++] = common_check_codes[c];
    for (size_t d = 0; d < catalogue->count; d++)
        for (const struct check *check = catalogue->datasets[d].checks; check; check = check->next)
            codes[(*count)++] = check->code;
    return codes;
}

void dataset_columns(const struct dataset *dataset, struct buffer *out)
{
    for (int i = 0; i < dataset->field_count; i++)
        buffer_format(out, "%s:%s ", dataset->fields[i].name, dataset->fields[i].type_name);
    buffer_add_text(out, "@:at");
}
