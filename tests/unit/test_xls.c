/*
 * .xls workbooks: a sample changed, and files of the tests.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "reading.h"

/* The sample's workbook with one record's number changed. */
static const char *read_changed_xls(const char *from, const char *to, size_t length)
{
    static unsigned char bytes[2 * 1024 * 1024];
    FILE *file = fopen("samples/exports/missing_episodes_2019-08-13.xls", "rbe");
    cr_assert(file);
    size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    unsigned char *found = memmem(bytes, size, from, length);
    cr_assert(found);
    memcpy(found, to, length);
    return read_file(memory_file(bytes, size));
}

Test(xls, that_is_encrypted)
{
    /* CODEPAGE becomes FILEPASS. */
    cr_assert_str_eq(read_changed_xls("\x42\x00\x02\x00", "\x2F\x00\x02\x00", 4),
                     "error 65: 'f': is encrypted: save it without a password and export it again");
}

Test(xls, cells)
{
    const char *read = read_changed_xls("Caf", "Caf", 0);
    cr_assert(strncmp(read,
                      "[Missing Episodes]1:A=Elmsworth Borough Council - CaseFile|"
                      "2:A=Missing episodes from 01/07/2018|",
                      90) == 0,
              "%.200s", read);
}
