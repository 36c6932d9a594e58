#include "etl/sources/inflate.h"

#include <stdlib.h>

#if defined(HAVE_ISAL)
#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>
#else
#include <zlib.h>
#endif

/* ---- ISA-L --------------------------------------------------------------------------------- */

#if defined(HAVE_ISAL)

struct inflater {
    struct inflate_state state;
};

struct inflater *inflater_new(void)
{
    struct inflater *inflater = malloc(sizeof *inflater);
    if (inflater)
        isal_inflate_init(&inflater->state);
    return inflater;
}

void inflater_free(struct inflater *inflater)
{
    free(inflater);
}

void inflater_give(struct inflater *inflater, const unsigned char *bytes, size_t length)
{
    inflater->state.next_in = (uint8_t *)(uintptr_t)bytes; /* ISA-L does not write there */
    inflater->state.avail_in = (uint32_t)length;
}

bool inflater_wants_input(const struct inflater *inflater)
{
    return inflater->state.avail_in == 0;
}

int inflater_take(struct inflater *inflater, unsigned char *out, size_t room, size_t *length)
{
    inflater->state.next_out = out;
    inflater->state.avail_out = (uint32_t)room;
    int status = isal_inflate(&inflater->state);
    *length = room - inflater->state.avail_out;
    if (status != ISAL_DECOMP_OK && status != ISAL_END_INPUT)
        return -1;
    return inflater->state.block_state == ISAL_BLOCK_FINISH;
}

uint32_t inflate_crc(uint32_t crc, const unsigned char *bytes, size_t length)
{
    return crc32_gzip_refl(crc, bytes, length);
}

/* ---- zlib ---------------------------------------------------------------------------------- */

#else

struct inflater {
    z_stream stream;
};

struct inflater *inflater_new(void)
{
    struct inflater *inflater = calloc(1, sizeof *inflater);
    if (inflater && inflateInit2(&inflater->stream, -MAX_WBITS) != Z_OK) {
        free(inflater);
        inflater = NULL;
    }
    return inflater;
}

void inflater_free(struct inflater *inflater)
{
    if (inflater)
        inflateEnd(&inflater->stream);
    free(inflater);
}

void inflater_give(struct inflater *inflater, const unsigned char *bytes, size_t length)
{
    inflater->stream.next_in = (z_const Bytef *)(uintptr_t)bytes; /* zlib does not write there */
    inflater->stream.avail_in = (uInt)length;
}

bool inflater_wants_input(const struct inflater *inflater)
{
    return inflater->stream.avail_in == 0;
}

int inflater_take(struct inflater *inflater, unsigned char *out, size_t room, size_t *length)
{
    inflater->stream.next_out = out;
    inflater->stream.avail_out = (uInt)room;
    int status = inflate(&inflater->stream, Z_NO_FLUSH);
    *length = room - inflater->stream.avail_out;
    if (status == Z_STREAM_END)
        return 1;
    return status == Z_OK || status == Z_BUF_ERROR ? 0 : -1;
}

uint32_t inflate_crc(uint32_t crc, const unsigned char *bytes, size_t length)
{
    return (uint32_t)crc32(crc, bytes, (uInt)length);
}

#endif
