#include "etl/restatement.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "etl/descriptor.h"
#include "etl/tables.h"

/* ---- cells ---------------------------------------------------------------------------------- */

/* Whether the cell had something to say. */
static bool is_known(const struct report_cell *cell)
{
    return strcmp(cell->state, "value") == 0 || strcmp(cell->state, "none") == 0;
}

int restatements_find(struct restatements *restatements, const struct month_report *published,
                      const struct month_report *now, bool every_month, struct error *error)
{
    for (size_t c = 0; c < now->cell_count; c++) {
        const struct report_cell *cell = &now->cells[c];
        if (!every_month && cell->month >= now->month)
            continue;
        const struct report_cell *before = month_report_cell(published, cell->code, cell->month);
        if (!before || !is_known(before) || strcmp(before->shown, cell->shown) == 0)
            continue;
        struct restatement *room = grow(restatements->list, &restatements->capacity,
                                        restatements->count + 1, sizeof *room);
        if (!room)
            return error_memory(error, "comparing with what was published");
        restatements->list = room;
        room[restatements->count++] = (struct restatement){.published = before, .now = cell};
    }
    return 0;
}

void restatements_free(struct restatements *restatements)
{
    free(restatements->list);
    *restatements = (struct restatements){0};
}

/* ---- rows ----------------------------------------------------------------------------------- */

/* What a file of marks says of one row in the cells at hand, two bits a cell. */
enum { COUNTED = 1, MET = 2 };

struct marked_row {
    uint64_t print;
    const char *marks; /* as written */
};

struct marks_file {
    month_t first;
    const char **codes;
    size_t code_count, code_capacity;
    struct marked_row *rows; /* in the order of their fingerprints */
    size_t row_count, row_capacity;
    struct arena arena;
};

static uint64_t hexadecimal(struct span text)
{
    uint64_t number = 0;
    for (size_t i = 0; i < text.length; i++) {
        char c = text.text[i];
        number = number << 4 | (uint64_t)(c >= 'a' ? c - 'a' + 10 : c - '0');
    }
    return number;
}

static int take_mark(struct marks_file *file, const struct stream_reader *reader,
                     struct error *error)
{
    const char *table = stream_table(reader);
    if (strcmp(table, TABLE_MARKED_MONTHS) == 0) {
        file->first = month_from_iso(stream_field(reader, "first"));
        return 0;
    }
    if (strcmp(table, TABLE_MARKED_INDICATOR) == 0) {
        struct span code = stream_field(reader, "code");
        const char **room =
            grow(file->codes, &file->code_capacity, file->code_count + 1, sizeof *room);
        if (!room)
            return error_memory(error, "comparing rows");
        file->codes = room;
        room[file->code_count] = arena_copy(&file->arena, code.text, code.length);
        return room[file->code_count++] ? 0 : error_memory(error, "comparing rows");
    }
    struct span marks = stream_field(reader, "marks");
    struct marked_row *room =
        grow(file->rows, &file->row_capacity, file->row_count + 1, sizeof *room);
    if (!room)
        return error_memory(error, "comparing rows");
    file->rows = room;
    room[file->row_count].print = hexadecimal(stream_field(reader, "row"));
    room[file->row_count].marks =
        marks.length > 0 ? arena_copy(&file->arena, marks.text, marks.length) : "";
    return room[file->row_count++].marks ? 0 : error_memory(error, "comparing rows");
}

static int compare_prints(const void *a, const void *b)
{
    const struct marked_row *x = a;
    const struct marked_row *y = b;
    return (x->print > y->print) - (x->print < y->print);
}

static void marks_free(struct marks_file *file)
{
    free(file->codes);
    free(file->rows);
    arena_free(&file->arena);
}

static int marks_read(struct marks_file *file, const char *path, struct error *error)
{
    *file = (struct marks_file){.first = -1};
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return error_system(error, EXIT_IO, "cannot open '%s'", path);
    struct stream_reader *reader = stream_reader_new(descriptor, path, false);
    int status = reader ? 0 : error_memory(error, "comparing rows");
    enum stream_event event = STREAM_SOURCE;
    while (status == 0 && event != STREAM_END) {
        event = stream_next(reader, error);
        if (event == STREAM_FAILED)
            status = -1;
        else if (event == STREAM_RECORD)
            status = take_mark(file, reader, error);
    }
    stream_reader_free(reader);
    status = descriptor_close(descriptor, path, status, error);
    if (status == 0 && file->row_count > 1)
        qsort(file->rows, file->row_count, sizeof *file->rows, compare_prints);
    return status;
}

/* The number of an indicator in a file, SIZE_MAX when it is not there. */
static size_t code_number(const struct marks_file *file, const char *code)
{
    for (size_t c = 0; c < file->code_count; c++)
        if (strcmp(file->codes[c], code) == 0)
            return c;
    return SIZE_MAX;
}

/* The cells to count in, found by an indicator's number in each of the two files. */
struct counting {
    struct counted_cell {
        struct restatement *restatement; /* NULL: rows are not known for it */
        int months[2];                   /* its month in each file */
        size_t next[2];                  /* the next cell of its indicator; SIZE_MAX: none */
        int marks[2];                    /* what the row at hand says in each file */
        bool is_marked;
    } * cells;
    size_t *firsts[2]; /* by number of an indicator; SIZE_MAX: none */
    size_t *marked;    /* the cells that the row at hand says something of */
    size_t marked_count;
};

/* Enters the cells whose month and indicator both files know. */
static void enter_cells(struct counting *counting, struct restatements *restatements,
                        const struct marks_file *const *files)
{
    enum { LAST_MONTH = 63 };
    for (int f = 0; f < 2; f++)
        for (size_t i = 0; i < files[f]->code_count; i++)
            counting->firsts[f][i] = SIZE_MAX;
    for (size_t r = 0; r < restatements->count; r++) {
        struct restatement *restatement = &restatements->list[r];
        struct counted_cell *cell = &counting->cells[r];
        size_t numbers[2];
        bool known = true;
        for (int f = 0; f < 2; f++) {
            numbers[f] = code_number(files[f], restatement->now->code);
            cell->months[f] = restatement->now->month - files[f]->first;
            known = known && numbers[f] != SIZE_MAX && cell->months[f] >= 0 &&
                    cell->months[f] <= LAST_MONTH;
        }
        if (!known)
            continue;
        cell->restatement = restatement;
        restatement->rows_known = true;
        for (int f = 0; f < 2; f++) {
            cell->next[f] = counting->firsts[f][numbers[f]];
            counting->firsts[f][numbers[f]] = r;
        }
    }
}

/* Reads the marks of a row, "NUMBER:COUNTED:MET,...", into the cells they are about. */
static void read_marks(struct counting *counting, const struct marked_row *row, int file,
                       size_t code_count)
{
    struct span rest = span_of(row->marks);
    while (rest.text && rest.length > 0) {
        struct span mark = span_cut(&rest, ',');
        int64_t number = span_number(span_cut(&mark, ':'), INT32_MAX);
        if (number < 0 || (size_t)number >= code_count || !mark.text)
            continue;
        uint64_t counted = hexadecimal(span_cut(&mark, ':'));
        uint64_t met = mark.text ? hexadecimal(mark) : 0;
        for (size_t c = counting->firsts[file][number]; c != SIZE_MAX;
             c = counting->cells[c].next[file]) {
            struct counted_cell *cell = &counting->cells[c];
            int month = cell->months[file];
            cell->marks[file] = (counted >> month & 1 ? COUNTED : 0) | (met >> month & 1 ? MET : 0);
            if (!cell->is_marked)
                counting->marked[counting->marked_count++] = c;
            cell->is_marked = true;
        }
    }
}

/* Counts what the row at hand says, and forgets it. */
static void count_row(struct counting *counting, bool in_then, bool in_now)
{
    for (size_t m = 0; m < counting->marked_count; m++) {
        struct counted_cell *cell = &counting->cells[counting->marked[m]];
        struct restatement *restatement = cell->restatement;
        if (in_then && in_now)
            restatement->changed += cell->marks[0] != cell->marks[1];
        else if (in_then)
            restatement->removed += cell->marks[0] != 0;
        else
            restatement->added += cell->marks[1] != 0;
        cell->marks[0] = cell->marks[1] = 0;
        cell->is_marked = false;
    }
    counting->marked_count = 0;
}

/* Walks both files once, in the order of their fingerprints. */
static void count_rows(struct counting *counting, const struct marks_file *then,
                       const struct marks_file *now)
{
    size_t t = 0;
    size_t n = 0;
    while (t < then->row_count || n < now->row_count) {
        bool in_then = t < then->row_count &&
                       (n == now->row_count || then->rows[t].print <= now->rows[n].print);
        bool in_now = n < now->row_count &&
                      (t == then->row_count || now->rows[n].print <= then->rows[t].print);
        if (in_then)
            read_marks(counting, &then->rows[t++], 0, then->code_count);
        if (in_now)
            read_marks(counting, &now->rows[n++], 1, now->code_count);
        count_row(counting, in_then, in_now);
    }
}

static int count_between(struct restatements *restatements, const struct marks_file *then,
                         const struct marks_file *now, struct error *error)
{
    const struct marks_file *const files[2] = {then, now};
    struct counting counting = {
        .cells = calloc(restatements->count + 1, sizeof *counting.cells),
        .firsts = {calloc(then->code_count + 1, sizeof *counting.firsts[0]),
                   calloc(now->code_count + 1, sizeof *counting.firsts[1])},
        .marked = calloc(restatements->count + 1, sizeof *counting.marked),
    };
    int status = 0;
    if (counting.cells && counting.firsts[0] && counting.firsts[1] && counting.marked) {
        enter_cells(&counting, restatements, files);
        count_rows(&counting, then, now);
    } else {
        status = error_memory(error, "comparing rows");
    }
    free(counting.cells);
    free(counting.firsts[0]);
    free(counting.firsts[1]);
    free(counting.marked);
    return status;
}

int restatements_count_rows(struct restatements *restatements, const char *published_rows,
                            const char *now_rows, struct error *error)
{
    struct marks_file then;
    struct marks_file now;
    int status = marks_read(&then, published_rows, error);
    if (status == 0) {
        status = marks_read(&now, now_rows, error);
        if (status == 0)
            status = count_between(restatements, &then, &now, error);
        marks_free(&now);
    }
    marks_free(&then);
    return status;
}

/* ---- writing -------------------------------------------------------------------------------- */

static void write_count(struct stream_writer *writer, const struct restatement *restatement,
                        uint64_t count)
{
    if (restatement->rows_known)
        stream_write_number(writer, (int64_t)count);
    else
        stream_write_text(writer, "");
}

int restatements_write(const struct restatements *restatements, date_t published_on, int descriptor,
                       struct error *error)
{
    if (restatements->count == 0)
        return 0;
    struct stream_writer writer;
    char date[DATE_TEXT_SIZE];
    char month[DATE_TEXT_SIZE];
    date_to_iso(published_on, date);
    stream_writer_open(&writer, descriptor, "the restatements");
    stream_write_table(&writer, TABLE_RESTATEMENT, COLUMNS_RESTATEMENT);
    for (size_t r = 0; r < restatements->count; r++) {
        const struct restatement *restatement = &restatements->list[r];
        month_to_iso(restatement->now->month, month);
        stream_write_text(&writer, restatement->now->code);
        stream_write_text(&writer, month);
        stream_write_text(&writer, restatement->published->shown);
        stream_write_text(&writer, restatement->now->shown);
        stream_write_text(&writer, date);
        write_count(&writer, restatement, restatement->added);
        write_count(&writer, restatement, restatement->removed);
        write_count(&writer, restatement, restatement->changed);
        stream_write_record(&writer);
    }
    stream_write_table_end(&writer);
    return stream_writer_close(&writer, error);
}
