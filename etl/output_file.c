#include "etl/output_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "etl/descriptor.h"
#include "etl/unchecked_files.h"

/* The one file being written, for the signal handler; "" when there is none. */
static char unfinished[PATH_MAX];

static void remove_and_die(int signal_number)
{
    if (unfinished[0])
        unlink(unfinished);
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

/* A program that already does something about the signal goes on doing it: it calls
 * output_file_end. */
static void die_tidily_of(int signal_number)
{
    struct sigaction now;
    if (sigaction(signal_number, NULL, &now) == 0 && now.sa_handler == SIG_DFL)
        signal(signal_number, remove_and_die);
}

static int check_target(const char *path, struct error *error)
{
    struct stat status;
    if (lstat(path, &status) < 0)
        return errno == ENOENT ? 0
                               : error_system(error, EXIT_CANNOT_CREATE, "cannot write '%s'", path);
    if (!S_ISREG(status.st_mode))
        return error_set(error, EXIT_CANNOT_CREATE,
                         "cannot write '%s': it is there and is not a plain file", path);
    return 0;
}

int output_file_begin(struct output_file *file, const char *path, struct error *error)
{
    *file = (struct output_file){.path = path};
    unchecked_files_begin();
    if (check_target(path, error) < 0)
        return -1;
    const char *slash = strrchr(path, '/');
    if (slash)
        buffer_add(&file->folder, path, slash == path ? 1 : (size_t)(slash - path));
    else
        buffer_add_text(&file->folder, ".");
    buffer_format(&file->temporary, "%s/.%s.XXXXXX", file->folder.text, slash ? slash + 1 : path);
    if (file->folder.failed || file->temporary.failed ||
        file->temporary.length >= sizeof unfinished)
        return error_memory(error, "creating a file");
    int descriptor = mkostemp(file->temporary.text, O_CLOEXEC);
    if (descriptor < 0) {
        file->temporary.length = 0; /* there is nothing to remove */
        return error_system(error, EXIT_CANNOT_CREATE, "cannot create a file in '%s'",
                            file->folder.text);
    }
    memcpy(unfinished, file->temporary.text, file->temporary.length + 1);
    die_tidily_of(SIGINT);
    die_tidily_of(SIGTERM);
    return descriptor_close(descriptor, file->temporary.text, 0, error);
}

int output_file_commit(struct output_file *file, struct error *error)
{
    if (unchecked_files_failed())
        return error_set(error, EXIT_IO,
                         "cannot write '%s': a part of it could not be written: is the disk full?",
                         file->path);
    if (path_sync(file->temporary.text, 0, error) < 0)
        return -1;
    if (rename(file->temporary.text, file->path) < 0)
        return error_system(error, EXIT_CANNOT_CREATE, "cannot write '%s'", file->path);
    file->temporary.length = 0;
    unfinished[0] = '\0';
    return path_sync(file->folder.text, O_DIRECTORY, error);
}

void output_file_end(struct output_file *file)
{
    if (file->temporary.length > 0)
        unlink(file->temporary.text);
    unfinished[0] = '\0';
    buffer_free(&file->temporary);
    buffer_free(&file->folder);
}
