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

static int memory_failed(struct worklists *worklists)
{
    return error_memory(worklists->error, "listing the exceptions");
}

/* ---- names of files ------------------------------------------------------------------------- */

/* The characters that a file's name has of a service's or team's. */
static void add_plain_name(const char *name, struct buffer *out)
{
    for (; *name; name++) {
        bool plain =
            (*name >= '0' && *name <= '9') || ((*name | 0x20) >= 'a' && (*name | 0x20) <= 'z');
        buffer_add_char(out, plain || *name == ' ' ? *name : '-');
    }
}

/* Without regard to case: some folders do not tell "North" from "NORTH". Of the characters that a
 * file's name has, the bit changes capitals alone. */
static uint64_t file_hash(const struct buffer *name)
{
    uint64_t hash = 0;
    for (size_t i = 0; i < name->length; i++) {
        char small = (char)(name->text[i] | 0x20);
        hash = place_hash(hash, (struct span){&small, 1});
    }
    return hash;
}

struct file_key {
    const struct worklists *worklists;
    const char *name;
};

static bool has_file_name(const void *context, size_t place)
{
    const struct file_key *key = context;
    return strcasecmp(key->worklists->piles[place].file_name, key->name) == 0;
}

/* The name of the file of the pile at the place that is about to be taken. Names that differ only
 * in what a file's name does not have are told apart by a number; so is a name that looks like one
 * told apart. NULL when the memory ran out. */
static const char *name_file(struct worklists *worklists, const char *name)
{
    static const char *const missing[] = {"", "no service", "no team"};
    struct buffer text = {0};
    buffer_add_text(&text, "worklists");
    if (worklists->split != WORKLISTS_ONE) {
        buffer_add_char(&text, '-');
        add_plain_name(*name ? name : missing[worklists->split], &text);
    }
    size_t plain = text.length;
    uint64_t hash = file_hash(&text);
    for (unsigned alike = 2; !text.failed; alike++) {
        struct file_key key = {worklists, text.text};
        if (place_find(&worklists->file_index, hash, has_file_name, &key) == SIZE_MAX)
            break;
        text.length = plain;
        buffer_format(&text, " %u", alike);
        hash = file_hash(&text);
    }
    const char *copy =
        text.failed || place_add(&worklists->file_index, hash, worklists->pile_count) < 0
            ? NULL
            : arena_copy(&worklists->arena, text.text, text.length);
    buffer_free(&text);
    return copy;
}

/* ---- piles ---------------------------------------------------------------------------------- */

static struct worklist_pile *new_pile(struct worklists *worklists, struct span name, uint64_t hash)
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
    if (pile->descriptor >= 0) {
        pile->file_name = pile->name ? name_file(worklists, pile->name) : NULL;
        if (!pile->file_name || place_add(&worklists->pile_index, hash, worklists->pile_count) < 0)
            memory_failed(worklists);
    }
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

struct pile_key {
    const struct worklists *worklists;
    struct span name;
};

static bool has_name(const void *context, size_t place)
{
    const struct pile_key *key = context;
    return span_is(key->name, key->worklists->piles[place].name);
}

static struct worklist_pile *find_pile(struct worklists *worklists,
                                       const struct stream_reader *reader)
{
    static const char *const columns[] = {"", "service", "team"};
    struct pile_key key = {worklists, SPAN("")};
    if (worklists->split != WORKLISTS_ONE)
        key.name = stream_field(reader, columns[worklists->split]);
    uint64_t hash = place_hash(0, key.name);
    size_t place = place_find(&worklists->pile_index, hash, has_name, &key);
    return place == SIZE_MAX ? new_pile(worklists, key.name, hash) : &worklists->piles[place];
}

struct count_key {
    const struct worklist_pile *pile;
    size_t indicator;
    struct span service, team;
};

static bool is_count(const void *context, size_t place)
{
    const struct count_key *key = context;
    const struct worklist_count *count = &key->pile->counts[place];
    return count->indicator == key->indicator && span_is(key->service, count->service) &&
           span_is(key->team, count->team);
}

/* NULL when the memory ran out. */
static struct worklist_count *new_count(struct worklists *worklists, struct worklist_pile *pile,
                                        const struct count_key *key, uint64_t hash)
{
    struct worklist_count *room =
        grow(pile->counts, &pile->count_capacity, pile->count_count + 1, sizeof *room);
    if (!room)
        return NULL;
    pile->counts = room;
    struct worklist_count *count = &room[pile->count_count];
    struct arena *arena = &worklists->arena;
    *count = (struct worklist_count){.indicator = key->indicator,
                                     .service =
                                         arena_copy(arena, key->service.text, key->service.length),
                                     .team = arena_copy(arena, key->team.text, key->team.length)};
    if (!count->service || !count->team ||
        place_add(&pile->count_index, hash, pile->count_count) < 0)
        return NULL;
    pile->count_count++;
    return count;
}

static struct worklist_count *find_count(struct worklists *worklists, struct worklist_pile *pile,
                                         size_t indicator, const struct stream_reader *reader)
{
    struct count_key key = {pile, indicator, stream_field(reader, "service"),
                            stream_field(reader, "team")};
    uint64_t hash = place_hash(place_hash(indicator, key.service), key.team);
    size_t place = place_find(&pile->count_index, hash, is_count, &key);
    return place == SIZE_MAX ? new_count(worklists, pile, &key, hash) : &pile->counts[place];
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
    if (worklists->pile_count == 0 && !new_pile(worklists, SPAN(""), place_hash(0, SPAN(""))))
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
        place_free(&pile->count_index);
    }
    free(worklists->piles);
    place_free(&worklists->pile_index);
    place_free(&worklists->file_index);
    arena_free(&worklists->arena);
    *worklists = (struct worklists){0};
}
