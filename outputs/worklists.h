/*
 * worklists.h - worklists.xlsx, for managers: which child's record is to be put right, by when.
 *
 * Rows about single children. They come while the measure stream is read, after the indicators they
 * belong to, and wait in unnamed temporary files, one for each workbook to come, so that the memory
 * does not grow with them; the workbooks are then written in constant memory as well. Indicators
 * without a target have no worklist: there is nothing that a row of theirs should be. {0} is empty.
 */
#ifndef MONTHEND_WORKLISTS_H
#define MONTHEND_WORKLISTS_H

#include "outputs/place_index.h"
#include "outputs/report.h"

enum worklist_split { WORKLISTS_ONE, WORKLISTS_BY_SERVICE, WORKLISTS_BY_TEAM };

/* Rows of one indicator held by one team. */
struct worklist_count {
    size_t indicator;
    const char *service, *team;
    double rows, overdue, done, longest;
};

/* The rows of one workbook. */
struct worklist_pile {
    const char *name; /* the service or team; "" for all */
    /* Without .xlsx: "worklists", or "worklists-" and the letters, digits and blanks of the name;
     * no two are alike. */
    const char *file_name;
    int descriptor;
    struct stream_writer writer;
    bool open; /* the writer is */
    struct worklist_count *counts;
    size_t count_count, count_capacity;
    struct place_index count_index; /* by indicator, service and team, until they are sealed */
};

struct worklists {
    enum worklist_split split;
    struct worklist_pile *piles;
    size_t pile_count, pile_capacity;
    struct place_index pile_index; /* by name */
    struct place_index file_index; /* by the file's name in small letters */
    struct error *error;
    struct arena arena;
};

/* For report_read: takes a row of the table of exceptions. context is the worklists, whose error
 * must be the one that report_read is given. */
int worklists_add(void *context, const struct report *report, const struct stream_reader *reader);

/* Ends the piles; there is one even without a row. To be called before any is written. */
int worklists_seal(struct worklists *worklists);

/* Writes the workbook of a pile to `path`, which an output_file provides. */
int worklist_write(struct worklist_pile *pile, const struct report *report, const char *path,
                   const char *folder, unsigned *cut, struct error *error);

void worklists_free(struct worklists *worklists);

#endif
