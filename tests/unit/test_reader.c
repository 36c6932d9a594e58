/*
 * The process that a reader runs in: how it dies, and what it cannot do.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

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

/* Tries what a hostile file would have its reader do; pushes a row of what succeeded. */
static int escape(int descriptor, const struct row_sink *sink, struct error *error)
{
    (void)descriptor;
    (void)error;
    char what[64] = "";
    size_t used = 0;
    int opened = open("/etc/passwd", O_RDONLY);
    int made = open("/tmp/monthend-escape", O_CREAT | O_WRONLY, 0600);
    int connected = socket(AF_INET, SOCK_STREAM, 0);
    int forked = fork();
    if (forked == 0)
        _exit(0);
    char *const arguments[] = {NULL};
    int executed = execv("/bin/true", arguments);
    used += (size_t)snprintf(what + used, sizeof what - used, "%d %d %d %d %d", opened >= 0,
                             made >= 0, connected >= 0, forked >= 0, executed >= 0);
    struct cell cell = {.type = CELL_TEXT, .text = what, .length = used};
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
                     "[]1:A=0 0 0 0 0|");
}
