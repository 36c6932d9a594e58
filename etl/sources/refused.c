/*
 * refused.c - files that are no spreadsheets, or none that can be read: known in order to be
 * refused by name, with what to do. Case systems hand out web pages called .xls.
 */
#include <string.h>

#include "etl/sources/formats.h"
#include "etl/text.h"

enum { SURE = 60 };

/* Whether the text begins with the word, after white space and a byte order mark, in any case. */
static bool begins_with(const unsigned char *head, size_t length, const char *word)
{
    size_t at = 0;
    if (length >= 3 && memcmp(head, "\xEF\xBB\xBF", 3) == 0)
        at = 3;
    while (at < length && (head[at] == ' ' || (head[at] >= '\t' && head[at] <= '\r')))
        at++;
    for (; *word; word++, at++) {
        if (at == length)
            return false;
        unsigned char c = head[at];
        if (c >= 'A' && c <= 'Z')
            c = (unsigned char)(c + ('a' - 'A'));
        if (c != (unsigned char)*word)
            return false;
    }
    return true;
}

static int bid_empty(const unsigned char *head, size_t length)
{
    (void)head;
    return length == 0 ? SURE : 0;
}

static int bid_web_page(const unsigned char *head, size_t length)
{
    static const char *const words[] = {"<html", "<!doctype html", "<table",
                                        "<head", "<meta",          "<style"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (begins_with(head, length, words[i]))
            return SURE;
    return 0;
}

static int bid_xml(const unsigned char *head, size_t length)
{
    return begins_with(head, length, "<?xml") ? SURE : 0;
}

static int bid_pdf(const unsigned char *head, size_t length)
{
    return begins_with(head, length, "%pdf-") ? SURE : 0;
}

static int bid_rich_text(const unsigned char *head, size_t length)
{
    return begins_with(head, length, "{\\rtf") ? SURE : 0;
}

const struct source_format source_empty = {
    .name = "empty",
    .bid = bid_empty,
    .refusal = "is empty (0 bytes): export it again",
};

const struct source_format source_web_page = {
    .name = "web page",
    .bid = bid_web_page,
    .refusal =
        "is a web page, whatever its name says: open it in a spreadsheet program and save it "
        "as .xlsx or .csv",
};

const struct source_format source_xml = {
    .name = "xml",
    .bid = bid_xml,
    .refusal = "is an XML file, not a workbook: open it in a spreadsheet program and save it as "
               ".xlsx or .csv",
};

const struct source_format source_pdf = {
    .name = "pdf",
    .bid = bid_pdf,
    .refusal = "is a PDF document: export the list as .xlsx or .csv",
};

const struct source_format source_rich_text = {
    .name = "rich text",
    .bid = bid_rich_text,
    .refusal = "is a rich text document: export the list as .xlsx or .csv",
};
