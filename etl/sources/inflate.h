/*
 * inflate.h - decompression of deflated data as it comes, by ISA-L where the build found it, which
 * is two to three times as fast, otherwise by zlib.
 */
#ifndef MONTHEND_SOURCES_INFLATE_H
#define MONTHEND_SOURCES_INFLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct inflater; /* opaque */

/* NULL when the memory ran out. */
struct inflater *inflater_new(void);
void inflater_free(struct inflater *inflater);

/* What to decompress next. The bytes are borrowed until inflater_wants_input says true. */
void inflater_give(struct inflater *inflater, const unsigned char *bytes, size_t length);
bool inflater_wants_input(const struct inflater *inflater);

/* Decompresses into `out` as far as there is room and input; *length gets how much came. Returns 1
 * when the data have ended, 0 when more may come, -1 when they are no deflated data. */
int inflater_take(struct inflater *inflater, unsigned char *out, size_t room, size_t *length);

/* The CRC-32 of zip archives, going on from `crc`, which is 0 at first. */
uint32_t inflate_crc(uint32_t crc, const unsigned char *bytes, size_t length);

#endif
