/*
 * Small files, one for each thing that real files hold (tests/files/make-files.py makes them), and
 * what each must be read as. What another reader makes of them is tests/compare-cells' business.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "etl/sources/formats.h"
#include "etl/text.h"
#include "reading.h"

struct expected {
    const char *file;
    const char *cells;
};

static void check(const struct expected *files, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char path[128];
        snprintf(path, sizeof path, "tests/files/%s", files[i].file);
        const char *read = read_path(path);
        cr_expect_str_eq(read, files[i].cells, "%s: %.1000s", files[i].file, read);
    }
}

#define CHECK(files) check(files, sizeof files / sizeof *files)

/* The rows that most of the workbooks hold. */
#define PLAIN "[Sheet1]1:A=Child ID;B=Seen|2:A=1009;B=@43678|"

Test(files, xlsx)
{
    static const struct expected files[] = {
        {"plain.xlsx", PLAIN},
        {"macros.xlsm", PLAIN},
        {"no-dimension.xlsx", PLAIN},
        {"wrong-dimension.xlsx", PLAIN},
        {"no-shared-strings.xlsx", "[Sheet1]1:A=Child ID|2:A=1009|"},
        {"merged.xlsx", "[Sheet1]1:A=Child ID|3:A=Child ID;B=Seen|4:A=1009;B=@43678|"},
        {"data-descriptors.xlsx", PLAIN},
        {"stored.xlsx", PLAIN},
        {"prefixed.xlsx", PLAIN},
        {"absolute-targets.xlsx", PLAIN},
        {"elsewhere.xlsx", PLAIN},
        {"formula-texts.xlsx", "[Sheet1](1,2 formula without a value)1:A=ab;B=2|"},
        {"rich-text.xlsx", "[Sheet1]1:A=Child ID;B=\xE6\x9D\xB1\xE4\xBA\xAC|"},
        {"kinds.xlsx", "[Sheet1]1:A=?1;B=?0;C=!#N/A;D=0.0015;E=-2000;F=Seen|"},
        {"hidden.xlsx", PLAIN},
        {"strict.xlsx", PLAIN},
        {"from-1904.xlsx", "[Sheet1]1:A=@43678;B=42216|"},
        {"hidden-sheets.xlsx",
         "[List 1]1:A=Child ID;B=Seen|2:A=1009;B=@43678|[Old hidden]1:A=Child ID;B=Seen|"
         "2:A=1009;B=@43678|[Older hidden]1:A=1|"},
        {"formats.xlsx", "[Sheet1]1:A=@43678;B=1.75;C=@43678.88542;D=@59|"},
        {"no-references.xlsx", "[Sheet1]1:A=Child ID;C=Seen|2:A=1009|"},
        {"iso-dates.xlsx", "[Sheet1]1:A=2019-07-03;B=2019-07-03T21:15:00|"},
        {"no-styles.xlsx", "[Sheet1]1:A=Child ID;B=Seen|2:A=1009;B=43678|"},
        {"escapes.xlsx", "[Sheet1]1:A=a\rb\xC3\xA9;B=_x0041_ <A>|"},
        {"backslashes.xlsx", PLAIN},
        {"odd-case.xlsx", PLAIN},
        {"utf-16.xlsx", PLAIN},
        {"latin-1.xlsx", "[Sheet1]1:A=Caf\xC3\xA9|"},
        {"comments-within.xlsx", "[Sheet1]1:A=a<b|3:A=3|"},
    };
    CHECK(files);
}

Test(files, xlsx_that_are_refused)
{
    static const struct expected files[] = {
        {"doctype.xlsx",
         "error 65: 'f': a sheet: holds a DOCTYPE, which no spreadsheet program writes: "
         "the file is damaged or hostile"},
        {"binary.xlsb",
         "error 65: 'f': is a binary workbook (.xlsb): open it in a spreadsheet program and "
         "save it as .xlsx"},
        {"encrypted.xlsx",
         "error 65: 'f': is encrypted: save it without a password and export it again"},
        {"cut.xlsx", "error 65: 'f': is a damaged archive, or one that was cut: export it again"},
        {"bit-flipped.xlsx",
         "error 65: 'f': a sheet: is damaged (its compressed data cannot be read): "
         "export the file again"},
        {"much-from-little.xlsx", "error 65: 'f': its shared strings: one holds more than 32,767 "
                                  "characters: the file is damaged "
                                  "or hostile"},
    };
    CHECK(files);
}

Test(files, xls)
{
    static const struct expected files[] = {
        {"plain.xls", PLAIN},
        {"stream-alone.xls", PLAIN},
        {"mini-stream.xls", PLAIN},
        {"long-directory.xls", PLAIN},
        {"scattered.xls", PLAIN},
        {"empty-string.xls", "[Sheet1]1:A=;B=Seen;C=|"},
        {"chart.xls", "[Sheet1]1:A=1|2:A=2|"},
        {"unknown-code-page.xls", "[Sheet1]1:A=Caf\xC3\xA9|"},
        {"outside-dimension.xls", "[Sheet1]1:A=1|10:J=2|"},
        {"rich-strings.xls", "[Sheet1]1:A=rich;B=\xE6\x9D\xB1\xE4\xBA\xAC|"},
        {"numbers.xls",
         "[Sheet1]1:A=1009;B=-5;C=3.14|2:C=1;D=@43678;E=3|3:A=?1;B=!#DIV/0!;D=!#NUM!|"},
        {"date-formats.xls", "[Sheet1]1:A=43678.88542;B=@43678.88542;C=@43678.88542;D=43678.88542;"
                             "E=43678.88542;F=@43678.88542|"},
        {"from-1904.xls", "[Sheet1]1:A=@43678;B=42216|"},
        {"hidden-sheets.xls",
         "[List 1]1:A=1|[Old hidden]1:A=2|[L\xC3\xA4st \xE2\x82\xAC hidden]1:A=3|"},
        {"out-of-order.xls", "[Sheet1]1:A=first|2:A=10;C=99|4:A=30;B=31|"},
        {"biff5.xls", "[\xD0\x9B\xD0\xB8\xD1\x81\xD1\x82]1:A=\xD0\x94\xD0\xB0;B=rich|"
                      "2:A=@43678;B=\xD0\x94\xD0\xB0|"},
        {"biff2.xls", "[Worksheet]1:A=Child ID|2:A=1009|"},
    };
    CHECK(files);
}

/* A text repeated. */
static void add_times(struct buffer *out, const char *text, int times)
{
    for (int i = 0; i < times; i++)
        buffer_add_text(out, text);
}

Test(files, xls_texts_over_several_records)
{
    struct buffer expected = {0};
    buffer_add_text(&expected, "[Sheet1]1:A=");
    add_times(&expected, "x", 20000);
    buffer_add_text(&expected, "y;B=");
    add_times(&expected, "\xE6\x9D\xB1", 8300);
    buffer_add_text(&expected, "\xE4\xBA\xAC;C=after|");
    cr_expect_str_eq(read_path("tests/files/long-strings.xls"), expected.text);
    expected.length = 0;
    buffer_add_text(&expected,
                    "[Sheet1](1,4 formula without a value)1:A=2.5;B=?1;C=!#N/A;D=|2:A=@43678.25|"
                    "3:A=a \xE2\x82\xAC result;B=");
    add_times(&expected, "z", 9000);
    buffer_add_text(&expected, "|");
    cr_expect_str_eq(read_path("tests/files/formulas.xls"), expected.text);
    buffer_free(&expected);
}

Test(files, xls_row_of_all_columns)
{
    struct buffer expected = {0};
    buffer_add_text(&expected, "[Sheet1]1:");
    for (uint32_t column = 0; column < 256; column++) {
        char letters[8];
        buffer_format(&expected, "%s%s=7", column ? ";" : "", text_column_letters(column, letters));
    }
    buffer_add_text(&expected, "|2:IV=8|");
    cr_expect_str_eq(read_path("tests/files/wide.xls"), expected.text);
    buffer_free(&expected);
}

Test(files, xls_that_are_refused)
{
    static const struct expected files[] = {
        {"encrypted.xls",
         "error 65: 'f': is encrypted: save it without a password and export it again"},
        {"no-workbook.xls",
         "error 65: 'f': is an old Office file without a workbook in it: export the list "
         "as .xlsx or .csv"},
        {"cut.xls",
         "error 65: 'f': is a damaged workbook: open it in a spreadsheet program and save it as "
         ".xlsx"},
    };
    CHECK(files);
}

Test(files, xls_by_freexl)
{
    /* Dates as text, nothing of formulas, booleans as numbers: why it is only the second opinion.
     */
    int file = open("tests/files/plain.xls", O_RDONLY | O_CLOEXEC);
    cr_assert(file >= 0);
    cr_expect_str_eq(read_by(&source_freexl, file),
                     "[Sheet1]1:A=Child ID;B=Seen|2:A=1009;B=2019-08-01|");
    file = open("tests/files/chart.xls", O_RDONLY | O_CLOEXEC);
    cr_expect_str_eq(
        read_by(&source_freexl, file),
        "error 65: 'f': is damaged, or holds something that freexl cannot read: open it in a "
        "spreadsheet program and save it as .xlsx");
}

Test(files, ods)
{
    static const struct expected files[] = {
        {"plain.ods", "[List 1]1:A=Child ID;B=two  blanks and\tone\nmore;C=first\nsecond|"
                      "5:A=1009;B=0.25;C=@43649;D=@43649.88542;E=@59;F=1.510416667;G=?1;H=!#N/A|"
                      "6:A=same;B=same;D=1|7:A=same;B=same;D=1|[Old hidden](1,0 formula without a "
                      "value)1:B=-0.0015|"},
        {"encrypted.ods",
         "error 65: 'f': is encrypted: save it without a password and export it again"},
        {"endless.ods",
         "error 65: 'f': row 1: its cells repeat without end: the file is damaged or hostile"},
    };
    CHECK(files);
}

Test(files, csv)
{
    static const char *const text =
        "[]1:A=Child ID;B=Name|2:A=1009;B=Zo\xC3\xAB \xE2\x80\x93 \xE2\x80\x9C"
        "A\xE2\x80\x9D|3:|4:A=1010;B=a, b|";
    const struct expected files[] = {
        {"utf-8-mark.csv", text},
        {"utf-16.csv", text},
        {"utf-16-big.csv", text},
        {"windows-1252.csv", text},
        {"semicolon.csv", "[]1:A=a;B=b|2:A=1,5;B=2|"},
        {"tab.csv", "[]1:A=a;B=b|2:A=1,5;B=2|"},
        {"pipe.csv", "[]1:A=a;B=b|2:A=1,5;B=2|"},
        {"cr.csv", "[]1:A=a;B=b|2:A=1;B=2|"},
        {"quotes.csv", "[]1:A=Child ID;B=Note|2:A=1;B=two\nlines|4:A=2;B=a \"word\"|"},
        {"unclosed.csv",
         "error 65: 'f': line 2: a quote stands where none belongs, or is never closed"},
    };
    CHECK(files);
}
