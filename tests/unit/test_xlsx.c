/*
 * .xlsx workbooks, made here part by part.
 */
#include <criterion/criterion.h>
#include <stdio.h>

#include "reading.h"
#include "etl/sources/formats.h"
#include "etl/sources/number_format.h"
#include "etl/text.h"

static const char package_relationships[] =
    "<Relationships><Relationship Id=\"r\" Type=\"http://x/officeDocument\" "
    "Target=\"xl/workbook.xml\"/></Relationships>";
static const char workbook_relationships[] =
    "<Relationships><Relationship Id=\"s1\" Type=\"http://x/worksheet\" Target=\"sheet1.xml\"/>"
    "<Relationship Id=\"s2\" Type=\"http://x/sharedStrings\" Target=\"/xl/strings.xml\"/>"
    "<Relationship Id=\"s3\" Type=\"http://x/styles\" Target=\"styles.xml\"/></Relationships>";

/* A workbook of one sheet. */
static const char *read_sheet_of(const char *workbook, const char *sheet)
{
    const struct part parts[] = {
        {"_rels/.rels", package_relationships},
        {"xl/workbook.xml", workbook},
        {"xl/_rels/workbook.xml.rels", workbook_relationships},
        {"xl/strings.xml", "<sst><si><t>plain</t></si><si><r><t>ri</t></r><r><t>ch</t></r>"
                           "<rPh><t>phonetic</t></rPh></si><si><t>a_x0041_b</t></si></sst>"},
        {"xl/styles.xml",
         "<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\"[$-809]dd/mm/yyyy;@\"/>"
         "<numFmt numFmtId=\"165\" formatCode=\"[h]:mm\"/>"
         "<numFmt numFmtId=\"166\" formatCode=\"0 &quot;days&quot;\"/></numFmts>"
         "<cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs><cellXfs><xf numFmtId=\"0\"/>"
         "<xf numFmtId=\"14\"/><xf numFmtId=\"164\"/><xf numFmtId=\"165\"/><xf numFmtId=\"166\"/>"
         "</cellXfs></styleSheet>"},
        {"xl/sheet1.xml", sheet},
    };
    return read_file(zip_file(parts, sizeof parts / sizeof *parts));
}

static const char *read_sheet(const char *rows)
{
    char sheet[4096];
    snprintf(sheet, sizeof sheet, "<worksheet><sheetData>%s</sheetData></worksheet>", rows);
    return read_sheet_of("<workbook><sheets><sheet name=\"S\" r:id=\"s1\"/></sheets></workbook>",
                         sheet);
}

Test(xlsx, cells)
{
    cr_assert_str_eq(read_sheet("<row r=\"2\"><c r=\"B2\" t=\"s\"><v>0</v></c><c r=\"C2\" t=\"s\">"
                                "<v>1</v></c><c r=\"E2\" t=\"s\"><v>2</v></c></row>"),
                     "[S]2:B=plain;C=rich;E=aAb|");
    cr_assert_str_eq(read_sheet("<row><c><v>1.5</v></c><c/><c t=\"b\"><v>1</v></c><c t=\"e\">"
                                "<v>#N/A</v></c><c t=\"str\"><v>x &amp; y</v></c></row>"
                                "<row><c t=\"inlineStr\"><is><t>in</t><t>line</t></is></c>"
                                "<c><v>-2.5E3</v></c><c t=\"d\"><v>2019-07-03</v></c></row>"),
                     "[S]1:A=1.5;C=?1;D=!#N/A;E=x & y|2:A=inline;B=-2500;C=2019-07-03|");
}

Test(xlsx, dates_by_their_format)
{
    /* 14 is a date, a locale's date is one, [h]:mm is a duration, "days" in quotes is none; a date
     * format on a text is still a text. */
    cr_assert_str_eq(read_sheet("<row><c s=\"1\"><v>43678</v></c><c s=\"2\"><v>43678.5</v></c>"
                                "<c s=\"3\"><v>1.5</v></c><c s=\"4\"><v>3</v></c>"
                                "<c s=\"1\" t=\"s\"><v>0</v></c><c s=\"0\"><v>43678</v></c></row>"),
                     "[S]1:A=@43678;B=@43678.5;C=1.5;D=3;E=plain;F=43678|");
    cr_assert_str_eq(
        read_sheet_of("<workbook><workbookPr date1904=\"1\"/><sheets><sheet name=\"S\" "
                      "state=\"hidden\" r:id=\"s1\"/></sheets></workbook>",
                      "<worksheet><sheetData><row><c s=\"1\"><v>42216</v></c></row></sheetData>"
                      "</worksheet>"),
        "[S hidden]1:A=@43678|");
}

Test(xlsx, prefixes_and_formulas)
{
    cr_assert_str_eq(
        read_sheet_of(
            "<x:workbook xmlns:x=\"a\"><x:sheets><x:sheet name=\"S\" r:id=\"s1\"/>"
            "</x:sheets></x:workbook>",
            "<x:worksheet xmlns:x=\"a\"><x:sheetData><x:row><x:c><x:f>1+1</x:f><x:v>2</x:v>"
            "</x:c><x:c><x:f>NOW()</x:f></x:c></x:row></x:sheetData></x:worksheet>"),
        "[S](1,1 formula without a value)1:A=2|");
}

Test(xlsx, that_is_damaged_or_hostile)
{
    cr_assert_str_eq(read_sheet("<row><c t=\"s\"><v>99</v></c></row>"),
                     "error 65: 'f': row 1: a cell names a shared string that there is none of");
    cr_assert_str_eq(read_sheet("<row><c><v>x</v></c></row>"),
                     "error 65: 'f': row 1: a cell's number is none");
    cr_assert_str_eq(read_sheet("<row r=\"5\"/><row r=\"4\"/>"),
                     "error 65: 'f': row 5: the row after it says that it stands elsewhere");
    cr_assert_str_eq(read_sheet("<row><c>"),
                     "error 65: 'f': a sheet: is damaged XML (mismatched tag): open the file in a "
                     "spreadsheet program and save it anew");
    cr_assert_str_eq(
        read_sheet_of("<workbook><sheets><sheet name=\"S\" r:id=\"s1\"/></sheets></workbook>",
                      "<!DOCTYPE a [<!ENTITY b \"c\">]><worksheet/>"),
        "error 65: 'f': a sheet: holds a DOCTYPE, which no spreadsheet program writes: the file is "
        "damaged or hostile");
    const struct part open_document[] = {{"content.xml", "<x/>"}};
    cr_assert_str_eq(read_file(zip_file(open_document, 1)),
                     "error 65: 'f': is an OpenDocument file, but no spreadsheet: export the list "
                     "as .xlsx or .csv");
    const struct part binary[] = {{"xl/workbook.bin", "x"}};
    cr_assert_str_eq(read_file(zip_file(binary, 1)),
                     "error 65: 'f': is a binary workbook (.xlsb): open it in a spreadsheet "
                     "program and save it as .xlsx");
}

Test(xlsx, number_formats)
{
    cr_assert(format_code_is_date("dd/mm/yyyy"));
    cr_assert(format_code_is_date("[Red]d-mmm;@"));
    cr_assert(format_code_is_date("hh:mm"));
    cr_assert_not(format_code_is_date("General"));
    cr_assert_not(format_code_is_date("0.00;[Red]\"days\""));
    cr_assert_not(format_code_is_date("[h]:mm:ss"));
    cr_assert_not(format_code_is_date("\\d0"));
    cr_assert_not(format_code_is_date("#,##0 _d"));
}

/* ---- the scanner against expat --------------------------------------------------------------- */

/* A repeatable stream of numbers (xorshift). */
static unsigned next_number(unsigned below)
{
    static uint64_t state = 88172645463325252u;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)(state % below);
}

static int workbook_file(const char *strings, const char *sheet)
{
    const struct part parts[] = {
        {"_rels/.rels", package_relationships},
        {"xl/workbook.xml",
         "<workbook><sheets><sheet name=\"S\" r:id=\"s1\"/></sheets></workbook>"},
        {"xl/_rels/workbook.xml.rels", workbook_relationships},
        {"xl/strings.xml", strings},
        {"xl/styles.xml", "<styleSheet><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs>"
                          "</styleSheet>"},
        {"xl/sheet1.xml", sheet},
    };
    return zip_file(parts, sizeof parts / sizeof *parts);
}

/* Both readers must make the same of it, be it cells or a refusal. */
static void agree(const char *strings, const char *sheet)
{
    struct buffer scanned = {0};
    buffer_add_text(&scanned, read_here(&source_xlsx, workbook_file(strings, sheet)));
    const char *parsed = read_here(&source_xlsx_by_expat, workbook_file(strings, sheet));
    cr_assert_str_eq(scanned.text, parsed, "strings: %s\nsheet: %s\nscanned: %s\nparsed:  %s",
                     strings, sheet, scanned.text, parsed);
    buffer_free(&scanned);
}

static const char *const strings_plain =
    "<sst count=\"2\"><si><t>a</t></si><si><t xml:space=\"preserve\"> b &amp; c</t></si></sst>";

/* Plain, unusual and wrong: tags of rows, and what stands in rows. */
static const char *const row_pieces[] = {
    "<row r=\"2\" spans=\"1:3\">",
    "<row>",
    "</row>",
    "<row/>",
    "<row r=\"9\"/>",
    "<row r=\"x\">",
    "<row r=\"3\" r=\"4\">",
    "<row x14ac:dyDescent=\"0.2\" ht=\"15\" r=\"4\">",
    "<x:row>",
    "<row a:r=\"7\">",
    "<row r = \"5\">",
    "<row r='6'>",
    "<row  r=\"7\" >",
    "<row r=\"08\">",
    "<row ht=\"1\" ht=\"2\">",
    "<row ht=\"<\">",
    "<row 1=\"\">",
    "<row :r=\"3\">",
};

static const char *const cell_pieces[] = {
    "<c r=\"I2\" t=\"str\"><v>x_x0041_y</v></c>",
    "<c r=\"J2\" t=\"inlineStr\"><is><t>a_x0042_</t></is></c>",
    "<c r=\"K2\" t=\"s\"><v>1</v><f>x</f></c>",
    "<c r=\"L2\"><v>1</v>x</c>",
    "<c r=\"M2\"><v>1 </v></c>",
    "<c r=\"N2\" t=\"str\"><v/></c>",
    "<c r=\"O2\" t=\"str\"><v></v></c>",
    "<c r=\"P2\"><v>99999999999999999999</v></c>",
    "<c r=\"Q2\"><v>43678.505555555559</v></c>",
    "<c r=\"R2\"><v>9007199254740993</v></c>",
    "<c r=\"S2\" s=\"1\"><v>1.5.2</v></c>",
    "<c r=\"T2\"><v>.</v></c>",
    "<c r=\"U2\"><v>-.5</v></c>",
    "<c r=\"A2\" t=\"s\"><v>0</v></c>",
    "<c r=\"B2\" s=\"1\"><v>43678.5</v></c>",
    "<c r=\"C2\"><v>-1.25</v></c>",
    "<c t=\"b\"><v>1</v></c>",
    "<c t=\"e\"><v>#N/A</v></c>",
    "<c t=\"str\"><v>x_x0041_y</v></c>",
    "<c t=\"inlineStr\"><is><t>in</t></is></c>",
    "<c t=\"inlineStr\"><is><r><t>ri</t></r><r><t>ch</t></r></is></c>",
    "<c/>",
    "<c r=\"D2\"/>",
    "<c><f>1+1</f><v>2</v></c>",
    "<c><f>NOW()</f></c>",
    "<c><f t=\"shared\" si=\"0\"/><v>3</v></c>",
    "<c t=\"s\"><v> 1 </v></c>",
    "<c t=\"s\"><v>7</v></c>",
    "<c t=\"s\"><v>1x</v></c>",
    "<c><v>1E3</v></c>",
    "<c><v>12345678901234567890</v></c>",
    "<c><v>0.1234567890123456789</v></c>",
    "<c><v>nan</v></c>",
    "<c><v>1e999</v></c>",
    "<c><v></v></c>",
    "<c><v/></c>",
    "<c s=\"1\"><v>3</v></c>",
    "<c t=\"d\"><v>2019-07-03</v></c>",
    "<c r=\"ZZZZ1\"><v>1</v></c>",
    "<c r=\"XFE1\"><v>1</v></c>",
    "<c r=\"E\"><v>1</v></c>",
    "<c r=\"F2\" r=\"G2\"><v>1</v></c>",
    "<c cm=\"1\"><v>1</v></c>",
    "<c r=\"a2\"><v>1</v></c>",
    "<c><v>1</v><v>2</v></c>",
    "<c t=\"str\"><v>a&lt;b&#65;&#x42;</v></c>",
    "<c t=\"str\"><v>&#0;</v></c>",
    "<c t=\"str\"><v>&nbsp;</v></c>",
    "<c t=\"str\"><v>a]]>b</v></c>",
    "<c t=\"str\"><v>a]b</v></c>",
    "<c t=\"str\"><v>a\rb\r\n</v></c>",
    "<c t=\"str\"><v>\x01</v></c>",
    "<c t=\"str\"><v>\xC3\xA9</v></c>",
    "<c t=\"str\"><v>\xC3</v></c>",
    "<c t=\"str\"><v>\xED\xA0\x80</v></c>",
    "<c t=\"str\"><v>\xEF\xBF\xBF</v></c>",
    "<c t=\"str\"><v>\xF0\x9F\x98\x80</v></c>",
    "<c t=\"str\"><v><![CDATA[x]]></v></c>",
    "<c t=\"str\"><!-- c --><v>y</v></c>",
    "<?p i?>",
    "<!-- </row> -->",
    " ",
    "\n",
    "text",
    "<x:c r=\"H2\"><x:v>1</x:v></x:c>",
    "<c t=\"inlineStr\"><is><t>a</t><t>b</t></is></c>",
    "<c t=\"inlineStr\"><is><t xml:space=\"preserve\"> a </t></is></c>",
    "<c t=\"n\"><is><t>1</t></is></c>",
    "<c><f>a&amp;b</f><v>1</v></c>",
    "<c><f>a&bad;b</f><v>1</v></c>",
    "<c><v>1</v><f>2</f></c>",
    "<c t=\"str\"><f/><v></v></c>",
    "<c\n r=\"A9\"><v>1</v></c>",
    "</sheetData>",
    "<c",
    ">",
    "&",
    "\"",
    "<c t=\"b\"><v>true</v></c>",
    "<c><extLst/><v>1</v></c>",
    "<c t=\"x\"><v>_x0041_</v></c>",
};

enum {
    ROW_PIECES = sizeof row_pieces / sizeof *row_pieces,
    CELL_PIECES = sizeof cell_pieces / sizeof *cell_pieces
};

Test(xlsx, scanner_and_expat_agree_on_each_piece)
{
    for (size_t i = 0; i < ROW_PIECES + CELL_PIECES; i++) {
        char sheet[1024];
        const char *piece = i < ROW_PIECES ? row_pieces[i] : cell_pieces[i - ROW_PIECES];
        snprintf(sheet, sizeof sheet,
                 "<worksheet><sheetData><row><c><v>1</v></c></row>%s%s<row r=\"11\"><c><v>2</v></c>"
                 "</row></sheetData><a/></worksheet>",
                 piece, i < ROW_PIECES && !strstr(piece, "/") ? "</row>" : "");
        agree(strings_plain, sheet);
        /* The first row makes room: where there is none yet, every cell goes the long way. */
        snprintf(sheet, sizeof sheet,
                 "<worksheet><sheetData><row r=\"2\">%s</row><row r=\"3\"><c><v>2</v></c>%s</row>"
                 "</sheetData></worksheet>",
                 piece, piece);
        agree(strings_plain, sheet);
    }
}

Test(xlsx, scanner_and_expat_agree_on_sheets_at_random)
{
    for (int round = 0; round < 1500; round++) {
        char sheet[4096] = "<?xml version=\"1.0\"?><worksheet><sheetData>";
        size_t used = strlen(sheet);
        for (unsigned rows = next_number(4); rows > 0; rows--) {
            used +=
                (size_t)snprintf(sheet + used, sizeof sheet - used, "%s",
                                 next_number(4) ? "<row>" : row_pieces[next_number(ROW_PIECES)]);
            for (unsigned cells = next_number(6); cells > 0; cells--)
                used += (size_t)snprintf(sheet + used, sizeof sheet - used, "%s",
                                         cell_pieces[next_number(CELL_PIECES)]);
            used += (size_t)snprintf(sheet + used, sizeof sheet - used, "</row>");
        }
        snprintf(sheet + used, sizeof sheet - used, "</sheetData></worksheet>");
        agree(strings_plain, sheet);
    }
}

Test(xlsx, scanner_and_expat_agree_on_bytes_changed_at_random)
{
    static const char plain[] =
        "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>1</v></c><c r=\"B1\" "
        "s=\"1\"><v>43678.25"
        "</v></c><c r=\"C1\" t=\"inlineStr\"><is><t>text &amp; more</t></is></c></row>\n<row "
        "r=\"2\"><c>"
        "<f>A1</f><v>2</v></c><c t=\"str\"><v>caf\xC3\xA9</v></c></row></sheetData></worksheet>";
    static const char strange[] = "<>/&;\"' =rct\r\xFF\xC3]_A0-.\x1F";
    for (int round = 0; round < 3000; round++) {
        char sheet[sizeof plain];
        memcpy(sheet, plain, sizeof plain);
        for (unsigned changes = 1 + next_number(3); changes > 0; changes--)
            sheet[next_number(sizeof plain - 1)] = strange[next_number(sizeof strange - 1)];
        agree(strings_plain, sheet);
    }
}

Test(xlsx, scanner_and_expat_agree_on_strings)
{
    static const char sheet[] =
        "<worksheet><sheetData><row><c t=\"s\"><v>0</v></c><c t=\"s\"><v>1</v></c>"
        "<c t=\"s\"><v>2</v></c></row></sheetData></worksheet>";
    static const char *const items[] = {"<si><t>a</t></si>",
                                        "<si><t/></si>",
                                        "<si/>",
                                        "<si><r><t>a</t></r><r><t>b</t></r></si>",
                                        "<si><t>a_x000D_b</t></si>",
                                        "<si><t xml:space=\"preserve\"> a</t></si>",
                                        "<si><t>a&#10;b</t></si>",
                                        "<si><t>&bad;</t></si>",
                                        "<si><t>\xFF</t></si>",
                                        "<si><t>a\rb</t></si>",
                                        "<!-- c -->",
                                        "\n  ",
                                        "<x:si><x:t>x</x:t></x:si>",
                                        "<si><t>a</t><rPh><t>p</t></rPh></si>",
                                        "<si>\n<t>a</t></si>"};
    enum { ITEMS = sizeof items / sizeof *items };
    for (int i = 0; i < ITEMS * ITEMS; i++) {
        char strings[512];
        snprintf(strings, sizeof strings, "<sst>%s%s<si><t>last</t></si></sst>", items[i / ITEMS],
                 items[i % ITEMS]);
        agree(strings, sheet);
    }
}

Test(xlsx, windows_of_the_scanner_end_anywhere)
{
    /* Rows of more than a window in all, each row longer than the one before: row ends fall on
     * every place of a window's end. One row in the middle is not plain; one is longer than a
     * window. */
    struct buffer sheet = {0};
    buffer_add_text(&sheet, "<worksheet><sheetData>");
    for (int row = 0; row < 1500; row++) {
        buffer_add_text(&sheet, row == 1400 ? "<!-- here --><row>" : "<row>");
        for (int cell = 0; cell < row % 97 + (row == 1200 ? 9000 : 1); cell++)
            buffer_format(&sheet, "<c t=\"str\"><v>%.*s%d</v></c>", row % 31,
                          "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", row);
        buffer_add_text(&sheet, "</row>");
    }
    buffer_add_text(&sheet, "</sheetData></worksheet>");
    agree(strings_plain, sheet.text);
    buffer_free(&sheet);
}
