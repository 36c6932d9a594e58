#include "etl/sources/xml_part.h"

#include <expat.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    DEEPEST_XML = 64,
    PIECE_SIZE = 64 * 1024,
    LONGEST_TOKEN =
        1024 * 1024,         /* expat begins a tag anew with each piece: long ones take for ever */
    WINDOW_SIZE = 256 * 1024 /* elements longer than this are not plain */
};

struct parsing {
    XML_Parser parser;
    const struct xml_handler *handler;
    unsigned depth;
    bool stopped; /* the parser may still report the end of an empty element */
    const char *what;
    struct error *error;
    XML_Index given;         /* how many bytes expat was given */
    XML_Index container_end; /* where the start tag of a scanner's container ends; -1: not in one */
    bool utf8;               /* no other encoding is declared */
};

static const char *local_name(const char *name)
{
    const char *colon = strchr(name, ':');
    return colon ? colon + 1 : name;
}

static void stop(struct parsing *parsing)
{
    parsing->stopped = true;
    XML_StopParser(parsing->parser, XML_FALSE);
}

static void XMLCALL start_element(void *context, const XML_Char *name, const XML_Char **attributes)
{
    struct parsing *parsing = context;
    const struct xml_scanner *scanner = parsing->handler->scanner;
    parsing->container_end = -1;
    if (scanner && strcmp(name, scanner->container) == 0)
        parsing->container_end =
            XML_GetCurrentByteIndex(parsing->parser) + XML_GetCurrentByteCount(parsing->parser);
    if (++parsing->depth > DEEPEST_XML) {
        error_set(parsing->error, EXIT_BAD_DATA, "%s: is nested more than %d deep", parsing->what,
                  DEEPEST_XML);
        stop(parsing);
    } else if (parsing->handler->start(parsing->handler->context, local_name(name), attributes)) {
        stop(parsing);
    }
}

static void XMLCALL end_element(void *context, const XML_Char *name)
{
    struct parsing *parsing = context;
    parsing->container_end = -1;
    parsing->depth--;
    if (!parsing->stopped && parsing->handler->end &&
        parsing->handler->end(parsing->handler->context, local_name(name)))
        stop(parsing);
}

static void XMLCALL character_data(void *context, const XML_Char *text, int length)
{
    struct parsing *parsing = context;
    if (!parsing->stopped && *parsing->handler->wants_text &&
        parsing->handler->text(parsing->handler->context, text, (size_t)length))
        stop(parsing);
}

static void XMLCALL refuse_doctype(void *context, const XML_Char *name, const XML_Char *system,
                                   const XML_Char *public, int internal)
{
    (void)name;
    (void)system;
    (void)public;
    (void)internal;
    struct parsing *parsing = context;
    error_set(parsing->error, EXIT_BAD_DATA,
              "%s: holds a DOCTYPE, which no spreadsheet program writes: the file is damaged or "
              "hostile",
              parsing->what);
    stop(parsing);
}

static void XMLCALL note_encoding(void *context, const XML_Char *version, const XML_Char *encoding,
                                  int standalone)
{
    (void)version;
    (void)standalone;
    struct parsing *parsing = context;
    parsing->utf8 = !encoding || strcasecmp(encoding, "UTF-8") == 0;
}

static int parse_failed(const struct parsing *parsing)
{
    enum XML_Error cause = XML_GetErrorCode(parsing->parser);
    if (cause == XML_ERROR_NO_MEMORY)
        return error_memory(parsing->error, "reading a workbook");
    return error_set(parsing->error, EXIT_BAD_DATA,
                     "%s: is damaged XML (%s): open the file in a spreadsheet program and save it "
                     "anew",
                     parsing->what, XML_ErrorString(cause));
}

/* What came of the bytes that expat was given last. */
static int judge(struct parsing *parsing, enum XML_Status status, size_t length)
{
    if (parsing->error->code != EXIT_COMPLETE || parsing->stopped)
        return -1;
    if (status != XML_STATUS_OK)
        return parse_failed(parsing);
    parsing->given += (XML_Index)length;
    XML_Index unfinished = XML_GetCurrentByteIndex(parsing->parser);
    if (unfinished >= 0 && parsing->given - unfinished > LONGEST_TOKEN)
        return error_set(parsing->error, EXIT_BAD_DATA,
                         "%s: holds a tag or comment longer than 1 MiB: the file is damaged or "
                         "hostile",
                         parsing->what);
    return 0;
}

static int parse_bytes(struct parsing *parsing, const char *bytes, size_t length)
{
    return judge(parsing, XML_Parse(parsing->parser, bytes, (int)length, false), length);
}

/* Decompresses into the parser's own buffer, piece by piece, to the end. */
static int parse_rest(struct parsing *parsing, struct package_part *part)
{
    for (;;) {
        void *piece = XML_GetBuffer(parsing->parser, PIECE_SIZE);
        if (!piece)
            return error_memory(parsing->error, "reading a workbook");
        int64_t got = package_part_read(part, piece, PIECE_SIZE, parsing->error);
        if (got < 0)
            return -1;
        enum XML_Status status = XML_ParseBuffer(parsing->parser, (int)got, got == 0);
        if (judge(parsing, status, (size_t)got) < 0)
            return -1;
        if (got == 0)
            return 0;
    }
}

/* ---- scanning ------------------------------------------------------------------------------ */

/* Bytes of the part that are decompressed and not taken yet, with a NUL behind them. */
struct window {
    struct package_part *part;
    char *bytes; /* WINDOW_SIZE, and the scanner's slack */
    size_t next;
    size_t end;
    bool last; /* nothing follows */
};

/* Moves what is left to the front and fills up behind it. */
static int fill(struct window *window, struct error *error)
{
    memmove(window->bytes, window->bytes + window->next, window->end - window->next);
    window->end -= window->next;
    window->next = 0;
    size_t room = WINDOW_SIZE - window->end;
    int64_t got = package_part_read(window->part, window->bytes + window->end, room, error);
    if (got < 0)
        return -1;
    window->end += (size_t)got;
    window->last = (size_t)got < room;
    window->bytes[window->end] = '\0';
    return 0;
}

/* Where the start tag of the container ends in the window, or NULL. */
static const char *find_container(const struct window *window, const char *container)
{
    size_t length = strlen(container);
    const char *from = window->bytes;
    const char *end = window->bytes + window->end;
    while ((from = memchr(from, '<', (size_t)(end - from)))) {
        from++;
        if ((size_t)(end - from) > length && memcmp(from, container, length) == 0) {
            const char *close = memchr(from, '>', (size_t)(end - from));
            return close ? close + 1 : NULL;
        }
    }
    return NULL;
}

/* Where the last end tag in the window ends; its beginning when there is none. */
static char *find_last(const struct window *window, const char *end_tag)
{
    size_t length = strlen(end_tag);
    char *begin = window->bytes + window->next;
    char *at = window->bytes + window->end;
    while (at > begin) {
        char *found = memrchr(begin, '<', (size_t)(at - begin));
        if (!found)
            break;
        if (strncmp(found, end_tag, length) == 0) /* a NUL stands behind the window */
            return found + length;
        at = found;
    }
    return begin;
}

/* Lets the scanner take elements until it meets one that is not plain, or the last. */
static int scan_elements(struct parsing *parsing, struct window *window)
{
    const struct xml_scanner *scanner = parsing->handler->scanner;
    for (;;) {
        char *from = window->bytes + window->next;
        char *end = find_last(window, scanner->end_tag);
        char *stopped = from;
        if (end > from && scanner->scan(parsing->handler->scanner_context, from, end, &stopped) < 0)
            return -1;
        window->next = (size_t)(stopped - window->bytes);
        if (stopped < end || window->last || (stopped == from && window->end == WINDOW_SIZE))
            return 0;
        if (fill(window, parsing->error) < 0)
            return -1;
    }
}

static int parse_with_scanner(struct parsing *parsing, struct window *window)
{
    if (fill(window, parsing->error) < 0)
        return -1;
    const char *behind = find_container(window, parsing->handler->scanner->container);
    if (behind) {
        window->next = (size_t)(behind - window->bytes);
        if (parse_bytes(parsing, window->bytes, window->next) < 0)
            return -1;
        bool inside = parsing->container_end == (XML_Index)window->next && parsing->utf8;
        if (inside && scan_elements(parsing, window) < 0)
            return -1;
    }
    if (parse_bytes(parsing, window->bytes + window->next, window->end - window->next) < 0)
        return -1;
    return parse_rest(parsing, window->part);
}

/* ---- parsing ------------------------------------------------------------------------------- */

static int parse(struct parsing *parsing, struct package_part *part)
{
    const struct xml_handler *handler = parsing->handler;
    XML_SetUserData(parsing->parser, parsing);
    XML_SetElementHandler(parsing->parser, start_element, end_element);
    if (handler->text)
        XML_SetCharacterDataHandler(parsing->parser, character_data);
    XML_SetStartDoctypeDeclHandler(parsing->parser, refuse_doctype);
    XML_SetXmlDeclHandler(parsing->parser, note_encoding);
    if (!handler->scanner)
        return parse_rest(parsing, part);
    struct window window = {.part = part, .bytes = calloc(1, WINDOW_SIZE + SCANNER_SLACK)};
    if (!window.bytes)
        return error_memory(parsing->error, "reading a workbook");
    int status = parse_with_scanner(parsing, &window);
    free(window.bytes);
    return status;
}

int xml_part_parse(struct package *package, int64_t number, const char *what,
                   const struct xml_handler *handler, struct error *error)
{
    struct package_part *part = package_part_open(package, number, what, error);
    if (!part)
        return -1;
    struct parsing parsing = {
        .handler = handler, .what = what, .error = error, .container_end = -1, .utf8 = true};
    parsing.parser = XML_ParserCreate(NULL);
    int status = parsing.parser ? parse(&parsing, part) : error_memory(error, "reading a workbook");
    if (parsing.parser)
        XML_ParserFree(parsing.parser);
    package_part_close(part);
    return status;
}

const char *xml_attribute(const char **attributes, const char *name)
{
    for (; attributes[0]; attributes += 2)
        if (strcmp(local_name(attributes[0]), name) == 0)
            return attributes[1];
    return NULL;
}
