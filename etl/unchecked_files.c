#include "etl/unchecked_files.h"

#include <dlfcn.h>
#include <stdio.h>

static bool failed;

void unchecked_files_begin(void)
{
    failed = false;
}

bool unchecked_files_failed(void)
{
    return failed;
}

/* These take the place of libc's for every library of the process. */

void rewind(FILE *stream)
{
    if (ferror(stream) || fseek(stream, 0, SEEK_SET) != 0)
        failed = true;
    clearerr(stream);
}

int fclose(FILE *stream)
{
    static union {
        void *found; /* ISO C has no way from an object's address to a function's */
        int (*call)(FILE *stream);
    } next;
    if (!next.found)
        next.found = dlsym(RTLD_NEXT, "fclose");
    if (ferror(stream))
        failed = true;
    int status = next.call(stream);
    if (status != 0)
        failed = true;
    return status;
}
