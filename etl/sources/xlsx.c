/*
 * xlsx.c - .xlsx and .xlsm workbooks: a zip archive of XML, by libzip and expat.
 *
 * The order is that of the format: the package's relationships name the workbook, the workbook's
 * relationships its sheets, strings and styles; then each sheet is pushed row by row. What the
 * file says of sizes is never trusted.
 */
#include <stdlib.h>
#include <string.h>

#include "etl/sources/formats.h"
#include "etl/sources/xlsx_sheet.h"
#include "etl/sources/xlsx_strings.h"
#include "etl/sources/xml_part.h"

struct relationship {
    const char *id;
    const char *type;   /* the last part of the type's address: "worksheet" */
    const char *target; /* a part's name */
};

struct relationships {
    struct relationship *list;
    size_t count;
    size_t capacity;
    const char *from; /* the part that they belong to */
    struct arena *arena;
    struct error *error;
};

struct workbook_sheet {
    const char *name;
    const char *id;
    bool hidden;
};

struct workbook {
    struct package *package;
    struct arena arena;
    struct error *error;
    struct workbook_sheet *sheets;
    size_t sheet_count;
    size_t sheet_capacity;
    bool dates_from_1904;
    bool scan; /* plain rows and strings are scanned */
};

static const char *keep(struct arena *arena, const char *text, struct error *error)
{
    const char *copy = arena_copy(arena, text, strlen(text));
    if (!copy)
        error_memory(error, "reading a workbook");
    return copy;
}

/* ---- relationships ------------------------------------------------------------------------- */

static int start_relationship(void *context, const char *name, const char **attributes)
{
    struct relationships *relationships = context;
    if (strcmp(name, "Relationship") != 0)
        return 0;
    const char *id = xml_attribute(attributes, "Id");
    const char *type = xml_attribute(attributes, "Type");
    const char *target = xml_attribute(attributes, "Target");
    const char *mode = xml_attribute(attributes, "TargetMode");
    if (!id || !type || !target || (mode && strcmp(mode, "External") == 0))
        return 0;
    struct relationship *room =
        grow(relationships->list, &relationships->capacity, relationships->count + 1, sizeof *room);
    if (!room)
        return error_memory(relationships->error, "reading a workbook");
    relationships->list = room;
    const char *slash = strrchr(type, '/');
    struct relationship *added = &room[relationships->count++];
    added->id = keep(relationships->arena, id, relationships->error);
    added->type = keep(relationships->arena, slash ? slash + 1 : type, relationships->error);
    added->target = package_resolve(relationships->arena, relationships->from, target);
    return added->id && added->type && added->target
               ? 0
               : error_memory(relationships->error, "reading a workbook");
}

/* The relationships of a part ("" for the package): none when it has no such file. */
static int read_relationships(struct workbook *workbook, const char *from,
                              struct relationships *relationships)
{
    *relationships =
        (struct relationships){.from = from, .arena = &workbook->arena, .error = workbook->error};
    const char *slash = strrchr(from, '/');
    size_t folder = slash ? (size_t)(slash - from) + 1 : 0;
    struct buffer path = {0};
    buffer_add(&path, from, folder);
    buffer_format(&path, "_rels/%s.rels", from + folder);
    if (path.failed)
        return error_memory(workbook->error, "reading a workbook");
    int64_t part = package_find(workbook->package, path.text);
    buffer_free(&path);
    struct xml_handler handler = {.context = relationships, .start = start_relationship};
    return part < 0 ? 0
                    : xml_part_parse(workbook->package, part, "its relationships", &handler,
                                     workbook->error);
}

static const char *target_of_type(const struct relationships *relationships, const char *type)
{
    for (size_t i = 0; i < relationships->count; i++)
        if (strcmp(relationships->list[i].type, type) == 0)
            return relationships->list[i].target;
    return NULL;
}

static const struct relationship *find_relationship(const struct relationships *relationships,
                                                    const char *id)
{
    for (size_t i = 0; i < relationships->count; i++)
        if (strcmp(relationships->list[i].id, id) == 0)
            return &relationships->list[i];
    return NULL;
}

/* ---- the workbook -------------------------------------------------------------------------- */

static bool is_true(const char *value)
{
    return value && (strcmp(value, "1") == 0 || strcmp(value, "true") == 0);
}

/* The attribute r:id: the one called id that has a prefix. */
static const char *relationship_id(const char **attributes)
{
    for (; attributes[0]; attributes += 2) {
        const char *colon = strchr(attributes[0], ':');
        if (colon && strcmp(colon + 1, "id") == 0)
            return attributes[1];
    }
    return NULL;
}

static int start_workbook(void *context, const char *name, const char **attributes)
{
    struct workbook *workbook = context;
    if (strcmp(name, "workbookPr") == 0)
        workbook->dates_from_1904 = is_true(xml_attribute(attributes, "date1904"));
    if (strcmp(name, "sheet") != 0)
        return 0;
    const char *title = xml_attribute(attributes, "name");
    const char *id = relationship_id(attributes);
    const char *state = xml_attribute(attributes, "state");
    if (!title || !id)
        return 0;
    struct workbook_sheet *room =
        grow(workbook->sheets, &workbook->sheet_capacity, workbook->sheet_count + 1, sizeof *room);
    if (!room)
        return error_memory(workbook->error, "reading a workbook");
    workbook->sheets = room;
    struct workbook_sheet *sheet = &room[workbook->sheet_count++];
    sheet->name = keep(&workbook->arena, title, workbook->error);
    sheet->id = keep(&workbook->arena, id, workbook->error);
    sheet->hidden = state && strcmp(state, "visible") != 0;
    return sheet->name && sheet->id ? 0 : -1;
}

/* What a zip archive without a workbook is. */
static int refuse_archive(const struct workbook *workbook)
{
    static const struct {
        const char *part;
        const char *refusal;
    } known[] = {
        {"xl/workbook.bin",
         "is a binary workbook (.xlsb): open it in a spreadsheet program and save it as .xlsx"},
        {"content.xml",
         "is an OpenDocument file, but no spreadsheet: export the list as .xlsx or .csv"},
        {"word/document.xml", "is a Word document: export the list as .xlsx or .csv"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (package_find(workbook->package, known[i].part) >= 0)
            return error_set(workbook->error, EXIT_BAD_DATA, "%s", known[i].refusal);
    return error_set(workbook->error, EXIT_BAD_DATA,
                     "is a zip archive without a workbook in it: unpack it, or export the list as "
                     ".xlsx or .csv");
}

static int read_sheets(struct workbook *workbook, const struct relationships *relationships,
                       const struct row_sink *sink)
{
    struct shared_strings strings = {0};
    struct styles styles = {0};
    struct package *package = workbook->package;
    struct error *error = workbook->error;
    const char *strings_name = target_of_type(relationships, "sharedStrings");
    const char *styles_name = target_of_type(relationships, "styles");
    int64_t strings_part = strings_name ? package_find(package, strings_name) : -1;
    int64_t styles_part = styles_name ? package_find(package, styles_name) : -1;
    int status = 0;
    if (styles_part >= 0)
        status = styles_read(&styles, package, styles_part, error);
    if (status == 0 && strings_part >= 0)
        status = shared_strings_read(&strings, package, strings_part, workbook->scan, error);
    struct sheet_context context = {&strings, &styles, workbook->dates_from_1904};
    for (size_t i = 0; i < workbook->sheet_count && status == 0; i++) {
        const struct workbook_sheet *sheet = &workbook->sheets[i];
        const struct relationship *found = find_relationship(relationships, sheet->id);
        if (!found || strcmp(found->type, "worksheet") != 0)
            continue; /* a chart, a macro sheet */
        int64_t part = package_find(package, found->target);
        if (part < 0)
            status =
                error_set(error, EXIT_BAD_DATA,
                          "sheet '%s' is not in the archive: export the file again", sheet->name);
        else if (sink->sheet(sink->context, sheet->name, sheet->hidden))
            status = -1;
        else
            status = sheet_read(package, part, &context, workbook->scan, sink, error);
    }
    styles_free(&styles);
    shared_strings_free(&strings);
    return status;
}

static int read_workbook(struct workbook *workbook, const struct row_sink *sink)
{
    struct relationships relationships;
    int status = read_relationships(workbook, "", &relationships);
    const char *name = target_of_type(&relationships, "officeDocument");
    free(relationships.list);
    if (status < 0)
        return -1;
    int64_t part = package_find(workbook->package, name ? name : "xl/workbook.xml");
    if (part < 0 || (name && strstr(name, "word/")))
        return refuse_archive(workbook);
    struct xml_handler handler = {.context = workbook, .start = start_workbook};
    if (name && strlen(name) > 4 && strcmp(name + strlen(name) - 4, ".bin") == 0)
        return refuse_archive(workbook);
    if (xml_part_parse(workbook->package, part, "its workbook part", &handler, workbook->error) < 0)
        return -1;
    status = read_relationships(workbook, name ? name : "xl/workbook.xml", &relationships);
    if (status == 0)
        status = read_sheets(workbook, &relationships, sink);
    free(relationships.list);
    return status;
}

static int read_package(int descriptor, bool scan, const struct row_sink *sink, struct error *error)
{
    struct workbook workbook = {.error = error, .scan = scan};
    workbook.package = package_open(descriptor, error);
    if (!workbook.package)
        return -1;
    int status = read_workbook(&workbook, sink);
    package_close(workbook.package);
    free(workbook.sheets);
    arena_free(&workbook.arena);
    return status;
}

static int read_xlsx(int descriptor, const struct row_sink *sink, struct error *error)
{
    return read_package(descriptor, true, sink, error);
}

static int read_by_expat(int descriptor, const struct row_sink *sink, struct error *error)
{
    return read_package(descriptor, false, sink, error);
}

static int bid_xlsx(const unsigned char *head, size_t length)
{
    return length >= 4 && memcmp(head, "PK\003\004", 4) == 0 ? 50 : 0;
}

const struct source_format source_xlsx = {
    .name = "xlsx",
    .help = "Excel workbooks of 2007 and later (.xlsx, .xlsm)",
    .bid = bid_xlsx,
    .read = read_xlsx,
};

const struct source_format source_xlsx_by_expat = {
    .name = "xlsx",
    .help = "the same, without the scanner for the plain case: what it is tested against",
    .read = read_by_expat,
};
