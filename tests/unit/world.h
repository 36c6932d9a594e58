/*
 * world.h - a few rows and a definition, computed: for tests of the rules.
 *
 * Rows are written as tables of the record stream without its head and its tail; `@` is added to
 * every record, so that a test shows nothing but the fields it is about.
 */
#ifndef MONTHEND_TESTS_WORLD_H
#define MONTHEND_TESTS_WORLD_H

#include "transforms/calculation.h"
#include "transforms/grade.h"
#include "transforms/member.h"

struct world {
    struct config config;
    struct calendar calendar;
    struct definitions definitions;
    struct store store;
    struct intake intake;
    struct evaluator evaluator;
    struct problems problems;
    struct error error;
    date_t as_at;
    bool only_given; /* datasets that are not given are not fed; otherwise they are, without rows */
    struct breakdown breakdowns[4]; /* of the indicator that was last broken down */
    char text[512];
};

/* Parses the definitions against etl/datasets.ini; problems are left in world->problems. */
void world_define(struct world *world, const char *definitions);

/* Reads the tables ("missing_episode child:child started:time\nc1 2019-07-01T10:00\n", fields
 * separated by single blanks, tables by an empty line; "_" is an empty field and "~" a blank in a
 * field) and prepares the evaluator. Fails the test when it cannot. */
void world_fill(struct world *world, const char *tables, const char *as_at);

/* Computes an indicator for a month: "1/3 33%", "5 5", "0/0 -", "TBC *", "blank". */
const char *world_measure(struct world *world, const char *code, const char *month);

/* Breaks an indicator down by its dimensions: "cin 1/2 50%; cp 1/1 100% | yes 2/3 67%", by name. */
const char *world_parts(struct world *world, const char *code, const char *month);

void world_free(struct world *world);

/* All of it for the indicator [X]; the result is in a static buffer. */
const char *measured(const char *definitions, const char *tables, const char *as_at,
                     const char *month);

/* The problems of some definitions, as one text in a static buffer. The file is called "d.ini". */
const char *problems_of(const char *definitions);

/* Writes a text to a file in a temporary folder and returns its path, in a static buffer. */
const char *temporary_file(const char *name, const char *text);

#endif
