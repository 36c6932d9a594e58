#include "etl/mapper.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "etl/mapping.h"

enum { PROGRESS_ROWS = 8192 };

/* ---- rows ----------------------------------------------------------------------------------- */

/* A mapping's header is found: its table begins, unless another writes to the stream already. */
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

static int read_row(struct mapper *mapper, uint32_t row, const struct cell *cells, size_t count)
{
    if (mapper->progress && ++mapper->rows_total % PROGRESS_ROWS == 0)
        mapper->progress(mapper->file.file, mapper->rows_total);
    if (mapper->bound > 0 && mapper_take_row(mapper, row, cells, count) < 0)
        return -1;
    if (mapper->seeking == 0 || count == 0 || mapper->rows_seen++ >= HEADER_ROWS)
        return 0;
    for (size_t i = 0; i < mapper->mapping_count; i++) {
        struct mapping *mapping = &mapper->mappings[i];
        if (!mapping->may_read || mapping->bound)
            continue;
        int found = mapper_seek_header(mapper, mapping, row, cells, count);
        if (found < 0 || (found > 0 && begin_table(mapper, mapping) < 0))
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
    return mapper_remark(mapper, "note", "", column == UINT32_MAX ? NO_COLUMN : (int64_t)column, "",
                         code, row);
}

/* ---- sheets --------------------------------------------------------------------------------- */

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
        if (mapper_count(mapper, mapping) < 0)
            return -1;
    }
    if (mapper_list_headers(mapper) < 0)
        return -1;
    mapper_forget_headers(mapper);
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
    mapper->has_primary = false;
    for (size_t i = 0; i < mapper->mapping_count; i++) {
        struct mapping *mapping = &mapper->mappings[i];
        mapping->may_read = config_may_read_sheet(&mapping->source->sheet_globs, name, hidden);
        mapping->primary = false;
    }
    mapper_begin_headers(mapper);
    return 0;
}

/* ---- life ----------------------------------------------------------------------------------- */

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
        buffer_free(&mapping->nearest.sheet);
        buffer_free(&mapping->nearest.header);
    }
    mapper_forget_headers(mapper);
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
            return mapper_say_missing(mapper, mapping, error);
    }
    return 0;
}
