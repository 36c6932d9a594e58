/* Old workbooks: the records of a workbook, without the compound file around them. */
#include "one_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size > 0 && bytes[0] != 0xD0)
        (void)read_bytes(&source_xls, bytes, size);
    return 0;
}
