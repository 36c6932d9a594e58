#include "etl/sources/xlsx_sheet.h"

#include <stdlib.h>
#include <string.h>

enum {
    MOST_COLUMNS = 16384,
    MOST_ROWS = 1048576,
    DAYS_FROM_1900_TO_1904 = 1462,
    LONGEST_TEXT = 32767 * 4 /* bytes of a cell's text */
};

/* What the attribute t says a cell's value is. */
enum value_type { VALUE_NUMBER, VALUE_SHARED, VALUE_TEXT, VALUE_BOOLEAN, VALUE_ERROR };

struct reading {
    const struct sheet_context *context;
    const struct row_sink *sink;
    struct error *error;
    bool wants_text;
    unsigned phonetic;
    bool stopped;

    uint32_t row; /* the row at hand, from 1; 0 before the first */
    struct cell *cells;
    size_t cell_count;
    size_t cell_capacity;
    struct buffer texts; /* of the row's own cells; a cell's text is an offset until the row ends */

    bool in_cell;
    bool has_value;
    bool has_formula;
    bool own_text; /* the text stands in `texts`, not in the shared strings */
    uint32_t column;
    enum value_type type;
    size_t style;
    size_t value_begin;
};

static int fail(struct reading *reading, const char *what)
{
    return error_set(reading->error, EXIT_BAD_DATA, "row %u: %s", reading->row, what);
}

/* ---- numbers ------------------------------------------------------------------------------- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Digits with a point are exact as an integer over a power of ten; anything else is strtod's. */
static bool parse_number(const char *text, double *number)
{
    static const double powers[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    enum { EXACT_DIGITS = 15 };
    const char *c = text;
    bool negative = *c == '-';
    if (negative)
        c++;
    uint64_t digits = 0;
    int count = 0;
    int places = 0;
    for (; is_digit(*c) && count < EXACT_DIGITS; c++, count++)
        digits = digits * 10 + (uint64_t)(*c - '0');
    if (*c == '.')
        for (c++; is_digit(*c) && count < EXACT_DIGITS; c++, count++, places++)
            digits = digits * 10 + (uint64_t)(*c - '0');
    if (*c == '\0' && count > 0) {
        *number = (double)digits / powers[places];
        if (negative)
            *number = -*number;
        return true;
    }
    char *end;
    *number = strtod(text, &end);
    while (*end == ' ' || *end == '\n' || *end == '\r' || *end == '\t')
        end++;
    return end != text && *end == '\0';
}

/* ---- cells --------------------------------------------------------------------------------- */

/* The column of "AB12", from 0; the row is the row element's. UINT32_MAX when it is none. */
static uint32_t parse_column(const char *reference)
{
    uint32_t column = 0;
    size_t letters = 0;
    for (; letters < 4; letters++) {
        char c = (char)(reference[letters] & ~0x20);
        if (c < 'A' || c > 'Z')
            break;
        column = column * 26 + (uint32_t)(c - 'A') + 1;
    }
    return letters > 0 && letters < 4 ? column - 1 : UINT32_MAX;
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
    const char *reference = NULL;
    const char *type = NULL;
    const char *style = NULL;
    for (; attributes[0]; attributes += 2) {
        if (attributes[0][1] != '\0')
            continue;
        if (attributes[0][0] == 'r')
            reference = attributes[1];
        else if (attributes[0][0] == 't')
            type = attributes[1];
        else if (attributes[0][0] == 's')
            style = attributes[1];
    }
    if (reading->in_cell)
        return fail(reading, "a cell stands within a cell");
    uint32_t next = 0; /* blank cells count for the place of those that do not say theirs */
    if (reading->column != UINT32_MAX)
        next = reading->column + 1;
    reading->column = reference ? parse_column(reference) : next;
    if (reading->column >= MOST_COLUMNS)
        return fail(reading, "a cell says that it stands outside the sheet");
    if (reading->cell_count && reading->cells[reading->cell_count - 1].column >= reading->column)
        return fail(reading, "its cells are not in order");
    reading->in_cell = true;
    reading->has_value = reading->has_formula = false;
    reading->own_text = true;
    reading->type = parse_type(type);
    reading->style = style ? strtoul(style, NULL, 10) : 0;
    reading->value_begin = reading->texts.length;
    return 0;
}

static bool is_date(const struct reading *reading)
{
    const struct styles *styles = reading->context->styles;
    return reading->style < styles->count && styles->is_date[reading->style];
}

/* Makes a cell of the text that was collected. */
static int read_cell(struct reading *reading, struct cell *cell)
{
    char *value = reading->texts.text + reading->value_begin;
    size_t length = reading->texts.length - reading->value_begin;
    *cell = (struct cell){.column = reading->column, .type = CELL_TEXT, .length = length};
    switch (reading->type) {
    case VALUE_TEXT:
        cell->length = unescape_text(value, length);
        reading->texts.length = reading->value_begin + cell->length;
        return 0;
    case VALUE_ERROR:
        cell->type = CELL_ERROR;
        return 0;
    case VALUE_SHARED: {
        struct span text;
        char *end;
        unsigned long number = strtoul(value, &end, 10);
        if (end == value || !shared_string(reading->context->strings, number, &text))
            return fail(reading, "a cell names a shared string that there is none of");
        reading->texts.length = reading->value_begin;
        reading->own_text = false;
        cell->text = text.text;
        cell->length = text.length;
        return 0;
    }
    case VALUE_BOOLEAN:
        cell->type = CELL_BOOLEAN;
        cell->number = *value == '1' || *value == 't';
        break;
    case VALUE_NUMBER:
        cell->type = is_date(reading) ? CELL_DATE : CELL_NUMBER;
        if (!parse_number(value, &cell->number))
            return fail(reading, "a cell's number is none");
        if (cell->type == CELL_DATE && reading->context->dates_from_1904)
            cell->number += DAYS_FROM_1900_TO_1904;
    }
    cell->length = 0;
    reading->texts.length = reading->value_begin;
    return 0;
}

static int end_cell(struct reading *reading)
{
    reading->in_cell = false;
    if (!reading->has_value) {
        if (reading->has_formula && reading->sink->note(reading->sink->context, reading->row,
                                                        reading->column, "formula without a value"))
            reading->stopped = true;
        return reading->stopped ? -1 : 0;
    }
    bool empty = reading->texts.length == reading->value_begin;
    if (empty && reading->type != VALUE_TEXT)
        return 0; /* <v/> */
    struct cell *room =
        grow(reading->cells, &reading->cell_capacity, reading->cell_count + 1, sizeof *room);
    buffer_add(&reading->texts, "", 0); /* so that there is a text to point into */
    if (!room || reading->texts.failed)
        return error_memory(reading->error, "reading a sheet");
    reading->cells = room;
    struct cell *cell = &room[reading->cell_count];
    if (read_cell(reading, cell) < 0)
        return -1;
    reading->cell_count++;
    return 0;
}

/* ---- rows ---------------------------------------------------------------------------------- */

static int begin_row(struct reading *reading, const char **attributes)
{
    const char *number = xml_attribute(attributes, "r");
    unsigned long row = number ? strtoul(number, NULL, 10) : (unsigned long)reading->row + 1;
    if (row <= reading->row || row > MOST_ROWS)
        return fail(reading, "the row after it says that it stands elsewhere");
    reading->row = (uint32_t)row;
    reading->column = UINT32_MAX;
    reading->cell_count = 0;
    reading->texts.length = 0;
    return 0;
}

static int end_row(struct reading *reading)
{
    size_t offset = 0;
    for (size_t i = 0; i < reading->cell_count; i++) {
        struct cell *cell = &reading->cells[i];
        if (cell->text || (cell->type != CELL_TEXT && cell->type != CELL_ERROR))
            continue;
        cell->text = reading->texts.text + offset;
        offset += cell->length;
    }
    if (reading->sink->row(reading->sink->context, reading->row, reading->cells,
                           reading->cell_count))
        reading->stopped = true;
    return reading->stopped ? -1 : 0;
}

/* ---- elements ------------------------------------------------------------------------------ */

static int start(void *context, const char *name, const char **attributes)
{
    struct reading *reading = context;
    switch (name[0]) {
    case 'c':
        return name[1] == '\0' ? begin_cell(reading, attributes) : 0;
    case 'v':
        if (name[1] == '\0' && reading->in_cell)
            reading->has_value = reading->wants_text = true;
        return 0;
    case 'f':
        if (name[1] == '\0' && reading->in_cell)
            reading->has_formula = true;
        return 0;
    case 'i':
        if (strcmp(name, "is") == 0 && reading->in_cell)
            reading->has_value = true;
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
        return end_row(reading);
    if (name[0] == 'r' && strcmp(name, "rPh") == 0 && reading->phonetic > 0)
        reading->phonetic--;
    return 0;
}

static int text(void *context, const char *piece, size_t length)
{
    struct reading *reading = context;
    buffer_add(&reading->texts, piece, length);
    if (reading->texts.failed)
        return error_memory(reading->error, "reading a sheet");
    if (reading->texts.length - reading->value_begin > LONGEST_TEXT)
        return fail(reading, "a cell holds more than 32,767 characters");
    return 0;
}

int sheet_read(struct package *package, int64_t part, const struct sheet_context *context,
               const struct row_sink *sink, struct error *error)
{
    struct reading reading = {
        .context = context, .sink = sink, .error = error, .column = UINT32_MAX};
    struct xml_handler handler = {.context = &reading,
                                  .start = start,
                                  .end = end,
                                  .text = text,
                                  .wants_text = &reading.wants_text};
    int status = package_parse(package, part, "a sheet", &handler, error);
    free(reading.cells);
    buffer_free(&reading.texts);
    return status;
}
