/*
 * indicator_keys.h - the keys of an indicator's section: a row of a table each, with its help.
 */
#ifndef MONTHEND_INDICATOR_KEYS_H
#define MONTHEND_INDICATOR_KEYS_H

#include "transforms/defining.h"

/* Adds a problem for each key of a section that is none. */
void indicator_keys_check(struct defining *defining, const struct ini_section *section,
                          const char *code);

/* Reads the keys of a section, or of [defaults], into the indicator. Problems are added. */
void indicator_keys_read(struct defining *defining, struct indicator *indicator,
                         const struct ini_section *section);

/* Adds a problem for each target or tolerance that is not in the indicator's unit: after the pools
 * are bound, since theirs is that of what they add up. */
void indicator_keys_check_units(struct defining *defining, const struct indicator *indicator);

#endif
