#include "outputs/styles.h"

#include <string.h>

enum {
    COLOUR_RULE = 0xBFBFBF,
    COLOUR_SECTION = 0xD9E2F3,
    COLOUR_NOTE = 0x595959,
    COLOUR_WHITE = 0xFFFFFF,
    COLOUR_TOTAL = 0xF2F2F2,
    COLOUR_BLUE = 0x1F4E79,
    COLOUR_BROWN = 0x7F3F00
};

#define DAGGER "\u2020"

/* A style is a row: what differs from plain text with thin rules around it. */
struct style_row {
    double size; /* 0: 10 points */
    bool bold;
    bool plain; /* no rules around the cell */
    bool wrap;
    bool italic;
    bool top;         /* at the top of its cell, not in the middle */
    lxw_color_t font; /* 0: black */
    lxw_color_t fill; /* 0: none */
    uint8_t align;    /* 0: as the value's type */
    const char *number;
};

static const struct style_row rows[STYLE_HOW_MANY] = {
    [STYLE_TITLE] = {.size = 16, .bold = true, .plain = true, .font = COLOUR_HEADING},
    [STYLE_SUBTITLE] = {.size = 11, .plain = true, .font = COLOUR_HEADING},
    [STYLE_NOTE] = {.size = 9, .plain = true, .italic = true, .font = COLOUR_NOTE},
    [STYLE_HEADER] = {.bold = true, .wrap = true, .font = COLOUR_WHITE, .fill = COLOUR_HEADING},
    [STYLE_HEADER_CENTRE] = {.bold = true,
                             .wrap = true,
                             .font = COLOUR_WHITE,
                             .fill = COLOUR_HEADING,
                             .align = LXW_ALIGN_CENTER},
    [STYLE_SECTION] = {.bold = true, .font = COLOUR_HEADING, .fill = COLOUR_SECTION},
    [STYLE_HEADING] = {.size = 11, .bold = true, .plain = true, .font = COLOUR_HEADING},
    [STYLE_BAND] = {.bold = true, .plain = true, .font = COLOUR_HEADING, .fill = COLOUR_SECTION},
    [STYLE_PROSE] = {.plain = true, .wrap = true, .align = LXW_ALIGN_LEFT, .top = true},
    [STYLE_SMALL] = {.size = 9, .plain = true, .wrap = true, .font = COLOUR_NOTE, .top = true},
    [STYLE_TEXT] = {.align = LXW_ALIGN_LEFT},
    [STYLE_WRAP] = {.wrap = true, .align = LXW_ALIGN_LEFT},
    [STYLE_CENTRE] = {.align = LXW_ALIGN_CENTER},
    [STYLE_LINK] = {.font = 0x0563C1, .align = LXW_ALIGN_LEFT},
    [STYLE_DATE] = {.align = LXW_ALIGN_CENTER, .number = "d mmm yyyy"},
    [STYLE_EXACT] = {.align = LXW_ALIGN_CENTER, .number = "0.0%"},
    [STYLE_DECIMAL] = {.align = LXW_ALIGN_CENTER, .number = "0.0##"},
    [STYLE_RESTATED_PERCENT] = {.align = LXW_ALIGN_CENTER, .number = "0%\"" DAGGER "\""},
    [STYLE_RESTATED_NUMBER] = {.align = LXW_ALIGN_CENTER, .number = "#,##0\"" DAGGER "\""},
    [STYLE_RESTATED_AVERAGE] = {.align = LXW_ALIGN_CENTER, .number = "0.0\"" DAGGER "\""},
    [STYLE_BIG] = {.size = 14,
                   .bold = true,
                   .font = COLOUR_HEADING,
                   .align = LXW_ALIGN_CENTER,
                   .number = "#,##0"},
    [STYLE_PERCENT] = {.align = LXW_ALIGN_CENTER, .number = "0%"},
    [STYLE_NUMBER] = {.align = LXW_ALIGN_CENTER, .number = "#,##0"},
    [STYLE_AVERAGE] = {.align = LXW_ALIGN_CENTER, .number = "0.0"},
    [STYLE_COUNT] = {.number = "#,##0"},
    [STYLE_ROW] = {.align = LXW_ALIGN_CENTER, .number = "0"},
    [STYLE_TOTAL_TEXT] = {.bold = true, .fill = COLOUR_TOTAL},
    [STYLE_TOTAL_COUNT] = {.bold = true, .fill = COLOUR_TOTAL, .number = "#,##0"},
    [STYLE_TOTAL_NUMBER] = {.bold = true,
                            .fill = COLOUR_TOTAL,
                            .align = LXW_ALIGN_CENTER,
                            .number = "#,##0"},
    [STYLE_TOTAL_AVERAGE] = {.bold = true,
                             .fill = COLOUR_TOTAL,
                             .align = LXW_ALIGN_CENTER,
                             .number = "0.0"},
    [STYLE_TOTAL_DECIMAL] = {.bold = true,
                             .fill = COLOUR_TOTAL,
                             .align = LXW_ALIGN_CENTER,
                             .number = "0.0##"},
    [STYLE_BAR] = {.align = LXW_ALIGN_LEFT, .number = "0%"},
    [STYLE_BETTER] = {.bold = true, .font = COLOUR_BLUE, .align = LXW_ALIGN_CENTER},
    [STYLE_WORSE] = {.bold = true, .font = COLOUR_BROWN, .align = LXW_ALIGN_CENTER},
    /* Pairs of a dark word on a light fill: told apart in black and white by the word
     * and by a shape, which belongs to the format: the cell holds the word alone. */
    [STYLE_GREEN] = {.bold = true,
                     .font = 0x0B5A1E,
                     .fill = 0xC6E7CE,
                     .align = LXW_ALIGN_CENTER,
                     .number = "\"\u25CF \"@"},
    [STYLE_AMBER] = {.bold = true,
                     .font = 0x7F4A00,
                     .fill = 0xFFE199,
                     .align = LXW_ALIGN_CENTER,
                     .number = "\"\u25B2 \"@"},
    [STYLE_RED] = {.bold = true,
                   .font = 0x8B0A14,
                   .fill = 0xF8C3C8,
                   .align = LXW_ALIGN_CENTER,
                   .number = "\"\u25A0 \"@"},
    [STYLE_GREY] = {.font = 0x404040,
                    .fill = 0xE3E3E3,
                    .align = LXW_ALIGN_CENTER,
                    .number = "\"\u25CB \"@"},
    [STYLE_GREEN_EARLIER] = {.bold = true,
                             .font = 0x0B5A1E,
                             .fill = 0xC6E7CE,
                             .align = LXW_ALIGN_CENTER,
                             .number = "\"\u25CF \"@\" *\""},
    [STYLE_AMBER_EARLIER] = {.bold = true,
                             .font = 0x7F4A00,
                             .fill = 0xFFE199,
                             .align = LXW_ALIGN_CENTER,
                             .number = "\"\u25B2 \"@\" *\""},
    [STYLE_RED_EARLIER] = {.bold = true,
                           .font = 0x8B0A14,
                           .fill = 0xF8C3C8,
                           .align = LXW_ALIGN_CENTER,
                           .number = "\"\u25A0 \"@\" *\""},
    [STYLE_GREY_EARLIER] = {.font = 0x404040,
                            .fill = 0xE3E3E3,
                            .align = LXW_ALIGN_CENTER,
                            .number = "\"\u25CB \"@\" *\""},
    [STYLE_HELPER] = {.size = 8, .plain = true, .font = COLOUR_NOTE, .number = "0.##"},
};

static lxw_format *make(lxw_workbook *workbook, const struct style_row *row)
{
    lxw_format *format = workbook_add_format(workbook);
    if (!format)
        return NULL;
    format_set_font_name(format, "Arial");
    format_set_font_size(format, row->size > 0 ? row->size : 10);
    format_set_align(format, row->top ? LXW_ALIGN_VERTICAL_TOP : LXW_ALIGN_VERTICAL_CENTER);
    if (row->bold)
        format_set_bold(format);
    if (row->italic)
        format_set_italic(format);
    if (row->wrap)
        format_set_text_wrap(format);
    if (row->font)
        format_set_font_color(format, row->font);
    if (row->fill)
        format_set_bg_color(format, row->fill);
    if (row->align)
        format_set_align(format, row->align);
    if (row->number)
        format_set_num_format(format, row->number);
    if (!row->plain) {
        format_set_border(format, LXW_BORDER_THIN);
        format_set_border_color(format, COLOUR_RULE);
    }
    return format;
}

bool styles_make(struct styles *styles, lxw_workbook *workbook)
{
    for (int s = 0; s < STYLE_HOW_MANY; s++) {
        styles->formats[s] = make(workbook, &rows[s]);
        if (!styles->formats[s])
            return false;
    }
    return true;
}

enum style style_of_rag(const char *rag, bool earlier)
{
    if (strcmp(rag, "Green") == 0)
        return earlier ? STYLE_GREEN_EARLIER : STYLE_GREEN;
    if (strcmp(rag, "Amber") == 0)
        return earlier ? STYLE_AMBER_EARLIER : STYLE_AMBER;
    if (strcmp(rag, "Red") == 0)
        return earlier ? STYLE_RED_EARLIER : STYLE_RED;
    return earlier ? STYLE_GREY_EARLIER : STYLE_GREY;
}

enum style style_of_unit(const char *unit, bool restated)
{
    if (strcmp(unit, "percent") == 0)
        return restated ? STYLE_RESTATED_PERCENT : STYLE_PERCENT;
    if (strcmp(unit, "average") == 0)
        return restated ? STYLE_RESTATED_AVERAGE : STYLE_AVERAGE;
    return restated ? STYLE_RESTATED_NUMBER : STYLE_NUMBER;
}

enum style style_of_course(int course)
{
    return course > 0 ? STYLE_BETTER : course < 0 ? STYLE_WORSE : STYLE_CENTRE;
}

enum style style_of_target(const char *unit)
{
    return strcmp(unit, "percent") == 0 ? STYLE_PERCENT : STYLE_CENTRE;
}
