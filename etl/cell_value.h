/*
 * cell_value.h - one cell of an export as one field of a record.
 *
 * Types come only from the declared dataset: a cell is read as what its field is, or it is an
 * error; nothing is guessed. Spellings of categories and flags are looked up once and remembered,
 * so that a column of half a million "a) Yes" folds one.
 */
#ifndef MONTHEND_CELL_VALUE_H
#define MONTHEND_CELL_VALUE_H

#include "etl/config.h"
#include "etl/sources/source.h"

enum cell_outcome {
    CELL_TAKEN,
    CELL_BLANK,       /* no value: blank, or one of the source's blanks */
    CELL_BARE_SERIAL, /* taken: a number without a date format, in a date field */
    CELL_NOT_A_DATE,
    CELL_NOT_A_NUMBER,
    CELL_NOT_A_FLAG,
    CELL_UNKNOWN_VALUE, /* of a category with a fixed list */
    CELL_IS_AN_ERROR,   /* #N/A and the like */
    CELL_KEY_UNKNOWN,   /* no value: the looked-up list has no such key */
    CELL_KEY_AMBIGUOUS, /* no value: the looked-up list says different things of it */
    CELL_NO_MEMORY
};

/* The word for an outcome in the remarks: "not a date". NULL for the first two. */
const char *cell_outcome_code(enum cell_outcome outcome);

/* Raw spellings met in one column and what they stand for. {0} is empty. */
struct spelling_cache {
    struct spelling {
        const char *raw;
        size_t raw_length;
        const char *value; /* escaped for the stream */
        enum cell_outcome outcome;
    } * slots;
    size_t capacity; /* a power of two, or 0 */
    size_t count;
    struct arena arena;
};

void spelling_cache_free(struct spelling_cache *cache);

/* What one column of one source needs to be read. */
struct column_reader {
    const struct field *field;
    const struct field_source *source;
    const struct word_list *blanks;
    size_t longest_blank;
    const struct lookup_answers *answers; /* the cell holds a key to these; NULL: the value */
    struct spelling_cache cache;
    struct buffer scratch;
    struct buffer key;
};

/* Appends the cell's value, as it stands in the stream (escaped), to `out`; nothing unless it is
 * taken. For dates and times *moment is set as well. */
enum cell_outcome cell_value(struct column_reader *reader, const struct cell *cell,
                             struct buffer *out, moment_t *moment);

/* Whether the cell holds nothing but white space, or one of the folded words. */
bool cell_is_blank(const struct cell *cell, const struct word_list *blanks, size_t longest_blank,
                   struct buffer *scratch);

enum { CELL_TEXT_SIZE = 64 };

/* The cell as a person would read it: its own text, or made in `room`. */
struct span cell_text(const struct cell *cell, char room[CELL_TEXT_SIZE]);

/* The cell as an identifier, as it stands in the stream (escaped): 1009.0 is 1009. Appends to
 * `out`; the scratch is another buffer. */
void cell_identifier(const struct cell *cell, struct buffer *scratch, struct buffer *out);

/* The cell's text folded: for row rules. Appends to `out`. */
void cell_fold(const struct cell *cell, struct buffer *out);

void column_reader_free(struct column_reader *reader);

#endif
