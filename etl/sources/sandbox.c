#include "etl/sources/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define UNDER_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define UNDER_SANITIZER 1
#endif
#endif
#ifndef UNDER_SANITIZER
#define UNDER_SANITIZER 0
#endif

const char SANDBOX_FILE[] = "/proc/self/fd/5";

enum { PROCESSOR_SECONDS = 600, MOST_DESCRIPTORS = 16 };

static const size_t default_memory = (size_t)4 << 30;

/* Lowers a limit; one that is lower already, a scheduler's perhaps, stays. */
static int set_limit(__rlimit_resource_t resource, rlim_t limit)
{
    struct rlimit both;
    if (getrlimit(resource, &both) < 0)
        return -1;
    if (limit < both.rlim_max)
        both.rlim_max = limit;
    both.rlim_cur = both.rlim_max;
    return setrlimit(resource, &both);
}

static int set_limits(const struct reader_options *options)
{
    size_t memory = options->memory_limit ? options->memory_limit : default_memory;
    /* The address sanitizer reserves terabytes of addresses for its shadow. */
    if (!UNDER_SANITIZER && set_limit(RLIMIT_AS, memory) < 0)
        return -1;
    if (set_limit(RLIMIT_CPU, PROCESSOR_SECONDS) < 0 || set_limit(RLIMIT_CORE, 0) < 0 ||
        set_limit(RLIMIT_NOFILE, MOST_DESCRIPTORS) < 0)
        return -1;
    return set_limit(RLIMIT_FSIZE, 0);
}

/* What reading a file and answering down a pipe takes. */
static const int allowed_calls[] = {
    SCMP_SYS(read),         SCMP_SYS(pread64),      SCMP_SYS(lseek),
    SCMP_SYS(write),        SCMP_SYS(close),        SCMP_SYS(fstat),
    SCMP_SYS(newfstatat),   SCMP_SYS(brk),          SCMP_SYS(mmap),
    SCMP_SYS(munmap),       SCMP_SYS(mremap),       SCMP_SYS(madvise),
    SCMP_SYS(exit),         SCMP_SYS(exit_group),   SCMP_SYS(futex),
    SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(getpid),       SCMP_SYS(gettid),       SCMP_SYS(clock_gettime),
    SCMP_SYS(getrandom),    SCMP_SYS(sigaltstack),  SCMP_SYS(fcntl),
    SCMP_SYS(dup),
};

static int install_filter(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (!filter)
        return -1;
    int failed = 0;
    for (size_t i = 0; i < sizeof allowed_calls / sizeof *allowed_calls && !failed; i++)
        failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed_calls[i], 0);
    /* A signal to itself is how abort() dies, and a death by signal is how the parent knows. */
    const struct scmp_arg_cmp itself[] = {
        {.arg = 0, .op = SCMP_CMP_EQ, .datum_a = (scmp_datum_t)getpid(), .datum_b = 0}};
    if (!failed)
        failed = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, itself);
    /* One file may be opened, to read: the one whose name stands at this address. */
    const struct scmp_arg_cmp one_file[] = {
        {.arg = 1,
         .op = SCMP_CMP_EQ,
         .datum_a = (scmp_datum_t)(uintptr_t)SANDBOX_FILE,
         .datum_b = 0},
        {.arg = 2, .op = SCMP_CMP_MASKED_EQ, .datum_a = O_ACCMODE | O_CREAT, .datum_b = O_RDONLY}};
    if (!failed)
        failed = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(openat), 2, one_file);
    /* The sanitizer's allocator gives memory back its own way. */
    if (!failed && UNDER_SANITIZER)
        failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 0);
    if (!failed)
        failed = seccomp_load(filter);
    seccomp_release(filter);
    return failed ? -1 : 0;
}

/* Made before the limits, which forbid files to grow. */
static int make_scratch(void)
{
    struct stat input;
    int memory = memfd_create("scratch", 0);
    if (memory < 0 || fstat(SANDBOX_INPUT, &input) < 0 || ftruncate(memory, input.st_size) < 0)
        return -1;
    return dup2(memory, SANDBOX_SCRATCH);
}

int sandbox_enter(const struct reader_options *options, struct error *error)
{
    if (make_scratch() < 0 || close_range(SANDBOX_SCRATCH + 1, ~0U, 0) < 0 ||
        set_limits(options) < 0)
        return error_system(error, EXIT_NO_RESOURCE, "cannot limit the reader process");
    if (options->sandbox == SANDBOX_OFF)
        return 0;
    bool filtered = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && install_filter() == 0;
    if (!filtered && options->sandbox == SANDBOX_REQUIRE)
        return error_set(error, EXIT_NO_RESOURCE,
                         "cannot be read safely: this kernel refuses a seccomp filter; use "
                         "--sandbox=auto to read it with limits alone");
    return 0;
}
