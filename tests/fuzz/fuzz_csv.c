/* Delimited text: encodings, quotes, line ends; by the splitter in pieces of some size, and by
 * libcsv alone over the whole. */
#include "etl/sources/csv.h"
#include "one_file.h"

static size_t piece_size;
static bool split;

static int read_as_chosen(int descriptor, const struct row_sink *sink, struct error *error)
{
    return csv_read(descriptor, piece_size, split, sink, error);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const struct source_format chosen = {.name = "csv", .read = read_as_chosen};
    /* The delimiter is looked for in the first piece: it must be there in both. */
    piece_size = size > 64 ? 64 + bytes[size - 1] : size + 1;
    split = true;
    uint64_t pieces = read_bytes(&chosen, bytes, size);
    piece_size = size + 1;
    split = false;
    if (size <= 64 && pieces != read_bytes(&chosen, bytes, size))
        abort();
    return 0;
}
