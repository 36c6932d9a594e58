/*
 * The readers and the process they run in: cells as they should be, and files that are none.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zip.h>

#include "etl/sources/reader.h"
#include "etl/sources/number_format.h"
#include "etl/text.h"

/* A sink that writes down what it is given: "[Sheet]1:A=text;B=1.5;C=@43678;D=!#N/A;E=?1|" */
struct notes {
    struct buffer text;
};

static int note_sheet(void *context, const char *name, bool hidden)
{
    struct notes *notes = context;
    buffer_format(&notes->text, "[%s%s]", name, hidden ? " hidden" : "");
    return 0;
}

static int note_row(void *context, uint32_t row, const struct cell *cells, size_t count)
{
    struct notes *notes = context;
    buffer_format(&notes->text, "%u:", row);
    for (size_t i = 0; i < count; i++) {
        char letters[8];
        buffer_format(&notes->text, "%s%s=", i ? ";" : "",
                      text_column_letters(cells[i].column, letters));
        switch (cells[i].type) {
        case CELL_ERROR:
            buffer_add_char(&notes->text, '!');
            /* fall through */
        case CELL_TEXT:
            buffer_add(&notes->text, cells[i].text, cells[i].length);
            break;
        case CELL_NUMBER:
            buffer_format(&notes->text, "%.10g", cells[i].number);
            break;
        case CELL_DATE:
            buffer_format(&notes->text, "@%.10g", cells[i].number);
            break;
        case CELL_BOOLEAN:
            buffer_format(&notes->text, "?%g", cells[i].number);
            break;
        }
    }
    buffer_add_char(&notes->text, '|');
    return 0;
}

static int note_note(void *context, uint32_t row, uint32_t column, const char *code)
{
    struct notes *notes = context;
    buffer_format(&notes->text, "(%u,%u %s)", row, column, code);
    return 0;
}

static int memory_file(const void *bytes, size_t length)
{
    int descriptor = memfd_create("file", MFD_CLOEXEC);
    cr_assert(write(descriptor, bytes, length) == (ssize_t)length);
    return descriptor;
}

/* Reads a file in its reader process; what came, or "error N: text". */
static const char *read_file(int descriptor)
{
    static char out[8192];
    unsigned char head[SOURCE_HEAD_SIZE];
    struct notes notes = {0};
    struct error error = {0};
    struct reader_options options = {.sandbox = SANDBOX_REQUIRE};
    struct row_sink sink = {&notes, note_sheet, note_row, note_note};
    ssize_t length = pread(descriptor, head, sizeof head, 0);
    const struct source_format *format = source_find(head, (size_t)length);
    if (!format)
        snprintf(out, sizeof out, "no format");
    else if (reader_run(format, descriptor, "f", &options, &sink, &error) < 0)
        snprintf(out, sizeof out, "error %d: %s", (int)error.code, error.text);
    else
        snprintf(out, sizeof out, "%s", notes.text.text ? notes.text.text : "");
    buffer_free(&notes.text);
    close(descriptor);
    return out;
}

#define READS(expected, bytes)                                                                     \
    cr_assert_str_eq(read_file(memory_file("" bytes, sizeof(bytes) - 1)), expected)

/* ---- csv ---- */

Test(sources, csv_fields_and_lines)
{
    READS("[]1:A=a;B=b|2:A=1;C=3|", "a,b\n1,,3\n");
    READS("[]1:A=a|2:|3:A=b|", "a\n\nb"); /* a blank line keeps its number */
}

Test(sources, csv_keeps_blanks_and_counts_lines)
{
    READS("[]1:A= a ;B=b|2:|3:A=c|", " a ,b\n\nc\n");
    READS("[]1:A=a|2:|3:A=c|", "a\r\n\r\nc\r\n");
    READS("[]1:A=a|2:A=b|", "a\rb");
    READS("[]1:A=x\ny;B=b|3:A=c|", "\"x\ny\",b\nc\n");
    READS("[]1:A=x\"y;B=b|", "\"x\"\"y\",b");
}

Test(sources, csv_delimiters_and_encodings)
{
    READS("[]1:A=a,b;B=c;C=d|", "a,b;c;d\n");
    READS("[]1:A=a;B=b|", "a\tb\n");
    READS("[]1:A=a;B=b|", "a|b\n");
    READS("[]1:A=\xC3\xA9;B=b|", "\xEF\xBB\xBF\"\xC3\xA9\",b\n"); /* a mark before a quote */
    READS("[]1:A=\xC3\xA9;B=\xE2\x82\xAC|", "\xE9,\x80\n");       /* Windows-1252 */
    READS("[]1:A=\xC3\xA9;B=\xF0\x9F\x98\x80|",
          "\xFF\xFE\xE9\0,\0\x3D\xD8\x00\xDE\n\0"); /* UTF-16 with a pair */
}

Test(sources, csv_quotes_that_went_astray)
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

/* ---- what is refused by name ---- */

Test(sources, files_that_are_no_spreadsheets)
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

/* ---- xlsx, made here ---- */

struct part {
    const char *name;
    const char *text;
};

static int zip_file(const struct part *parts, size_t count)
{
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *buffer = zip_source_buffer_create(NULL, 0, 0, &error);
    cr_assert(buffer);
    zip_source_keep(buffer);
    zip_t *archive = zip_open_from_source(buffer, ZIP_TRUNCATE, &error);
    cr_assert(archive);
    for (size_t i = 0; i < count; i++) {
        zip_source_t *part = zip_source_buffer(archive, parts[i].text, strlen(parts[i].text), 0);
        cr_assert(part && zip_file_add(archive, parts[i].name, part, ZIP_FL_OVERWRITE) >= 0);
    }
    cr_assert_eq(zip_close(archive), 0);
    cr_assert_eq(zip_source_open(buffer), 0);
    char bytes[16384];
    zip_int64_t length = zip_source_read(buffer, bytes, sizeof bytes);
    cr_assert(length > 0 && length < (zip_int64_t)sizeof bytes);
    int descriptor = memory_file(bytes, (size_t)length);
    zip_source_close(buffer);
    zip_source_free(buffer);
    return descriptor;
}

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

Test(sources, xlsx_cells)
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

Test(sources, xlsx_dates_by_their_format)
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

Test(sources, xlsx_prefixes_and_formulas)
{
    cr_assert_str_eq(
        read_sheet_of(
            "<x:workbook xmlns:x=\"a\"><x:sheets><x:sheet name=\"S\" r:id=\"s1\"/>"
            "</x:sheets></x:workbook>",
            "<x:worksheet xmlns:x=\"a\"><x:sheetData><x:row><x:c><x:f>1+1</x:f><x:v>2</x:v>"
            "</x:c><x:c><x:f>NOW()</x:f></x:c></x:row></x:sheetData></x:worksheet>"),
        "[S](1,1 formula without a value)1:A=2|");
}

Test(sources, xlsx_that_is_damaged_or_hostile)
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
                     "error 65: 'f': is an OpenDocument file (.ods): save it as .xlsx or .csv");
    const struct part binary[] = {{"xl/workbook.bin", "x"}};
    cr_assert_str_eq(read_file(zip_file(binary, 1)),
                     "error 65: 'f': is a binary workbook (.xlsb): save it as .xlsx");
}

Test(sources, number_formats)
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

/* ---- xls ---- */

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

Test(sources, xls_that_is_encrypted)
{
    /* CODEPAGE becomes FILEPASS. */
    cr_assert_str_eq(read_changed_xls("\x42\x00\x02\x00", "\x2F\x00\x02\x00", 4),
                     "error 65: 'f': is encrypted: save it without a password and export it again");
}

Test(sources, xls_cells)
{
    const char *read = read_changed_xls("Caf", "Caf", 0);
    cr_assert(strncmp(read,
                      "[Missing Episodes]1:A=Elmsworth Borough Council - CaseFile|"
                      "2:A=Missing episodes from 01/07/2018|",
                      90) == 0,
              "%.200s", read);
}

/* ---- the reader process ---- */

static int crash(int descriptor, const struct row_sink *sink, struct error *error)
{
    (void)descriptor;
    (void)sink;
    (void)error;
    raise(SIGSEGV);
    return 0;
}

static _Noreturn int leave(int descriptor, const struct row_sink *sink, struct error *error)
{
    (void)descriptor;
    (void)sink;
    (void)error;
    _exit(0);
}

static _Noreturn int hang(int descriptor, const struct row_sink *sink, struct error *error)
{
    (void)descriptor;
    (void)sink;
    (void)error;
    for (;;)
        ;
}

/* Tries what a hostile file would have its reader do; pushes a row of what succeeded. */
static int escape(int descriptor, const struct row_sink *sink, struct error *error)
{
    (void)descriptor;
    (void)error;
    char what[64] = "";
    size_t used = 0;
    int opened = open("/etc/passwd", O_RDONLY);
    int made = open("/tmp/monthend-escape", O_CREAT | O_WRONLY, 0600);
    int connected = socket(AF_INET, SOCK_STREAM, 0);
    int forked = fork();
    if (forked == 0)
        _exit(0);
    char *const arguments[] = {NULL};
    int executed = execv("/bin/true", arguments);
    used += (size_t)snprintf(what + used, sizeof what - used, "%d %d %d %d %d", opened >= 0,
                             made >= 0, connected >= 0, forked >= 0, executed >= 0);
    struct cell cell = {.type = CELL_TEXT, .text = what, .length = used};
    return sink->sheet(sink->context, "", false) || sink->row(sink->context, 1, &cell, 1) ? -1 : 0;
}

static const char *run_format(int (*read)(int, const struct row_sink *, struct error *),
                              struct reader_options options)
{
    static char out[2048];
    struct source_format format = {.name = "test", .read = read};
    struct notes notes = {0};
    struct error error = {0};
    struct row_sink sink = {&notes, note_sheet, note_row, note_note};
    int descriptor = memory_file("x", 1);
    if (reader_run(&format, descriptor, "f", &options, &sink, &error) < 0)
        snprintf(out, sizeof out, "error %d: %s", (int)error.code, error.text);
    else
        snprintf(out, sizeof out, "%s", notes.text.text ? notes.text.text : "");
    buffer_free(&notes.text);
    close(descriptor);
    return out;
}

Test(sources, a_reader_that_dies_or_hangs)
{
    const struct reader_options options = {.time_limit = 1};
    const char *died = run_format(crash, options);
    cr_assert(strstr(died, "error 70: 'f': its reader ") == died, "%s", died);
    cr_assert_str_eq(run_format(leave, options),
                     "error 70: 'f': its reader stopped in the middle: the file is damaged or "
                     "hostile; open it in a spreadsheet program and save it anew");
    cr_assert_str_eq(run_format(hang, options),
                     "error 70: 'f': its reader took more than 1 seconds: the file is damaged or "
                     "hostile");
}

Test(sources, a_reader_can_open_nothing)
{
    cr_assert_str_eq(run_format(escape, (struct reader_options){.sandbox = SANDBOX_REQUIRE}),
                     "[]1:A=0 0 0 0 0|");
}
