#include "etl/sources/xlsx_strings.h"

#include <string.h>

#include "etl/sources/encoding.h"
#include "etl/sources/xlsx_scan.h"
#include "etl/sources/xml_part.h"

enum { LONGEST_STRING = 32767 * 4 }; /* bytes */

struct reading {
    struct shared_strings *strings;
    bool wants_text;
    unsigned phonetic; /* how deep in phonetic runs */
    struct error *error;
};

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The code of "_xHHHH_" at `text`, or -1. */
static int escaped_code(const char *text, size_t left)
{
    if (left < 7 || text[1] != 'x' || text[6] != '_')
        return -1;
    int code = 0;
    for (int i = 2; i < 6; i++) {
        int digit = hex_digit(text[i]);
        if (digit < 0)
            return -1;
        code = code * 16 + digit;
    }
    return code;
}

size_t unescape_text(char *text, size_t length)
{
    char *first = memchr(text, '_', length);
    if (!first)
        return length;
    size_t to = (size_t)(first - text);
    for (size_t from = to; from < length;) {
        int code = text[from] == '_' ? escaped_code(text + from, length - from) : -1;
        if (code < 0 || (code >= 0xD800 && code < 0xE000)) { /* half a pair stays as it is */
            text[to++] = text[from++];
            continue;
        }
        from += 7;
        to += utf8_encode((uint32_t)code, text + to); /* never longer than the seven read */
    }
    return to;
}

static int start(void *context, const char *name, const char **attributes)
{
    (void)attributes;
    struct reading *reading = context;
    if (strcmp(name, "rPh") == 0)
        reading->phonetic++;
    reading->wants_text = strcmp(name, "t") == 0 && reading->phonetic == 0;
    return 0;
}

static int end(void *context, const char *name)
{
    struct reading *reading = context;
    struct shared_strings *strings = reading->strings;
    reading->wants_text = false;
    if (strcmp(name, "rPh") == 0 && reading->phonetic > 0)
        reading->phonetic--;
    if (strcmp(name, "si") != 0)
        return 0;
    size_t begin = shared_strings_begin(strings);
    if (strings->texts.length > begin)
        strings->texts.length =
            begin + unescape_text(strings->texts.text + begin, strings->texts.length - begin);
    return shared_strings_end(strings) ? 0
                                       : error_memory(reading->error, "reading the shared strings");
}

static int text(void *context, const char *piece, size_t length)
{
    struct reading *reading = context;
    struct shared_strings *strings = reading->strings;
    if (strings->texts.length - shared_strings_begin(strings) + length > LONGEST_STRING)
        return error_set(reading->error, EXIT_BAD_DATA,
                         "its shared strings: one holds more than 32,767 characters: the file is "
                         "damaged or hostile");
    buffer_add(&strings->texts, piece, length);
    return strings->texts.failed ? error_memory(reading->error, "reading the shared strings") : 0;
}

int shared_strings_read(struct shared_strings *strings, struct package *package, int64_t part,
                        bool scan, struct error *error)
{
    struct reading reading = {.strings = strings, .error = error};
    struct xml_handler handler = {.context = &reading,
                                  .start = start,
                                  .end = end,
                                  .text = text,
                                  .wants_text = &reading.wants_text,
                                  .scanner = scan ? &xlsx_string_scanner : NULL,
                                  .scanner_context = strings};
    return xml_part_parse(package, part, "its shared strings", &handler, error);
}
