#include "outputs/book.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>
#include <utf8proc.h>

#include "outputs/sheets.h"

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

const char *book_plain(struct book *book, const char *text)
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
        book_check(book, worksheet_write_string(sheet, row, column, book_plain(book, text), format),
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

void book_date(struct book *book, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column,
               date_t date, enum style style)
{
    enum { SERIAL_OF_1970 = 25569 };
    if (date == NO_DATE)
        book_text(book, sheet, row, column, "", style);
    else
        book_number(book, sheet, row, column, (double)date + SERIAL_OF_1970, style);
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
    book_check(book, worksheet_write_string(sheet, row, column, book_plain(book, text), format),
               "a link");
}

void book_result(struct book *book, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column,
                 const struct report_indicator *indicator, const struct result *result)
{
    if (result_has_value(result))
        book_number(book, sheet, row, column, result->value,
                    style_of_unit(indicator->unit, result->restated));
    else
        book_text(book, sheet, row, column, result->shown ? result->shown : "", STYLE_CENTRE);
}

void book_rag(struct book *book, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column,
              const struct result *result)
{
    const char *rag = result->rag ? result->rag : "";
    bool earlier = result->state && strcmp(result->state, "tbc") == 0;
    book_text(book, sheet, row, column, rag, style_of_rag(rag, earlier));
}

void book_merge(struct book *book, lxw_worksheet *sheet, lxw_row_t first_row, lxw_col_t first,
                lxw_row_t last_row, lxw_col_t last, const char *text, enum style style)
{
    if (!sheet)
        return;
    if (first_row == last_row && first == last)
        book_text(book, sheet, first_row, first, text, style);
    else
        book_check(book,
                   worksheet_merge_range(sheet, first_row, first, last_row, last,
                                         book_plain(book, text), book->styles.formats[style]),
                   "a paragraph");
}

void book_headers(struct book *book, lxw_worksheet *sheet, lxw_row_t row,
                  const char *const *headers, const double *widths, size_t count)
{
    book_fit_row(book, sheet, row, headers, widths, count);
    for (size_t i = 0; i < count; i++)
        book_text(book, sheet, row, (lxw_col_t)i, headers[i], STYLE_HEADER);
}

void book_width(struct book *book, lxw_worksheet *sheet, lxw_col_t column, double width)
{
    if (sheet)
        book_check(book, worksheet_set_column(sheet, column, column, width, NULL), "a width");
}

void book_widths(struct book *book, lxw_worksheet *sheet, const double *widths, size_t count)
{
    for (size_t c = 0; c < count; c++)
        book_width(book, sheet, (lxw_col_t)c, widths[c]);
}

void book_fill(struct book *book, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t first,
               lxw_col_t last, enum style style)
{
    for (lxw_col_t c = first; c <= last; c++)
        book_text(book, sheet, row, c, "", style);
}

void book_code(struct book *book, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column,
               size_t indicator)
{
    const char *code = book->report->indicators[indicator].code;
    char target[64];
    if (book->detail_names && book->detail_names[indicator])
        snprintf(target, sizeof target, "'%s'!A%u", book->detail_names[indicator],
                 book->detail_rows[indicator] + 1);
    else if (book->has_definitions)
        snprintf(target, sizeof target, "Definitions!A%u", definition_row(indicator) + 1);
    else {
        book_text(book, sheet, row, column, code, STYLE_TEXT);
        return;
    }
    book_link(book, sheet, row, column, target, code);
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

void book_row_lines(struct book *book, lxw_worksheet *sheet, lxw_row_t row, unsigned lines)
{
    enum { MOST_LINES = 30 };
    const double line_height = 13;
    lines = lines > MOST_LINES ? MOST_LINES : lines;
    if (sheet && lines > 1)
        book_check(book, worksheet_set_row(sheet, row, lines * line_height + 3, NULL), "a height");
}

void book_fit_row(struct book *book, lxw_worksheet *sheet, lxw_row_t row, const char *const *texts,
                  const double *widths, size_t count)
{
    unsigned most = 1;
    for (size_t i = 0; i < count; i++) {
        unsigned lines = book_lines(texts[i], widths[i]);
        most = lines > most ? lines : most;
    }
    book_row_lines(book, sheet, row, most);
}

/* ---- sheets -------------------------------------------------------------------------------- */

/* Headers and footers have codes of their own, which begin with &, and a limit of 255 characters
 * for all of their parts. */
static void add_plain(struct buffer *out, const char *text)
{
    enum { LONGEST = 100 };
    const utf8proc_uint8_t *next = (const utf8proc_uint8_t *)text;
    size_t begin = out->length;
    while (*next && out->length - begin < LONGEST) {
        utf8proc_int32_t point;
        utf8proc_ssize_t used = utf8proc_iterate(next, -1, &point);
        if (used < 1 || point < ' ')
            buffer_add_char(out, ' ');
        else
            buffer_add(out, (const char *)next, (size_t)used);
        if (point == '&')
            buffer_add_char(out, '&');
        next += used < 1 ? 1 : used;
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

/* The number of a name, MOST_SHEETS when it is none yet. */
static size_t find_name(const struct book *book, const char *name)
{
    for (size_t i = 0; i < book->name_count; i++)
        if (strcasecmp(book->names[i], name) == 0)
            return i;
    return MOST_SHEETS;
}

/* At most 31 characters, without those that a sheet's name cannot have; returns the length. */
static size_t plain_name(const char *name, char out[LONGEST_SHEET_NAME + 1])
{
    size_t length = 0;
    for (; *name && length < LONGEST_SHEET_NAME; name++)
        out[length++] = strchr("[]:*?/\\'", *name) ? ' ' : *name;
    if (((unsigned char)*name & 0xC0) == 0x80) { /* cut in the middle of a character */
        while (length > 0 && ((unsigned char)out[length - 1] & 0xC0) == 0x80)
            length--;
        length -= length > 0;
    }
    if (length == 0)
        out[length++] = '-'; /* every sheet has a name */
    out[length] = '\0';
    return length;
}

/* The number of a name that is not taken: neither used nor, when it is to be reserved, kept. */
static size_t fit_name(struct book *book, const char *name, bool reserve)
{
    char out[LONGEST_SHEET_NAME + 1];
    size_t length = plain_name(name, out);
    size_t found = find_name(book, out);
    for (int n = 2; found < MOST_SHEETS && (reserve || book->used[found]); n++) {
        char number[8];
        int digits = snprintf(number, sizeof number, " %d", n % 1000);
        size_t most = (size_t)(LONGEST_SHEET_NAME - digits);
        memcpy(out + (length > most ? most : length), number, (size_t)digits + 1);
        found = find_name(book, out);
    }
    if (found < MOST_SHEETS)
        return found;
    if (book->name_count == MOST_SHEETS) {
        error_set(book->error, EXIT_BROKEN, "a workbook of more than %d sheets", MOST_SHEETS);
        return 0;
    }
    memcpy(book->names[book->name_count], out, sizeof out);
    return book->name_count++;
}

const char *book_name_of(const struct book *book, const char *name)
{
    char plain[LONGEST_SHEET_NAME + 1];
    plain_name(name, plain);
    size_t found = find_name(book, plain);
    return found < MOST_SHEETS ? book->names[found] : "";
}

const char *book_reserve(struct book *book, const char *name)
{
    return book->names[fit_name(book, name, true)];
}

lxw_worksheet *book_sheet(struct book *book, const char *name)
{
    if (book->error->code != EXIT_COMPLETE)
        return NULL;
    size_t number = fit_name(book, name, false);
    book->used[number] = true;
    book->sheet_name = book->names[number];
    if (book->error->code != EXIT_COMPLETE)
        return NULL;
    lxw_worksheet *sheet = workbook_add_worksheet(book->workbook, book->sheet_name);
    if (!sheet) {
        error_memory(book->error, "adding a sheet");
        return NULL;
    }
    worksheet_gridlines(sheet, LXW_HIDE_ALL_GRIDLINES);
    print_setup(book, sheet);
    return sheet;
}

lxw_row_t book_title_of(struct book *book, lxw_worksheet *sheet, const char *title, month_t month,
                        const char *note)
{
    char name[DATE_TEXT_SIZE], as_at[DATE_TEXT_SIZE], line[512];
    month_to_long(month, name);
    date_to_words(book->report->as_at, as_at);
    snprintf(line, sizeof line, "%.400s, %s", title, name);
    book_text(book, sheet, 0, 0, line, STYLE_TITLE);
    snprintf(line, sizeof line, "%.400s%s%.20s", book->report->authority,
             *book->report->authority ? "  |  as at " : "As at ", as_at);
    book_text(book, sheet, 1, 0, line, STYLE_SUBTITLE);
    book_text(book, sheet, 2, 0, note, STYLE_NOTE);
    return 4;
}

lxw_row_t book_title(struct book *book, lxw_worksheet *sheet, const char *title)
{
    return book_title_of(book, sheet, title, book->report->last,
                         book->has_suppressed
                             ? "c: suppressed, as is every count from 1 to 5 and what would give "
                               "one away. Earlier months may differ from what was published, as "
                               "records are updated."
                             : "Data is refreshed each month: earlier months may differ from what "
                               "was published, as records are updated.");
}

void book_name(struct book *book, const char *name, lxw_row_t first_row, lxw_row_t last_row,
               lxw_col_t last_column)
{
    char first[16], last[16], range[128], plain[64];
    lxw_rowcol_to_cell_abs(first, first_row, 0, true, true);
    lxw_rowcol_to_cell_abs(last, last_row, last_column, true, true);
    snprintf(range, sizeof range, "='%s'!%s:%s", book->sheet_name, first, last);
    size_t length = 0;
    for (; *name && length < sizeof plain - 8; name++) {
        bool letter = (*name | 0x20) >= 'a' && (*name | 0x20) <= 'z';
        bool digit = length > 0 && *name >= '0' && *name <= '9'; /* no name begins with one */
        plain[length++] = letter || digit ? *name : '_';
    }
    snprintf(plain + length, 8, "_table");
    book_check(book, workbook_define_name(book->workbook, plain, range), "its name");
}

void book_pane(struct book *book, lxw_worksheet *sheet, const char *name, lxw_row_t header,
               lxw_row_t last_row, lxw_col_t last_column)
{
    if (!sheet)
        return;
    worksheet_freeze_panes(sheet, header + 1, 2);
    book_name(book, name, header, last_row, last_column);
}

void book_table(struct book *book, lxw_worksheet *sheet, const char *name, lxw_row_t header,
                lxw_row_t last_row, lxw_col_t last_column)
{
    if (!sheet)
        return;
    book_pane(book, sheet, name, header, last_row, last_column);
    book_check(book, worksheet_repeat_rows(sheet, header, header), "its titles");
    book_check(book, worksheet_print_area(sheet, 0, 0, last_row, last_column), "its print area");
}

/* ---- the whole ----------------------------------------------------------------------------- */

static bool is_suppressed(const struct report *report, const struct result *results)
{
    for (int m = 0; m < report->months; m++)
        if (results[m].state && strcmp(results[m].state, "suppressed") == 0)
            return true;
    return false;
}

static bool has_suppressed(const struct report *report)
{
    for (size_t i = 0; i < report->indicator_count; i++)
        if (is_suppressed(report, report->indicators[i].results))
            return true;
    for (size_t m = 0; m < report->member_count; m++)
        if (is_suppressed(report, report->members[m].results))
            return true;
    return false;
}

static void set_properties(struct book *book, const char *title)
{
    lxw_doc_properties properties = {0};
    union {
        const char *in;
        char *out; /* the library does not change it, but says so nowhere */
    } text = {.in = title};
    char program[] = "monthend";
    properties.title = text.out;
    properties.author = program;
    /* Not the clock: equal input gives equal bytes. */
    properties.created = (time_t)moment_of_date(book->report->as_at);
    book_check(book, workbook_set_properties(book->workbook, &properties), "its properties");
}

int book_open(struct book *book, const struct report *report, const char *path, const char *folder,
              const char *title, bool constant_memory, struct error *error)
{
    union {
        const char *in;
        char *out;
    } temporary = {.in = folder};
    lxw_workbook_options options = {.tmpdir = temporary.out, .constant_memory = constant_memory};
    *book = (struct book){.report = report, .error = error, .sheet_name = ""};
    book->workbook = workbook_new_opt(path, &options);
    if (!book->workbook || !styles_make(&book->styles, book->workbook))
        return error_memory(error, "making the workbook");
    set_properties(book, title);
    book->has_suppressed = has_suppressed(report);
    return error->code == EXIT_COMPLETE ? 0 : -1;
}

/* The library prints its errors on standard error as well as returning them; here they are
 * returned. */
static lxw_error close_quietly(lxw_workbook *workbook)
{
    int kept = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (kept >= 0 && nowhere >= 0)
        dup2(nowhere, STDERR_FILENO);
    lxw_error code = workbook_close(workbook);
    int cause = errno;
    if (kept >= 0 && nowhere >= 0)
        dup2(kept, STDERR_FILENO);
    if (kept >= 0)
        close(kept);
    if (nowhere >= 0)
        close(nowhere);
    errno = cause;
    return code;
}

int book_close(struct book *book)
{
    struct error *error = book->error;
    book->sheet_name = "";
    if (book->workbook) {
        errno = 0;
        lxw_error code = close_quietly(book->workbook);
        if (code != LXW_NO_ERROR)
            error_set(error, EXIT_IO, "cannot write the workbook: %s%s%s", lxw_strerror(code),
                      errno ? ": " : "", errno ? strerror(errno) : "");
    }
    buffer_free(&book->scratch);
    free(book->detail_names);
    free(book->detail_rows);
    book->workbook = NULL;
    book->detail_names = NULL;
    book->detail_rows = NULL;
    return error->code == EXIT_COMPLETE ? 0 : -1;
}
