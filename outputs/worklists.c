#include "outputs/worklists.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "etl/decimal.h"
#include "etl/spool.h"
#include "outputs/book.h"

/* How a row waits: the columns of the exception, with its indicator and place as numbers. */
#define TABLE_PILE "worklist"
#define COLUMNS_PILE                                                                               \
    "indicator:number month:month reason:text child:id record:id service:text team:text "          \
    "worker:text lacking:text dated:date last:date due:date overdue:number done:date "             \
    "source:number row:number"

/* Those that are carried as they came. */
static const char *const carried[] = {"month", "reason",  "child",   "record", "service",
                                      "team",  "worker",  "lacking", "dated",  "last",
                                      "due",   "overdue", "done"};

enum { CARRIED = sizeof carried / sizeof *carried };

/* ---- piles ---------------------------------------------------------------------------------- */

static int memory_failed(struct worklists *worklists)
{
    return error_memory(worklists->error, "listing the exceptions");
}

static struct worklist_pile *new_pile(struct worklists *worklists, struct span name)
{
    struct worklist_pile *room =
        grow(worklists->piles, &worklists->pile_capacity, worklists->pile_count + 1, sizeof *room);
    if (!room) {
        memory_failed(worklists);
        return NULL;
    }
    worklists->piles = room;
    struct worklist_pile *pile = &room[worklists->pile_count];
    *pile = (struct worklist_pile){.name = arena_copy(&worklists->arena, name.text, name.length),
                                   .descriptor = spool_temporary_file(worklists->error)};
    if (!pile->name)
        memory_failed(worklists);
    if (worklists->error->code != EXIT_COMPLETE) {
        if (pile->descriptor >= 0)
            close(pile->descriptor);
        return NULL;
    }
    stream_writer_open(&pile->writer, pile->descriptor, "a temporary file");
    stream_write_table(&pile->writer, TABLE_PILE, COLUMNS_PILE);
    pile->open = true;
    worklists->pile_count++;
    return pile;
}

static struct worklist_pile *find_pile(struct worklists *worklists,
                                       const struct stream_reader *reader)
{
    static const char *const columns[] = {"", "service", "team"};
    struct span name = SPAN("");
    if (worklists->split != WORKLISTS_ONE)
        name = stream_field(reader, columns[worklists->split]);
    for (size_t p = 0; p < worklists->pile_count; p++)
        if (span_is(name, worklists->piles[p].name))
            return &worklists->piles[p];
    return new_pile(worklists, name);
}

/* Rows come by indicator: the count of a team is among those of the indicator, at the end. */
static struct worklist_count *find_count(struct worklists *worklists, struct worklist_pile *pile,
                                         size_t indicator, const struct stream_reader *reader)
{
    struct span service = stream_field(reader, "service");
    struct span team = stream_field(reader, "team");
    for (size_t c = pile->count_count; c > 0 && pile->counts[c - 1].indicator == indicator; c--)
        if (span_is(service, pile->counts[c - 1].service) &&
            span_is(team, pile->counts[c - 1].team))
            return &pile->counts[c - 1];
    struct worklist_count *room =
        grow(pile->counts, &pile->count_capacity, pile->count_count + 1, sizeof *room);
    if (!room)
        return NULL;
    pile->counts = room;
    struct worklist_count *count = &room[pile->count_count];
    *count = (struct worklist_count){
        .indicator = indicator,
        .service = arena_copy(&worklists->arena, service.text, service.length),
        .team = arena_copy(&worklists->arena, team.text, team.length)};
    if (!count->service || !count->team)
        return NULL;
    pile->count_count++;
    return count;
}

static bool has_target(const struct report *report, size_t indicator)
{
    for (int m = 0; m < report->months; m++)
        if (report->indicators[indicator].results[m].has_target)
            return true;
    return false;
}

int worklists_add(void *context, const struct report *report, const struct stream_reader *reader)
{
    struct worklists *worklists = context;
    size_t indicator = report_find(report, stream_field(reader, "code"));
    if (indicator == SIZE_MAX)
        return stream_error(reader, worklists->error,
                            "an exception of an indicator that the report is not about");
    if (!has_target(report, indicator))
        return 0;
    struct worklist_pile *pile = find_pile(worklists, reader);
    if (!pile)
        return -1;
    struct worklist_count *count = find_count(worklists, pile, indicator, reader);
    if (!count)
        return memory_failed(worklists);
    decimal_t overdue = decimal_from_text(stream_field(reader, "overdue"));
    double days = overdue == NO_DECIMAL ? 0 : (double)(overdue / DECIMAL_ONE);
    bool done = stream_field(reader, "done").length > 0;
    count->rows++;
    count->overdue += days > 0 && !done;
    count->done += done;
    count->longest = days > count->longest && !done ? days : count->longest;
    unsigned source;
    uint32_t row;
    if (stream_at(reader, stream_field(reader, "@"), &source, &row) < 0)
        return stream_error(reader, worklists->error,
                            "'@' is not the number of a source and a row");
    stream_write_number(&pile->writer, (int64_t)indicator);
    for (size_t c = 0; c < CARRIED; c++) {
        struct span field = stream_field(reader, carried[c]);
        stream_write_field(&pile->writer, field.text, field.length);
    }
    stream_write_number(&pile->writer, source);
    stream_write_number(&pile->writer, row);
    stream_write_record(&pile->writer);
    return 0;
}

static int compare_counts(const void *a, const void *b)
{
    const struct worklist_count *x = a;
    const struct worklist_count *y = b;
    if (x->indicator != y->indicator)
        return x->indicator < y->indicator ? -1 : 1;
    int order = strcmp(x->service, y->service);
    return order ? order : strcmp(x->team, y->team);
}

int worklists_seal(struct worklists *worklists)
{
    if (worklists->pile_count == 0 && !new_pile(worklists, SPAN("")))
        return -1;
    for (size_t p = 0; p < worklists->pile_count; p++) {
        struct worklist_pile *pile = &worklists->piles[p];
        if (pile->count_count > 1)
            qsort(pile->counts, pile->count_count, sizeof *pile->counts, compare_counts);
        stream_write_table_end(&pile->writer);
        pile->open = false;
        if (stream_writer_close(&pile->writer, worklists->error) < 0)
            return -1;
    }
    return 0;
}

void worklists_free(struct worklists *worklists)
{
    for (size_t p = 0; p < worklists->pile_count; p++) {
        struct worklist_pile *pile = &worklists->piles[p];
        if (pile->open)
            stream_writer_abandon(&pile->writer);
        close(pile->descriptor);
        free(pile->counts);
    }
    free(worklists->piles);
    arena_free(&worklists->arena);
    *worklists = (struct worklists){0};
}

/* ---- names of files ------------------------------------------------------------------------- */

static void add_plain_name(const char *name, struct buffer *out)
{
    for (; *name; name++) {
        bool plain =
            (*name >= '0' && *name <= '9') || ((*name | 0x20) >= 'a' && (*name | 0x20) <= 'z');
        buffer_add_char(out, plain || *name == ' ' ? *name : '-');
    }
}

static void add_file_name(const struct worklists *worklists, size_t pile, struct buffer *out)
{
    static const char *const missing[] = {"", "no service", "no team"};
    const char *name = worklists->piles[pile].name;
    out->length = 0;
    buffer_add_text(out, "worklists");
    if (worklists->split == WORKLISTS_ONE)
        return;
    buffer_add_char(out, '-');
    add_plain_name(*name ? name : missing[worklists->split], out);
}

/* Two names that differ only in what a file's name does not have are told apart by a number. */
void worklist_file_name(const struct worklists *worklists, size_t pile, struct buffer *out)
{
    struct buffer other = {0};
    unsigned alike = 1;
    add_file_name(worklists, pile, out);
    for (size_t p = 0; p < pile; p++) {
        add_file_name(worklists, p, &other);
        if (!other.failed && !out->failed && strcasecmp(other.text, out->text) == 0)
            alike++;
    }
    if (alike > 1)
        buffer_format(out, " %u", alike);
    out->failed = out->failed || other.failed;
    buffer_free(&other);
}
