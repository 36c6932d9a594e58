/*
 * sheet_family.c - a sheet for each section of the definitions: thirteen months and the charts.
 *
 * Charts are drawn from a copy of the numbers to the right of what is printed: a cell that says
 * "TBC *" would be drawn as nought, and a target that changes needs a value a month. The copy
 * stands on the same sheet, small and grey, since some programs draw nothing from hidden cells.
 */
#include <stdio.h>
#include <string.h>

#include "outputs/book.h"

enum { CODE, INDICATOR, FIRST_MONTH };

/* About what a landscape A4 page takes of a sheet of thirteen months that is fitted to its width.
 */
enum { PAGE_HEIGHT = 1040 };

enum {
    MOST_BREAKS = 64,
    HELPER_GAP = 2,  /* columns between the table and the helper */
    CHART_ROWS = 16, /* rows of the sheet that a chart covers */
    ROW_PIXELS = 20,
    CHARTS_ABREAST = 2
};

static const double title_width = 58;

struct family {
    struct book *book;
    lxw_worksheet *sheet;
    size_t first; /* indicator of the section */
    size_t count;
    lxw_row_t header;
    lxw_col_t target;      /* the column behind the months */
    lxw_col_t values_from; /* of the helper */
    lxw_col_t targets_from;
};

static void write_headers(const struct family *family)
{
    struct book *book = family->book;
    const struct report *report = book->report;
    book_text(book, family->sheet, family->header, CODE, "Code", STYLE_HEADER);
    book_text(book, family->sheet, family->header, INDICATOR, "Indicator", STYLE_HEADER);
    for (int m = 0; m < report->months; m++) {
        char month[DATE_TEXT_SIZE];
        month_to_short(report_month(report, m), month);
        book_text(book, family->sheet, family->header, (lxw_col_t)(FIRST_MONTH + m), month,
                  STYLE_HEADER_CENTRE);
        book_text(book, family->sheet, family->header, (lxw_col_t)(family->values_from + m), month,
                  STYLE_HELPER);
        book_text(book, family->sheet, family->header, (lxw_col_t)(family->targets_from + m), month,
                  STYLE_HELPER);
    }
    book_text(book, family->sheet, family->header, family->target, "Target", STYLE_HEADER_CENTRE);
    book_text(book, family->sheet, family->header - 1, family->values_from,
              "Values and targets by month, which the charts are drawn from", STYLE_HELPER);
}

static void write_row(const struct family *family, size_t i)
{
    struct book *book = family->book;
    const struct report *report = book->report;
    const struct report_indicator *indicator = &report->indicators[family->first + i];
    lxw_row_t row = family->header + 1 + (lxw_row_t)i;
    char target[64];
    snprintf(target, sizeof target, "Definitions!A%u", definition_row(family->first + i) + 1);
    book_link(book, family->sheet, row, CODE, target, indicator->code);
    book_text(book, family->sheet, row, INDICATOR, indicator->title, STYLE_WRAP);
    book_fit_row(book, family->sheet, row, &indicator->title, &title_width, 1);
    for (int m = 0; m < report->months; m++) {
        const struct result *result = &indicator->results[m];
        book_result(book, family->sheet, row, (lxw_col_t)(FIRST_MONTH + m), indicator, result);
        if (result->state && strcmp(result->state, "value") == 0)
            book_number(book, family->sheet, row, (lxw_col_t)(family->values_from + m),
                        result->value, STYLE_HELPER);
        if (result->has_target)
            book_number(book, family->sheet, row, (lxw_col_t)(family->targets_from + m),
                        result->target, STYLE_HELPER);
    }
    const struct result *last = &indicator->results[report->months - 1];
    if (last->has_target)
        book_number(book, family->sheet, row, family->target, last->target,
                    style_of_target(indicator->unit));
    else
        book_text(book, family->sheet, row, family->target, "", STYLE_CENTRE);
}

static bool has_any_target(const struct family *family, size_t i)
{
    const struct report *report = family->book->report;
    for (int m = 0; m < report->months; m++)
        if (report->indicators[family->first + i].results[m].has_target)
            return true;
    return false;
}

static lxw_chart_series *add_series(const struct family *family, lxw_chart *chart, lxw_row_t row,
                                    lxw_col_t from, const char *name)
{
    lxw_chart_series *series = chart_add_series(chart, NULL, NULL);
    if (!series) {
        error_memory(family->book->error, "drawing a chart");
        return NULL;
    }
    const char *sheet = family->book->sheet_name;
    lxw_col_t months = (lxw_col_t)family->book->report->months;
    chart_series_set_categories(series, sheet, family->header, FIRST_MONTH, family->header,
                                (lxw_col_t)(FIRST_MONTH + months - 1));
    chart_series_set_values(series, sheet, row, from, row, (lxw_col_t)(from + months - 1));
    chart_series_set_name(series, name);
    return series;
}

/* A title that fits above a chart: the code and the beginning of the indicator's title. */
static void chart_title(const struct report_indicator *indicator, char *out, size_t size)
{
    enum { LONGEST = 64 };
    const char *title = indicator->title;
    size_t length = strlen(title);
    const char *more = "";
    if (length > LONGEST) {
        length = LONGEST;
        while (length > 0 && title[length] != ' ')
            length--;
        more = " ...";
    }
    snprintf(out, size, "%s  %.*s%s", indicator->code, (int)length, title, more);
}

static void draw_chart(const struct family *family, size_t i, lxw_row_t row, lxw_col_t column,
                       double width)
{
    struct book *book = family->book;
    const struct report_indicator *indicator = &book->report->indicators[family->first + i];
    lxw_chart *chart = workbook_add_chart(book->workbook, LXW_CHART_LINE);
    if (!chart) {
        error_memory(book->error, "drawing a chart");
        return;
    }
    lxw_row_t source = family->header + 1 + (lxw_row_t)i;
    lxw_chart_series *series =
        add_series(family, chart, source, family->values_from, indicator->code);
    lxw_chart_series *target = NULL;
    if (has_any_target(family, i))
        target = add_series(family, chart, source, family->targets_from, "Target");
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
    char title[160];
    chart_title(indicator, title, sizeof title);
    char font[] = "Arial";
    lxw_chart_font title_font = {.name = font, .size = 9, .bold = LXW_TRUE};
    lxw_chart_font axis_font = {.name = font, .size = 8};
    lxw_chart_line grid = {.color = 0xD9D9D9, .width = 0.5};
    chart_title_set_name(chart, title);
    chart_title_set_name_font(chart, &title_font);
    chart_axis_set_num_font(chart->x_axis, &axis_font);
    chart_axis_set_num_font(chart->y_axis, &axis_font);
    chart_axis_major_gridlines_set_line(chart->y_axis, &grid);
    chart_axis_set_min(chart->y_axis, 0);
    bool percent = strcmp(indicator->unit, "percent") == 0;
    chart_axis_set_num_format(chart->y_axis, percent ? "0%" : "0");
    if (percent)
        chart_axis_set_max(chart->y_axis, 1);
    if (target) {
        chart_legend_set_position(chart, LXW_CHART_LEGEND_BOTTOM);
        chart_legend_set_font(chart, &axis_font);
    } else {
        chart_legend_set_position(chart, LXW_CHART_LEGEND_NONE);
    }
    chart_show_blanks_as(chart, LXW_CHART_BLANKS_AS_GAP);
    /* What somebody hears who cannot see the chart. */
    const struct result *last = &indicator->results[book->report->months - 1];
    char month[DATE_TEXT_SIZE], description[512];
    month_to_long(book->report->last, month);
    snprintf(description, sizeof description, "Line chart of %s over %d months. %s: %s.%s%s", title,
             book->report->months, month, last->shown ? last->shown : "",
             last->has_target ? " Target: " : "", last->has_target ? last->target_shown : "");
    lxw_chart_options options = {.y_offset = 2, /* below a page break, not on it */
                                 .description = description,
                                 .object_position = LXW_OBJECT_MOVE_DONT_SIZE,
                                 .x_scale = width / 480.0,
                                 .y_scale = (CHART_ROWS - 1) * ROW_PIXELS / 288.0};
    book_check(book, worksheet_insert_chart_opt(family->sheet, row, column, chart, &options),
               "a chart");
}

/* The height of the rows down to the end of the table, as book_fit_row leaves them. */
static int table_pixels(const struct family *family)
{
    const struct report *report = family->book->report;
    int pixels = (int)(family->header + 2) * ROW_PIXELS;
    for (size_t i = 0; i < family->count; i++)
        pixels += book_lines(report->indicators[family->first + i].title, title_width) > 1
                      ? 2 * ROW_PIXELS
                      : ROW_PIXELS;
    return pixels;
}

/* Two charts abreast: the left over the wide column, the right over the months. The sheet is fitted
 * to one page in width, whatever the fonts of the program that prints it; a break before charts
 * that a page would cut is a wish that some programs follow. Returns the row below. */
static lxw_row_t draw_charts(const struct family *family, lxw_row_t row)
{
    lxw_row_t breaks[MOST_BREAKS + 1] = {0};
    size_t break_count = 0;
    int used = table_pixels(family);
    for (size_t i = 0; i < family->count; i++) {
        bool left = i % CHARTS_ABREAST == 0;
        if (left && used + CHART_ROWS * ROW_PIXELS > PAGE_HEIGHT && break_count < MOST_BREAKS) {
            breaks[break_count++] = row;
            used = ROW_PIXELS; /* the repeated titles */
        }
        draw_chart(family, i, row, left ? CODE : (lxw_col_t)(FIRST_MONTH + 1), left ? 535 : 700);
        if (!left || i + 1 == family->count) {
            row += CHART_ROWS;
            used += CHART_ROWS * ROW_PIXELS;
        }
    }
    if (break_count > 0)
        book_check(family->book, worksheet_set_h_pagebreaks(family->sheet, breaks),
                   "its page breaks");
    return row;
}

static void write_family(struct book *book, size_t first, size_t count)
{
    const struct report *report = book->report;
    struct family family = {.book = book, .first = first, .count = count};
    family.sheet = book_sheet(book, report->indicators[first].section);
    if (!family.sheet)
        return;
    family.target = (lxw_col_t)(FIRST_MONTH + report->months);
    family.values_from = family.target + HELPER_GAP;
    family.targets_from = (lxw_col_t)(family.values_from + report->months + 1);
    book_width(book, family.sheet, CODE, 9);
    book_width(book, family.sheet, INDICATOR, title_width);
    for (lxw_col_t c = FIRST_MONTH; c <= family.target; c++)
        book_width(book, family.sheet, c, 8);
    family.header = book_title(book, family.sheet, report->indicators[first].section);
    write_headers(&family);
    for (size_t i = 0; i < count; i++)
        write_row(&family, i);
    lxw_row_t last = family.header + (lxw_row_t)count;
    book_table(book, family.sheet, book->sheet_name, family.header, last, family.target);

    lxw_row_t row = draw_charts(&family, last + 2);
    book_check(book, worksheet_print_area(family.sheet, 0, 0, row, family.target),
               "its print area");
}

void sheet_families(struct book *book)
{
    const struct report *report = book->report;
    for (size_t first = 0; first < report->indicator_count;) {
        size_t count = report_section(report, first);
        write_family(book, first, count);
        first += count;
    }
}
