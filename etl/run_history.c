#include "etl/run_history.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "etl/folder.h"
#include "etl/output_file.h"

/* ---- reading -------------------------------------------------------------------------------- */

static const char *text_of(struct arena *arena, const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? arena_copy(arena, text, strlen(text)) : "";
}

static int64_t number_of(const json_t *object, const char *key)
{
    const json_t *number = json_object_get(object, key);
    return json_is_integer(number) ? json_integer_value(number) : -1;
}

bool history_read_line(struct arena *arena, const char *line, size_t length, struct past_run *run)
{
    json_t *object = json_loadb(line, length, 0, NULL);
    *run = (struct past_run){
        .number = (int)number_of(object, "run"),
        .status = text_of(arena, object, "status"),
        .started = text_of(arena, object, "started"),
        .seconds = json_number_value(json_object_get(object, "seconds")),
        .exit = (int)number_of(object, "exit"),
        .read = number_of(object, "read"),
        .accepted = number_of(object, "accepted"),
        .rejected = number_of(object, "rejected"),
        .merged = number_of(object, "merged"),
        .ignored = number_of(object, "ignored"),
        .restated = number_of(object, "restated"),
        .key = text_of(arena, object, "key"),
        .message = text_of(arena, object, "message"),
    };
    const char *month = json_string_value(json_object_get(object, "month"));
    const char *as_at = json_string_value(json_object_get(object, "as_at"));
    run->month = month ? month_from_iso(span_of(month)) : -1;
    run->as_at = as_at ? date_from_iso(span_of(as_at)) : NO_DATE;
    json_decref(object);
    return run->number > 0 && run->status && run->started && run->key && run->message;
}

static int read_runs(struct history *history, const char *path, struct error *error)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return errno == ENOENT ? 0 : error_system(error, EXIT_IO, "cannot open '%s'", path);
    char *line = NULL;
    size_t capacity = 0;
    ssize_t length;
    int status = 0;
    while (status == 0 && (length = getline(&line, &capacity, file)) > 0) {
        struct past_run run;
        if (!history_read_line(&history->arena, line, (size_t)length, &run))
            continue; /* cut by a crash */
        struct past_run *room =
            grow(history->runs, &history->capacity, history->count + 1, sizeof *room);
        if (!room) {
            status = error_memory(error, "reading the history");
        } else {
            history->runs = room;
            room[history->count++] = run;
        }
    }
    if (status == 0 && ferror(file))
        status = error_system(error, EXIT_IO, "cannot read '%s'", path);
    free(line);
    if (fclose(file) != 0 && status == 0)
        status = error_system(error, EXIT_IO, "cannot close '%s'", path);
    return status;
}

static int runs_path(const struct history *history, struct buffer *path, struct error *error)
{
    buffer_format(path, "%s/runs.jsonl", history->folder.text);
    return path->failed ? error_memory(error, "reading the history") : 0;
}

int history_open(struct history *history, const char *report_folder, struct error *error)
{
    *history = (struct history){0};
    struct buffer path = {0};
    buffer_format(&history->folder, "%s/history", report_folder);
    int status = history->folder.failed ? error_memory(error, "reading the history")
                                        : runs_path(history, &path, error);
    if (status == 0)
        status = read_runs(history, path.text, error);
    buffer_free(&path);
    return status;
}

void history_free(struct history *history)
{
    buffer_free(&history->folder);
    free(history->runs);
    arena_free(&history->arena);
    *history = (struct history){0};
}

/* ---- finding -------------------------------------------------------------------------------- */

int history_next_number(const struct history *history)
{
    int most = 0;
    for (size_t r = 0; r < history->count; r++)
        if (history->runs[r].number > most)
            most = history->runs[r].number;
    return most + 1;
}

static bool is_published(const struct past_run *run)
{
    return strcmp(run->status, "published") == 0;
}

const struct past_run *history_of_month(const struct history *history, month_t month)
{
    for (size_t r = history->count; r > 0; r--)
        if (is_published(&history->runs[r - 1]) && history->runs[r - 1].month == month)
            return &history->runs[r - 1];
    return NULL;
}

const struct past_run *history_before(const struct history *history, month_t month)
{
    const struct past_run *found = NULL;
    for (size_t r = 0; r < history->count; r++) {
        const struct past_run *run = &history->runs[r];
        if (is_published(run) && run->month < month && (!found || run->month >= found->month))
            found = run;
    }
    return found;
}

const struct past_run *history_find(const struct history *history, const char *word)
{
    month_t month = month_from_iso(span_of(word));
    if (month >= 0)
        return history_of_month(history, month);
    int64_t number = span_number(span_of(word), INT32_MAX);
    for (size_t r = 0; r < history->count; r++)
        if (history->runs[r].number == number)
            return &history->runs[r];
    return NULL;
}

int history_path(const struct history *history, int number, const char *kind, struct buffer *path,
                 struct error *error)
{
    buffer_format(path, "%s/%06d.%s", history->folder.text, number, kind);
    return path->failed ? error_memory(error, "reading the history") : 0;
}

/* ---- appending ------------------------------------------------------------------------------ */

/* Where the last whole line ends. */
static off_t end_of_lines(int descriptor, off_t size)
{
    char byte;
    while (size > 0 && pread(descriptor, &byte, 1, size - 1) == 1 && byte != '\n')
        size--;
    return size;
}

static int append(int descriptor, const char *line, const char *path, struct error *error)
{
    struct buffer text = {0};
    struct stat status;
    buffer_format(&text, "%s\n", line);
    if (text.failed)
        return error_memory(error, "writing the history");
    int result = 0;
    if (fstat(descriptor, &status) < 0)
        result = error_system(error, EXIT_IO, "cannot read '%s'", path);
    off_t end = result == 0 ? end_of_lines(descriptor, status.st_size) : 0;
    if (result == 0 && end < status.st_size && ftruncate(descriptor, end) < 0)
        result = error_system(error, EXIT_IO, "cannot write to '%s'", path);
    for (size_t done = 0; result == 0 && done < text.length;) {
        ssize_t written =
            pwrite(descriptor, text.text + done, text.length - done, end + (off_t)done);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            result = error_system(error, EXIT_IO, "cannot write to '%s'", path);
        else
            done += (size_t)written;
    }
    if (result == 0 && fsync(descriptor) < 0)
        result = error_system(error, EXIT_IO, "cannot make '%s' durable", path);
    buffer_free(&text);
    return result;
}

int history_append(const struct history *history, const char *line, struct error *error)
{
    struct buffer path = {0};
    int status = folder_create(history->folder.text, error);
    if (status == 0)
        status = runs_path(history, &path, error);
    if (status == 0) {
        int descriptor = open(path.text, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (descriptor < 0)
            status = error_system(error, EXIT_CANNOT_CREATE, "cannot write to '%s'", path.text);
        else
            status = append(descriptor, line, path.text, error);
        if (descriptor >= 0 && close(descriptor) < 0 && status == 0)
            status = error_system(error, EXIT_IO, "cannot close '%s'", path.text);
    }
    buffer_free(&path);
    return status;
}

/* ---- retention ------------------------------------------------------------------------------ */

month_t history_newest_month(const struct history *history)
{
    month_t newest = -1;
    for (size_t r = 0; r < history->count; r++)
        if (is_published(&history->runs[r]) && history->runs[r].month > newest)
            newest = history->runs[r].month;
    return newest;
}

static bool is_kept(const struct history *history, const struct past_run *run, int keep)
{
    month_t newest = history_newest_month(history);
    return keep == 0 || run->month < 0 || run->month > newest - keep;
}

/* Whether a file of the history is still needed: "000012.rows", "000012.measures". */
static bool is_needed(const struct history *history, const char *name, int keep)
{
    struct span rest = span_of(name);
    int64_t number = span_number(span_cut(&rest, '.'), INT32_MAX);
    if (number < 0 || !rest.text)
        return strcmp(name, "runs.jsonl") == 0;
    for (size_t r = 0; r < history->count; r++) {
        const struct past_run *run = &history->runs[r];
        if (run->number != number || !is_published(run) || !is_kept(history, run, keep))
            continue;
        if (span_is(rest, "measures"))
            return true;
        return span_is(rest, "rows") && history_of_month(history, run->month) == run &&
               run->month > history_newest_month(history) - 2;
    }
    return false;
}

static int remove_files(const struct history *history, int keep, struct error *error)
{
    const char *path = history->folder.text;
    DIR *folder = opendir(path);
    if (!folder)
        return errno == ENOENT ? 0
                               : error_system(error, EXIT_IO, "cannot read the folder '%s'", path);
    struct dirent *entry;
    int status = 0;
    while (status == 0 && (errno = 0, entry = readdir(folder)))
        if (entry->d_type != DT_DIR && !is_needed(history, entry->d_name, keep) &&
            unlinkat(dirfd(folder), entry->d_name, 0) < 0)
            status =
                error_system(error, EXIT_IO, "cannot remove '%s' of '%s'", entry->d_name, path);
    if (status == 0 && errno != 0)
        status = error_system(error, EXIT_IO, "cannot read the folder '%s'", path);
    if (closedir(folder) < 0 && status == 0)
        status = error_system(error, EXIT_IO, "cannot close the folder '%s'", path);
    return status;
}

/* Writes the lines of the runs that are kept to a new file, which takes the place of the old. */
static int rewrite_lines(struct history *history, int keep, const char *path, struct error *error)
{
    struct output_file file;
    int status = output_file_begin(&file, path, error);
    FILE *from = status == 0 ? fopen(path, "re") : NULL;
    FILE *to = from ? fopen(file.temporary.text, "we") : NULL;
    if (status == 0 && (!from || !to))
        status = error_system(error, EXIT_IO, "cannot write '%s' again", path);
    char *line = NULL;
    size_t capacity = 0;
    ssize_t length;
    while (status == 0 && (length = getline(&line, &capacity, from)) > 0) {
        struct past_run run;
        if (history_read_line(&history->arena, line, (size_t)length, &run) &&
            is_kept(history, &run, keep) && fwrite(line, 1, (size_t)length, to) != (size_t)length)
            status = error_system(error, EXIT_IO, "cannot write '%s' again", path);
    }
    if (status == 0 && ferror(from))
        status = error_system(error, EXIT_IO, "cannot read '%s'", path);
    free(line);
    if (from && fclose(from) != 0 && status == 0)
        status = error_system(error, EXIT_IO, "cannot close '%s'", path);
    if (to && fclose(to) != 0 && status == 0)
        status = error_system(error, EXIT_IO, "cannot write '%s' again", path);
    if (status == 0)
        status = output_file_commit(&file, error);
    output_file_end(&file);
    return status;
}

int history_prune(struct history *history, int keep, struct error *error)
{
    if (remove_files(history, keep, error) < 0)
        return -1;
    bool all_kept = true;
    for (size_t r = 0; r < history->count; r++)
        all_kept = all_kept && is_kept(history, &history->runs[r], keep);
    if (all_kept)
        return 0;
    struct buffer path = {0};
    int status = runs_path(history, &path, error);
    if (status == 0)
        status = rewrite_lines(history, keep, path.text, error);
    buffer_free(&path);
    return status;
}
