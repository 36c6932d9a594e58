/*
 * little_endian.h - numbers as Microsoft's binary formats store them, from any address.
 */
#ifndef MONTHEND_SOURCES_LITTLE_ENDIAN_H
#define MONTHEND_SOURCES_LITTLE_ENDIAN_H

#include <stdint.h>
#include <string.h>

static inline uint32_t number16(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8;
}

static inline uint32_t number32(const unsigned char *bytes)
{
    return number16(bytes) | number16(bytes + 2) << 16;
}

static inline uint64_t number64(const unsigned char *bytes)
{
    return number32(bytes) | (uint64_t)number32(bytes + 4) << 32;
}

static inline double number_double(const unsigned char *bytes)
{
    uint64_t bits = number64(bytes);
    double number;
    memcpy(&number, &bits, sizeof number);
    return number;
}

#endif
