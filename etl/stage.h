/*
 * stage.h - the stages of the pipeline as processes.
 *
 * The stages of a night are processes that know nothing of each other; whoever starts them keeps
 * every exit code. A stage is started with the descriptors it is to read and write, which the
 * caller closes afterwards, and is waited for exactly once. When the starter is told to stop, its
 * stages are told the same.
 */
#ifndef MONTHEND_STAGE_H
#define MONTHEND_STAGE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "etl/error.h"

struct stage {
    const char *name; /* "monthend-extract" */
    pid_t process;
    int64_t started; /* nanoseconds of the monotonic clock */
    /* Once waited for: */
    enum exit_code code;
    double seconds;     /* from start to end */
    double cpu_seconds; /* of it and the readers it started */
    long peak_kib;      /* the largest of them */
};

/* Starts `arguments[0]`, a program that stands beside this one; the list is ended by NULL. */
int stage_start(struct stage *stage, const char *const *arguments, int input, int output,
                struct error *error);

/* Waits for the stage and returns its exit code; EXIT_BROKEN, with the error filled, when it died
 * of a signal. */
enum exit_code stage_wait(struct stage *stage, struct error *error);

/* A pipe whose ends are closed on exec. ends[0] is read from, ends[1] written to. */
int stage_pipe(int ends[2], struct error *error);

/* From now on SIGINT, SIGTERM and SIGHUP are passed on to the stages that run, and remembered
 * instead of ending this process: it is to clean up, and leave by stages_die. */
void stages_pass_signals(void);
/* The signal that came, or 0. */
int stages_stopped(void);
/* Ends this process by the signal that came. */
_Noreturn void stages_die(void);

/* Nanoseconds of the monotonic clock. */
int64_t stage_clock(void);

#endif
