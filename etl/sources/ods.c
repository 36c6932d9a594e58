/*
 * ods.c - OpenDocument spreadsheets: a zip archive whose content.xml holds all sheets.
 *
 * OpenDocument 1.2, part 1. A cell says what kind of value it has, so no format is looked at: dates
 * are ISO, times are lengths of time. Rows and cells that repeat are written once with a number;
 * blank ones are passed over, others are repeated, up to a limit. Comments and drawings are no part
 * of a cell's text.
 */
#include <stdlib.h>
#include <string.h>

#include "etl/date.h"
#include "etl/sources/formats.h"
#include "etl/sources/number_text.h"
#include "etl/sources/xml_part.h"
#include "etl/text.h"

enum {
    MOST_COLUMNS = 16384,
    MOST_ROWS = 1048576,
    MOST_CELLS = 1 << 26, /* of a file, repeated ones counted as often as they are */
    LONGEST_TEXT = 32767 * 4
};

enum value_kind { VALUE_NONE, VALUE_TEXT, VALUE_NUMBER, VALUE_DATE, VALUE_TIME, VALUE_BOOLEAN };

/* A cell as it stands in the file. */
struct ods_cell {
    enum value_kind kind;
    bool is_error;
    bool has_formula;
    uint64_t repeated;
    bool has_value; /* its value stands in an attribute, copied to `value` */
    unsigned level; /* how deep the element is */
    unsigned paragraphs;
};

struct reading {
    const struct row_sink *sink;
    struct error *error;
    unsigned level; /* how many elements are open */
    unsigned spreadsheet_level;
    unsigned table_level;   /* 0: in no sheet */
    unsigned ignored_level; /* within what is no part of a cell's text; 0: in none */
    bool encrypted;

    struct buffer style_name;    /* of the table style that is being read, between two line feeds */
    struct buffer hidden_styles; /* their names, each between two line feeds */

    uint64_t row; /* of the row at hand, from 1 */
    uint64_t rows_repeated;
    uint64_t column; /* of the next cell, from 0 */
    uint64_t cells_total;
    struct cell *cells;
    size_t *text_begins; /* of each cell's text in `texts`: their addresses are known when the row
                            ends */
    size_t count;
    size_t capacity;
    size_t begin_capacity;
    struct buffer texts; /* of the row's cells */

    bool in_cell;
    struct ods_cell cell;
    struct buffer value;
    size_t text_begin;
    bool in_paragraph;
    bool blank_due; /* runs of white space are one blank, none at the ends of a paragraph */
    bool wants_text;
};

static int fail(const struct reading *reading, const char *what)
{
    return error_set(reading->error, EXIT_BAD_DATA, "row %llu: %s",
                     (unsigned long long)reading->row, what);
}

static int no_memory(const struct reading *reading)
{
    return error_memory(reading->error, "reading a sheet");
}

/* A count in an attribute: 1 when it is not there. */
static uint64_t count_in(const char **attributes, const char *name)
{
    const char *text = xml_attribute(attributes, name);
    int64_t count = text ? span_number(span_of(text), INT32_MAX) : 1;
    return count > 0 ? (uint64_t)count : 1;
}

/* ---- styles -------------------------------------------------------------------------------- */

static int begin_style(struct reading *reading, const char **attributes)
{
    const char *name = xml_attribute(attributes, "name");
    reading->style_name.length = 0;
    buffer_add_char(&reading->style_name, '\n');
    buffer_add_text(&reading->style_name, name ? name : "");
    buffer_add_char(&reading->style_name, '\n');
    return reading->style_name.failed ? no_memory(reading) : 0;
}

static int take_table_properties(struct reading *reading, const char **attributes)
{
    const char *display = xml_attribute(attributes, "display");
    if (display && strcmp(display, "false") == 0)
        buffer_add(&reading->hidden_styles, reading->style_name.text, reading->style_name.length);
    return reading->hidden_styles.failed ? no_memory(reading) : 0;
}

static int begin_table(struct reading *reading, const char **attributes)
{
    const char *name = xml_attribute(attributes, "name");
    const char *style = xml_attribute(attributes, "style-name");
    bool hidden = false;
    reading->table_level = reading->level;
    reading->row = 0;
    if (style && reading->hidden_styles.length > 0) {
        reading->style_name.length = 0;
        buffer_format(&reading->style_name, "\n%s\n", style);
        if (reading->style_name.failed)
            return no_memory(reading);
        hidden = strstr(reading->hidden_styles.text, reading->style_name.text) != NULL;
    }
    return reading->sink->sheet(reading->sink->context, name ? name : "", hidden) ? -1 : 0;
}

/* ---- values -------------------------------------------------------------------------------- */

/* "2019-07-03T21:15:00.5" as a serial; false when it is no date of a spreadsheet. */
static bool parse_date(struct span text, double *serial)
{
    enum { WITHOUT_FRACTION = 19, BEFORE_FALSE_DAY = 25568, AFTER_FALSE_DAY = 25569 };
    static const date_t first_of_march_1900 = -25508;
    if (text.length > WITHOUT_FRACTION)
        text.length = WITHOUT_FRACTION;
    moment_t moment = moment_from_iso(text);
    if (moment == NO_MOMENT)
        return false;
    int epoch = moment_date(moment) < first_of_march_1900 ? BEFORE_FALSE_DAY : AFTER_FALSE_DAY;
    *serial = (double)moment / SECONDS_A_DAY + epoch;
    return true;
}

/* "PT36H15M00.5S", also with days before the T, as days; false when it is none. */
static bool parse_duration(struct span text, double *days)
{
    const char *c = text.text;
    const char *end = c + text.length;
    bool negative = c < end && *c == '-';
    bool in_time = false;
    double seconds = 0;
    c += negative;
    if (c == end || *c++ != 'P')
        return false;
    while (c < end) {
        if (*c == 'T') {
            in_time = true;
            c++;
            continue;
        }
        const char *begin = c;
        double number;
        while (c < end && (is_digit(*c) || *c == '.'))
            c++;
        if (c == end || !parse_number((struct span){begin, (size_t)(c - begin)}, &number))
            return false;
        char unit = *c++;
        double each = unit == 'D' && !in_time  ? SECONDS_A_DAY
                      : unit == 'H' && in_time ? 3600
                      : unit == 'M' && in_time ? 60
                      : unit == 'S' && in_time ? 1
                                               : 0;
        if (each == 0)
            return false; /* years and months are of no length */
        seconds += number * each;
    }
    *days = (negative ? -seconds : seconds) / SECONDS_A_DAY;
    return true;
}

/* What an attribute says of the cell's value. Two namespaces have a value-type: calcext's tells a
 * formula's error from a text. */
static int take_attribute(struct reading *reading, const char *name, const char *value)
{
    static const struct {
        const char *word;
        enum value_kind kind;
    } kinds[] = {{"string", VALUE_TEXT},     {"float", VALUE_NUMBER}, {"percentage", VALUE_NUMBER},
                 {"currency", VALUE_NUMBER}, {"date", VALUE_DATE},    {"time", VALUE_TIME},
                 {"boolean", VALUE_BOOLEAN}};
    static const char *const values[] = {"value", "date-value", "time-value", "boolean-value",
                                         "string-value"};
    const char *colon = strchr(name, ':');
    const char *local = colon ? colon + 1 : name;
    bool extension = colon && strncmp(name, "calcext:", 8) == 0;
    if (strcmp(local, "formula") == 0)
        reading->cell.has_formula = true;
    if (strcmp(local, "value-type") == 0 && extension)
        reading->cell.is_error = strcmp(value, "error") == 0;
    if (extension)
        return 0;
    for (size_t i = 0; strcmp(local, "value-type") == 0 && i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(value, kinds[i].word) == 0)
            reading->cell.kind = kinds[i].kind;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        if (strcmp(local, values[i]) == 0) {
            reading->cell.has_value = true;
            reading->value.length = 0;
            buffer_add_text(&reading->value, value);
        }
    }
    return reading->value.failed ? no_memory(reading) : 0;
}

static int begin_cell(struct reading *reading, const char **attributes)
{
    reading->in_cell = true;
    reading->in_paragraph = false;
    reading->cell = (struct ods_cell){.level = reading->level,
                                      .repeated = count_in(attributes, "number-columns-repeated")};
    reading->text_begin = reading->texts.length;
    for (; attributes[0]; attributes += 2)
        if (take_attribute(reading, attributes[0], attributes[1]) < 0)
            return -1;
    return 0;
}

/* The value of the cell at hand; false when it is blank. Its text, if it is one, begins at
 * text_begin. */
static bool read_value(struct reading *reading, struct cell *cell, const char **wrong)
{
    const struct ods_cell *from = &reading->cell;
    struct span value = {reading->value.text, from->has_value ? reading->value.length : 0};
    *cell = (struct cell){.type = CELL_NUMBER};
    *wrong = NULL;
    if (from->kind == VALUE_NUMBER && from->has_value) {
        if (!parse_number(value, &cell->number))
            *wrong = "a cell's number is none";
        return true;
    }
    if (from->kind == VALUE_BOOLEAN && from->has_value) {
        cell->type = CELL_BOOLEAN;
        cell->number = span_is(value, "true");
        return true;
    }
    if (from->kind == VALUE_TIME && from->has_value && parse_duration(value, &cell->number))
        return true;
    cell->type = from->kind == VALUE_DATE ? CELL_DATE : CELL_NUMBER;
    if (from->kind == VALUE_DATE && from->has_value && parse_date(value, &cell->number))
        return true;
    cell->type = from->is_error ? CELL_ERROR : CELL_TEXT;
    if (from->has_value && !from->is_error) {
        reading->texts.length = reading->text_begin;
        buffer_add(&reading->texts, value.text, value.length);
    }
    cell->length = reading->texts.length - reading->text_begin;
    return cell->length > 0 || from->kind == VALUE_TEXT;
}

static int end_cell(struct reading *reading)
{
    struct cell cell;
    const char *wrong;
    uint64_t repeated = reading->cell.repeated;
    reading->in_cell = false;
    bool filled = read_value(reading, &cell, &wrong);
    if (wrong)
        return fail(reading, wrong);
    if (!filled && reading->cell.has_formula && reading->column < MOST_COLUMNS &&
        reading->sink->note(reading->sink->context, (uint32_t)reading->row,
                            (uint32_t)reading->column, "formula without a value"))
        return -1;
    if (!filled) {
        reading->texts.length = reading->text_begin;
        reading->column += repeated;
        return 0;
    }
    if (cell.length > LONGEST_TEXT)
        return fail(reading, "a cell holds more than 32,767 characters");
    if (repeated > MOST_COLUMNS || reading->column + repeated > MOST_COLUMNS)
        return fail(reading, "a cell says that it stands outside the sheet");
    struct cell *room =
        grow(reading->cells, &reading->capacity, reading->count + repeated, sizeof *room);
    size_t *begins = grow(reading->text_begins, &reading->begin_capacity, reading->count + repeated,
                          sizeof *begins);
    reading->cells = room ? room : reading->cells;
    reading->text_begins = begins ? begins : reading->text_begins;
    buffer_add(&reading->texts, "", 0); /* so that there is a text to point into */
    if (!room || !begins || reading->texts.failed)
        return no_memory(reading);
    for (; repeated > 0; repeated--) {
        cell.column = (uint32_t)reading->column++;
        begins[reading->count] = reading->text_begin;
        room[reading->count++] = cell;
    }
    return 0;
}

/* ---- rows ---------------------------------------------------------------------------------- */

static int begin_row(struct reading *reading, const char **attributes)
{
    reading->row++;
    reading->rows_repeated = count_in(attributes, "number-rows-repeated");
    reading->column = 0;
    reading->count = 0;
    reading->texts.length = 0;
    return 0;
}

static int end_row(struct reading *reading)
{
    for (size_t i = 0; i < reading->count; i++)
        reading->cells[i].text = reading->texts.text + reading->text_begins[i];
    uint64_t last = reading->row + reading->rows_repeated - 1;
    if (reading->count == 0) {
        reading->row = last;
        return 0;
    }
    if (last > MOST_ROWS)
        return fail(reading, "the row says that it stands outside the sheet");
    reading->cells_total += reading->count * reading->rows_repeated;
    if (reading->cells_total > MOST_CELLS)
        return fail(reading, "its cells repeat without end: the file is damaged or hostile");
    for (;; reading->row++) {
        if (reading->sink->row(reading->sink->context, (uint32_t)reading->row, reading->cells,
                               reading->count))
            return -1;
        if (reading->row == last)
            return 0;
    }
}

/* ---- texts --------------------------------------------------------------------------------- */

static void add_character(struct reading *reading, char c)
{
    if (reading->blank_due)
        buffer_add_char(&reading->texts, ' ');
    reading->blank_due = false;
    buffer_add_char(&reading->texts, c);
}

static void begin_paragraph(struct reading *reading)
{
    if (reading->cell.paragraphs++ > 0)
        buffer_add_char(&reading->texts, '\n');
    reading->in_paragraph = reading->wants_text = true;
    reading->blank_due = false;
}

static int text(void *context, const char *piece, size_t length)
{
    struct reading *reading = context;
    size_t begin = reading->text_begin;
    for (size_t i = 0; i < length && reading->texts.length - begin <= LONGEST_TEXT; i++) {
        char c = piece[i];
        bool at_begin = reading->texts.length == begin ||
                        reading->texts.text[reading->texts.length - 1] == '\n';
        if (c != ' ' && c != '\t' && c != '\n' && c != '\r')
            add_character(reading, c);
        else
            reading->blank_due = !at_begin;
    }
    return reading->texts.failed ? no_memory(reading) : 0;
}

static int start_within_cell(struct reading *reading, const char *name, const char **attributes)
{
    if (!reading->in_paragraph) {
        if (strcmp(name, "p") == 0 && reading->level == reading->cell.level + 1)
            begin_paragraph(reading);
        else
            reading->ignored_level = reading->level;
        return 0;
    }
    if (strcmp(name, "s") == 0) {
        uint64_t blanks = count_in(attributes, "c");
        for (; blanks > 0 && reading->texts.length - reading->text_begin <= LONGEST_TEXT; blanks--)
            add_character(reading, ' ');
    } else if (strcmp(name, "tab") == 0) {
        add_character(reading, '\t');
    } else if (strcmp(name, "line-break") == 0) {
        add_character(reading, '\n');
    } else if (strcmp(name, "annotation") == 0 || strcmp(name, "note") == 0 ||
               strcmp(name, "ruby-text") == 0) {
        reading->ignored_level = reading->level;
        reading->wants_text = false;
    }
    return reading->texts.failed ? no_memory(reading) : 0;
}

/* ---- elements ------------------------------------------------------------------------------ */

static int start(void *context, const char *name, const char **attributes)
{
    struct reading *reading = context;
    reading->level++;
    if (reading->ignored_level > 0)
        return 0;
    if (reading->in_cell)
        return start_within_cell(reading, name, attributes);
    if (strcmp(name, "table-cell") == 0 || strcmp(name, "covered-table-cell") == 0)
        return reading->table_level > 0 ? begin_cell(reading, attributes) : 0;
    if (strcmp(name, "table-row") == 0)
        return reading->table_level > 0 ? begin_row(reading, attributes) : 0;
    if (strcmp(name, "spreadsheet") == 0)
        reading->spreadsheet_level = reading->level;
    if (strcmp(name, "table") == 0 && reading->level == reading->spreadsheet_level + 1)
        return begin_table(reading, attributes);
    if (strcmp(name, "style") == 0)
        return begin_style(reading, attributes);
    if (strcmp(name, "table-properties") == 0)
        return take_table_properties(reading, attributes);
    return 0;
}

static int end(void *context, const char *name)
{
    struct reading *reading = context;
    unsigned level = reading->level--;
    if (reading->ignored_level > 0) {
        if (reading->ignored_level == level) {
            reading->ignored_level = 0;
            reading->wants_text = reading->in_paragraph;
        }
        return 0;
    }
    if (reading->in_cell && level == reading->cell.level)
        return end_cell(reading);
    if (reading->in_cell && level == reading->cell.level + 1)
        reading->in_paragraph = reading->wants_text = false;
    if (reading->in_cell)
        return 0;
    if (reading->table_level > 0 && strcmp(name, "table-row") == 0)
        return end_row(reading);
    if (level == reading->table_level)
        reading->table_level = 0;
    return 0;
}

/* ---- the file ------------------------------------------------------------------------------ */

static int start_manifest(void *context, const char *name, const char **attributes)
{
    (void)attributes;
    struct reading *reading = context;
    if (strcmp(name, "encryption-data") == 0)
        reading->encrypted = true;
    return 0;
}

static int read_content(struct reading *reading, struct package *package)
{
    int64_t manifest = package_find(package, "META-INF/manifest.xml");
    int64_t content = package_find(package, "content.xml");
    struct xml_handler look = {.context = reading, .start = start_manifest};
    if (manifest >= 0 &&
        xml_part_parse(package, manifest, "its manifest", &look, reading->error) < 0)
        return -1;
    if (reading->encrypted)
        return error_set(reading->error, EXIT_BAD_DATA,
                         "is encrypted: save it without a password and export it again");
    if (content < 0)
        return error_set(reading->error, EXIT_BAD_DATA,
                         "is an OpenDocument file without its content: export it again");
    struct xml_handler handler = {.context = reading,
                                  .start = start,
                                  .end = end,
                                  .text = text,
                                  .wants_text = &reading->wants_text};
    return xml_part_parse(package, content, "its content", &handler, reading->error);
}

static int read_ods(int descriptor, const struct row_sink *sink, struct error *error)
{
    struct reading reading = {.sink = sink, .error = error};
    struct package *package = package_open(descriptor, error);
    if (!package)
        return -1;
    int status = read_content(&reading, package);
    package_close(package);
    free(reading.cells);
    free(reading.text_begins);
    buffer_free(&reading.texts);
    buffer_free(&reading.value);
    buffer_free(&reading.style_name);
    buffer_free(&reading.hidden_styles);
    return status;
}

/* The type stands first, as it is: that is what it is for. */
static int bid_ods(const unsigned char *head, size_t length)
{
    static const char type[] = "mimetypeapplication/vnd.oasis.opendocument.spreadsheet";
    enum { FIRST_NAME = 30, TYPE_LENGTH = sizeof type - 1, SURE = 60 };
    return length >= FIRST_NAME + TYPE_LENGTH && memcmp(head, "PK\003\004", 4) == 0 &&
                   memcmp(head + FIRST_NAME, type, TYPE_LENGTH) == 0
               ? SURE
               : 0;
}

const struct source_format source_ods = {
    .name = "ods",
    .help = "OpenDocument spreadsheets (.ods)",
    .bid = bid_ods,
    .read = read_ods,
};
