#include "etl/run_plan.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>

#include "etl/input_file.h"
#include "etl/share.h"

/* ---- the inputs ----------------------------------------------------------------------------- */

/* When a file of a source was taken: the source's own word, or the file's name. */
static date_t taken_on(const struct source_config *source, const char *name)
{
    date_t said = source->as_at ? date_from_iso(span_of(source->as_at)) : NO_DATE;
    return said != NO_DATE ? said : date_in_name(name);
}

static int read_input(struct run_plan *plan, struct run_input *input, const char *path,
                      struct error *error)
{
    const char *slash = strrchr(path, '/');
    struct stat status;
    *input = (struct run_input){.path = path, .name = slash ? slash + 1 : path, .taken = NO_DATE};
    if (input_file_check_name(input->name, error) < 0)
        return -1;
    if (stat(path, &status) < 0)
        return error_system(error, EXIT_IO, "cannot open '%s'", path);
    if (!S_ISREG(status.st_mode))
        return error_set(error, EXIT_NO_SOURCE, "'%s' is not a file", path);
    input->modified = status.st_mtim.tv_sec;
    for (size_t s = 0; s < plan->config->source_count; s++) {
        const struct source_config *source = &plan->config->sources[s];
        if (text_glob(source->file_glob, input->name) &&
            taken_on(source, input->name) > input->taken)
            input->taken = taken_on(source, input->name);
    }
    return digest_file(path, input->sha256, &input->bytes, error);
}

static int find_inputs(struct run_plan *plan, struct error *error)
{
    const char **paths;
    if (inbox_newest(plan->config, &plan->arena, &paths, &plan->input_count, error) < 0)
        return -1;
    plan->inputs = arena_alloc(&plan->arena, plan->input_count * sizeof *plan->inputs);
    if (!plan->inputs)
        return error_memory(error, "reading the inbox");
    for (size_t i = 0; i < plan->input_count; i++) {
        if (read_input(plan, &plan->inputs[i], paths[i], error) < 0)
            return -1;
        plan->input_bytes += plan->inputs[i].bytes;
    }
    return 0;
}

/* ---- the configuration ---------------------------------------------------------------------- */

static int add_file(struct buffer *digests, const char *path, struct error *error)
{
    char sha256[SHA256_TEXT_SIZE];
    if (!path)
        return 0;
    if (digest_file(path, sha256, NULL, error) < 0)
        return -1;
    buffer_format(digests, "%s\n", sha256);
    return 0;
}

/* The digest of every file that a person wrote for this run. */
static int digest_configuration(struct run_plan *plan, struct error *error)
{
    const struct config *config = plan->config;
    struct buffer digests = {0};
    int status = 0;
    for (const struct config_file *file = config->files; file && status == 0; file = file->next)
        status = add_file(&digests, file->path, error);
    for (size_t d = 0; d < config->definitions.count && status == 0; d++)
        status = add_file(&digests, config->definitions.words[d], error);
    if (status == 0 && config->tracker)
        status = add_file(&digests, config->tracker, error);
    if (status == 0)
        status = add_file(&digests, config->catalogue.path, error);
    if (status == 0)
        status = add_file(&digests, config->holidays, error);
    if (status == 0 && digests.failed)
        status = error_memory(error, "reading the configuration");
    if (status == 0)
        status = digest_bytes(digests.text, digests.length, plan->config_sha256, error);
    buffer_free(&digests);
    return status;
}

/* ---- the plan ------------------------------------------------------------------------------- */

static int settle_dates(struct run_plan *plan, const struct run_choice *choice, struct error *error)
{
    const struct config *config = plan->config;
    plan->as_at = choice->as_at != NO_DATE ? choice->as_at : config->as_at;
    plan->as_at_given = plan->as_at != NO_DATE;
    for (size_t i = 0; i < plan->input_count && !plan->as_at_given; i++)
        if (plan->inputs[i].taken > plan->as_at)
            plan->as_at = plan->inputs[i].taken;
    if (plan->as_at == NO_DATE)
        return error_set(error, EXIT_BAD_OPTION,
                         "as at which day? No file's name tells when it was taken: say it with "
                         "--as-at, or in [report] of '%s'",
                         config->path);
    plan->last = choice->last >= 0 ? choice->last : config->month;
    if (plan->last < 0) { /* the last month that had ended by then */
        month_t month = month_of(plan->as_at);
        plan->last = month_last(month) == plan->as_at ? month : month - 1;
    }
    plan->from = choice->from >= 0 ? choice->from : plan->last;
    if (plan->from > plan->last)
        return error_set(error, EXIT_BAD_OPTION, "--from lies after --to");
    return 0;
}

int run_plan_make(struct run_plan *plan, const struct config *config,
                  const struct run_choice *choice, struct error *error)
{
    *plan = (struct run_plan){.config = config};
    if (find_inputs(plan, error) < 0 || settle_dates(plan, choice, error) < 0)
        return -1;
    return digest_configuration(plan, error);
}

void run_plan_free(struct run_plan *plan)
{
    arena_free(&plan->arena);
    *plan = (struct run_plan){0};
}

/* ---- checks --------------------------------------------------------------------------------- */

/* The day that ages are counted to: the as-at date where a person set one, else today, so that an
 * inbox that nothing arrives in any more is noticed. */
static date_t counted_to(const struct run_plan *plan)
{
    return plan->as_at_given ? plan->as_at : (date_t)(time(NULL) / SECONDS_A_DAY);
}

/* The newest of the inputs that a source may read, with the day it was taken; a file without a date
 * in its name was taken when it was last written. */
static const struct run_input *newest_of(const struct run_plan *plan,
                                         const struct source_config *source, date_t *taken)
{
    const struct run_input *newest = NULL;
    *taken = NO_DATE;
    for (size_t i = 0; i < plan->input_count; i++) {
        const struct run_input *input = &plan->inputs[i];
        if (!text_glob(source->file_glob, input->name))
            continue;
        date_t date = taken_on(source, input->name);
        if (date == NO_DATE)
            date = (date_t)(input->modified / SECONDS_A_DAY);
        if (!newest || date > *taken) {
            newest = input;
            *taken = date;
        }
    }
    return newest;
}

int run_plan_check_age(const struct run_plan *plan, void (*warn)(const char *text),
                       struct error *error)
{
    const struct config *config = plan->config;
    struct buffer text = {0};
    int status = 0;
    for (size_t s = 0; s < config->source_count && status == 0; s++) {
        const struct source_config *source = &config->sources[s];
        date_t taken;
        const struct run_input *input = newest_of(plan, source, &taken);
        if (!input)
            continue;
        int age = counted_to(plan) - taken;
        int error_after = source->error_after < 0 ? config->error_after : source->error_after;
        int warn_after = source->warn_after < 0 ? config->warn_after : source->warn_after;
        if (error_after > 0 && age > error_after)
            status = error_set(error, EXIT_STALE_SOURCE,
                               "source '%s': its newest file '%s' is %d days old, the limit is %d: "
                               "see why no newer export arrived",
                               source->name, input->name, age, error_after);
        else if (warn_after > 0 && age > warn_after) {
            text.length = 0;
            buffer_format(&text, "source '%s': its newest file '%s' is %d days old", source->name,
                          input->name, age);
            if (!text.failed)
                warn(text.text);
        }
    }
    buffer_free(&text);
    return status;
}

int run_plan_check_space(const struct run_plan *plan, const char *folder, struct error *error)
{
    /* A report is smaller than what it is made from; lists of children may be as large. */
    enum { AT_LEAST = 16 * 1024 * 1024, KIB = 1024 };
    uint64_t months = (uint64_t)(plan->last - plan->from) + 1;
    uint64_t needed = AT_LEAST + 2 * plan->input_bytes * months;
    struct statvfs disk;
    if (statvfs(folder, &disk) < 0)
        return error_system(error, EXIT_IO, "cannot tell how much room '%s' has", folder);
    uint64_t free_bytes = (uint64_t)disk.f_bavail * disk.f_frsize;
    if (free_bytes < needed)
        return error_set(error, EXIT_IO,
                         "'%s' has %" PRIu64 " KiB of room, the run may need %" PRIu64
                         ": make room, then run again",
                         folder, free_bytes / KIB, needed / KIB);
    return 0;
}

/* ---- the key -------------------------------------------------------------------------------- */

/* Whether another file stands at the path now is told by its size and time. */
static void add_state(struct buffer *text, const char *name, const char *path)
{
    struct stat status;
    if (stat(path, &status) == 0)
        buffer_format(text, "%s %jd %jd.%09ld\n", name, (intmax_t)status.st_size,
                      (intmax_t)status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
}

/* The programs themselves: another build may compute or show something else. */
static int add_programs(struct buffer *text, struct error *error)
{
    static const char *const names[] = {"monthend-extract", "monthend-pseudonymise",
                                        "monthend-transform", "monthend-load", "monthend-publish"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct buffer path = {0};
        int failed = program_path(&path, names[i], error);
        if (failed == 0 && !path.failed)
            add_state(text, names[i], path.text);
        buffer_free(&path);
        if (failed < 0)
            return -1;
    }
    return 0;
}

int run_plan_key(const struct run_plan *plan, month_t month, const char *extra, char *key,
                 struct error *error)
{
    struct buffer text = {0};
    char month_text[DATE_TEXT_SIZE];
    char as_at[DATE_TEXT_SIZE];
    month_to_iso(month, month_text);
    date_to_iso(plan->as_at, as_at);
    buffer_format(&text, "%s\n%s\n%s\n%s\n%s\n", VERSION, month_text, as_at, plan->config_sha256,
                  extra);
    for (size_t i = 0; i < plan->input_count; i++)
        buffer_format(&text, "%s %s\n", plan->inputs[i].sha256, plan->inputs[i].name);
    if (plan->config->pseudonyms) /* no digest: what is published would let a poor key be guessed */
        add_state(&text, "pseudonyms", plan->config->pseudonyms);
    int status = add_programs(&text, error);
    if (status == 0 && text.failed)
        status = error_memory(error, "comparing with the run before");
    if (status == 0)
        status = digest_bytes(text.text, text.length, key, error);
    buffer_free(&text);
    return status;
}
