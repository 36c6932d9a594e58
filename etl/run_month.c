#include "etl/run_month.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "etl/descriptor.h"
#include "etl/folder.h"
#include "etl/output_file.h"
#include "etl/run_drift.h"
#include "etl/spool.h"

int run_month_init(struct run_month *month, month_t which, int number, const struct run_plan *plan,
                   const struct history *history, const char *report_folder, bool for_public,
                   struct error *error)
{
    char name[DATE_TEXT_SIZE];
    struct buffer manifest = {0};
    struct buffer measures = {0}; /* what is kept of the last */
    struct buffer depends = {0};  /* on what else than inputs and configuration */
    *month = (struct run_month){.month = which, .number = number, .to_load = -1, .measures = -1};
    month_to_iso(which, name);
    buffer_format(&month->place, "%s/%s", report_folder, name);
    buffer_format(&manifest, "%s/manifest.json", month->place.text);
    month->compared_with = history_before(history, which);
    buffer_format(&depends, "%s%s", month->compared_with ? month->compared_with->key : "",
                  for_public ? " public" : "");
    int status = month->place.failed || manifest.failed || depends.failed
                     ? error_memory(error, "planning the run")
                     : run_plan_key(plan, which, depends.text, month->key, error);
    const struct past_run *last = history_of_month(history, which);
    if (status == 0 && last)
        status = history_path(history, last->number, "measures", &measures, error);
    month->unchanged = status == 0 && last && strcmp(last->key, month->key) == 0 &&
                       access(manifest.text, R_OK) == 0 && access(measures.text, R_OK) == 0;
    buffer_free(&manifest);
    buffer_free(&measures);
    buffer_free(&depends);
    return status;
}

int run_month_begin(struct run_month *month, const char *config_path, const char *report_folder,
                    struct error *error)
{
    const char *name = strrchr(month->place.text, '/') + 1;
    buffer_format(&month->made, "%s/.%s-XXXXXX", report_folder, name);
    if (month->made.failed)
        return error_memory(error, "publishing the report");
    if (!mkdtemp(month->made.text)) {
        month->made.length = 0;
        return error_system(error, EXIT_CANNOT_CREATE, "cannot create a folder in '%s'",
                            report_folder);
    }
    month->measures = spool_temporary_file(error);
    if (month->measures < 0)
        return -1;
    if (run_stages_start_load(&month->load, config_path, month->made.text, &month->to_load, error) <
        0)
        return -1;
    month->loading = true;
    return 0;
}

/* ---- the end of the stream ------------------------------------------------------------------ */

/* What was read is what the plan found: a file that was replaced meanwhile is noticed. */
static int check_inputs(const struct run_month *month, const struct run_plan *plan,
                        struct error *error)
{
    for (size_t s = 0; s < month->report.source_count; s++) {
        const struct report_source *source = &month->report.sources[s];
        bool found = false;
        for (size_t i = 0; i < plan->input_count; i++)
            found = found || (strcmp(plan->inputs[i].name, source->file) == 0 &&
                              strcmp(plan->inputs[i].sha256, source->sha256) == 0);
        if (!found)
            return error_set(error, EXIT_BROKEN,
                             "'%s' changed while the run began: run again when it is whole",
                             source->file);
    }
    return 0;
}

/* Whether there is anything to compare with; a loss is told, and ends no run. */
static bool is_comparable(struct run_month *month, const char *measures,
                          void (*warn)(const char *text))
{
    if (access(measures, F_OK) == 0 || errno != ENOENT)
        return true;
    char name[DATE_TEXT_SIZE];
    struct buffer text = {0};
    month_to_iso(month->compared_with->month, name);
    buffer_format(&text,
                  "not compared with the report of %s: '%s' is gone: put it back, or make that "
                  "report anew with --month %s",
                  name, measures, name);
    if (!text.failed)
        warn(text.text);
    buffer_free(&text);
    month->compared_with = NULL;
    return false;
}

/* Reads the report that this one is compared with, and what differs. */
static int compare(struct run_month *month, const struct run_plan *plan,
                   const struct history *history, const char *rows, void (*warn)(const char *text),
                   struct error *error)
{
    if (!month->compared_with)
        return 0;
    struct buffer path = {0};
    int status = history_path(history, month->compared_with->number, "measures", &path, error);
    if (status == 0 && !is_comparable(month, path.text, warn)) {
        buffer_free(&path);
        return 0;
    }
    if (status == 0)
        status = month_report_read_file(&month->before, path.text, error);
    if (status == 0)
        status =
            restatements_find(&month->restatements, &month->before, &month->report, false, error);
    path.length = 0;
    if (status == 0)
        status = history_path(history, month->compared_with->number, "rows", &path, error);
    if (status == 0 && month->restatements.count > 0 && access(path.text, R_OK) == 0)
        status = restatements_count_rows(&month->restatements, path.text, rows, error);
    if (status == 0)
        status = run_drift_check(&month->before, &month->report, plan->config, warn, error);
    buffer_free(&path);
    return status;
}

static int rewind_measures(const struct run_month *month, struct error *error)
{
    return lseek(month->measures, 0, SEEK_SET) < 0
               ? error_system(error, EXIT_IO, "cannot read the measures again")
               : 0;
}

int run_month_end(struct run_month *month, const struct run_plan *plan,
                  const struct history *history, const char *rows, void (*warn)(const char *text),
                  struct error *error)
{
    int status = rewind_measures(month, error);
    if (status == 0)
        status = month_report_read(&month->report, month->measures, "the measures", error);
    if (status == 0)
        status = check_inputs(month, plan, error);
    if (status == 0)
        status = compare(month, plan, history, rows, warn, error);
    if (status < 0)
        return -1;
    struct error lost = {0}; /* load went away: its exit code tells why */
    if (month->compared_with &&
        restatements_write(&month->restatements, month->compared_with->as_at, month->to_load,
                           &lost) == 0 &&
        (lseek(month->measures, 0, SEEK_END) < 0 ||
         restatements_write(&month->restatements, month->compared_with->as_at, month->measures,
                            error) < 0))
        return error_system(error, EXIT_IO, "cannot write to a temporary file");
    close(month->to_load);
    month->to_load = -1;
    return 0;
}

int run_month_wait(struct run_month *month, struct error *error)
{
    if (!month->loading)
        return 0;
    month->loading = false;
    if (month->to_load >= 0)
        close(month->to_load); /* without its end: load writes nothing */
    month->to_load = -1;
    enum exit_code code = stage_wait(&month->load, error);
    if (code != EXIT_COMPLETE)
        return error_set(error, code, "load failed: the report that was there is untouched");
    return error->code == EXIT_COMPLETE ? 0 : -1;
}

int run_month_make_public(struct run_month *month, const char *config_path, struct error *error)
{
    if (rewind_measures(month, error) < 0)
        return -1;
    return run_stages_publish(config_path, month->made.text, month->measures, &month->publish,
                              &month->public_load, error);
}

/* ---- publishing ----------------------------------------------------------------------------- */

static int keep_aggregates(const struct run_month *month, const struct history *history,
                           struct error *error)
{
    struct buffer path = {0};
    struct output_file file;
    int status = history_path(history, month->number, "measures", &path, error);
    if (status == 0 && (status = output_file_begin(&file, path.text, error)) == 0) {
        int to = open(file.temporary.text, O_WRONLY | O_CLOEXEC);
        if (to < 0)
            status = error_system(error, EXIT_CANNOT_CREATE, "cannot write '%s'", path.text);
        if (status == 0)
            status = rewind_measures(month, error);
        if (status == 0)
            status = month_report_keep(month->measures, to, error);
        if (to >= 0 && close(to) < 0 && status == 0)
            status = error_system(error, EXIT_IO, "cannot close '%s'", path.text);
        if (status == 0)
            status = output_file_commit(&file, error);
        output_file_end(&file);
    }
    buffer_free(&path);
    return status;
}

/* The rows are the same for all months of a pass: one file under several names. */
static int keep_rows(const struct run_month *month, const struct history *history, const char *rows,
                     struct error *error)
{
    struct buffer path = {0};
    int status = history_path(history, month->number, "rows", &path, error);
    if (status == 0 && unlink(path.text) < 0 && errno != ENOENT)
        status = error_system(error, EXIT_IO, "cannot remove '%s'", path.text);
    if (status == 0 && link(rows, path.text) < 0)
        status = error_system(error, EXIT_CANNOT_CREATE, "cannot write '%s'", path.text);
    if (status == 0)
        status = path_sync(history->folder.text, O_DIRECTORY, error);
    buffer_free(&path);
    return status;
}

/* Gives every file of `from` that does not fit the pattern to `work`. */
static int for_others(const char *from, const char *pattern,
                      int (*work)(int folder, const char *name, int to), int to,
                      struct error *error)
{
    DIR *folder = opendir(from);
    if (!folder)
        return errno == ENOENT ? 0
                               : error_system(error, EXIT_IO, "cannot read the folder '%s'", from);
    struct dirent *entry;
    int status = 0;
    while (status == 0 && (errno = 0, entry = readdir(folder))) {
        if (entry->d_name[0] == '.' || strcmp(entry->d_name, "manifest.json") == 0 ||
            text_glob(pattern, entry->d_name))
            continue;
        if (work(dirfd(folder), entry->d_name, to) < 0)
            status = error_system(error, EXIT_IO, "cannot keep '%s' of '%s' as it is",
                                  entry->d_name, from);
    }
    if (status == 0 && errno != 0)
        status = error_system(error, EXIT_IO, "cannot read the folder '%s'", from);
    if (closedir(folder) < 0 && status == 0)
        status = error_system(error, EXIT_IO, "cannot close the folder '%s'", from);
    return status;
}

static int drop(int folder, const char *name, int to)
{
    (void)to;
    return unlinkat(folder, name, 0);
}

static int take_over(int folder, const char *name, int to)
{
    return linkat(folder, name, to, name, 0);
}

int run_month_keep_others(struct run_month *month, const char *pattern, struct error *error)
{
    int made = open(month->made.text, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (made < 0)
        return error_system(error, EXIT_IO, "cannot open the folder '%s'", month->made.text);
    int status = for_others(month->made.text, pattern, drop, -1, error);
    if (status == 0)
        status = for_others(month->place.text, pattern, take_over, made, error);
    return descriptor_close(made, month->made.text, status, error);
}

int run_month_prepare(struct run_month *month, const struct run_facts *facts,
                      const struct run_plan *plan, const struct history *history, const char *rows,
                      struct error *error)
{
    if (keep_aggregates(month, history, error) < 0 || keep_rows(month, history, rows, error) < 0)
        return -1;
    return run_manifest_write(facts, plan, month->made.text, error);
}

int run_month_publish(struct run_month *month, struct error *error)
{
    if (folder_publish(month->made.text, month->place.text, error) < 0)
        return -1;
    month->made.length = 0;
    return 0;
}

void run_month_forget(const struct run_month *month, const struct history *history)
{
    static const char *const kinds[] = {"measures", "rows"};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        struct buffer path = {0};
        struct error ignored = {0}; /* what is left the next run removes */
        if (history_path(history, month->number, kinds[k], &path, &ignored) == 0)
            unlink(path.text);
        buffer_free(&path);
    }
}

void run_month_free(struct run_month *month)
{
    struct error ignored = {0};
    run_month_wait(month, &ignored);
    if (month->made.length > 0)
        folder_remove(month->made.text);
    if (month->measures >= 0)
        close(month->measures);
    month_report_free(&month->report);
    month_report_free(&month->before);
    restatements_free(&month->restatements);
    buffer_free(&month->place);
    buffer_free(&month->made);
}
