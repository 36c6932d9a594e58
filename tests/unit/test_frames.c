/*
 * What a reader process says, read by a process that trusts nobody.
 */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "etl/sources/frames.h"

/* Bytes of frames, as a hostile child would write them. */
struct bytes {
    unsigned char bytes[512];
    size_t length;
};

static void put(struct bytes *to, const void *bytes, size_t size)
{
    memcpy(to->bytes + to->length, bytes, size);
    to->length += size;
}

static void put32(struct bytes *to, uint32_t number)
{
    put(to, &number, sizeof number);
}

static void put_frame(struct bytes *to, char kind, const struct bytes *payload)
{
    put32(to, (uint32_t)payload->length);
    put(to, &kind, 1);
    put(to, payload->bytes, payload->length);
}

static void put_cell(struct bytes *to, uint32_t length, uint16_t column, uint16_t type)
{
    put32(to, length);
    put(to, &column, sizeof column);
    put(to, &type, sizeof type);
}

static void put_sheet(struct bytes *to)
{
    const struct bytes sheet = {.bytes = "\0S", .length = 2};
    put_frame(to, 'S', &sheet);
}

static unsigned rows;

static int take_sheet(void *context, const char *name, bool hidden)
{
    (void)context;
    (void)hidden;
    cr_expect_str_eq(name, "S");
    return 0;
}

static int take_row(void *context, uint32_t row, const struct cell *cells, size_t count)
{
    (void)context;
    (void)row;
    (void)cells;
    (void)count;
    rows++;
    return 0;
}

static int take_note(void *context, uint32_t row, uint32_t column, const char *code)
{
    (void)context;
    (void)row;
    (void)column;
    (void)code;
    return 0;
}

static enum frame_outcome decode(const struct bytes *from, struct error *error)
{
    struct frame_reader reader = {0};
    const struct row_sink sink = {NULL, take_sheet, take_row, take_note};
    rows = 0;
    cr_assert(frames_make_room(&reader));
    memcpy(reader.bytes, from->bytes, from->length);
    reader.end = from->length;
    enum frame_outcome outcome = frames_decode(&reader, &sink, error);
    frame_reader_free(&reader);
    return outcome;
}

/* The outcome of one row in a sheet. */
static enum frame_outcome decode_row(const struct bytes *row)
{
    struct bytes all = {0};
    struct error error = {0};
    put_sheet(&all);
    put_frame(&all, 'R', row);
    return decode(&all, &error);
}

static struct bytes row_of(uint32_t number, uint32_t count)
{
    struct bytes row = {0};
    put32(&row, number);
    put32(&row, count);
    return row;
}

Test(frames, a_row_as_it_should_be)
{
    struct bytes row = row_of(1, 2);
    const double number = 1.5;
    put_cell(&row, 2, 0, CELL_TEXT);
    put(&row, "ab", 2);
    put_cell(&row, 0, 16383, CELL_NUMBER);
    put(&row, &number, sizeof number);
    cr_expect_eq(decode_row(&row), FRAMES_MORE);
    cr_expect_eq(rows, 1);
}

Test(frames, rows_that_no_reader_writes)
{
    const double nothing = NAN;
    const double one = 1;
    struct bytes row = row_of(0, 0);
    cr_expect_eq(decode_row(&row), FRAMES_NONSENSE, "row 0");
    row = row_of(1, 1000000);
    cr_expect_eq(decode_row(&row), FRAMES_NONSENSE, "more cells than bytes");
    row = row_of(1, 1);
    put_cell(&row, 4000000000, 0, CELL_TEXT);
    cr_expect_eq(decode_row(&row), FRAMES_NONSENSE, "a text longer than the frame");
    row = row_of(1, 1);
    put_cell(&row, 0, 16384, CELL_NUMBER);
    put(&row, &one, sizeof one);
    cr_expect_eq(decode_row(&row), FRAMES_NONSENSE, "a column outside of every sheet");
    row = row_of(1, 1);
    put_cell(&row, 0, 0, CELL_NUMBER);
    put(&row, &nothing, sizeof nothing);
    cr_expect_eq(decode_row(&row), FRAMES_NONSENSE, "a number that is none");
    row = row_of(1, 1);
    put_cell(&row, 0, 0, 5);
    put(&row, &one, sizeof one);
    cr_expect_eq(decode_row(&row), FRAMES_NONSENSE, "a type that there is none of");
    row = row_of(1, 2);
    for (int i = 0; i < 2; i++) {
        put_cell(&row, 0, 3, CELL_NUMBER);
        put(&row, &one, sizeof one);
    }
    cr_expect_eq(decode_row(&row), FRAMES_NONSENSE, "two cells at one place");
    row = row_of(1, 0);
    put(&row, "x", 1);
    cr_expect_eq(decode_row(&row), FRAMES_NONSENSE, "bytes behind the last cell");
    cr_expect_eq(rows, 0);
}

Test(frames, frames_that_no_reader_writes)
{
    struct error error = {0};
    struct bytes all = {0};
    const struct bytes row = row_of(1, 0);
    put_frame(&all, 'R', &row);
    cr_expect_eq(decode(&all, &error), FRAMES_NONSENSE, "a row outside of a sheet");
    all = (struct bytes){0};
    put_sheet(&all);
    put_frame(&all, 'R', &row);
    put_frame(&all, 'R', &row);
    cr_expect_eq(decode(&all, &error), FRAMES_NONSENSE, "a row twice");
    all = (struct bytes){0};
    put32(&all, 4000000000);
    put(&all, "R", 1);
    cr_expect_eq(decode(&all, &error), FRAMES_NONSENSE, "a frame larger than any");
    all = (struct bytes){0};
    put_frame(&all, 'q', &row);
    cr_expect_eq(decode(&all, &error), FRAMES_NONSENSE, "an unknown kind");
    cr_expect_eq(error.code, EXIT_COMPLETE);
}

Test(frames, an_error_cannot_claim_success)
{
    struct error error = {0};
    struct bytes all = {0};
    struct bytes claim = {0};
    put32(&claim, EXIT_COMPLETE);
    put_frame(&all, 'E', &claim);
    cr_expect_eq(decode(&all, &error), FRAMES_NONSENSE);
    all = claim = (struct bytes){0};
    put32(&claim, EXIT_BAD_DATA);
    put(&claim, "a\nb", 3);
    put_frame(&all, 'E', &claim);
    cr_expect_eq(decode(&all, &error), FRAMES_ERROR);
    cr_expect_eq(error.code, EXIT_BAD_DATA);
    cr_expect_str_eq(error.text, "a b", "no line of its own");
}
