/* What a reader process says, to the process that trusts nobody. */
#include "etl/sources/frames.h"
#include "one_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    uint64_t sum = 0;
    struct error error = {0};
    struct frame_reader frames = {0};
    const struct row_sink sink = {&sum, sum_sheet, sum_row, sum_note};
    enum frame_outcome outcome = FRAMES_MORE;
    for (size_t done = 0; done < size && outcome == FRAMES_MORE;) {
        if (!frames_make_room(&frames))
            break;
        size_t some = 1 + size % 61;
        if (some > size - done)
            some = size - done;
        memcpy(frames.bytes + frames.end, bytes + done, some);
        frames.end += some;
        done += some;
        outcome = frames_decode(&frames, &sink, &error);
    }
    frame_reader_free(&frames);
    return 0;
}
