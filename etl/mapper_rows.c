#include "etl/mapping.h"

#include <inttypes.h>
#include <string.h>

#include "etl/cell_value.h"

/* A lone text in a sheet this wide is a remark below the table, not a row of it. */
enum { TEXT_ROW_WIDTH = 3 };

/* ---- rows that are none of the table's ------------------------------------------------------ */

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

/* ---- values --------------------------------------------------------------------------------- */

/* The values of a row, one behind the other, before they become a record. */
struct row_values {
    size_t begin[MAX_FIELDS];
    size_t length[MAX_FIELDS];
    moment_t moments[MAX_FIELDS];
};

static bool is_blanked(struct mapper *mapper, const struct mapping *mapping, int field)
{
    for (size_t r = 0; r < mapping->rule_count; r++)
        if (mapping->rules[r].rule->kind == RULE_BLANK && mapping->rules[r].rule->field == field &&
            rule_applies(mapper, &mapping->rules[r]))
            return true;
    return false;
}

static bool must_be_there(const struct dataset *dataset, int field)
{
    for (int k = 0; k < dataset->key_count; k++)
        if (dataset->key[k] == field)
            return true;
    return field == dataset->dated[0] && dataset->dated[1] == NO_FIELD;
}

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
        if (code && mapper_remark(mapper, "note", dataset->name, mapping->columns[f],
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

/* ---- records -------------------------------------------------------------------------------- */

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
        mapper_add_place(mapper, &findings->first_failed);
        buffer_format(&findings->first_failed, " row %" PRIu32, row);
    }
    return mapper_remark(mapper, "note", dataset->name, mapping->columns[fault->field],
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
        return mapper_remark(mapper, "ignored", dataset->name, NO_COLUMN, "", ignored, row);
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
        return mapper_remark(mapper, "reject", dataset->name, mapping->columns[fault.field],
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

/* ---- the row at hand ------------------------------------------------------------------------ */

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

int mapper_take_row(struct mapper *mapper, uint32_t row, const struct cell *cells, size_t count)
{
    const struct cell *first;
    size_t filled = lay_out(mapper, cells, count, &first);
    int status = 0;
    for (size_t i = 0; i < mapper->mapping_count && status == 0; i++)
        if (mapper->mappings[i].bound)
            status = map_row(mapper, &mapper->mappings[i], row, first, filled);
    clear_row(mapper, cells, count);
    return status;
}
