#include "transforms/exceptions.h"

#include <stdlib.h>
#include <string.h>

#include "etl/tables.h"
#include "transforms/holder.h"
#include "transforms/remedy.h"

struct exception {
    struct here row;
    enum verdict verdict;
    struct holder holder;
    struct remedy remedy;
    date_t dated;
    int64_t overdue; /* days; 0: not, or not known */
};

struct exceptions {
    struct exception *list;
    size_t count;
    size_t capacity;
    struct evaluator *evaluator;
    struct holder_finder finder;
    struct error *error;
};

/* ---- gathering ------------------------------------------------------------------------------ */

/* Whether a row pulls the figure the wrong way. */
static bool is_exception(const struct indicator *indicator, enum verdict verdict)
{
    if (verdict == VERDICT_LEFT_OUT)
        return true;
    return verdict == (indicator->lower_is_better ? VERDICT_MET : VERDICT_NOT_MET);
}

/* What is known of a row beyond that it is one. */
static int complete(struct exceptions *exceptions, const struct indicator *indicator,
                    struct exception *exception)
{
    struct evaluator *evaluator = exceptions->evaluator;
    exception->holder = holder_of(&exceptions->finder, exception->row, evaluator->month_end);
    exception->dated = store_dated(exception->row.table, exception->row.row);
    exception->remedy = (struct remedy){.last = NO_DATE, .due = NO_DATE, .done = NO_DATE};
    if (exception->verdict == VERDICT_NOT_MET &&
        remedy_find(evaluator, indicator->met, exception->row, &exception->remedy) < 0)
        return -1;
    const struct remedy *remedy = &exception->remedy;
    date_t until = remedy->done != NO_DATE ? remedy->done : evaluator->as_at;
    if (remedy->due != NO_DATE && remedy->due < until)
        exception->overdue = until - remedy->due;
    return 0;
}

static int keep_row(void *context, const struct indicator *indicator, const struct table *table,
                    uint32_t row, enum verdict verdict)
{
    struct exceptions *exceptions = context;
    if (!is_exception(indicator, verdict))
        return 0;
    struct exception *room =
        grow(exceptions->list, &exceptions->capacity, exceptions->count + 1, sizeof *room);
    if (!room)
        return error_memory(exceptions->error, "listing the exceptions");
    exceptions->list = room;
    room[exceptions->count] = (struct exception){.row = {table, row}, .verdict = verdict};
    return complete(exceptions, indicator, &room[exceptions->count++]);
}

/* ---- urgency -------------------------------------------------------------------------------- */

static int compare_numbers(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int compare_exceptions(const void *a, const void *b)
{
    const struct exception *x = a;
    const struct exception *y = b;
    bool x_never = x->remedy.last == NO_DATE && x->remedy.due == NO_DATE;
    bool y_never = y->remedy.last == NO_DATE && y->remedy.due == NO_DATE;
    const int orders[] = {
        compare_numbers(x->verdict == VERDICT_LEFT_OUT, y->verdict == VERDICT_LEFT_OUT),
        compare_numbers(x->remedy.done != NO_DATE, y->remedy.done != NO_DATE),
        compare_numbers(y_never, x_never),
        compare_numbers(y->overdue, x->overdue),
        compare_numbers(x->dated, y->dated),
        span_compare(x->holder.service, y->holder.service),
        span_compare(x->holder.team, y->holder.team),
        span_compare(x->holder.worker, y->holder.worker),
        origin_compare(&x->row.table->origins[x->row.row], &y->row.table->origins[y->row.row]),
    };
    for (size_t o = 0; o < sizeof orders / sizeof *orders; o++)
        if (orders[o] != 0)
            return orders[o];
    return 0;
}

/* ---- writing -------------------------------------------------------------------------------- */

static const char *reason_of(enum verdict verdict)
{
    if (verdict == VERDICT_LEFT_OUT)
        return "no weight";
    return verdict == VERDICT_MET ? "met" : "not met";
}

/* The identifier of the row itself; a child's own row has no other than the child's. */
static struct span record_of(const struct exceptions *exceptions, struct here row)
{
    const struct dataset *dataset = row.table->dataset;
    if (dataset == exceptions->finder.child || dataset->identifier == NO_FIELD)
        return SPAN("");
    return store_identifier(exceptions->evaluator->store, dataset,
                            store_value(row.table, dataset->identifier, row.row));
}

static int write_exception(struct stream_writer *writer, const struct exceptions *exceptions,
                           const struct indicator *indicator, const struct exception *exception,
                           struct buffer *scratch)
{
    const struct evaluator *evaluator = exceptions->evaluator;
    const struct origin *origin = &exception->row.table->origins[exception->row.row];
    const struct dataset *child = exceptions->finder.child;
    char month[DATE_TEXT_SIZE];
    scratch->length = 0;
    remedy_describe(&exception->remedy, scratch);
    if (scratch->failed)
        return error_memory(exceptions->error, "listing the exceptions");
    stream_write_text(writer, indicator->code);
    stream_write_field(writer, month, (size_t)month_to_iso(evaluator->month, month));
    stream_write_text(writer, reason_of(exception->verdict));
    stream_write_span(writer,
                      store_identifier(evaluator->store, child,
                                       row_names(exception->row.table, exception->row.row, child)));
    stream_write_span(writer, record_of(exceptions, exception->row));
    stream_write_span(writer, exception->holder.service);
    stream_write_span(writer, exception->holder.team);
    stream_write_span(writer, exception->holder.worker);
    stream_write_field(writer, scratch->length > 0 ? scratch->text : "", scratch->length);
    stream_write_date(writer, exception->dated);
    stream_write_date(writer, exception->remedy.last);
    stream_write_date(writer, exception->remedy.due);
    if (exception->overdue > 0)
        stream_write_number(writer, exception->overdue);
    else
        stream_write_text(writer, "");
    stream_write_date(writer, exception->remedy.done);
    stream_write_at(writer, origin->source, origin->row);
    stream_write_record(writer);
    return 0;
}

/* The exceptions of one indicator, in the month that the evaluator is set to. */
static int list_indicator(struct stream_writer *writer, struct exceptions *exceptions,
                          const struct indicator *indicator, struct buffer *scratch)
{
    struct row_trace trace = {exceptions, keep_row};
    struct measure again;
    exceptions->count = 0;
    int status = evaluator_measure(exceptions->evaluator, indicator, &trace, &again);
    if (exceptions->count > 1)
        qsort(exceptions->list, exceptions->count, sizeof *exceptions->list, compare_exceptions);
    for (size_t e = 0; e < exceptions->count && status == 0; e++)
        status = write_exception(writer, exceptions, indicator, &exceptions->list[e], scratch);
    return status;
}

int exceptions_write(struct stream_writer *writer, struct evaluator *evaluator,
                     const struct definitions *definitions, const month_t *months,
                     struct error *error)
{
    struct exceptions exceptions = {.evaluator = evaluator, .error = error};
    struct buffer scratch = {0};
    int status = holder_finder_init(&exceptions.finder, evaluator->store, error);
    stream_write_table(writer, TABLE_EXCEPTION, COLUMNS_EXCEPTION);
    for (size_t i = 0; i < definitions->count && status == 0; i++) {
        const struct indicator *indicator = definitions->indicators[i];
        if (months[i] < 0 || indicator->pool_text)
            continue; /* a pool's exceptions are its parts' */
        if (evaluator->month != months[i])
            status = evaluator_set_month(evaluator, months[i]);
        if (status == 0)
            status = list_indicator(writer, &exceptions, indicator, &scratch);
    }
    stream_write_table_end(writer);
    buffer_free(&scratch);
    free(exceptions.list);
    return status;
}
