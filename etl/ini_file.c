#include "etl/ini_file.h"

#include <ini.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* inih keeps names in arrays of 50 bytes (MAX_SECTION, MAX_NAME) and cuts longer ones. */
enum { LONGEST_NAME = 49 };

struct loading {
    struct ini_file *file;
    FILE *stream;
    struct arena *arena;
    struct problems *problems;
    unsigned line;    /* the line read last */
    unsigned section; /* the line of a [section] that has no entry yet, or 0 */
    bool indented;    /* the line read last continues the one before */
    bool not_utf8;    /* the line read last; nothing behind it is read */
    bool no_memory;
};

/* inih says nothing of a section without entries; nobody writes one on purpose. */
static void check_empty(struct loading *loading)
{
    if (loading->section > 0)
        problem(loading->problems, loading->file->path, loading->section,
                "the section is empty: write its keys below it, or delete it");
    loading->section = 0;
}

/* Hands inih one line, counts it, and reports one that inih would read as two. */
static char *read_line(char *text, int size, void *context)
{
    struct loading *loading = context;
    char *got = fgets(text, size, loading->stream);
    if (!got || text[0] == '[')
        check_empty(loading);
    if (!got)
        return NULL;
    loading->line++;
    char first = text[strspn(text, " \t\r\n")];
    if (first == '[')
        loading->section = loading->line;
    else if (first && first != '#' && first != ';')
        loading->section = 0;
    loading->indented = text[0] == ' ' || text[0] == '\t';
    size_t length = strlen(text);
    if (length + 1 == (size_t)size && text[length - 1] != '\n') {
        problem(loading->problems, loading->file->path, loading->line,
                "the line is longer than %d characters: continue it on an indented line", size - 2);
        int c;
        while ((c = getc(loading->stream)) != EOF && c != '\n')
            ;
        return got;
    }
    /* A line ends with its line feed, or with the file: else a NUL stands in it. */
    bool ended = feof(loading->stream) || (length > 0 && text[length - 1] == '\n');
    loading->not_utf8 = !ended || !text_is_utf8((struct span){text, length});
    return loading->not_utf8 ? NULL : got;
}

static struct ini_section *section_named(struct loading *loading, const char *name)
{
    struct ini_file *file = loading->file;
    if (file->count > 0 && strcmp(file->sections[file->count - 1].name, name) == 0)
        return &file->sections[file->count - 1];
    struct ini_section *room =
        grow(file->sections, &file->capacity, file->count + 1, sizeof *file->sections);
    if (!room)
        return NULL;
    file->sections = room;
    struct ini_section *section = &room[file->count];
    *section = (struct ini_section){.line = loading->line};
    section->name = arena_copy(loading->arena, name, strlen(name));
    if (!section->name)
        return NULL;
    file->count++;
    if (strlen(name) >= LONGEST_NAME)
        problem(loading->problems, file->path, loading->line,
                "the section name '%s...' is longer than %d characters", name, LONGEST_NAME - 1);
    return section;
}

/* Appends a continuation line to the entry before. */
static bool continue_entry(struct loading *loading, struct ini_section *section, const char *value)
{
    struct ini_entry *entry = &section->entries[section->count - 1];
    size_t before = strlen(entry->value);
    size_t added = strlen(value);
    char *joined = arena_alloc(loading->arena, before + added + 2);
    if (!joined)
        return false;
    memcpy(joined, entry->value, before);
    joined[before] = ' ';
    memcpy(joined + before + 1, value, added);
    entry->value = joined;
    return true;
}

static bool add_entry(struct loading *loading, struct ini_section *section, const char *key,
                      const char *value)
{
    struct ini_entry *room =
        grow(section->entries, &section->capacity, section->count + 1, sizeof *room);
    if (!room)
        return false;
    section->entries = room;
    struct ini_entry *entry = &room[section->count];
    entry->key = arena_copy(loading->arena, key, strlen(key));
    entry->value = arena_copy(loading->arena, value, strlen(value));
    entry->line = loading->line;
    section->count++;
    if (strlen(key) >= LONGEST_NAME)
        problem(loading->problems, loading->file->path, loading->line,
                "the name '%s' is longer than %d characters", key, LONGEST_NAME - 1);
    return entry->key && entry->value;
}

/* Called by inih for each entry, and again for each of its continuation lines. */
static int take_entry(void *context, const char *section_name, const char *key, const char *value)
{
    struct loading *loading = context;
    loading->section = 0;
    struct ini_section *section = section_named(loading, section_name);
    bool added = false;
    if (section && loading->indented && section->count > 0)
        added = continue_entry(loading, section, value);
    else if (section)
        added = add_entry(loading, section, key, value);
    if (!added)
        loading->no_memory = true;
    return added;
}

int ini_load(struct ini_file *file, const char *path, struct arena *arena,
             struct problems *problems, struct error *error)
{
    *file = (struct ini_file){0};
    file->path = arena_copy(arena, path, strlen(path));
    if (!file->path)
        return error_memory(error, "reading the configuration");
    struct loading loading = {.file = file, .arena = arena, .problems = problems};
    loading.stream = fopen(path, "re");
    if (!loading.stream)
        return error_system(error, EXIT_BAD_CONFIG, "cannot read '%s'", path);
    int bad_line = ini_parse_stream(read_line, &loading, take_entry, &loading);
    int failed = ferror(loading.stream);
    fclose(loading.stream);
    if (loading.no_memory || bad_line == -2)
        error_memory(error, "reading the configuration");
    else if (failed)
        error_system(error, EXIT_IO, "cannot read '%s'", path);
    else if (loading.not_utf8)
        error_set(error, EXIT_BAD_CONFIG,
                  "%s:%u: this is not UTF-8 but ANSI or UTF-16: save the file as UTF-8", path,
                  loading.line);
    if (error->code != EXIT_COMPLETE) {
        ini_free(file);
        return -1;
    }
    if (bad_line > 0)
        problem(problems, path, (unsigned)bad_line,
                "this is neither [section] nor key = value nor an indented continuation");
    return 0;
}

void ini_free(struct ini_file *file)
{
    for (size_t i = 0; i < file->count; i++)
        free(file->sections[i].entries);
    free(file->sections);
    *file = (struct ini_file){0};
}

const struct ini_entry *ini_find(const struct ini_section *section, const char *key)
{
    for (size_t i = section->count; i > 0; i--)
        if (strcmp(section->entries[i - 1].key, key) == 0)
            return &section->entries[i - 1];
    return NULL;
}
