/*
 * worklist_sheets.c - the sheets of worklists.xlsx: a summary, and one for each indicator that has
 * rows to put right, continued on another where a sheet is full.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "etl/decimal.h"
#include "outputs/book.h"
#include "outputs/worklists.h"

enum { HEADER_ROW = 4, MOST_ROWS = 1000000 }; /* a sheet has 1,048,576 */

/* ---- the rows ------------------------------------------------------------------------------- */

enum {
    CHILD,
    RECORD,
    SERVICE,
    TEAM,
    WORKER,
    LACKING,
    DATED,
    LAST,
    DUE,
    OVERDUE,
    DONE,
    FILE_NAME,
    SHEET_NAME,
    ROW,
    COLUMNS
};

static const double widths[COLUMNS] = {11, 11, 21, 18, 18, 20, 12, 12, 12, 9, 12, 24, 11, 8};

struct listing {
    struct book *book;
    struct stream_reader *reader;
    lxw_worksheet *sheet;
    size_t indicator; /* that the sheet is of; SIZE_MAX before the first */
    lxw_row_t row;    /* the next */
    struct buffer text;
};

static void end_sheet(struct listing *listing)
{
    struct book *book = listing->book;
    if (!listing->sheet)
        return;
    book_table(book, listing->sheet, book->sheet_name, HEADER_ROW, listing->row - 1, COLUMNS - 1);
    book_check(book,
               worksheet_autofilter(listing->sheet, HEADER_ROW, 0, listing->row - 1, COLUMNS - 1),
               "its filter");
    listing->sheet = NULL;
}

static void begin_sheet(struct listing *listing, size_t number)
{
    static const char *const headers[COLUMNS] = {
        "Child", "Record", "Service",   "Team", "Worker",      "What is missing", "Record dated",
        "Last",  "Due",    "Days late", "Done", "Source file", "Source sheet",    "Source row"};
    struct book *book = listing->book;
    const struct report_indicator *indicator = &book->report->indicators[number];
    listing->indicator = number;
    listing->sheet = book_sheet(book, indicator->code);
    book_widths(book, listing->sheet, widths, COLUMNS);
    listing->text.length = 0;
    buffer_format(&listing->text, "%s  %s", indicator->code, indicator->title);
    month_t month = month_from_iso(stream_field(listing->reader, "month"));
    book_title_of(book, listing->sheet, listing->text.failed ? "" : listing->text.text, month,
                  "Most urgent first: never done, then the longest overdue; what was done, late or "
                  "since the month's end, stands last. Days late: to that day, or to the as-at "
                  "date.");
    book_headers(book, listing->sheet, HEADER_ROW, headers, widths, COLUMNS);
    listing->row = HEADER_ROW + 1;
}

static int64_t number_of(const struct listing *listing, const char *name)
{
    decimal_t number = decimal_from_text(stream_field(listing->reader, name));
    return number == NO_DECIMAL ? 0 : number / DECIMAL_ONE;
}

/* What stands in the columns of texts. */
static void gather_texts(struct listing *listing, const char *texts[COLUMNS])
{
    static const char *const names[LACKING + 1] = {"child", "record", "service",
                                                   "team",  "worker", "lacking"};
    size_t starts[LACKING + 1];
    listing->text.length = 0;
    for (size_t t = 0; t <= LACKING; t++) {
        struct span field = stream_field(listing->reader, names[t]);
        starts[t] = listing->text.length;
        buffer_add(&listing->text, field.text, field.length);
        buffer_add_char(&listing->text, '\0');
    }
    if (listing->text.failed)
        error_memory(listing->book->error, "writing the worklists");
    for (size_t t = 0; t <= LACKING; t++)
        texts[t] = listing->text.failed ? "" : listing->text.text + starts[t];
    if (*texts[LACKING])
        return;
    if (span_is(stream_field(listing->reader, "reason"), "met"))
        texts[LACKING] = "nothing: it counts against the target";
    else if (span_is(stream_field(listing->reader, "reason"), "no weight"))
        texts[LACKING] = "a number it is counted by";
    else
        texts[LACKING] = "see the definition";
}

static void write_row(struct listing *listing)
{
    static const struct {
        lxw_col_t column;
        const char *name;
    } dates[] = {{DATED, "dated"}, {LAST, "last"}, {DUE, "due"}, {DONE, "done"}};
    struct book *book = listing->book;
    lxw_worksheet *sheet = listing->sheet;
    const lxw_row_t row = listing->row++;
    const struct report_source *source =
        report_source(book->report, (unsigned)number_of(listing, "source"));
    const char *texts[COLUMNS] = {
        [DATED] = "", [LAST] = "", [DUE] = "", [OVERDUE] = "", [DONE] = "", [ROW] = ""};
    int64_t overdue = number_of(listing, "overdue");
    gather_texts(listing, texts);
    texts[FILE_NAME] = source->file;
    texts[SHEET_NAME] = source->sheet;
    book_fit_row(book, sheet, row, texts, widths, COLUMNS);
    for (lxw_col_t c = CHILD; c <= LACKING; c++)
        book_text(book, sheet, row, c, texts[c], STYLE_WRAP);
    for (size_t d = 0; d < sizeof dates / sizeof *dates; d++)
        book_date(book, sheet, row, dates[d].column,
                  date_from_iso(stream_field(listing->reader, dates[d].name)), STYLE_DATE);
    if (overdue > 0)
        book_number(book, sheet, row, OVERDUE, (double)overdue, STYLE_NUMBER);
    else
        book_text(book, sheet, row, OVERDUE, "", STYLE_CENTRE);
    book_text(book, sheet, row, FILE_NAME, source->file, STYLE_WRAP);
    book_text(book, sheet, row, SHEET_NAME, source->sheet, STYLE_WRAP);
    book_number(book, sheet, row, ROW, (double)number_of(listing, "row"), STYLE_ROW);
}

static int take_row(struct listing *listing)
{
    size_t indicator = (size_t)number_of(listing, "indicator");
    if (listing->indicator != indicator || listing->row > MOST_ROWS) {
        end_sheet(listing);
        begin_sheet(listing, indicator);
    }
    write_row(listing);
    return listing->book->error->code == EXIT_COMPLETE ? 0 : -1;
}

/* ---- the summary ---------------------------------------------------------------------------- */

enum { S_CODE, S_TITLE, S_SERVICE, S_TEAM, S_ROWS, S_OVERDUE, S_LONGEST, S_DONE, S_COLUMNS };

static void write_summary(struct book *book, const struct worklist_pile *pile)
{
    static const double summary_widths[S_COLUMNS] = {9, 70, 34, 28, 11, 11, 14, 12};
    static const char *const headers[S_COLUMNS] = {
        "Code", "Indicator", "Service", "Team", "Not met", "Overdue", "Longest (days)", "Done"};
    const struct report *report = book->report;
    lxw_worksheet *sheet = book_sheet(book, "Summary");
    char title[160];
    snprintf(title, sizeof title, "Worklists%s%.120s", *pile->name ? ": " : "", pile->name);
    book_widths(book, sheet, summary_widths, S_COLUMNS);
    book_title_of(book, sheet, title, report->last,
                  "Restricted: rows about single children. An indicator without a target has no "
                  "worklist; a code leads to its rows.");
    book_headers(book, sheet, HEADER_ROW, headers, summary_widths, S_COLUMNS);
    lxw_row_t row = HEADER_ROW + 1;
    for (size_t c = 0; c < pile->count_count; c++, row++) {
        const struct worklist_count *count = &pile->counts[c];
        const struct report_indicator *indicator = &report->indicators[count->indicator];
        char target[64];
        snprintf(target, sizeof target, "'%s'!A1", book_name_of(book, indicator->code));
        book_fit_row(book, sheet, row, &indicator->title, &summary_widths[S_TITLE], 1);
        book_link(book, sheet, row, S_CODE, target, indicator->code);
        book_text(book, sheet, row, S_TITLE, indicator->title, STYLE_WRAP);
        book_text(book, sheet, row, S_SERVICE, count->service, STYLE_TEXT);
        book_text(book, sheet, row, S_TEAM, count->team, STYLE_TEXT);
        book_number(book, sheet, row, S_ROWS, count->rows, STYLE_NUMBER);
        book_number(book, sheet, row, S_OVERDUE, count->overdue, STYLE_NUMBER);
        book_number(book, sheet, row, S_LONGEST, count->longest, STYLE_NUMBER);
        book_number(book, sheet, row, S_DONE, count->done, STYLE_NUMBER);
    }
    if (pile->count_count == 0) {
        book_text(book, sheet, row, S_CODE, "", STYLE_TEXT);
        book_text(book, sheet, row, S_TITLE, "Nothing is to be put right.", STYLE_TEXT);
        book_fill(book, sheet, row++, S_SERVICE, S_DONE, STYLE_TEXT);
    }
    book_table(book, sheet, "Summary", HEADER_ROW, row - 1, S_COLUMNS - 1);
    book_check(book, worksheet_autofilter(sheet, HEADER_ROW, 0, row - 1, S_COLUMNS - 1),
               "its filter");
}

/* ---- the workbook --------------------------------------------------------------------------- */

static int write_rows(struct book *book, struct worklist_pile *pile)
{
    struct listing listing = {.book = book, .indicator = SIZE_MAX};
    if (lseek(pile->descriptor, 0, SEEK_SET) < 0)
        return error_system(book->error, EXIT_IO, "cannot read a temporary file again");
    listing.reader = stream_reader_new(pile->descriptor, "a temporary file", false);
    int status = listing.reader ? 0 : error_memory(book->error, "writing the worklists");
    enum stream_event event = STREAM_TABLE;
    while (status == 0 && event != STREAM_END) {
        event = stream_next(listing.reader, book->error);
        if (event == STREAM_FAILED)
            status = -1;
        else if (event == STREAM_RECORD)
            status = take_row(&listing);
    }
    end_sheet(&listing);
    stream_reader_free(listing.reader);
    buffer_free(&listing.text);
    return status;
}

int worklist_write(struct worklist_pile *pile, const struct report *report, const char *path,
                   const char *folder, unsigned *cut, struct error *error)
{
    struct book book;
    if (book_open(&book, report, path, folder, "Worklists", true, error) == 0) {
        book_reserve(&book, "Summary");
        size_t before = SIZE_MAX;
        for (size_t c = 0; c < pile->count_count; c++) {
            if (pile->counts[c].indicator != before)
                book_reserve(&book, report->indicators[pile->counts[c].indicator].code);
            before = pile->counts[c].indicator;
        }
        write_summary(&book, pile);
        if (error->code == EXIT_COMPLETE)
            write_rows(&book, pile);
    }
    *cut += book.cut;
    return book_close(&book);
}
