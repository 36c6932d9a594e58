#include "etl/descriptor.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int descriptor_write(int descriptor, const void *bytes, size_t length)
{
    const char *next = bytes;
    while (length > 0) {
        ssize_t written = write(descriptor, next, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return -1;
        next += written;
        length -= (size_t)written;
    }
    return 0;
}

int descriptor_close(int descriptor, const char *name, int status, struct error *error)
{
    if (close(descriptor) < 0 && status == 0)
        return error_system(error, EXIT_IO, "cannot close '%s'", name);
    return status;
}

int path_sync(const char *path, int flags, struct error *error)
{
    int descriptor = open(path, flags | O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return error_system(error, EXIT_IO, "cannot open '%s' to make it durable", path);
    int status = 0;
    if (fsync(descriptor) < 0)
        status = error_system(error, EXIT_IO, "cannot make '%s' durable", path);
    return descriptor_close(descriptor, path, status, error);
}
