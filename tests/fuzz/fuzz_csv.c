/* Delimited text: encodings, quotes, line ends. */
#include "one_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    return read_bytes(&source_csv, bytes, size);
}
