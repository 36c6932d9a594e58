/*
 * sheet_caseloads.c - cases by service, team and worker, each with a bar against its target.
 *
 * A worker's target is that of the most particular average that counts them: the last in the order
 * of the definitions. A team or service has the target of the last average that counts all of its
 * cases, none where no average does.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "outputs/sheets.h"

enum { SERVICE, TEAM, WORKER, CASES, EQUIVALENTS, AVERAGE, TARGET, OF_TARGET, COLUMNS };

static const double widths[COLUMNS] = {40, 30, 30, 10, 13, 13, 10, 30};

/* How far two rows agree: 3, the same worker; 2, the same team; 1, the same service; 0, neither. */
static int common(const struct report_caseload *a, const struct report_caseload *b)
{
    if (strcmp(a->service, b->service) != 0)
        return 0;
    if (strcmp(a->team, b->team) != 0)
        return 1;
    return strcmp(a->worker, b->worker) == 0 ? 3 : 2;
}

static int compare_caseloads(const void *a, const void *b)
{
    const struct report_caseload *x = *(const struct report_caseload *const *)a;
    const struct report_caseload *y = *(const struct report_caseload *const *)b;
    int order = strcmp(x->service, y->service);
    if (order == 0)
        order = strcmp(x->team, y->team);
    if (order == 0)
        order = strcmp(x->worker, y->worker);
    return order ? order : (x->indicator > y->indicator) - (x->indicator < y->indicator);
}

struct caseloads {
    struct book *book;
    lxw_worksheet *sheet;
    const struct report_caseload **rows; /* in order */
    size_t count;
    double *sums; /* of each indicator: a scratch */
};

struct load {
    double cases, equivalents;
    const struct result *target; /* NULL: none */
};

/* The rows from one to before another as one: each worker's cases once, by the average that counts
 * most of them. */
static struct load total_of(const struct caseloads *caseloads, size_t first, size_t last)
{
    const struct report *report = caseloads->book->report;
    struct load load = {0};
    memset(caseloads->sums, 0, report->indicator_count * sizeof *caseloads->sums);
    for (size_t r = first; r < last;) {
        double cases = 0;
        double equivalents = 0;
        size_t next = r;
        for (; next < last && common(caseloads->rows[r], caseloads->rows[next]) == 3; next++) {
            const struct report_caseload *row = caseloads->rows[next];
            caseloads->sums[row->indicator] += row->cases;
            if (row->cases > cases) {
                cases = row->cases;
                equivalents = row->equivalents;
            }
        }
        load.cases += cases;
        load.equivalents += equivalents;
        r = next;
    }
    for (size_t i = 0; i < report->indicator_count; i++)
        if (caseloads->sums[i] == load.cases && report_now(report, i)->has_target)
            load.target = report_now(report, i);
    return load;
}

/* A line for the rows from one to before another: of a service, a team or a worker. */
static void write_load(const struct caseloads *caseloads, lxw_row_t row, int level, size_t first,
                       size_t last)
{
    struct book *book = caseloads->book;
    lxw_worksheet *sheet = caseloads->sheet;
    struct load load = total_of(caseloads, first, last);
    const struct report_caseload *of = caseloads->rows[first];
    bool total = level < WORKER;
    const char *const names[] = {of->service, of->team, of->worker};
    for (int c = SERVICE; c <= WORKER; c++)
        book_text(book, sheet, row, (lxw_col_t)c,
                  c > level           ? ""
                  : *names[c] != '\0' ? names[c]
                                      : "(not recorded)",
                  total ? STYLE_TOTAL_TEXT : STYLE_TEXT);
    book_number(book, sheet, row, CASES, load.cases, total ? STYLE_TOTAL_NUMBER : STYLE_NUMBER);
    book_number(book, sheet, row, EQUIVALENTS, load.equivalents,
                total ? STYLE_TOTAL_DECIMAL : STYLE_DECIMAL);
    bool divides = load.equivalents > 0;
    if (divides)
        book_number(book, sheet, row, AVERAGE, load.cases / load.equivalents,
                    total ? STYLE_TOTAL_AVERAGE : STYLE_AVERAGE);
    else
        book_text(book, sheet, row, AVERAGE, "-", STYLE_CENTRE);
    if (load.target)
        book_number(book, sheet, row, TARGET, load.target->target, STYLE_CENTRE);
    else
        book_text(book, sheet, row, TARGET, "", STYLE_CENTRE);
    if (load.target && divides && load.target->target > 0)
        book_number(book, sheet, row, OF_TARGET,
                    load.cases / load.equivalents / load.target->target, STYLE_BAR);
    else
        book_text(book, sheet, row, OF_TARGET, "", STYLE_CENTRE);
    lxw_row_col_options outline = {.level = (uint8_t)level};
    book_check(book, worksheet_set_row_opt(sheet, row, LXW_DEF_ROW_HEIGHT, NULL, &outline),
               "an outline");
}

/* The first row of the next service, team or worker. */
static size_t next_of(const struct caseloads *caseloads, size_t first, int level)
{
    size_t next = first;
    while (next < caseloads->count && common(caseloads->rows[first], caseloads->rows[next]) > level)
        next++;
    return next;
}

static lxw_row_t write_loads(const struct caseloads *caseloads, lxw_row_t row)
{
    for (size_t s = 0; s < caseloads->count;) {
        size_t service_end = next_of(caseloads, s, SERVICE);
        write_load(caseloads, row++, SERVICE, s, service_end);
        for (size_t t = s; t < service_end;) {
            size_t team_end = next_of(caseloads, t, TEAM);
            write_load(caseloads, row++, TEAM, t, team_end);
            for (size_t w = t; w < team_end;) {
                size_t worker_end = next_of(caseloads, w, WORKER);
                write_load(caseloads, row++, WORKER, w, worker_end);
                w = worker_end;
            }
            t = team_end;
        }
        s = service_end;
    }
    return row;
}

/* Bars of one scale, as long as twice the target: a full half is the target. */
static void draw_bars(const struct caseloads *caseloads, lxw_row_t first, lxw_row_t last)
{
    lxw_conditional_format bars = {.type = LXW_CONDITIONAL_DATA_BAR,
                                   .data_bar_2010 = LXW_TRUE,
                                   .bar_solid = LXW_TRUE,
                                   .bar_color = COLOUR_BAR,
                                   .min_rule_type = LXW_CONDITIONAL_RULE_TYPE_NUMBER,
                                   .min_value = 0,
                                   .max_rule_type = LXW_CONDITIONAL_RULE_TYPE_NUMBER,
                                   .max_value = 2};
    book_check(caseloads->book,
               worksheet_conditional_format_range(caseloads->sheet, first, OF_TARGET, last,
                                                  OF_TARGET, &bars),
               "its bars");
}

void sheet_caseloads(struct book *book)
{
    static const char *const headers[COLUMNS] = {"Service",
                                                 "Team",
                                                 "Worker",
                                                 "Cases",
                                                 "Full-time equivalents",
                                                 "Cases per equivalent",
                                                 "Target",
                                                 "Of the target"};
    const struct report *report = book->report;
    if (report->caseload_count == 0)
        return;
    struct caseloads caseloads = {.book = book, .sheet = book_sheet(book, "Caseloads")};
    caseloads.rows = calloc(report->caseload_count, sizeof *caseloads.rows);
    caseloads.sums = calloc(report->indicator_count + 1, sizeof *caseloads.sums);
    if (!caseloads.rows || !caseloads.sums)
        error_memory(book->error, "listing the caseloads");
    if (book->error->code == EXIT_COMPLETE) {
        for (size_t c = 0; c < report->caseload_count; c++)
            caseloads.rows[caseloads.count++] = &report->caseloads[c];
        qsort(caseloads.rows, caseloads.count, sizeof *caseloads.rows, compare_caseloads);
        book_widths(book, caseloads.sheet, widths, COLUMNS);
        lxw_row_t header = book_title(book, caseloads.sheet, "Caseloads");
        book_headers(book, caseloads.sheet, header, headers, widths, COLUMNS);
        lxw_row_t row = write_loads(&caseloads, header + 1);
        draw_bars(&caseloads, header + 1, row - 1);
        worksheet_outline_settings(caseloads.sheet, true, false, false, false);
        book_table(book, caseloads.sheet, "Caseloads", header, row - 1, COLUMNS - 1);
        book_check(book, worksheet_autofilter(caseloads.sheet, header, 0, row - 1, COLUMNS - 1),
                   "its filter");
    }
    free(caseloads.rows);
    free(caseloads.sums);
}
