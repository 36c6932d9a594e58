#include "etl/lookup.h"

#include <stdlib.h>
#include <string.h>

#include "etl/cell_value.h"

enum { NO_COLUMN = -1 };

struct answer {
    struct span key; /* NULL text: an empty slot */
    struct span text;
    bool ambiguous;
};

struct lookup_answers {
    const struct lookup_list *list;
    const char *header; /* of the answers' column, folded */
    struct answer *slots;
    size_t capacity; /* a power of two, or 0 */
    size_t count;
    struct arena arena;
    bool wanted; /* in the file being read */
    bool bound;  /* the header row of the sheet at hand is found */
    bool read;   /* some sheet of some file had the list */
    int key_column;
    int answer_column;
};

/* ---- which lists ---------------------------------------------------------------------------- */

static bool asks(const struct lookup_answers *answers, const struct field_source *field)
{
    return field->lookup == answers->list && strcmp(field->answer, answers->header) == 0;
}

const struct lookup_answers *lookups_for(const struct lookups *lookups,
                                         const struct field_source *field)
{
    for (size_t i = 0; field->lookup && i < lookups->count; i++)
        if (asks(&lookups->answers[i], field))
            return &lookups->answers[i];
    return NULL;
}

int lookups_prepare(struct lookups *lookups, const struct config *config, struct error *error)
{
    size_t capacity = 0;
    for (size_t s = 0; s < config->source_count; s++) {
        const struct source_config *source = &config->sources[s];
        for (int f = 0; f < source->dataset->field_count; f++) {
            const struct field_source *field = &source->fields[f];
            if (!field->lookup || lookups_for(lookups, field))
                continue;
            struct lookup_answers *room =
                grow(lookups->answers, &capacity, lookups->count + 1, sizeof *room);
            if (!room)
                return error_memory(error, "preparing the lookups");
            lookups->answers = room;
            room[lookups->count++] =
                (struct lookup_answers){.list = field->lookup, .header = field->answer};
        }
    }
    return 0;
}

void lookups_free(struct lookups *lookups)
{
    for (size_t i = 0; i < lookups->count; i++) {
        free(lookups->answers[i].slots);
        arena_free(&lookups->answers[i].arena);
    }
    free(lookups->answers);
    buffer_free(&lookups->scratch);
    buffer_free(&lookups->key);
    *lookups = (struct lookups){0};
}

bool lookups_want(const struct lookups *lookups, const char *file)
{
    for (size_t i = 0; i < lookups->count; i++)
        if (text_glob(lookups->answers[i].list->file_glob, file))
            return true;
    return false;
}

int lookups_require(const struct lookups *lookups, const struct source_config *source,
                    const char *file, struct error *error)
{
    for (int f = 0; f < source->dataset->field_count; f++) {
        const struct field_source *field = &source->fields[f];
        const struct lookup_answers *answers = lookups_for(lookups, field);
        if (answers && !answers->read)
            return error_set(error, EXIT_NO_SOURCE,
                             "'%s': source '%s' looks '%s' up in the list '%s', and no file like "
                             "'%s' with the columns '%s' and '%s' is among those given: add it "
                             "(%s:%u)",
                             file, source->name, source->dataset->fields[f].name,
                             field->lookup->name, field->lookup->file_glob,
                             field->lookup->first_key, field->first_answer, source->file,
                             field->lookup_line);
    }
    return 0;
}

/* ---- keys and answers ----------------------------------------------------------------------- */

/* The slot of a key, or the empty one where it belongs. The table is never full. */
static struct answer *slot_of(const struct lookup_answers *answers, struct span key)
{
    size_t at = text_hash(key.text, key.length) & (answers->capacity - 1);
    while (answers->slots[at].key.text && !span_equal(answers->slots[at].key, key))
        at = (at + 1) & (answers->capacity - 1);
    return &answers->slots[at];
}

static bool make_room(struct lookup_answers *answers)
{
    if (answers->count * 2 < answers->capacity)
        return true;
    struct lookup_answers bigger = {.capacity = answers->capacity ? answers->capacity * 2 : 1024};
    bigger.slots = calloc(bigger.capacity, sizeof *bigger.slots);
    if (!bigger.slots)
        return false;
    for (size_t i = 0; i < answers->capacity; i++)
        if (answers->slots[i].key.text)
            *slot_of(&bigger, answers->slots[i].key) = answers->slots[i];
    free(answers->slots);
    answers->slots = bigger.slots;
    answers->capacity = bigger.capacity;
    return true;
}

static int add_answer(struct lookups *lookups, struct lookup_answers *answers, struct span key,
                      struct span text)
{
    if (!make_room(answers))
        return error_memory(&lookups->error, "reading a looked-up list");
    struct answer *slot = slot_of(answers, key);
    if (slot->key.text) {
        slot->ambiguous = slot->ambiguous || !span_equal(slot->text, text);
        return 0;
    }
    const char *kept_key = arena_copy(&answers->arena, key.text, key.length);
    const char *kept_text = arena_copy(&answers->arena, text.text, text.length);
    if (!kept_key || !kept_text)
        return error_memory(&lookups->error, "reading a looked-up list");
    *slot = (struct answer){{kept_key, key.length}, {kept_text, text.length}, false};
    answers->count++;
    return 0;
}

enum lookup_outcome lookup_find(const struct lookup_answers *answers, struct span key,
                                struct span *answer)
{
    if (answers->capacity == 0 || key.length == 0)
        return LOOKUP_UNKNOWN;
    const struct answer *found = slot_of(answers, key);
    if (!found->key.text)
        return LOOKUP_UNKNOWN;
    *answer = found->text;
    return found->ambiguous ? LOOKUP_AMBIGUOUS : LOOKUP_FOUND;
}

/* ---- reading -------------------------------------------------------------------------------- */

static int take_sheet(void *context, const char *name, bool hidden)
{
    struct lookups *lookups = context;
    lookups->rows_seen = 0;
    for (size_t i = 0; i < lookups->count; i++) {
        struct lookup_answers *answers = &lookups->answers[i];
        answers->bound = false;
        answers->wanted = text_glob(answers->list->file_glob, lookups->file) &&
                          config_may_read_sheet(&answers->list->sheet_globs, name, hidden);
    }
    return 0;
}

static bool is_one_of(const struct word_list *list, const struct buffer *folded)
{
    struct span word = {folded->text ? folded->text : "", folded->length};
    for (size_t i = 0; i < list->count; i++)
        if (span_is(word, list->words[i]))
            return true;
    return false;
}

/* Whether the row has the headers of the key and of the answers. */
static void seek_header(struct lookups *lookups, struct lookup_answers *answers,
                        const struct cell *cells, size_t count)
{
    answers->key_column = answers->answer_column = NO_COLUMN;
    for (size_t i = 0; i < count; i++) {
        if (cells[i].type != CELL_TEXT)
            continue;
        struct buffer *folded = &lookups->scratch;
        folded->length = 0;
        text_fold_header(folded, (struct span){cells[i].text, cells[i].length});
        if (answers->key_column == NO_COLUMN && is_one_of(&answers->list->keys, folded))
            answers->key_column = (int)cells[i].column;
        if (answers->answer_column == NO_COLUMN && folded->length > 0 &&
            strcmp(folded->text, answers->header) == 0)
            answers->answer_column = (int)cells[i].column;
    }
    answers->bound = answers->key_column != NO_COLUMN && answers->answer_column != NO_COLUMN;
    answers->read = answers->read || answers->bound;
}

static const struct cell *cell_at(const struct cell *cells, size_t count, int column)
{
    for (size_t i = 0; i < count; i++)
        if ((int)cells[i].column == column)
            return &cells[i];
    return NULL;
}

static int take_answers(struct lookups *lookups, struct lookup_answers *answers,
                        const struct cell *cells, size_t count)
{
    const struct cell *key = cell_at(cells, count, answers->key_column);
    const struct cell *value = cell_at(cells, count, answers->answer_column);
    size_t longest = SIZE_MAX / 8;
    if (!key || !value || cell_is_blank(key, &answers->list->blanks, longest, &lookups->scratch) ||
        cell_is_blank(value, &answers->list->blanks, longest, &lookups->scratch))
        return 0;
    lookups->key.length = 0;
    cell_identifier(key, &lookups->scratch, &lookups->key);
    if (lookups->key.failed)
        return error_memory(&lookups->error, "reading a looked-up list");
    char room[CELL_TEXT_SIZE];
    return add_answer(lookups, answers, (struct span){lookups->key.text, lookups->key.length},
                      cell_text(value, room));
}

static int take_row(void *context, uint32_t row, const struct cell *cells, size_t count)
{
    (void)row;
    struct lookups *lookups = context;
    bool heading = count > 0 && lookups->rows_seen < HEADER_ROWS;
    lookups->rows_seen += count > 0;
    for (size_t i = 0; i < lookups->count; i++) {
        struct lookup_answers *answers = &lookups->answers[i];
        if (!answers->wanted)
            continue;
        if (answers->bound && take_answers(lookups, answers, cells, count) < 0)
            return -1;
        if (!answers->bound && heading)
            seek_header(lookups, answers, cells, count);
    }
    return 0;
}

static int take_note(void *context, uint32_t row, uint32_t column, const char *code)
{
    (void)context;
    (void)row;
    (void)column;
    (void)code;
    return 0; /* said when the file is mapped */
}

struct row_sink lookups_sink(struct lookups *lookups, const char *file)
{
    lookups->file = file;
    return (struct row_sink){
        .context = lookups, .sheet = take_sheet, .row = take_row, .note = take_note};
}
