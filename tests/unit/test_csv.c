/*
 * Delimited text: fields, lines, quotes, encodings; and files that are none of the formats.
 */
#include <criterion/criterion.h>

#include "reading.h"
#include "etl/text.h"

Test(csv, fields_and_lines)
{
    READS("[]1:A=a;B=b|2:A=1;C=3|", "a,b\n1,,3\n");
    READS("[]1:A=a|2:|3:A=b|", "a\n\nb"); /* a blank line keeps its number */
}

Test(csv, keeps_blanks_and_counts_lines)
{
    READS("[]1:A= a ;B=b|2:|3:A=c|", " a ,b\n\nc\n");
    READS("[]1:A=a|2:|3:A=c|", "a\r\n\r\nc\r\n");
    READS("[]1:A=a|2:A=b|", "a\rb");
    READS("[]1:A=x\ny;B=b|3:A=c|", "\"x\ny\",b\nc\n");
    READS("[]1:A=x\"y;B=b|", "\"x\"\"y\",b");
}

Test(csv, delimiters_and_encodings)
{
    READS("[]1:A=a,b;B=c;C=d|", "a,b;c;d\n");
    READS("[]1:A=a;B=b|", "a\tb\n");
    READS("[]1:A=a;B=b|", "a|b\n");
    READS("[]1:A=\xC3\xA9;B=b|", "\xEF\xBB\xBF\"\xC3\xA9\",b\n"); /* a mark before a quote */
    READS("[]1:A=\xC3\xA9;B=\xE2\x82\xAC|", "\xE9,\x80\n");       /* Windows-1252 */
    READS("[]1:A=\xC3\xA9;B=\xF0\x9F\x98\x80|",
          "\xFF\xFE\xE9\0,\0\x3D\xD8\x00\xDE\n\0"); /* UTF-16 with a pair */
}

Test(csv, quotes_that_went_astray)
{
    READS("error 65: 'f': line 2: a quote stands where none belongs, or is never closed",
          "a,b\n\"x,y\nz,w\n");
    READS("error 65: 'f': line 1: a quote stands where none belongs, or is never closed",
          "a\"b,c\n");
    struct buffer long_quote = {0};
    buffer_add_text(&long_quote, "a\n\"");
    for (int i = 0; i < 102; i++)
        buffer_add_text(&long_quote, "x\n");
    buffer_add_text(&long_quote, "\"\n");
    cr_assert_str_eq(read_file(memory_file(long_quote.text, long_quote.length)),
                     "error 65: 'f': line 2: a quote spans more than 100 lines: one is missing or "
                     "too many");
    buffer_free(&long_quote);
}

Test(refused, files_that_are_no_spreadsheets)
{
    READS("error 65: 'f': is empty (0 bytes): export it again", "");
    READS("error 65: 'f': is a PDF document: export the list as .xlsx or .csv", "%PDF-1.7\n");
    READS(
        "error 65: 'f': is an XML file, not a workbook: open it in a spreadsheet program and save "
        "it as .xlsx or .csv",
        "<?xml version=\"1.0\"?>");
    READS("error 65: 'f': is a damaged archive, or one that was cut: export it again",
          "PK\003\004rest");
    READS("error 65: 'f': is a damaged workbook: open it in a spreadsheet program and save it as "
          ".xlsx",
          "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1rest");
    READS("no format", "\x01\x00\x02");
}
