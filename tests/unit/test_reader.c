/*
 * The process that a reader runs in: how it dies, and what it cannot do.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "etl/text.h"
#include "reading.h"

static int crash(int descriptor, const struct row_sink *sink, struct error *error)
{
    (void)descriptor;
    (void)sink;
    (void)error;
    raise(SIGSEGV);
    return 0;
}

static _Noreturn int leave(int descriptor, const struct row_sink *sink, struct error *error)
{
    (void)descriptor;
    (void)sink;
    (void)error;
    _exit(0);
}

static _Noreturn int hang(int descriptor, const struct row_sink *sink, struct error *error)
{
    (void)descriptor;
    (void)sink;
    (void)error;
    for (;;)
        ;
}

/* Tries what a hostile file would have its reader do; pushes a row that names what succeeded. */
static int escape(int descriptor, const struct row_sink *sink, struct error *error)
{
    (void)error;
    char *const arguments[] = {NULL};
    const struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = 9};
    const struct rlimit more = {1000000, 1000000};
    signal(SIGXFSZ, SIG_IGN);
    int forked = fork();
    if (forked == 0)
        _exit(0);
    void *code = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    const struct {
        const char *what;
        bool succeeded;
    } tried[] = {
        {"open", open("/etc/passwd", O_RDONLY) >= 0},
        {"open by descriptor", open("/proc/self/fd/3", O_RDONLY) >= 0},
        {"create", open("/tmp/monthend-escape", O_CREAT | O_WRONLY, 0600) >= 0},
        {"create in memory", memfd_create("x", 0) >= 0},
        {"write to the input", write(descriptor, "x", 1) >= 0},
        {"remove", unlink("/tmp/monthend-escape") == 0},
        {"socket", socket(AF_INET, SOCK_STREAM, 0) >= 0},
        {"connect", connect(0, (const struct sockaddr *)&address, sizeof address) == 0},
        {"fork", forked >= 0},
        {"execute", execv("/bin/true", arguments) == 0},
        {"signal the parent", kill(getppid(), 0) == 0},
        {"trace", ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0},
        {"map code", code != MAP_FAILED},
        {"raise a limit", setrlimit(RLIMIT_NOFILE, &more) == 0},
    };
    struct buffer succeeded = {0};
    for (size_t i = 0; i < sizeof tried / sizeof *tried; i++)
        if (tried[i].succeeded)
            buffer_format(&succeeded, "%s, ", tried[i].what);
    const struct cell cell = {.type = CELL_TEXT,
                              .text = succeeded.text ? succeeded.text : "",
                              .length = succeeded.length};
    return sink->sheet(sink->context, "", false) || sink->row(sink->context, 1, &cell, 1) ? -1 : 0;
}

Test(reader, a_reader_that_dies_or_hangs)
{
    const struct reader_options options = {.time_limit = 1};
    const char *died = run_format(crash, options);
    cr_assert(strstr(died, "error 70: 'f': its reader ") == died, "%s", died);
    cr_assert_str_eq(run_format(leave, options),
                     "error 70: 'f': its reader stopped in the middle: the file is damaged or "
                     "hostile; open it in a spreadsheet program and save it anew");
    cr_assert_str_eq(run_format(hang, options),
                     "error 70: 'f': its reader took more than 1 seconds: the file is damaged or "
                     "hostile");
}

Test(reader, a_reader_can_open_nothing)
{
    cr_assert_str_eq(run_format(escape, (struct reader_options){.sandbox = SANDBOX_REQUIRE}),
                     "[]1:A=|");
}
