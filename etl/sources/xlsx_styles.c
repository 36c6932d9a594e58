#include "etl/sources/xlsx_styles.h"

#include <stdlib.h>
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

struct custom_format {
    unsigned number;
    bool is_date;
};

struct reading {
    struct styles *styles;
    struct custom_format *custom;
    size_t custom_count;
    size_t custom_capacity;
    bool in_cell_formats;
    struct error *error;
};

static unsigned read_number(const char *text)
{
    return text ? (unsigned)strtoul(text, NULL, 10) : 0;
}

static bool is_date_format(const struct reading *reading, unsigned number)
{
    for (size_t i = 0; i < reading->custom_count; i++)
        if (reading->custom[i].number == number)
            return reading->custom[i].is_date;
    return number_format_is_date(number);
}

static int start(void *context, const char *name, const char **attributes)
{
    struct reading *reading = context;
    if (strcmp(name, "cellXfs") == 0) {
        reading->in_cell_formats = true;
    } else if (strcmp(name, "numFmt") == 0) {
        const char *code = xml_attribute(attributes, "formatCode");
        struct custom_format *room = grow(reading->custom, &reading->custom_capacity,
                                          reading->custom_count + 1, sizeof *room);
        if (!room)
            return error_memory(reading->error, "reading a workbook");
        reading->custom = room;
        room[reading->custom_count++] = (struct custom_format){
            read_number(xml_attribute(attributes, "numFmtId")), code && format_code_is_date(code)};
    } else if (reading->in_cell_formats && strcmp(name, "xf") == 0) {
        struct styles *styles = reading->styles;
        bool *room = grow(styles->is_date, &styles->capacity, styles->count + 1, sizeof *room);
        if (!room)
            return error_memory(reading->error, "reading a workbook");
        styles->is_date = room;
        room[styles->count++] =
            is_date_format(reading, read_number(xml_attribute(attributes, "numFmtId")));
    }
    return 0;
}

static int end(void *context, const char *name)
{
    struct reading *reading = context;
    if (strcmp(name, "cellXfs") == 0)
        reading->in_cell_formats = false;
    return 0;
}

int styles_read(struct styles *styles, struct package *package, int64_t part, struct error *error)
{
    struct reading reading = {.styles = styles, .error = error};
    struct xml_handler handler = {.context = &reading, .start = start, .end = end};
    int status = package_parse(package, part, "its styles", &handler, error);
    free(reading.custom);
    return status;
}

void styles_free(struct styles *styles)
{
    free(styles->is_date);
    *styles = (struct styles){0};
}
