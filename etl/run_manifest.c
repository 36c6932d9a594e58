#include "etl/run_manifest.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "etl/digest.h"
#include "etl/output_file.h"

void run_time_text(int64_t seconds, char *text)
{
    time_t moment = (time_t)seconds;
    struct tm parts;
    if (!gmtime_r(&moment, &parts) ||
        strftime(text, TIME_TEXT_SIZE, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
        text[0] = '\0';
}

/* ---- JSON ----------------------------------------------------------------------------------- */

/* A list or an object that could not be made whole is NULL, and so is whatever it is part of. */

static void put(json_t **object, const char *key, json_t *value)
{
    if (json_object_set_new(*object, key, value) < 0) {
        json_decref(*object);
        *object = NULL;
    }
}

static void put_number(json_t **object, const char *key, uint64_t number)
{
    put(object, key, json_integer((json_int_t)number));
}

static void append(json_t **list, json_t *item)
{
    if (json_array_append_new(*list, item) < 0) {
        json_decref(*list);
        *list = NULL;
    }
}

/* JSON is UTF-8, a path or a message with a path may be anything: in a text that is no UTF-8, what
 * is not ASCII, and the backslash, is written "\xe9". */
static json_t *json_of(const char *text)
{
    struct buffer escaped = {0};
    json_t *string = json_string(text);
    if (string)
        return string;
    for (const unsigned char *byte = (const unsigned char *)text; *byte; byte++) {
        if (*byte < 0x80 && *byte != '\\')
            buffer_add_char(&escaped, (char)*byte);
        else
            buffer_format(&escaped, "\\x%02x", *byte);
    }
    if (!escaped.failed && escaped.text)
        string = json_string(escaped.text);
    buffer_free(&escaped);
    return string;
}

/* Rounded to a thousandth: more digits tell nothing. */
static json_t *seconds_of(double seconds)
{
    return json_real((double)(int64_t)(seconds * 1000 + 0.5) / 1000);
}

static json_t *month_of_run(const struct run_facts *facts)
{
    char text[DATE_TEXT_SIZE];
    if (facts->month < 0)
        return json_null();
    month_to_iso(facts->month, text);
    return json_string(text);
}

static json_t *as_at_of_run(const struct run_facts *facts)
{
    char text[DATE_TEXT_SIZE];
    if (facts->as_at == NO_DATE)
        return json_null();
    date_to_iso(facts->as_at, text);
    return json_string(text);
}

static double seconds_since(int64_t clock)
{
    return (double)(stage_clock() - clock) / 1e9;
}

/* ---- the line ------------------------------------------------------------------------------- */

static json_t *line_object(const struct run_facts *facts)
{
    json_t *line = json_object();
    put(&line, "run", json_integer(facts->number));
    put(&line, "status", json_of(facts->status));
    put(&line, "month", month_of_run(facts));
    put(&line, "as_at", as_at_of_run(facts));
    put(&line, "started", json_of(facts->started));
    put(&line, "seconds", seconds_of(seconds_since(facts->clock)));
    put(&line, "exit", json_integer(facts->error ? (int)facts->error->code : 0));
    if (facts->report) {
        struct report_count total = month_report_total(facts->report);
        put_number(&line, "read", total.read);
        put_number(&line, "accepted", total.accepted);
        put_number(&line, "rejected", total.rejected);
        put_number(&line, "merged", total.merged);
        put_number(&line, "ignored", total.ignored);
        put_number(&line, "restated", facts->restatements->count);
    }
    if (facts->key)
        put(&line, "key", json_of(facts->key));
    if (facts->error)
        put(&line, "message", json_of(facts->error->text));
    return line;
}

char *run_history_line(const struct run_facts *facts)
{
    json_t *line = line_object(facts);
    char *text = json_dumps(line, JSON_COMPACT | JSON_REAL_PRECISION(9));
    json_decref(line);
    return text;
}

/* ---- the manifest --------------------------------------------------------------------------- */

static json_t *describe_inputs(const struct run_plan *plan)
{
    json_t *list = json_array();
    for (size_t i = 0; i < plan->input_count; i++) {
        const struct run_input *input = &plan->inputs[i];
        char modified[TIME_TEXT_SIZE];
        run_time_text(input->modified, modified);
        append(&list,
               json_pack("{s:o, s:I, s:s, s:s}", "file", json_of(input->name), "bytes",
                         (json_int_t)input->bytes, "modified", modified, "sha256", input->sha256));
    }
    return list;
}

static json_t *describe_rows(const struct month_report *report)
{
    json_t *list = json_array();
    for (size_t c = 0; c < report->count_count; c++) {
        const struct report_count *count = &report->counts[c];
        append(&list,
               json_pack("{s:o, s:o, s:I, s:I, s:I, s:I, s:I}", "source", json_of(count->section),
                         "dataset", json_of(count->dataset), "read", (json_int_t)count->read,
                         "accepted", (json_int_t)count->accepted, "merged",
                         (json_int_t)count->merged, "rejected", (json_int_t)count->rejected,
                         "ignored", (json_int_t)count->ignored));
    }
    return list;
}

/* {"reject": {"not a date": 3}, ...} */
static json_t *describe_remarks(const struct month_report *report)
{
    json_t *outcomes = json_object();
    for (size_t r = 0; r < report->remark_count; r++) {
        const struct report_tally *tally = &report->remarks[r];
        json_t *codes = json_incref(json_object_get(outcomes, tally->outcome));
        if (!codes)
            codes = json_object();
        put_number(&codes, tally->code, tally->count);
        put(&outcomes, tally->outcome, codes);
    }
    return outcomes;
}

static json_t *describe_tables(const struct month_report *report)
{
    json_t *tables = json_object();
    for (size_t t = 0; t < report->table_count; t++)
        put_number(&tables, report->tables[t].outcome, report->tables[t].count);
    return tables;
}

static json_t *describe_stages(const struct run_facts *facts)
{
    json_t *list = json_array();
    for (size_t s = 0; s < facts->stage_count; s++) {
        const struct stage *stage = facts->stages[s];
        append(&list,
               json_pack("{s:s, s:i, s:o, s:o, s:I}", "stage", stage->name, "exit",
                         (int)stage->code, "seconds", seconds_of(stage->seconds), "cpu_seconds",
                         seconds_of(stage->cpu_seconds), "peak_kib", (json_int_t)stage->peak_kib));
    }
    return list;
}

static json_t *describe_restatements(const struct run_facts *facts)
{
    json_t *list = json_array();
    for (size_t r = 0; r < facts->restatements->count; r++) {
        const struct restatement *restatement = &facts->restatements->list[r];
        char month[DATE_TEXT_SIZE];
        month_to_iso(restatement->now->month, month);
        json_t *item =
            json_pack("{s:o, s:s, s:o, s:o}", "code", json_of(restatement->now->code), "month",
                      month, "published", json_of(restatement->published->shown), "now",
                      json_of(restatement->now->shown));
        if (restatement->rows_known) {
            put_number(&item, "added", restatement->added);
            put_number(&item, "removed", restatement->removed);
            put_number(&item, "changed", restatement->changed);
        }
        append(&list, item);
    }
    return list;
}

static int is_output(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && strcmp(entry->d_name, "manifest.json") != 0;
}

static json_t *describe_outputs(const char *folder, struct error *error)
{
    json_t *list = json_array();
    struct dirent **entries;
    int count = scandir(folder, &entries, is_output, alphasort);
    if (count < 0) {
        error_system(error, EXIT_IO, "cannot read the folder '%s'", folder);
        return list;
    }
    for (int e = 0; e < count; e++) {
        struct buffer path = {0};
        char sha256[SHA256_TEXT_SIZE];
        uint64_t bytes;
        buffer_format(&path, "%s/%s", folder, entries[e]->d_name);
        if (path.failed)
            error_memory(error, "writing the manifest");
        else if (error->code == EXIT_COMPLETE && digest_file(path.text, sha256, &bytes, error) == 0)
            append(&list, json_pack("{s:o, s:I, s:s}", "file", json_of(entries[e]->d_name), "bytes",
                                    (json_int_t)bytes, "sha256", sha256));
        buffer_free(&path);
        free(entries[e]);
    }
    free(entries);
    return list;
}

/* Writes a text as a file that appears whole, readable by its owner, or with `open_to_all`. */
static int write_file(const char *path, const char *text, bool open_to_all, struct error *error)
{
    struct output_file file;
    int status = output_file_begin(&file, path, error);
    FILE *to = status == 0 ? fopen(file.temporary.text, "we") : NULL;
    if (status == 0 && !to)
        status = error_system(error, EXIT_CANNOT_CREATE, "cannot write '%s'", path);
    if (to && fputs(text, to) < 0)
        status = error_system(error, EXIT_IO, "cannot write '%s'", path);
    if (to && open_to_all && fchmod(fileno(to), 0644) < 0)
        status = error_system(error, EXIT_IO, "cannot open '%s' to all", path);
    if (to && fclose(to) != 0)
        status = error_system(error, EXIT_IO, "cannot write '%s'", path);
    if (status == 0)
        status = output_file_commit(&file, error);
    output_file_end(&file);
    return status;
}

static json_t *describe_run(const struct run_facts *facts, const struct run_plan *plan,
                            const char *folder, struct error *error)
{
    json_t *manifest = json_object();
    put(&manifest, "run", line_object(facts));
    put(&manifest, "version", json_string(VERSION));
    put(&manifest, "configuration",
        json_pack("{s:o, s:s}", "file", json_of(plan->config->path), "sha256",
                  plan->config_sha256));
    put(&manifest, "inputs", describe_inputs(plan));
    put(&manifest, "rows", describe_rows(facts->report));
    put(&manifest, "remarks", describe_remarks(facts->report));
    put(&manifest, "tables", describe_tables(facts->report));
    if (facts->compared_with)
        put(&manifest, "compared_with", json_integer(facts->compared_with->number));
    put(&manifest, "restatements", describe_restatements(facts));
    put(&manifest, "outputs", describe_outputs(folder, error));
    put(&manifest, "stages", describe_stages(facts));
    return manifest;
}

int run_manifest_write(const struct run_facts *facts, const struct run_plan *plan,
                       const char *folder, struct error *error)
{
    struct buffer path = {0};
    struct buffer text = {0};
    json_t *manifest = describe_run(facts, plan, folder, error);
    char *dumped = json_dumps(manifest, JSON_INDENT(1) | JSON_REAL_PRECISION(9));
    buffer_format(&path, "%s/manifest.json", folder);
    buffer_format(&text, "%s\n", dumped ? dumped : "");
    if (!dumped || path.failed || text.failed)
        error_memory(error, "writing the manifest");
    int status = error->code == EXIT_COMPLETE ? write_file(path.text, text.text, false, error) : -1;
    buffer_free(&path);
    buffer_free(&text);
    free(dumped);
    json_decref(manifest);
    return status;
}

char *run_manifest_line(const char *folder)
{
    struct buffer path = {0};
    buffer_format(&path, "%s/manifest.json", folder);
    json_t *manifest = path.failed ? NULL : json_load_file(path.text, 0, NULL);
    json_t *line = json_object_get(manifest, "run");
    char *text = line ? json_dumps(line, JSON_COMPACT | JSON_REAL_PRECISION(9)) : NULL;
    json_decref(manifest);
    buffer_free(&path);
    return text;
}

/* ---- metrics -------------------------------------------------------------------------------- */

static void add_metric(struct buffer *out, const char *name, const char *help, const char *labels,
                       double value)
{
    if (help)
        buffer_format(out, "# HELP monthend_%s %s\n# TYPE monthend_%s gauge\n", name, help, name);
    buffer_format(out, "monthend_%s%s %.15g\n", name, labels, value);
}

static void add_row_metrics(struct buffer *out, const struct run_facts *facts)
{
    static const char *const labels[] = {"{outcome=\"read\"}", "{outcome=\"accepted\"}",
                                         "{outcome=\"merged\"}", "{outcome=\"rejected\"}",
                                         "{outcome=\"ignored\"}"};
    struct report_count total = month_report_total(facts->report);
    uint64_t values[] = {total.read, total.accepted, total.merged, total.rejected, total.ignored};
    const char *help = "Rows of the exports, by what became of them.";
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
        add_metric(out, "rows", help, labels[i], (double)values[i]);
        help = NULL;
    }
    add_metric(out, "restatements", "Cells of earlier months that changed.", "",
               (double)facts->restatements->count);
}

static void add_stage_metrics(struct buffer *out, const struct run_facts *facts)
{
    const char *help = "Seconds from a stage's start to its end.";
    char labels[64];
    for (size_t s = 0; s < facts->stage_count; s++) {
        snprintf(labels, sizeof labels, "{stage=\"%zu %s\"}", s + 1, facts->stages[s]->name);
        add_metric(out, "stage_seconds", help, labels, facts->stages[s]->seconds);
        help = NULL;
    }
    help = "Peak memory of a stage.";
    for (size_t s = 0; s < facts->stage_count; s++) {
        snprintf(labels, sizeof labels, "{stage=\"%zu %s\"}", s + 1, facts->stages[s]->name);
        add_metric(out, "stage_peak_bytes", help, labels,
                   (double)facts->stages[s]->peak_kib * 1024);
        help = NULL;
    }
}

/* When the last run that left a good report ended, in seconds since 1970; 0 when there was none. */
static double last_success(const struct history *history)
{
    for (size_t r = history->count; r > 0; r--) {
        const struct past_run *run = &history->runs[r - 1];
        moment_t started = NO_MOMENT;
        if (run->exit == 0 && strlen(run->started) == strlen("2019-08-14T02:15:00Z"))
            started = moment_from_iso((struct span){run->started, strlen("2019-08-14T02:15:00")});
        if (started != NO_MOMENT)
            return (double)started + run->seconds;
    }
    return 0;
}

int run_metrics_write(const struct run_facts *facts, const struct history *history,
                      const char *path, struct error *error)
{
    struct buffer out = {0};
    bool good = !facts->error;
    double now = (double)time(NULL);
    add_metric(&out, "last_run_timestamp_seconds", "When the last run ended.", "", now);
    add_metric(&out, "last_success_timestamp_seconds",
               "When the last run ended that left a complete report.", "",
               good ? now : last_success(history));
    add_metric(&out, "last_run_exit_code", "Exit code of the last run (0: complete).", "",
               good ? 0 : (double)facts->error->code);
    add_metric(&out, "run_seconds", "How long the last run took.", "", seconds_since(facts->clock));
    if (facts->report)
        add_row_metrics(&out, facts);
    if (facts->stage_count > 0)
        add_stage_metrics(&out, facts);
    int status = out.failed ? error_memory(error, "writing the metrics")
                            : write_file(path, out.text, true, error);
    buffer_free(&out);
    return status;
}
