/* The record stream, as a stage reads it from whoever writes it. */
#include "etl/stream.h"
#include "one_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct error error = {0};
    int file = memfd_create("fuzz", 0);
    if (file < 0 || write(file, bytes, size) != (ssize_t)size || lseek(file, 0, SEEK_SET) < 0)
        return 0;
    struct stream_reader *reader = stream_reader_new(file, "fuzz", size % 2);
    enum stream_event event;
    while (reader && (event = stream_next(reader, &error)) != STREAM_END && event != STREAM_FAILED)
        touched += (unsigned)event;
    stream_reader_free(reader);
    close(file);
    return 0;
}
