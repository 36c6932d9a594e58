#include <stdio.h>
#include <string.h>

#include "outputs/section.h"

/* A paragraph over all the columns, as many rows as its lines take. */
static void write_paragraph(struct section *section, const char *text, enum style style)
{
    enum { MOST_LINES = 40, CODE_WIDTH = 9 };
    double width = CODE_WIDTH + SECTION_TITLE_WIDTH +
                   (section->target - SECTION_FIRST_MONTH + 1) * SECTION_MONTH_WIDTH;
    unsigned lines = book_lines(text, width);
    lines = lines > MOST_LINES ? MOST_LINES : lines;
    lxw_row_t row = section_place(section, lines);
    book_merge(section->book, section->sheet, row, SECTION_CODE, row + lines - 1, section->target,
               text, style);
}

/* Not at the foot of a page: the first lines of what follows go with it. */
static void write_heading(struct section *section, const char *text)
{
    enum { GOES_WITH_IT = 3 };
    lxw_row_t row = section_place(section, GOES_WITH_IT);
    section->row = row + 1;
    book_text(section->book, section->sheet, row, SECTION_CODE, text, STYLE_BAND);
    book_fill(section->book, section->sheet, row, SECTION_TITLE, section->target, STYLE_BAND);
}

/* Whose it is, when it is due, and how it stands. */
static void add_owner(const struct report *report, const struct report_comment *comment,
                      struct buffer *out)
{
    const char *between = "";
    if (*comment->owner) {
        buffer_format(out, "Owner: %s", comment->owner);
        between = "  |  ";
    }
    if (comment->due != NO_DATE) {
        char due[DATE_TEXT_SIZE];
        date_to_words(comment->due, due);
        buffer_format(out, "%sdue %s%s", between, due,
                      comment_is_overdue(report, comment) ? " (overdue)" : "");
        between = "  |  ";
    }
    if (*comment->status)
        buffer_format(out, "%s%s", between, comment->status);
}

static void write_comments(struct section *section, bool actions)
{
    const struct report *report = section->book->report;
    const char *name = report->indicators[section->first].section;
    struct buffer text = {0};
    bool any = false;
    for (size_t c = 0; c < report->comment_count; c++) {
        const struct report_comment *comment = &report->comments[c];
        if (comment->action != actions || comment->month != report->last ||
            strcasecmp(comment->section, name) != 0)
            continue;
        if (!any)
            write_heading(section, actions ? "Action to be taken" : "Commentary");
        any = true;
        text.length = 0;
        buffer_format(&text, "\u2022 %s", comment->text);
        write_paragraph(section, text.failed ? "" : text.text, STYLE_PROSE);
        text.length = 0;
        if (actions)
            add_owner(report, comment, &text);
        if (text.length > 0)
            write_paragraph(section, text.failed ? "" : text.text, STYLE_SMALL);
    }
    if (text.failed)
        error_memory(section->book->error, "writing the commentary");
    buffer_free(&text);
    if (any)
        section->row++; /* a row between it and what follows */
}

void section_words(struct section *section)
{
    write_comments(section, false);
    write_comments(section, true);
}
