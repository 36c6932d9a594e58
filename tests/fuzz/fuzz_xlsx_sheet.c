/* The XML of one sheet, by the scanner and by expat. */
#include "one_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    read_workbook(bytes, size, NULL, 0, NULL, 0);
    return 0;
}
