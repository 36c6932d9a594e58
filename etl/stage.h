/*
 * stage.h - another program of the pipeline, run as a child process.
 *
 * The stages of a night are processes that know nothing of each other; whoever starts them keeps
 * every exit code. A stage is started with the descriptors it is to read and write, which the
 * caller closes afterwards, and is waited for exactly once.
 */
#ifndef MONTHEND_STAGE_H
#define MONTHEND_STAGE_H

#include <sys/types.h>

#include "etl/error.h"

struct stage {
    const char *name; /* "monthend-extract" */
    pid_t process;
};

/* Starts `arguments[0]`, a program that stands beside this one; the list is ended by NULL. */
int stage_start(struct stage *stage, const char *const *arguments, int input, int output,
                struct error *error);

/* Waits for the stage and returns its exit code; EXIT_BROKEN, with the error filled, when it died
 * of a signal. */
enum exit_code stage_wait(const struct stage *stage, struct error *error);

/* A pipe whose ends are closed on exec. ends[0] is read from, ends[1] written to. */
int stage_pipe(int ends[2], struct error *error);

#endif
