#include "outputs/workbook.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "outputs/book.h"

/* The sheets in their order: a new one is a file and a line. */
static void (*const sheets[])(struct book *) = {
    sheet_scorecard,
    sheet_families,
    sheet_definitions,
    sheet_data_quality,
};

/* The library prints its errors on standard error as well as returning them; here they are
 * returned. */
static lxw_error close_quietly(lxw_workbook *workbook)
{
    int kept = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (kept >= 0 && nowhere >= 0)
        dup2(nowhere, STDERR_FILENO);
    lxw_error code = workbook_close(workbook);
    int cause = errno;
    if (kept >= 0 && nowhere >= 0)
        dup2(kept, STDERR_FILENO);
    if (kept >= 0)
        close(kept);
    if (nowhere >= 0)
        close(nowhere);
    errno = cause;
    return code;
}

static void set_properties(struct book *book)
{
    lxw_doc_properties properties = {0};
    char title[] = "Performance report";
    char program[] = "monthend";
    properties.title = title;
    properties.author = program;
    /* Not the clock: equal input gives equal bytes. */
    properties.created = (time_t)moment_of_date(book->report->as_at);
    book_check(book, workbook_set_properties(book->workbook, &properties), "its properties");
}

int workbook_write(const struct report *report, const char *path, const char *folder, unsigned *cut,
                   struct error *error)
{
    union {
        const char *in;
        char *out; /* the library does not change it, but says so nowhere */
    } temporary = {.in = folder};
    lxw_workbook_options options = {.tmpdir = temporary.out};
    struct book book = {.report = report, .error = error};
    book.workbook = workbook_new_opt(path, &options);
    if (!book.workbook || !styles_make(&book.styles, book.workbook))
        error_memory(error, "making the workbook");
    else
        set_properties(&book);
    for (size_t s = 0; s < sizeof sheets / sizeof *sheets && error->code == EXIT_COMPLETE; s++)
        sheets[s](&book);
    book.sheet_name = "";
    if (book.workbook) {
        errno = 0;
        lxw_error code = close_quietly(book.workbook);
        if (code != LXW_NO_ERROR)
            error_set(error, EXIT_IO, "cannot write the workbook: %s%s%s", lxw_strerror(code),
                      errno ? ": " : "", errno ? strerror(errno) : "");
    }
    buffer_free(&book.scratch);
    *cut = book.cut;
    return error->code == EXIT_COMPLETE ? 0 : -1;
}
