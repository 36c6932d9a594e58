/*
 * reader.h - reading a foreign file in a child process that can open nothing.
 *
 * The child is handed one descriptor and a pipe. Before it looks at the first byte it gives up
 * everything else: limits on memory, time, file size and core dumps, no new privileges, an empty
 * Landlock rule set, and a seccomp filter that allows reading, memory, writing to the pipe and
 * exit, and nothing that opens, connects, forks or executes (sandbox.h). What it reads comes back
 * as framed rows; the parent checks every length, and calls the sink in its own process.
 */
#ifndef MONTHEND_SOURCES_READER_H
#define MONTHEND_SOURCES_READER_H

#include "etl/sources/source.h"

enum sandbox_mode {
    SANDBOX_AUTO,    /* as strict as this kernel allows, and say what is missing */
    SANDBOX_REQUIRE, /* refuse to read where anything is missing */
    SANDBOX_OFF      /* limits alone: for debugging */
};

struct reader_options {
    enum sandbox_mode sandbox;
    size_t memory_limit; /* bytes; 0: 4 GiB */
    unsigned time_limit; /* seconds spent waiting for the child, in all; 0: 600 */
    /* Called when this kernel does not grant all of the isolation, with what is missing
     * ("Landlock"); NULL to say nothing. */
    void (*say_missing)(const char *missing);
};

/* Reads a whole file of this format through the sink. `descriptor` is seekable and stays the
 * caller's; `name` is what messages call the file. The sink runs in this process, so it may keep
 * what it likes. Returns 0, or -1 with the error filled ("'name': is encrypted: ..."): the
 * format's own refusal, EXIT_BROKEN when the child died of a signal or sent nonsense,
 * EXIT_NO_RESOURCE when it met its memory limit; what the sink had been given by then must be
 * thrown away. When the sink stopped the reading, the error is the sink's own. */
int reader_run(const struct source_format *format, int descriptor, const char *name,
               const struct reader_options *options, const struct row_sink *sink,
               struct error *error);

#endif
