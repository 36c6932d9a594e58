/*
 * proposal.h - a [source] proposed for a sheet that nobody has mapped yet.
 *
 * A field finds its column by header, as some source spells it or as the field is called; else by
 * values, when one column alone holds nothing but what the field can be. What is found by values is
 * said to be, so that a person looks at it; what is not found is left as a comment to fill in. No
 * value is printed, unless the words of a category are asked for: they are few, and no identifiers.
 */
#ifndef MONTHEND_PROPOSAL_H
#define MONTHEND_PROPOSAL_H

#include "etl/config.h"
#include "etl/sources/source.h"

enum { MOST_WORDS = 16 };

/* What was seen of a column below its header. */
struct column_seen {
    struct buffer header;
    uint64_t counts[CELL_ERROR + 1];
    uint64_t dates_as_text;
    struct buffer words[MOST_WORDS]; /* different texts, trimmed, as long as they are few */
    size_t word_count;
    bool many_words;
};

struct sheet_seen {
    const char *file;
    const char *sheet; /* "" for formats without */
    const struct column_seen *columns;
    size_t width;
};

/* Prints the proposal. `configs` lend their datasets (the first's), headers and spellings. */
void proposal_print(const struct sheet_seen *sheet, const struct config *const *configs,
                    size_t config_count, bool show_words);

/* Prints what a [source] of the dataset can give: its fields, their types and values. */
void proposal_print_dataset(const struct dataset *dataset);

#endif
