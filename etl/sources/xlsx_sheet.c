#include "etl/sources/xlsx_sheet.h"

#include <stdlib.h>
#include <string.h>

#include "etl/sources/xlsx_scan.h"
#include "etl/sources/xml_part.h"

struct reading {
    struct sheet_rows rows;
    struct raw_cell cell;
    bool wants_text;
    bool in_cell;
    unsigned phonetic;
};

static int fail(struct reading *reading, const char *what)
{
    return error_set(reading->rows.error, EXIT_BAD_DATA, "row %u: %s", reading->rows.row, what);
}

static enum value_type parse_type(const char *type)
{
    if (!type || strcmp(type, "n") == 0)
        return VALUE_NUMBER;
    if (strcmp(type, "s") == 0)
        return VALUE_SHARED;
    if (strcmp(type, "b") == 0)
        return VALUE_BOOLEAN;
    if (strcmp(type, "e") == 0)
        return VALUE_ERROR;
    return VALUE_TEXT; /* str, inlineStr, and d: an ISO date as text */
}

static int begin_cell(struct reading *reading, const char **attributes)
{
    const char *reference = xml_attribute(attributes, "r");
    const char *style = xml_attribute(attributes, "s");
    const char *end;
    if (reading->in_cell)
        return fail(reading, "a cell stands within a cell");
    reading->in_cell = true;
    reading->cell = (struct raw_cell){.column = ROWS_NEXT, .own_text = true};
    if (reference) {
        reading->cell.column = parse_column(reference, &end);
        if (reading->cell.column == ROWS_NEXT)
            return fail(reading, "a cell says that it stands outside the sheet");
    }
    reading->cell.type = parse_type(xml_attribute(attributes, "t"));
    reading->cell.style = style ? strtoul(style, NULL, 10) : 0;
    return 0;
}

static int end_cell(struct reading *reading)
{
    reading->in_cell = false;
    const char *wrong = rows_add(&reading->rows, &reading->cell);
    return wrong ? fail(reading, wrong) : 0;
}

static int begin_row(struct reading *reading, const char **attributes)
{
    const char *number = xml_attribute(attributes, "r");
    unsigned long row = number ? strtoul(number, NULL, 10) : 0;
    if ((number && row == 0) || rows_begin(&reading->rows, row) < 0)
        return fail(reading, "the row after it says that it stands elsewhere");
    return 0;
}

static int start(void *context, const char *name, const char **attributes)
{
    struct reading *reading = context;
    switch (name[0]) {
    case 'c':
        return name[1] == '\0' ? begin_cell(reading, attributes) : 0;
    case 'v':
        if (name[1] == '\0' && reading->in_cell)
            reading->cell.has_value = reading->wants_text = true;
        return 0;
    case 'f':
        if (name[1] == '\0' && reading->in_cell)
            reading->cell.has_formula = true;
        return 0;
    case 'i':
        if (strcmp(name, "is") == 0 && reading->in_cell)
            reading->cell.has_value = true;
        return 0;
    case 't':
        if (name[1] == '\0' && reading->in_cell && reading->phonetic == 0)
            reading->wants_text = true;
        return 0;
    case 'r':
        if (strcmp(name, "row") == 0)
            return begin_row(reading, attributes);
        if (strcmp(name, "rPh") == 0)
            reading->phonetic++;
        return 0;
    default:
        return 0;
    }
}

static int end(void *context, const char *name)
{
    struct reading *reading = context;
    reading->wants_text = false;
    if (name[0] == 'c' && name[1] == '\0')
        return end_cell(reading);
    if (name[0] == 'r' && strcmp(name, "row") == 0)
        return rows_end(&reading->rows);
    if (name[0] == 'r' && strcmp(name, "rPh") == 0 && reading->phonetic > 0)
        reading->phonetic--;
    return 0;
}

static int text(void *context, const char *piece, size_t length)
{
    struct sheet_rows *rows = &((struct reading *)context)->rows;
    if (rows->texts.length - rows->texts_taken <=
        LONGEST_CELL_TEXT) /* rows_add refuses what is longer */
        buffer_add(&rows->texts, piece, length);
    return rows->texts.failed ? error_memory(rows->error, "reading a sheet") : 0;
}

int sheet_read(struct package *package, int64_t part, const struct sheet_context *context,
               bool scan, const struct row_sink *sink, struct error *error)
{
    struct reading reading = {
        .rows = {.context = context, .sink = sink, .error = error, .column = ROWS_NEXT}};
    struct xml_handler handler = {.context = &reading,
                                  .start = start,
                                  .end = end,
                                  .text = text,
                                  .wants_text = &reading.wants_text,
                                  .scanner = scan ? &xlsx_row_scanner : NULL,
                                  .scanner_context = &reading.rows};
    int status = xml_part_parse(package, part, "a sheet", &handler, error);
    rows_free(&reading.rows);
    return status;
}
