/*
 * lookup.h - values that sources look up by key in another list of the same run.
 *
 * Some exports do not say what a row is about, only the number of a row in another export that
 * does: a review has no child but the number of a period of care. Extract first reads the lists
 * that its files need (in whatever order the files were given), keeps of each row the key and the
 * answers asked for, and nothing else: memory grows with the looked-up list alone. Rows then leave
 * extract complete, and a key without an answer is located by sheet, row and column like any other
 * cell that cannot be read.
 */
#ifndef MONTHEND_LOOKUP_H
#define MONTHEND_LOOKUP_H

#include "etl/config.h"
#include "etl/sources/source.h"

enum lookup_outcome {
    LOOKUP_FOUND,
    LOOKUP_UNKNOWN,  /* no row of the list has this key, or its row is blank there */
    LOOKUP_AMBIGUOUS /* rows of this key say different things */
};

/* Keys and answers of one column of one list. */
struct lookup_answers;

/* {0} is empty. */
struct lookups {
    struct lookup_answers *answers;
    size_t count;
    const char *file; /* the file being read, for messages */
    struct error error;
    /* Of the sheet at hand. */
    uint32_t rows_seen;
    struct buffer scratch;
    struct buffer key;
};

/* Makes room for every list and column that a source of the configuration asks. The configuration
 * is borrowed. */
int lookups_prepare(struct lookups *lookups, const struct config *config, struct error *error);
void lookups_free(struct lookups *lookups);

/* Whether a file of this name holds one of the lists. */
bool lookups_want(const struct lookups *lookups, const char *file);
/* The sink to read such a file into; lookups->error has why when it stops the reading. */
struct row_sink lookups_sink(struct lookups *lookups, const char *file);

/* That every list the source looks into was read, or EXIT_NO_SOURCE. `file` is what the source is
 * about to read. */
int lookups_require(const struct lookups *lookups, const struct source_config *source,
                    const char *file, struct error *error);

/* The answers that a field of a source looks into, or NULL when it looks nothing up. */
const struct lookup_answers *lookups_for(const struct lookups *lookups,
                                         const struct field_source *field);
/* The answer to a key (an identifier, cell_value.h); borrowed until the lookups are freed. */
enum lookup_outcome lookup_find(const struct lookup_answers *answers, struct span key,
                                struct span *answer);

#endif
