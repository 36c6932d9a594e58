#include "etl/program.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "etl/text.h"

enum { MAX_OPTIONS = 32, LONG_ONLY = 256, OPTION_HELP = 1000, OPTION_VERSION = 1001 };

static const struct program *this_program;

void program_begin(const struct program *program)
{
    this_program = program;
    /* A closed descriptor would be handed to the first file opened, and then written to. */
    for (int descriptor = 0; descriptor <= 2; descriptor++) {
        if (fcntl(descriptor, F_GETFD) == -1 && errno == EBADF) {
            /* Opened the wrong way round, so that using it is an error and not a silence. */
            if (open("/dev/null", descriptor == 0 ? O_WRONLY : O_RDONLY) < 0)
                _exit(EXIT_NO_RESOURCE);
        }
    }
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    umask(077);
}

/* Whether standard error is a connection to the journal: systemd tells which one it made. */
static bool is_journal(void)
{
    const char *told = getenv("JOURNAL_STREAM");
    struct stat status;
    char found[64];
    if (!told || fstat(STDERR_FILENO, &status) < 0)
        return false;
    snprintf(found, sizeof found, "%ju:%ju", (uintmax_t)status.st_dev, (uintmax_t)status.st_ino);
    return strcmp(told, found) == 0;
}

enum priority { PRIORITY_ERROR = 3, PRIORITY_WARNING = 4, PRIORITY_NOTICE = 5 };

static void begin_message(enum priority priority)
{
    fflush(stdout);
    if (is_journal())
        fprintf(stderr, "<%d>", priority);
    fprintf(stderr, "%s: ", this_program->name);
}

void program_message(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    begin_message(PRIORITY_NOTICE);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
}

void program_warning(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    begin_message(PRIORITY_WARNING);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
}

void program_fail(const struct error *error)
{
    size_t length = strlen(error->text);
    const char *broken_pipe = strerror(EPIPE);
    size_t tail = strlen(broken_pipe);
    bool reader_left = error->code == EXIT_IO && length >= tail &&
                       strcmp(error->text + length - tail, broken_pipe) == 0;
    if (!reader_left) {
        begin_message(PRIORITY_ERROR);
        fprintf(stderr, "%s\n", error->text);
    }
    _exit((int)error->code);
}

void program_usage_error(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    begin_message(PRIORITY_ERROR);
    vfprintf(stderr, format, args);
    fprintf(stderr, "\nTry '%s --help'.\n", this_program->name);
    va_end(args);
    exit(EXIT_BAD_OPTION);
}

void program_exit(enum exit_code code)
{
    bool failed = ferror(stdout) != 0;
    int cause = 0;
    if (fflush(stdout) != 0 || fclose(stdout) != 0) {
        failed = true;
        cause = errno;
    }
    if (failed && cause != EPIPE)
        program_message("cannot write to standard output%s%s", cause ? ": " : "",
                        cause ? strerror(cause) : "");
    _exit((int)(failed && code == EXIT_COMPLETE ? EXIT_IO : code));
}

bool program_on_terminal(void)
{
    return isatty(STDERR_FILENO);
}

static void print_help(void)
{
    printf("Usage: %s %s\n%s\n", this_program->name, this_program->usage, this_program->summary);
    printf("\nOptions:\n");
    const struct program_option *option = this_program->options;
    for (; option->name; option++) {
        char left[64];
        int used = option->letter ? snprintf(left, sizeof left, "-%c, ", option->letter)
                                  : snprintf(left, sizeof left, "    ");
        if (used < 0)
            used = 0;
        snprintf(left + used, sizeof left - (size_t)used, "--%s%s%s", option->name,
                 option->argument ? " " : "", option->argument ? option->argument : "");
        printf("  %-26s %s\n", left, option->help);
    }
    printf("  %-26s %s\n", "    --help", "print this and exit");
    printf("  %-26s %s\n", "    --version", "print the version and exit");
}

/* Says which option was meant, if one is near. */
static _Noreturn void unknown_option(const char *word)
{
    const char *names[MAX_OPTIONS];
    size_t count = 0;
    for (const struct program_option *option = this_program->options; option->name; option++)
        names[count++] = option->name;
    names[count++] = "help";
    names[count++] = "version";
    const char *nearest = NULL;
    if (word[0] == '-' && word[1] == '-')
        nearest = text_nearest(span_of(word + 2), names, count);
    if (nearest)
        program_usage_error("unknown option '%s' (did you mean '--%s'?)", word, nearest);
    program_usage_error("unknown option '%s'", word);
}

int program_option(int argc, char **argv, const char **argument, int *rest)
{
    struct option table[MAX_OPTIONS + 3] = {0};
    char letters[2 * MAX_OPTIONS + 3] = ":";
    size_t used = 1;
    size_t count = 0;
    for (; count < MAX_OPTIONS && this_program->options[count].name; count++) {
        const struct program_option *option = &this_program->options[count];
        table[count].name = option->name;
        table[count].has_arg = option->argument ? required_argument : no_argument;
        table[count].val = option->letter ? (int)option->letter : LONG_ONLY + (int)count;
        if (option->letter) {
            letters[used++] = option->letter;
            if (option->argument)
                letters[used++] = ':';
        }
    }
    letters[used] = '\0';
    table[count] = (struct option){"help", no_argument, NULL, OPTION_HELP};
    table[count + 1] = (struct option){"version", no_argument, NULL, OPTION_VERSION};

    opterr = 0;
    int before = optind;
    int chosen = getopt_long(argc, argv, letters, table, NULL);
    *argument = optarg;
    *rest = optind;
    switch (chosen) {
    case OPTION_HELP:
        print_help();
        program_exit(EXIT_COMPLETE);
    case OPTION_VERSION:
        printf("%s %s\n", this_program->name, VERSION);
        program_exit(EXIT_COMPLETE);
    case ':':
        program_usage_error("option '%s' needs an argument", argv[before]);
    case '?':
        unknown_option(argv[before]);
    default:
        return chosen;
    }
}
