#include <stdio.h>
#include <string.h>

#include "outputs/section.h"

bool breakdown_is_charted(const struct report *report, size_t first_member)
{
    enum { FEWEST = 2, MOST = 40 };
    static const char *const organisation[] = {"service", "team", "worker"};
    const char *dimension = report->members[first_member].dimension;
    for (size_t d = 0; d < sizeof organisation / sizeof *organisation; d++)
        if (strcmp(dimension, organisation[d]) == 0)
            return false;
    size_t count = report_breakdown(report, first_member);
    return count >= FEWEST && count <= MOST;
}

void section_members(const struct section *section, size_t *first, size_t *last)
{
    const struct report *report = section->book->report;
    size_t m = 0;
    while (m < report->member_count && report->members[m].indicator < section->first)
        m++;
    *first = m;
    while (m < report->member_count &&
           report->members[m].indicator < section->first + section->count)
        m++;
    *last = m;
}

static void write_member(struct section *section, lxw_row_t row, const struct report_member *member)
{
    struct book *book = section->book;
    const struct report *report = book->report;
    const struct report_indicator *indicator = &report->indicators[member->indicator];
    book_text(book, section->sheet, row, SECTION_CODE, "", STYLE_TEXT);
    book_text(book, section->sheet, row, SECTION_TITLE, member->member, STYLE_TEXT);
    for (int m = 0; m < report->months; m++)
        book_result(book, section->sheet, row, (lxw_col_t)(SECTION_FIRST_MONTH + m), indicator,
                    &member->results[m]);
    book_text(book, section->sheet, row, section->target, "", STYLE_CENTRE);
}

lxw_row_t section_breakdowns(struct section *section, lxw_row_t row, lxw_row_t *rows)
{
    struct book *book = section->book;
    const struct report *report = book->report;
    size_t first, last;
    section_members(section, &first, &last);
    for (size_t m = first; m < last;) {
        const struct report_member *member = &report->members[m];
        const struct report_indicator *indicator = &report->indicators[member->indicator];
        size_t count = report_breakdown(report, m);
        char line[256];
        snprintf(line, sizeof line, "By %s: %.200s", member->dimension, indicator->title);
        book_text(book, section->sheet, row, SECTION_CODE, indicator->code, STYLE_SECTION);
        book_text(book, section->sheet, row, SECTION_TITLE, line, STYLE_SECTION);
        book_fill(book, section->sheet, row, SECTION_FIRST_MONTH, section->target, STYLE_SECTION);
        row++;
        for (size_t i = 0; i < count; i++) {
            rows[m - first + i] = row;
            write_member(section, row++, &report->members[m + i]);
        }
        m += count;
        row++;
    }
    return row;
}
