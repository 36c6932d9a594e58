/* Workbooks as a whole: the zip archive and whatever is in it, .xlsx and .ods. */
#include "one_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    (void)read_bytes(&source_ods, bytes, size);
    if (read_bytes(&source_xlsx, bytes, size) != read_bytes(&source_xlsx_by_expat, bytes, size))
        abort();
    return 0;
}
