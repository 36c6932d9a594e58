#include <csv.h>
#include <stdio.h>
#include <string.h>

#include "etl/decimal.h"
#include "outputs/figures.h"

/* Texts stand in quotes, numbers and empty fields do not. */
struct line {
    struct buffer *out;
    struct buffer quoted;
    bool safe;
    bool begun;
};

static void separate(struct line *line)
{
    if (line->begun)
        buffer_add_char(line->out, ',');
    line->begun = true;
}

static void add_text(struct line *line, const char *text)
{
    separate(line);
    if (!text || !*text)
        return;
    bool formula = line->safe && strchr("=+-@\t\r", *text);
    line->quoted.length = 0;
    if (formula)
        buffer_add_char(&line->quoted, '\'');
    buffer_add_text(&line->quoted, text);
    size_t most = 2 * line->quoted.length + 2; /* each quote doubled, and two around */
    size_t length = line->quoted.length;
    for (size_t pad = 0; pad < most; pad++)
        buffer_add_char(&line->quoted, ' ');
    if (line->quoted.failed)
        return;
    char *room = line->quoted.text + length;
    buffer_add(line->out, room, csv_write(room, most, line->quoted.text, length));
}

static void add_decimal(struct line *line, decimal_t number)
{
    char text[DECIMAL_TEXT_SIZE];
    separate(line);
    if (number != NO_DECIMAL)
        buffer_add(line->out, text, (size_t)decimal_to_text(number, text));
}

static void add_number(struct line *line, bool there, double number)
{
    add_decimal(line, there ? decimal_from_double(number) : NO_DECIMAL);
}

static void end_line(struct line *line)
{
    buffer_add_text(line->out, "\r\n");
    line->begun = false;
}

static void add_cell(struct line *line, const struct report *report, size_t number, int place,
                     const char *dimension, const char *member, const struct result *result)
{
    const struct report_indicator *indicator = &report->indicators[number];
    char month[DATE_TEXT_SIZE];
    month_to_iso(report_month(report, place), month);
    add_text(line, indicator->code);
    add_text(line, indicator->section);
    add_text(line, indicator->title);
    add_text(line, month);
    add_text(line, dimension);
    add_text(line, member);
    add_text(line, result->state);
    add_number(line, result_has_value(result), result->value);
    add_decimal(line, result->numerator);
    add_decimal(line, result->denominator);
    add_text(line, indicator->unit);
    add_text(line, indicator->better);
    add_number(line, result->has_target, result->target);
    add_text(line, result->change);
    add_text(line, result->rag);
    end_line(line);
}

int figures_csv(const struct report *report, bool safe, struct buffer *out)
{
    static const char header[] = "code,section,indicator,month,dimension,member,state,value,"
                                 "numerator,denominator,unit,better,target,change,rag\r\n";
    struct line line = {.out = out, .safe = safe};
    buffer_add_text(out, header);
    for (size_t i = 0; i < report->indicator_count; i++)
        for (int m = 0; m < report->months; m++)
            add_cell(&line, report, i, m, "", "", &report->indicators[i].results[m]);
    for (size_t n = 0; n < report->member_count; n++) {
        const struct report_member *member = &report->members[n];
        for (int m = 0; m < report->months; m++)
            if (member->results[m].state)
                add_cell(&line, report, member->indicator, m, member->dimension, member->member,
                         &member->results[m]);
    }
    bool failed = out->failed || line.quoted.failed;
    buffer_free(&line.quoted);
    return failed ? -1 : 0;
}
