#include <jansson.h>
#include <string.h>

#include "etl/decimal.h"
#include "outputs/figures.h"

/* A NULL that jansson gives when the memory ran out makes every later call fail, up to the whole:
 * the results of single calls are looked at once, at the end. */
static void set(json_t *object, bool *failed, const char *key, json_t *value)
{
    if (json_object_set_new(object, key, value) < 0)
        *failed = true;
}

static void append(json_t *array, bool *failed, json_t *value)
{
    if (json_array_append_new(array, value) < 0)
        *failed = true;
}

static json_t *text(const char *value)
{
    return value && *value ? json_string(value) : json_null();
}

static json_t *month(month_t value)
{
    char name[DATE_TEXT_SIZE];
    month_to_iso(value, name);
    return json_string(name);
}

static json_t *day(date_t value)
{
    char name[DATE_TEXT_SIZE];
    if (value == NO_DATE)
        return json_null();
    date_to_iso(value, name);
    return json_string(name);
}

/* Whole numbers without a point. */
static json_t *number(bool there, double value)
{
    if (!there)
        return json_null();
    if (value == (double)(json_int_t)value)
        return json_integer((json_int_t)value);
    return json_real(value);
}

static json_t *decimal(decimal_t value)
{
    return number(value != NO_DECIMAL, (double)value / DECIMAL_ONE);
}

static json_t *cells(const struct report *report, const struct result *results, bool *failed)
{
    json_t *array = json_array();
    for (int m = 0; m < report->months; m++) {
        const struct result *result = &results[m];
        json_t *cell = json_object();
        set(cell, failed, "month", month(report_month(report, m)));
        set(cell, failed, "state", text(result->state));
        set(cell, failed, "value", number(result_has_value(result), result->value));
        set(cell, failed, "numerator", decimal(result->numerator));
        set(cell, failed, "denominator", decimal(result->denominator));
        set(cell, failed, "target", number(result->has_target, result->target));
        set(cell, failed, "change", text(result->change));
        set(cell, failed, "rag", text(result->rag));
        if (result->restated)
            set(cell, failed, "restated", json_true());
        append(array, failed, cell);
    }
    return array;
}

static json_t *breakdowns(const struct report *report, size_t indicator, bool *failed)
{
    json_t *array = json_array();
    for (size_t n = 0; n < report->member_count; n++) {
        const struct report_member *member = &report->members[n];
        if (member->indicator != indicator)
            continue;
        json_t *object = json_object();
        set(object, failed, "dimension", text(member->dimension));
        set(object, failed, "member", text(member->member));
        set(object, failed, "results", cells(report, member->results, failed));
        append(array, failed, object);
    }
    return array;
}

static json_t *indicators(const struct report *report, bool *failed)
{
    json_t *array = json_array();
    for (size_t i = 0; i < report->indicator_count; i++) {
        const struct report_indicator *indicator = &report->indicators[i];
        const struct {
            const char *key, *value;
        } texts[] = {{"code", indicator->code},          {"section", indicator->section},
                     {"title", indicator->title},        {"unit", indicator->unit},
                     {"better", indicator->better},      {"target", indicator->target_shown},
                     {"counted", indicator->population}, {"period", indicator->period},
                     {"test", indicator->test},          {"settles", indicator->settles},
                     {"from", indicator->from},          {"datasets", indicator->datasets},
                     {"note", indicator->note}};
        json_t *object = json_object();
        for (size_t t = 0; t < sizeof texts / sizeof *texts; t++)
            set(object, failed, texts[t].key, text(texts[t].value));
        set(object, failed, "scorecard", json_boolean(indicator->on_scorecard));
        set(object, failed, "results", cells(report, indicator->results, failed));
        set(object, failed, "breakdowns", breakdowns(report, i, failed));
        append(array, failed, object);
    }
    return array;
}

static json_t *comments(const struct report *report, bool *failed)
{
    json_t *array = json_array();
    for (size_t c = 0; c < report->comment_count; c++) {
        const struct report_comment *comment = &report->comments[c];
        json_t *object = json_object();
        set(object, failed, "section", text(comment->section));
        set(object, failed, "month", month(comment->month));
        set(object, failed, "kind", json_string(comment->action ? "action" : "commentary"));
        set(object, failed, "text", text(comment->text));
        set(object, failed, "owner", text(comment->owner));
        set(object, failed, "due", day(comment->due));
        set(object, failed, "status", text(comment->status));
        append(array, failed, object);
    }
    return array;
}

static json_t *ready_made(const struct report *report, bool *failed)
{
    json_t *array = json_array();
    for (size_t f = 0; f < report->figure_count; f++) {
        const struct report_figure *figure = &report->figures[f];
        json_t *object = json_object();
        set(object, failed, "indicator", text(figure->indicator));
        set(object, failed, "period", text(figure->period));
        set(object, failed, "frequency", text(figure->frequency));
        set(object, failed, "value", number(figure->has_value, figure->value));
        set(object, failed, "unit", text(figure->unit));
        append(array, failed, object);
    }
    return array;
}

static json_t *restatements(const struct report *report, bool *failed)
{
    json_t *array = json_array();
    for (size_t r = 0; r < report->restatement_count; r++) {
        const struct report_restatement *restatement = &report->restatements[r];
        json_t *object = json_object();
        set(object, failed, "code", text(report->indicators[restatement->indicator].code));
        set(object, failed, "month", month(restatement->month));
        set(object, failed, "published", text(restatement->published));
        set(object, failed, "published_on", day(restatement->published_on));
        set(object, failed, "now", text(restatement->now));
        set(object, failed, "added", number(true, restatement->added));
        set(object, failed, "removed", number(true, restatement->removed));
        set(object, failed, "changed", number(true, restatement->changed));
        append(array, failed, object);
    }
    return array;
}

static json_t *sources(const struct report *report, bool *failed)
{
    json_t *array = json_array();
    for (size_t c = 0; c < report->count_count; c++) {
        const struct report_count *count = &report->counts[c];
        const struct report_source *source = report_source(report, count->source);
        json_t *object = json_object();
        set(object, failed, "file", text(source->file));
        set(object, failed, "sheet", text(source->sheet));
        set(object, failed, "sha256", text(source->sha256));
        set(object, failed, "as_at", text(source->as_at));
        set(object, failed, "dataset", text(count->dataset));
        set(object, failed, "read", number(true, count->read));
        set(object, failed, "accepted", number(true, count->accepted));
        set(object, failed, "rejected", number(true, count->rejected));
        set(object, failed, "ignored", number(true, count->ignored));
        set(object, failed, "merged", number(true, count->merged));
        append(array, failed, object);
    }
    return array;
}

static int add_bytes(const char *bytes, size_t length, void *context)
{
    struct buffer *out = context;
    buffer_add(out, bytes, length);
    return out->failed ? -1 : 0;
}

int figures_json(const struct report *report, bool safe, struct buffer *out)
{
    (void)safe;
    enum { PLACES = 15 };
    bool failed = false;
    json_t *whole = json_object();
    set(whole, &failed, "authority", text(report->authority));
    set(whole, &failed, "marking", text(report->marking));
    set(whole, &failed, "month", month(report->last));
    set(whole, &failed, "as_at", day(report->as_at));
    set(whole, &failed, "indicators", indicators(report, &failed));
    set(whole, &failed, "commentary", comments(report, &failed));
    set(whole, &failed, "reported_figures", ready_made(report, &failed));
    set(whole, &failed, "restatements", restatements(report, &failed));
    set(whole, &failed, "sources", sources(report, &failed));
    if (!failed &&
        json_dump_callback(whole, add_bytes, out, JSON_INDENT(1) | JSON_REAL_PRECISION(PLACES)) < 0)
        failed = true;
    json_decref(whole);
    buffer_add_char(out, '\n');
    return failed ? -1 : 0;
}
