#include "etl/run_drift.h"

#include <string.h>

/* A sheet then and now. */
struct sheet_pair {
    const struct month_report *before, *now;
    unsigned before_source, now_source;
    const struct source_config *source;
    void (*warn)(const char *text);
};

static const struct report_header *find_header(const struct month_report *report, unsigned source,
                                               const char *text)
{
    for (size_t h = 0; h < report->header_count; h++)
        if (report->headers[h].source == source && strcmp(report->headers[h].header, text) == 0)
            return &report->headers[h];
    return NULL;
}

/* Whether some column of the sheet is read as the field "dataset.field". */
static bool is_read(const struct month_report *report, unsigned source, struct span field)
{
    for (size_t h = 0; h < report->header_count; h++) {
        struct span rest = span_of(report->headers[h].fields);
        while (report->headers[h].source == source && rest.text)
            if (span_equal(span_cut(&rest, ','), field))
                return true;
    }
    return false;
}

/* Whether the configuration still has a column for the field. */
static bool is_wanted(const struct sheet_pair *pair, struct span field)
{
    struct span name = field;
    if (!span_is(span_cut(&name, '.'), pair->source->dataset->name) || !name.text)
        return false;
    int number = dataset_field(pair->source->dataset, name);
    return number != NO_FIELD && pair->source->fields[number].headers.count > 0;
}

static void tell(const struct sheet_pair *pair, const char *format, const char *first,
                 const char *second)
{
    struct buffer text = {0};
    buffer_format(&text, "%s", format);
    buffer_add_text(&text, first);
    if (second)
        buffer_format(&text, "%s%s", *second ? " " : "", second);
    if (!text.failed)
        pair->warn(text.text);
    buffer_free(&text);
}

/* Tells every header that went or came; how many there are. */
static size_t tell_differences(const struct sheet_pair *pair)
{
    const struct report_source *sheet = &pair->now->sources[pair->now_source - 1];
    size_t told = 0;
    for (int pass = 0; pass < 2; pass++) {
        const struct month_report *from = pass ? pair->now : pair->before;
        const struct month_report *in = pass ? pair->before : pair->now;
        unsigned from_source = pass ? pair->now_source : pair->before_source;
        unsigned in_source = pass ? pair->before_source : pair->now_source;
        for (size_t h = 0; h < from->header_count; h++) {
            const struct report_header *header = &from->headers[h];
            if (header->source != from_source || find_header(in, in_source, header->header))
                continue;
            if (told++ == 0) {
                struct buffer text = {0};
                buffer_format(&text, "'%s'%s%s%s: the columns differ from last time's", sheet->file,
                              *sheet->sheet ? " sheet '" : "", sheet->sheet,
                              *sheet->sheet ? "'" : "");
                if (!text.failed)
                    pair->warn(text.text);
                buffer_free(&text);
            }
            tell(pair, pass ? "  + " : "  - ", header->column, header->header);
        }
    }
    return told;
}

/* The first field that was read and is not read any more is an error. */
static int check_fields(const struct sheet_pair *pair, struct error *error)
{
    for (size_t h = 0; h < pair->before->header_count; h++) {
        const struct report_header *header = &pair->before->headers[h];
        struct span rest = span_of(header->fields);
        while (header->source == pair->before_source && rest.text) {
            struct span field = span_cut(&rest, ',');
            if (field.length == 0 || !is_wanted(pair, field) ||
                is_read(pair->now, pair->now_source, field))
                continue;
            return error_set(error, EXIT_BAD_DATA,
                             "'%s': the column '%s' that %.*s was read from is gone: add its new "
                             "name to [source %s] (%s:%u), or take the field's column out there",
                             pair->now->sources[pair->now_source - 1].file, header->header,
                             (int)field.length, field.text, pair->source->name, pair->source->file,
                             pair->source->line);
        }
    }
    return 0;
}

static const struct source_config *find_source(const struct config *config, const char *name)
{
    for (size_t s = 0; s < config->source_count; s++)
        if (strcmp(config->sources[s].name, name) == 0)
            return &config->sources[s];
    return NULL;
}

static const struct report_source *sheet_of(const struct month_report *report,
                                            const struct report_count *count)
{
    return count->source > 0 && count->source <= report->source_count
               ? &report->sources[count->source - 1]
               : NULL;
}

/* Whether two files have the same name but for the digits of their dates. */
static bool are_alike(const char *a, const char *b)
{
    static const char digits[] = "0123456789";
    for (;;) {
        a += strspn(a, digits);
        b += strspn(b, digits);
        if (*a != *b)
            return false;
        if (!*a)
            return true;
        a++;
        b++;
    }
}

static size_t count_sheets(const struct month_report *report, const char *section)
{
    size_t count = 0;
    for (size_t c = 0; c < report->count_count; c++)
        count += strcmp(report->counts[c].section, section) == 0;
    return count;
}

/* What the source read last time where it reads this sheet now: the sheet of the same name, of a
 * file like it rather than of another; a source that read one sheet and reads one, that. NULL when
 * it is a sheet that was not read then. */
static const struct report_count *find_before(const struct month_report *before,
                                              const struct month_report *now,
                                              const struct report_count *count)
{
    enum { LIKE_FILE = 1, SAME_SHEET = 2 };
    const struct report_source *sheet = sheet_of(now, count);
    const struct report_count *found = NULL;
    int most = 0;
    if (count_sheets(before, count->section) == 1 && count_sheets(now, count->section) == 1)
        most = -1;
    for (size_t c = 0; c < before->count_count; c++) {
        const struct report_source *other = sheet_of(before, &before->counts[c]);
        if (!other || strcmp(before->counts[c].section, count->section) != 0)
            continue;
        bool same = strcmp(other->sheet, sheet->sheet) == 0;
        bool alike = are_alike(other->file, sheet->file);
        int fit =
            (same && (*sheet->sheet || alike) ? SAME_SHEET : 0) + (same && alike ? LIKE_FILE : 0);
        if (fit > most) {
            most = fit;
            found = &before->counts[c];
        }
    }
    return found;
}

int run_drift_check(const struct month_report *before, const struct month_report *now,
                    const struct config *config, void (*warn)(const char *text),
                    struct error *error)
{
    unsigned told = 0; /* the sheet whose differences were told: several sources read one */
    for (size_t c = 0; c < now->count_count; c++) {
        const struct report_count *count = &now->counts[c];
        struct sheet_pair pair = {.before = before,
                                  .now = now,
                                  .source = find_source(config, count->section),
                                  .now_source = count->source,
                                  .warn = warn};
        const struct report_count *then =
            pair.source && sheet_of(now, count) ? find_before(before, now, count) : NULL;
        if (!then)
            continue;
        pair.before_source = then->source;
        if (count->source != told)
            tell_differences(&pair);
        told = count->source;
        if (check_fields(&pair, error) < 0)
            return -1;
    }
    return 0;
}
