/*
 * styles.h - how a workbook looks: every font, colour and number format, in one place.
 *
 * The look is sober: one dark blue for headings, light grey rules, the three colours of a rating
 * always with their word. Formats belong to the workbook that they were made for.
 */
#ifndef MONTHEND_STYLES_H
#define MONTHEND_STYLES_H

#include <stdbool.h>
#include <xlsxwriter.h>

enum style {
    STYLE_TITLE,
    STYLE_SUBTITLE,
    STYLE_NOTE,
    STYLE_HEADER,
    STYLE_HEADER_CENTRE,
    STYLE_SECTION,
    STYLE_TEXT,
    STYLE_WRAP,
    STYLE_CENTRE,
    STYLE_LINK,
    STYLE_PERCENT,
    STYLE_NUMBER,
    STYLE_AVERAGE,
    STYLE_COUNT, /* thousands, for rows */
    STYLE_TOTAL_TEXT,
    STYLE_TOTAL_COUNT,
    STYLE_GREEN,
    STYLE_AMBER,
    STYLE_RED,
    STYLE_GREY,
    STYLE_HELPER, /* numbers that charts are drawn from */
    STYLE_HOW_MANY
};

enum { COLOUR_HEADING = 0x1F3864, COLOUR_LINE = 0x1F3864, COLOUR_TARGET = 0xC55A11 };

struct styles {
    lxw_format *formats[STYLE_HOW_MANY];
};

/* Makes all formats; false when the memory ran out. */
bool styles_make(struct styles *styles, lxw_workbook *workbook);

/* The style of a rating, by its word. */
enum style style_of_rag(const char *rag);
/* The style of a value, by its indicator's unit. */
enum style style_of_unit(const char *unit);
/* The style of a target: as short as it was written, 17 and not 17.0. */
enum style style_of_target(const char *unit);

#endif
