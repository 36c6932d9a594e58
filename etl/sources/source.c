#include "etl/sources/source.h"

#include "etl/sources/formats.h"

const struct source_format *const source_formats[] = {
    &source_xlsx,     &source_ods, &source_xls, &source_freexl,    &source_csv, &source_empty,
    &source_web_page, &source_xml, &source_pdf, &source_rich_text, NULL,
};

const struct source_format *source_find(const unsigned char *head, size_t length)
{
    const struct source_format *best = NULL;
    int best_bid = 0;
    for (size_t i = 0; source_formats[i]; i++) {
        int bid = source_formats[i]->bid(head, length);
        if (bid > best_bid) {
            best = source_formats[i];
            best_bid = bid;
        }
    }
    return best;
}
