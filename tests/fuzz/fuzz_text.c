/* Dates, numbers and the folding of text, on whatever stands in a cell. */
#include "etl/date.h"
#include "etl/decimal.h"
#include "one_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct span text = {(const char *)bytes, size};
    struct buffer folded = {0};
    touched += (unsigned)moment_from_text(text);
    touched += (unsigned)moment_from_iso(text);
    touched += (unsigned)decimal_from_text(text);
    text_fold(&folded, text);
    text_fold_header(&folded, text);
    buffer_free(&folded);
    return 0;
}
