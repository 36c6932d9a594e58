#include "transforms/tracker.h"

#include <stdlib.h>
#include <string.h>

#include "etl/tables.h"
#include "transforms/holder.h"

enum { MOST_CHECKS = 32, DAYS_A_WEEK = 7, WEEKS = 2 };

/* How often a check was asked, and how often it was met. */
struct answer {
    uint32_t asked, met;
};

/* An episode of the week. */
struct episode {
    struct here row;
    int64_t child;
    struct span
        name; /* the child's identifier: the order of the rows is not that of their numbers */
    moment_t started, found; /* found: NO_MOMENT while the child is missing */
};

struct week {
    date_t first, last;       /* last: R */
    struct episode *episodes; /* by child, then by their beginning */
    size_t count;
    size_t capacity;
    uint32_t children, missing_now;
    int64_t seconds;
    struct answer answers[MOST_CHECKS];
};

struct tracker {
    struct evaluator *evaluator;
    const struct indicator *population;
    const struct indicator *checks[MOST_CHECKS];
    size_t check_count;
    bool fed[MOST_CHECKS]; /* some source feeds what the check is asked of */
    struct holder_finder finder;
    const struct dataset *placement;
    struct week weeks[WEEKS]; /* the week, and the one before */
    struct stream_writer *writer;
};

/* ---- definitions ---------------------------------------------------------------------------- */

static int find_checks(struct tracker *tracker, const char *checks)
{
    const struct definitions *definitions = tracker->evaluator->definitions;
    struct error *error = tracker->evaluator->error;
    for (size_t i = 0; i < definitions->count; i++) {
        const struct indicator *indicator = definitions->indicators[i];
        if (strcmp(indicator->file, checks) != 0)
            continue;
        if (!tracker->population &&
            (indicator->met || !indicator->count || indicator->count->opens == NO_FIELD ||
             indicator->count->closes == NO_FIELD))
            return error_set(error, EXIT_BAD_CONFIG,
                             "%s:%u: the first section says which episodes the tracker is about: "
                             "it counts rows that open and close, and has no test",
                             indicator->file, indicator->line);
        if (!tracker->population) {
            tracker->population = indicator;
            continue;
        }
        if (!indicator->met || (indicator->count != tracker->population->count &&
                                indicator->count != tracker->finder.child))
            return error_set(error, EXIT_BAD_CONFIG,
                             "%s:%u: a check counts %s or child, and has a test (met)",
                             indicator->file, indicator->line, tracker->population->count->name);
        if (tracker->check_count == MOST_CHECKS)
            return error_set(error, EXIT_BAD_CONFIG, "%s:%u: more than %d checks", indicator->file,
                             indicator->line, MOST_CHECKS);
        tracker->checks[tracker->check_count++] = indicator;
    }
    if (!tracker->population)
        return error_set(error, EXIT_BAD_CONFIG, "'%s' defines no check", checks);
    return 0;
}

/* ---- episodes ------------------------------------------------------------------------------- */

static moment_t moment_at(const struct table *table, int field, uint32_t row)
{
    int64_t value = store_value(table, field, row);
    if (value == NO_VALUE)
        return NO_MOMENT;
    return table->dataset->fields[field].type == TYPE_TIME ? value : moment_of_date((date_t)value);
}

/* A day without a time of day lasts to its end. */
static moment_t end_of(moment_t found)
{
    if (found == NO_MOMENT || moment_has_time(found))
        return found;
    return found + SECONDS_A_DAY;
}

static int compare_episodes(const void *a, const void *b)
{
    const struct episode *x = a;
    const struct episode *y = b;
    if (x->child != y->child) {
        size_t shorter = x->name.length < y->name.length ? x->name.length : y->name.length;
        int order = shorter > 0 ? memcmp(x->name.text, y->name.text, shorter) : 0;
        return order ? order : x->name.length < y->name.length ? -1 : 1;
    }
    if (x->started != y->started)
        return x->started < y->started ? -1 : 1;
    const struct origin *p = &x->row.table->origins[x->row.row];
    const struct origin *q = &y->row.table->origins[y->row.row];
    if (p->source != q->source)
        return p->source < q->source ? -1 : 1;
    return (p->row > q->row) - (p->row < q->row);
}

static int keep_episode(struct tracker *tracker, struct week *week, struct episode episode)
{
    struct episode *room = grow(week->episodes, &week->capacity, week->count + 1, sizeof *room);
    if (!room)
        return error_memory(tracker->evaluator->error, "listing the episodes");
    week->episodes = room;
    room[week->count++] = episode;
    return 0;
}

static int find_episodes(struct tracker *tracker, struct week *week)
{
    struct evaluator *evaluator = tracker->evaluator;
    const struct indicator *population = tracker->population;
    const struct table *table = store_table(evaluator->store, population->count);
    moment_t begin = moment_of_date(week->first);
    moment_t end = moment_of_date(week->last) + SECONDS_A_DAY;
    evaluator->asks = population->code;
    for (uint32_t row = 0; row < table->count; row++) {
        struct episode episode = {.row = {table, row},
                                  .child = row_names(table, row, tracker->finder.child),
                                  .started = moment_at(table, population->count->opens, row),
                                  .found = moment_at(table, population->count->closes, row)};
        if (episode.child == NO_VALUE || episode.started == NO_MOMENT || episode.started >= end ||
            (episode.found != NO_MOMENT && end_of(episode.found) <= begin))
            continue;
        if (population->where &&
            !evaluator_holds(evaluator, population->where, episode.row, &episode.row))
            continue;
        episode.name = store_identifier(evaluator->store, tracker->finder.child, episode.child);
        if (episode.found != NO_MOMENT && episode.found >= end)
            episode.found = NO_MOMENT; /* not yet, on R */
        if (keep_episode(tracker, week, episode) < 0)
            return -1;
    }
    if (week->count > 1)
        qsort(week->episodes, week->count, sizeof *week->episodes, compare_episodes);
    return evaluator->error->code == EXIT_COMPLETE ? 0 : -1;
}

/* How long a child was missing within the week, whose episodes are those from one to before
 * another: time that two of them share is one time. */
static int64_t seconds_in(const struct week *week, size_t first, size_t last)
{
    moment_t covered = moment_of_date(week->first);
    moment_t end = moment_of_date(week->last) + SECONDS_A_DAY;
    int64_t seconds = 0;
    for (size_t e = first; e < last; e++) { /* in the order of their beginning */
        const struct episode *episode = &week->episodes[e];
        moment_t from = episode->started > covered ? episode->started : covered;
        moment_t to = episode->found != NO_MOMENT && end_of(episode->found) < end
                          ? end_of(episode->found)
                          : end;
        if (to <= from)
            continue;
        seconds += to - from;
        covered = to;
    }
    return seconds;
}

/* Whether one of a child's episodes goes on, on R. */
static bool is_missing(const struct week *week, size_t first, size_t last)
{
    bool missing = false;
    for (size_t e = first; e < last; e++)
        missing = missing || week->episodes[e].found == NO_MOMENT;
    return missing;
}

/* ---- answers -------------------------------------------------------------------------------- */

static void ask(struct tracker *tracker, const struct indicator *check, struct here row,
                struct answer *answer)
{
    tracker->evaluator->asks = check->code;
    if (check->where && !evaluator_holds(tracker->evaluator, check->where, row, &row))
        return;
    answer->asked++;
    answer->met += evaluator_holds(tracker->evaluator, check->met, row, &row);
}

/* The row of children that an identifier has; UINT32_MAX when no row names the child. */
static uint32_t child_row(const struct tracker *tracker, const struct week *week, int64_t child)
{
    return store_resolve(tracker->evaluator->store, tracker->finder.child, child, week->last);
}

/* Every check of one child, whose episodes are those from one to before another. */
static void ask_all(struct tracker *tracker, const struct week *week, size_t first, size_t last,
                    struct answer answers[MOST_CHECKS])
{
    memset(answers, 0, MOST_CHECKS * sizeof *answers);
    uint32_t child = child_row(tracker, week, week->episodes[first].child);
    for (size_t c = 0; c < tracker->check_count; c++) {
        const struct indicator *check = tracker->checks[c];
        if (!tracker->fed[c])
            continue;
        for (size_t e = first; e < last && check->count != tracker->finder.child; e++)
            ask(tracker, check, week->episodes[e].row, &answers[c]);
        if (check->count == tracker->finder.child && child != UINT32_MAX)
            ask(tracker, check, (struct here){tracker->evaluator->children, child}, &answers[c]);
    }
}

static size_t next_child(const struct week *week, size_t first)
{
    size_t next = first + 1;
    while (next < week->count && week->episodes[next].child == week->episodes[first].child)
        next++;
    return next;
}

/* The week's episodes and what is recorded of them, summed up. */
static int measure_week(struct tracker *tracker, struct week *week)
{
    struct answer answers[MOST_CHECKS];
    evaluator_set_day(tracker->evaluator, week->last);
    for (size_t c = 0; c < tracker->check_count; c++) {
        struct measure measure;
        if (evaluator_measure(tracker->evaluator, tracker->checks[c], NULL, &measure) < 0)
            return -1;
        tracker->fed[c] = measure.state != STATE_NO_DATA;
    }
    if (find_episodes(tracker, week) < 0)
        return -1;
    for (size_t first = 0; first < week->count;) {
        size_t next = next_child(week, first);
        week->children++;
        week->missing_now += is_missing(week, first, next);
        week->seconds += seconds_in(week, first, next);
        ask_all(tracker, week, first, next, answers);
        for (size_t c = 0; c < tracker->check_count; c++) {
            week->answers[c].asked += answers[c].asked;
            week->answers[c].met += answers[c].met;
        }
        first = next;
    }
    return tracker->evaluator->error->code == EXIT_COMPLETE ? 0 : -1;
}

/* ---- writing -------------------------------------------------------------------------------- */

/* Whole hours, half up. */
static int64_t hours_of(int64_t seconds)
{
    return (seconds + 1800) / 3600;
}

static void write_weeks(struct tracker *tracker)
{
    struct stream_writer *writer = tracker->writer;
    stream_write_table(writer, TABLE_WEEK, COLUMNS_WEEK);
    for (size_t w = 0; w < WEEKS; w++) {
        const struct week *week = &tracker->weeks[w];
        char name[DATE_TEXT_SIZE];
        stream_write_field(writer, name, (size_t)week_to_iso(week->first, name));
        stream_write_date(writer, week->first);
        stream_write_date(writer, week->last);
        stream_write_number(writer, week->children);
        stream_write_number(writer, (int64_t)week->count);
        stream_write_number(writer, hours_of(week->seconds));
        stream_write_number(writer, week->missing_now);
        stream_write_record(writer);
    }
    stream_write_table_end(writer);
    stream_write_table(writer, TABLE_TRACKER_CHECK, COLUMNS_TRACKER_CHECK);
    for (size_t c = 0; c < tracker->check_count; c++) {
        stream_write_text(writer, tracker->checks[c]->code);
        stream_write_text(writer, tracker->checks[c]->title);
        stream_write_text(writer, tracker->fed[c] ? "yes" : "no");
        for (size_t w = 0; w < WEEKS; w++) {
            stream_write_number(writer, tracker->weeks[w].answers[c].asked);
            stream_write_number(writer, tracker->weeks[w].answers[c].met);
        }
        stream_write_record(writer);
    }
    stream_write_table_end(writer);
}

/* Where a child is placed on R: "kind, location"; nothing where no placement is open. */
static void write_placement(struct tracker *tracker, const struct week *week, int64_t child)
{
    const struct dataset *placement = tracker->placement;
    uint32_t row = UINT32_MAX;
    const struct table *table =
        placement ? store_table(tracker->evaluator->store, placement) : NULL;
    int field = placement ? dataset_field(placement, SPAN("child")) : NO_FIELD;
    const struct row_index *index = field == NO_FIELD ? NULL : &table->columns[field].index;
    for (uint32_t i = 0; index && index->built && (uint64_t)child < index->count &&
                         i < index->start[child + 1] - index->start[child];
         i++) {
        uint32_t candidate = index->rows[index->start[child] + i];
        if (store_open(table, candidate, week->last))
            row = candidate; /* in the order of their beginning */
    }
    struct buffer text = {0};
    static const char *const parts[] = {"kind", "location"};
    for (size_t p = 0; row != UINT32_MAX && p < sizeof parts / sizeof *parts; p++) {
        int part = dataset_field(placement, span_of(parts[p]));
        struct span name = part == NO_FIELD ? SPAN("")
                                            : store_category_name(tracker->evaluator->store,
                                                                  store_value(table, part, row));
        if (name.length == 0)
            continue;
        if (text.length > 0)
            buffer_add_text(&text, ", ");
        buffer_add(&text, name.text, name.length);
    }
    if (text.failed)
        error_memory(tracker->evaluator->error, "listing the children");
    stream_write_field(tracker->writer, text.text && !text.failed ? text.text : "",
                       text.failed ? 0 : text.length);
    buffer_free(&text);
}

static void write_answers(struct tracker *tracker, const struct answer answers[MOST_CHECKS])
{
    struct buffer text = {0};
    uint32_t gaps = 0;
    for (size_t c = 0; c < tracker->check_count; c++) {
        gaps += answers[c].asked - answers[c].met;
        buffer_format(&text, "%s%u/%u", c > 0 ? " " : "", answers[c].met, answers[c].asked);
    }
    if (text.failed)
        error_memory(tracker->evaluator->error, "listing the children");
    stream_write_field(tracker->writer, text.text ? text.text : "", text.length);
    stream_write_number(tracker->writer, gaps);
    buffer_free(&text);
}

/* One child: the episodes of the week from one to before another. */
static void write_child(struct tracker *tracker, const struct week *week, size_t first, size_t next)
{
    struct stream_writer *writer = tracker->writer;
    const struct store *store = tracker->evaluator->store;
    const struct episode *latest = &week->episodes[next - 1];
    const struct origin *origin = &latest->row.table->origins[latest->row.row];
    int from = dataset_field(latest->row.table->dataset, SPAN("from"));
    struct answer answers[MOST_CHECKS];
    char started[DATE_TEXT_SIZE];
    uint32_t child = child_row(tracker, week, latest->child);
    struct holder holder = {SPAN(""), SPAN(""), SPAN("")};
    if (child != UINT32_MAX)
        holder = holder_of(&tracker->finder, (struct here){tracker->evaluator->children, child},
                           week->last);
    stream_write_span(writer, store_identifier(store, tracker->finder.child, latest->child));
    stream_write_number(writer, (int64_t)(next - first));
    stream_write_number(writer, hours_of(seconds_in(week, first, next)));
    stream_write_field(writer, started, (size_t)moment_to_iso(latest->started, started));
    stream_write_text(writer, is_missing(week, first, next) ? "yes" : "no");
    stream_write_span(writer, from == NO_FIELD
                                  ? SPAN("")
                                  : store_category_name(store, store_value(latest->row.table, from,
                                                                           latest->row.row)));
    write_placement(tracker, week, latest->child);
    stream_write_span(writer, holder.service);
    stream_write_span(writer, holder.team);
    stream_write_span(writer, holder.worker);
    ask_all(tracker, week, first, next, answers);
    write_answers(tracker, answers);
    stream_write_at(writer, origin->source, origin->row);
    stream_write_record(writer);
}

static int write_children(struct tracker *tracker)
{
    const struct week *week = &tracker->weeks[0];
    evaluator_set_day(tracker->evaluator, week->last);
    stream_write_table(tracker->writer, TABLE_TRACKER, COLUMNS_TRACKER);
    for (size_t first = 0; first < week->count;) {
        size_t next = next_child(week, first);
        write_child(tracker, week, first, next);
        first = next;
    }
    stream_write_table_end(tracker->writer);
    return tracker->evaluator->error->code == EXIT_COMPLETE ? 0 : -1;
}

/* Where the child is placed is looked up by the child. */
static int index_placements(struct tracker *tracker)
{
    struct store *store = tracker->evaluator->store;
    tracker->placement = catalogue_find(store->catalogue, SPAN("placement"));
    if (!tracker->placement)
        return 0;
    int field = dataset_field(tracker->placement, SPAN("child"));
    if (field != NO_FIELD &&
        !store_index(store, tracker->placement, field, tracker->evaluator->error))
        return -1;
    return 0;
}

date_t tracker_last_week(date_t as_at)
{
    char name[DATE_TEXT_SIZE];
    week_to_iso(as_at - (DAYS_A_WEEK - 1), name); /* on a Sunday, the week that ends with it */
    return week_from_iso(span_of(name));
}

int tracker_write(struct stream_writer *writer, struct evaluator *evaluator, const char *checks,
                  date_t monday)
{
    struct tracker tracker = {.evaluator = evaluator, .writer = writer};
    int status = holder_finder_init(&tracker.finder, evaluator->store, evaluator->error);
    if (status == 0)
        status = find_checks(&tracker, checks);
    if (status == 0)
        status = index_placements(&tracker);
    for (size_t w = 0; w < WEEKS && status == 0; w++) {
        struct week *week = &tracker.weeks[w];
        week->first = monday - (date_t)w * DAYS_A_WEEK;
        week->last = week->first + DAYS_A_WEEK - 1;
        if (week->last > evaluator->as_at)
            week->last = evaluator->as_at;
        status = measure_week(&tracker, week);
    }
    if (status == 0) {
        write_weeks(&tracker);
        status = write_children(&tracker);
    }
    for (size_t w = 0; w < WEEKS; w++)
        free(tracker.weeks[w].episodes);
    return status;
}

int tracker_write_alone(struct stream_writer *writer, const struct config *config,
                        struct evaluator *evaluator, date_t monday)
{
    char month[DATE_TEXT_SIZE];
    store_write_sources(evaluator->store, writer);
    month_to_iso(month_of(monday), month);
    stream_write_table(writer, TABLE_REPORT, COLUMNS_REPORT);
    stream_write_text(writer, config->authority);
    stream_write_text(writer, config->marking);
    stream_write_text(writer, month);
    stream_write_date(writer, evaluator->as_at);
    stream_write_number(writer, 1);
    stream_write_number(writer, evaluator->store->unlisted_children);
    stream_write_record(writer);
    stream_write_table_end(writer);
    return tracker_write(writer, evaluator, config->tracker, monday);
}
