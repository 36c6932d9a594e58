#include "etl/sources/xlsx_strings.h"

#include <stdlib.h>
#include <string.h>

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
        if (code < 0 || (code >= 0xD800 && code < 0xE000)) {
            text[to++] = text[from++];
            continue;
        }
        from += 7;
        if (code < 0x80) {
            text[to++] = (char)code;
        } else if (code < 0x800) {
            text[to++] = (char)(0xC0 | code >> 6);
            text[to++] = (char)(0x80 | (code & 0x3F));
        } else {
            text[to++] = (char)(0xE0 | code >> 12);
            text[to++] = (char)(0x80 | (code >> 6 & 0x3F));
            text[to++] = (char)(0x80 | (code & 0x3F));
        }
    }
    return to;
}

static int add_start(struct reading *reading)
{
    struct shared_strings *strings = reading->strings;
    size_t *room =
        grow(strings->starts, &strings->capacity, strings->count + 2, sizeof *strings->starts);
    if (!room)
        return error_memory(reading->error, "reading the shared strings");
    strings->starts = room;
    room[strings->count] = strings->texts.length;
    return 0;
}

static int start(void *context, const char *name, const char **attributes)
{
    (void)attributes;
    struct reading *reading = context;
    if (strcmp(name, "si") == 0)
        return add_start(reading);
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
    if (strcmp(name, "si") != 0 || !strings->starts)
        return 0;
    size_t begin = strings->starts[strings->count];
    if (strings->texts.length > begin)
        strings->texts.length =
            begin + unescape_text(strings->texts.text + begin, strings->texts.length - begin);
    strings->starts[++strings->count] = strings->texts.length;
    return 0;
}

static int text(void *context, const char *piece, size_t length)
{
    struct reading *reading = context;
    buffer_add(&reading->strings->texts, piece, length);
    return reading->strings->texts.failed
               ? error_memory(reading->error, "reading the shared strings")
               : 0;
}

int shared_strings_read(struct shared_strings *strings, struct package *package, int64_t part,
                        struct error *error)
{
    struct reading reading = {.strings = strings, .error = error};
    struct xml_handler handler = {.context = &reading,
                                  .start = start,
                                  .end = end,
                                  .text = text,
                                  .wants_text = &reading.wants_text};
    return package_parse(package, part, "its shared strings", &handler, error);
}

void shared_strings_free(struct shared_strings *strings)
{
    buffer_free(&strings->texts);
    free(strings->starts);
    *strings = (struct shared_strings){0};
}

bool shared_string(const struct shared_strings *strings, size_t number, struct span *found)
{
    if (number >= strings->count)
        return false;
    size_t begin = strings->starts[number];
    *found = (struct span){strings->texts.text ? strings->texts.text + begin : "",
                           strings->starts[number + 1] - begin};
    return true;
}
