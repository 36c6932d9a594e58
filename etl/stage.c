#include "etl/stage.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "etl/share.h"

extern char **environ;

enum { MOST_STAGES = 64, NANOSECONDS = 1000000000 };

/* The stages that run, for the signal handler. */
static volatile pid_t running[MOST_STAGES];
static volatile sig_atomic_t stopped_by;

static void remember(pid_t process)
{
    for (size_t i = 0; i < MOST_STAGES; i++) {
        if (running[i] == 0) {
            running[i] = process;
            break;
        }
    }
}

static void forget(pid_t process)
{
    for (size_t i = 0; i < MOST_STAGES; i++)
        if (running[i] == process)
            running[i] = 0;
}

static void pass_on(int signal_number)
{
    int kept = errno;
    stopped_by = signal_number;
    for (size_t i = 0; i < MOST_STAGES; i++)
        if (running[i] > 0)
            kill(running[i], SIGTERM);
    errno = kept;
}

void stages_pass_signals(void)
{
    struct sigaction action = {.sa_handler = pass_on};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
}

int stages_stopped(void)
{
    return stopped_by;
}

_Noreturn void stages_die(void)
{
    signal(stopped_by, SIG_DFL);
    raise(stopped_by);
    _exit(EXIT_BROKEN);
}

int64_t stage_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * NANOSECONDS + now.tv_nsec;
}

int stage_pipe(int ends[2], struct error *error)
{
    if (pipe2(ends, O_CLOEXEC) < 0)
        return error_system(error, EXIT_NO_RESOURCE, "cannot make a pipe between two stages");
    return 0;
}

int stage_start(struct stage *stage, const char *const *arguments, int input, int output,
                struct error *error)
{
    *stage = (struct stage){.name = arguments[0], .started = stage_clock()};
    struct buffer path = {0};
    if (program_path(&path, arguments[0], error) < 0 || path.failed) {
        buffer_free(&path);
        return error_memory(error, "starting a stage");
    }
    posix_spawn_file_actions_t actions;
    int failed = posix_spawn_file_actions_init(&actions);
    if (failed == 0) {
        failed = posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
        if (failed == 0)
            failed = posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
        /* posix_spawn takes arguments that it does not change, but says so nowhere. */
        union {
            const char *const *in;
            char *const *out;
        } list = {.in = arguments};
        if (failed == 0)
            failed = posix_spawn(&stage->process, path.text, &actions, NULL, list.out, environ);
        posix_spawn_file_actions_destroy(&actions);
    }
    buffer_free(&path);
    if (failed != 0) {
        errno = failed;
        return error_system(error, EXIT_NO_RESOURCE, "cannot start '%s'", arguments[0]);
    }
    remember(stage->process);
    if (stages_stopped()) /* it came before the stage was known */
        kill(stage->process, SIGTERM);
    return 0;
}

enum exit_code stage_wait(struct stage *stage, struct error *error)
{
    int status;
    pid_t waited;
    struct rusage used;
    do
        waited = wait4(stage->process, &status, 0, &used);
    while (waited < 0 && errno == EINTR);
    forget(stage->process);
    stage->code = EXIT_BROKEN;
    if (waited < 0) {
        error_system(error, EXIT_BROKEN, "cannot wait for '%s'", stage->name);
        return EXIT_BROKEN;
    }
    stage->seconds = (double)(stage_clock() - stage->started) / NANOSECONDS;
    stage->cpu_seconds = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                         (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
    stage->peak_kib = used.ru_maxrss;
    if (WIFEXITED(status)) {
        stage->code = (enum exit_code)WEXITSTATUS(status);
        return stage->code;
    }
    error_set(error, EXIT_BROKEN, "'%s' died of signal %d (%s)", stage->name, WTERMSIG(status),
              strsignal(WTERMSIG(status)));
    return EXIT_BROKEN;
}
