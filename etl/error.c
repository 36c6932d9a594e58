#include "etl/error.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

__attribute__((format(printf, 3, 0))) static void fill(struct error *error, enum exit_code code,
                                                       const char *format, va_list args)
{
    error->code = code;
    if (vsnprintf(error->text, sizeof error->text, format, args) < 0)
        error->text[0] = '\0';
}

int error_set(struct error *error, enum exit_code code, const char *format, ...)
{
    if (error->code == EXIT_COMPLETE) {
        va_list args;
        va_start(args, format);
        fill(error, code, format, args);
        va_end(args);
    }
    return -1;
}

int error_system(struct error *error, enum exit_code code, const char *format, ...)
{
    int cause = errno;
    if (error->code != EXIT_COMPLETE)
        return -1;
    if (cause == ENOENT && code == EXIT_IO)
        code = EXIT_NO_SOURCE;
    else if ((cause == EACCES || cause == EPERM) && code == EXIT_IO)
        code = EXIT_NO_PERMISSION;
    else if (cause == ENOMEM || cause == EMFILE || cause == ENFILE)
        code = EXIT_NO_RESOURCE;
    va_list args;
    va_start(args, format);
    fill(error, code, format, args);
    va_end(args);
    size_t used = strlen(error->text);
    snprintf(error->text + used, sizeof error->text - used, ": %s", strerror(cause));
    return -1;
}

int error_memory(struct error *error, const char *what)
{
    return error_set(error, EXIT_NO_RESOURCE, "out of memory while %s", what);
}
