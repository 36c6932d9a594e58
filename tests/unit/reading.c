#include "reading.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zip.h>

#include "etl/text.h"

/* A sink that writes down what it is given: "[Sheet]1:A=text;B=1.5;C=@43678;D=!#N/A;E=?1|" */
struct notes {
    struct buffer text;
};

static int note_sheet(void *context, const char *name, bool hidden)
{
    struct notes *notes = context;
    buffer_format(&notes->text, "[%s%s]", name, hidden ? " hidden" : "");
    return 0;
}

static int note_row(void *context, uint32_t row, const struct cell *cells, size_t count)
{
    struct notes *notes = context;
    buffer_format(&notes->text, "%u:", row);
    for (size_t i = 0; i < count; i++) {
        char letters[8];
        buffer_format(&notes->text, "%s%s=", i ? ";" : "",
                      text_column_letters(cells[i].column, letters));
        switch (cells[i].type) {
        case CELL_ERROR:
            buffer_add_char(&notes->text, '!');
            /* fall through */
        case CELL_TEXT:
            buffer_add(&notes->text, cells[i].text, cells[i].length);
            break;
        case CELL_NUMBER:
            buffer_format(&notes->text, "%.10g", cells[i].number);
            break;
        case CELL_DATE:
            buffer_format(&notes->text, "@%.10g", cells[i].number);
            break;
        case CELL_BOOLEAN:
            buffer_format(&notes->text, "?%g", cells[i].number);
            break;
        }
    }
    buffer_add_char(&notes->text, '|');
    return 0;
}

static int note_note(void *context, uint32_t row, uint32_t column, const char *code)
{
    struct notes *notes = context;
    buffer_format(&notes->text, "(%u,%u %s)", row, column, code);
    return 0;
}

int memory_file(const void *bytes, size_t length)
{
    int descriptor = memfd_create("file", MFD_CLOEXEC);
    cr_assert(write(descriptor, bytes, length) == (ssize_t)length);
    return descriptor;
}

/* Keeps what was noted as the text that is returned. */
static const char *finish(struct notes *notes, const struct error *error)
{
    static struct buffer out;
    out.length = 0;
    if (error->code != EXIT_COMPLETE)
        buffer_format(&out, "error %d: %s", (int)error->code, error->text);
    else
        buffer_add(&out, notes->text.text, notes->text.length);
    buffer_free(&notes->text);
    return out.text ? out.text : "";
}

static const char *run(const struct source_format *format, int descriptor,
                       const struct reader_options *options)
{
    struct notes notes = {0};
    struct error error = {0};
    const struct row_sink sink = {&notes, note_sheet, note_row, note_note};
    (void)reader_run(format, descriptor, "f", options, &sink, &error);
    close(descriptor);
    return finish(&notes, &error);
}

const char *read_by(const struct source_format *format, int descriptor)
{
    const struct reader_options options = {.sandbox = SANDBOX_AUTO};
    return run(format, descriptor, &options);
}

const char *read_file(int descriptor)
{
    unsigned char head[SOURCE_HEAD_SIZE];
    ssize_t length = pread(descriptor, head, sizeof head, 0);
    const struct source_format *format = source_find(head, (size_t)length);
    if (!format) {
        close(descriptor);
        return "no format";
    }
    return read_by(format, descriptor);
}

const char *read_here(const struct source_format *format, int descriptor)
{
    struct notes notes = {0};
    struct error error = {0};
    const struct row_sink sink = {&notes, note_sheet, note_row, note_note};
    if (format->read(descriptor, &sink, &error) < 0 && error.code == EXIT_COMPLETE)
        error_set(&error, EXIT_BROKEN, "no reason given");
    close(descriptor);
    return finish(&notes, &error);
}

const char *run_format(int (*read)(int, const struct row_sink *, struct error *),
                       struct reader_options options)
{
    const struct source_format format = {.name = "test", .read = read};
    return run(&format, memory_file("x", 1), &options);
}

const char *read_path(const char *path)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    cr_assert(descriptor >= 0, "%s", path);
    return read_file(descriptor);
}

int zip_file(const struct part *parts, size_t count)
{
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *buffer = zip_source_buffer_create(NULL, 0, 0, &error);
    cr_assert(buffer);
    zip_source_keep(buffer);
    zip_t *archive = zip_open_from_source(buffer, ZIP_TRUNCATE, &error);
    cr_assert(archive);
    for (size_t i = 0; i < count; i++) {
        zip_source_t *part = zip_source_buffer(archive, parts[i].text, strlen(parts[i].text), 0);
        cr_assert(part && zip_file_add(archive, parts[i].name, part, ZIP_FL_OVERWRITE) >= 0);
    }
    cr_assert_eq(zip_close(archive), 0);
    cr_assert_eq(zip_source_open(buffer), 0);
    struct buffer bytes = {0};
    char piece[16384];
    zip_int64_t length;
    while ((length = zip_source_read(buffer, piece, sizeof piece)) > 0)
        buffer_add(&bytes, piece, (size_t)length);
    cr_assert(length == 0 && !bytes.failed);
    int descriptor = memory_file(bytes.text, bytes.length);
    buffer_free(&bytes);
    zip_source_close(buffer);
    zip_source_free(buffer);
    return descriptor;
}
