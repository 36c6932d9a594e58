/*
 * The record stream: escapes, ends, and every way of cutting it.
 */
#include <criterion/criterion.h>
#include <sys/mman.h>
#include <unistd.h>

#include "etl/stream.h"

static int memory_file(const char *bytes, size_t length)
{
    int descriptor = memfd_create("stream", MFD_CLOEXEC);
    cr_assert(write(descriptor, bytes, length) == (ssize_t)length);
    cr_assert_eq(lseek(descriptor, 0, SEEK_SET), 0);
    return descriptor;
}

static size_t write_sample(char *out, size_t size)
{
    struct stream_writer writer;
    struct error error = {0};
    int descriptor = memfd_create("stream", MFD_CLOEXEC);
    stream_writer_open(&writer, descriptor, "memory");
    struct stream_source source = {"a\tb.csv", "Sheet 1", "abc", "2019-08-13"};
    cr_assert_eq(stream_write_source(&writer, &source), 1);
    stream_write_table(&writer, "t", "a:text b:text @:at");
    stream_write_text(&writer, "#looks like a directive");
    stream_write_text(&writer, "tab\there, line\nthere, back\\slash, return\r");
    stream_write_at(&writer, 1, 7);
    stream_write_record(&writer);
    stream_write_text(&writer, "");
    stream_write_text(&writer, "plain");
    stream_write_at(&writer, 1, 8);
    stream_write_record(&writer);
    stream_write_table_end(&writer);
    cr_assert_eq(stream_writer_close(&writer, &error), 0);
    cr_assert_eq(lseek(descriptor, 0, SEEK_SET), 0);
    ssize_t got = read(descriptor, out, size);
    cr_assert(got > 0 && (size_t)got < size);
    close(descriptor);
    return (size_t)got;
}

Test(stream, what_is_written_is_read)
{
    char bytes[1024];
    size_t length = write_sample(bytes, sizeof bytes);
    int descriptor = memory_file(bytes, length);
    struct stream_reader *reader = stream_reader_new(descriptor, "memory", false);
    struct error error = {0};
    cr_assert_eq(stream_next(reader, &error), STREAM_SOURCE);
    cr_assert_str_eq(stream_source(reader).file, "a\tb.csv");
    cr_assert_str_eq(stream_source(reader).as_at, "2019-08-13");
    cr_assert_eq(stream_next(reader, &error), STREAM_TABLE);
    cr_assert_eq(stream_next(reader, &error), STREAM_RECORD);
    cr_assert(span_is(stream_fields(reader)[0], "#looks like a directive"));
    cr_assert(span_is(stream_fields(reader)[1], "tab\there, line\nthere, back\\slash, return\r"));
    unsigned source;
    uint32_t row;
    cr_assert_eq(stream_at(reader, stream_fields(reader)[2], &source, &row), 0);
    cr_assert(source == 1 && row == 7);
    cr_assert_eq(stream_next(reader, &error), STREAM_RECORD);
    cr_assert_eq(stream_fields(reader)[0].length, 0);
    cr_assert_eq(stream_next(reader, &error), STREAM_TABLE_END);
    cr_assert_eq(stream_next(reader, &error), STREAM_END);
    stream_reader_free(reader);
    close(descriptor);
}

Test(stream, cut_at_every_byte_it_is_truncated)
{
    char bytes[1024];
    size_t length = write_sample(bytes, sizeof bytes);
    for (size_t cut = 0; cut < length; cut++) {
        int descriptor = memory_file(bytes, cut);
        struct stream_reader *reader = stream_reader_new(descriptor, "memory", false);
        struct error error = {0};
        enum stream_event event;
        while ((event = stream_next(reader, &error)) != STREAM_END && event != STREAM_FAILED)
            ;
        cr_assert_eq(event, STREAM_FAILED, "cut after %zu of %zu bytes", cut, length);
        cr_assert_eq(error.code, EXIT_BAD_DATA);
        stream_reader_free(reader);
        close(descriptor);
    }
}

Test(stream, at_must_name_a_source_that_was_announced)
{
    static const char bytes[] = "#monthend\t1\n#source\t1\ta\t\n#table\tt\n#columns\t@:at\n2:5\n";
    int descriptor = memory_file(bytes, sizeof bytes - 1);
    struct stream_reader *reader = stream_reader_new(descriptor, "memory", true);
    struct error error = {0};
    unsigned source;
    uint32_t row;
    stream_next(reader, &error);
    stream_next(reader, &error);
    cr_assert_eq(stream_next(reader, &error), STREAM_RECORD);
    cr_assert_eq(stream_at(reader, stream_fields(reader)[0], &source, &row), -1);
    cr_assert_eq(stream_at(reader, SPAN("1:5"), &source, &row), 0);
    cr_assert_eq(stream_at(reader, SPAN("1:99999999999"), &source, &row), -1);
    cr_assert_eq(stream_at(reader, SPAN("1"), &source, &row), -1);
    stream_reader_free(reader);
    close(descriptor);
}
