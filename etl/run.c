/*
 * monthend-run: the nightly job. Extract, transform and load side by side, compared with what was
 * published before, and each month's report published as a whole folder.
 *
 * Exit 0 means that the new report is there, complete; otherwise the one that was there before is
 * there still. The order of things is what makes it so: lock, checks, stages, comparison, the
 * manifest, one rename, and only then the line in the history.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "etl/descriptor.h"
#include "etl/folder.h"
#include "etl/program.h"
#include "etl/run_month.h"
#include "etl/settings.h"

static const struct program_option options[] = {
    {"config", 'c', "FILE", "the configuration (pipeline.conf)"},
    {"month", 'm', "MONTH", "the month of the report, like 2019-07 (the configuration's)"},
    {"from", 0, "MONTH", "make the reports of several months in one pass: the first"},
    {"to", 0, "MONTH", "the last of them"},
    {"as-at", 'a', "DATE", "the day the exports were taken (the configuration's)"},
    {"folder", 0, "FOLDER", "publish there, not in the configuration's folder"},
    {"force", 'f', NULL, "make the report even where nothing has changed"},
    {"dry-run", 0, NULL, "say what would be read and published, and do nothing"},
    {"only", 0, "PATTERN", "publish only these files anew, like 'worklists*'; others stay"},
    {"publish", 0, NULL, "make a workbook for the public as well: small counts are suppressed"},
    {"quiet", 'q', NULL, "do not print the headline rows"},
    {NULL, 0, NULL, NULL},
};

static const struct program program = {
    .name = "monthend-run",
    .usage = "[options]",
    .summary = "Reads the newest exports of the inbox, computes the month's report, compares it "
               "with what\nwas published before, and publishes it as a folder: all of it, or "
               "nothing.",
    .options = options,
};

struct run {
    const char *config_path;
    struct run_choice choice;
    bool force, dry, quiet, for_public;
    const char *only; /* NULL: all files */
    struct config config;
    const char *folder; /* of all reports */
    int lock;
    struct history history;
    struct run_plan plan;
    struct run_stages stages;
    struct buffer rows; /* what transform writes as its trace; "" when it is removed */
    struct run_month *months;
    size_t month_count;
    size_t published; /* how many of the months are in their places */
    bool written;     /* so far, every line is in the history */
    struct run_facts facts;
};

static void warn(const char *text)
{
    program_warning("%s", text);
}

/* ---- lock and folder ------------------------------------------------------------------------ */

static int take_lock(struct run *run, struct error *error)
{
    struct buffer path = {0};
    buffer_format(&path, "%s/.lock", run->folder);
    run->lock = path.failed ? -1 : open(path.text, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    int status = run->lock < 0
                     ? error_system(error, EXIT_CANNOT_CREATE, "cannot create '%s'", path.text)
                     : 0;
    if (status == 0 && flock(run->lock, LOCK_EX | LOCK_NB) < 0)
        status = errno == EWOULDBLOCK
                     ? error_set(error, EXIT_LOCKED,
                                 "another run holds the lock '%s': try again when it has ended",
                                 path.text)
                     : error_system(error, EXIT_IO, "cannot lock '%s'", path.text);
    buffer_free(&path);
    return status;
}

/* Whether it is the name of a folder that a report is made in: ".2019-07-abcdef". */
static bool is_unpublished(const char *name)
{
    enum { MONTH = 7 };
    return strlen(name) == strlen(".2019-07-XXXXXX") && name[0] == '.' && name[1 + MONTH] == '-' &&
           month_from_iso((struct span){name + 1, MONTH}) >= 0;
}

static int is_left_or_report(const struct dirent *entry)
{
    return is_unpublished(entry->d_name) || month_from_iso(span_of(entry->d_name)) >= 0;
}

/* Adds the line of a published report that is not in the history; 1 when there was one. */
static int add_lost_line(struct run *run, const char *report, struct error *error)
{
    char *line = run_manifest_line(report);
    struct past_run past;
    int added = 0;
    if (line && history_read_line(&run->history.arena, line, strlen(line), &past) &&
        past.number >= history_next_number(&run->history))
        added = history_append(&run->history, line, error) < 0 ? -1 : 1;
    free(line);
    return added;
}

/* What a run that was killed has left: folders that were never published or have been replaced,
 * and the lines of reports that were published, which come by month as their numbers do. */
static int repair(struct run *run, struct error *error)
{
    struct dirent **entries;
    int count = scandir(run->folder, &entries, is_left_or_report, alphasort);
    if (count < 0)
        return error_system(error, EXIT_IO, "cannot read the folder '%s'", run->folder);
    int added = 0;
    for (int e = 0; e < count; e++) {
        struct buffer path = {0};
        buffer_format(&path, "%s/%s", run->folder, entries[e]->d_name);
        if (path.failed)
            error_memory(error, "cleaning up");
        else if (is_unpublished(entries[e]->d_name))
            folder_remove(path.text);
        else if (error->code == EXIT_COMPLETE)
            added |= add_lost_line(run, path.text, error);
        buffer_free(&path);
        free(entries[e]);
    }
    free(entries);
    if (error->code == EXIT_COMPLETE && added) {
        history_free(&run->history);
        return history_open(&run->history, run->folder, error);
    }
    return error->code == EXIT_COMPLETE ? 0 : -1;
}

/* ---- before the stages ---------------------------------------------------------------------- */

/* Definitions, datasets and calendar, all problems at once, before data is read. */
static int check_definitions(const struct run *run, struct error *error)
{
    const char *arguments[] = {"monthend-check", "--quiet", "--config", run->config_path, NULL};
    struct stage check;
    if (stage_start(&check, arguments, STDIN_FILENO, STDERR_FILENO, error) < 0)
        return -1;
    enum exit_code code = stage_wait(&check, error);
    if (code != EXIT_COMPLETE)
        return error_set(error, code, "the configuration is not right: nothing was read");
    return 0;
}

static int plan(struct run *run, struct error *error)
{
    if (check_definitions(run, error) < 0 ||
        run_plan_make(&run->plan, &run->config, &run->choice, error) < 0)
        return -1;
    run->facts.month = run->plan.last;
    run->facts.as_at = run->plan.as_at;
    if (run_plan_check_age(&run->plan, warn, error) < 0)
        return -1;
    size_t count = (size_t)(run->plan.last - run->plan.from) + 1;
    run->months = calloc(count, sizeof *run->months);
    if (!run->months)
        return error_memory(error, "planning the run");
    int number = history_next_number(&run->history);
    for (; run->month_count < count; run->month_count++)
        if (run_month_init(&run->months[run->month_count],
                           run->plan.from + (month_t)run->month_count,
                           number + (int)run->month_count, &run->plan, &run->history, run->folder,
                           run->for_public, error) < 0)
            return -1;
    return 0;
}

/* Whether there is nothing to do. */
static bool is_unchanged(const struct run *run)
{
    for (size_t m = 0; m < run->month_count; m++)
        if (!run->months[m].unchanged)
            return false;
    return !run->force && !run->only;
}

static void print_plan(const struct run *run)
{
    char text[DATE_TEXT_SIZE];
    date_to_iso(run->plan.as_at, text);
    printf("as at %s, with '%s'\n", text, run->config.path);
    for (size_t i = 0; i < run->plan.input_count; i++) {
        const struct run_input *input = &run->plan.inputs[i];
        printf("would read %s (%llu bytes)\n", input->path, (unsigned long long)input->bytes);
    }
    for (size_t m = 0; m < run->month_count; m++) {
        const struct run_month *month = &run->months[m];
        const char *state = "it is new";
        if (month->unchanged)
            state = run->force ? "unchanged, but forced" : "nothing has changed";
        else if (history_of_month(&run->history, month->month))
            state = "something has changed";
        printf("%s %s: %s\n", month->unchanged && !run->force ? "would keep" : "would publish",
               month->place.text, state);
    }
}

/* ---- the stages ----------------------------------------------------------------------------- */

static int make_rows_file(struct run *run, struct error *error)
{
    if (folder_create(run->history.folder.text, error) < 0)
        return -1;
    buffer_format(&run->rows, "%s/rows-XXXXXX", run->history.folder.text);
    int descriptor = run->rows.failed ? -1 : mkostemp(run->rows.text, O_CLOEXEC);
    if (descriptor < 0) {
        run->rows.length = 0;
        return error_system(error, EXIT_CANNOT_CREATE, "cannot create a file in '%s'",
                            run->history.folder.text);
    }
    return descriptor_close(descriptor, run->rows.text, 0, error);
}

/* Each month's stream goes through to its load; as many loads as two run at once. */
static int pass_months(struct run *run, struct error *error)
{
    for (size_t m = 0; m < run->month_count; m++) {
        struct run_month *month = &run->months[m];
        if (run_month_begin(month, run->config_path, run->folder, error) < 0)
            return -1;
        int passed = run_stages_pass(&run->stages, month->to_load, month->measures, error);
        if (passed < 0)
            return -1;
        if (passed == 0)
            return 0; /* transform failed: its exit code tells why */
        if (run_month_end(month, &run->plan, &run->history, run->rows.text, warn, error) < 0)
            return -1;
        if (m > 0 && run_month_wait(&run->months[m - 1], error) < 0)
            return -1;
    }
    if (run_month_wait(&run->months[run->month_count - 1], error) < 0)
        return -1;
    for (size_t m = 0; m < run->month_count && run->for_public; m++)
        if (run_month_make_public(&run->months[m], run->config_path, error) < 0)
            return -1;
    return 0;
}

static int run_pipeline(struct run *run, struct error *error)
{
    int status = make_rows_file(run, error);
    if (status == 0)
        status =
            run_stages_start(&run->stages, &run->plan, run->config_path, run->rows.text, error);
    if (status == 0)
        status = run_stages_feed(&run->stages, error);
    if (status == 0)
        status = pass_months(run, error);
    struct error ending = {0}; /* what went wrong here is the cause of how a stage ended */
    if (run_stages_finish(&run->stages, &ending) < 0)
        error_set(error, ending.code, "%s", ending.text);
    if (stages_stopped())
        error_set(error, EXIT_BROKEN,
                  "stopped by a signal: the report that was there is untouched");
    return error->code == EXIT_COMPLETE ? path_sync(run->rows.text, 0, error) : -1;
}

/* ---- afterwards ----------------------------------------------------------------------------- */

static void add_stage(struct run_facts *facts, const struct stage *stage)
{
    if (stage->name && facts->stage_count < MOST_RUN_STAGES)
        facts->stages[facts->stage_count++] = stage;
}

static void set_facts(struct run *run, const struct run_month *month, const char *status)
{
    struct run_facts *facts = &run->facts;
    facts->number = month->number;
    facts->status = status;
    facts->month = month->month;
    facts->key = month->key;
    facts->stage_count = 0;
    for (size_t s = 0; s < run->stages.slices; s++)
        add_stage(facts, &run->stages.extracts[s]);
    add_stage(facts, &run->stages.pseudonymise);
    add_stage(facts, &run->stages.transform);
    add_stage(facts, &month->load);
    add_stage(facts, &month->publish);
    add_stage(facts, &month->public_load);
    facts->report = month->report.cell_count > 0 ? &month->report : NULL;
    facts->restatements = &month->restatements;
    facts->compared_with = month->compared_with;
}

static int write_line(struct run *run, struct error *error)
{
    char *line = run_history_line(&run->facts);
    int status = line ? history_append(&run->history, line, error)
                      : error_memory(error, "writing the history");
    free(line);
    return status;
}

/* The report stands: a line that cannot be written is told, and the next run adds it. Nothing after
 * it may be written or removed meanwhile. */
static bool write_line_or_tell(struct run *run)
{
    struct error error = {0};
    if (write_line(run, &error) == 0)
        return true;
    program_warning("%s: the report stands, the next run adds its line to the history", error.text);
    return false;
}

/* What stands already when a later month of the pass does not. */
static void tell_published(const struct run *run, struct error *error)
{
    const struct error cause = *error;
    *error = (struct error){0};
    error_set(error, cause.code, "%s (published before that: '%s' to '%s')", cause.text,
              run->months[0].place.text, run->months[run->published - 1].place.text);
}

/* Every month is ready before the first is published: then only a rename can fail. */
static int publish(struct run *run, struct error *error)
{
    const char *status = run->only ? "refreshed" : "published";
    int result = 0;
    for (size_t m = 0; m < run->month_count && result == 0; m++) {
        struct run_month *month = &run->months[m];
        set_facts(run, month, status);
        if (run->only)
            result = run_month_keep_others(month, run->only, error);
        if (result == 0)
            result = run_month_prepare(month, &run->facts, &run->plan, &run->history,
                                       run->rows.text, error);
    }
    for (size_t m = 0; m < run->month_count && result == 0; m++) {
        result = run_month_publish(&run->months[m], error);
        run->published += result == 0;
    }
    for (size_t m = 0; m < run->published && run->written; m++) {
        set_facts(run, &run->months[m], status);
        run->written = write_line_or_tell(run);
    }
    for (size_t m = run->published; m < run->month_count; m++)
        run_month_forget(&run->months[m], &run->history);
    if (result < 0 && run->published > 0) {
        run->facts.month = run->months[run->published].month;
        tell_published(run, error);
    }
    return result;
}

/* The history of a failed run is told as well as can be: the run's own error is what counts. */
static void write_failure(struct run *run, const struct error *error)
{
    struct error ignored = {0};
    run->facts.error = error;
    run->facts.status = "failed";
    run->facts.number = history_next_number(&run->history) + (int)run->published;
    run->facts.report = NULL;
    run->facts.key = NULL;
    if (run->written) /* else a lost line would come after it */
        write_line(run, &ignored);
    if (run->config.metrics &&
        run_metrics_write(&run->facts, &run->history, run->config.metrics, &ignored) < 0)
        program_warning("%s", ignored.text);
}

static int forget_lists_of(const char *report, struct error *error)
{
    static const char *const lists[] = {"worklist*", "missing-tracker*"};
    DIR *files = opendir(report);
    if (!files)
        return error_system(error, EXIT_IO, "cannot read the folder '%s'", report);
    struct dirent *file;
    int status = 0;
    while (status == 0 && (errno = 0, file = readdir(files)))
        for (size_t l = 0; l < sizeof lists / sizeof *lists; l++)
            if (text_glob(lists[l], file->d_name) && unlinkat(dirfd(files), file->d_name, 0) < 0)
                status = error_system(error, EXIT_IO, "cannot remove '%s' of '%s'", file->d_name,
                                      report);
    if (status == 0 && errno != 0)
        status = error_system(error, EXIT_IO, "cannot read the folder '%s'", report);
    if (closedir(files) < 0 && status == 0)
        status = error_system(error, EXIT_IO, "cannot close the folder '%s'", report);
    return status;
}

/* Lists of children are kept no longer than the history. */
static int forget_lists(const struct run *run, const struct history *history, struct error *error)
{
    struct dirent **entries;
    int count =
        run->config.keep > 0 ? scandir(run->folder, &entries, is_left_or_report, alphasort) : 0;
    if (count < 0)
        return error_system(error, EXIT_IO, "cannot read the folder '%s'", run->folder);
    for (int e = 0; e < count; e++) {
        struct buffer path = {0};
        month_t month = month_from_iso(span_of(entries[e]->d_name));
        buffer_format(&path, "%s/%s", run->folder, entries[e]->d_name);
        if (path.failed)
            error_memory(error, "removing old lists");
        else if (month >= 0 && month <= history_newest_month(history) - run->config.keep)
            forget_lists_of(path.text, error);
        buffer_free(&path);
        free(entries[e]);
    }
    if (count > 0)
        free(entries);
    return error->code == EXIT_COMPLETE ? 0 : -1;
}

/* The report stands: what fails from here on is told, but does not take it back. */
static void finish_up(struct run *run)
{
    struct error error = {0};
    struct history now = {0};
    int status = history_open(&now, run->folder, &error);
    if (status == 0 && run->written) /* what no line tells of would be removed */
        status = history_prune(&now, run->config.keep, &error);
    if (status == 0 && run->written)
        status = forget_lists(run, &now, &error);
    if (status == 0 && run->config.metrics)
        status = run_metrics_write(&run->facts, &now, run->config.metrics, &error);
    history_free(&now);
    if (status < 0)
        program_warning("%s", error.text);
}

/* ---- what a person sees --------------------------------------------------------------------- */

static void print_headline(const struct month_report *report)
{
    char before[DATE_TEXT_SIZE];
    char now[DATE_TEXT_SIZE];
    month_to_short(report->month - 1, before);
    month_to_short(report->month, now);
    printf("%-8s %8s %8s %8s  %-10s %s\n", "Code", before, now, "Target", "Change", "RAG");
    for (size_t c = 0; c < report->cell_count; c++) {
        const struct report_cell *cell = &report->cells[c];
        if (!cell->on_scorecard || cell->month != report->month)
            continue;
        const struct report_cell *earlier =
            month_report_cell(report, cell->code, report->month - 1);
        printf("%-8s %8s %8s %8s  %-10s %s\n", cell->code, earlier ? earlier->shown : "",
               cell->shown, cell->target, cell->change, cell->rag);
    }
    putchar('\n');
}

static void print_restatements(const struct restatements *restatements)
{
    for (size_t r = 0; r < restatements->count; r++) {
        const struct restatement *restatement = &restatements->list[r];
        char month[DATE_TEXT_SIZE];
        month_to_short(restatement->now->month, month);
        printf("%-8s %8s  %s, was published as %s", restatement->now->code, month,
               restatement->now->shown, restatement->published->shown);
        if (restatement->rows_known)
            printf(" (rows: %llu added, %llu removed, %llu changed)",
                   (unsigned long long)restatement->added, (unsigned long long)restatement->removed,
                   (unsigned long long)restatement->changed);
        putchar('\n');
    }
    if (restatements->count > 0)
        putchar('\n');
}

static void tell_rows(const struct run *run)
{
    struct report_count total = month_report_total(&run->months[0].report);
    program_message("%zu files: %llu rows read, %llu accepted, %llu rejected, %llu ignored",
                    run->plan.input_count, (unsigned long long)total.read,
                    (unsigned long long)total.accepted, (unsigned long long)total.rejected,
                    (unsigned long long)total.ignored);
}

/* The headline of what is published, from the aggregates that are kept of it. */
static int print_published(const struct run *run, const struct run_month *month,
                           struct error *error)
{
    struct buffer path = {0};
    struct month_report report = {0};
    const struct past_run *last = history_of_month(&run->history, month->month);
    int status = history_path(&run->history, last->number, "measures", &path, error);
    if (status == 0)
        status = month_report_read_file(&report, path.text, error);
    if (status == 0)
        print_headline(&report);
    month_report_free(&report);
    buffer_free(&path);
    return status;
}

static void print_places(const struct run *run)
{
    for (size_t m = 0; m < run->month_count; m++) {
        struct buffer path = {0};
        buffer_format(&path, "%s/performance.xlsx", run->months[m].place.text);
        bool is_there = !path.failed && access(path.text, F_OK) == 0;
        puts(is_there ? path.text : run->months[m].place.text);
        buffer_free(&path);
    }
}

/* ---- all of it ------------------------------------------------------------------------------ */

static int keep_published(struct run *run, struct error *error)
{
    const struct run_month *month = &run->months[run->month_count - 1];
    set_facts(run, month, "unchanged");
    if (!run->quiet && print_published(run, month, error) < 0)
        return -1;
    run->written = write_line_or_tell(run);
    finish_up(run);
    program_message("nothing has changed since run %d: the report stays (--force makes it again)",
                    history_of_month(&run->history, month->month)->number);
    print_places(run);
    return 0;
}

static int make_reports(struct run *run, struct error *error)
{
    if (run_plan_check_space(&run->plan, run->folder, error) < 0 || run_pipeline(run, error) < 0 ||
        publish(run, error) < 0)
        return -1;
    finish_up(run);
    tell_rows(run);
    const struct run_month *month = &run->months[run->month_count - 1];
    if (!run->quiet) {
        print_headline(&month->report);
        print_restatements(&month->restatements);
    }
    print_places(run);
    return 0;
}

static int work(struct run *run, struct error *error)
{
    if (run->dry) {
        int status = history_open(&run->history, run->folder, error);
        if (status == 0 && (status = plan(run, error)) == 0)
            print_plan(run);
        return status;
    }
    if (folder_create(run->folder, error) < 0 || take_lock(run, error) < 0)
        return -1;
    stages_pass_signals();
    int status = history_open(&run->history, run->folder, error);
    if (status == 0)
        status = repair(run, error);
    if (status == 0)
        status = plan(run, error);
    if (status == 0)
        status = is_unchanged(run) ? keep_published(run, error) : make_reports(run, error);
    if (status < 0)
        write_failure(run, error);
    return status;
}

static void free_run(struct run *run)
{
    for (size_t m = 0; m < run->month_count; m++)
        run_month_free(&run->months[m]);
    free(run->months);
    if (run->rows.length > 0)
        unlink(run->rows.text);
    buffer_free(&run->rows);
    run_plan_free(&run->plan);
    history_free(&run->history);
    config_free(&run->config);
}

static month_t month_option(const char *name, const char *argument)
{
    month_t month = month_from_iso(span_of(argument));
    if (month < 0)
        program_usage_error("--%s must be a month like 2019-07, not '%s'", name, argument);
    return month;
}

static void read_options(struct run *run, int argc, char **argv)
{
    const char *argument;
    int rest;
    bool several = false;
    for (int option; (option = program_option(argc, argv, &argument, &rest)) != -1;) {
        const char *name = option >= 256 ? options[option - 256].name : "";
        if (option == 'c')
            run->config_path = argument;
        else if (option == 'm')
            run->choice.last = month_option("month", argument);
        else if (option == 'f')
            run->force = true;
        else if (option == 'q')
            run->quiet = true;
        else if (strcmp(name, "folder") == 0)
            run->folder = argument;
        else if (strcmp(name, "only") == 0)
            run->only = argument;
        else if (strcmp(name, "publish") == 0)
            run->for_public = true;
        else if (strcmp(name, "dry-run") == 0)
            run->dry = true;
        else if (strcmp(name, "from") == 0)
            run->choice.from = month_option("from", argument);
        else if (strcmp(name, "to") == 0) {
            run->choice.last = month_option("to", argument);
            several = true;
        } else if (option == 'a') {
            run->choice.as_at = date_from_iso(span_of(argument));
            if (run->choice.as_at == NO_DATE)
                program_usage_error("--as-at must be a date like 2019-08-13, not '%s'", argument);
        }
    }
    if (several != (run->choice.from >= 0))
        program_usage_error("--from and --to go together");
    if (rest < argc)
        program_usage_error("unexpected argument '%s': the inbox of the configuration is read",
                            argv[rest]);
}

int main(int argc, char **argv)
{
    program_begin(&program);
    struct run run = {.config_path = "pipeline.conf",
                      .choice = {.from = -1, .last = -1, .as_at = NO_DATE},
                      .lock = -1,
                      .written = true,
                      .facts = {.month = -1, .as_at = NO_DATE, .clock = stage_clock()}};
    run_time_text(time(NULL), run.facts.started);
    read_options(&run, argc, argv);
    struct problems problems = {0};
    settings_load(&run.config, run.config_path, &problems);
    settings_require(&problems);
    if (!run.folder)
        run.folder = run.config.report_folder;
    struct error error = {0};
    int status = work(&run, &error);
    free_run(&run);
    if (status < 0 && stages_stopped()) {
        program_message("%s", error.text);
        stages_die();
    }
    if (status < 0)
        program_fail(&error);
    program_exit(EXIT_COMPLETE);
}
