#include "transforms/measures.h"

#include <stdlib.h>
#include <string.h>

#include "etl/tables.h"
#include "transforms/feeding.h"
#include "transforms/caseloads.h"
#include "transforms/exceptions.h"
#include "transforms/grade.h"
#include "transforms/member.h"
#include "transforms/ready_made.h"

/* The months of one report, and the one before, for its change. */
struct grid {
    const struct measure *measures;
    size_t indicators;
    int months;
    month_t first;
};

static const struct measure *at(const struct grid *grid, int month, size_t indicator)
{
    return &grid->measures[(size_t)month * grid->indicators + indicator];
}

/* ---- fields -------------------------------------------------------------------------------- */

static void write_decimal(struct stream_writer *writer, decimal_t number)
{
    char text[DECIMAL_TEXT_SIZE];
    if (number == NO_DECIMAL)
        stream_write_text(writer, "");
    else
        stream_write_field(writer, text, (size_t)decimal_to_text(number, text));
}

static void write_month(struct stream_writer *writer, month_t month)
{
    char text[DATE_TEXT_SIZE];
    stream_write_field(writer, text, (size_t)month_to_iso(month, text));
}

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

/* ---- report and indicators ------------------------------------------------------------------ */

static void write_report(struct stream_writer *writer, const struct config *config,
                         const struct store *store, const struct window *window)
{
    char as_at[DATE_TEXT_SIZE];
    date_to_iso(window->as_at, as_at);
    stream_write_table(writer, TABLE_REPORT, COLUMNS_REPORT);
    stream_write_text(writer, config->authority);
    stream_write_text(writer, config->marking);
    write_month(writer, window->last);
    stream_write_text(writer, as_at);
    stream_write_number(writer, window->months);
    stream_write_number(writer, store->unlisted_children);
    stream_write_record(writer);
    stream_write_table_end(writer);
}

/* Who is counted, as a sentence: "each child of missing_episode where kind is missing". */
static void describe_population(const struct indicator *indicator, struct buffer *out)
{
    if (indicator->pool_text) {
        buffer_format(out, "%s together", indicator->pool_text);
        return;
    }
    if (indicator->weight_text)
        buffer_format(out, "%s of each ", indicator->weight_text);
    if (indicator->each_text)
        buffer_format(out, "each %s of ", indicator->each_text);
    buffer_add_text(out, indicator->count->name);
    if (indicator->where_text) {
        buffer_add_text(out, " where ");
        buffer_add_text(out, indicator->where_text);
    }
}

/* The dimensions that overlap: "team, service; placement kind, placement location". */
static void describe_overlap(const struct indicator *indicator, struct buffer *out)
{
    const struct indicator *counted = indicator;
    while (counted->pool_count > 0)
        counted = counted->pool[0];
    bool listed[MAX_DIMENSIONS] = {false};
    for (size_t a = 0; a < indicator->by_count; a++) {
        bool alone = true;
        for (size_t b = a + 1; b < indicator->by_count; b++) {
            if (listed[a] || listed[b] ||
                !dimensions_overlap(indicator->by[a], indicator->by[b], counted->count))
                continue;
            if (alone)
                buffer_format(out, "%s%s", out->length > 0 ? "; " : "", indicator->by[a]->name);
            buffer_format(out, ", %s", indicator->by[b]->name);
            alone = false;
            listed[b] = true;
        }
    }
}

static int write_indicators(struct stream_writer *writer, const struct definitions *definitions,
                            struct error *error)
{
    static const char *const units[] = {"percent", "number", "average"};
    struct buffer text = {0};
    stream_write_table(writer, TABLE_INDICATOR, COLUMNS_INDICATOR);
    for (size_t i = 0; i < definitions->count; i++) {
        const struct indicator *indicator = definitions->indicators[i];
        stream_write_text(writer, indicator->code);
        stream_write_text(writer, indicator->section);
        stream_write_text(writer, indicator->title);
        stream_write_text(writer, units[indicator->unit]);
        stream_write_text(writer, indicator->lower_is_better ? "low" : "high");
        stream_write_text(writer, indicator->on_scorecard ? "yes" : "no");
        stream_write_text(writer, or_empty(indicator->target_text));
        text.length = 0;
        describe_population(indicator, &text);
        stream_write_field(writer, text.text, text.length);
        stream_write_text(writer, or_empty(indicator->when_text));
        text.length = 0;
        buffer_add_text(&text, or_empty(indicator->met_text));
        if (indicator->per_text)
            buffer_format(&text, "per %s", indicator->per_text);
        stream_write_field(writer, text.text, text.length);
        stream_write_text(writer, or_empty(indicator->settles_text));
        if (indicator->from != INT32_MIN)
            write_month(writer, indicator->from);
        else
            stream_write_text(writer, "");
        text.length = 0;
        indicator_datasets(indicator, &text);
        stream_write_field(writer, text.text ? text.text : "", text.length);
        stream_write_text(writer, indicator->note);
        text.length = 0;
        buffer_format(&text, "%s:%u", indicator->file, indicator->line);
        stream_write_field(writer, text.text, text.length);
        stream_write_text(writer, or_empty(indicator->detail_title));
        stream_write_text(writer, or_empty(indicator->detail_target));
        stream_write_text(writer, or_empty(indicator->pool_text));
        text.length = 0;
        describe_overlap(indicator, &text);
        stream_write_field(writer, text.text ? text.text : "", text.length);
        stream_write_record(writer);
    }
    stream_write_table_end(writer);
    bool failed = text.failed;
    buffer_free(&text);
    return failed ? error_memory(error, "describing the indicators") : 0;
}

/* ---- measures and results ------------------------------------------------------------------- */

static void write_measure(struct stream_writer *writer, const struct indicator *indicator,
                          month_t month, const char *dimension, struct span member, size_t place,
                          const struct measure *measure)
{
    bool counted = measure->state != STATE_BLANK && measure->state != STATE_NO_DATA;
    bool ratio = counted && indicator->unit != UNIT_NUMBER;
    stream_write_text(writer, indicator->code);
    write_month(writer, month);
    stream_write_text(writer, dimension);
    stream_write_span(writer, member);
    write_decimal(writer, counted ? measure->numerator : NO_DECIMAL);
    write_decimal(writer, ratio ? measure->denominator : NO_DECIMAL);
    stream_write_text(writer, measure_state_name(measure->state));
    if (place > 0)
        stream_write_number(writer, (int64_t)place);
    else
        stream_write_text(writer, "");
    stream_write_record(writer);
}

/* A part of a breakdown, what its member is called and its place among those that a dimension
 * declares, from 1: 0 where they are by name. */
struct named_part {
    struct span name;
    size_t place;
    const struct measure *measure;
};

static int compare_named(const void *a, const void *b)
{
    const struct named_part *x = a;
    const struct named_part *y = b;
    if (x->place != y->place)
        return x->place < y->place ? -1 : 1;
    return span_compare(x->name, y->name);
}

/* Members as they are declared, those without one last; by name where none are. */
static size_t place_of(const struct dimension *dimension, int64_t member)
{
    if (dimension->member_count == 0)
        return 0;
    return member == NO_VALUE ? dimension->member_count + 1 : (size_t)member + 1;
}

static int write_parts(struct stream_writer *writer, const struct evaluator *evaluator,
                       const struct indicator *indicator, const struct breakdown *breakdown)
{
    struct named_part *named = calloc(breakdown->count + 1, sizeof *named);
    if (!named)
        return error_memory(evaluator->error, "breaking down");
    for (size_t p = 0; p < breakdown->count; p++)
        named[p] = (struct named_part){
            member_name(evaluator->store, breakdown->dimension, breakdown->parts[p].member),
            place_of(breakdown->dimension, breakdown->parts[p].member),
            &breakdown->parts[p].measure};
    if (breakdown->count > 1)
        qsort(named, breakdown->count, sizeof *named, compare_named);
    for (size_t p = 0; p < breakdown->count; p++)
        write_measure(writer, indicator, evaluator->month, breakdown->dimension->name,
                      named[p].name, named[p].place, named[p].measure);
    free(named);
    return 0;
}

/* Every indicator that is broken down, for the month that the evaluator is set to. */
static int write_breakdowns(struct stream_writer *writer, struct evaluator *evaluator,
                            const struct definitions *definitions)
{
    size_t most = 0;
    for (size_t i = 0; i < definitions->count; i++)
        if (definitions->indicators[i]->by_count > most)
            most = definitions->indicators[i]->by_count;
    struct breakdown *breakdowns = calloc(most + 1, sizeof *breakdowns);
    int status = breakdowns ? 0 : error_memory(evaluator->error, "breaking down");
    for (size_t i = 0; i < definitions->count && status == 0; i++) {
        const struct indicator *indicator = definitions->indicators[i];
        if (indicator->by_count > 0)
            status = evaluator_break_down(evaluator, indicator, breakdowns);
        for (size_t d = 0; d < indicator->by_count && status == 0; d++)
            status = write_parts(writer, evaluator, indicator, &breakdowns[d]);
    }
    for (size_t d = 0; breakdowns && d < most; d++)
        breakdown_free(&breakdowns[d]);
    free(breakdowns);
    return status;
}

static int write_measures(struct stream_writer *writer, const struct grid *grid,
                          struct evaluator *evaluator, const struct definitions *definitions)
{
    stream_write_table(writer, TABLE_MEASURE, COLUMNS_MEASURE);
    for (size_t i = 0; i < grid->indicators; i++)
        for (int m = 1; m < grid->months; m++)
            write_measure(writer, definitions->indicators[i], grid->first + m, "", SPAN(""), 0,
                          at(grid, m, i));
    int status = 0;
    for (int m = 1; m < grid->months && status == 0; m++) {
        status = evaluator_set_month(evaluator, grid->first + m);
        if (status == 0)
            status = write_breakdowns(writer, evaluator, definitions);
    }
    stream_write_table_end(writer);
    return status;
}

static void write_result(struct stream_writer *writer, const struct indicator *indicator,
                         month_t month, const struct measure *before, const struct measure *measure,
                         enum rag *rag)
{
    char shown[GRADE_TEXT_SIZE];
    char change[GRADE_TEXT_SIZE];
    decimal_t value = grade_value(indicator, measure);
    const struct target *target = indicator_target(indicator, month);
    grade_shown(indicator, measure, shown);
    grade_change(indicator, grade_value(indicator, before), value, change);
    if (measure->state != STATE_TBC) /* one that settles late keeps the rating it had */
        *rag = grade_rag(indicator, target, value);
    stream_write_text(writer, indicator->code);
    write_month(writer, month);
    stream_write_text(writer, measure_state_name(measure->state));
    write_decimal(writer, grade_number(indicator, value));
    stream_write_text(writer, shown);
    write_decimal(writer, target ? grade_number(indicator, target->value) : NO_DECIMAL);
    stream_write_text(writer, target ? target->shown : "");
    stream_write_text(writer, change);
    stream_write_text(writer, rag_name(*rag));
    stream_write_record(writer);
}

static void write_results(struct stream_writer *writer, const struct grid *grid,
                          const struct definitions *definitions)
{
    stream_write_table(writer, TABLE_RESULT, COLUMNS_RESULT);
    for (size_t i = 0; i < grid->indicators; i++) {
        enum rag rag = RAG_GREY;
        for (int m = 1; m < grid->months; m++)
            write_result(writer, definitions->indicators[i], grid->first + m, at(grid, m - 1, i),
                         at(grid, m, i), &rag);
    }
    stream_write_table_end(writer);
}

/* ---- rows ----------------------------------------------------------------------------------- */

/* The last month of the window that the indicator has a value for, or -1. */
static int last_known(const struct grid *grid, size_t indicator)
{
    int month = grid->months - 1;
    while (month > 0 && at(grid, month, indicator)->state == STATE_TBC)
        month--;
    return month > 0 && at(grid, month, indicator)->state == STATE_VALUE ? month : -1;
}

/* The rows behind the figures: who holds the cases, and what is to be put right. */
static int write_rows(struct stream_writer *writer, const struct grid *grid,
                      struct evaluator *evaluator, const struct definitions *definitions,
                      struct error *error)
{
    month_t *months = calloc(grid->indicators + 1, sizeof *months);
    if (!months)
        return error_memory(error, "listing the exceptions");
    for (size_t i = 0; i < grid->indicators; i++) {
        int month = last_known(grid, i);
        months[i] = month < 0 ? -1 : grid->first + month;
    }
    int status = evaluator_set_month(evaluator, grid->first + grid->months - 1);
    if (status == 0)
        status = caseloads_write(writer, evaluator, definitions, error);
    if (status == 0)
        status = exceptions_write(writer, evaluator, definitions, months, error);
    free(months);
    return status;
}

/* ---- findings ------------------------------------------------------------------------------- */

static int add_merges(struct intake *intake, struct error *error)
{
    const struct store *store = intake->store;
    struct buffer line = {0};
    int status = 0;
    for (size_t m = 0; m < store->merge_count && status == 0; m++) {
        const struct merge *merge = &store->merges[m];
        if (merge->kind != MERGE_CONFLICT && merge->kind != MERGE_ALIKE)
            continue; /* counted, nothing to look into; or listed by the check that refused it */
        line.length = 0;
        buffer_format(&line, "merge\t%s\t\t\t%s\t%u:%u\n", merge->dataset->name,
                      merge->kind == MERGE_CONFLICT ? "key conflict" : "exact duplicate",
                      merge->origin.source, merge->origin.row);
        status = line.failed ? error_memory(error, "listing the merged rows")
                             : spool_add(&intake->remarks, line.text, line.length, error);
    }
    buffer_free(&line);
    return status;
}

static int compare_origins(const void *a, const void *b)
{
    return origin_compare(a, b);
}

/* Children whose age was asked and is not known, at their rows. */
static int add_birth_notes(struct intake *intake, const struct evaluator *evaluator,
                           struct error *error)
{
    const struct table *children = evaluator->children;
    struct origin *origins = malloc(((size_t)children->count + 1) * sizeof *origins);
    if (!origins)
        return error_memory(error, "listing the children");
    size_t count = 0;
    for (uint32_t row = 0; row < children->count; row++)
        if (evaluator->no_birth_date[row])
            origins[count++] = children->origins[row];
    qsort(origins, count, sizeof *origins, compare_origins);
    struct buffer line = {0};
    int status = 0;
    for (size_t i = 0; i < count && status == 0; i++) {
        line.length = 0;
        buffer_format(&line, "note\tchild\t\tborn\tno birth date\t%u:%u\n", origins[i].source,
                      origins[i].row);
        status = line.failed ? error_memory(error, "listing the children")
                             : spool_add(&intake->remarks, line.text, line.length, error);
    }
    buffer_free(&line);
    free(origins);
    return status;
}

static int write_findings(struct stream_writer *writer, struct intake *intake, struct error *error)
{
    stream_write_table(writer, TABLE_SOURCE_COUNT, COLUMNS_SOURCE_COUNT);
    for (size_t c = 0; c < intake->count_count; c++) {
        const struct source_count *count = &intake->counts[c];
        stream_write_number(writer, count->source);
        stream_write_text(writer, count->section);
        stream_write_text(writer, count->dataset->name);
        stream_write_text(writer, count->format);
        stream_write_number(writer, (int64_t)count->read);
        stream_write_number(writer, (int64_t)count->accepted);
        stream_write_number(writer, (int64_t)count->rejected);
        stream_write_number(writer, (int64_t)count->ignored);
        stream_write_number(writer, (int64_t)count->merged);
        stream_write_text(writer, count->absent);
        stream_write_record(writer);
    }
    stream_write_table_end(writer);
    if (spool_copy(&intake->remarks, writer, TABLE_REMARK, COLUMNS_REMARK, error) < 0 ||
        spool_copy(&intake->unmapped, writer, TABLE_UNMAPPED, COLUMNS_UNMAPPED, error) < 0)
        return -1;
    return spool_copy(&intake->headers, writer, TABLE_HEADER, COLUMNS_HEADER, error);
}

/* ---- all of it ------------------------------------------------------------------------------ */

static int compute(struct measures *measures, const struct row_trace *trace)
{
    struct evaluator *evaluator = &measures->evaluator;
    const struct definitions *definitions = measures->definitions;
    struct measure *next = measures->grid;
    for (int m = 0; m < measures->months; m++) {
        if (evaluator_set_month(evaluator, measures->first + m) < 0)
            return -1;
        for (size_t i = 0; i < definitions->count; i++)
            if (evaluator_measure(evaluator, definitions->indicators[i], trace, next++) < 0)
                return -1;
    }
    return 0;
}

int measures_compute(struct measures *measures, const struct config *config,
                     const struct definitions *definitions, const struct calendar *calendar,
                     struct intake *intake, const struct window *window,
                     const struct row_trace *trace, struct error *error)
{
    *measures = (struct measures){.config = config,
                                  .definitions = definitions,
                                  .intake = intake,
                                  .window = *window,
                                  .first = window->from - window->months,
                                  .months = window->last - window->from + window->months + 1};
    if (evaluator_init(&measures->evaluator, intake->store, definitions, calendar, window->as_at,
                       error) < 0)
        return -1;
    struct feeding feeding;
    if (feeding_of_intake(&feeding, config, definitions, intake, error) < 0)
        return -1;
    measures->evaluator.reaches = feeding_reaches(&feeding, error);
    feeding_free(&feeding);
    if (!measures->evaluator.reaches)
        return -1;
    measures->grid =
        calloc(definitions->count * (size_t)measures->months + 1, sizeof *measures->grid);
    if (!measures->grid)
        return error_memory(error, "computing the indicators");
    if (compute(measures, trace) < 0 || add_merges(intake, error) < 0)
        return -1;
    return add_birth_notes(intake, &measures->evaluator, error);
}

int measures_write(struct measures *measures, month_t last, struct stream_writer *writer,
                   struct error *error)
{
    const struct definitions *definitions = measures->definitions;
    struct evaluator *evaluator = &measures->evaluator;
    struct window window = measures->window;
    window.last = last;
    month_t first = last - window.months;
    struct grid grid = {.measures =
                            measures->grid + (size_t)(first - measures->first) * definitions->count,
                        .indicators = definitions->count,
                        .months = window.months + 1,
                        .first = first};
    store_write_sources(evaluator->store, writer);
    write_report(writer, measures->config, evaluator->store, &window);
    if (write_indicators(writer, definitions, error) < 0 ||
        write_measures(writer, &grid, evaluator, definitions) < 0)
        return -1;
    write_results(writer, &grid, definitions);
    if (write_rows(writer, &grid, evaluator, definitions, error) < 0 ||
        ready_made_write(writer, evaluator->store, error) < 0)
        return -1;
    return write_findings(writer, measures->intake, error);
}

void measures_free(struct measures *measures)
{
    evaluator_free(&measures->evaluator);
    free(measures->grid);
    measures->grid = NULL;
}
