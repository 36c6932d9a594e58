#include "etl/sources/xlsx_styles.h"

#include <stdlib.h>
#include <string.h>

#include "etl/sources/number_format.h"
#include "etl/sources/xml_part.h"

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
    int status = xml_part_parse(package, part, "its styles", &handler, error);
    free(reading.custom);
    return status;
}

void styles_free(struct styles *styles)
{
    free(styles->is_date);
    *styles = (struct styles){0};
}
