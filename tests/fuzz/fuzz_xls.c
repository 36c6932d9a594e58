/* Old workbooks: the compound file, its chains and its streams. */
#include "one_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size > 0)
        (void)read_bytes(&source_xls, bytes, size);
    return 0;
}
