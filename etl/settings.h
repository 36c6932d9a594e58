/*
 * settings.h - reading the configuration at the head of a program, or leaving with its problems.
 *
 * For programs only: it prints and exits.
 */
#ifndef MONTHEND_SETTINGS_H
#define MONTHEND_SETTINGS_H

#include "etl/config.h"

/* Prints each problem on its own line and exits EXIT_BAD_CONFIG when there is any. */
void settings_require(struct problems *problems);

/* Reads the configuration (NULL: "pipeline.conf" in the current folder) into `problems`, or exits
 * when it cannot be read. */
void settings_load(struct config *config, const char *path, struct problems *problems);

/* Opens standard input, or the file of this path ("-" is standard input); exits when it cannot. */
int settings_open_input(const char *path, const char **name);

#endif
