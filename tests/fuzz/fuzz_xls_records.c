/* Old workbooks: the compound file and our own walk over its records. freexl is not called: it has
 * known faults, and runs only where they do no harm. */
#include <stdlib.h>
#include <string.h>

#include "etl/sources/xls_records.h"
#include "one_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct error error = {0};
    struct compound compound;
    struct compound_stream stream = {0};
    struct workbook_records records = {0};
    unsigned char *copy = malloc(size + 1);
    if (!copy)
        return 0;
    memcpy(copy, bytes, size);
    if (compound_open(&compound, copy, size, &error) == 0) {
        if (compound_find(&compound, "Workbook", &stream, &error) > 0)
            workbook_records_read(&records, &compound, &stream, &error);
        workbook_records_free(&records);
        compound_stream_free(&stream);
        compound_close(&compound);
    }
    free(copy);
    return 0;
}
