/*
 * tracker_workbook.h - missing-tracker.xlsx, weekly and restricted: each child who was missing,
 * what is recorded of them, what is to be escalated, and the gaps against the week before.
 */
#ifndef MONTHEND_TRACKER_WORKBOOK_H
#define MONTHEND_TRACKER_WORKBOOK_H

#include "outputs/report.h"

/* A child who was missing in the week. */
struct tracker_child {
    const char *child, *from, *placement, *service, *team, *worker;
    moment_t started; /* the latest episode */
    bool missing;     /* still, at the end of the week */
    double episodes, hours, gaps;
    const char *answers; /* "met/asked" of each check, separated by blanks */
    unsigned source;
    uint32_t row;
};

/* As many as go missing in a week. */
struct tracker_children {
    struct tracker_child *children;
    size_t count, capacity;
    struct error *error;
    struct arena arena;
};

/* For report_read: takes a row of the table of the tracker. context is the children, whose error
 * must be the one that report_read is given. */
int tracker_children_add(void *context, const struct report *report,
                         const struct stream_reader *reader);
void tracker_children_free(struct tracker_children *children);

/* Writes the workbook to `path`, which an output_file provides. Puts the children in the order of
 * their gaps. */
int tracker_workbook_write(const struct report *report, struct tracker_children *children,
                           const char *path, const char *folder, unsigned *cut,
                           struct error *error);

#endif
