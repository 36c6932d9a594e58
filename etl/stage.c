#include "etl/stage.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "etl/share.h"

extern char **environ;

int stage_pipe(int ends[2], struct error *error)
{
    if (pipe2(ends, O_CLOEXEC) < 0)
        return error_system(error, EXIT_NO_RESOURCE, "cannot make a pipe between two stages");
    return 0;
}

int stage_start(struct stage *stage, const char *const *arguments, int input, int output,
                struct error *error)
{
    stage->name = arguments[0];
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
    return 0;
}

enum exit_code stage_wait(const struct stage *stage, struct error *error)
{
    int status;
    pid_t waited;
    do
        waited = waitpid(stage->process, &status, 0);
    while (waited < 0 && errno == EINTR);
    if (waited < 0) {
        error_system(error, EXIT_BROKEN, "cannot wait for '%s'", stage->name);
        return EXIT_BROKEN;
    }
    if (WIFEXITED(status))
        return (enum exit_code)WEXITSTATUS(status);
    error_set(error, EXIT_BROKEN, "'%s' died of signal %d (%s)", stage->name, WTERMSIG(status),
              strsignal(WTERMSIG(status)));
    return EXIT_BROKEN;
}
