#include "etl/cell_value.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "etl/decimal.h"
#include "etl/lookup.h"
#include "etl/stream.h"

enum {
    MOST_SPELLINGS = 4096, /* more than that is not a column of categories */
    /* A number that stands for a day in the reports' time: 1927 to 2119. A smaller one in a date
     * column is a year, an age or a mistake. */
    FIRST_BARE_SERIAL = 10000,
    LAST_BARE_SERIAL = 80000
};

const char *cell_outcome_code(enum cell_outcome outcome)
{
    switch (outcome) {
    case CELL_BARE_SERIAL:
        return "bare serial";
    case CELL_NOT_A_DATE:
        return "not a date";
    case CELL_NOT_A_NUMBER:
        return "not a number";
    case CELL_NOT_A_FLAG:
        return "not a flag";
    case CELL_UNKNOWN_VALUE:
        return "unknown value";
    case CELL_IS_AN_ERROR:
        return "error cell";
    case CELL_KEY_UNKNOWN:
        return "key not in its list";
    case CELL_KEY_AMBIGUOUS:
        return "key with two answers";
    default:
        return NULL;
    }
}

/* ---- text of a cell ------------------------------------------------------------------------ */

static bool is_plain_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Printable ASCII with single blanks inside: what nearly every identifier is. */
static bool is_clean(struct span text)
{
    if (text.length == 0 || text.text[0] == ' ' || text.text[text.length - 1] == ' ')
        return false;
    for (size_t i = 0; i < text.length; i++) {
        unsigned char c = (unsigned char)text.text[i];
        if (c < ' ' || c >= 0x7F || (c == ' ' && text.text[i + 1] == ' '))
            return false;
    }
    return true;
}

/* The length of the white space character at `text`, 0 when there is none: ASCII, NBSP, the
 * spaces of U+2000, the zero-width space and the byte order mark. */
static size_t space_length(const char *text, size_t left)
{
    if (is_plain_blank(*text))
        return 1;
    if (left >= 2 && memcmp(text, "\xC2\xA0", 2) == 0)
        return 2;
    if (left >= 3 && text[0] == '\xE2' && text[1] == '\x80' &&
        ((unsigned char)text[2] <= 0x8B || (unsigned char)text[2] == 0xAF))
        return 3;
    if (left >= 3 && (memcmp(text, "\xEF\xBB\xBF", 3) == 0 || memcmp(text, "\xE3\x80\x80", 3) == 0))
        return 3;
    return 0;
}

/* Copies text with every run of white space as one blank and none at the ends: a no-break space
 * must not split one worker into two. */
static void clean(struct buffer *out, struct span text)
{
    bool begun = false;
    bool space_due = false;
    for (size_t i = 0; i < text.length;) {
        size_t space = space_length(text.text + i, text.length - i);
        if (space > 0) {
            space_due = begun;
            i += space;
            continue;
        }
        if (space_due)
            buffer_add_char(out, ' ');
        space_due = false;
        begun = true;
        buffer_add_char(out, text.text[i++]);
    }
}

/* A number as an identifier or text: 1009, not 1009.0. */
static size_t number_text(double number, char *out, size_t size)
{
    const double exact = 1e15;
    int length = fabs(number) < exact && number == floor(number)
                     ? snprintf(out, size, "%.0f", number)
                     : snprintf(out, size, "%.15g", number);
    return length > 0 ? (size_t)length : 0;
}

struct span cell_text(const struct cell *cell, char room[CELL_TEXT_SIZE])
{
    switch (cell->type) {
    case CELL_TEXT:
    case CELL_ERROR:
        return (struct span){cell->text, cell->length};
    case CELL_BOOLEAN:
        return cell->number != 0 ? SPAN("TRUE") : SPAN("FALSE");
    case CELL_DATE: {
        moment_t moment = moment_from_serial(cell->number);
        if (moment != NO_MOMENT)
            return (struct span){room, (size_t)moment_to_iso(moment, room)};
        break;
    }
    case CELL_NUMBER:
        break;
    }
    return (struct span){room, number_text(cell->number, room, CELL_TEXT_SIZE)};
}

void cell_fold(const struct cell *cell, struct buffer *out)
{
    char room[CELL_TEXT_SIZE];
    text_fold(out, cell_text(cell, room));
}

static bool is_one_of(const struct word_list *list, const struct buffer *folded)
{
    struct span word = {folded->text ? folded->text : "", folded->length};
    for (size_t i = 0; i < list->count; i++)
        if (span_is(word, list->words[i]))
            return true;
    return false;
}

bool cell_is_blank(const struct cell *cell, const struct word_list *blanks, size_t longest_blank,
                   struct buffer *scratch)
{
    bool is_text = cell->type == CELL_TEXT || cell->type == CELL_ERROR;
    bool begins_plain = is_text && cell->length > 0 && cell->text[0] > ' ' && cell->text[0] < 0x7F;
    if (blanks->count == 0 && (!is_text || begins_plain))
        return false; /* nearly all cells */
    size_t at = 0;
    while (is_text && at < cell->length) {
        size_t space = space_length(cell->text + at, cell->length - at);
        if (space == 0)
            break;
        at += space;
    }
    if (is_text && at == cell->length)
        return true;
    /* Case folding changes a length by little; a longer text is not one of the words. */
    if (blanks->count == 0 || (is_text && cell->length - at > 3 * longest_blank + 8))
        return false;
    scratch->length = 0;
    cell_fold(cell, scratch);
    return is_one_of(blanks, scratch);
}

/* ---- spellings ----------------------------------------------------------------------------- */

void spelling_cache_free(struct spelling_cache *cache)
{
    free(cache->slots);
    arena_free(&cache->arena);
    *cache = (struct spelling_cache){0};
}

/* The slot of a spelling, or the empty one where it belongs. The table is never full. */
static struct spelling *cache_slot(const struct spelling_cache *cache, struct span raw)
{
    size_t at = text_hash(raw.text, raw.length) & (cache->capacity - 1);
    while (cache->slots[at].raw &&
           !span_equal((struct span){cache->slots[at].raw, cache->slots[at].raw_length}, raw))
        at = (at + 1) & (cache->capacity - 1);
    return &cache->slots[at];
}

static bool cache_grow(struct spelling_cache *cache)
{
    struct spelling_cache bigger = {.capacity = cache->capacity ? cache->capacity * 2 : 64};
    bigger.slots = calloc(bigger.capacity, sizeof *bigger.slots);
    if (!bigger.slots)
        return false;
    for (size_t i = 0; i < cache->capacity; i++) {
        const struct spelling *old = &cache->slots[i];
        if (old->raw)
            *cache_slot(&bigger, (struct span){old->raw, old->raw_length}) = *old;
    }
    free(cache->slots);
    cache->slots = bigger.slots;
    cache->capacity = bigger.capacity;
    return true;
}

/* Without the letter that the official codes are listed under: "zz) t4" is "t4". */
static struct span without_mark(struct span word)
{
    size_t letters = 0;
    while (letters < word.length && letters < 2 && word.text[letters] >= 'a' &&
           word.text[letters] <= 'z')
        letters++;
    if (letters == 0 || word.length < letters + 3 || memcmp(word.text + letters, ") ", 2) != 0)
        return word;
    return (struct span){word.text + letters + 2, word.length - letters - 2};
}

static bool goes_on(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
}

/* The spelling of the table that a folded word is; of beginnings, the longest. NULL: none. */
static const struct value_spelling *find_spelling(const struct value_table *table, struct span word)
{
    const struct value_spelling *best = NULL;
    size_t longest = 0;
    for (size_t i = 0; i < table->count; i++) {
        const struct value_spelling *spelling = &table->spellings[i];
        size_t length = strlen(spelling->spelling);
        if (length > word.length || memcmp(word.text, spelling->spelling, length) != 0)
            continue;
        if (length == word.length && !spelling->begins)
            return spelling;
        if (spelling->begins && length > longest &&
            (length == word.length || !goes_on(word.text[length]))) {
            best = spelling;
            longest = length;
        }
    }
    return best;
}

/* Y, true and 1 are yes. -1 when it is neither yes nor no. */
static int read_flag(struct span word)
{
    static const char *const yes[] = {"yes", "y", "true", "t", "1"};
    static const char *const no[] = {"no", "n", "false", "f", "0"};
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
        if (span_is(word, yes[i]))
            return 1;
        if (span_is(word, no[i]))
            return 0;
    }
    return -1;
}

/* What a raw spelling stands for; appends the value to `out`. */
static enum cell_outcome read_spelling(struct column_reader *reader, struct span raw,
                                       struct buffer *out)
{
    struct buffer *folded = &reader->scratch;
    folded->length = 0;
    text_fold(folded, raw);
    if (folded->failed)
        return CELL_NO_MEMORY;
    struct span word = {folded->text ? folded->text : "", folded->length};
    struct span plain = without_mark(word);
    const struct value_table *table = reader->source->values;
    const struct value_spelling *spelling = table ? find_spelling(table, word) : NULL;
    if (table && !spelling)
        spelling = find_spelling(table, plain);
    if (spelling) {
        stream_escape(out, spelling->value, strlen(spelling->value));
        return CELL_TAKEN;
    }
    const struct field *field = reader->field;
    if (field->type == TYPE_FLAG) {
        int flag = read_flag(plain);
        if (flag < 0)
            return CELL_NOT_A_FLAG;
        buffer_add_text(out, flag ? "yes" : "no");
        return CELL_TAKEN;
    }
    for (size_t i = 0; i < field->value_count; i++) {
        if (span_is(word, field->values[i])) {
            buffer_add_text(out, field->values[i]);
            return CELL_TAKEN;
        }
    }
    if (field->value_count > 0)
        return CELL_UNKNOWN_VALUE;
    folded->length = 0; /* an open category: as written, but for its white space */
    clean(folded, raw);
    if (folded->failed)
        return CELL_NO_MEMORY;
    stream_escape(out, folded->text, folded->length);
    return CELL_TAKEN;
}

static enum cell_outcome spelled_value(struct column_reader *reader, struct span raw,
                                       struct buffer *out)
{
    struct spelling_cache *cache = &reader->cache;
    if (cache->count * 2 >= cache->capacity && cache->count < MOST_SPELLINGS && !cache_grow(cache))
        return CELL_NO_MEMORY;
    struct spelling *slot = cache_slot(cache, raw);
    if (slot->raw) {
        if (slot->outcome == CELL_TAKEN)
            buffer_add_text(out, slot->value);
        return slot->outcome;
    }
    size_t before = out->length;
    enum cell_outcome outcome = read_spelling(reader, raw, out);
    if (cache->count >= MOST_SPELLINGS || out->failed || outcome == CELL_NO_MEMORY)
        return outcome;
    struct spelling added = {.raw_length = raw.length, .outcome = outcome};
    added.raw = arena_copy(&cache->arena, raw.text, raw.length);
    added.value =
        arena_copy(&cache->arena, out->text ? out->text + before : "", out->length - before);
    if (!added.raw || !added.value)
        return CELL_NO_MEMORY;
    *slot = added;
    cache->count++;
    return outcome;
}

/* ---- the other types ----------------------------------------------------------------------- */

void cell_identifier(const struct cell *cell, struct buffer *scratch, struct buffer *out)
{
    char room[CELL_TEXT_SIZE];
    struct span text = cell_text(cell, room);
    if (!is_clean(text)) {
        scratch->length = 0;
        clean(scratch, text);
        text = (struct span){scratch->text ? scratch->text : "", scratch->length};
        out->failed = out->failed || scratch->failed;
    }
    size_t whole = 0;
    while (whole < text.length && text.text[whole] >= '0' && text.text[whole] <= '9')
        whole++;
    if (whole > 0 && whole + 2 <= text.length && text.text[whole] == '.') {
        size_t zeros = whole + 1;
        while (zeros < text.length && text.text[zeros] == '0')
            zeros++;
        if (zeros == text.length)
            text.length = whole; /* 1009.0 went through a spreadsheet: it is 1009 */
    }
    stream_escape(out, text.text, text.length);
}

/* A whole number written as text that stands for a day. */
static double bare_serial(struct span text)
{
    text = span_trim(text);
    if (text.length != 5)
        return 0;
    double number = 0;
    for (size_t i = 0; i < text.length; i++) {
        if (text.text[i] < '0' || text.text[i] > '9')
            return 0;
        number = number * 10 + (text.text[i] - '0');
    }
    return number;
}

static enum cell_outcome read_moment(const struct cell *cell, moment_t *moment)
{
    double serial = cell->number;
    enum cell_outcome outcome = CELL_TAKEN;
    switch (cell->type) {
    case CELL_DATE:
        *moment = moment_from_serial(serial);
        break;
    case CELL_TEXT:
        *moment = moment_from_text((struct span){cell->text, cell->length});
        if (*moment != NO_MOMENT)
            break;
        serial = bare_serial((struct span){cell->text, cell->length});
        /* fall through */
    case CELL_NUMBER:
        *moment = serial >= FIRST_BARE_SERIAL && serial < LAST_BARE_SERIAL
                      ? moment_from_serial(serial)
                      : NO_MOMENT;
        outcome = CELL_BARE_SERIAL;
        break;
    default:
        *moment = NO_MOMENT;
    }
    return *moment == NO_MOMENT ? CELL_NOT_A_DATE : outcome;
}

static enum cell_outcome date_value(const struct column_reader *reader, const struct cell *cell,
                                    struct buffer *out, moment_t *moment)
{
    char text[DATE_TEXT_SIZE];
    bool with_time = reader->field->type == TYPE_TIME;
    int plain = 0;
    if (cell->type == CELL_TEXT)
        plain = moment_from_plain_text((struct span){cell->text, cell->length}, with_time, moment,
                                       text);
    if (plain > 0) {
        buffer_add(out, text, (size_t)plain);
        return CELL_TAKEN;
    }
    enum cell_outcome outcome = read_moment(cell, moment);
    if (outcome == CELL_NOT_A_DATE)
        return outcome;
    if (!with_time)
        *moment = moment_of_date(moment_date(*moment));
    buffer_add(out, text, (size_t)moment_to_iso(*moment, text));
    return outcome;
}

static enum cell_outcome number_value(const struct field *field, const struct cell *cell,
                                      struct buffer *out)
{
    decimal_t number = NO_DECIMAL;
    if (cell->type == CELL_TEXT) {
        struct span text = span_trim((struct span){cell->text, cell->length});
        if (field->percent_sign && text.length > 1 && text.text[text.length - 1] == '%')
            text.length--;
        number = decimal_from_text(text);
    } else if (cell->type != CELL_DATE)
        number = decimal_from_double(cell->number);
    if (number == NO_DECIMAL)
        return CELL_NOT_A_NUMBER;
    char text[DECIMAL_TEXT_SIZE];
    buffer_add(out, text, (size_t)decimal_to_text(number, text));
    return CELL_TAKEN;
}

enum cell_outcome cell_value(struct column_reader *reader, const struct cell *cell,
                             struct buffer *out, moment_t *moment)
{
    if (cell_is_blank(cell, reader->blanks, reader->longest_blank, &reader->scratch))
        return CELL_BLANK;
    struct cell answer;
    if (reader->answers) {
        struct span text;
        reader->key.length = 0;
        cell_identifier(cell, &reader->scratch, &reader->key);
        enum lookup_outcome found = lookup_find(
            reader->answers, (struct span){reader->key.text, reader->key.length}, &text);
        if (found != LOOKUP_FOUND)
            return found == LOOKUP_UNKNOWN ? CELL_KEY_UNKNOWN : CELL_KEY_AMBIGUOUS;
        answer = (struct cell){.type = CELL_TEXT, .text = text.text, .length = text.length};
        cell = &answer;
    }
    if (cell->type == CELL_ERROR)
        return CELL_IS_AN_ERROR;
    char room[CELL_TEXT_SIZE];
    switch (reader->field->type) {
    case TYPE_DATE:
    case TYPE_TIME:
        return date_value(reader, cell, out, moment);
    case TYPE_NUMBER:
        return number_value(reader->field, cell, out);
    case TYPE_CATEGORY:
    case TYPE_FLAG:
        return spelled_value(reader, cell_text(cell, room), out);
    case TYPE_ID:
    case TYPE_REFERENCE:
        cell_identifier(cell, &reader->scratch, out);
        return CELL_TAKEN;
    case TYPE_TEXT: {
        struct span text = span_trim(cell_text(cell, room));
        stream_escape(out, text.text, text.length);
        return CELL_TAKEN;
    }
    }
    return CELL_NOT_A_DATE;
}

void column_reader_free(struct column_reader *reader)
{
    spelling_cache_free(&reader->cache);
    buffer_free(&reader->scratch);
    buffer_free(&reader->key);
}
