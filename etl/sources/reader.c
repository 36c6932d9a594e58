#include "etl/sources/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "etl/sources/frames.h"
#include "etl/sources/sandbox.h"

enum { PIPE_SIZE = 1024 * 1024, DEFAULT_SECONDS = 600 };

/* The child: enters the sandbox, reads, answers, and leaves. It never returns. */
static _Noreturn void read_and_leave(const struct source_format *format, int input, int output,
                                     pid_t parent, const struct reader_options *options)
{
    struct error error = {0};
    const char *missing;
    struct frame_writer writer = {.descriptor = SANDBOX_OUTPUT};
    /* A child that hangs must not outlive a parent that is killed. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(EXIT_BROKEN);
    /* Out of the way first: either may stand where the other has to go. */
    int held_input = fcntl(input, F_DUPFD, SANDBOX_SCRATCH + 1);
    int held_output = fcntl(output, F_DUPFD, SANDBOX_SCRATCH + 1);
    if (held_input < 0 || held_output < 0 || dup2(held_input, SANDBOX_INPUT) < 0 ||
        dup2(held_output, SANDBOX_OUTPUT) < 0)
        _exit(EXIT_NO_RESOURCE);
    struct row_sink sink = frame_writer_sink(&writer);
    if (format->prepare)
        format->prepare();
    if (lseek(SANDBOX_INPUT, 0, SEEK_SET) < 0)
        error_system(&error, EXIT_IO, "cannot be read from its beginning");
    else if (sandbox_enter(options, format->opens_by_name, &missing, &error) == 0 &&
             ((missing && frame_write_missing(&writer, missing) < 0) ||
              format->read(SANDBOX_INPUT, &sink, &error) < 0) &&
             error.code == EXIT_COMPLETE)
        error_set(&error, EXIT_BROKEN, "cannot be read");
    int status =
        error.code == EXIT_COMPLETE ? frame_write_end(&writer) : frame_write_error(&writer, &error);
    _exit(status < 0 ? EXIT_IO : EXIT_COMPLETE);
}

static long long milliseconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Waits for bytes from the child, and takes the time off what is left. False when none is. */
static bool wait_for_bytes(int pipe_end, long long *left)
{
    for (;;) {
        struct pollfd waiting = {.fd = pipe_end, .events = POLLIN};
        long long before = milliseconds_now();
        int ready = poll(&waiting, 1, *left < INT_MAX ? (int)*left : INT_MAX);
        *left -= milliseconds_now() - before;
        if (ready > 0 || (ready < 0 && errno != EINTR))
            return true; /* if it is a failure, reading will say so */
        if (*left <= 0)
            return false;
    }
}

/* Reads frames until the child has said its last. */
static enum frame_outcome read_frames(int pipe_end, const struct reader_options *options,
                                      struct frame_reader *frames, const struct row_sink *sink,
                                      struct error *error)
{
    unsigned seconds = options->time_limit ? options->time_limit : DEFAULT_SECONDS;
    long long left = (long long)seconds * 1000;
    for (;;) {
        if (!wait_for_bytes(pipe_end, &left)) {
            error_set(error, EXIT_BROKEN,
                      "its reader took more than %u seconds: the file is damaged or hostile",
                      seconds);
            return FRAMES_ERROR;
        }
        if (!frames_make_room(frames)) {
            error_memory(error, "reading a sheet");
            return FRAMES_ERROR;
        }
        ssize_t got = read(pipe_end, frames->bytes + frames->end, frames->capacity - frames->end);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return FRAMES_NONSENSE; /* no end frame: the child died */
        frames->end += (size_t)got;
        enum frame_outcome outcome = frames_decode(frames, sink, error);
        if (outcome != FRAMES_MORE)
            return outcome;
    }
}

/* Waits for the child; its status. */
static int wait_for(pid_t child)
{
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    return status;
}

/* The child left without its last frame: says how. */
static int say_death(int status, const char *name, struct error *error)
{
    if (WIFSIGNALED(status))
        return error_set(error, EXIT_BROKEN,
                         "'%s': its reader died of signal %d (%s): the file is damaged or hostile; "
                         "open it in a spreadsheet program and save it anew",
                         name, WTERMSIG(status), strsignal(WTERMSIG(status)));
    return error_set(error, EXIT_BROKEN,
                     "'%s': its reader stopped in the middle: the file is damaged or hostile; open "
                     "it in a spreadsheet program and save it anew",
                     name);
}

int reader_run(const struct source_format *format, int descriptor, const char *name,
               const struct reader_options *options, const struct row_sink *sink,
               struct error *error)
{
    if (format->refusal)
        return error_set(error, EXIT_BAD_DATA, "'%s': %s", name, format->refusal);
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return error_system(error, EXIT_NO_RESOURCE, "cannot make a pipe to a reader");
    fcntl(ends[1], F_SETPIPE_SZ, PIPE_SIZE); /* fewer switches; works without */
    pid_t parent = getpid();
    pid_t child = fork();
    if (child == 0)
        read_and_leave(format, descriptor, ends[1], parent, options);
    close(ends[1]);
    if (child < 0) {
        error_system(error, EXIT_NO_RESOURCE, "cannot start a reader process");
        close(ends[0]);
        return -1;
    }
    struct frame_reader frames = {.say_missing = options->say_missing};
    struct error said = {0};
    enum frame_outcome outcome = read_frames(ends[0], options, &frames, sink, &said);
    close(ends[0]);
    if (outcome != FRAMES_END && outcome != FRAMES_NONSENSE)
        kill(child, SIGKILL);
    int status = wait_for(child);
    frame_reader_free(&frames);
    switch (outcome) {
    case FRAMES_END:
        return 0;
    case FRAMES_ERROR:
        return error_set(error, said.code, "'%s': %.900s", name, said.text);
    case FRAMES_STOPPED:
        if (said.code != EXIT_COMPLETE)
            *error = said;
        return -1;
    default:
        return say_death(status, name, error);
    }
}
