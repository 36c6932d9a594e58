/* Rows of a sheet, within a document that is well formed but for them: where the scanner works. */
#include "one_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const char before[] = "<worksheet><sheetData><row r=\"1\"><c r=\"A1\"><v>1</v></c>";
    static const char after[] = "</row><row><c><v>2</v></c></row></sheetData></worksheet>";
    char *sheet = malloc(size + sizeof before + sizeof after);
    if (!sheet)
        return 0;
    memcpy(sheet, before, sizeof before - 1);
    if (size > 0)
        memcpy(sheet + sizeof before - 1, bytes, size);
    memcpy(sheet + sizeof before - 1 + size, after, sizeof after - 1);
    read_workbook(sheet, sizeof before - 1 + size + sizeof after - 1, NULL, 0, NULL, 0);
    free(sheet);
    return 0;
}
