/* The record stream, as a stage reads it from whoever writes it. */
#include "etl/stream.h"
#include "one_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct error error = {0};
    int file = memory_file(bytes, size);
    struct stream_reader *reader = stream_reader_new(file, "fuzz", size % 2);
    enum stream_event event = STREAM_END;
    do
        event = reader ? stream_next(reader, &error) : STREAM_END;
    while (event != STREAM_END && event != STREAM_FAILED);
    stream_reader_free(reader);
    close(file);
    return 0;
}
