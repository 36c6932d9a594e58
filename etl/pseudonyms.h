/*
 * pseudonyms.h - identifiers of children replaced by names that only the holder of a key can tell.
 *
 * A pseudonym is "P" and 16 hexadecimal digits of HMAC-SHA256 over what kind of thing is named and
 * its identifier: the same everywhere, so that rows still belong together, and another under
 * another key. Pseudonymised are the identifiers of children and of whatever names a child
 * (episodes, plans), and references to them; workers, teams and posts keep theirs, since managers
 * need them.
 */
#ifndef MONTHEND_PSEUDONYMS_H
#define MONTHEND_PSEUDONYMS_H

#include "etl/dataset.h"

struct pseudonyms; /* opaque: holds the key, and wipes it when freed */

/* Reads the key: a file of 16 bytes or more, readable by its owner alone. NULL with the error
 * filled. */
struct pseudonyms *pseudonyms_new(const char *key_path, struct error *error);
void pseudonyms_free(struct pseudonyms *pseudonyms);

/* Copies a record stream with identifiers replaced. Everything else passes as it is. */
int pseudonyms_pass(struct pseudonyms *pseudonyms, const struct catalogue *catalogue, int from,
                    int to, struct error *error);

#endif
