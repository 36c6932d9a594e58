#include "etl/decimal.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

/* Far below the limit of 64 bits, so that sums of millions of them cannot overflow. */
static const int64_t largest_whole = INT64_C(1000000000);

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A comma separates thousands: three digits follow, and then no fourth. */
static bool is_thousands_comma(const char *comma, const char *end)
{
    return end - comma > 3 && is_digit(comma[1]) && is_digit(comma[2]) && is_digit(comma[3]) &&
           (end - comma == 4 || !is_digit(comma[4]));
}

decimal_t decimal_from_text(struct span text)
{
    text = span_trim(text);
    const char *next = text.text;
    const char *end = text.text + text.length;
    bool negative = false;
    if (next < end && (*next == '-' || *next == '+'))
        negative = *next++ == '-';
    if (end - next > 2 && next[0] == '\xC2' && next[1] == '\xA3') /* pound sign */
        next += 2;
    int64_t whole = 0;
    int digits = 0;
    for (; next < end && (is_digit(*next) || *next == ','); next++) {
        if (*next == ',') {
            if (digits == 0 || !is_thousands_comma(next, end))
                return NO_DECIMAL;
            continue;
        }
        whole = whole * 10 + (*next - '0');
        digits++;
        if (whole > largest_whole)
            return NO_DECIMAL;
    }
    int64_t number = whole * DECIMAL_ONE;
    if (next < end && *next == '.') {
        next++;
        int64_t place = DECIMAL_ONE / 10;
        bool first_dropped = true;
        for (; next < end && is_digit(*next); next++) {
            number += (*next - '0') * place;
            if (place == 0 && first_dropped) {
                number += *next >= '5';
                first_dropped = false;
            }
            place /= 10;
            digits++;
        }
    }
    if (digits == 0 || next != end)
        return NO_DECIMAL;
    return negative ? -number : number;
}

decimal_t decimal_from_double(double number)
{
    if (!isfinite(number) || fabs(number) > (double)largest_whole)
        return NO_DECIMAL;
    return (decimal_t)llround(number * DECIMAL_ONE);
}

int decimal_to_text(decimal_t number, char *out)
{
    uint64_t absolute = number < 0 ? (uint64_t)-number : (uint64_t)number;
    uint64_t fraction = absolute % DECIMAL_ONE;
    int length = snprintf(out, DECIMAL_TEXT_SIZE, "%s%" PRIu64, number < 0 ? "-" : "",
                          absolute / DECIMAL_ONE);
    if (fraction == 0)
        return length;
    length += snprintf(out + length, DECIMAL_TEXT_SIZE - (size_t)length, ".%04" PRIu64, fraction);
    while (out[length - 1] == '0')
        out[--length] = '\0';
    return length;
}
