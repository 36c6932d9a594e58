/*
 * feeding.h - whether the sources at hand can feed an indicator, and how far back.
 *
 * An indicator needs of each dataset it speaks of some fields and some values of categories: visits
 * with `seen` and of the kind `care`. A source feeds a need when it gives all of it; the need is
 * fed as far back as the best of its sources tells, and the indicator as far as the worst of its
 * needs. A field that is only asked whether it `is not` something may be missing: a blank passes.
 */
#ifndef MONTHEND_FEEDING_H
#define MONTHEND_FEEDING_H

#include "transforms/definition.h"
#include "transforms/intake.h"

/* How far back rows tell, and the day they were taken; NO_DATE: the as-at date of the report. */
struct reach {
    int covers; /* COVERS_NOTHING, COVERS_LATEST, a number of months, COVERS_EVERY */
    date_t taken;
};

/* A source, and which of its columns the sheet did not have. */
struct feeding_source {
    const struct source_config *source;
    date_t taken;
    bool absent[MAX_FIELDS];
};

struct feeding {
    const struct config *config;
    const struct definitions *definitions;
    struct feeding_source *sources;
    size_t count;
    bool *whole; /* by the dataset's number: rows came from a source that is not configured */
};

/* What can be expected of an indicator. The texts of `why` are those of sources and layouts. */
struct feed {
    struct reach reach;
    struct buffer why; /* what keeps it from telling of every month; freed by the caller */
    /* The datasets that no source feeds, and no layout says why: their names, each with a blank
     * behind it. */
    struct buffer unexplained;
    struct buffer blank; /* fields that no source gives and that pass as blanks, or empty */
};

/* All sources of the configuration, before anything is read. */
int feeding_of_config(struct feeding *feeding, const struct config *config,
                      const struct definitions *definitions, struct error *error);
/* The sources whose rows the stream holds. */
int feeding_of_intake(struct feeding *feeding, const struct config *config,
                      const struct definitions *definitions, const struct intake *intake,
                      struct error *error);
void feeding_free(struct feeding *feeding);

/* Fills *feed, which must be {0} or used before. */
int feeding_indicator(const struct feeding *feeding, const struct indicator *indicator,
                      struct feed *feed, struct error *error);

void feed_free(struct feed *feed);

/* The reach of each indicator, by its number: a malloc'ed array for an evaluator. NULL with the
 * error filled when the memory ran out. */
struct reach *feeding_reaches(const struct feeding *feeding, struct error *error);

/* Whether a month is told of. */
bool feeding_tells_of(const struct reach *reach, month_t month, date_t as_at);

#endif
