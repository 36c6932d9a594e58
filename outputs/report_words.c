#include "etl/decimal.h"
#include "outputs/report_reading.h"

int take_comment(struct reading *reading)
{
    struct report *report = reading->report;
    struct report_comment *room =
        grow(report->comments, &report->comment_capacity, report->comment_count + 1, sizeof *room);
    if (!room)
        return reading_memory(reading);
    report->comments = room;
    date_t day = date_named(reading, "month"); /* any day of it */
    month_t month = day == NO_DATE ? -1 : month_of(day);
    room[report->comment_count++] =
        (struct report_comment){.section = text_named(reading, "section"),
                                .month = month,
                                .action = span_is(stream_field(reading->reader, "kind"), "action"),
                                .text = text_named(reading, "text"),
                                .owner = text_named(reading, "owner"),
                                .status = text_named(reading, "status"),
                                .due = date_named(reading, "due")};
    return 0;
}

int take_figure(struct reading *reading)
{
    struct report *report = reading->report;
    struct report_figure *room =
        grow(report->figures, &report->figure_capacity, report->figure_count + 1, sizeof *room);
    if (!room)
        return reading_memory(reading);
    report->figures = room;
    room[report->figure_count++] = (struct report_figure){
        .indicator = text_named(reading, "indicator"),
        .period = text_named(reading, "period"),
        .frequency = text_named(reading, "frequency"),
        .unit = text_named(reading, "unit"),
        .has_value = decimal_from_text(stream_field(reading->reader, "value")) != NO_DECIMAL,
        .value = number_named(reading, "value")};
    return 0;
}

int take_week(struct reading *reading)
{
    struct report *report = reading->report;
    struct report_week *room =
        grow(report->weeks, &report->week_capacity, report->week_count + 1, sizeof *room);
    if (!room)
        return reading_memory(reading);
    report->weeks = room;
    room[report->week_count++] = (struct report_week){.week = text_named(reading, "week"),
                                                      .first = date_named(reading, "first"),
                                                      .last = date_named(reading, "last"),
                                                      .children = number_named(reading, "children"),
                                                      .episodes = number_named(reading, "episodes"),
                                                      .hours = number_named(reading, "hours"),
                                                      .missing = number_named(reading, "missing")};
    return 0;
}

int take_check(struct reading *reading)
{
    struct report *report = reading->report;
    struct report_check *room =
        grow(report->checks, &report->check_capacity, report->check_count + 1, sizeof *room);
    if (!room)
        return reading_memory(reading);
    report->checks = room;
    room[report->check_count++] =
        (struct report_check){.code = text_named(reading, "code"),
                              .title = text_named(reading, "title"),
                              .fed = span_is(stream_field(reading->reader, "fed"), "yes"),
                              .asked = number_named(reading, "asked"),
                              .met = number_named(reading, "met"),
                              .asked_before = number_named(reading, "asked_before"),
                              .met_before = number_named(reading, "met_before")};
    return 0;
}
