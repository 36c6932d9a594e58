#include "etl/mapping.h"

#include <inttypes.h>
#include <string.h>

#include "etl/tables.h"

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

/* ---- where and what ------------------------------------------------------------------------- */

void mapper_add_place(const struct mapper *mapper, struct buffer *out)
{
    buffer_format(out, "'%s'", mapper->file.file);
    if (mapper->sheet.length > 0)
        buffer_format(out, " sheet '%s'", mapper->sheet.text);
}

int mapper_remark(struct mapper *mapper, const char *outcome, const char *dataset, int64_t column,
                  const char *field, const char *code, uint32_t row)
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

/* ---- counts --------------------------------------------------------------------------------- */

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
    mapper_add_place(mapper, place);
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

int mapper_count(struct mapper *mapper, struct mapping *mapping)
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

/* ---- columns -------------------------------------------------------------------------------- */

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

int mapper_list_headers(struct mapper *mapper)
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
