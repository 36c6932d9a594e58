#include "etl/stream.h"
#include "outputs/report_reading.h"

int take_count(struct reading *reading)
{
    struct report *report = reading->report;
    struct report_count *room =
        grow(report->counts, &report->count_capacity, report->count_count + 1, sizeof *room);
    if (!room)
        return reading_memory(reading);
    report->counts = room;
    room[report->count_count++] =
        (struct report_count){.source = (unsigned)number_named(reading, "source"),
                              .section = text_named(reading, "section"),
                              .dataset = text_named(reading, "dataset"),
                              .format = text_named(reading, "format"),
                              .read = number_named(reading, "read"),
                              .accepted = number_named(reading, "accepted"),
                              .rejected = number_named(reading, "rejected"),
                              .ignored = number_named(reading, "ignored"),
                              .merged = number_named(reading, "merged")};
    return 0;
}

static bool is_finding(const struct reading *reading, const struct report_finding *finding)
{
    return span_is(stream_field(reading->reader, "outcome"), finding->outcome) &&
           span_is(stream_field(reading->reader, "dataset"), finding->dataset) &&
           span_is(stream_field(reading->reader, "code"), finding->code);
}

static int count_finding(struct reading *reading)
{
    struct report *report = reading->report;
    for (size_t f = 0; f < report->finding_count; f++) {
        if (is_finding(reading, &report->findings[f])) {
            report->findings[f].rows++;
            return 0;
        }
    }
    struct report_finding *room =
        grow(report->findings, &report->finding_capacity, report->finding_count + 1, sizeof *room);
    if (!room)
        return reading_memory(reading);
    report->findings = room;
    room[report->finding_count++] =
        (struct report_finding){text_named(reading, "outcome"), text_named(reading, "dataset"),
                                text_named(reading, "code"), 1};
    return 0;
}

int take_remark(struct reading *reading)
{
    struct report *report = reading->report;
    if (count_finding(reading) < 0)
        return -1;
    if (report->remark_count == MOST_REMARKS) {
        report->remarks_beyond++;
        return 0;
    }
    struct report_remark *room =
        grow(report->remarks, &report->remark_capacity, report->remark_count + 1, sizeof *room);
    if (!room)
        return reading_memory(reading);
    report->remarks = room;
    struct report_remark *remark = &room[report->remark_count];
    *remark = (struct report_remark){.outcome = text_named(reading, "outcome"),
                                     .dataset = text_named(reading, "dataset"),
                                     .column = text_named(reading, "column"),
                                     .field = text_named(reading, "field"),
                                     .code = text_named(reading, "code")};
    if (stream_at(reading->reader, stream_field(reading->reader, "@"), &remark->source,
                  &remark->row) < 0)
        return stream_error(reading->reader, reading->error,
                            "'@' is not the number of a source and a row");
    report->remark_count++;
    return 0;
}

int take_unmapped(struct reading *reading)
{
    struct report *report = reading->report;
    struct report_unmapped *room = grow(report->unmapped, &report->unmapped_capacity,
                                        report->unmapped_count + 1, sizeof *room);
    if (!room)
        return reading_memory(reading);
    report->unmapped = room;
    room[report->unmapped_count++] =
        (struct report_unmapped){.source = (unsigned)number_named(reading, "source"),
                                 .column = text_named(reading, "column"),
                                 .header = text_named(reading, "header")};
    return 0;
}
