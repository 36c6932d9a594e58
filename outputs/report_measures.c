#include <string.h>

#include "etl/decimal.h"
#include "outputs/report_reading.h"

/* Cells without numbers yet; NULL when the memory ran out. */
static struct result *new_results(struct report *report)
{
    struct result *results = arena_alloc(&report->arena, (size_t)report->months * sizeof *results);
    for (int m = 0; results && m < report->months; m++)
        results[m] = (struct result){.numerator = NO_DECIMAL, .denominator = NO_DECIMAL};
    return results;
}

int take_indicator(struct reading *reading)
{
    struct report *report = reading->report;
    struct report_indicator *room = grow(report->indicators, &report->indicator_capacity,
                                         report->indicator_count + 1, sizeof *room);
    if (!room)
        return reading_memory(reading);
    report->indicators = room;
    struct report_indicator *indicator = &room[report->indicator_count];
    *indicator = (struct report_indicator){.code = text_named(reading, "code"),
                                           .section = text_named(reading, "section"),
                                           .title = text_named(reading, "title"),
                                           .unit = text_named(reading, "unit"),
                                           .better = text_named(reading, "better"),
                                           .target_shown = text_named(reading, "target_shown"),
                                           .population = text_named(reading, "population"),
                                           .period = text_named(reading, "period"),
                                           .test = text_named(reading, "test"),
                                           .settles = text_named(reading, "settles"),
                                           .from = text_named(reading, "from"),
                                           .datasets = text_named(reading, "datasets"),
                                           .note = text_named(reading, "note"),
                                           .defined = text_named(reading, "defined"),
                                           .detail_title = text_named(reading, "detail_title"),
                                           .detail_target = text_named(reading, "detail_target")};
    indicator->on_scorecard = span_is(stream_field(reading->reader, "scorecard"), "yes");
    indicator->results = new_results(report);
    if (!indicator->results)
        return reading_memory(reading);
    report->indicator_count++;
    return 0;
}

/* The indicator and the month that a record is about. */
static int find_cell(struct reading *reading, size_t *indicator, int *place)
{
    const struct report *report = reading->report;
    *indicator = report_find(report, stream_field(reading->reader, "code"));
    *place = report_place(report, month_from_iso(stream_field(reading->reader, "month")));
    if (*indicator == SIZE_MAX || *place < 0)
        return stream_error(reading->reader, reading->error,
                            "a result of an indicator or month that the report is not about");
    return 0;
}

int take_result(struct reading *reading)
{
    size_t indicator;
    int place;
    if (find_cell(reading, &indicator, &place) < 0)
        return -1;
    struct result *result = &reading->report->indicators[indicator].results[place];
    *result = (struct result){.state = text_named(reading, "state"),
                              .value = number_named(reading, "value"),
                              .shown = text_named(reading, "shown"),
                              .has_target = stream_field(reading->reader, "target").length > 0,
                              .target = number_named(reading, "target"),
                              .target_shown = text_named(reading, "target_shown"),
                              .change = text_named(reading, "change"),
                              .rag = text_named(reading, "rag"),
                              .numerator = result->numerator,
                              .denominator = result->denominator};
    return 0;
}

/* ---- breakdowns ----------------------------------------------------------------------------- */

/* What a record is about. */
struct member_key {
    const struct report *report;
    size_t indicator;
    struct span dimension, member;
};

static bool is_member(const void *context, size_t place)
{
    const struct member_key *key = context;
    const struct report_member *member = &key->report->members[place];
    return member->indicator == key->indicator && span_is(key->dimension, member->dimension) &&
           span_is(key->member, member->member);
}

/* NULL when the memory ran out. */
static struct report_member *add_member(struct reading *reading, size_t indicator, uint64_t hash)
{
    struct report *report = reading->report;
    struct report_member *room =
        grow(report->members, &report->member_capacity, report->member_count + 1, sizeof *room);
    if (!room)
        return NULL;
    report->members = room;
    struct report_member *member = &room[report->member_count];
    *member = (struct report_member){.indicator = indicator,
                                     .dimension = text_named(reading, "dimension"),
                                     .member = text_named(reading, "member"),
                                     .place = number_named(reading, "place"),
                                     .results = new_results(report)};
    if (!member->results || place_add(&reading->members, hash, report->member_count) < 0)
        return NULL;
    report->member_count++;
    return member;
}

/* The member that a record is about, made when it is new; NULL when the memory ran out. */
static struct report_member *find_member(struct reading *reading, size_t indicator)
{
    struct report *report = reading->report;
    struct member_key key = {report, indicator, stream_field(reading->reader, "dimension"),
                             stream_field(reading->reader, "member")};
    uint64_t hash = place_hash(place_hash(indicator, key.dimension), key.member);
    size_t place = place_find(&reading->members, hash, is_member, &key);
    return place == SIZE_MAX ? add_member(reading, indicator, hash) : &report->members[place];
}

/* The number that a cell shows, rounded half up as the results are. */
static double rounded(const char *unit, decimal_t numerator, decimal_t denominator)
{
    int64_t scale = strcmp(unit, "percent") == 0 ? 100 : strcmp(unit, "average") == 0 ? 10 : 1;
    return (double)((2 * scale * numerator + denominator) / (2 * denominator)) / (double)scale;
}

/* A member's cell is worked out here; for the whole the results say what is shown. */
static void show_member(struct reading *reading, const char *unit, struct result *result)
{
    decimal_t denominator = result->denominator == NO_DECIMAL ? DECIMAL_ONE : result->denominator;
    result->state = text_named(reading, "state");
    result->shown = "";
    if (strcmp(result->state, "none") == 0)
        result->shown = "-";
    else if (strcmp(result->state, "tbc") == 0)
        result->shown = "TBC *";
    else if (strcmp(result->state, "suppressed") == 0)
        result->shown = "c";
    else if (result_has_value(result) && result->numerator != NO_DECIMAL && denominator > 0)
        result->value = rounded(unit, result->numerator, denominator);
}

int take_measure(struct reading *reading)
{
    size_t indicator;
    int place;
    if (find_cell(reading, &indicator, &place) < 0)
        return -1;
    bool whole = stream_field(reading->reader, "dimension").length == 0;
    struct report_member *member = whole ? NULL : find_member(reading, indicator);
    if (!whole && !member)
        return reading_memory(reading);
    struct report_indicator *of = &reading->report->indicators[indicator];
    struct result *result = whole ? &of->results[place] : &member->results[place];
    result->numerator = decimal_from_text(stream_field(reading->reader, "numerator"));
    result->denominator = decimal_from_text(stream_field(reading->reader, "denominator"));
    if (!whole)
        show_member(reading, of->unit, result);
    return 0;
}

int take_caseload(struct reading *reading)
{
    struct report *report = reading->report;
    struct report_caseload *room = grow(report->caseloads, &report->caseload_capacity,
                                        report->caseload_count + 1, sizeof *room);
    if (!room)
        return reading_memory(reading);
    report->caseloads = room;
    struct report_caseload *caseload = &room[report->caseload_count++];
    *caseload = (struct report_caseload){
        .indicator = report_find(report, stream_field(reading->reader, "code")),
        .service = text_named(reading, "service"),
        .team = text_named(reading, "team"),
        .worker = text_named(reading, "worker"),
        .cases = number_named(reading, "cases"),
        .equivalents = number_named(reading, "equivalents")};
    if (caseload->indicator == SIZE_MAX)
        return stream_error(reading->reader, reading->error,
                            "a caseload of an indicator that the report is not about");
    return 0;
}

/* Indicators that are no more are passed over: the report cannot say what they were. */
int take_restatement(struct reading *reading)
{
    struct report *report = reading->report;
    size_t indicator = report_find(report, stream_field(reading->reader, "code"));
    if (indicator == SIZE_MAX)
        return 0;
    struct report_restatement *room = grow(report->restatements, &report->restatement_capacity,
                                           report->restatement_count + 1, sizeof *room);
    if (!room)
        return reading_memory(reading);
    report->restatements = room;
    struct report_restatement *restatement = &room[report->restatement_count++];
    *restatement =
        (struct report_restatement){.indicator = indicator,
                                    .month = month_from_iso(stream_field(reading->reader, "month")),
                                    .published = text_named(reading, "published"),
                                    .now = text_named(reading, "now"),
                                    .published_on = date_named(reading, "published_on"),
                                    .added = number_named(reading, "added"),
                                    .removed = number_named(reading, "removed"),
                                    .changed = number_named(reading, "changed")};
    int place = report_place(report, restatement->month);
    if (place >= 0)
        report->indicators[indicator].results[place].restated = true;
    return 0;
}
