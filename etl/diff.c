/*
 * monthend-diff: what two published runs say otherwise, and the rows behind it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "etl/program.h"
#include "etl/restatement.h"
#include "etl/run_history.h"
#include "etl/settings.h"

static const struct program_option options[] = {
    {"config", 'c', "FILE", "the configuration (pipeline.conf)"},
    {NULL, 0, NULL, NULL},
};

static const struct program program = {
    .name = "monthend-diff",
    .usage = "[options] RUN RUN",
    .summary = "Lists the figures that two published runs show differently, in the months that "
               "both show,\nwith how many rows were added, removed or changed between them. RUN is "
               "a number of\n'monthend history', or a month: its last published run.",
    .options = options,
};

static const struct past_run *find_run(const struct history *history, const char *folder,
                                       const char *word, struct error *error)
{
    const struct past_run *run = history_find(history, word);
    if (!run)
        error_set(error, EXIT_NO_SOURCE,
                  "there is no run '%s' in the history of '%s': 'monthend history' lists them",
                  word, folder);
    return run;
}

static int read_run(struct month_report *report, const struct history *history,
                    const struct past_run *run, struct error *error)
{
    struct buffer path = {0};
    int status = history_path(history, run->number, "measures", &path, error);
    if (status == 0 && access(path.text, R_OK) != 0)
        status = error_set(error, EXIT_NO_SOURCE, "run %d published nothing that is kept: %s",
                           run->number, *run->message ? run->message : run->status);
    if (status == 0)
        status = month_report_read_file(report, path.text, error);
    buffer_free(&path);
    return status;
}

/* The rows of both runs, where both are kept. */
static int count_rows(struct restatements *differences, const struct history *history,
                      const struct past_run *const *runs, struct error *error)
{
    struct buffer then = {0};
    struct buffer now = {0};
    int status = history_path(history, runs[0]->number, "rows", &then, error);
    if (status == 0)
        status = history_path(history, runs[1]->number, "rows", &now, error);
    if (status == 0 && access(then.text, R_OK) == 0 && access(now.text, R_OK) == 0)
        status = restatements_count_rows(differences, then.text, now.text, error);
    buffer_free(&then);
    buffer_free(&now);
    return status;
}

static void print_differences(const struct restatements *differences,
                              const struct past_run *const *runs)
{
    printf("code\tmonth\trun %d\trun %d\tadded\tremoved\tchanged\n", runs[0]->number,
           runs[1]->number);
    for (size_t d = 0; d < differences->count; d++) {
        const struct restatement *difference = &differences->list[d];
        char month[DATE_TEXT_SIZE];
        month_to_iso(difference->now->month, month);
        printf("%s\t%s\t%s\t%s", difference->now->code, month, difference->published->shown,
               difference->now->shown);
        if (difference->rows_known)
            printf("\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\n", difference->added,
                   difference->removed, difference->changed);
        else
            puts("\t\t\t");
    }
}

static int compare(const struct config *config, char **words, struct error *error)
{
    struct history history;
    struct month_report reports[2] = {{.month = -1}, {.month = -1}};
    struct restatements differences = {0};
    const struct past_run *runs[2] = {NULL, NULL};
    int status = history_open(&history, config->report_folder, error);
    for (int r = 0; r < 2 && status == 0; r++) {
        runs[r] = find_run(&history, config->report_folder, words[r], error);
        status = runs[r] ? read_run(&reports[r], &history, runs[r], error) : -1;
    }
    if (status == 0)
        status = restatements_find(&differences, &reports[0], &reports[1], true, error);
    if (status == 0)
        status = count_rows(&differences, &history, runs, error);
    if (status == 0)
        print_differences(&differences, runs);
    restatements_free(&differences);
    for (int r = 0; r < 2; r++)
        month_report_free(&reports[r]);
    history_free(&history);
    return status;
}

int main(int argc, char **argv)
{
    program_begin(&program);
    const char *config_path = NULL;
    const char *argument;
    int rest;
    while (program_option(argc, argv, &argument, &rest) != -1)
        config_path = argument;
    if (argc - rest != 2)
        program_usage_error("which two runs?");
    struct config config;
    struct problems problems = {0};
    struct error error = {0};
    settings_load(&config, config_path, &problems);
    settings_require(&problems);
    int status = compare(&config, argv + rest, &error);
    config_free(&config);
    if (status < 0)
        program_fail(&error);
    program_exit(EXIT_COMPLETE);
}
