#include "outputs/figures.h"

#include <string.h>

#include "etl/descriptor.h"

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

int figures_write(const struct report *report, const struct figures_format *format, bool safe,
                  int descriptor, const char *name, struct error *error)
{
    struct buffer out = {0};
    int status = format->write(report, safe, &out);
    if (status < 0 || out.failed)
        status = error_memory(error, "writing the figures");
    else if (descriptor_write(descriptor, out.text, out.length) < 0)
        status = error_system(error, EXIT_IO, "cannot write to %s", name);
    buffer_free(&out);
    return status;
}
