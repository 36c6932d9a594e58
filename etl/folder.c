#include "etl/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "etl/text.h"

int folder_create(const char *path, struct error *error)
{
    struct buffer part = {0};
    int status = 0;
    for (size_t i = 1; status == 0 && i <= strlen(path); i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        part.length = 0;
        buffer_add(&part, path, i);
        if (part.failed)
            status = error_memory(error, "creating a folder");
        else if (mkdir(part.text, 0700) < 0 && errno != EEXIST)
            status =
                error_system(error, EXIT_CANNOT_CREATE, "cannot create the folder '%s'", part.text);
    }
    buffer_free(&part);
    return status;
}

static int sync_path(const char *path, struct error *error)
{
    int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return error_system(error, EXIT_IO, "cannot open the folder '%s'", path);
    int status = 0;
    if (fsync(descriptor) < 0)
        status = error_system(error, EXIT_IO, "cannot make '%s' durable", path);
    close(descriptor);
    return status;
}

/* The folder that a path stands in, into `parent`. */
static int parent_of(const char *path, struct buffer *parent, struct error *error)
{
    const char *slash = strrchr(path, '/');
    if (slash && slash > path)
        buffer_add(parent, path, (size_t)(slash - path));
    else
        buffer_add_text(parent, slash ? "/" : ".");
    return parent->failed ? error_memory(error, "publishing a folder") : 0;
}

int folder_publish(const char *made, const char *place, struct error *error)
{
    struct stat there;
    if (lstat(place, &there) == 0 && !S_ISDIR(there.st_mode))
        return error_set(error, EXIT_CANNOT_CREATE,
                         "cannot publish '%s': something is there that is not a folder", place);
    if (sync_path(made, error) < 0)
        return -1;
    bool exchanged = renameat2(AT_FDCWD, made, AT_FDCWD, place, RENAME_EXCHANGE) == 0;
    if (!exchanged && errno == ENOENT) {
        if (rename(made, place) < 0)
            return error_system(error, EXIT_CANNOT_CREATE, "cannot publish '%s'", place);
    } else if (!exchanged) {
        return error_system(error, EXIT_CANNOT_CREATE, "cannot publish '%s'", place);
    }
    struct buffer parent = {0};
    int status = parent_of(place, &parent, error);
    if (status == 0)
        status = sync_path(parent.text, error);
    buffer_free(&parent);
    if (status == 0 && exchanged)
        folder_remove(made); /* what was published before */
    return status;
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status;
    (void)type;
    (void)walk;
    return remove(path);
}

void folder_remove(const char *path)
{
    enum { OPEN_AT_ONCE = 8 };
    nftw(path, remove_entry, OPEN_AT_ONCE, FTW_DEPTH | FTW_PHYS);
}
