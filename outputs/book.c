#include "outputs/book.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <utf8proc.h>

enum { MOST_CHARACTERS = 32767, LONGEST_SHEET_NAME = 31 };

void book_check(struct book *book, lxw_error code, const char *what)
{
    if (code != LXW_NO_ERROR)
        error_set(book->error, code == LXW_ERROR_MEMORY_MALLOC_FAILED ? EXIT_NO_RESOURCE : EXIT_IO,
                  "sheet '%s': cannot write %s: %s", book->sheet_name ? book->sheet_name : "", what,
                  lxw_strerror(code));
}

/* ---- texts --------------------------------------------------------------------------------- */

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* A spreadsheet program would read "_x0041_" as "A". */
static bool looks_escaped(const char *text)
{
    return text[0] == '_' && text[1] == 'x' && is_hex(text[2]) && is_hex(text[3]) &&
           is_hex(text[4]) && is_hex(text[5]) && text[6] == '_';
}

/* The text as a cell can hold it, in the book's scratch buffer. */
static const char *fit_text(struct book *book, const char *text)
{
    static const char note[] = "... (cut)";
    struct buffer *out = &book->scratch;
    const utf8proc_uint8_t *next = (const utf8proc_uint8_t *)text;
    size_t characters = 0; /* in units of UTF-16, as the limit is counted */
    out->length = 0;
    while (*next) {
        utf8proc_int32_t point;
        utf8proc_ssize_t used = utf8proc_iterate(next, -1, &point);
        if (characters > MOST_CHARACTERS - sizeof note - 8) {
            buffer_add_text(out, note);
            book->cut++;
            break;
        }
        if (used < 1 || (point < ' ' && point != '\n' && point != '\t')) {
            buffer_add_text(out, "\xEF\xBF\xBD");
            used = 1;
        } else if (looks_escaped((const char *)next)) {
            buffer_add_text(out, "_x005F_");
            characters += 6;
        } else {
            buffer_add(out, (const char *)next, (size_t)used);
            characters += point > 0xFFFF;
        }
        characters++;
        next += used < 1 ? 1 : used;
    }
    if (out->failed) {
        error_memory(book->error, "writing a sheet");
        return "";
    }
    return out->text ? out->text : "";
}

void book_text(struct book *book, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column,
               const char *text, enum style style)
{
    if (!sheet)
        return;
    lxw_format *format = book->styles.formats[style];
    if (*text)
        book_check(book, worksheet_write_string(sheet, row, column, fit_text(book, text), format),
                   "a text");
    else
        book_check(book, worksheet_write_blank(sheet, row, column, format), "a blank cell");
}

void book_number(struct book *book, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column,
                 double number, enum style style)
{
    if (!sheet)
        return;
    if (!isfinite(number))
        error_set(book->error, EXIT_BROKEN, "sheet '%s': a number is none: report this",
                  book->sheet_name);
    else
        book_check(book,
                   worksheet_write_number(sheet, row, column, number, book->styles.formats[style]),
                   "a number");
}

void book_link(struct book *book, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column,
               const char *target, const char *text)
{
    char url[128];
    if (!sheet)
        return;
    snprintf(url, sizeof url, "internal:%s", target);
    lxw_format *format = book->styles.formats[STYLE_LINK];
    book_check(book, worksheet_write_url(sheet, row, column, url, format), "a link");
    book_check(book, worksheet_write_string(sheet, row, column, fit_text(book, text), format),
               "a link");
}

void book_result(struct book *book, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column,
                 const struct report_indicator *indicator, const struct result *result)
{
    if (result->state && strcmp(result->state, "value") == 0)
        book_number(book, sheet, row, column, result->value, style_of_unit(indicator->unit));
    else
        book_text(book, sheet, row, column, result->shown ? result->shown : "", STYLE_CENTRE);
}

void book_headers(struct book *book, lxw_worksheet *sheet, lxw_row_t row,
                  const char *const *headers, size_t count)
{
    for (size_t i = 0; i < count; i++)
        book_text(book, sheet, row, (lxw_col_t)i, headers[i], STYLE_HEADER);
}

void book_width(struct book *book, lxw_worksheet *sheet, lxw_col_t column, double width)
{
    if (sheet)
        book_check(book, worksheet_set_column(sheet, column, column, width, NULL), "a width");
}

/* How many lines a text takes: words are not broken, so a line is rarely full. */
unsigned book_lines(const char *text, double width)
{
    const double in_a_line = width * 1.3;
    double used = 0;
    unsigned lines = 1;
    while (*text) {
        size_t word = strcspn(text, " \n");
        if (used > 0 && used + (double)word > in_a_line) {
            lines++;
            used = 0;
        }
        while ((double)word > in_a_line) { /* a word longer than a line is broken */
            lines++;
            word -= (size_t)in_a_line;
            text += (size_t)in_a_line;
        }
        used += (double)word + 1;
        text += word;
        if (*text == '\n') {
            lines++;
            used = 0;
        }
        text += *text != '\0';
    }
    return lines;
}

void book_fit_row(struct book *book, lxw_worksheet *sheet, lxw_row_t row, const char *const *texts,
                  const double *widths, size_t count)
{
    enum { MOST_LINES = 30 };
    const double line_height = 13;
    unsigned most = 1;
    for (size_t i = 0; i < count; i++) {
        unsigned lines = book_lines(texts[i], widths[i]);
        most = lines > most ? lines : most;
    }
    if (!sheet || most == 1)
        return;
    most = most > MOST_LINES ? MOST_LINES : most;
    book_check(book, worksheet_set_row(sheet, row, most * line_height + 3, NULL), "a height");
}

/* ---- sheets -------------------------------------------------------------------------------- */

/* Headers and footers have codes of their own, which begin with &. */
static void add_plain(struct buffer *out, const char *text)
{
    for (; *text; text++) {
        buffer_add_char(out, *text);
        if (*text == '&')
            buffer_add_char(out, '&');
    }
}

static void print_setup(struct book *book, lxw_worksheet *sheet)
{
    struct buffer *text = &book->scratch;
    enum { A4 = 9 };
    worksheet_set_landscape(sheet);
    worksheet_set_paper(sheet, A4);
    worksheet_fit_to_pages(sheet, 1, 0);
    worksheet_set_margins(sheet, 0.4, 0.4, 0.7, 0.7);
    text->length = 0;
    buffer_add_text(text, "&L&8");
    add_plain(text, book->report->authority);
    buffer_add_text(text, "&R&8");
    add_plain(text, book->report->marking);
    book_check(book, worksheet_set_header(sheet, text->text), "its header");
    text->length = 0;
    buffer_add_text(text, "&L&8&A&C&8Page &P of &N&R&8");
    add_plain(text, book->report->marking);
    book_check(book, worksheet_set_footer(sheet, text->text), "its footer");
}

static bool name_is_taken(const struct book *book, const char *name)
{
    for (size_t i = 0; i < book->name_count; i++)
        if (strcasecmp(book->names[i], name) == 0)
            return true;
    return false;
}

/* A name of at most 31 characters, without those that a sheet's name cannot have. */
static const char *fit_name(struct book *book, const char *name)
{
    if (book->name_count == sizeof book->names / sizeof *book->names)
        return "Sheet";
    char *out = book->names[book->name_count];
    size_t length = 0;
    for (; *name && length < LONGEST_SHEET_NAME; name++)
        out[length++] = strchr("[]:*?/\\'", *name) ? ' ' : *name;
    while (length > 0 && ((unsigned char)out[length - 1] & 0xC0) == 0x80)
        length--; /* not in the middle of a character */
    out[length] = '\0';
    for (char n = '2'; name_is_taken(book, out) && n <= '9'; n++) {
        size_t end = length > LONGEST_SHEET_NAME - 2 ? LONGEST_SHEET_NAME - 2 : length;
        memcpy(out + end, (const char[]){' ', n, '\0'}, 3);
    }
    book->name_count++;
    return out;
}

lxw_worksheet *book_sheet(struct book *book, const char *name)
{
    if (book->error->code != EXIT_COMPLETE)
        return NULL;
    book->sheet_name = fit_name(book, name);
    lxw_worksheet *sheet = workbook_add_worksheet(book->workbook, book->sheet_name);
    if (!sheet) {
        error_memory(book->error, "adding a sheet");
        return NULL;
    }
    worksheet_gridlines(sheet, LXW_HIDE_ALL_GRIDLINES);
    print_setup(book, sheet);
    return sheet;
}

lxw_row_t book_title(struct book *book, lxw_worksheet *sheet, const char *title)
{
    char month[DATE_TEXT_SIZE], as_at[DATE_TEXT_SIZE], line[256];
    month_to_long(book->report->last, month);
    date_to_iso(book->report->as_at, as_at);
    snprintf(line, sizeof line, "%.180s, %s", title, month);
    book_text(book, sheet, 0, 0, line, STYLE_TITLE);
    snprintf(line, sizeof line, "%.180s%s%.20s", book->report->authority,
             *book->report->authority ? "  |  as at " : "As at ", as_at);
    book_text(book, sheet, 1, 0, line, STYLE_SUBTITLE);
    book_text(book, sheet, 2, 0,
              "Data is refreshed each month: earlier months may differ from what was published, as "
              "records are updated.",
              STYLE_NOTE);
    return 4;
}

void book_table(struct book *book, lxw_worksheet *sheet, const char *name, lxw_row_t header,
                lxw_row_t last_row, lxw_col_t last_column)
{
    if (!sheet)
        return;
    char first[16], last[16], range[128], plain[64];
    worksheet_freeze_panes(sheet, header + 1, 2);
    book_check(book, worksheet_repeat_rows(sheet, header, header), "its titles");
    book_check(book, worksheet_print_area(sheet, 0, 0, last_row, last_column), "its print area");
    lxw_rowcol_to_cell_abs(first, header, 0, true, true);
    lxw_rowcol_to_cell_abs(last, last_row, last_column, true, true);
    snprintf(range, sizeof range, "='%s'!%s:%s", book->sheet_name, first, last);
    size_t length = 0;
    for (; *name && length < sizeof plain - 8; name++)
        plain[length++] = (*name | 0x20) >= 'a' && (*name | 0x20) <= 'z' ? *name : '_';
    snprintf(plain + length, 8, "_table");
    book_check(book, workbook_define_name(book->workbook, plain, range), "its name");
}
