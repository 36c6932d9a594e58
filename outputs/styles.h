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
    STYLE_HEADING, /* of a part of a sheet that is no table */
    STYLE_BAND,    /* a heading over cells without rules */
    STYLE_PROSE,   /* a paragraph, over cells that are one */
    STYLE_SMALL,   /* what stands below it */
    STYLE_TEXT,
    STYLE_WRAP,
    STYLE_CENTRE,
    STYLE_LINK,
    STYLE_DATE,
    STYLE_PERCENT,
    STYLE_NUMBER,
    STYLE_AVERAGE,
    STYLE_EXACT,   /* a ready-made percentage, to one place */
    STYLE_DECIMAL, /* full-time equivalents: as many places as there are */
    STYLE_RESTATED_PERCENT,
    STYLE_RESTATED_NUMBER,
    STYLE_RESTATED_AVERAGE,
    STYLE_COUNT, /* thousands, for how many rows */
    STYLE_ROW,   /* the number of a row, which is no amount */
    STYLE_BIG,   /* a figure that is read across a room */
    STYLE_TOTAL_TEXT,
    STYLE_TOTAL_COUNT,
    STYLE_TOTAL_NUMBER,
    STYLE_TOTAL_AVERAGE,
    STYLE_TOTAL_DECIMAL,
    STYLE_GREEN,
    STYLE_AMBER,
    STYLE_RED,
    STYLE_GREY,
    STYLE_GREEN_EARLIER, /* the rating of an earlier month */
    STYLE_AMBER_EARLIER,
    STYLE_RED_EARLIER,
    STYLE_GREY_EARLIER,
    STYLE_BAR, /* a share that a bar is drawn behind */
    STYLE_BETTER,
    STYLE_WORSE,
    STYLE_HELPER, /* numbers that charts are drawn from */
    STYLE_HOW_MANY
};

/* Colours that are told apart by the colour-blind and, as light and dark, without colours. */
enum {
    COLOUR_HEADING = 0x1F3864,
    COLOUR_LINE = 0x1F3864,
    COLOUR_TARGET = 0xC55A11,
    COLOUR_BAR = 0x8FAADC,
    COLOUR_GRID = 0xD9D9D9
};

struct styles {
    lxw_format *formats[STYLE_HOW_MANY];
};

/* Makes all formats; false when the memory ran out. */
bool styles_make(struct styles *styles, lxw_workbook *workbook);

/* The style of a rating, by its word; that of an earlier month carries a star. */
enum style style_of_rag(const char *rag, bool earlier);
/* The style of a value, by its indicator's unit; restated values carry a dagger. */
enum style style_of_unit(const char *unit, bool restated);
/* The style of what became better (1), worse (-1) or neither. */
enum style style_of_course(int course);
/* The style of a target: as short as it was written, 17 and not 17.0. */
enum style style_of_target(const char *unit);

#endif
