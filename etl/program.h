/*
 * program.h - what every program of the pipeline does alike.
 *
 * A program is one main(): it reads its options, calls libraries that return, and leaves by
 * program_exit. Messages go to standard error as "monthend-extract: ...", one line each; standard
 * output is for data. SIGPIPE and SIGXFSZ are ignored, so a closed pipe or a file limit is an
 * error like any other.
 */
#ifndef MONTHEND_PROGRAM_H
#define MONTHEND_PROGRAM_H

#include <stdbool.h>

#include "etl/error.h"

/* An option: its long name, a letter or 0, the name of its argument or NULL, and its help. */
struct program_option {
    const char *name;
    char letter;
    const char *argument;
    const char *help;
};

struct program {
    const char *name;                     /* "monthend-extract" */
    const char *usage;                    /* what follows the name: "[options] FILE..." */
    const char *summary;                  /* one sentence */
    const struct program_option *options; /* ended by a NULL name; --help and --version are added */
};

/* To be called first: signals, umask 077, descriptors 0 to 2 open. */
void program_begin(const struct program *program);

/* The next option of argv as its letter (or, without one, its place in `options` plus 256), its
 * argument in *argument; -1 after the last, *rest then the index of the first operand. --help and
 * --version print and exit; an unknown option prints the nearest one and exits EXIT_BAD_OPTION. */
int program_option(int argc, char **argv, const char **argument, int *rest);

/* "NAME: message" on standard error; where that is the journal, with the priority that it sorts
 * messages by. */
void program_message(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same, for what a person should look into though the program goes on. */
void program_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Prints the error and exits with its code; a stage whose reader went away (EPIPE) says nothing. */
_Noreturn void program_fail(const struct error *error);

/* A wrong command line: prints the message and how to get help, exits EXIT_BAD_OPTION. */
_Noreturn void program_usage_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Flushes and closes standard output, and exits: `code`, or EXIT_IO when the output failed. */
_Noreturn void program_exit(enum exit_code code);

/* Whether progress should be shown: standard error is a terminal. */
bool program_on_terminal(void);

#endif
