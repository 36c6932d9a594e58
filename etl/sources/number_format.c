#include "etl/sources/number_format.h"

#include <string.h>

bool number_format_is_date(unsigned number)
{
    return (number >= 14 && number <= 22) || number == 45 || number == 47 ||
           (number >= 27 && number <= 36) || (number >= 50 && number <= 58);
}

/* A bracket: true for one that makes a duration of the whole format. */
static bool is_elapsed(const char *bracket, size_t length)
{
    if (length == 0)
        return false;
    char first = (char)(bracket[0] | 0x20);
    if (first != 'h' && first != 'm' && first != 's')
        return false;
    for (size_t i = 1; i < length; i++)
        if ((char)(bracket[i] | 0x20) != first)
            return false;
    return true;
}

bool format_code_is_date(const char *code)
{
    bool date = false;
    for (const char *c = code; *c && *c != ';'; c++) {
        switch (*c) {
        case '"':
            c = strchr(c + 1, '"');
            if (!c)
                return date;
            break;
        case '\\':
        case '_':
        case '*':
            if (!c[1])
                return date;
            c++;
            break;
        case '[': {
            const char *close = strchr(c, ']');
            if (!close)
                return date;
            if (is_elapsed(c + 1, (size_t)(close - c) - 1))
                return false;
            c = close;
            break;
        }
        case 'G':
        case 'g':
            if (strncmp(c + 1, "eneral", 6) == 0 || strncmp(c + 1, "ENERAL", 6) == 0)
                c += 6;
            break;
        case 'd':
        case 'D':
        case 'm':
        case 'M':
        case 'y':
        case 'Y':
        case 'h':
        case 'H':
        case 's':
        case 'S':
            date = true;
            break;
        default:
            break;
        }
    }
    return date;
}
