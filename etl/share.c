#include "etl/share.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The folder of the running program, without a slash at its end. */
static int program_folder(char *folder, size_t size, struct error *error)
{
    ssize_t length = readlink("/proc/self/exe", folder, size - 1);
    if (length < 0)
        return error_system(error, EXIT_BROKEN, "cannot tell where this program stands");
    folder[length] = '\0';
    char *slash = strrchr(folder, '/');
    if (slash)
        *slash = '\0';
    return 0;
}

int share_path(struct buffer *out, const char *name, struct error *error)
{
    const char *chosen = getenv("MONTHEND_SHARE");
    if (chosen && *chosen) {
        buffer_format(out, "%s/%s", chosen, name);
        return 0;
    }
    char folder[PATH_MAX];
    if (program_folder(folder, sizeof folder, error) < 0)
        return -1;
    struct buffer path = {0};
    buffer_format(&path, "%s/../share/monthend/%s", folder, name);
    if (!path.failed && access(path.text, F_OK) != 0) {
        path.length = 0; /* not installed: build/CONFIG/bin of a source tree */
        buffer_format(&path, "%s/../../../%s", folder, name);
    }
    if (path.failed)
        error_memory(error, "looking for a shared file");
    else
        buffer_add(out, path.text, path.length);
    buffer_free(&path);
    return error->code == EXIT_COMPLETE ? 0 : -1;
}

int program_path(struct buffer *out, const char *name, struct error *error)
{
    char folder[PATH_MAX];
    if (program_folder(folder, sizeof folder, error) < 0)
        return -1;
    buffer_format(out, "%s/%s", folder, name);
    return 0;
}
