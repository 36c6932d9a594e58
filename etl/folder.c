#include "etl/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "etl/descriptor.h"
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

/* Exchanges two folders, or moves one to where nothing is. */
static int put(const char *from, const char *to, bool exchange, struct error *error)
{
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, exchange ? RENAME_EXCHANGE : 0) == 0)
        return 0;
    if (exchange && (errno == EINVAL || errno == ENOSYS))
        return error_set(error, EXIT_CANNOT_CREATE,
                         "cannot publish '%s': its file system cannot exchange two folders in one "
                         "step: publish to a folder on another one",
                         to);
    return error_system(error, EXIT_CANNOT_CREATE, "cannot publish '%s'", to);
}

int folder_publish(const char *made, const char *place, struct error *error)
{
    struct stat there;
    struct buffer parent = {0};
    bool exchange = lstat(place, &there) == 0;
    if (!exchange && errno != ENOENT)
        return error_system(error, EXIT_CANNOT_CREATE, "cannot publish '%s'", place);
    if (exchange && !S_ISDIR(there.st_mode))
        return error_set(error, EXIT_CANNOT_CREATE,
                         "cannot publish '%s': something is there that is not a folder", place);
    int status = parent_of(place, &parent, error);
    if (status == 0)
        status = path_sync(made, O_DIRECTORY, error);
    if (status == 0 && (status = put(made, place, exchange, error)) == 0) {
        status = path_sync(parent.text, O_DIRECTORY, error);
        if (status == 0 && exchange)
            folder_remove(made); /* what was published before */
        else if (status < 0)     /* a failed call has changed nothing: back, as far as it goes */
            put(exchange ? made : place, exchange ? place : made, exchange, error);
    }
    buffer_free(&parent);
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
