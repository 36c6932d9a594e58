#include "etl/mapping.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- what a row would be as the header ------------------------------------------------------ */

/* The place of a folded header in a list of aliases; the earlier alias is the better match. */
static size_t alias_rank(const struct word_list *aliases, const struct buffer *folded)
{
    for (size_t i = 0; i < aliases->count; i++)
        if (folded->length > 0 && strcmp(aliases->words[i], folded->text) == 0)
            return i;
    return SIZE_MAX;
}

/* Sets columns[] and the rules' columns of a mapping from a row that may be its header. */
static void match_row(struct mapper *mapper, struct mapping *mapping, const struct cell *cells,
                      size_t count)
{
    const struct source_config *source = mapping->source;
    size_t best[MAX_FIELDS];
    for (int f = 0; f < MAX_FIELDS; f++) {
        mapping->columns[f] = NO_COLUMN;
        best[f] = SIZE_MAX;
    }
    for (size_t r = 0; r < mapping->rule_count; r++)
        mapping->rules[r].column = NO_COLUMN;
    for (size_t i = 0; i < count; i++) {
        if (cells[i].type != CELL_TEXT || cells[i].column >= WIDEST)
            continue;
        struct buffer *folded = &mapper->scratch;
        folded->length = 0;
        text_fold_header(folded, (struct span){cells[i].text, cells[i].length});
        if (folded->length == 0)
            continue;
        for (int f = 0; f < source->dataset->field_count; f++) {
            size_t rank = alias_rank(&source->fields[f].headers, folded);
            if (rank < best[f]) {
                best[f] = rank;
                mapping->columns[f] = (int)cells[i].column;
            }
        }
        for (size_t r = 0; r < mapping->rule_count; r++)
            if (mapping->rules[r].column == NO_COLUMN &&
                strcmp(mapping->rules[r].rule->header, folded->text) == 0)
                mapping->rules[r].column = (int)cells[i].column;
    }
}

/* How many of the required headers were found; the first that was not in *missing. */
static int count_required(const struct mapping *mapping, const char **missing)
{
    int found = 0;
    *missing = NULL;
    for (int f = 0; f < mapping->source->dataset->field_count; f++) {
        if (!mapping->source->fields[f].required)
            continue;
        if (mapping->columns[f] != NO_COLUMN)
            found++;
        else if (!*missing)
            *missing = mapping->source->fields[f].first_header;
    }
    for (size_t r = 0; r < mapping->rule_count; r++)
        if (mapping->rules[r].column == NO_COLUMN && !*missing)
            *missing = mapping->rules[r].rule->header;
    return found;
}

/* ---- binding -------------------------------------------------------------------------------- */

/* Keeps the header row's texts, to name the columns that nobody reads. */
static int keep_headers(struct mapper *mapper, const struct cell *cells, size_t count)
{
    size_t width = 0;
    for (size_t i = 0; i < count; i++)
        if (cells[i].column < WIDEST && cells[i].column + 1 > width)
            width = cells[i].column + 1;
    mapper->headers = calloc(width, sizeof *mapper->headers);
    mapper->used = calloc(width, sizeof *mapper->used);
    if (!mapper->headers || !mapper->used)
        return error_memory(&mapper->error, "reading a sheet");
    mapper->header_width = width;
    for (size_t i = 0; i < count; i++) {
        if (cells[i].column < width && cells[i].type == CELL_TEXT) {
            struct span text = span_trim((struct span){cells[i].text, cells[i].length});
            stream_escape(&mapper->headers[cells[i].column], text.text, text.length);
            if (mapper->headers[cells[i].column].failed)
                return error_memory(&mapper->error, "reading a sheet");
        }
    }
    return 0;
}

void mapper_forget_headers(struct mapper *mapper)
{
    for (size_t i = 0; i < mapper->header_width; i++)
        buffer_free(&mapper->headers[i]);
    free(mapper->headers);
    free(mapper->used);
    mapper->headers = NULL;
    mapper->used = NULL;
    mapper->header_width = 0;
}

static int widen(struct mapper *mapper, size_t width)
{
    if (width <= mapper->width)
        return 0;
    size_t capacity = mapper->width;
    const struct cell **room = grow(mapper->by_column, &capacity, width, sizeof *room);
    if (!room)
        return error_memory(&mapper->error, "reading a sheet");
    for (size_t i = mapper->width; i < capacity; i++)
        room[i] = NULL;
    mapper->by_column = room;
    mapper->width = capacity;
    return 0;
}

static void use_column(struct mapper *mapper, struct mapping *mapping, int column)
{
    mapping->mapped_columns++;
    if ((size_t)column < mapper->header_width)
        mapper->used[column] = true;
}

/* The row is the mapping's header: what follows are its rows. */
static int bind(struct mapper *mapper, struct mapping *mapping, const struct cell *cells,
                size_t count)
{
    mapping->bound = mapping->ever_bound = true;
    mapping->mapped_columns = 0;
    mapping->header_column = NO_COLUMN;
    mapper->seeking--;
    mapper->bound++;
    if (!mapper->headers && keep_headers(mapper, cells, count) < 0)
        return -1;
    size_t width = mapper->header_width;
    for (int f = 0; f < mapping->source->dataset->field_count; f++) {
        int column = mapping->columns[f];
        if (column == NO_COLUMN)
            continue;
        use_column(mapper, mapping, column);
        if (mapping->source->fields[f].required && mapping->header_column == NO_COLUMN)
            mapping->header_column = column;
        if ((size_t)column + 1 > width)
            width = (size_t)column + 1;
    }
    for (size_t r = 0; r < mapping->rule_count; r++)
        use_column(mapper, mapping, mapping->rules[r].column);
    mapping->header_text.length = 0;
    for (size_t i = 0; i < count; i++)
        if ((int)cells[i].column == mapping->header_column)
            buffer_add(&mapping->header_text, cells[i].text, cells[i].length);
    if (mapping->header_text.failed)
        return error_memory(&mapper->error, "reading a sheet");
    return widen(mapper, width);
}

/* ---- the row that came nearest -------------------------------------------------------------- */

/* The header of a row that is most like the one that is missing, or none. */
static void find_nearest_header(struct mapper *mapper, struct mapping *mapping,
                                const struct cell *cells, size_t count)
{
    struct buffer missing = {0};
    text_fold_header(&missing, span_of(mapping->nearest.missing));
    size_t best = missing.length / 3 + 1; /* no nearer than that is another header */
    mapping->nearest.header.length = 0;
    for (size_t i = 0; i < count; i++) {
        if (cells[i].type != CELL_TEXT)
            continue;
        struct buffer *folded = &mapper->scratch;
        folded->length = 0;
        text_fold_header(folded, (struct span){cells[i].text, cells[i].length});
        /* A common beginning counts for it: "Post Number" is like "Post No". */
        size_t alike = 0;
        while (alike < folded->length && alike < missing.length &&
               folded->text[alike] == missing.text[alike])
            alike++;
        size_t distance = text_distance((struct span){folded->text, folded->length},
                                        (struct span){missing.text, missing.length}, best + alike);
        distance = distance > alike ? distance - alike : 0;
        if (folded->length == 0 || distance >= best)
            continue;
        best = distance;
        mapping->nearest.header.length = 0;
        buffer_add(&mapping->nearest.header, cells[i].text, cells[i].length);
    }
    buffer_free(&missing);
}

int mapper_say_missing(const struct mapper *mapper, const struct mapping *mapping,
                       struct error *error)
{
    const char *name = mapping->source->name;
    if (mapping->nearest.found == 0)
        return error_set(error, EXIT_BAD_DATA,
                         "'%s': no sheet has the headers of source '%s' (%s:%u): see what the file "
                         "holds with 'monthend describe'",
                         mapper->file.file, name, mapping->source->file, mapping->source->line);
    const char *sheet = mapping->nearest.sheet.length > 0 ? mapping->nearest.sheet.text : "";
    const char *near = mapping->nearest.header.length > 0 ? mapping->nearest.header.text : "";
    return error_set(error, EXIT_BAD_DATA,
                     "'%s'%s%s%s row %" PRIu32 ": source '%s' finds no column '%s'%s%s%s: if the "
                     "header has a new spelling, add it at %s:%u",
                     mapper->file.file, *sheet ? " sheet '" : "", sheet, *sheet ? "'" : "",
                     mapping->nearest.row, name, mapping->nearest.missing, *near ? " (is it '" : "",
                     near, *near ? "' now?)" : "", mapping->source->file, mapping->source->line);
}

/* ---- seeking -------------------------------------------------------------------------------- */

void mapper_begin_headers(struct mapper *mapper)
{
    mapper->seeking = mapper->bound = 0;
    for (size_t i = 0; i < mapper->mapping_count; i++) {
        mapper->mappings[i].bound = false;
        mapper->seeking += mapper->mappings[i].may_read;
    }
}

int mapper_seek_header(struct mapper *mapper, struct mapping *mapping, uint32_t row,
                       const struct cell *cells, size_t count)
{
    match_row(mapper, mapping, cells, count);
    const char *missing;
    int found = count_required(mapping, &missing);
    if (!missing && found > 0)
        return bind(mapper, mapping, cells, count) < 0 ? -1 : 1;
    if (found > mapping->nearest.found) {
        mapping->nearest.found = found;
        mapping->nearest.row = row;
        mapping->nearest.missing = missing;
        find_nearest_header(mapper, mapping, cells, count);
        mapping->nearest.sheet.length = 0;
        buffer_add(&mapping->nearest.sheet, mapper->sheet.text, mapper->sheet.length);
    }
    return 0;
}
