/*
 * digest.h - SHA-256, as text in hexadecimal.
 */
#ifndef MONTHEND_DIGEST_H
#define MONTHEND_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#include "etl/error.h"

enum { SHA256_TEXT_SIZE = 65 };

/* Of a whole file, from the descriptor's offset 0; the descriptor's own offset does not move.
 * `name` is what messages call it. */
int digest_descriptor(int descriptor, const char *name, char *text, struct error *error);

/* Of a file; its size as well, when `bytes` is not NULL. */
int digest_file(const char *path, char *text, uint64_t *bytes, struct error *error);

/* Of bytes in memory. */
int digest_bytes(const void *bytes, size_t length, char *text, struct error *error);

#endif
