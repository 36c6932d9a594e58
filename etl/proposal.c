#include "etl/proposal.h"

#include <stdio.h>
#include <string.h>

enum { NO_COLUMN = -1 };

struct proposal {
    const struct sheet_seen *sheet;
    const struct config *const *configs;
    size_t config_count;
    const struct dataset *dataset;
    int columns[MAX_FIELDS]; /* of each field, NO_COLUMN where none was found */
    bool by_values[MAX_FIELDS];
};

/* ---- by header ------------------------------------------------------------------------------ */

/* "Child ID" is a child, "Episode No" an episode. */
static bool is_called(const struct buffer *header, const struct buffer *name)
{
    static const char *const endings[] = {"", "id", "no", "number", "uniqueid", "date", "code"};
    if (name->length == 0 || header->length < name->length ||
        memcmp(header->text, name->text, name->length) != 0)
        return false;
    for (size_t e = 0; e < sizeof endings / sizeof endings[0]; e++)
        if (strcmp(header->text + name->length, endings[e]) == 0)
            return true;
    return false;
}

/* Whether some source spells the header of a field so. Datasets are told by name: each
 * configuration has read them for itself. */
static bool is_spelled(const struct proposal *proposal, const struct dataset *dataset, int field,
                       const char *folded)
{
    for (size_t c = 0; c < proposal->config_count; c++) {
        const struct config *config = proposal->configs[c];
        for (size_t s = 0; s < config->source_count; s++) {
            const struct source_config *source = &config->sources[s];
            if (strcmp(source->dataset->name, dataset->name) != 0)
                continue;
            int same = dataset_field(source->dataset, span_of(dataset->fields[field].name));
            for (size_t h = 0; same != NO_FIELD && h < source->fields[same].headers.count; h++)
                if (strcmp(source->fields[same].headers.words[h], folded) == 0)
                    return true;
        }
    }
    return false;
}

/* Whether a column that is named like the field is the better one for what it holds: of two that
 * can be a date, the one with dates. */
static bool is_better(const struct proposal *proposal, const struct field *field, int now,
                      int other)
{
    if (now == NO_COLUMN)
        return true;
    const struct column_seen *a = &proposal->sheet->columns[now];
    const struct column_seen *b = &proposal->sheet->columns[other];
    bool dated = field->type == TYPE_DATE || field->type == TYPE_TIME;
    return dated && a->counts[CELL_DATE] + a->dates_as_text == 0 &&
           b->counts[CELL_DATE] + b->dates_as_text > 0;
}

/* How many of a dataset's fields have a header like theirs in the sheet. */
static int match_headers(const struct proposal *proposal, const struct dataset *dataset,
                         int *columns)
{
    struct buffer folded = {0};
    struct buffer name = {0};
    int found = 0;
    for (int f = 0; f < dataset->field_count; f++) {
        columns[f] = NO_COLUMN;
        for (size_t c = 0; c < proposal->sheet->width; c++) {
            const struct buffer *header = &proposal->sheet->columns[c].header;
            folded.length = name.length = 0;
            if (header->length == 0)
                continue;
            text_fold_header(&folded, (struct span){header->text, header->length});
            text_fold_header(&name, span_of(dataset->fields[f].name));
            if (folded.length > 0 &&
                (is_called(&folded, &name) || is_spelled(proposal, dataset, f, folded.text)) &&
                is_better(proposal, &dataset->fields[f], columns[f], (int)c))
                columns[f] = (int)c;
        }
        found += columns[f] != NO_COLUMN;
    }
    buffer_free(&folded);
    buffer_free(&name);
    return found;
}

/* The dataset that most headers fit; one header alone (an id) fits everything. */
static void choose_dataset(struct proposal *proposal)
{
    const struct catalogue *catalogue = &proposal->configs[0]->catalogue;
    int best = 1;
    for (size_t d = 0; d < catalogue->count; d++) {
        int columns[MAX_FIELDS];
        int found = match_headers(proposal, &catalogue->datasets[d], columns);
        if (found > best) {
            best = found;
            proposal->dataset = &catalogue->datasets[d];
            memcpy(proposal->columns, columns, sizeof columns);
        }
    }
}

/* ---- by values ------------------------------------------------------------------------------ */

static bool is_in(const char *word, const char *const *words, size_t count)
{
    for (size_t w = 0; w < count; w++)
        if (strcmp(word, words[w]) == 0)
            return true;
    return false;
}

/* A [values] by which some source reads the word for the field; NULL: none. */
static const struct value_table *find_table(const struct proposal *proposal,
                                            const struct config *in, int field, const char *word)
{
    const char *name = proposal->dataset->fields[field].name;
    for (size_t s = 0; s < in->source_count; s++) {
        const struct source_config *source = &in->sources[s];
        int same = strcmp(source->dataset->name, proposal->dataset->name) == 0
                       ? dataset_field(source->dataset, span_of(name))
                       : NO_FIELD;
        const struct value_table *values = same == NO_FIELD ? NULL : source->fields[same].values;
        for (size_t v = 0; values && v < values->count; v++)
            if (strcmp(values->spellings[v].spelling, word) == 0)
                return values;
    }
    return NULL;
}

/* Whether a word, folded, is a value of the field, or a spelling of one that some source knows. */
static bool is_value(const struct proposal *proposal, int field, const char *word)
{
    static const char *const flags[] = {"y", "n", "yes", "no", "true", "false"};
    const struct field *of = &proposal->dataset->fields[field];
    if (of->type == TYPE_FLAG && is_in(word, flags, sizeof flags / sizeof *flags))
        return true;
    if (is_in(word, of->values, of->value_count))
        return true;
    for (size_t c = 0; c < proposal->config_count; c++)
        if (find_table(proposal, proposal->configs[c], field, word))
            return true;
    return false;
}

/* How many of a column's words are values of the field. */
static size_t count_values(const struct proposal *proposal, int field,
                           const struct column_seen *column)
{
    struct buffer folded = {0};
    size_t known = 0;
    for (size_t w = 0; w < column->word_count; w++) {
        folded.length = 0;
        text_fold(&folded, (struct span){column->words[w].text, column->words[w].length});
        known += folded.length > 0 && is_value(proposal, field, folded.text);
    }
    buffer_free(&folded);
    return known;
}

static uint64_t count_cells(const struct column_seen *column)
{
    uint64_t cells = column->dates_as_text;
    for (int t = 0; t <= CELL_ERROR; t++)
        cells += column->counts[t];
    return cells;
}

/* Whether the cells of a column are all what the field can be. */
static bool can_be(const struct proposal *proposal, int field, const struct column_seen *column)
{
    uint64_t cells = count_cells(column);
    switch (proposal->dataset->fields[field].type) {
    case TYPE_DATE:
    case TYPE_TIME:
        return cells > 0 && column->counts[CELL_DATE] + column->dates_as_text == cells;
    case TYPE_FLAG:
        if (cells > 0 && column->counts[CELL_BOOLEAN] == cells)
            return true;
        /* fallthrough */
    case TYPE_CATEGORY:
        return column->word_count > 0 && !column->many_words &&
               count_values(proposal, field, column) == column->word_count;
    case TYPE_ID:
    case TYPE_NUMBER:
    case TYPE_TEXT:
    case TYPE_REFERENCE:
        break;
    }
    return false;
}

static bool is_taken(const struct proposal *proposal, int column)
{
    for (int f = 0; f < proposal->dataset->field_count; f++)
        if (proposal->columns[f] == column)
            return true;
    return false;
}

/* The only free column that the field can be, NO_COLUMN when there is none or several. */
static int only_candidate(const struct proposal *proposal, int field)
{
    int found = NO_COLUMN;
    for (size_t c = 0; c < proposal->sheet->width; c++) {
        if (is_taken(proposal, (int)c) || !can_be(proposal, field, &proposal->sheet->columns[c]))
            continue;
        if (found != NO_COLUMN)
            return NO_COLUMN;
        found = (int)c;
    }
    return found;
}

/* A field takes a column by its values when neither has another to go to. */
static void match_values(struct proposal *proposal)
{
    int wanted[MAX_FIELDS];
    int count = proposal->dataset->field_count;
    for (int f = 0; f < count; f++)
        wanted[f] = proposal->columns[f] == NO_COLUMN ? only_candidate(proposal, f) : NO_COLUMN;
    for (int f = 0; f < count; f++) {
        int rivals = 0;
        for (int other = 0; other < count; other++)
            rivals += wanted[f] != NO_COLUMN && wanted[other] == wanted[f];
        if (rivals == 1) {
            proposal->columns[f] = wanted[f];
            proposal->by_values[f] = true;
        }
    }
}

/* ---- printing ------------------------------------------------------------------------------- */

/* The file's name with its date as a pattern, so that next month's fits too. */
static void print_pattern(const char *name)
{
    size_t length = strlen(name);
    for (size_t i = 0; i < length;) {
        size_t digits = strspn(name + i, "0123456789");
        bool iso = i + 10 <= length && date_from_iso((struct span){name + i, 10}) != NO_DATE;
        if (iso || digits == 8) {
            putchar('*');
            i += iso ? 10 : 8;
        } else {
            putchar(name[i++]);
        }
    }
    putchar('\n');
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* All words are known: as the values themselves, or by a [values], which is named then. That of a
 * standard layout is to be copied: sources of one's own know only their own configuration. */
static void print_table(const struct proposal *proposal, int field,
                        const struct column_seen *column)
{
    const struct field *of = &proposal->dataset->fields[field];
    struct buffer folded = {0};
    for (size_t w = 0; w < column->word_count; w++) {
        const struct value_table *table = NULL;
        folded.length = 0;
        text_fold(&folded, (struct span){column->words[w].text, column->words[w].length});
        if (folded.length == 0 || is_in(folded.text, of->values, of->value_count))
            continue;
        size_t c = 0;
        while (c < proposal->config_count &&
               !(table = find_table(proposal, proposal->configs[c], field, folded.text)))
            c++;
        if (table && c == 0)
            printf("values %s = %s\n", of->name, table->name);
        else if (table)
            printf("#values %s = %s  (copy [values %s] of the layout %s)\n", of->name, table->name,
                   table->name, base_name(table->file));
        if (table)
            break;
    }
    buffer_free(&folded);
}

/* The words of a category that no source knows yet are for a [values] table. */
static void print_words(const struct proposal *proposal, int field, bool show_words)
{
    const struct field *of = &proposal->dataset->fields[field];
    const struct column_seen *column = &proposal->sheet->columns[proposal->columns[field]];
    if (of->type != TYPE_CATEGORY || of->value_count == 0 || column->word_count == 0)
        return;
    size_t unknown = column->word_count - count_values(proposal, field, column);
    if (unknown == 0 && !column->many_words) {
        print_table(proposal, field, column);
        return;
    }
    printf("#values %s = %s  (of its %s%zu spellings %zu are not known%s)\n", of->name, of->name,
           column->many_words ? "more than " : "", column->word_count, unknown,
           show_words ? "" : ": --show-values lists them");
    if (!show_words)
        return;
    fputs("#  spelled:", stdout);
    for (size_t w = 0; w < column->word_count; w++)
        printf("%s %s", w ? " |" : "", column->words[w].text);
    fputs("\n#  one of:", stdout);
    for (size_t v = 0; v < of->value_count; v++)
        printf("%s %s", v ? " |" : "", of->values[v]);
    printf("\n#[values %s]  (behind this [source]; the spellings of each)\n", of->name);
    for (size_t v = 0; v < of->value_count; v++)
        printf("#%s =\n", of->values[v]);
}

static void print_fields(const struct proposal *proposal, bool show_words)
{
    const struct dataset *dataset = proposal->dataset;
    for (int f = 0; f < dataset->field_count; f++) {
        int column = proposal->columns[f];
        if (column == NO_COLUMN) {
            printf("#column %s = (a %s)\n", dataset->fields[f].name, dataset->fields[f].type_name);
            continue;
        }
        if (proposal->by_values[f])
            puts("# by its values, not by its name: is it?");
        printf("column %s = %s\n", dataset->fields[f].name,
               proposal->sheet->columns[column].header.text);
        print_words(proposal, f, show_words);
    }
}

static void print_unread(const struct proposal *proposal)
{
    const char *separator = "# nothing is read from: ";
    for (size_t c = 0; c < proposal->sheet->width; c++) {
        const struct buffer *header = &proposal->sheet->columns[c].header;
        if (header->length == 0 || is_taken(proposal, (int)c))
            continue;
        printf("%s%s", separator, header->text);
        separator = " | ";
    }
    if (*separator == ' ')
        putchar('\n');
}

/* Where no dataset is near: what is to be said, with the headers to choose fields for. */
static void print_skeleton(const struct proposal *proposal)
{
    const struct catalogue *catalogue = &proposal->configs[0]->catalogue;
    fputs("# no dataset has two fields that these headers fit: choose one of these, and fields for "
          "the\n# columns (describe --dataset NAME lists them):\n#",
          stdout);
    for (size_t d = 0; d < catalogue->count; d++)
        printf(" %s", catalogue->datasets[d].name);
    puts("\ndataset = ?");
    for (size_t c = 0; c < proposal->sheet->width; c++)
        if (proposal->sheet->columns[c].header.length > 0)
            printf("column ? = %s\n", proposal->sheet->columns[c].header.text);
}

void proposal_print(const struct sheet_seen *sheet, const struct config *const *configs,
                    size_t config_count, bool show_words)
{
    struct proposal proposal = {.sheet = sheet, .configs = configs, .config_count = config_count};
    choose_dataset(&proposal);
    if (proposal.dataset)
        match_values(&proposal);
    printf("\n[source %s]\nfile    = ", proposal.dataset ? proposal.dataset->name : "?");
    print_pattern(sheet->file);
    if (*sheet->sheet)
        printf("sheet   = %s\n", sheet->sheet);
    if (proposal.dataset) {
        printf("dataset = %s\n", proposal.dataset->name);
        print_fields(&proposal, show_words);
        print_unread(&proposal);
    } else {
        print_skeleton(&proposal);
    }
}

/* ---- the fields of a dataset ------------------------------------------------------------------
 */

void proposal_print_dataset(const struct dataset *dataset)
{
    printf("%s:\n", dataset->name);
    for (int f = 0; f < dataset->field_count; f++) {
        const struct field *field = &dataset->fields[f];
        bool needed = f == dataset->dated[0] && dataset->dated[1] == NO_FIELD;
        for (int k = 0; k < dataset->key_count; k++)
            needed = needed || f == dataset->key[k];
        printf("  %-22s %s%s", field->name,
               field->type == TYPE_REFERENCE ? "the identifier of a " : "", field->type_name);
        for (size_t v = 0; v < field->value_count; v++)
            printf("%s %s", v ? " |" : ":", field->values[v]);
        puts(needed ? "  (no row without it)" : "");
    }
}
