#include "etl/sources/xlsx_package.h"

#include <errno.h>
#include <expat.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zip.h>

#include "etl/text.h"

enum { MOST_PARTS = 10000, DEEPEST_XML = 64, PIECE_SIZE = 64 * 1024 };

static const uint64_t largest_part = (uint64_t)2 << 30;
static const uint64_t largest_package = (uint64_t)4 << 30;

struct package {
    zip_t *archive;
    zip_int64_t count;
    uint64_t inflated; /* of all parts parsed so far */
};

struct package *package_open(int descriptor, struct error *error)
{
    struct package *package = calloc(1, sizeof *package);
    int own = fcntl(descriptor, F_DUPFD, 5);
    if (!package || own < 0) {
        free(package);
        error_memory(error, "opening a workbook");
        return NULL;
    }
    int cause = 0;
    package->archive = zip_fdopen(own, 0, &cause);
    if (!package->archive) {
        close(own);
        free(package);
        error_set(error, EXIT_BAD_DATA,
                  "is a damaged archive, or one that was cut: export it again");
        return NULL;
    }
    package->count = zip_get_num_entries(package->archive, 0);
    if (package->count > MOST_PARTS) {
        package_close(package);
        error_set(error, EXIT_BAD_DATA, "has more than 10,000 parts: no workbook has so many");
        return NULL;
    }
    return package;
}

void package_close(struct package *package)
{
    if (!package)
        return;
    zip_discard(package->archive);
    free(package);
}

static char plain(char c)
{
    if (c == '\\')
        return '/';
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static bool same_name(const char *a, const char *b)
{
    while (*a == '/' || *a == '\\')
        a++;
    while (*a && plain(*a) == plain(*b)) {
        a++;
        b++;
    }
    return *a == *b;
}

int64_t package_find(const struct package *package, const char *name)
{
    for (zip_int64_t i = 0; i < package->count; i++) {
        const char *found = zip_get_name(package->archive, (zip_uint64_t)i, ZIP_FL_ENC_RAW);
        if (found && same_name(found, name))
            return i;
    }
    return -1;
}

/* ---- parsing ------------------------------------------------------------------------------- */

struct parsing {
    XML_Parser parser;
    const struct xml_handler *handler;
    unsigned depth;
    bool stopped; /* the parser may still report the end of an empty element */
    const char *what;
    struct error *error;
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

/* Decompresses into the parser's own buffer, piece by piece. */
static int feed(struct package *package, zip_file_t *file, struct parsing *parsing)
{
    uint64_t size = 0;
    for (;;) {
        void *piece = XML_GetBuffer(parsing->parser, PIECE_SIZE);
        if (!piece)
            return error_memory(parsing->error, "reading a workbook");
        zip_int64_t got = zip_fread(file, piece, PIECE_SIZE);
        if (got < 0)
            return error_set(parsing->error, EXIT_BAD_DATA,
                             "%s: is damaged (its compressed data cannot be read): export the file "
                             "again",
                             parsing->what);
        size += (uint64_t)got;
        package->inflated += (uint64_t)got;
        if (size > largest_part || package->inflated > largest_package)
            return error_set(parsing->error, EXIT_BAD_DATA,
                             "%s: holds more than 2 GiB: the file is damaged or hostile",
                             parsing->what);
        enum XML_Status status = XML_ParseBuffer(parsing->parser, (int)got, got == 0);
        if (parsing->error->code != EXIT_COMPLETE)
            return -1;
        if (status != XML_STATUS_OK)
            return XML_GetErrorCode(parsing->parser) == XML_ERROR_ABORTED ? -1
                                                                          : parse_failed(parsing);
        if (got == 0)
            return 0;
    }
}

int package_parse(struct package *package, int64_t part, const char *what,
                  const struct xml_handler *handler, struct error *error)
{
    zip_file_t *file = zip_fopen_index(package->archive, (zip_uint64_t)part, 0);
    if (!file) {
        int cause = zip_error_code_zip(zip_get_error(package->archive));
        if (cause == ZIP_ER_NOPASSWD)
            return error_set(error, EXIT_BAD_DATA,
                             "is encrypted: save it without a password and export it again");
        return error_set(error, EXIT_BAD_DATA, "%s: cannot be opened: export the file again", what);
    }
    struct parsing parsing = {.handler = handler, .what = what, .error = error};
    parsing.parser = XML_ParserCreate(NULL);
    int status = -1;
    if (parsing.parser) {
        XML_SetUserData(parsing.parser, &parsing);
        XML_SetElementHandler(parsing.parser, start_element, end_element);
        if (handler->text)
            XML_SetCharacterDataHandler(parsing.parser, character_data);
        XML_SetStartDoctypeDeclHandler(parsing.parser, refuse_doctype);
        status = feed(package, file, &parsing);
        XML_ParserFree(parsing.parser);
    } else {
        error_memory(error, "reading a workbook");
    }
    zip_fclose(file);
    return status;
}

const char *xml_attribute(const char **attributes, const char *name)
{
    for (; attributes[0]; attributes += 2)
        if (strcmp(local_name(attributes[0]), name) == 0)
            return attributes[1];
    return NULL;
}

const char *package_resolve(struct arena *arena, const char *from, const char *target)
{
    struct buffer path = {0};
    const char *slash = strrchr(from, '/');
    if (*target == '/')
        target++;
    else if (slash)
        buffer_add(&path, from, (size_t)(slash - from) + 1);
    while (strncmp(target, "../", 3) == 0 || strncmp(target, "./", 2) == 0) {
        if (target[1] == '.') {
            if (path.length > 0)
                path.length--; /* the slash, then the folder before it */
            while (path.length > 0 && path.text[path.length - 1] != '/')
                path.length--;
            target += 3;
        } else {
            target += 2;
        }
    }
    buffer_add_text(&path, target);
    const char *kept = path.failed ? NULL : arena_copy(arena, path.text, path.length);
    buffer_free(&path);
    return kept;
}
