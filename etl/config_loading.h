/*
 * config_loading.h - what config.c and config_sources.c share while they read a configuration.
 *
 * Nobody else includes it. config.c reads the plain keys and follows includes and layouts;
 * config_sources.c reads what maps exports to datasets: [values], [lookup], [defaults], [source].
 */
#ifndef MONTHEND_CONFIG_LOADING_H
#define MONTHEND_CONFIG_LOADING_H

#include "etl/config.h"
#include "etl/ini_file.h"

struct loading {
    struct config *config;
    struct problems *problems;
    struct error *error;
    const char *path;                   /* of the file being read */
    const char *layout_glob;            /* file pattern given to the layout being read, or NULL */
    const struct ini_section *defaults; /* the last [defaults] of the file, or NULL */
    bool in_layout;
    unsigned depth;       /* of includes */
    bool catalogue_named; /* [data] datasets stands somewhere */
    bool catalogue_read;
};

/* How a text is kept: as it is, folded as a value or a header, or as a path of the file's folder.
 */
enum fold { FOLD_NONE, FOLD_TEXT, FOLD_HEADER, FOLD_PATH };

/* Copies into the configuration's arena. NULL with the error filled when the memory ran out. */
const char *loading_keep(struct loading *loading, struct span text, enum fold fold);
/* Splits at a separator into a list; empty parts are left out. */
struct word_list loading_list(struct loading *loading, const char *text, char separator,
                              enum fold fold);

/* "35 days": the number before the unit, from 0 to `most`; -1 when the text is none. */
int loading_amount(struct span value, const char *unit, int most);
enum { MOST_DAYS = 3660 };

/* The rest of a key that begins with the word and a blank, or NULL text. */
struct span loading_after_word(const char *key, const char *word);

/* [values NAME] and [lookup NAME], which sources need: read before them. */
void loading_read_values(struct loading *loading, const struct ini_section *section,
                         struct span name);
void loading_read_lookup(struct loading *loading, const struct ini_section *section,
                         struct span name);
/* [source NAME] */
void loading_read_source(struct loading *loading, const struct ini_section *section,
                         struct span name);

/* When all is read: values that no field knows, and sources that would give the same rows twice. */
void loading_check_sources(struct loading *loading);

#endif
