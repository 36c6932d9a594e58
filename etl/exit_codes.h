/*
 * exit_codes.h - the exit status of every program of the pipeline.
 *
 * One enum, sysexits.h where it has a word for it, so that a scheduler can tell what is worth
 * another try. A library call that fails leaves one of these in its struct error; only main()
 * turns it into an exit status.
 */
#ifndef MONTHEND_EXIT_CODES_H
#define MONTHEND_EXIT_CODES_H

enum exit_code {
    EXIT_COMPLETE = 0,       /* output complete and verified */
    EXIT_BAD_OPTION = 64,    /* the command line is wrong */
    EXIT_BAD_DATA = 65,      /* malformed or truncated input, changed layout, too many rejects */
    EXIT_NO_SOURCE = 66,     /* an input is missing */
    EXIT_STALE_SOURCE = 69,  /* an input is older than its limit */
    EXIT_BROKEN = 70,        /* an invariant failed, or a reader process died of a signal */
    EXIT_NO_RESOURCE = 71,   /* out of memory, processes or descriptors */
    EXIT_CANNOT_CREATE = 73, /* an output cannot be created */
    EXIT_IO = 74,            /* reading or writing failed: full disk, failed close */
    EXIT_LOCKED = 75,        /* another run holds the lock */
    EXIT_NO_PERMISSION = 77, /* an input may not be read */
    EXIT_BAD_CONFIG = 78     /* the configuration or a definition is wrong */
};

#endif
