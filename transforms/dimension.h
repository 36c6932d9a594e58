/*
 * dimension.h - what figures are broken down by: [dimension NAME] of the definition files.
 */
#ifndef MONTHEND_DIMENSION_H
#define MONTHEND_DIMENSION_H

#include "etl/ini_file.h"
#include "transforms/uses.h"

/* By what the rows of a dataset are broken down: a field of theirs, or of the latest related row.
 */
struct dimension_line {
    struct path path; /* steps 0: there is no line for the dataset */
    const struct test *latest;
    struct uses uses;
};

/* The children who pass a test, and those before it did not: "13 to 15". */
struct dimension_member {
    const char *name;
    const struct test *test;
};

/* [dimension NAME]: by fields, a line a dataset, or by members with a test each. The line of child,
 * and the members, serve all rows that name a child. */
struct dimension {
    const char *name;
    bool of_flags;                /* the members are yes and no */
    struct dimension_line *lines; /* by the dataset's number */
    const struct dimension_member *members;
    size_t member_count; /* 0: by fields */
    struct uses uses;    /* of the members */
};

/* Reads a section, and adds the dimension to the definitions. */
void dimension_read(struct defining *defining, const struct ini_section *section, struct span name);

/* What breaks down the rows of a dataset: its own line, or that of child; NULL: neither. */
const struct dimension_line *dimension_line(const struct dimension *dimension,
                                            const struct dataset *dataset);
/* Whether a dimension can break down the rows of a dataset. */
bool dimension_serves(const struct dimension *dimension, const struct dataset *dataset);
/* Whether two dimensions read the members of such rows from the same row, as a team and its service
 * are, or both by tests, as two age bands are: a member of one may then be made of members of the
 * other. */
bool dimensions_overlap(const struct dimension *a, const struct dimension *b,
                        const struct dataset *dataset);
/* Whether the datasets that its members come from came in the stream. */
bool dimension_has_data(const struct dimension *dimension, const struct dataset *dataset,
                        const struct store *store);

#endif
