/* Styles: the cell formats and the codes of number formats. */
#include "etl/sources/number_format.h"
#include "one_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char *code = malloc(size + 1);
    if (!code)
        return 0;
    if (size > 0)
        memcpy(code, bytes, size);
    code[size] = '\0';
    (void)format_code_is_date(code);
    free(code);
    read_workbook(NULL, 0, NULL, 0, bytes, size);
    return 0;
}
