#include "outputs/figures.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static const struct figures_format formats[] = {
    {"csv", figures_csv},
    {"json", figures_json},
};

const struct figures_format *figures_format(const char *name)
{
    for (size_t f = 0; f < sizeof formats / sizeof *formats; f++)
        if (strcmp(formats[f].name, name) == 0)
            return &formats[f];
    return NULL;
}

static int write_all(int descriptor, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(descriptor, bytes, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return -1;
        bytes += written;
        length -= (size_t)written;
    }
    return 0;
}

int figures_write(const struct report *report, const struct figures_format *format, bool safe,
                  int descriptor, const char *name, struct error *error)
{
    struct buffer out = {0};
    int status = format->write(report, safe, &out);
    if (status < 0 || out.failed)
        status = error_memory(error, "writing the figures");
    else if (write_all(descriptor, out.text, out.length) < 0)
        status = error_system(error, EXIT_IO, "cannot write to %s", name);
    buffer_free(&out);
    return status;
}
