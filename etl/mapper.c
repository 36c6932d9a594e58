#include "etl/mapper.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "etl/cell_value.h"
#include "etl/tables.h"

enum {
    WIDEST = 16384, /* columns of an .xlsx sheet */
    PROGRESS_ROWS = 8192,
    NO_COLUMN = -1,
    /* A lone text in a sheet this wide is a remark below the table, not a row of it. */
    TEXT_ROW_WIDTH = 3
};

/* A field of the record could not be taken, or must not be blank. */
struct fault {
    int field;
    const char *code;
};

struct rule_column {
    const struct source_rule *rule;
    int column;
};

/* One source on the sheet at hand. */
struct mapping {
    const struct source_config *source;
    bool may_read; /* the sheet's name fits */
    bool bound;    /* the header row is found */
    bool primary;  /* writes to the stream; the others are spooled */
    bool ever_bound;
    int columns[MAX_FIELDS];
    struct column_reader readers[MAX_FIELDS];
    struct rule_column *rules;
    size_t rule_count;
    int mapped_columns;
    int header_column; /* a required column, and the text of its header */
    struct buffer header_text;
    struct spool spool;
    struct buffer stream_columns;
    uint64_t read, accepted, rejected, ignored;
    struct fault first_reject;
    uint32_t first_rejected; /* its row */
    /* The row that came nearest to the header so far, for the message when none fits. */
    int nearest_found;
    uint32_t nearest_row;
    struct buffer nearest_sheet;
    const char *nearest_missing;
    struct buffer nearest_header; /* of that row: what the missing header may be called now */
};

struct mapper {
    const struct config *config;
    enum level end_level; /* of a row that ends before it starts */
    struct mapping *mappings;
    size_t mapping_count;
    struct stream_source file;
    const char *format;
    struct stream_writer *writer;
    struct findings *findings;
    void (*progress)(const char *file, uint64_t rows);
    struct error error;

    struct buffer sheet;
    bool in_sheet;
    unsigned source_number; /* 0: no #source written for this sheet yet */
    char source_text[16];   /* the same before a row: "1:" */
    uint32_t rows_seen;     /* rows of the sheet that were not empty */
    size_t seeking;         /* mappings that still look for their header */
    size_t bound;
    bool has_primary;

    const struct cell **by_column; /* the row at hand; NULL where a cell is blank */
    size_t width;
    struct buffer *headers; /* of the first header row found, as written, by column */
    size_t header_width;
    bool *used; /* header columns that some mapping reads */

    struct buffer values; /* of the row at hand */
    struct buffer record;
    struct buffer scratch;
    uint64_t rows_total;
};

/* ---- findings ------------------------------------------------------------------------------ */

int findings_write(struct findings *findings, struct stream_writer *writer, struct error *error)
{
    if (spool_write(&findings->counts, writer, TABLE_SOURCE_COUNT, COLUMNS_SOURCE_COUNT, error) <
            0 ||
        spool_write(&findings->remarks, writer, TABLE_REMARK, COLUMNS_REMARK, error) < 0)
        return -1;
    if (spool_write(&findings->unmapped, writer, TABLE_UNMAPPED, COLUMNS_UNMAPPED, error) < 0)
        return -1;
    return spool_write(&findings->headers, writer, TABLE_HEADER, COLUMNS_HEADER, error);
}

void findings_free(struct findings *findings)
{
    spool_free(&findings->remarks);
    spool_free(&findings->counts);
    spool_free(&findings->unmapped);
    buffer_free(&findings->first_failed);
    spool_free(&findings->headers);
}

static int add_remark(struct mapper *mapper, const char *outcome, const char *dataset,
                      int64_t column, const char *field, const char *code, uint32_t row)
{
    char letters[8] = "";
    if (column >= 0)
        text_column_letters((uint32_t)column, letters);
    mapper->scratch.length = 0;
    buffer_format(&mapper->scratch, "%s\t%s\t%s\t%s\t%s\t%u:%" PRIu32 "\n", outcome, dataset,
                  letters, field, code, mapper->source_number, row);
    if (mapper->scratch.failed)
        return error_memory(&mapper->error, "reading a sheet");
    return spool_add(&mapper->findings->remarks, mapper->scratch.text, mapper->scratch.length,
                     &mapper->error);
}

/* ---- finding the header -------------------------------------------------------------------- */

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
        }
    }
    return 0;
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

static int begin_table(struct mapper *mapper, struct mapping *mapping)
{
    if (mapper->source_number == 0) {
        struct stream_source source = mapper->file;
        source.sheet = mapper->sheet.text;
        mapper->source_number = stream_write_source(mapper->writer, &source);
        snprintf(mapper->source_text, sizeof mapper->source_text, "%u:", mapper->source_number);
    }
    mapping->stream_columns.length = 0;
    dataset_columns(mapping->source->dataset, &mapping->stream_columns);
    if (mapping->stream_columns.failed)
        return error_memory(&mapper->error, "reading a sheet");
    mapping->primary = !mapper->has_primary;
    if (mapping->primary) {
        mapper->has_primary = true;
        stream_write_table(mapper->writer, mapping->source->dataset->name,
                           mapping->stream_columns.text);
    }
    return 0;
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
    if (widen(mapper, width) < 0)
        return -1;
    return begin_table(mapper, mapping);
}

/* The header of a row that is most like the one that is missing, or none. */
static void find_nearest_header(struct mapper *mapper, struct mapping *mapping,
                                const struct cell *cells, size_t count)
{
    struct buffer missing = {0};
    text_fold_header(&missing, span_of(mapping->nearest_missing));
    size_t best = missing.length / 3 + 1; /* no nearer than that is another header */
    mapping->nearest_header.length = 0;
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
        mapping->nearest_header.length = 0;
        buffer_add(&mapping->nearest_header, cells[i].text, cells[i].length);
    }
    buffer_free(&missing);
}

static int seek_header(struct mapper *mapper, struct mapping *mapping, uint32_t row,
                       const struct cell *cells, size_t count)
{
    match_row(mapper, mapping, cells, count);
    const char *missing;
    int found = count_required(mapping, &missing);
    if (!missing && found > 0)
        return bind(mapper, mapping, cells, count);
    if (found > mapping->nearest_found) {
        mapping->nearest_found = found;
        mapping->nearest_row = row;
        mapping->nearest_missing = missing;
        find_nearest_header(mapper, mapping, cells, count);
        mapping->nearest_sheet.length = 0;
        buffer_add(&mapping->nearest_sheet, mapper->sheet.text, mapper->sheet.length);
    }
    return 0;
}

/* ---- rows ---------------------------------------------------------------------------------- */

static const struct cell *mapped_cell(const struct mapper *mapper, int column)
{
    if (column == NO_COLUMN || (size_t)column >= mapper->width)
        return NULL;
    return mapper->by_column[column];
}

/* Whether one of the row's folded values is in the rule's list. */
static bool rule_applies(struct mapper *mapper, const struct rule_column *rule)
{
    const struct cell *cell = mapped_cell(mapper, rule->column);
    mapper->scratch.length = 0;
    if (cell)
        cell_fold(cell, &mapper->scratch);
    const char *folded = mapper->scratch.length > 0 ? mapper->scratch.text : "";
    for (size_t i = 0; i < rule->rule->values.count; i++)
        if (strcmp(rule->rule->values.words[i], folded) == 0)
            return true;
    return false;
}

static bool begins_with_total(struct mapper *mapper, const struct cell *cell)
{
    if (cell->type != CELL_TEXT || cell->length < 5 || cell->length > 64 ||
        ((unsigned char)cell->text[0] > ' ' && !strchr("tTgG\xC2", cell->text[0])))
        return false; /* nearly all rows, without folding */
    mapper->scratch.length = 0;
    cell_fold(cell, &mapper->scratch);
    const char *folded = mapper->scratch.length > 0 ? mapper->scratch.text : "";
    return strncmp(folded, "total", 5) == 0 || strncmp(folded, "grand total", 11) == 0;
}

static bool is_blank_field(struct mapper *mapper, const struct mapping *mapping, int field)
{
    const struct cell *cell = mapped_cell(mapper, mapping->columns[field]);
    const struct column_reader *reader = &mapping->readers[field];
    return !cell || cell_is_blank(cell, reader->blanks, reader->longest_blank, &mapper->scratch);
}

/* Whether what a row cannot do without (its key, what dates it) is blank. */
static bool lacks_required(struct mapper *mapper, const struct mapping *mapping)
{
    for (int f = 0; f < mapping->source->dataset->field_count; f++) {
        if (!mapping->source->fields[f].required)
            continue;
        if (is_blank_field(mapper, mapping, f))
            return true;
    }
    return false;
}

/* Why a row is none of the table's rows, or NULL. `cells` are those that are not blank. */
static const char *why_ignored(struct mapper *mapper, const struct mapping *mapping,
                               const struct cell *first, size_t filled)
{
    if (filled == 0)
        return "blank row";
    if (begins_with_total(mapper, first) && lacks_required(mapper, mapping))
        return "total row";
    if (filled == 1 && mapping->mapped_columns >= TEXT_ROW_WIDTH && first->type == CELL_TEXT)
        return "text row";
    const struct cell *header = mapped_cell(mapper, mapping->header_column);
    if (header && header->type == CELL_TEXT && mapping->header_text.length > 0 &&
        span_equal((struct span){header->text, header->length},
                   (struct span){mapping->header_text.text, mapping->header_text.length}))
        return "repeated header";
    for (size_t r = 0; r < mapping->rule_count; r++) {
        const struct source_rule *rule = mapping->rules[r].rule;
        if (rule->kind == RULE_BLANK)
            continue;
        if (rule_applies(mapper, &mapping->rules[r]) != (rule->kind == RULE_ONLY))
            return "filtered";
    }
    for (int f = 0; f < mapping->source->dataset->field_count; f++)
        if (mapping->source->fields[f].must_be_filled && is_blank_field(mapper, mapping, f))
            return "filtered";
    return NULL;
}

static bool is_blanked(struct mapper *mapper, const struct mapping *mapping, int field)
{
    for (size_t r = 0; r < mapping->rule_count; r++)
        if (mapping->rules[r].rule->kind == RULE_BLANK && mapping->rules[r].rule->field == field &&
            rule_applies(mapper, &mapping->rules[r]))
            return true;
    return false;
}

/* Whether a spell ends before it starts; a date without a time lasts through its day. */
static bool ends_before_start(const struct dataset *dataset, const moment_t *moments)
{
    if (dataset->opens == NO_FIELD || dataset->closes == NO_FIELD)
        return false;
    moment_t opens = moments[dataset->opens];
    moment_t closes = moments[dataset->closes];
    if (opens == NO_MOMENT || closes == NO_MOMENT)
        return false;
    if (moment_has_time(opens) && moment_has_time(closes))
        return closes < opens;
    return moment_date(closes) < moment_date(opens);
}

static bool must_be_there(const struct dataset *dataset, int field)
{
    for (int k = 0; k < dataset->key_count; k++)
        if (dataset->key[k] == field)
            return true;
    return field == dataset->dated[0] && dataset->dated[1] == NO_FIELD;
}

/* The values of a row, one behind the other, before they become a record. */
struct row_values {
    size_t begin[MAX_FIELDS];
    size_t length[MAX_FIELDS];
    moment_t moments[MAX_FIELDS];
};

/* Appends one field's value; returns the outcome. */
static enum cell_outcome take_field(struct mapper *mapper, struct mapping *mapping, int field,
                                    moment_t *moment)
{
    const struct field_source *source = &mapping->source->fields[field];
    const struct cell *cell = mapped_cell(mapper, mapping->columns[field]);
    if (cell && mapping->rule_count > 0 && is_blanked(mapper, mapping, field))
        return CELL_BLANK;
    enum cell_outcome outcome = CELL_BLANK;
    if (cell)
        outcome = cell_value(&mapping->readers[field], cell, &mapper->values, moment);
    if (outcome == CELL_BLANK && source->always) {
        struct cell constant = {
            .type = CELL_TEXT, .text = source->always, .length = strlen(source->always)};
        outcome = cell_value(&mapping->readers[field], &constant, &mapper->values, moment);
    }
    return outcome;
}

static bool is_lost_key(enum cell_outcome outcome)
{
    return outcome == CELL_KEY_UNKNOWN || outcome == CELL_KEY_AMBIGUOUS;
}

/* Whether a row is of no use without the field: a review of nobody. */
static bool is_needed(const struct mapping *mapping, int field)
{
    return mapping->source->fields[field].required ||
           must_be_there(mapping->source->dataset, field);
}

/* Reads every cell of the row that has a field. Returns 0, 1 for a cell that cannot be read, -1
 * when something failed. */
static int read_values(struct mapper *mapper, struct mapping *mapping, uint32_t row,
                       struct row_values *values, struct fault *fault)
{
    const struct dataset *dataset = mapping->source->dataset;
    mapper->values.length = 0;
    for (int f = 0; f < dataset->field_count; f++) {
        values->moments[f] = NO_MOMENT;
        values->begin[f] = mapper->values.length;
        enum cell_outcome outcome = take_field(mapper, mapping, f, &values->moments[f]);
        values->length[f] = mapper->values.length - values->begin[f];
        const char *code = cell_outcome_code(outcome);
        if (outcome == CELL_NO_MEMORY || mapper->values.failed || mapper->scratch.failed ||
            mapping->readers[f].scratch.failed)
            return error_memory(&mapper->error, "reading a sheet");
        bool forgiven =
            outcome == CELL_BARE_SERIAL || (is_lost_key(outcome) && !is_needed(mapping, f));
        if (code && !forgiven) {
            *fault = (struct fault){f, code};
            return 1;
        }
        if (code && add_remark(mapper, "note", dataset->name, mapping->columns[f],
                               dataset->fields[f].name, code, row) < 0)
            return -1;
    }
    return 0;
}

/* Puts identifiers together for lists that have none: "C-17/2019-07-03"; none of a part that is
 * blank. */
static int make_identifiers(struct mapper *mapper, const struct mapping *mapping,
                            struct row_values *values)
{
    for (int f = 0; f < mapping->source->dataset->field_count; f++) {
        const struct field_source *source = &mapping->source->fields[f];
        if (source->made_count == 0)
            continue;
        mapper->scratch.length = 0;
        bool blank = false;
        for (int p = 0; p < source->made_count; p++) {
            int part = source->made[p];
            blank = blank || values->length[part] == 0;
            if (p > 0)
                buffer_add_char(&mapper->scratch, '/');
            buffer_add(&mapper->scratch, mapper->values.text + values->begin[part],
                       values->length[part]);
        }
        values->begin[f] = mapper->values.length;
        values->length[f] = blank ? 0 : mapper->scratch.length;
        if (!blank)
            buffer_add(&mapper->values, mapper->scratch.text, mapper->scratch.length);
    }
    return mapper->values.failed || mapper->scratch.failed
               ? error_memory(&mapper->error, "reading a sheet")
               : 0;
}

/* Whether something that the row cannot do without is missing. */
static bool find_fault(const struct dataset *dataset, const struct row_values *values,
                       struct fault *fault)
{
    for (int f = 0; f < dataset->field_count; f++) {
        if (values->length[f] == 0 && must_be_there(dataset, f)) {
            *fault = (struct fault){f, "missing value"};
            return true;
        }
    }
    if (dataset->dated[1] != NO_FIELD && values->length[dataset->dated[0]] == 0 &&
        values->length[dataset->dated[1]] == 0) {
        *fault = (struct fault){dataset->dated[0], "missing value"};
        return true;
    }
    return false;
}

/* " sheet 'List_1'", or nothing for a format without sheets. */
static void add_sheet(struct buffer *out, const struct buffer *sheet)
{
    if (sheet->length > 0)
        buffer_format(out, " sheet '%s'", sheet->text);
}

/* A spell that ends before it starts: rejected, noted, or a failure of the whole run. Returns 0, 1
 * when the row must be rejected, -1 when something failed. */
static int check_spell(struct mapper *mapper, const struct mapping *mapping,
                       const struct row_values *values, uint32_t row, struct fault *fault)
{
    const struct dataset *dataset = mapping->source->dataset;
    if (!ends_before_start(dataset, values->moments))
        return 0;
    *fault = (struct fault){dataset->closes, common_check_codes[CHECK_ENDS_BEFORE_START]};
    if (mapper->end_level == LEVEL_REJECT)
        return 1;
    struct findings *findings = mapper->findings;
    if (mapper->end_level == LEVEL_FAIL && findings->failed++ == 0) {
        buffer_format(&findings->first_failed, "'%s'", mapper->file.file);
        add_sheet(&findings->first_failed, &mapper->sheet);
        buffer_format(&findings->first_failed, " row %" PRIu32, row);
    }
    return add_remark(mapper, "note", dataset->name, mapping->columns[fault->field],
                      dataset->fields[fault->field].name, fault->code, row);
}

static int write_record(struct mapper *mapper, const struct dataset *dataset,
                        const struct row_values *values, uint32_t row)
{
    struct buffer *record = &mapper->record;
    record->length = 0;
    for (int f = 0; f < dataset->field_count; f++) {
        const char *value = values->length[f] ? mapper->values.text + values->begin[f] : "";
        if (f == 0 && *value == '#')
            buffer_add_char(record, '\\'); /* a record must not look like a directive */
        buffer_add(record, value, values->length[f]);
        buffer_add_char(record, '\t');
    }
    char at[16];
    size_t begin = sizeof at;
    at[--begin] = '\n';
    for (uint32_t left = row; begin > 0; left /= 10) {
        at[--begin] = (char)('0' + left % 10);
        if (left < 10)
            break;
    }
    buffer_add(record, mapper->source_text, strlen(mapper->source_text));
    buffer_add(record, at + begin, sizeof at - begin);
    return record->failed ? error_memory(&mapper->error, "reading a sheet") : 0;
}

/* Builds the record of a row. Returns 0, 1 when the row must be rejected (*fault says why), -1
 * when something failed. */
static int build_record(struct mapper *mapper, struct mapping *mapping, uint32_t row,
                        struct fault *fault)
{
    const struct dataset *dataset = mapping->source->dataset;
    struct row_values values;
    int status = read_values(mapper, mapping, row, &values, fault);
    if (status != 0)
        return status;
    if (make_identifiers(mapper, mapping, &values) < 0)
        return -1;
    if (find_fault(dataset, &values, fault))
        return 1;
    status = check_spell(mapper, mapping, &values, row, fault);
    if (status != 0)
        return status;
    return write_record(mapper, dataset, &values, row);
}

static int map_row(struct mapper *mapper, struct mapping *mapping, uint32_t row,
                   const struct cell *first, size_t filled)
{
    const struct dataset *dataset = mapping->source->dataset;
    mapping->read++;
    const char *ignored = why_ignored(mapper, mapping, first, filled);
    if (ignored) {
        mapping->ignored++;
        /* Thousands of blank or filtered rows are usual: counted, not listed. */
        if (filled == 0 || strcmp(ignored, "filtered") == 0)
            return 0;
        return add_remark(mapper, "ignored", dataset->name, NO_COLUMN, "", ignored, row);
    }
    struct fault fault;
    int status = build_record(mapper, mapping, row, &fault);
    if (status < 0)
        return -1;
    if (status > 0) {
        if (mapping->rejected++ == 0) {
            mapping->first_reject = fault;
            mapping->first_rejected = row;
        }
        return add_remark(mapper, "reject", dataset->name, mapping->columns[fault.field],
                          dataset->fields[fault.field].name, fault.code, row);
    }
    mapping->accepted++;
    if (!mapping->primary)
        return spool_add(&mapping->spool, mapper->record.text, mapper->record.length,
                         &mapper->error);
    stream_write_raw(mapper->writer, mapper->record.text, mapper->record.length, 1);
    if (mapper->writer->cause) {
        struct error *error = &mapper->error;
        return stream_writer_close(mapper->writer, error);
    }
    return 0;
}

/* Puts the row's cells that are not blank at their columns; counts them and finds the first. */
static size_t lay_out(struct mapper *mapper, const struct cell *cells, size_t count,
                      const struct cell **first)
{
    static const struct word_list no_blanks = {0};
    size_t filled = 0;
    *first = NULL;
    for (size_t i = 0; i < count; i++) {
        if (cell_is_blank(&cells[i], &no_blanks, 0, &mapper->scratch))
            continue;
        if (filled++ == 0)
            *first = &cells[i];
        if (cells[i].column < mapper->width)
            mapper->by_column[cells[i].column] = &cells[i];
    }
    return filled;
}

static void clear_row(struct mapper *mapper, const struct cell *cells, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (cells[i].column < mapper->width)
            mapper->by_column[cells[i].column] = NULL;
}

static int read_row(struct mapper *mapper, uint32_t row, const struct cell *cells, size_t count)
{
    if (mapper->progress && ++mapper->rows_total % PROGRESS_ROWS == 0)
        mapper->progress(mapper->file.file, mapper->rows_total);
    size_t bound_before = mapper->bound;
    if (bound_before > 0) {
        const struct cell *first;
        size_t filled = lay_out(mapper, cells, count, &first);
        int status = 0;
        for (size_t i = 0; i < mapper->mapping_count && status == 0; i++)
            if (mapper->mappings[i].bound)
                status = map_row(mapper, &mapper->mappings[i], row, first, filled);
        clear_row(mapper, cells, count);
        if (status < 0)
            return -1;
    }
    if (mapper->seeking == 0 || count == 0 || mapper->rows_seen++ >= HEADER_ROWS)
        return 0;
    for (size_t i = 0; i < mapper->mapping_count; i++) {
        struct mapping *mapping = &mapper->mappings[i];
        if (mapping->may_read && !mapping->bound &&
            seek_header(mapper, mapping, row, cells, count) < 0)
            return -1;
    }
    return 0;
}

static int take_row(void *context, uint32_t row, const struct cell *cells, size_t count)
{
    struct mapper *mapper = context;
    if (read_row(mapper, row, cells, count) < 0)
        return -1;
    /* A header or a blank that could not be folded was taken for another. */
    return mapper->scratch.failed ? error_memory(&mapper->error, "reading a sheet") : 0;
}

static int take_note(void *context, uint32_t row, uint32_t column, const char *code)
{
    struct mapper *mapper = context;
    if (mapper->source_number == 0)
        return 0; /* not in a table that is read */
    return add_remark(mapper, "note", "", column == UINT32_MAX ? NO_COLUMN : (int64_t)column, "",
                      code, row);
}

/* ---- sheets -------------------------------------------------------------------------------- */

static bool is_absent(const struct mapping *mapping, int field)
{
    return mapping->source->fields[field].headers.count > 0 && mapping->columns[field] == NO_COLUMN;
}

static void add_absent_fields(const struct mapping *mapping, struct buffer *out)
{
    const struct dataset *dataset = mapping->source->dataset;
    const char *separator = "";
    for (int f = 0; f < dataset->field_count; f++) {
        if (!is_absent(mapping, f))
            continue;
        buffer_format(out, "%s%s", separator, dataset->fields[f].name);
        separator = ", ";
    }
}

/* An export whose rows are mostly refused has changed; a report of what is left would mislead. */
static int too_many_rejects(struct mapper *mapper, const struct mapping *mapping)
{
    const struct fault *fault = &mapping->first_reject;
    char letters[8] = "";
    int column = mapping->columns[fault->field];
    struct buffer *place = &mapper->scratch;
    place->length = 0;
    buffer_format(place, "'%s'", mapper->file.file);
    add_sheet(place, &mapper->sheet);
    return error_set(&mapper->error, EXIT_BAD_DATA,
                     "%s: source '%s' rejects %" PRIu64 " of %" PRIu64
                     " rows, more than %d%% ([data] reject limit): the first is row %" PRIu32
                     "%s%s (%s): %s: see whether the export has changed",
                     place->failed ? mapper->file.file : place->text, mapping->source->name,
                     mapping->rejected, mapping->accepted + mapping->rejected,
                     mapper->config->reject_limit, mapping->first_rejected,
                     column == NO_COLUMN ? "" : " column ",
                     column == NO_COLUMN ? "" : text_column_letters((uint32_t)column, letters),
                     mapping->source->dataset->fields[fault->field].name, fault->code);
}

static int count_mapping(struct mapper *mapper, struct mapping *mapping)
{
    struct findings *findings = mapper->findings;
    struct buffer *line = &mapper->scratch;
    line->length = 0;
    buffer_format(line, "%u\t", mapper->source_number);
    stream_escape(line, mapping->source->name, strlen(mapping->source->name));
    buffer_format(line, "\t%s\t%s\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t0\t",
                  mapping->source->dataset->name, mapper->format, mapping->read, mapping->accepted,
                  mapping->rejected, mapping->ignored);
    add_absent_fields(mapping, line);
    buffer_add_char(line, '\n');
    if (line->failed)
        return error_memory(&mapper->error, "reading a sheet");
    if (mapping->read != mapping->accepted + mapping->rejected + mapping->ignored)
        return error_set(&mapper->error, EXIT_BROKEN,
                         "source '%s': rows read and rows accounted for differ: report this",
                         mapping->source->name);
    if (config_too_many_rejects(mapper->config, mapping->accepted, mapping->rejected))
        return too_many_rejects(mapper, mapping);
    findings->read += mapping->read;
    findings->accepted += mapping->accepted;
    findings->rejected += mapping->rejected;
    findings->ignored += mapping->ignored;
    mapping->read = mapping->accepted = mapping->rejected = mapping->ignored = 0;
    return spool_add(&findings->counts, line->text, line->length, &mapper->error);
}

/* Puts the beginning of a line about a column together: its source, letters and header. */
static struct buffer *describe_column(struct mapper *mapper, size_t column)
{
    char letters[8];
    struct buffer *line = &mapper->scratch;
    line->length = 0;
    buffer_format(line, "%u\t%s\t", mapper->source_number,
                  text_column_letters((uint32_t)column, letters));
    buffer_add(line, mapper->headers[column].text, mapper->headers[column].length);
    return line;
}

/* The fields that are read from a column: "dataset.field,dataset.field". */
static void add_fields(const struct mapper *mapper, size_t column, struct buffer *line)
{
    const char *separator = "";
    for (size_t m = 0; m < mapper->mapping_count; m++) {
        const struct mapping *mapping = &mapper->mappings[m];
        const struct dataset *dataset = mapping->source->dataset;
        for (int f = 0; mapping->bound && f < dataset->field_count; f++) {
            if (mapping->columns[f] != (int)column)
                continue;
            buffer_format(line, "%s%s.%s", separator, dataset->name, dataset->fields[f].name);
            separator = ",";
        }
    }
}

static int add_column(struct mapper *mapper, struct spool *spool, struct buffer *line)
{
    buffer_add_char(line, '\n');
    if (line->failed)
        return error_memory(&mapper->error, "reading a sheet");
    return spool_add(spool, line->text, line->length, &mapper->error);
}

/* The headers of the sheet, and again those that no source reads. */
static int list_headers(struct mapper *mapper)
{
    struct findings *findings = mapper->findings;
    for (size_t i = 0; i < mapper->header_width; i++) {
        if (mapper->headers[i].length == 0)
            continue;
        struct buffer *line = describe_column(mapper, i);
        buffer_add_char(line, '\t');
        add_fields(mapper, i, line);
        if (add_column(mapper, &findings->headers, line) < 0)
            return -1;
        if (!mapper->used[i] &&
            add_column(mapper, &findings->unmapped, describe_column(mapper, i)) < 0)
            return -1;
    }
    return 0;
}

static void forget_headers(struct mapper *mapper)
{
    for (size_t i = 0; i < mapper->header_width; i++)
        buffer_free(&mapper->headers[i]);
    free(mapper->headers);
    free(mapper->used);
    mapper->headers = NULL;
    mapper->used = NULL;
    mapper->header_width = 0;
}

/* Ends the tables of a sheet: the stream's own first, then those that were spooled. */
static int end_sheet(struct mapper *mapper)
{
    if (!mapper->in_sheet)
        return 0;
    mapper->in_sheet = false;
    if (mapper->has_primary)
        stream_write_table_end(mapper->writer);
    for (size_t i = 0; i < mapper->mapping_count; i++) {
        struct mapping *mapping = &mapper->mappings[i];
        if (!mapping->bound)
            continue;
        if (!mapping->primary &&
            spool_write(&mapping->spool, mapper->writer, mapping->source->dataset->name,
                        mapping->stream_columns.text, &mapper->error) < 0)
            return -1;
        if (count_mapping(mapper, mapping) < 0)
            return -1;
    }
    if (list_headers(mapper) < 0)
        return -1;
    forget_headers(mapper);
    return 0;
}

static int take_sheet(void *context, const char *name, bool hidden)
{
    struct mapper *mapper = context;
    if (end_sheet(mapper) < 0)
        return -1;
    mapper->in_sheet = true;
    mapper->sheet.length = 0;
    buffer_add_text(&mapper->sheet, name);
    if (mapper->sheet.failed)
        return error_memory(&mapper->error, "reading a sheet");
    mapper->source_number = 0;
    mapper->rows_seen = 0;
    mapper->seeking = mapper->bound = 0;
    mapper->has_primary = false;
    for (size_t i = 0; i < mapper->mapping_count; i++) {
        struct mapping *mapping = &mapper->mappings[i];
        mapping->may_read = config_may_read_sheet(&mapping->source->sheet_globs, name, hidden);
        mapping->bound = mapping->primary = false;
        mapper->seeking += mapping->may_read;
    }
    return 0;
}

/* ---- life ---------------------------------------------------------------------------------- */

static int init_mapping(struct mapping *mapping, const struct source_config *source,
                        const struct lookups *lookups)
{
    mapping->source = source;
    size_t longest = 0;
    for (size_t i = 0; i < source->blanks.count; i++)
        if (strlen(source->blanks.words[i]) > longest)
            longest = strlen(source->blanks.words[i]);
    for (int f = 0; f < source->dataset->field_count; f++)
        mapping->readers[f] =
            (struct column_reader){.field = &source->dataset->fields[f],
                                   .source = &source->fields[f],
                                   .blanks = &source->blanks,
                                   .longest_blank = longest,
                                   .answers = lookups_for(lookups, &source->fields[f])};
    for (const struct source_rule *rule = source->rules; rule; rule = rule->next)
        mapping->rule_count++;
    mapping->rules = calloc(mapping->rule_count + 1, sizeof *mapping->rules);
    if (!mapping->rules)
        return -1;
    size_t r = 0;
    for (const struct source_rule *rule = source->rules; rule; rule = rule->next)
        mapping->rules[r++].rule = rule;
    return 0;
}

struct mapper *mapper_new(const struct config *config, const struct source_config *const *sources,
                          size_t count, const struct lookups *lookups,
                          const struct stream_source *file, const char *format,
                          struct stream_writer *writer, struct findings *findings,
                          void (*progress)(const char *file, uint64_t rows))
{
    struct mapper *mapper = calloc(1, sizeof *mapper);
    if (!mapper)
        return NULL;
    mapper->mappings = calloc(count + 1, sizeof *mapper->mappings);
    mapper->mapping_count = mapper->mappings ? count : 0;
    bool failed = !mapper->mappings;
    for (size_t i = 0; i < mapper->mapping_count && !failed; i++)
        failed = init_mapping(&mapper->mappings[i], sources[i], lookups) < 0;
    mapper->config = config;
    mapper->end_level = config_level(config, common_check_codes[CHECK_ENDS_BEFORE_START],
                                     config->catalogue.levels[CHECK_ENDS_BEFORE_START]);
    mapper->file = *file;
    mapper->format = format;
    mapper->writer = writer;
    mapper->findings = findings;
    mapper->progress = progress;
    if (failed) {
        mapper_free(mapper);
        return NULL;
    }
    return mapper;
}

void mapper_free(struct mapper *mapper)
{
    if (!mapper)
        return;
    for (size_t i = 0; i < mapper->mapping_count; i++) {
        struct mapping *mapping = &mapper->mappings[i];
        for (int f = 0; f < MAX_FIELDS; f++)
            column_reader_free(&mapping->readers[f]);
        free(mapping->rules);
        spool_free(&mapping->spool);
        buffer_free(&mapping->header_text);
        buffer_free(&mapping->stream_columns);
        buffer_free(&mapping->nearest_sheet);
        buffer_free(&mapping->nearest_header);
    }
    forget_headers(mapper);
    free(mapper->mappings);
    free(mapper->by_column);
    buffer_free(&mapper->sheet);
    buffer_free(&mapper->values);
    buffer_free(&mapper->record);
    buffer_free(&mapper->scratch);
    free(mapper);
}

struct row_sink mapper_sink(struct mapper *mapper)
{
    return (struct row_sink){
        .context = mapper, .sheet = take_sheet, .row = take_row, .note = take_note};
}

const struct error *mapper_error(const struct mapper *mapper)
{
    return &mapper->error;
}

/* A source that every file of its pattern should have was in none of the sheets. */
static int missing_source(const struct mapper *mapper, const struct mapping *mapping,
                          struct error *error)
{
    const char *name = mapping->source->name;
    if (mapping->nearest_found == 0)
        return error_set(error, EXIT_BAD_DATA,
                         "'%s': no sheet has the headers of source '%s' (%s:%u): see what the file "
                         "holds with 'monthend describe'",
                         mapper->file.file, name, mapping->source->file, mapping->source->line);
    const char *sheet = mapping->nearest_sheet.length > 0 ? mapping->nearest_sheet.text : "";
    const char *near = mapping->nearest_header.length > 0 ? mapping->nearest_header.text : "";
    return error_set(error, EXIT_BAD_DATA,
                     "'%s'%s%s%s row %" PRIu32 ": source '%s' finds no column '%s'%s%s%s: if the "
                     "header has a new spelling, add it at %s:%u",
                     mapper->file.file, *sheet ? " sheet '" : "", sheet, *sheet ? "'" : "",
                     mapping->nearest_row, name, mapping->nearest_missing, *near ? " (is it '" : "",
                     near, *near ? "' now?)" : "", mapping->source->file, mapping->source->line);
}

int mapper_finish(struct mapper *mapper, struct error *error)
{
    if (end_sheet(mapper) < 0) {
        *error = mapper->error;
        return -1;
    }
    bool any = false;
    for (size_t i = 0; i < mapper->mapping_count; i++)
        any = any || mapper->mappings[i].ever_bound;
    for (size_t i = 0; i < mapper->mapping_count; i++) {
        const struct mapping *mapping = &mapper->mappings[i];
        if (!mapping->ever_bound && (!mapping->source->optional || !any))
            return missing_source(mapper, mapping, error);
    }
    return 0;
}
