#include "etl/sources/number_text.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

struct span trim_blanks(struct span value)
{
    while (value.length > 0 && is_blank(value.text[0])) {
        value.text++;
        value.length--;
    }
    while (value.length > 0 && is_blank(value.text[value.length - 1]))
        value.length--;
    return value;
}

/* What is not digits with a point: an exponent, or more digits than are exact. */
static bool parse_long_number(struct span value, double *number)
{
    enum { LONGEST_NUMBER = 64 };
    char copy[LONGEST_NUMBER];
    value = trim_blanks(value);
    if (value.length == 0 || value.length >= sizeof copy)
        return false;
    memcpy(copy, value.text, value.length);
    copy[value.length] = '\0';
    if (strspn(copy, "0123456789+-.eE") != value.length)
        return false;
    char *end;
    *number = strtod(copy, &end);
    return *end == '\0' && isfinite(*number);
}

/* The quotient of an integer and a power of ten as the double nearest to it. False when that cannot
 * be told from a long double, which is nearest to it with eleven bits more. */
static bool divide(uint64_t digits, int places, double *number)
{
    static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,
                                    1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19};
    if (digits <= (uint64_t)1 << DBL_MANT_DIG) {
        *number = (double)digits / powers[places]; /* both exact, so rounded once */
        return true;
    }
#if LDBL_MANT_DIG == 64
    long double quotient = (long double)digits / (long double)powers[places];
    uint64_t mantissa;
    memcpy(&mantissa, &quotient, sizeof mantissa);
    *number = (double)quotient;
    return (mantissa & 0x7FF) != 0x400; /* half way: the nearest is on either side */
#else
    return false;
#endif
}

const char *parse_exact_number(const char *text, double *number)
{
    enum { MOST_DIGITS = 19 }; /* less than two to the 64th */
    const char *c = text;
    bool negative = *c == '-';
    if (negative)
        c++;
    uint64_t digits = 0;
    const char *begin = c;
    for (; is_digit(*c) && c - begin < MOST_DIGITS; c++)
        digits = digits * 10 + (uint64_t)(*c - '0');
    int count = (int)(c - begin);
    int places = 0;
    if (*c == '.')
        for (c++; is_digit(*c) && count < MOST_DIGITS; c++, count++, places++)
            digits = digits * 10 + (uint64_t)(*c - '0');
    if (count == 0 || is_digit(*c) || !divide(digits, places, number))
        return NULL;
    if (negative)
        *number = -*number;
    return c;
}

bool parse_number(struct span value, double *number)
{
    return parse_exact_number(value.text, number) == value.text + value.length ||
           parse_long_number(value, number);
}
