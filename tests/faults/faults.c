/*
 * A library to be loaded before others (LD_PRELOAD) that makes calls fail as they may:
 *
 *   FAULT=alloc:N   the Nth allocation of the process fails
 *   FAULT=close:N   the Nth close fails, after it has closed: what is lost is told by nothing else
 *   FAULT=short     read and write take a few bytes at a time
 *   FAULT=eintr     every other read, write and wait is interrupted
 *
 * FAULT_IN=NAME restricts it to programs of this name, like monthend-load.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

extern char *program_invocation_short_name;

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

enum fault { FAULT_UNREAD, FAULT_NONE, FAULT_ALLOC, FAULT_CLOSE, FAULT_SHORT, FAULT_EINTR };

static enum fault fault;
static long countdown;
static unsigned long calls;

static enum fault which(void)
{
    if (fault != FAULT_UNREAD)
        return fault;
    fault = FAULT_NONE; /* getenv does not allocate, but to be sure */
    const char *text = getenv("FAULT");
    const char *only = getenv("FAULT_IN");
    if (!text || (only && strcmp(only, program_invocation_short_name) != 0))
        return fault;
    if (strncmp(text, "alloc:", 6) == 0) {
        countdown = strtol(text + 6, NULL, 10);
        fault = FAULT_ALLOC;
    } else if (strncmp(text, "close:", 6) == 0) {
        countdown = strtol(text + 6, NULL, 10);
        fault = FAULT_CLOSE;
    } else if (strcmp(text, "short") == 0) {
        fault = FAULT_SHORT;
    } else if (strcmp(text, "eintr") == 0) {
        fault = FAULT_EINTR;
    }
    return fault;
}

static bool allocation_fails(void)
{
    if (which() != FAULT_ALLOC || --countdown != 0)
        return false;
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size)
{
    return allocation_fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return allocation_fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    return allocation_fails() ? NULL : __libc_realloc(old, size);
}

static bool is_interrupted(void)
{
    if (which() != FAULT_EINTR || calls++ % 2 == 1)
        return false;
    errno = EINTR;
    return true;
}

static size_t cut(size_t size)
{
    size_t few = 1 + calls++ % 4093;
    return which() == FAULT_SHORT && size > few ? few : size;
}

ssize_t read(int descriptor, void *bytes, size_t size)
{
    static ssize_t (*next)(int, void *, size_t);
    if (!next)
        next = (ssize_t(*)(int, void *, size_t))dlsym(RTLD_NEXT, "read");
    return is_interrupted() ? -1 : next(descriptor, bytes, cut(size));
}

ssize_t pread(int descriptor, void *bytes, size_t size, off_t offset)
{
    static ssize_t (*next)(int, void *, size_t, off_t);
    if (!next)
        next = (ssize_t(*)(int, void *, size_t, off_t))dlsym(RTLD_NEXT, "pread");
    return is_interrupted() ? -1 : next(descriptor, bytes, cut(size), offset);
}

ssize_t write(int descriptor, const void *bytes, size_t size)
{
    static ssize_t (*next)(int, const void *, size_t);
    if (!next)
        next = (ssize_t(*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
    return is_interrupted() ? -1 : next(descriptor, bytes, cut(size));
}

int close(int descriptor)
{
    static int (*next)(int);
    if (!next)
        next = (int (*)(int))dlsym(RTLD_NEXT, "close");
    int status = next(descriptor);
    if (which() != FAULT_CLOSE || --countdown != 0)
        return status;
    errno = EIO;
    return -1;
}
