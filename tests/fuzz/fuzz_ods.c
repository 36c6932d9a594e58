/* The content of an OpenDocument spreadsheet. */
#include "one_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct fuzz_archive archive = {0};
    archive_add(&archive, "content.xml", bytes, size);
    archive_end(&archive);
    (void)read_bytes(&source_ods, archive.bytes, archive.length);
    return 0;
}
