/*
 * problems.h - everything that is wrong with the text files a person wrote, in one pass.
 *
 * Configuration, datasets, layouts and definitions are checked whole before data is read. Each
 * problem is one line, "file:line: what (did you mean 'x'?)", kept in the order found. {0} is an
 * empty list; problems_free frees it.
 */
#ifndef MONTHEND_PROBLEMS_H
#define MONTHEND_PROBLEMS_H

#include <stddef.h>

#include "etl/error.h"
#include "etl/text.h"

struct problems {
    struct buffer lines;
    unsigned count;
};

/* Adds "file:line: text". */
void problem(struct problems *problems, const char *file, unsigned line, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The same, followed by " (did you mean 'x'?)" when one of `names` is near the word. */
void problem_word(struct problems *problems, const char *file, unsigned line, struct span word,
                  const char *const *names, size_t count, const char *format, ...)
    __attribute__((format(printf, 7, 8)));

/* Fills an error with EXIT_BAD_CONFIG and a count when there is any problem. The lines are for the
 * program to print. Returns 0 or -1. */
int problems_check(const struct problems *problems, struct error *error);

void problems_free(struct problems *problems);

#endif
