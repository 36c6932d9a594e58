#include "etl/sources/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
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

/* ---- Landlock ------------------------------------------------------------------------------ */

/* The kernel's struct landlock_ruleset_attr as it has grown since; older kernels take less of it.
 */
struct rule_set {
    uint64_t files;
    uint64_t network; /* from version 4 */
    uint64_t scope;   /* from version 6: signals, sockets in memory */
};

/* Gives up everything that the kernel's version of Landlock knows. */
static int restrict_by_landlock(void)
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (version < 1)
        return -1;
    static const unsigned file_rights[] = {13, 14, 15, 15, 16}; /* of versions 1 to 5 */
    const unsigned last = sizeof file_rights / sizeof *file_rights;
    const unsigned rights = file_rights[version > (long)last ? last - 1 : (unsigned)version - 1];
    const struct rule_set everything = {
        .files = ((uint64_t)1 << rights) - 1, .network = 3, .scope = 3};
    size_t size = offsetof(struct rule_set, network);
    if (version >= 4)
        size = offsetof(struct rule_set, scope);
    if (version >= 6)
        size = sizeof everything;
    int rules = (int)syscall(SYS_landlock_create_ruleset, &everything, size, 0);
    if (rules < 0)
        return -1;
    long status = syscall(SYS_landlock_restrict_self, rules, 0);
    close(rules);
    return status < 0 ? -1 : 0;
}

/* ---- seccomp ------------------------------------------------------------------------------- */

/* What reading a file and answering down a pipe takes. */
static const int allowed_calls[] = {
    SCMP_SYS(read),          SCMP_SYS(pread64),
    SCMP_SYS(lseek),         SCMP_SYS(close),
    SCMP_SYS(fstat),         SCMP_SYS(newfstatat),
    SCMP_SYS(brk),           SCMP_SYS(munmap),
    SCMP_SYS(mremap),        SCMP_SYS(madvise),
    SCMP_SYS(exit),          SCMP_SYS(exit_group),
    SCMP_SYS(futex),         SCMP_SYS(rt_sigreturn),
    SCMP_SYS(rt_sigaction),  SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(getpid),        SCMP_SYS(gettid),
    SCMP_SYS(clock_gettime), SCMP_SYS(getrandom),
    SCMP_SYS(sigaltstack),   SCMP_SYS(fcntl),
    SCMP_SYS(dup),
};

/* What is allowed with some arguments only. */
static int allow_some(scmp_filter_ctx filter, bool opens_by_name)
{
    const struct scmp_arg_cmp to_pipe[] = {
        {.arg = 0, .op = SCMP_CMP_EQ, .datum_a = SANDBOX_OUTPUT, .datum_b = 0}};
    const struct scmp_arg_cmp not_executable[] = {
        {.arg = 2, .op = SCMP_CMP_MASKED_EQ, .datum_a = PROT_EXEC, .datum_b = 0}};
    /* A signal to itself is how abort() dies, and a death by signal is how the parent knows. */
    const struct scmp_arg_cmp itself[] = {
        {.arg = 0, .op = SCMP_CMP_EQ, .datum_a = (scmp_datum_t)getpid(), .datum_b = 0}};
    /* One file may be opened, to read: the one whose name stands at this address. */
    const struct scmp_arg_cmp one_file[] = {
        {.arg = 1,
         .op = SCMP_CMP_EQ,
         .datum_a = (scmp_datum_t)(uintptr_t)SANDBOX_FILE,
         .datum_b = 0},
        {.arg = 2, .op = SCMP_CMP_MASKED_EQ, .datum_a = O_ACCMODE | O_CREAT, .datum_b = O_RDONLY}};
    if (seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(write), !UNDER_SANITIZER, to_pipe) <
            0 ||
        seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, not_executable) < 0 ||
        seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, itself) < 0)
        return -1;
    if (opens_by_name &&
        seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(openat), 2, one_file) < 0)
        return -1;
    /* The sanitizer's allocator gives memory back its own way. */
    return UNDER_SANITIZER ? seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 0) : 0;
}

static int install_filter(bool opens_by_name)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (!filter)
        return -1;
    int failed = allow_some(filter, opens_by_name);
    for (size_t i = 0; i < sizeof allowed_calls / sizeof *allowed_calls && !failed; i++)
        failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed_calls[i], 0);
    if (!failed)
        failed = seccomp_load(filter);
    seccomp_release(filter);
    return failed ? -1 : 0;
}

/* ---- descriptors --------------------------------------------------------------------------- */

/* Standard input, output and error lead nowhere: they are the program's, not the file's. A
 * sanitizer's report is for a person. */
static int silence_standard_streams(void)
{
    int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (nowhere < 0)
        return -1;
    int last = UNDER_SANITIZER ? STDOUT_FILENO : STDERR_FILENO;
    for (int stream = STDIN_FILENO; stream <= last; stream++)
        if (dup2(nowhere, stream) < 0)
            return -1;
    return 0;
}

/* Made before the limits, which forbid files to grow. */
static int make_scratch(void)
{
    int memory = memfd_create("scratch", 0);
    off_t offset = 0;
    ssize_t copied = memory < 0 ? -1 : 1;
    while (copied > 0)
        copied = sendfile(memory, SANDBOX_INPUT, &offset, (size_t)1 << 30);
    return copied < 0 ? -1 : dup2(memory, SANDBOX_SCRATCH);
}

int sandbox_enter(const struct reader_options *options, bool opens_by_name, const char **missing,
                  struct error *error)
{
    *missing = NULL;
    const unsigned first_closed = opens_by_name ? SANDBOX_SCRATCH + 1 : SANDBOX_SCRATCH;
    if (silence_standard_streams() < 0 || (opens_by_name && make_scratch() < 0) ||
        close_range(first_closed, ~0U, 0) < 0 || set_limits(options) < 0)
        return error_system(error, EXIT_NO_RESOURCE, "cannot limit the reader process");
    if (options->sandbox == SANDBOX_OFF)
        return 0;
    bool privileged = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0;
    bool files = privileged || restrict_by_landlock() < 0;
    bool calls = privileged || install_filter(opens_by_name) < 0;
    if (files && calls)
        *missing = "Landlock and seccomp";
    else if (files || calls)
        *missing = files ? "Landlock" : "seccomp";
    if (*missing && options->sandbox == SANDBOX_REQUIRE)
        return error_set(error, EXIT_NO_RESOURCE,
                         "cannot be read safely: this kernel refuses %s; use --sandbox=auto to "
                         "read it with what isolation there is",
                         *missing);
    return 0;
}
