/*
 * How many rows are behind a figure that changed: each expectation is worked out by hand.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "etl/restatement.h"
#include "etl/tables.h"

/* Writes a file of marks; its path is to be freed. */
static char *marks_file(const char *first, const char *codes, const char *rows)
{
    char *path = strdup("/tmp/monthend-test-XXXXXX");
    int descriptor = mkstemp(path);
    FILE *file = descriptor < 0 ? NULL : fdopen(descriptor, "w");
    cr_assert(file);
    struct stream_writer writer;
    stream_writer_open(&writer, fileno(file), "test");
    stream_write_table(&writer, TABLE_MARKED_MONTHS, COLUMNS_MARKED_MONTHS);
    stream_write_text(&writer, first);
    stream_write_number(&writer, 3);
    stream_write_record(&writer);
    stream_write_table_end(&writer);
    stream_write_table(&writer, TABLE_MARKED_INDICATOR, COLUMNS_MARKED_INDICATOR);
    for (struct span rest = span_of(codes); rest.text;) {
        struct span code = span_cut(&rest, ';');
        stream_write_field(&writer, code.text, code.length);
        stream_write_record(&writer);
    }
    stream_write_table_end(&writer);
    stream_write_table(&writer, TABLE_MARKED_ROW, COLUMNS_MARKED_ROW);
    for (struct span rest = span_of(rows); rest.text;) {
        struct span row = span_cut(&rest, ';');
        struct span print = span_cut(&row, ' ');
        stream_write_field(&writer, print.text, print.length);
        stream_write_field(&writer, row.text, row.length);
        stream_write_record(&writer);
    }
    stream_write_table_end(&writer);
    struct error error = {0};
    cr_assert_eq(stream_writer_close(&writer, &error), 0, "%s", error.text);
    fclose(file);
    return path;
}

static void expect(const struct restatement *cell, bool known, uint64_t added, uint64_t removed,
                   uint64_t changed)
{
    cr_expect(cell->rows_known == known && cell->added == added && cell->removed == removed &&
                  cell->changed == changed,
              "%s: known %d, %llu added, %llu removed, %llu changed", cell->now->code,
              cell->rows_known, (unsigned long long)cell->added, (unsigned long long)cell->removed,
              (unsigned long long)cell->changed);
}

/* The files number indicators and months differently: A is 0 and then 1, B 1 and then 0; May is the
 * first month of one, June of the other. Month bits are hexadecimal: 1 is the first, 6 the second
 * and third. */
Test(restatement, rows_are_counted_for_every_cell_in_one_walk)
{
    char *then = marks_file("2019-05", "A;B", "0a 0:2:2,1:2;0b 0:6;0c 1:2;0e 0:2:2;0e 0:2:2");
    char *now = marks_file("2019-06", "B;A", "0b 1:3:1;0d 1:1,0:2;0e 1:1:1;0f ");
    const struct report_cell cells[] = {
        {.code = "A", .month = month_from_iso(SPAN("2019-06"))},
        {.code = "A", .month = month_from_iso(SPAN("2019-07"))},
        {.code = "B", .month = month_from_iso(SPAN("2019-06"))},
        {.code = "A", .month = month_from_iso(SPAN("2019-05"))}, /* before the later file's first */
        {.code = "C", .month = month_from_iso(SPAN("2019-06"))}, /* in neither */
    };
    struct restatement list[5];
    for (int c = 0; c < 5; c++)
        list[c] = (struct restatement){.published = &cells[c], .now = &cells[c]};
    struct restatements restatements = {.list = list, .count = 5};
    struct error error = {0};
    cr_assert_eq(restatements_count_rows(&restatements, then, now, &error), 0, "%s", error.text);
    /* A in June: 0a and the second 0e went, 0d came, 0b is met now. */
    expect(&list[0], true, 1, 2, 1);
    /* A in July: 0b as before. */
    expect(&list[1], true, 0, 0, 0);
    /* B in June: 0a and 0c went; 0d came in July only. */
    expect(&list[2], true, 0, 2, 0);
    expect(&list[3], false, 0, 0, 0);
    expect(&list[4], false, 0, 0, 0);
    unlink(then);
    unlink(now);
    free(then);
    free(now);
}
