#include "etl/sources/xlsx_scan.h"

#include <string.h>

#include "etl/sources/encoding.h"
#include "etl/sources/number_text.h"
#include "etl/sources/xlsx_rows.h"
#include "etl/sources/xlsx_strings.h"

/* Every loop here stops at a NUL, which stands behind the document and never in it. */

/* ---- texts --------------------------------------------------------------------------------- */

/* What a byte of character data needs beyond being taken as it is. */
enum {
    PLAIN = 0,
    BEYOND = 1,     /* beyond ASCII: to be checked */
    ENTITY = 2,     /* & */
    BRACKET = 4,    /* ]: not before ]> */
    UNDERSCORE = 8, /* may begin _xHHHH_ */
    STRANGE = 16,   /* control characters: expat's affair */
    END = 32        /* < and NUL */
};

#define FOUR(class)    class, class, class, class
#define SIXTEEN(class) FOUR(class), FOUR(class), FOUR(class), FOUR(class)

/* clang-format off */
static const unsigned char classes[256] = {
    END, STRANGE, STRANGE, STRANGE, FOUR(STRANGE),
    STRANGE, PLAIN, PLAIN, STRANGE, FOUR(STRANGE), /* tab and line feed are plain */
    SIXTEEN(STRANGE),
    FOUR(PLAIN), PLAIN, PLAIN, ENTITY, PLAIN, FOUR(PLAIN), FOUR(PLAIN),
    FOUR(PLAIN), FOUR(PLAIN), FOUR(PLAIN), END, PLAIN, PLAIN, PLAIN,
    SIXTEEN(PLAIN),
    FOUR(PLAIN), FOUR(PLAIN), FOUR(PLAIN), PLAIN, BRACKET, PLAIN, UNDERSCORE,
    SIXTEEN(PLAIN),
    SIXTEEN(PLAIN),
    SIXTEEN(BEYOND), SIXTEEN(BEYOND), SIXTEEN(BEYOND), SIXTEEN(BEYOND),
    SIXTEEN(BEYOND), SIXTEEN(BEYOND), SIXTEEN(BEYOND), SIXTEEN(BEYOND)};
/* clang-format on */

/* A text up to the next tag. */
struct text {
    char *begin;
    char *end; /* where '<' stands */
    unsigned seen;
};

static inline struct text find_text(char *from)
{
    struct text text = {.begin = from};
    for (unsigned class; (class = classes[(unsigned char)*from]) != END; from++)
        text.seen |= class;
    text.end = from;
    return text;
}

/* A text that is as it should be, references apart. */
static bool is_sound(const struct text *text)
{
    size_t length = (size_t)(text->end - text->begin);
    if ((text->seen & ~(unsigned)UNDERSCORE) == PLAIN)
        return true;
    if ((text->seen & STRANGE) || ((text->seen & BRACKET) && memmem(text->begin, length, "]]>", 3)))
        return false;
    return !(text->seen & BEYOND) || utf8_is_xml(text->begin, length);
}

/* The character that a reference stands for, which begins behind its '&'; *end gets what follows
 * it. 0 for what is none, or for one that XML does not allow. */
static uint32_t read_reference(const char *from, const char **end)
{
    static const struct {
        const char *name;
        char character;
    } named[] = {{"amp;", '&'}, {"lt;", '<'}, {"gt;", '>'}, {"quot;", '"'}, {"apos;", '\''}};
    for (size_t i = 0; i < sizeof named / sizeof *named; i++) {
        size_t length = strlen(named[i].name);
        if (strncmp(from, named[i].name, length) == 0) {
            *end = from + length;
            return (unsigned char)named[i].character;
        }
    }
    enum { MOST_DIGITS = 7 };
    bool hexadecimal = from[0] == '#' && from[1] == 'x';
    const char *c = from + (hexadecimal ? 2 : 1);
    uint32_t point = 0;
    int digits = 0;
    for (; digits < MOST_DIGITS; c++, digits++) {
        if (*c >= '0' && *c <= '9')
            point = point * (hexadecimal ? 16 : 10) + (uint32_t)(*c - '0');
        else if (hexadecimal && (*c | 0x20) >= 'a' && (*c | 0x20) <= 'f')
            point = point * 16 + (uint32_t)((*c | 0x20) - 'a') + 10;
        else
            break;
    }
    *end = c + 1;
    bool allowed = (point >= 0x20 && point < 0xD800) || point == '\t' || point == '\n' ||
                   point == '\r' || (point >= 0xE000 && point < 0xFFFE) ||
                   (point >= 0x10000 && point < 0x110000);
    return from[0] == '#' && digits > 0 && *c == ';' && allowed ? point : 0;
}

/* Appends the text with its references resolved; false when one of them is none. */
static bool resolve(const struct text *text, struct buffer *out)
{
    const char *from = text->begin;
    const char *reference;
    while ((reference = memchr(from, '&', (size_t)(text->end - from)))) {
        char utf8[4];
        buffer_add(out, from, (size_t)(reference - from));
        uint32_t point = read_reference(reference + 1, &from);
        if (point == 0)
            return false;
        buffer_add(out, utf8, utf8_encode(point, utf8));
    }
    buffer_add(out, from, (size_t)(text->end - from));
    return true;
}

/* ---- tags ---------------------------------------------------------------------------------- */

static char *skip_blanks(char *c)
{
    while (*c == ' ' || *c == '\n' || *c == '\t' || *c == '\r')
        c++;
    return c;
}

static bool stands(const char *at, const char *literal, size_t length)
{
    return memcmp(at, literal, length) == 0;
}

/* Whether a literal stands here. It may end behind the NUL, where the window goes on. */
#define STANDS(at, literal) stands(at, literal, sizeof(literal) - 1)

static bool read_row_number(const char *digits, const char *end, uint64_t *row)
{
    enum { MOST_DIGITS = 9 };
    if (end - digits > MOST_DIGITS)
        return false;
    for (*row = 0; digits < end && *digits >= '0' && *digits <= '9'; digits++)
        *row = *row * 10 + (uint64_t)(*digits - '0');
    return digits == end && *row > 0;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Attributes that are only looked through, from the end of an element's name: each a name of
 * letters and a plain value, none twice. Returns where '>' or '/' stands, or NULL; *row gets the
 * number that the attribute r holds. */
static char *pass_attributes(char *c, uint64_t *row)
{
    enum { MOST_ATTRIBUTES = 16 };
    struct span names[MOST_ATTRIBUTES];
    size_t count = 0;
    while (*c == ' ') {
        char *name = ++c;
        while (is_letter(*c) || (c > name && ((*c >= '0' && *c <= '9') || *c == ':')))
            c++;
        struct span found = {name, (size_t)(c - name)};
        if (found.length == 0 || count == MOST_ATTRIBUTES || c[0] != '=' || c[1] != '"')
            return NULL;
        for (size_t i = 0; i < count; i++)
            if (span_equal(names[i], found))
                return NULL;
        names[count++] = found;
        char *value = c += 2;
        while (*c >= ' ' && *c < 127 && *c != '"' && *c != '<' && *c != '&')
            c++;
        if (*c != '"')
            return NULL;
        if (row && *name == 'r' && found.length == 1 && !read_row_number(value, c, row))
            return NULL;
        if (row && found.length > 2 && STANDS(value - 4, ":r=\""))
            return NULL; /* this is the row's number, too */
        c++;
    }
    return *c == '>' || *c == '/' ? c : NULL;
}

/* ---- cells --------------------------------------------------------------------------------- */

/* What the attribute t says, from behind its quote; *at moves behind the other. */
static bool read_type(char **at, enum value_type *type)
{
    static const struct {
        const char *word; /* with the quote that ends it */
        enum value_type type;
    } types[] = {
        {"s\"", VALUE_SHARED},  {"str\"", VALUE_TEXT}, {"n\"", VALUE_NUMBER},
        {"b\"", VALUE_BOOLEAN}, {"e\"", VALUE_ERROR},  {"inlineStr\"", VALUE_TEXT},
        {"d\"", VALUE_TEXT},
    };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        const char *word = types[i].word;
        const char *c = *at;
        while (*word && *word == *c) {
            word++;
            c++;
        }
        if (!*word) {
            *at += c - *at;
            *type = types[i].type;
            return true;
        }
    }
    return false;
}

/* The attributes of a cell, from behind its name. Returns where '>' or '/' stands, or NULL. */
static char *scan_attributes(char *c, struct raw_cell *cell)
{
    enum { REFERENCE = 1, STYLE = 2, TYPE = 4, MOST_DIGITS = 9 };
    unsigned seen = 0;
    while (*c == ' ') {
        if (c[1] == '\0' || c[2] != '=' || c[3] != '"')
            return NULL;
        char name = c[1];
        unsigned which = name == 'r' ? REFERENCE : name == 's' ? STYLE : name == 't' ? TYPE : 0;
        if (which == 0 || (seen & which))
            return NULL;
        seen |= which;
        c += 4;
        if (which == TYPE) {
            if (!read_type(&c, &cell->type))
                return NULL;
            continue;
        }
        if (which == REFERENCE) {
            const char *letters_end;
            cell->column = parse_column(c, &letters_end);
            if (cell->column == ROWS_NEXT)
                return NULL;
            c += letters_end - c;
        }
        char *digits = c;
        size_t number = 0;
        while (*c >= '0' && *c <= '9' && c - digits < MOST_DIGITS)
            number = number * 10 + (size_t)(*c++ - '0');
        if (c == digits || *c != '"')
            return NULL;
        if (which == STYLE)
            cell->style = number;
        c++;
    }
    return *c == '>' || *c == '/' ? c : NULL;
}

/* The text of a cell becomes its value. Returns where the text ends, or NULL. */
static char *scan_value(struct sheet_rows *rows, char *c, struct raw_cell *cell)
{
    struct text text = find_text(c);
    if (!is_sound(&text) || cell->has_value)
        return NULL;
    cell->has_value = true;
    cell->value = (struct span){text.begin, (size_t)(text.end - text.begin)};
    cell->own_text = text.seen & ENTITY;
    if (cell->own_text && !resolve(&text, &rows->texts))
        return NULL;
    return text.end;
}

/* A formula is passed over, but must be as sound as a text. */
static char *pass_formula(struct sheet_rows *rows, char *c, struct raw_cell *cell)
{
    cell->has_formula = true;
    c = pass_attributes(c, NULL);
    if (!c)
        return NULL;
    if (c[0] == '/')
        return c[1] == '>' ? c + 2 : NULL;
    struct text text = find_text(c + 1);
    size_t before = rows->texts.length;
    bool sound = is_sound(&text) && (!(text.seen & ENTITY) || resolve(&text, &rows->texts));
    rows->texts.length = before;
    return sound && STANDS(text.end, "</f>") ? text.end + 4 : NULL;
}

static char *scan_inline(struct sheet_rows *rows, char *c, struct raw_cell *cell)
{
    if (cell->type != VALUE_TEXT)
        return NULL;
    if (STANDS(c, "<t>"))
        c += 3;
    else if (STANDS(c, "<t xml:space=\"preserve\">"))
        c += 24;
    else
        return NULL;
    c = scan_value(rows, c, cell);
    return c && STANDS(c, "</t></is>") ? c + 9 : NULL;
}

/* Digits alone, up to what follows them; NULL when there are none, or many. */
static const char *parse_few_digits(const char *text, uint32_t *number)
{
    enum { MOST_DIGITS = 9 };
    const char *c = text;
    for (*number = 0; *c >= '0' && *c <= '9' && c - text < MOST_DIGITS; c++)
        *number = *number * 10 + (uint32_t)(*c - '0');
    return c > text ? c : NULL;
}

/* Numbers of few digits, numbers of shared strings, and texts without anything in them are nearly
 * all cells: these are taken at once. Each does what rows_add does. Returns what follows the cell,
 * or NULL to take it the long way; nothing has changed then. */
static char *scan_usual(struct sheet_rows *rows, char *c, const struct raw_cell *raw)
{
    struct cell *cell = rows_place(rows, raw->column);
    struct span shared;
    if (!cell)
        return NULL;
    if (raw->type == VALUE_TEXT) {
        bool within = STANDS(c, "<is><t>");
        if (!within && !STANDS(c, "<v>"))
            return NULL;
        struct text text = find_text(c + (within ? 7 : 3));
        *cell = (struct cell){.column = raw->column,
                              .type = CELL_TEXT,
                              .text = text.begin,
                              .length = (size_t)(text.end - text.begin)};
        c = text.end;
        if (text.seen != PLAIN || cell->length > LONGEST_CELL_TEXT ||
            !(within ? STANDS(c, "</t></is></c>") : STANDS(c, "</v></c>")))
            return NULL;
        c += within ? 13 : 8;
    } else if (STANDS(c, "<v>")) {
        const char *end;
        if (raw->type == VALUE_SHARED) {
            uint32_t index;
            if (!(end = parse_few_digits(c + 3, &index)) ||
                !shared_string(rows->context->strings, index, &shared))
                return NULL;
            *cell = (struct cell){.column = raw->column,
                                  .type = CELL_TEXT,
                                  .text = shared.text,
                                  .length = shared.length};
        } else if (raw->type == VALUE_NUMBER) {
            *cell = (struct cell){.column = raw->column};
            if (!(end = parse_exact_number(c + 3, &cell->number)))
                return NULL;
            rows_set_kind(rows, raw->style, cell);
        } else {
            return NULL;
        }
        c += end - c;
        if (!STANDS(c, "</v></c>"))
            return NULL;
        c += 8;
    } else {
        return NULL;
    }
    rows->column = raw->column;
    rows->count++;
    return c;
}

/* A cell from behind its start tag. Returns what follows it, or NULL when it is not plain. */
static char *scan_content(struct sheet_rows *rows, char *c, struct raw_cell *cell)
{
    for (;;) {
        if (STANDS(c, "<v>")) {
            c = scan_value(rows, c + 3, cell);
            if (!c || !STANDS(c, "</v>"))
                return NULL;
            c += 4;
        } else if (STANDS(c, "</c>")) {
            return rows_add(rows, cell) ? NULL : c + 4;
        } else if (STANDS(c, "<f") && (c[2] == '>' || c[2] == ' ' || c[2] == '/')) {
            if (!(c = pass_formula(rows, c + 2, cell)))
                return NULL;
        } else if (STANDS(c, "<is>")) {
            if (!(c = scan_inline(rows, c + 4, cell)))
                return NULL;
        } else {
            char *next = skip_blanks(c);
            if (next == c)
                return NULL;
            c = next;
        }
    }
}

/* A cell from behind "<c". Returns what follows it, or NULL when it is not plain. */
static char *scan_cell(struct sheet_rows *rows, char *c)
{
    struct raw_cell cell = {.column = ROWS_NEXT};
    c = scan_attributes(c, &cell);
    if (!c)
        return NULL;
    if (c[0] == '/')
        return c[1] != '>' || rows_add(rows, &cell) ? NULL : c + 2;
    char *usual = scan_usual(rows, c + 1, &cell);
    return usual ? usual : scan_content(rows, c + 1, &cell);
}

/* A row from behind "<row". Returns what follows it, or NULL when it is not plain. */
static char *scan_row(struct sheet_rows *rows, char *c)
{
    uint64_t number = 0;
    c = pass_attributes(c, &number);
    if (!c || rows_begin(rows, number) < 0)
        return NULL;
    char *stopped = NULL;
    if (*c == '/') {
        stopped = c[1] == '>' ? c + 2 : NULL;
    } else {
        for (c = skip_blanks(c + 1);
             c && STANDS(c, "<c") && (c[2] == ' ' || c[2] == '>' || c[2] == '/');) {
            c = scan_cell(rows, c + 2);
            if (c && *c != '<')
                c = skip_blanks(c);
        }
        if (c && STANDS(c, "</row>"))
            stopped = c + 6;
    }
    if (!stopped)
        rows_abandon(rows);
    return stopped;
}

static int scan_rows(void *context, char *from, const char *end, char **stopped)
{
    struct sheet_rows *rows = context;
    char *c = from;
    *stopped = from;
    while ((c = skip_blanks(c)) < end) {
        if (!STANDS(c, "<row") || !(c = scan_row(rows, c + 4)))
            break;
        if (rows_end(rows) < 0)
            return -1;
        *stopped = c;
    }
    if (c && c >= end)
        *stopped = c;
    return rows->error->code == EXIT_COMPLETE ? 0 : -1;
}

const struct xml_scanner xlsx_row_scanner = {
    .container = "sheetData", .end_tag = "</row>", .scan = scan_rows};

/* ---- shared strings ------------------------------------------------------------------------ */

static char *scan_string(struct shared_strings *strings, char *c)
{
    if (STANDS(c, "<si><t/></si>"))
        return c + 13;
    if (STANDS(c, "<si><t>"))
        c += 7;
    else if (STANDS(c, "<si><t xml:space=\"preserve\">"))
        c += 28;
    else
        return NULL;
    struct text text = find_text(c);
    size_t begin = shared_strings_begin(strings);
    if (!STANDS(text.end, "</t></si>") || !is_sound(&text) ||
        text.end - text.begin > LONGEST_CELL_TEXT)
        return NULL;
    if (!resolve(&text, &strings->texts)) {
        strings->texts.length = begin;
        return NULL;
    }
    if (strings->texts.text)
        strings->texts.length =
            begin + unescape_text(strings->texts.text + begin, strings->texts.length - begin);
    return text.end + 9;
}

static int scan_strings(void *context, char *from, const char *end, char **stopped)
{
    struct shared_strings *strings = context;
    char *c = from;
    *stopped = from;
    while ((c = skip_blanks(c)) < end) {
        if (!(c = scan_string(strings, c)))
            break;
        if (!shared_strings_end(strings))
            return -1;
        *stopped = c;
    }
    if (c && c >= end)
        *stopped = c;
    return 0;
}

const struct xml_scanner xlsx_string_scanner = {
    .container = "sst", .end_tag = "</si>", .scan = scan_strings};
