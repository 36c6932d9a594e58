/* Old workbooks: the records of a workbook, without the compound file around them. */
#include "one_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    return size >= 8 && bytes[0] == 0xD0 ? 0 : read_bytes(&source_xls, bytes, size);
}
