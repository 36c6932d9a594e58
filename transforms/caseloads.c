#include "transforms/caseloads.h"

#include <stdlib.h>
#include <string.h>

#include "etl/tables.h"
#include "transforms/holder.h"

/* A row that an average counts. */
struct held {
    struct holder holder;
    int64_t worker; /* identifier: two workers may have one name */
    int64_t each;
    uint32_t reference; /* the row whose number is the equivalents */
};

struct gathering {
    struct held *list;
    size_t count;
    size_t capacity;
    struct evaluator *evaluator;
    struct holder_finder finder;
    struct error *error;
};

static int gather(void *context, const struct indicator *indicator, const struct table *table,
                  uint32_t row, enum verdict verdict)
{
    struct gathering *gathering = context;
    const struct evaluator *evaluator = gathering->evaluator;
    if (verdict == VERDICT_LEFT_OUT)
        return 0;
    struct held *room =
        grow(gathering->list, &gathering->capacity, gathering->count + 1, sizeof *room);
    if (!room)
        return error_memory(gathering->error, "listing the caseloads");
    gathering->list = room;
    struct here here = {table, row};
    struct held *held = &room[gathering->count++];
    held->worker = row_names(table, row, gathering->finder.worker);
    held->holder =
        holder_named(&gathering->finder, held->worker,
                     row_names(table, row, gathering->finder.team), evaluator->month_end);
    held->each = row; /* each row is a case, unless the definition says what is */
    if (indicator->each.steps == 1)
        held->each = store_value(table, indicator->each.fields[0], row);
    held->reference = evaluator_end(evaluator, &indicator->per, here);
    return 0;
}

static int compare_holders(const struct held *x, const struct held *y)
{
    int order = span_compare(x->holder.service, y->holder.service);
    if (order == 0)
        order = span_compare(x->holder.team, y->holder.team);
    if (order == 0)
        order = span_compare(x->holder.worker, y->holder.worker);
    return order ? order : (x->worker > y->worker) - (x->worker < y->worker);
}

static int compare_held(const void *a, const void *b)
{
    const struct held *x = a;
    const struct held *y = b;
    int order = compare_holders(x, y);
    if (order == 0)
        order = (x->reference > y->reference) - (x->reference < y->reference);
    return order ? order : (x->each > y->each) - (x->each < y->each);
}

/* One worker in one team: the held rows from `first` to before `next`, in order. */
static void write_worker(struct stream_writer *writer, const struct gathering *gathering,
                         const struct indicator *indicator, size_t first, size_t next)
{
    const struct held *list = gathering->list;
    const struct path *per = &indicator->per;
    const struct table *table =
        store_table(gathering->evaluator->store, per->datasets[per->steps - 1]);
    decimal_t equivalents = 0;
    int64_t cases = 0;
    for (size_t h = first; h < next; h++) {
        bool new_reference = h == first || list[h].reference != list[h - 1].reference;
        if (new_reference)
            equivalents += store_value(table, per->fields[per->steps - 1], list[h].reference);
        cases += new_reference || list[h].each != list[h - 1].each;
    }
    char number[DECIMAL_TEXT_SIZE];
    stream_write_text(writer, indicator->code);
    stream_write_span(writer, list[first].holder.service);
    stream_write_span(writer, list[first].holder.team);
    stream_write_span(writer, list[first].holder.worker);
    stream_write_number(writer, cases);
    stream_write_field(writer, number, (size_t)decimal_to_text(equivalents, number));
    stream_write_record(writer);
}

static int list_indicator(struct stream_writer *writer, struct gathering *gathering,
                          const struct indicator *indicator)
{
    struct row_trace trace = {gathering, gather};
    struct measure again;
    gathering->count = 0;
    if (evaluator_measure(gathering->evaluator, indicator, &trace, &again) < 0)
        return -1;
    if (gathering->count > 1)
        qsort(gathering->list, gathering->count, sizeof *gathering->list, compare_held);
    for (size_t first = 0; first < gathering->count;) {
        size_t next = first + 1;
        while (next < gathering->count &&
               compare_holders(&gathering->list[first], &gathering->list[next]) == 0)
            next++;
        write_worker(writer, gathering, indicator, first, next);
        first = next;
    }
    return 0;
}

/* Whether an average is one of cases by worker. */
static bool is_caseload(const struct gathering *gathering, const struct indicator *indicator)
{
    if (indicator->unit != UNIT_AVERAGE || indicator->per.steps == 0 || !indicator->count ||
        indicator->each.steps > 1)
        return false;
    for (int f = 0; f < indicator->count->field_count; f++)
        if (gathering->finder.worker &&
            indicator->count->fields[f].refers == gathering->finder.worker)
            return true;
    return false;
}

int caseloads_write(struct stream_writer *writer, struct evaluator *evaluator,
                    const struct definitions *definitions, struct error *error)
{
    struct gathering gathering = {.evaluator = evaluator, .error = error};
    int status = holder_finder_init(&gathering.finder, evaluator->store, error);
    stream_write_table(writer, TABLE_CASELOAD, COLUMNS_CASELOAD);
    for (size_t i = 0; i < definitions->count && status == 0; i++)
        if (is_caseload(&gathering, definitions->indicators[i]))
            status = list_indicator(writer, &gathering, definitions->indicators[i]);
    stream_write_table_end(writer);
    free(gathering.list);
    return status;
}
