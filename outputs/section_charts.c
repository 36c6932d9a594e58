#include <stdio.h>
#include <string.h>

#include "outputs/section.h"

enum { CHART_ROWS = 13 };

/* As wide as code and title; and over the months as many as are about as wide, the last of them up
 * to the edge of the sheet. */
struct chart_place section_chart_place(struct section *section)
{
    enum { CODE_AND_TITLE = 430, PIXELS_A_MONTH = 61, COLUMNS_A_CHART = 7 };
    size_t columns = section->target - SECTION_FIRST_MONTH + (size_t)1;
    size_t beside = columns / COLUMNS_A_CHART;
    size_t place = section->chart;
    if (place == 0)
        section->chart_row = section_place(section, CHART_ROWS);
    section->chart = place < beside ? place + 1 : 0;
    if (place == 0)
        return (struct chart_place){section->chart_row, SECTION_CODE, CODE_AND_TITLE};
    size_t from = (place - 1) * columns / beside;
    size_t to = place * columns / beside;
    return (struct chart_place){section->chart_row, (lxw_col_t)(SECTION_FIRST_MONTH + from),
                                (unsigned)(to - from) * PIXELS_A_MONTH};
}

/* The code and the indicator's title, whole where it is not without end. */
static void chart_title(const struct report_indicator *indicator, const char *more, char *out,
                        size_t size)
{
    enum { LONGEST = 200 };
    const char *title = indicator->title;
    size_t length = strlen(title);
    const char *end = "";
    if (length > LONGEST) {
        length = LONGEST;
        while (length > 0 && title[length] != ' ')
            length--;
        end = " ...";
    }
    snprintf(out, size, "%s  %.*s%s%s", indicator->code, (int)length, title, end, more);
}

static lxw_chart *new_chart(struct section *section, uint8_t type)
{
    lxw_chart *chart = workbook_add_chart(section->book->workbook, type);
    if (!chart)
        error_memory(section->book->error, "drawing a chart");
    return chart;
}

static lxw_chart_series *add_series(struct section *section, lxw_chart *chart, const char *name)
{
    lxw_chart_series *series = chart_add_series(chart, NULL, NULL);
    if (series)
        chart_series_set_name(series, book_plain(section->book, name));
    else
        error_memory(section->book->error, "drawing a chart");
    return series;
}

/* Fonts, axes and grid: the same for every chart. */
static void dress(struct book *book, lxw_chart *chart, const struct report_indicator *indicator,
                  const char *title, bool legend)
{
    char font[] = "Arial";
    lxw_chart_font title_font = {.name = font, .size = 9, .bold = LXW_TRUE};
    lxw_chart_font axis_font = {.name = font, .size = 8};
    lxw_chart_line grid = {.color = COLOUR_GRID, .width = 0.5};
    bool percent = strcmp(indicator->unit, "percent") == 0;
    chart_title_set_name(chart, book_plain(book, title));
    chart_title_set_name_font(chart, &title_font);
    chart_axis_set_num_font(chart->x_axis, &axis_font);
    chart_axis_set_num_font(chart->y_axis, &axis_font);
    chart_axis_major_gridlines_set_line(chart->y_axis, &grid);
    chart_axis_set_min(chart->y_axis, 0);
    chart_axis_set_num_format(chart->y_axis, percent ? "0%" : "0");
    if (percent)
        chart_axis_set_max(chart->y_axis, 1);
    chart_legend_set_position(chart, legend ? LXW_CHART_LEGEND_BOTTOM : LXW_CHART_LEGEND_NONE);
    if (legend)
        chart_legend_set_font(chart, &axis_font);
}

static void insert(struct section *section, lxw_chart *chart, struct chart_place place,
                   const char *description)
{
    enum { GAP = 4 };
    union {
        const char *in;
        char *out; /* the library copies it, but says so nowhere */
    } text = {.in = book_plain(section->book, description)};
    lxw_chart_options options = {.x_offset = GAP,
                                 .y_offset = GAP,
                                 .description = text.out,
                                 .object_position = LXW_OBJECT_MOVE_DONT_SIZE,
                                 .x_scale = (place.pixels - GAP) / 480.0,
                                 .y_scale = (CHART_ROWS * SECTION_ROW_PIXELS - GAP) / 288.0};
    book_check(section->book,
               worksheet_insert_chart_opt(section->sheet, place.row, place.column, chart, &options),
               "a chart");
}

/* ---- an indicator over the months ----------------------------------------------------------- */

static bool has_any_target(const struct report *report, size_t indicator)
{
    for (int m = 0; m < report->months; m++)
        if (report->indicators[indicator].results[m].has_target)
            return true;
    return false;
}

static lxw_chart_series *add_months(struct section *section, lxw_chart *chart, lxw_row_t row,
                                    lxw_col_t from, const char *name)
{
    const char *sheet = section->book->sheet_name;
    lxw_col_t months = (lxw_col_t)section->book->report->months;
    lxw_chart_series *series = add_series(section, chart, name);
    if (!series)
        return NULL;
    chart_series_set_categories(series, sheet, SECTION_HEADER_ROW, SECTION_FIRST_MONTH,
                                SECTION_HEADER_ROW, (lxw_col_t)(SECTION_FIRST_MONTH + months - 1));
    chart_series_set_values(series, sheet, row, from, row, (lxw_col_t)(from + months - 1));
    return series;
}

/* What somebody hears who cannot see the chart. */
static void describe_line(const struct report *report, size_t number, const char *title, char *out,
                          size_t size)
{
    const struct result *last = report_now(report, number);
    char month[DATE_TEXT_SIZE];
    month_to_long(report->last, month);
    snprintf(out, size, "Line chart of %s over %d months. %s: %s.%s%s", title, report->months,
             month, last->shown ? last->shown : "", last->has_target ? " Target: " : "",
             last->has_target ? last->target_shown : "");
}

void section_line_chart(struct section *section, size_t number, struct chart_place place)
{
    const struct report *report = section->book->report;
    const struct report_indicator *indicator = &report->indicators[number];
    char title[256], description[768];
    lxw_chart *chart = new_chart(section, LXW_CHART_LINE);
    if (!chart)
        return;
    lxw_row_t row = SECTION_HEADER_ROW + 1 + (lxw_row_t)(number - section->first);
    lxw_chart_series *series =
        add_months(section, chart, row, section->values_from, indicator->code);
    bool has_target = has_any_target(report, number);
    lxw_chart_series *target =
        has_target ? add_months(section, chart, row, section->targets_from, "Target") : NULL;
    if (!series)
        return;
    lxw_chart_line line = {.color = COLOUR_LINE, .width = 2.25};
    lxw_chart_fill fill = {.color = COLOUR_LINE};
    chart_series_set_line(series, &line);
    chart_series_set_marker_type(series, LXW_CHART_MARKER_CIRCLE);
    chart_series_set_marker_size(series, 5);
    chart_series_set_marker_fill(series, &fill);
    lxw_chart_line dashes = {
        .color = COLOUR_TARGET, .width = 1.5, .dash_type = LXW_CHART_LINE_DASH_DASH};
    if (target) {
        chart_series_set_line(target, &dashes);
        chart_series_set_marker_type(target, LXW_CHART_MARKER_NONE);
    }
    chart_title(indicator, "", title, sizeof title);
    dress(section->book, chart, indicator, title, target != NULL);
    chart_show_blanks_as(chart, LXW_CHART_BLANKS_AS_GAP);
    describe_line(report, number, title, description, sizeof description);
    insert(section, chart, place, description);
}

/* ---- a breakdown ---------------------------------------------------------------------------- */

static void describe_bars(const struct report *report, size_t first, size_t count,
                          const char *title, char *out, size_t size)
{
    const struct report_member *largest = &report->members[first];
    for (size_t m = first; m < first + count; m++)
        if (report->members[m].results[report->months - 1].value >
            largest->results[report->months - 1].value)
            largest = &report->members[m];
    snprintf(out, size, "Bar chart of %s: %zu of them, the largest %.100s.", title, count,
             largest->member);
}

void section_bar_chart(struct section *section, size_t first_member, size_t count,
                       lxw_row_t first_row, struct chart_place place)
{
    const struct report *report = section->book->report;
    const struct report_member *member = &report->members[first_member];
    const struct report_indicator *indicator = &report->indicators[member->indicator];
    const char *sheet = section->book->sheet_name;
    lxw_row_t last_row = first_row + (lxw_row_t)count - 1;
    lxw_col_t column = (lxw_col_t)(SECTION_FIRST_MONTH + report->months - 1);
    char title[320], more[64], description[768], month[DATE_TEXT_SIZE];
    lxw_chart *chart = new_chart(section, LXW_CHART_COLUMN);
    lxw_chart_series *series = chart ? add_series(section, chart, indicator->code) : NULL;
    if (!series)
        return;
    month_to_short(report->last, month);
    snprintf(more, sizeof more, ", by %.30s, %.12s", member->dimension, month);
    chart_series_set_categories(series, sheet, first_row, SECTION_TITLE, last_row, SECTION_TITLE);
    chart_series_set_values(series, sheet, first_row, column, last_row, column);
    lxw_chart_line edge = {.color = COLOUR_LINE, .width = 0.75};
    lxw_chart_fill fill = {.color = COLOUR_BAR};
    lxw_chart_font label_font = {.size = 8};
    chart_series_set_line(series, &edge);
    chart_series_set_fill(series, &fill);
    chart_series_set_labels(series);
    chart_series_set_labels_font(series, &label_font);
    chart_title(indicator, more, title, sizeof title);
    dress(section->book, chart, indicator, title, false);
    describe_bars(report, first_member, count, title, description, sizeof description);
    insert(section, chart, place, description);
}
