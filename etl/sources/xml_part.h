/*
 * xml_part.h - an XML part of a package, parsed as it is decompressed.
 *
 * expat parses; element names are handed on without their namespace prefix, so that <x:c> and
 * strict documents are as good as any. A DOCTYPE is refused: no spreadsheet has one, and entities
 * are how a small file becomes a large one.
 *
 * expat takes four times as long as decompressing. A handler may therefore bring a scanner for the
 * plain form of the many like elements in one container (the rows of a sheet): expat parses up to
 * the container's start tag and from its end tag on, the scanner what is between them. A scanner
 * stops before the first element that it does not know to be plain, and from there on everything is
 * expat's, to the end of the part. So expat remains the authority on all that is unusual or wrong.
 */
#ifndef MONTHEND_SOURCES_XML_PART_H
#define MONTHEND_SOURCES_XML_PART_H

#include <stdbool.h>
#include <stddef.h>

#include "etl/sources/package.h"

enum { SCANNER_SLACK = 64 };

/* The plain form of an element that is repeated. */
struct xml_scanner {
    const char *container; /* the element they stand in: "sheetData", without a prefix */
    const char *end_tag;   /* of one of them: "</row>" */
    /* Takes the elements between `from` and `end`, where an end tag ends. Behind `end` the document
     * goes on for a while, then comes a NUL and at least SCANNER_SLACK bytes that may be looked at.
     * *stopped becomes `end` or what follows its blanks, or the beginning of the first element that
     * is not plain. Returns -1 after filling the error, or when the sink stopped it. */
    int (*scan)(void *context, char *from, const char *end, char **stopped);
};

/* What to do with a part. `attributes` are pairs of name and value ended by NULL, names with their
 * prefix. Text comes in pieces, and only while *wants_text is true. A function that returns
 * non-zero stops the parsing, after filling the error. */
struct xml_handler {
    void *context;
    int (*start)(void *context, const char *name, const char **attributes);
    int (*end)(void *context, const char *name);
    int (*text)(void *context, const char *text, size_t length);
    const bool *wants_text;
    const struct xml_scanner *scanner; /* or NULL */
    void *scanner_context;
};

/* Parses a part from its beginning to its end. `what` is what messages call it. */
int xml_part_parse(struct package *package, int64_t number, const char *what,
                   const struct xml_handler *handler, struct error *error);

/* The value of an attribute, without regard to its prefix; NULL when it is not there. */
const char *xml_attribute(const char **attributes, const char *name);

#endif
