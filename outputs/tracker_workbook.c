#include "outputs/tracker_workbook.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "etl/decimal.h"
#include "outputs/book.h"

enum { HEADER_ROW = 4 };

/* ---- reading -------------------------------------------------------------------------------- */

static const char *keep(struct tracker_children *children, const struct stream_reader *reader,
                        const char *name)
{
    struct span field = stream_field(reader, name);
    const char *copy = arena_copy(&children->arena, field.text, field.length);
    if (!copy)
        error_memory(children->error, "reading the children");
    return copy ? copy : "";
}

static double number(const struct stream_reader *reader, const char *name)
{
    decimal_t value = decimal_from_text(stream_field(reader, name));
    return value == NO_DECIMAL ? 0 : (double)value / DECIMAL_ONE;
}

int tracker_children_add(void *context, const struct report *report,
                         const struct stream_reader *reader)
{
    (void)report;
    struct tracker_children *children = context;
    struct tracker_child *room =
        grow(children->children, &children->capacity, children->count + 1, sizeof *room);
    if (!room)
        return error_memory(children->error, "reading the children");
    children->children = room;
    struct tracker_child *child = &room[children->count++];
    *child = (struct tracker_child){.child = keep(children, reader, "child"),
                                    .from = keep(children, reader, "from"),
                                    .placement = keep(children, reader, "placement"),
                                    .service = keep(children, reader, "service"),
                                    .team = keep(children, reader, "team"),
                                    .worker = keep(children, reader, "worker"),
                                    .answers = keep(children, reader, "answers"),
                                    .started = moment_from_iso(stream_field(reader, "started")),
                                    .missing = span_is(stream_field(reader, "missing"), "yes"),
                                    .episodes = number(reader, "episodes"),
                                    .hours = number(reader, "hours"),
                                    .gaps = number(reader, "gaps")};
    if (stream_at(reader, stream_field(reader, "@"), &child->source, &child->row) < 0)
        return stream_error(reader, children->error, "'@' is not the number of a source and a row");
    return children->error->code == EXIT_COMPLETE ? 0 : -1;
}

void tracker_children_free(struct tracker_children *children)
{
    free(children->children);
    arena_free(&children->arena);
    *children = (struct tracker_children){0};
}

/* The most gaps first, then the longest missing. */
static int compare_children(const void *a, const void *b)
{
    const struct tracker_child *x = a;
    const struct tracker_child *y = b;
    if (x->gaps != y->gaps)
        return x->gaps > y->gaps ? -1 : 1;
    if (x->hours != y->hours)
        return x->hours > y->hours ? -1 : 1;
    return strcmp(x->child, y->child);
}

static int compare_holders(const void *a, const void *b)
{
    const struct tracker_child *x = *(const struct tracker_child *const *)a;
    const struct tracker_child *y = *(const struct tracker_child *const *)b;
    int order = strcmp(x->service, y->service);
    if (order == 0)
        order = strcmp(x->team, y->team);
    if (order == 0)
        order = strcmp(x->worker, y->worker);
    return order ? order : compare_children(x, y);
}

/* ---- what the sheets have in common --------------------------------------------------------- */

struct answer {
    unsigned met, asked;
};

/* The next answer of the list, which is moved on. */
static struct answer next_answer(const char **list)
{
    struct answer answer = {0, 0};
    int used = 0;
    if (sscanf(*list, "%u/%u%n", &answer.met, &answer.asked, &used) < 2)
        return (struct answer){0, 0};
    *list += used;
    return answer;
}

static void write_title(struct book *book, lxw_worksheet *sheet, const char *title,
                        const char *note)
{
    const struct report_week *week = &book->report->weeks[0];
    char first[DATE_TEXT_SIZE], last[DATE_TEXT_SIZE], as_at[DATE_TEXT_SIZE], line[320];
    date_to_words(week->first, first);
    date_to_words(week->last, last);
    date_to_words(book->report->as_at, as_at);
    snprintf(line, sizeof line, "%s, week %.16s: %s to %s", title, week->week, first, last);
    book_text(book, sheet, 0, 0, line, STYLE_TITLE);
    snprintf(line, sizeof line, "%.200s%s%s", book->report->authority,
             *book->report->authority ? "  |  as at " : "As at ", as_at);
    book_text(book, sheet, 1, 0, line, STYLE_SUBTITLE);
    book_text(book, sheet, 2, 0, note, STYLE_NOTE);
}

/* ---- summary -------------------------------------------------------------------------------- */

enum { S_CODE, S_TITLE, S_NOW, S_BEFORE, S_CHANGE, S_ASKED, S_MET, S_COLUMNS };

static const double summary_widths[S_COLUMNS] = {9, 60, 14, 18, 22, 12, 12};

static void write_change(struct book *book, lxw_worksheet *sheet, lxw_row_t row, double now,
                         double before)
{
    char text[64];
    if (now == before)
        snprintf(text, sizeof text, "\u25BA no change");
    else
        snprintf(text, sizeof text, "%s %.0f %s", now > before ? "\u25B2" : "\u25BC",
                 now > before ? now - before : before - now, now > before ? "more" : "fewer");
    book_text(book, sheet, row, S_CHANGE, text, style_of_course((now < before) - (now > before)));
}

static void write_count(struct book *book, lxw_worksheet *sheet, lxw_row_t row, const char *title,
                        double now, double before)
{
    book_text(book, sheet, row, S_CODE, "", STYLE_TEXT);
    book_text(book, sheet, row, S_TITLE, title, STYLE_TEXT);
    book_number(book, sheet, row, S_NOW, now, STYLE_NUMBER);
    book_number(book, sheet, row, S_BEFORE, before, STYLE_NUMBER);
    write_change(book, sheet, row, now, before);
    book_fill(book, sheet, row, S_ASKED, S_MET, STYLE_TEXT);
}

static void write_check(struct book *book, lxw_worksheet *sheet, lxw_row_t row,
                        const struct report_check *check)
{
    double now = check->asked - check->met;
    double before = check->asked_before - check->met_before;
    book_text(book, sheet, row, S_CODE, check->code, STYLE_TEXT);
    book_text(book, sheet, row, S_TITLE, check->title, STYLE_TEXT);
    if (!check->fed) {
        book_text(book, sheet, row, S_NOW, "no data", STYLE_CENTRE);
        book_fill(book, sheet, row, S_BEFORE, S_MET, STYLE_CENTRE);
        return;
    }
    book_number(book, sheet, row, S_NOW, now, STYLE_NUMBER);
    book_number(book, sheet, row, S_BEFORE, before, STYLE_NUMBER);
    write_change(book, sheet, row, now, before);
    book_number(book, sheet, row, S_ASKED, check->asked, STYLE_NUMBER);
    book_number(book, sheet, row, S_MET, check->met, STYLE_NUMBER);
}

static void write_summary(struct book *book)
{
    static const char *const headers[S_COLUMNS] = {
        "", "The week", "This week", "The week before", "Change", "", ""};
    static const char *const gap_headers[S_COLUMNS] = {
        "Code", "Not recorded", "Gaps", "Gaps the week before", "Change", "Asked", "Recorded"};
    const struct report *report = book->report;
    const struct report_week *now = &report->weeks[0];
    const struct report_week *before = &report->weeks[1];
    double gaps = 0;
    double gaps_before = 0;
    lxw_worksheet *sheet = book_sheet(book, "Summary");
    lxw_row_t row = HEADER_ROW;
    book_widths(book, sheet, summary_widths, S_COLUMNS);
    write_title(book, sheet, "Missing tracker",
                "Restricted: rows about single children. The week before is counted as it is "
                "recorded now.");
    book_headers(book, sheet, row++, headers, summary_widths, S_COLUMNS);
    write_count(book, sheet, row++, "Children missing", now->children, before->children);
    write_count(book, sheet, row++, "Episodes", now->episodes, before->episodes);
    write_count(book, sheet, row++, "Hours missing", now->hours, before->hours);
    write_count(book, sheet, row++, "Still missing at the end of the week", now->missing,
                before->missing);
    book_name(book, "Week", HEADER_ROW, row - 1, S_COLUMNS - 1);
    lxw_row_t header = ++row;
    book_headers(book, sheet, row++, gap_headers, summary_widths, S_COLUMNS);
    for (size_t c = 0; c < report->check_count; c++) {
        const struct report_check *check = &report->checks[c];
        gaps += check->asked - check->met;
        gaps_before += check->asked_before - check->met_before;
        write_check(book, sheet, row++, check);
    }
    write_count(book, sheet, row, "All gaps", gaps, gaps_before);
    book_name(book, "Gaps", header, row, S_COLUMNS - 1);
    book_check(book, worksheet_print_area(sheet, 0, 0, row, S_COLUMNS - 1), "its print area");
}

/* ---- children ------------------------------------------------------------------------------- */

enum {
    C_CHILD,
    C_EPISODES,
    C_HOURS,
    C_STARTED,
    C_MISSING,
    C_FROM,
    C_PLACEMENT,
    C_SERVICE,
    C_TEAM,
    C_WORKER,
    C_GAPS,
    C_FIRST_CHECK
};

static const double child_widths[C_FIRST_CHECK] = {10, 9, 7, 16, 9, 10, 14, 17, 15, 15, 6};

static void write_answer(struct book *book, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column,
                         const struct report_check *check, struct answer answer)
{
    char text[32];
    if (!check->fed || answer.asked == 0) {
        book_text(book, sheet, row, column, check->fed ? "-" : "no data", STYLE_CENTRE);
        return;
    }
    if (answer.asked == 1)
        snprintf(text, sizeof text, "%s", answer.met ? "Yes" : "No");
    else
        snprintf(text, sizeof text, "%u of %u", answer.met, answer.asked);
    book_text(book, sheet, row, column, text,
              answer.met == answer.asked ? STYLE_GREEN
              : answer.met == 0          ? STYLE_RED
                                         : STYLE_AMBER);
}

static void write_child(struct book *book, lxw_worksheet *sheet, lxw_row_t row,
                        const struct tracker_child *child)
{
    const struct report *report = book->report;
    const struct report_source *source = report_source(report, child->source);
    const char *const texts[C_GAPS] = {
        child->child,   "",          "",           "", "", child->from, child->placement,
        child->service, child->team, child->worker};
    const char *answers = child->answers;
    char started[DATE_TEXT_SIZE];
    moment_to_words(child->started, started);
    book_fit_row(book, sheet, row, texts, child_widths, C_GAPS);
    for (lxw_col_t c = C_CHILD; c < C_GAPS; c++)
        book_text(book, sheet, row, c, texts[c], STYLE_WRAP);
    book_number(book, sheet, row, C_EPISODES, child->episodes, STYLE_NUMBER);
    book_number(book, sheet, row, C_HOURS, child->hours, STYLE_NUMBER);
    book_text(book, sheet, row, C_STARTED, started, STYLE_CENTRE);
    book_text(book, sheet, row, C_MISSING, child->missing ? "Yes" : "No", STYLE_CENTRE);
    book_number(book, sheet, row, C_GAPS, child->gaps, STYLE_NUMBER);
    for (size_t c = 0; c < report->check_count; c++)
        write_answer(book, sheet, row, (lxw_col_t)(C_FIRST_CHECK + c), &report->checks[c],
                     next_answer(&answers));
    lxw_col_t last = (lxw_col_t)(C_FIRST_CHECK + report->check_count);
    book_text(book, sheet, row, last, source->file, STYLE_TEXT);
    book_number(book, sheet, row, last + 1, child->row, STYLE_COUNT);
}

static void write_children(struct book *book, const struct tracker_children *children)
{
    static const char *const headers[C_FIRST_CHECK] = {
        "Child",     "Episodes", "Hours", "Latest began", "Still missing", "From",
        "Placement", "Service",  "Team",  "Worker",       "Gaps"};
    enum { CHECK_WIDTH = 11 };
    const double check_width = CHECK_WIDTH;
    const struct report *report = book->report;
    lxw_worksheet *sheet = book_sheet(book, "Children");
    lxw_col_t last = (lxw_col_t)(C_FIRST_CHECK + report->check_count);
    unsigned lines = 1;
    write_title(book, sheet, "Children missing",
                "The most gaps first, then the longest missing. -: not asked, as of interviews "
                "before the child was found or the offer accepted.");
    book_widths(book, sheet, child_widths, C_FIRST_CHECK);
    for (size_t c = 0; c < report->check_count; c++) {
        unsigned needed = book_lines(report->checks[c].title, check_width);
        lines = needed > lines ? needed : lines;
        book_width(book, sheet, (lxw_col_t)(C_FIRST_CHECK + c), check_width);
    }
    book_row_lines(book, sheet, HEADER_ROW, lines > 2 ? lines : 2);
    for (lxw_col_t c = 0; c < C_FIRST_CHECK; c++)
        book_text(book, sheet, HEADER_ROW, c, headers[c], STYLE_HEADER);
    for (size_t c = 0; c < report->check_count; c++)
        book_text(book, sheet, HEADER_ROW, (lxw_col_t)(C_FIRST_CHECK + c), report->checks[c].title,
                  STYLE_HEADER_CENTRE);
    book_width(book, sheet, last, 32);
    book_width(book, sheet, last + 1, 8);
    book_text(book, sheet, HEADER_ROW, last, "Source file", STYLE_HEADER);
    book_text(book, sheet, HEADER_ROW, last + 1, "Row", STYLE_HEADER);
    lxw_row_t row = HEADER_ROW + 1;
    for (size_t c = 0; c < children->count; c++)
        write_child(book, sheet, row++, &children->children[c]);
    if (children->count == 0) {
        book_text(book, sheet, row, 0, "No child was missing in the week.", STYLE_NOTE);
        row++;
    }
    book_table(book, sheet, "Children", HEADER_ROW, row - 1, last + 1);
    book_check(book, worksheet_autofilter(sheet, HEADER_ROW, 0, row - 1, last + 1), "its filter");
}

/* ---- to escalate ---------------------------------------------------------------------------- */

enum { E_SERVICE, E_TEAM, E_WORKER, E_CHILD, E_LACKING, E_COUNT, E_MISSING, E_COLUMNS };

static const double escalation_widths[E_COLUMNS] = {36, 28, 26, 14, 48, 12, 12};

static lxw_row_t write_gaps(struct book *book, lxw_worksheet *sheet, lxw_row_t row,
                            const struct tracker_child *child)
{
    const struct report *report = book->report;
    const char *answers = child->answers;
    for (size_t c = 0; c < report->check_count; c++) {
        struct answer answer = next_answer(&answers);
        const char *const texts[E_COUNT] = {child->service, child->team, child->worker,
                                            child->child, report->checks[c].title};
        if (answer.met == answer.asked)
            continue;
        book_fit_row(book, sheet, row, texts, escalation_widths, E_COUNT);
        for (lxw_col_t t = 0; t < E_COUNT; t++)
            book_text(book, sheet, row, t, texts[t], STYLE_WRAP);
        book_number(book, sheet, row, E_COUNT, answer.asked - answer.met, STYLE_NUMBER);
        book_text(book, sheet, row++, E_MISSING, child->missing ? "Yes" : "No", STYLE_CENTRE);
    }
    return row;
}

static void write_escalation(struct book *book, const struct tracker_children *children)
{
    static const char *const headers[E_COLUMNS] = {"Service",     "Team",  "Worker",       "Child",
                                                   "Outstanding", "Times", "Still missing"};
    const struct tracker_child **ordered = calloc(children->count + 1, sizeof *ordered);
    lxw_worksheet *sheet = book_sheet(book, "To escalate");
    lxw_row_t row = HEADER_ROW + 1;
    if (!ordered) {
        error_memory(book->error, "listing the children");
        return;
    }
    for (size_t c = 0; c < children->count; c++)
        ordered[c] = &children->children[c];
    qsort(ordered, children->count, sizeof *ordered, compare_holders);
    write_title(book, sheet, "Outstanding actions to escalate",
                "What is not recorded, by service, team and worker. Times: for how many episodes.");
    book_widths(book, sheet, escalation_widths, E_COLUMNS);
    book_headers(book, sheet, HEADER_ROW, headers, escalation_widths, E_COLUMNS);
    for (size_t c = 0; c < children->count; c++)
        row = write_gaps(book, sheet, row, ordered[c]);
    if (row == HEADER_ROW + 1)
        book_text(book, sheet, row++, 0, "Nothing is outstanding.", STYLE_NOTE);
    book_table(book, sheet, "To_escalate", HEADER_ROW, row - 1, E_COLUMNS - 1);
    book_check(book, worksheet_autofilter(sheet, HEADER_ROW, 0, row - 1, E_COLUMNS - 1),
               "its filter");
    free(ordered);
}

int tracker_workbook_write(const struct report *report, struct tracker_children *children,
                           const char *path, const char *folder, unsigned *cut, struct error *error)
{
    struct book book;
    if (report->week_count != 2)
        return error_set(error, EXIT_BAD_DATA, "the stream is not of a tracker's week");
    if (children->count > 1)
        qsort(children->children, children->count, sizeof *children->children, compare_children);
    if (book_open(&book, report, path, folder, "Missing tracker", false, error) == 0) {
        write_summary(&book);
        write_children(&book, children);
        write_escalation(&book, children);
    }
    *cut = book.cut;
    return book_close(&book);
}
