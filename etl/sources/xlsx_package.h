/*
 * xlsx_package.h - the parts of an .xlsx file: a zip archive of XML.
 *
 * Parts are found by name without regard to case or the direction of slashes, and parsed as they
 * are decompressed; only one is open at a time. Element names are handed on without their
 * namespace prefix, so that <x:c> and strict documents are as good as any. A DOCTYPE is refused:
 * no spreadsheet has one, and entities are how a small file becomes a large one.
 */
#ifndef MONTHEND_SOURCES_XLSX_PACKAGE_H
#define MONTHEND_SOURCES_XLSX_PACKAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "etl/error.h"
#include "etl/memory.h"

struct package; /* opaque: the archive */

/* Reads the directory of an archive on a descriptor that stays the caller's. */
struct package *package_open(int descriptor, struct error *error);
void package_close(struct package *package);

/* The number of a part, or -1 when there is none of this name (no slash in front). */
int64_t package_find(const struct package *package, const char *name);

/* What to do with a part. `attributes` are pairs of name and value ended by NULL, names with their
 * prefix. Text comes in pieces, and only while *wants_text is true. A function that returns
 * non-zero stops the parsing, after filling the error. */
struct xml_handler {
    void *context;
    int (*start)(void *context, const char *name, const char **attributes);
    int (*end)(void *context, const char *name);
    int (*text)(void *context, const char *text, size_t length);
    const bool *wants_text;
};

/* Parses a part from its beginning to its end. `what` is what messages call it. */
int package_parse(struct package *package, int64_t part, const char *what,
                  const struct xml_handler *handler, struct error *error);

/* The value of an attribute, without regard to its prefix; NULL when it is not there. */
const char *xml_attribute(const char **attributes, const char *name);

/* The target of a relationship as a part's name, resolved from the part it stands in: "xl/x.xml"
 * and "worksheets/s.xml" give "xl/worksheets/s.xml". In the arena; NULL when the memory ran out. */
const char *package_resolve(struct arena *arena, const char *from, const char *target);

#endif
