/*
 * Folding, nearest words, numbers, and the small containers.
 */
#include <criterion/criterion.h>

#include "etl/decimal.h"
#include "transforms/dictionary.h"

static const char *folded(void (*fold)(struct buffer *, struct span), const char *text)
{
    static char out[128];
    struct buffer buffer = {0};
    fold(&buffer, span_of(text));
    snprintf(out, sizeof out, "%s", buffer.text ? buffer.text : "");
    buffer_free(&buffer);
    return out;
}

Test(text, folding_for_comparison)
{
    cr_assert_str_eq(folded(text_fold, "  No  Further\tACTION "), "no further action");
    cr_assert_str_eq(folded(text_fold, "a)\xC2\xA0Male"), "a) male");     /* NBSP */
    cr_assert_str_eq(folded(text_fold, "Child\xE2\x80\x99s"), "child's"); /* curly */
    cr_assert_str_eq(folded(text_fold, "STRA\xC3\x9F"
                                       "E"),
                     "strasse");
    cr_assert_str_eq(folded(text_fold, "\xEF\xAC\x81nd"), "find"); /* a ligature */
    cr_assert_str_eq(folded(text_fold, "bad\xFFutf"), "bad\xFFutf");
}

Test(text, folding_for_headers)
{
    cr_assert_str_eq(folded(text_fold_header, "LA In Touch "), "laintouch");
    cr_assert_str_eq(folded(text_fold_header, "Child\xE2\x80\x99s  ID?"), "childsid");
    cr_assert_str_eq(folded(text_fold_header, "(Y/N)?"), "yn");
    /* Never by a part of it: "age" is not "Stage 1". */
    cr_assert_str_neq(folded(text_fold_header, "Stage 1"), "age");
}

Test(text, the_nearest_word)
{
    const char *const names[] = {"rhi_offered", "rhi_accepted", "rhi_completed"};
    cr_assert_str_eq(text_nearest(SPAN("rhi_complete"), names, 3), "rhi_completed");
    cr_assert_null(text_nearest(SPAN("found"), names, 3));
}

Test(text, column_letters)
{
    char out[8];
    cr_assert_str_eq(text_column_letters(0, out), "A");
    cr_assert_str_eq(text_column_letters(25, out), "Z");
    cr_assert_str_eq(text_column_letters(26, out), "AA");
    cr_assert_str_eq(text_column_letters(701, out), "ZZ");
    cr_assert_str_eq(text_column_letters(16383, out), "XFD");
}

Test(text, decimals_are_exact_to_four_places)
{
    cr_assert_eq(decimal_from_text(SPAN("0.6")), 6000);
    cr_assert_eq(decimal_from_text(SPAN("3,000")), 30000000);
    cr_assert_eq(decimal_from_text(SPAN("\xC2\xA3"
                                        "1,250.50")),
                 12505000);
    cr_assert_eq(decimal_from_text(SPAN("-1")), -10000);
    cr_assert_eq(decimal_from_text(SPAN("6.13825")), 61383); /* the fifth place rounds away */
    cr_assert_eq(decimal_from_text(SPAN("0.00004")), 0);
    cr_assert_eq(decimal_from_text(SPAN(".5")), 5000);
    const char *const wrong[] = {"",    "-",  ".",     "1,00",      "1e5",
                                 "18m", "<1", "1 000", "full time", ","};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_assert_eq(decimal_from_text(span_of(wrong[i])), NO_DECIMAL, "'%s'", wrong[i]);
    cr_assert_eq(decimal_from_double(0.1 + 0.2), 3000);
    cr_assert_eq(decimal_from_double(1e300), NO_DECIMAL);
    char out[DECIMAL_TEXT_SIZE];
    decimal_to_text(-12505000, out);
    cr_assert_str_eq(out, "-1250.5");
}

Test(text, a_dictionary_numbers_texts_in_their_order)
{
    struct dictionary dictionary = {0};
    char text[16];
    for (int i = 0; i < 5000; i++) {
        int length = snprintf(text, sizeof text, "C%d", i);
        cr_assert_eq(dictionary_add(&dictionary, (struct span){text, (size_t)length}), i);
    }
    cr_assert_eq(dictionary_add(&dictionary, SPAN("C41")), 41);
    cr_assert_eq(dictionary_find(&dictionary, SPAN("C4999")), 4999);
    cr_assert_eq(dictionary_find(&dictionary, SPAN("C5000")), -1);
    dictionary_free(&dictionary);
}

/* Rows without a key are told apart by this alone: short texts must not meet. */
Test(text, hashes_of_short_texts_differ)
{
    enum { COUNT = 5000 };
    static uint64_t hashes[3 * COUNT];
    char text[16];
    size_t count = 0;
    for (int n = 0; n < COUNT; n++) {
        for (size_t f = 0; f < 3; f++) {
            int length = f == 0   ? snprintf(text, sizeof text, "%d", n)
                         : f == 1 ? snprintf(text, sizeof text, "c%d", n)
                                  : snprintf(text, sizeof text, "W%05d", n);
            hashes[count++] = text_hash(text, (size_t)length);
        }
    }
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < i; j++)
            cr_assert_neq(hashes[i], hashes[j], "texts %zu and %zu", i, j);
}
