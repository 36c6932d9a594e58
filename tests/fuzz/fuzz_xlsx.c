/* Workbooks: the zip archive, its XML, styles, shared strings. */
#include "one_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    return read_bytes(&source_xlsx, bytes, size);
}
