/*
 * ini_file.h - a text file of [sections] and key = value lines, with the line of each.
 *
 * Everything a person writes for this project is in this form: pipeline.conf, datasets, layouts,
 * definitions. inih does the parsing; this adds line numbers, joins continuation lines (indented)
 * with a blank, and refuses what inih would cut without a word: lines, names or sections that are
 * too long. What is not UTF-8 is refused too: titles and names go into workbooks, which are. The
 * entries live in the arena that was passed in.
 */
#ifndef MONTHEND_INI_FILE_H
#define MONTHEND_INI_FILE_H

#include <stddef.h>

#include "etl/memory.h"
#include "etl/problems.h"

struct ini_entry {
    const char *key;
    const char *value; /* trimmed; continuation lines joined with one blank */
    unsigned line;     /* where the key stands */
};

struct ini_section {
    const char *name; /* as written between the brackets */
    unsigned line;    /* of its first entry */
    struct ini_entry *entries;
    size_t count;
    size_t capacity;
};

struct ini_file {
    const char *path;
    struct ini_section *sections; /* in the order of the file; a name may come twice */
    size_t count;
    size_t capacity;
};

/* Reads a file. What is wrong in it goes to `problems`; returns -1 with the error filled when it
 * cannot be read at all, or is not UTF-8. The section and entry arrays are malloc'ed: ini_free. */
int ini_load(struct ini_file *file, const char *path, struct arena *arena,
             struct problems *problems, struct error *error);
void ini_free(struct ini_file *file);

/* The last entry of this key in the section, or NULL. */
const struct ini_entry *ini_find(const struct ini_section *section, const char *key);

#endif
