/*
 * Delimited text: fields, lines, quotes, encodings; and files that are none of the formats.
 */
#include <criterion/criterion.h>

#include "reading.h"
#include "etl/sources/csv.h"
#include "etl/sources/csv_split.h"
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

/* ---- the splitter against libcsv ---------------------------------------------------------------
 */

static size_t piece_size;
static bool split;

static int read_as_chosen(int descriptor, const struct row_sink *sink, struct error *error)
{
    return csv_read(descriptor, piece_size, split, sink, error);
}

static const char *read_so(const char *bytes, size_t length, size_t pieces_of, bool by_splitter)
{
    static const struct source_format chosen = {.name = "csv", .read = read_as_chosen};
    piece_size = pieces_of;
    split = by_splitter;
    return read_here(&chosen, memory_file(bytes, length));
}

/* libcsv alone over the whole, and the splitter over pieces of every size, must make the same of
 * it. */
static void agree(const char *bytes, size_t length)
{
    struct buffer whole = {0};
    buffer_add_text(&whole, read_so(bytes, length, length + 1, false));
    for (size_t size = 1; size <= length + 1; size += size < 40 ? 1 : 1 + size / 3) {
        const char *pieces = read_so(bytes, length, size, true);
        cr_assert_str_eq(pieces, whole.text, "pieces of %zu of '%.*s':\nsplit:  %s\nlibcsv: %s",
                         size, (int)length, bytes, pieces, whole.text);
    }
    buffer_free(&whole);
}

/* A repeatable stream of numbers (xorshift). */
static unsigned next_number(unsigned below)
{
    static uint64_t state = 88172645463325252u;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)(state % below);
}

Test(csv, splitter_and_libcsv_agree_at_every_piece_size)
{
    static const char *const texts[] = {
        "",
        "\n",
        "\r",
        "\r\n",
        "a",
        "a\n",
        "a,b\nc,d\n",
        "a,b\r\nc,d\r\n",
        "a\rb\rc",
        "\n\n\na\n",
        "\r\n\r\na\r\n",
        "a\n\rb",
        "a\r\r\nb",
        "\"a\",\"b\"\n\"c\"\n",
        "\"a\"\"b\",c\nd\n",
        "\"a\nb\",c\nd,e\n",
        "\"a\r\nb\",c\r\nd\r\n",
        "a,\"b\rc\nd\"\ne\n",
        "\"\",\"\"\n,\n",
        "a\"b\n",
        "\"a\"b\n",
        "\"a\" ,b\n",
        " \"a\",b\n",
        "\"a",
        "\"a\n",
        "a,b,\n,,\n",
        ",\"\n\"\n",
        "x\r\"a\nb\"\n",
        "a,\"b\"\rc\n",
        "0123456789abcdef,0123456789abcdef\n0123456789abcde\n",
        "0123456789abcdef0123456789abcdef\n",
        "\xEF\xBB\xBF"
        "a,b\nc\n",
        "a,\xE9\nb,\x80\n",
        "\xEF\xBB\xBF\"a\"\n",
        "\xFF\xFE"
        "a\0,\0\n\0b\0\n\0",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        agree(texts[i], strlen(texts[i]));
    static const char nul[] = "a\0b,c\nd\n";
    agree(nul, sizeof nul - 1);
    static const char wide[] = "\xFF\xFE"
                               "a\0,\0\"\0b\0\n\0c\0\"\0\n\0d\0";
    agree(wide, sizeof wide - 1);
}

Test(csv, splitter_and_libcsv_agree_at_random)
{
    static const char alphabet[] = "ab,,,\"\"\n\n\r x\xC3";
    for (int round = 0; round < 600; round++) {
        char text[200];
        size_t length = next_number(sizeof text);
        bool tame = next_number(2); /* without stray quotes, most of it is plain */
        for (size_t i = 0; i < length; i++) {
            text[i] = alphabet[next_number(sizeof alphabet - 1)];
            if (tame && (text[i] == '"' || text[i] == '\r'))
                text[i] = 'q';
        }
        agree(text, length);
    }
}

Test(csv, splitter_and_libcsv_agree_on_fields_quoted_at_random)
{
    static const char *const fields[] = {"a",
                                         "",
                                         "\"b\"",
                                         "\"\"",
                                         "\"c,d\"",
                                         "\"e\"\"f\"",
                                         "\"g\nh\"",
                                         "long enough to end in another block",
                                         "\"so is, this field here\""};
    static const char *const ends[] = {"\n", "\r\n", "\r\n", "\n", "\r"};
    for (int round = 0; round < 400; round++) {
        struct buffer text = {0};
        for (unsigned rows = next_number(8); rows > 0; rows--) {
            for (unsigned columns = next_number(5); columns > 0; columns--)
                buffer_format(&text, "%s,", fields[next_number(9)]);
            buffer_format(&text, "%s%s", fields[next_number(9)], ends[next_number(5)]);
        }
        if (text.length > 0)
            agree(text.text, text.length);
        buffer_free(&text);
    }
}

Test(csv, too_many_fields)
{
    struct buffer line = {0};
    for (int i = 0; i < CSV_MOST_COLUMNS; i++)
        buffer_add_text(&line, ",");
    buffer_add_text(&line, "\na\n");
    cr_assert_str_eq(read_so(line.text, line.length, line.length, true), "[]1:|2:A=a|");
    line.text[line.length - 3] = ',';
    buffer_add_text(&line, "b\n");
    cr_assert_str_eq(read_so(line.text, line.length, line.length, true),
                     "error 65: line 1: the record has more than 16,384 fields");
    buffer_free(&line);
}
