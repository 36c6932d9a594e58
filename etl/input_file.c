#include "etl/input_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utf8proc.h>

#include "etl/descriptor.h"
#include "etl/spool.h"

enum { COPY_SIZE = 256 * 1024 };

static ssize_t read_some(int descriptor, void *bytes, size_t size)
{
    ssize_t got;
    do
        got = read(descriptor, bytes, size);
    while (got < 0 && errno == EINTR);
    return got;
}

/* Copies what is piped in to a file that can be read twice. */
static int copy_pipe(int from, int to, unsigned char *bytes, struct error *error)
{
    for (;;) {
        ssize_t got = read_some(from, bytes, COPY_SIZE);
        if (got < 0)
            return error_system(error, EXIT_IO, "cannot read standard input");
        if (got == 0)
            return 0;
        if (descriptor_write(to, bytes, (size_t)got) < 0)
            return error_system(error, EXIT_IO, "cannot write to a temporary file");
    }
}

/* Reads the whole file once, its head twice. */
static int read_through(struct input_file *file, struct error *error)
{
    while (file->head_length < SOURCE_HEAD_SIZE) {
        ssize_t got = pread(file->descriptor, file->head + file->head_length,
                            SOURCE_HEAD_SIZE - file->head_length, (off_t)file->head_length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_system(error, EXIT_IO, "cannot read '%s'", file->path);
        if (got == 0)
            break;
        file->head_length += (size_t)got;
    }
    return digest_descriptor(file->descriptor, file->path, file->sha256, error);
}

int input_file_check_name(const char *name, struct error *error)
{
    struct buffer shown = {0};
    bool is_text = true;
    for (size_t rest = strlen(name), at = 0; rest > at;) {
        utf8proc_int32_t point;
        utf8proc_ssize_t used = utf8proc_iterate((const utf8proc_uint8_t *)name + at,
                                                 (utf8proc_ssize_t)(rest - at), &point);
        is_text = is_text && used > 0;
        if (used > 0)
            buffer_add(&shown, name + at, (size_t)used);
        else
            buffer_add_char(&shown, '?');
        at += used > 0 ? (size_t)used : 1;
    }
    int status = shown.failed ? error_memory(error, "reading a file's name") : 0;
    if (status == 0 && !is_text)
        status = error_set(error, EXIT_BAD_DATA,
                           "'%s': the file's name is not UTF-8 where it says '?': rename it",
                           shown.text);
    buffer_free(&shown);
    return status;
}

static int open_descriptor(struct input_file *file, unsigned char *bytes, struct error *error)
{
    struct stat status;
    if (strcmp(file->path, "-") == 0) {
        file->name = "standard input";
        if (fstat(STDIN_FILENO, &status) == 0 && S_ISREG(status.st_mode)) {
            file->descriptor = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
            return file->descriptor < 0 ? error_system(error, EXIT_IO, "cannot read standard input")
                                        : 0;
        }
        file->descriptor = spool_temporary_file(error);
        return file->descriptor < 0 ? -1 : copy_pipe(STDIN_FILENO, file->descriptor, bytes, error);
    }
    const char *slash = strrchr(file->path, '/');
    file->name = slash ? slash + 1 : file->path;
    if (input_file_check_name(file->name, error) < 0)
        return -1;
    /* Not to wait for the other end of a FIFO that lies among the exports. */
    file->descriptor = open(file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file->descriptor < 0)
        return error_system(error, EXIT_IO, "cannot open '%s'", file->path);
    if (fstat(file->descriptor, &status) < 0)
        return error_system(error, EXIT_IO, "cannot read '%s'", file->path);
    if (!S_ISREG(status.st_mode))
        return error_set(error, EXIT_NO_SOURCE, "'%s' is not a file", file->path);
    return 0;
}

static int note_state(struct input_file *file, struct error *error)
{
    struct stat status;
    if (fstat(file->descriptor, &status) < 0)
        return error_system(error, EXIT_IO, "cannot read '%s'", file->path);
    file->size = status.st_size;
    file->modified = status.st_mtim;
    return 0;
}

int input_file_unchanged(const struct input_file *file, struct error *error)
{
    struct input_file now = *file;
    if (note_state(&now, error) < 0)
        return -1;
    if (now.size != file->size || now.modified.tv_sec != file->modified.tv_sec ||
        now.modified.tv_nsec != file->modified.tv_nsec)
        return error_set(error, EXIT_BROKEN,
                         "'%s' changed while it was read: run again when it is whole", file->name);
    return 0;
}

int input_file_open(struct input_file *file, const char *path, struct error *error)
{
    *file = (struct input_file){.descriptor = -1, .path = path};
    unsigned char *bytes = malloc(COPY_SIZE);
    if (!bytes)
        return error_memory(error, "opening a file");
    int status = open_descriptor(file, bytes, error);
    if (status == 0)
        status = note_state(file, error);
    if (status == 0)
        status = read_through(file, error);
    free(bytes);
    if (status < 0)
        input_file_close(file);
    return status;
}

void input_file_close(struct input_file *file)
{
    if (file->descriptor >= 0)
        close(file->descriptor); /* it was only read from */
    file->descriptor = -1;
}

static bool all_digits(const char *text, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (text[i] < '0' || text[i] > '9')
            return false;
    return true;
}

int input_file_refuse(const struct input_file *file, struct error *error)
{
    if (text_glob("*.csv", file->name))
        return error_set(error, EXIT_BAD_DATA,
                         "'%s': holds NUL bytes, so it is no text: export it again, as .csv or "
                         ".xlsx",
                         file->name);
    return error_set(error, EXIT_BAD_DATA,
                     "'%s': is no spreadsheet that monthend knows: save it as .xlsx or .csv",
                     file->name);
}

date_t date_in_name(const char *name)
{
    size_t length = strlen(name);
    for (size_t i = 0; i + 8 <= length; i++) {
        date_t date = NO_DATE;
        if (i + 10 <= length)
            date = date_from_iso((struct span){name + i, 10});
        if (date == NO_DATE && all_digits(name + i, 8)) {
            char iso[DATE_TEXT_SIZE];
            snprintf(iso, sizeof iso, "%.4s-%.2s-%.2s", name + i, name + i + 4, name + i + 6);
            date = date_from_iso(span_of(iso));
        }
        if (date != NO_DATE)
            return date;
    }
    return NO_DATE;
}

/* ---- the inbox ----------------------------------------------------------------------------- */

static bool is_newer(const char *a, const char *b)
{
    date_t a_date = date_in_name(a);
    date_t b_date = date_in_name(b);
    return a_date != b_date ? a_date > b_date : strcmp(a, b) > 0;
}

static const char *newest_match(const struct config *config, const char *pattern,
                                struct arena *arena, struct error *error)
{
    DIR *folder = opendir(config->inbox);
    if (!folder) {
        error_system(error, EXIT_IO, "cannot read the inbox '%s'", config->inbox);
        return NULL;
    }
    const char *newest = NULL;
    struct dirent *entry;
    while ((errno = 0, entry = readdir(folder))) {
        const char *name = entry->d_name;
        if (name[0] != '.' && text_glob(pattern, name) && (!newest || is_newer(name, newest))) {
            newest = arena_copy(arena, name, strlen(name));
            if (!newest) {
                error_memory(error, "reading the inbox");
                break;
            }
        }
    }
    if (!entry && errno != 0)
        error_system(error, EXIT_IO, "cannot read the inbox '%s'", config->inbox);
    if (closedir(folder) < 0)
        error_system(error, EXIT_IO, "cannot close the inbox '%s'", config->inbox);
    return newest;
}

static int add_path(const struct config *config, struct arena *arena, const char *name,
                    const char **paths, size_t *count, struct error *error)
{
    struct buffer path = {0};
    buffer_format(&path, "%s/%s", config->inbox, name);
    const char *kept = path.failed ? NULL : arena_copy(arena, path.text, path.length);
    buffer_free(&path);
    if (!kept)
        return error_memory(error, "reading the inbox");
    for (size_t i = 0; i < *count; i++)
        if (strcmp(paths[i], kept) == 0)
            return 0;
    paths[(*count)++] = kept;
    return 0;
}

int inbox_newest(const struct config *config, struct arena *arena, const char ***paths,
                 size_t *count, struct error *error)
{
    *count = 0;
    if (!config->inbox)
        return error_set(error, EXIT_BAD_CONFIG,
                         "%s: [data] names no inbox: name one, or give the files to read",
                         config->path);
    size_t lists = 0;
    for (const struct lookup_list *list = config->lookups; list; list = list->next)
        lists++;
    *paths = arena_alloc(arena, (config->source_count + lists + 1) * sizeof **paths);
    if (!*paths)
        return error_memory(error, "reading the inbox");
    for (size_t i = 0; i < config->source_count; i++) {
        const struct source_config *source = &config->sources[i];
        const char *name = newest_match(config, source->file_glob, arena, error);
        if (error->code != EXIT_COMPLETE)
            return -1;
        if (!name && !source->optional)
            return error_set(error, EXIT_NO_SOURCE,
                             "source '%s' (%s:%u): no file like '%s' in '%s'", source->name,
                             source->file, source->line, source->file_glob, config->inbox);
        if (name && add_path(config, arena, name, *paths, count, error) < 0)
            return -1;
    }
    for (const struct lookup_list *list = config->lookups; list; list = list->next) {
        const char *name = newest_match(config, list->file_glob, arena, error);
        if (error->code != EXIT_COMPLETE ||
            (name && add_path(config, arena, name, *paths, count, error) < 0))
            return -1; /* a list that is missing is said by the source that looks into it */
    }
    if (*count == 0)
        return error_set(error, EXIT_NO_SOURCE, "no file in '%s' is any source's", config->inbox);
    return 0;
}
