#include "etl/run_stages.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include "etl/descriptor.h"
#include "etl/spool.h"

enum { PASS_SIZE = 256 * 1024 };

static void close_end(int *descriptor)
{
    if (*descriptor >= 0)
        close(*descriptor);
    *descriptor = -1;
}

/* ---- starting ------------------------------------------------------------------------------- */

/* How many extracts to run at once. */
static size_t choose_slices(const struct run_plan *plan)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    size_t slices = cores < 1 ? 1 : (size_t)cores;
    if (slices > MOST_SLICES)
        slices = MOST_SLICES;
    return slices < plan->input_count ? slices : plan->input_count;
}

/* Whether a list is looked into by some source that reads one of these inputs. */
static bool is_looked_into(const struct run_plan *plan, size_t first, size_t count,
                           const struct lookup_list *list)
{
    for (size_t s = 0; s < plan->config->source_count; s++) {
        const struct source_config *source = &plan->config->sources[s];
        bool looks = false;
        for (int f = 0; f < source->dataset->field_count && !looks; f++)
            looks = source->fields[f].lookup == list;
        for (size_t i = first; looks && i < first + count; i++)
            if (text_glob(source->file_glob, plan->inputs[i].name))
                return true;
    }
    return false;
}

/* Whether a slice needs an input that another slice reads, as a list. */
static bool is_list_for(const struct run_plan *plan, size_t first, size_t count,
                        const struct run_input *input)
{
    for (const struct lookup_list *list = plan->config->lookups; list; list = list->next)
        if (text_glob(list->file_glob, input->name) && is_looked_into(plan, first, count, list))
            return true;
    return false;
}

static int start_extract(struct run_stages *stages, size_t slice, const struct run_plan *plan,
                         const char *config_path, size_t first, size_t count, int output,
                         struct error *error)
{
    static const char *const fixed[] = {"monthend-extract", "--quiet", "--config"};
    enum { FIXED = sizeof fixed / sizeof *fixed };
    const char **arguments = calloc(FIXED + 4 + 2 * plan->input_count, sizeof *arguments);
    if (!arguments)
        return error_memory(error, "starting a stage");
    char as_at[DATE_TEXT_SIZE];
    date_to_iso(plan->as_at, as_at);
    memcpy(arguments, fixed, sizeof fixed);
    size_t used = FIXED;
    arguments[used++] = config_path;
    arguments[used++] = "--as-at";
    arguments[used++] = as_at;
    for (size_t i = 0; i < plan->input_count; i++) {
        bool is_read = i >= first && i < first + count;
        if (!is_read && is_list_for(plan, first, count, &plan->inputs[i]))
            arguments[used++] = "--look-in";
        else if (!is_read)
            continue;
        arguments[used++] = plan->inputs[i].path;
    }
    int status = stage_start(&stages->extracts[slice], arguments, STDIN_FILENO, output, error);
    free(arguments);
    return status;
}

/* Cuts the inputs, in their order, into slices of about the same size. */
static int start_extracts(struct run_stages *stages, const struct run_plan *plan,
                          const char *config_path, struct error *error)
{
    size_t slices = choose_slices(plan);
    size_t first = 0;
    uint64_t before = 0;
    for (size_t s = 0; s < slices; s++) {
        size_t last = first;
        uint64_t until = plan->input_bytes / slices * (s + 1);
        while (last < plan->input_count - (slices - s - 1) &&
               (last == first || s + 1 == slices || before + plan->inputs[last].bytes / 2 < until))
            before += plan->inputs[last++].bytes;
        int output = stages->to_transform;
        if (s > 0) {
            stages->spooled[s] = spool_temporary_file(error);
            output = stages->spooled[s];
        }
        if (output < 0 ||
            start_extract(stages, s, plan, config_path, first, last - first, output, error) < 0)
            return -1;
        stages->slices = s + 1;
        first = last;
    }
    return 0;
}

/* Where transform reads from: the extracts' pipe, or the end of pseudonymise that is put between.
 */
static int open_input(struct run_stages *stages, const struct run_plan *plan,
                      const char *config_path, int *input, struct error *error)
{
    int ends[2];
    if (stage_pipe(ends, error) < 0)
        return -1;
    stages->to_transform = ends[1];
    *input = ends[0];
    if (!plan->config->pseudonyms)
        return 0;
    const char *arguments[] = {"monthend-pseudonymise", "--config", config_path, NULL};
    int status = stage_pipe(ends, error);
    if (status == 0) {
        status = stage_start(&stages->pseudonymise, arguments, *input, ends[1], error);
        close(ends[1]);
        if (status < 0)
            close(ends[0]);
    }
    stages->pseudonymise_started = status == 0;
    close(*input);
    *input = ends[0];
    return status;
}

static int start_transform(struct run_stages *stages, const struct run_plan *plan,
                           const char *config_path, const char *rows, struct error *error)
{
    char from[DATE_TEXT_SIZE], last[DATE_TEXT_SIZE], as_at[DATE_TEXT_SIZE];
    month_to_iso(plan->from, from);
    month_to_iso(plan->last, last);
    date_to_iso(plan->as_at, as_at);
    const char *arguments[] = {"monthend-transform",
                               "--config",
                               config_path,
                               "--from",
                               from,
                               "--month",
                               last,
                               "--as-at",
                               as_at,
                               "--trace",
                               rows,
                               NULL};
    int input;
    int output[2];
    if (open_input(stages, plan, config_path, &input, error) < 0)
        return -1;
    if (stage_pipe(output, error) < 0) {
        close(input);
        return -1;
    }
    stages->from_transform = output[0];
    int status = stage_start(&stages->transform, arguments, input, output[1], error);
    stages->transform_started = status == 0;
    close(input);
    close(output[1]);
    return status;
}

int run_stages_start(struct run_stages *stages, const struct run_plan *plan,
                     const char *config_path, const char *rows, struct error *error)
{
    *stages = (struct run_stages){.to_transform = -1, .from_transform = -1};
    for (size_t s = 0; s < MOST_SLICES; s++)
        stages->spooled[s] = -1;
    stages->bytes = malloc(PASS_SIZE);
    if (!stages->bytes)
        return error_memory(error, "starting the stages");
    if (start_transform(stages, plan, config_path, rows, error) < 0)
        return -1;
    return start_extracts(stages, plan, config_path, error);
}

int run_stages_start_load(struct stage *load, const char *config_path, const char *folder,
                          int *to_load, struct error *error)
{
    const char *arguments[] = {"monthend-load",   "--config", config_path,
                               "--output-folder", folder,     NULL};
    int ends[2];
    if (stage_pipe(ends, error) < 0)
        return -1;
    int status = stage_start(load, arguments, ends[0], STDOUT_FILENO, error);
    close(ends[0]);
    *to_load = ends[1];
    if (status < 0)
        close_end(to_load);
    return status;
}

int run_stages_publish(const char *config_path, const char *folder, int measures,
                       struct stage *publish, struct stage *load, struct error *error)
{
    struct buffer path = {0};
    int ends[2];
    buffer_format(&path, "%s/performance-public.xlsx", folder);
    if (path.failed || stage_pipe(ends, error) < 0) {
        buffer_free(&path);
        return error_memory(error, "starting a stage");
    }
    const char *publish_arguments[] = {"monthend-publish", "--quiet", NULL};
    const char *load_arguments[] = {"monthend-load", "--config", config_path,
                                    "--output",      path.text,  NULL};
    int started = stage_start(publish, publish_arguments, measures, ends[1], error);
    int both = started < 0 ? -1 : stage_start(load, load_arguments, ends[0], STDOUT_FILENO, error);
    close_end(&ends[0]);
    close_end(&ends[1]);
    if (both == 0)
        stage_wait(load, error);
    if (started == 0)
        stage_wait(publish, error);
    buffer_free(&path);
    /* As in tell_cause: a load that got no whole stream is not the cause. */
    bool load_is_cause = both == 0 && load->code != EXIT_COMPLETE &&
                         (load->code != EXIT_BAD_DATA || publish->code == EXIT_COMPLETE);
    if (load_is_cause)
        error_set(error, load->code,
                  "load of the public workbook failed: the report that was there is untouched");
    if (started == 0 && publish->code != EXIT_COMPLETE)
        error_set(error, publish->code, "publish failed: the report that was there is untouched");
    return error->code == EXIT_COMPLETE ? 0 : -1;
}

/* ---- passing on ----------------------------------------------------------------------------- */

/* Copies what an extract spooled to transform. A transform that is gone is not this call's error:
 * its exit code tells more. */
static int copy_spooled(struct run_stages *stages, size_t slice, struct error *error)
{
    off_t offset = 0;
    off_t size = lseek(stages->spooled[slice], 0, SEEK_END);
    while (size >= 0 && offset < size) {
        ssize_t sent = sendfile(stages->to_transform, stages->spooled[slice], &offset,
                                (size_t)(size - offset));
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0 && errno == EPIPE)
            return 0;
        if (sent <= 0)
            size = -1;
    }
    if (size < 0)
        return error_system(error, EXIT_IO, "cannot hand the records to transform");
    return 0;
}

int run_stages_feed(struct run_stages *stages, struct error *error)
{
    int status = 0;
    for (size_t s = 0; s < stages->slices; s++) {
        if (stage_wait(&stages->extracts[s], error) != EXIT_COMPLETE)
            status = -1;
        stages->extracts[s].process = 0;
        if (status == 0 && s > 0)
            status = copy_spooled(stages, s, error);
        close_end(&stages->spooled[s]);
    }
    close_end(&stages->to_transform);
    return error->code == EXIT_COMPLETE ? 0 : -1;
}

/* How many of the bytes belong to the stream at hand: up to and with its line "#end"; 0 when that
 * is not among them. */
static size_t stream_end(struct run_stages *stages, const char *bytes, size_t length)
{
    static const char last[] = "#end\n";
    for (size_t i = 0; i < length;) {
        if (stages->matched < 0) {
            const char *newline = memchr(bytes + i, '\n', length - i);
            if (!newline)
                return 0;
            i = (size_t)(newline - bytes) + 1;
            stages->matched = 0;
        } else if (bytes[i] != last[stages->matched]) {
            stages->matched = bytes[i] == '\n' ? 0 : -1;
            i++;
        } else {
            i++;
            if (!last[++stages->matched]) {
                stages->matched = 0;
                return i;
            }
        }
    }
    return 0;
}

static int read_more(struct run_stages *stages, struct error *error)
{
    ssize_t got;
    do
        got = read(stages->from_transform, stages->bytes, PASS_SIZE);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return error_system(error, EXIT_IO, "cannot read what transform writes");
    stages->next = 0;
    stages->end = (size_t)got;
    return got > 0;
}

int run_stages_pass(struct run_stages *stages, int load, int copy, struct error *error)
{
    bool load_reads = true;
    for (;;) {
        if (stages->next == stages->end) {
            int more = read_more(stages, error);
            if (more <= 0)
                return more;
        }
        const char *bytes = stages->bytes + stages->next;
        size_t whole = stream_end(stages, bytes, stages->end - stages->next);
        size_t length = whole ? whole : stages->end - stages->next;
        stages->next += length;
        if (load_reads && descriptor_write(load, bytes, length) < 0) {
            if (errno != EPIPE)
                return error_system(error, EXIT_IO, "cannot hand the measures to load");
            load_reads = false; /* its exit code will tell why */
        }
        if (descriptor_write(copy, bytes, length) < 0)
            return error_system(error, EXIT_IO, "cannot write to a temporary file");
        if (whole)
            return 1;
    }
}

/* ---- the end -------------------------------------------------------------------------------- */

/* A stage that lost its reader (74) or its input (65) is not the cause when a neighbour failed of
 * itself. */
static int tell_cause(const struct run_stages *stages, struct error *error)
{
    enum exit_code transform = stages->transform.code;
    enum exit_code pseudonymise = stages->pseudonymise.code;
    bool transform_is_cause = transform != EXIT_COMPLETE && transform != EXIT_BAD_DATA;
    bool is_cause_behind = transform_is_cause || pseudonymise != EXIT_COMPLETE;
    for (size_t s = 0; s < stages->slices; s++) {
        enum exit_code code = stages->extracts[s].code;
        if (code != EXIT_COMPLETE && !(code == EXIT_IO && is_cause_behind))
            return error_set(error, code, "extract failed: the report that was there is untouched");
    }
    if (pseudonymise != EXIT_COMPLETE && !(pseudonymise == EXIT_IO && transform_is_cause))
        return error_set(error, pseudonymise,
                         "pseudonymise failed: the report that was there is untouched");
    if (transform != EXIT_COMPLETE)
        return error_set(error, transform,
                         "transform failed: the report that was there is untouched");
    return 0;
}

int run_stages_finish(struct run_stages *stages, struct error *error)
{
    close_end(&stages->to_transform);
    close_end(&stages->from_transform);
    for (size_t s = 0; s < stages->slices; s++) {
        if (stages->extracts[s].process > 0)
            stage_wait(&stages->extracts[s], error);
        stages->extracts[s].process = 0;
        close_end(&stages->spooled[s]);
    }
    if (stages->pseudonymise_started)
        stage_wait(&stages->pseudonymise, error);
    stages->pseudonymise_started = false;
    if (stages->transform_started)
        stage_wait(&stages->transform, error);
    stages->transform_started = false;
    free(stages->bytes);
    stages->bytes = NULL;
    if (error->code != EXIT_COMPLETE)
        return -1;
    return tell_cause(stages, error);
}
