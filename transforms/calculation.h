/*
 * calculation.h - what transform and explain have in common: from options and a stream to a sealed
 * store and prepared definitions.
 *
 * For programs only: calculation_open prints and exits when something is wrong.
 */
#ifndef MONTHEND_CALCULATION_H
#define MONTHEND_CALCULATION_H

#include "etl/settings.h"
#include "transforms/definition.h"
#include "transforms/intake.h"
#include "transforms/measures.h"

struct calculation {
    struct config config;
    struct calendar calendar;
    struct definitions definitions; /* of the report: a part of all of them */
    struct definitions all; /* with the checks of the weekly tracker behind them; the owner */
    struct checks checks;
    struct store store;
    struct intake intake;
    struct window window;
};

struct calculation_options {
    const char *config;
    const char *month; /* overrides the configuration; NULL: its own */
    const char *from;  /* the first of several reports; NULL: that month alone */
    const char *as_at;
    const char *months;
    bool partial;
};

/* Reads configuration, datasets, definitions and bank holidays; leaves with every problem in them
 * at once. */
void calculation_prepare(struct calculation *calculation,
                         const struct calculation_options *options);

/* Reads the record stream and settles month and as-at date. */
void calculation_read(struct calculation *calculation, const struct calculation_options *options,
                      int descriptor, const char *name);

/* Extracts the newest files of the inbox and reads what comes. */
void calculation_extract(struct calculation *calculation,
                         const struct calculation_options *options);

void calculation_free(struct calculation *calculation);

#endif
