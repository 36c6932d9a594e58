/*
 * config.h - pipeline.conf: who reports, what month, where things are, and how exports are mapped.
 *
 * A [source] says how one list of an export becomes rows of one dataset; several sources may read
 * one sheet. [defaults] gives lines to the sources that follow it in its file. A [lookup] is a list
 * in which sources look values up by key. Standard layouts are files of sources that `layout =
 * NAME` brings in; their [layout] says what they cannot feed, and why. Relative paths are relative
 * to the folder of the file that holds them. The configuration owns everything it points to, and
 * does not change once it is read.
 */
#ifndef MONTHEND_CONFIG_H
#define MONTHEND_CONFIG_H

#include <limits.h>

#include "etl/dataset.h"
#include "etl/date.h"

/* Texts to compare with, folded (text.h). */
struct word_list {
    const char **words;
    size_t count;
};

/* [values NAME]: the spellings of each canonical value. "C1..." is a beginning: C1 alone, or
 * with anything behind it that does not go on with a letter or digit. */
struct value_table {
    const char *name;
    struct value_spelling {
        const char *spelling; /* folded, without the dots of a beginning */
        const char *value;    /* as it goes into the stream */
        bool begins;
        unsigned line;
    } * spellings;
    size_t count;
    const char *file;
    struct value_table *next;
};

/* [lookup NAME]: a list of the same run in which values are looked up by key. */
struct lookup_list {
    const char *name;
    const char *file_glob;        /* on the base name */
    struct word_list sheet_globs; /* none: any sheet */
    struct word_list keys;        /* headers of the key's column, folded */
    const char *first_key;        /* as written, for messages */
    struct word_list blanks;
    const char *file;
    unsigned line;
    struct lookup_list *next;
};

/* What a source says of one field of its dataset. */
struct field_source {
    struct word_list headers; /* folded as headers; none: the field has no column */
    const char *first_header; /* as written, for messages */
    const struct value_table *values;
    /* The column holds a key, and the value stands beside it in this list; NULL: the column holds
     * the value. */
    const struct lookup_list *lookup;
    const char *answer;       /* the header of the value's column there, folded */
    const char *first_answer; /* as written */
    unsigned lookup_line;
    const char *always; /* a constant, or NULL */
    unsigned always_line;
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

/* How far back a list tells: of nothing, of the latest month that had ended when it was taken, or
 * of every month; a number between is of months. */
enum { COVERS_NOTHING = 0, COVERS_LATEST = 1, COVERS_EVERY = INT_MAX };

struct source_config {
    const char *name;
    const char *file_glob;        /* on the base name */
    const char *own_glob;         /* as it stands, where `layout = NAME for PATTERN` says another */
    const char *as_at;            /* ISO date, or NULL: from the file's name */
    struct word_list sheet_globs; /* none: any sheet */
    const struct dataset *dataset;
    struct field_source fields[MAX_FIELDS]; /* by the dataset's field numbers */
    struct source_rule *rules;
    struct word_list blanks;
    bool by_freexl;  /* .xls files are read by freexl instead of the own reader */
    int warn_after;  /* days; -1: as in [run], 0: never */
    int error_after; /* days; the same */
    bool optional;   /* a file without this list is no error: sources of layouts */
    int covers;      /* the months before it was taken that it tells of, or one of these: */
    const char *covers_why;
    const char *file;
    unsigned line;
};

/* A line of a [layout]: what it cannot feed. */
struct layout_gap {
    bool of_indicator; /* or else of a dataset */
    bool of_layout;    /* a standard layout says it, whatever indicators there are */
    const char *name;
    const char *reason;
    const char *file;
    unsigned line;
    struct layout_gap *next;
};

/* A line of [checks]: another level for a check than the datasets declare. */
struct check_level {
    const char *code;
    enum level level;
    struct check_level *next;
};

/* A file that the configuration was read from. */
struct config_file {
    const char *path;
    struct config_file *next;
};

struct config {
    const char *path;
    struct config_file *files; /* this one, what it includes, layouts; newest first */
    const char *authority;
    const char *marking;
    month_t month; /* -1: not set */
    date_t as_at;  /* NO_DATE: not set */
    int months;
    int reject_limit; /* per cent of a source's rows that may be rejected */
    const char *report_folder;
    int warn_after;         /* days; 0: never */
    int error_after;        /* days; 0: never */
    int keep;               /* months; 0: for ever */
    const char *metrics;    /* NULL: none */
    const char *pseudonyms; /* the file of a key; NULL: identifiers stay */
    const char *inbox;
    const char *holidays;
    struct word_list definitions; /* paths, in order */
    struct word_list performance; /* the sheets of performance.xlsx in their order; none: all */
    const char *worklists;        /* "one", "by service", "by team" or "none" */
    const char *tracker;          /* the file of the weekly tracker's checks, or NULL */
    struct catalogue catalogue;
    struct source_config *sources;
    size_t source_count;
    size_t source_capacity;
    struct value_table *tables; /* newest first */
    struct lookup_list *lookups;
    struct layout_gap *gaps; /* in the order of the files */
    struct check_level *levels;
    struct arena arena;
};

/* Reads pipeline.conf and what it includes, and the datasets it names. Returns -1 with the error
 * filled when a file cannot be read; what is wrong in them goes to `problems`. */
int config_load(struct config *config, const char *path, struct problems *problems,
                struct error *error);
/* Reads the file of the tracker's checks behind the definitions. -1 when the memory ran out. */
int config_add_tracker(struct config *config, struct error *error);
void config_free(struct config *config);

/* A list's header row is among so many first rows that are not blank. */
enum { HEADER_ROWS = 30 };

/* Whether a list with these patterns for its sheets may stand in a sheet. A hidden sheet is what
 * somebody meant not to be seen (an old copy, working columns): only a pattern leads to it. */
bool config_may_read_sheet(const struct word_list *sheet_globs, const char *sheet, bool hidden);

/* What is done with rows that fail a check: as configured, or as the datasets declare. */
enum level config_level(const struct config *config, const char *code, enum level declared);

/* Rejects beyond the limit are a changed export, not dirty rows. A few are always allowed. Ignored
 * rows, which are no rows of the source, do not count. */
bool config_too_many_rejects(const struct config *config, uint64_t accepted, uint64_t rejected);

/* A line of help for each key of pipeline.conf, for `monthend check --keys`. */
void config_describe_keys(struct buffer *out);

#endif
