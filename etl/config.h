/*
 * config.h - pipeline.conf: who reports, what month, where things are, and how exports are mapped.
 *
 * A [source] says how one list of an export becomes rows of one dataset; several sources may read
 * one sheet. Standard layouts are files of sources that `layout = NAME` brings in. Relative paths
 * are relative to the folder of the file that holds them. The configuration owns everything it
 * points to, and does not change once it is read.
 */
#ifndef MONTHEND_CONFIG_H
#define MONTHEND_CONFIG_H

#include "etl/dataset.h"
#include "etl/date.h"

/* Texts to compare with, folded (text.h). */
struct word_list {
    const char **words;
    size_t count;
};

/* [values NAME]: the spellings of each canonical value. */
struct value_table {
    const char *name;
    struct value_spelling {
        const char *spelling; /* folded */
        const char *value;    /* as it goes into the stream */
    } * spellings;
    size_t count;
    struct value_table *next;
};

/* What a source says of one field of its dataset. */
struct field_source {
    struct word_list headers; /* folded as headers; none: the field has no column */
    const char *first_header; /* as written, for messages */
    const struct value_table *values;
    const char *always;       /* a constant, or NULL */
    int made[MAX_KEY_FIELDS]; /* an identifier put together from these fields of the row */
    int made_count;
    bool must_be_filled; /* rows without it are not this source's: ignored */
    bool required;       /* its header must be there for a sheet to be this source's */
};

enum source_rule_kind {
    RULE_ONLY,   /* keep rows whose column has one of the values */
    RULE_EXCEPT, /* keep those that have none of them */
    RULE_BLANK   /* leave `field` blank in rows that have one of them */
};

struct source_rule {
    enum source_rule_kind kind;
    int field;          /* RULE_BLANK */
    const char *header; /* folded as a header */
    struct word_list values;
    struct source_rule *next;
};

struct source_config {
    const char *name;
    const char *file_glob;        /* on the base name */
    const char *as_at;            /* ISO date, or NULL: from the file's name */
    struct word_list sheet_globs; /* none: any sheet */
    const struct dataset *dataset;
    struct field_source fields[MAX_FIELDS]; /* by the dataset's field numbers */
    struct source_rule *rules;
    struct word_list blanks;
    bool by_freexl; /* .xls files are read by freexl instead of the own reader */
    bool optional;  /* a file without this list is no error: sources of layouts */
    const char *file;
    unsigned line;
};

struct config {
    const char *path;
    const char *authority;
    const char *marking;
    month_t month; /* -1: not set */
    date_t as_at;  /* NO_DATE: not set */
    int months;
    const char *report_folder;
    const char *inbox;
    const char *holidays;
    struct word_list definitions; /* paths, in order */
    struct catalogue catalogue;
    struct source_config *sources;
    size_t source_count;
    size_t source_capacity;
    struct value_table *tables; /* newest first */
    struct arena arena;
};

/* Reads pipeline.conf and what it includes, and the datasets it names. Returns -1 with the error
 * filled when a file cannot be read; what is wrong in them goes to `problems`. */
int config_load(struct config *config, const char *path, struct problems *problems,
                struct error *error);
void config_free(struct config *config);

/* A line of help for each key of pipeline.conf, for `monthend check --keys`. */
void config_describe_keys(struct buffer *out);

#endif
