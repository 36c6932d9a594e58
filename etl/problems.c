#include "etl/problems.h"

#include <stdarg.h>
#include <stdio.h>

__attribute__((format(printf, 4, 0))) static void
add(struct problems *problems, const char *file, unsigned line, const char *format, va_list args)
{
    char text[ERROR_TEXT_SIZE];
    vsnprintf(text, sizeof text, format, args);
    if (line > 0)
        buffer_format(&problems->lines, "%s:%u: ", file, line);
    else
        buffer_format(&problems->lines, "%s: ", file);
    buffer_add_text(&problems->lines, text);
    problems->count++;
}

void problem(struct problems *problems, const char *file, unsigned line, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add(problems, file, line, format, args);
    va_end(args);
    buffer_add_char(&problems->lines, '\n');
}

void problem_word(struct problems *problems, const char *file, unsigned line, struct span word,
                  const char *const *names, size_t count, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add(problems, file, line, format, args);
    va_end(args);
    const char *nearest = text_nearest(word, names, count);
    if (nearest)
        buffer_format(&problems->lines, " (did you mean '%s'?)", nearest);
    buffer_add_char(&problems->lines, '\n');
}

int problems_check(const struct problems *problems, struct error *error)
{
    if (problems->lines.failed)
        return error_memory(error, "checking the configuration");
    if (problems->count == 0)
        return 0;
    return error_set(error, EXIT_BAD_CONFIG, "%u problem%s in the configuration: nothing was read",
                     problems->count, problems->count == 1 ? "" : "s");
}

void problems_free(struct problems *problems)
{
    buffer_free(&problems->lines);
    problems->count = 0;
}
