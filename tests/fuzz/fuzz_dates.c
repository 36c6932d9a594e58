/* Dates, numbers and the folding of text, on whatever stands in a cell. */
#include "etl/date.h"
#include "etl/decimal.h"
#include "one_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct span text = {(const char *)bytes, size};
    struct buffer folded = {0};
    char iso[DATE_TEXT_SIZE];
    double serial;
    moment_t moment = moment_from_text(text);
    if (moment != NO_MOMENT)
        moment_to_iso(moment, iso);
    (void)moment_from_iso(text);
    (void)month_from_iso(text);
    (void)decimal_from_text(text);
    if (size >= sizeof serial) {
        memcpy(&serial, bytes, sizeof serial);
        moment = moment_from_serial(serial);
        if (moment != NO_MOMENT)
            moment_to_iso(moment, iso);
    }
    text_fold(&folded, text);
    text_fold_header(&folded, text);
    buffer_free(&folded);
    return 0;
}
