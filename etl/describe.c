/*
 * monthend-describe: what extract sees in a file, and a [source] to start a mapping from.
 *
 * It shows headers and what kinds of cells stand below them, never a value: the files hold
 * children's records.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "etl/decimal.h"
#include "etl/input_file.h"
#include "etl/program.h"
#include "etl/proposal.h"
#include "etl/settings.h"
#include "etl/share.h"
#include "etl/sources/reader.h"

static const struct program_option options[] = {
    {"config", 'c', "FILE", "the configuration whose sources the headers are compared with"},
    {"dataset", 'd', "NAME", "list the fields of a dataset, for the columns of a [source]"},
    {"show-values", 0, NULL, "list the words of categories that are not known yet"},
    {NULL, 0, NULL, NULL},
};

static const struct program program = {
    .name = "monthend-describe",
    .usage = "[options] FILE... | --dataset NAME",
    .summary = "Says what extract sees in a file: its sheets, header rows and kinds of cells, and\n"
               "prints a [source] to paste into pipeline.conf. No value is shown.",
    .options = options,
};

enum { LOOKED_AT = 30, WIDEST = 256 };

struct description {
    const struct config *const *configs;
    size_t config_count;
    bool show_words;
    const char *file;
    struct error error;
    bool in_sheet;
    struct buffer sheet;
    bool hidden;
    uint64_t rows;
    uint32_t header_row;
    size_t header_texts; /* in the row that looks most like a header so far */
    uint32_t rows_looked_at;
    struct column_seen columns[WIDEST];
    size_t width;
};

static void forget_columns(struct description *description)
{
    for (size_t c = 0; c < description->width; c++) {
        struct column_seen *column = &description->columns[c];
        buffer_free(&column->header);
        for (size_t w = 0; w < column->word_count; w++)
            buffer_free(&column->words[w]);
        description->columns[c] = (struct column_seen){0};
    }
    description->width = 0;
}

/* A header may be broken over lines; a [source] is not. */
static void add_in_one_line(struct buffer *out, struct span text)
{
    text = span_trim(text);
    for (size_t i = 0; i < text.length; i++) {
        bool blank = text.text[i] == ' ' || (text.text[i] >= '\t' && text.text[i] <= '\r');
        if (!blank)
            buffer_add_char(out, text.text[i]);
        else if (out->length > 0 && out->text[out->length - 1] != ' ')
            buffer_add_char(out, ' ');
    }
}

/* The row becomes the header: what was counted before stood above it. */
static int take_header(struct description *description, uint32_t row, const struct cell *cells,
                       size_t count, size_t texts)
{
    forget_columns(description);
    description->header_row = row;
    description->header_texts = texts;
    for (size_t i = 0; i < count; i++) {
        if (cells[i].column >= WIDEST)
            continue;
        struct column_seen *column = &description->columns[cells[i].column];
        if (cells[i].type == CELL_TEXT)
            add_in_one_line(&column->header, (struct span){cells[i].text, cells[i].length});
        if (column->header.failed)
            return error_memory(&description->error, "describing a sheet");
        if (cells[i].column + 1 > description->width)
            description->width = cells[i].column + 1;
    }
    return 0;
}

/* How many texts a row has that can be headers; 0 when it has anything else. A date or a number is
 * somebody's data. */
static size_t count_headers(const struct cell *cells, size_t count)
{
    size_t texts = 0;
    for (size_t i = 0; i < count; i++) {
        struct span text = {cells[i].text, cells[i].length};
        if (cells[i].type != CELL_TEXT || moment_from_text(text) != NO_MOMENT ||
            decimal_from_text(text) != NO_DECIMAL)
            return 0;
        texts += text.length > 0;
    }
    return texts;
}

/* Titles stand above a header and are few. A row that has hardly more texts than the one above it
 * is data below a header with a gap, and must not be printed. */
static bool looks_more_like_a_header(const struct description *description, size_t texts)
{
    return texts > 0 && texts >= 2 * description->header_texts;
}

/* Remembers a column's words as long as they are as few as those of a category. */
static int keep_word(struct column_seen *column, struct span word)
{
    if (word.length == 0 || column->many_words)
        return 0;
    for (size_t w = 0; w < column->word_count; w++)
        if (span_is(word, column->words[w].text))
            return 0;
    if (column->word_count == MOST_WORDS) {
        column->many_words = true;
        return 0;
    }
    struct buffer *kept = &column->words[column->word_count++];
    buffer_add(kept, word.text, word.length);
    return kept->failed ? -1 : 0;
}

static int take_row(void *context, uint32_t row, const struct cell *cells, size_t count)
{
    struct description *description = context;
    size_t texts = count_headers(cells, count);
    if (count > 0 && description->rows_looked_at++ < LOOKED_AT &&
        looks_more_like_a_header(description, texts))
        return take_header(description, row, cells, count, texts);
    if (count == 0)
        return 0;
    description->rows++;
    for (size_t i = 0; i < count; i++) {
        if (cells[i].column >= WIDEST)
            continue;
        struct column_seen *column = &description->columns[cells[i].column];
        struct span text = {cells[i].text, cells[i].length};
        if (cells[i].type == CELL_TEXT && moment_from_text(text) != NO_MOMENT)
            column->dates_as_text++;
        else
            column->counts[cells[i].type]++;
        if (cells[i].type == CELL_TEXT && keep_word(column, span_trim(text)) < 0)
            return error_memory(&description->error, "describing a sheet");
        if (cells[i].column + 1 > description->width)
            description->width = cells[i].column + 1;
    }
    return 0;
}

/* ---- what is printed ------------------------------------------------------------------------ */

static void print_kinds(const struct column_seen *column)
{
    static const char *const names[] = {"text", "number", "yes/no", "date", "error"};
    const char *separator = "";
    for (int t = 0; t <= CELL_ERROR; t++) {
        if (column->counts[t] > 0) {
            printf("%s%llu %s", separator, (unsigned long long)column->counts[t], names[t]);
            separator = ", ";
        }
    }
    if (column->dates_as_text > 0) {
        printf("%s%llu date as text", separator, (unsigned long long)column->dates_as_text);
        separator = ", ";
    }
    if (!*separator)
        fputs("blank", stdout);
}

static void print_sheet(struct description *description)
{
    if (!description->in_sheet)
        return;
    description->in_sheet = false;
    const char *sheet = description->sheet.length > 0 ? description->sheet.text : "";
    printf("%s%s%s%s%s: ", description->file, *sheet ? " sheet '" : "", sheet, *sheet ? "'" : "",
           description->hidden ? " (hidden)" : "");
    if (description->header_row == 0) {
        printf("no row looks like a header\n\n");
        forget_columns(description);
        return;
    }
    printf("header in row %u, %llu rows below\n", description->header_row,
           (unsigned long long)description->rows);
    for (size_t c = 0; c < description->width; c++) {
        char letters[8];
        const struct column_seen *column = &description->columns[c];
        printf("  %-3s %-40s ", text_column_letters((uint32_t)c, letters),
               column->header.length > 0 ? column->header.text : "(no header)");
        print_kinds(column);
        putchar('\n');
    }
    const struct sheet_seen seen = {description->file, sheet, description->columns,
                                    description->width};
    proposal_print(&seen, description->configs, description->config_count, description->show_words);
    putchar('\n');
    forget_columns(description);
}

static int take_sheet(void *context, const char *name, bool hidden)
{
    struct description *description = context;
    print_sheet(description);
    description->in_sheet = true;
    description->hidden = hidden;
    description->rows = 0;
    description->header_row = description->rows_looked_at = 0;
    description->header_texts = 0;
    description->sheet.length = 0;
    buffer_add_text(&description->sheet, name);
    return description->sheet.failed ? error_memory(&description->error, "describing a sheet") : 0;
}

static int take_note(void *context, uint32_t row, uint32_t column, const char *code)
{
    (void)context;
    (void)row;
    (void)column;
    (void)code;
    return 0;
}

static int describe(const struct description *chosen, const char *path, struct error *error)
{
    struct input_file file;
    if (input_file_open(&file, path, error) < 0)
        return -1;
    const struct source_format *format = source_find(file.head, file.head_length);
    struct description *description = calloc(1, sizeof *description);
    int status = 0;
    if (!description) {
        status = error_memory(error, "describing a file");
    } else if (!format) {
        status = input_file_refuse(&file, error);
    } else {
        struct reader_options reading = {0};
        struct row_sink sink = {description, take_sheet, take_row, take_note};
        *description = *chosen;
        description->file = file.name;
        status = reader_run(format, file.descriptor, file.name, &reading, &sink, error);
        if (status < 0 && description->error.code != EXIT_COMPLETE)
            *error = description->error;
        if (status == 0)
            print_sheet(description);
        forget_columns(description);
        buffer_free(&description->sheet);
    }
    free(description);
    input_file_close(&file);
    return status;
}

/* Where nothing is configured yet: the datasets that come with the program, and no source. */
static int load_datasets(struct config *config, struct problems *problems, struct error *error)
{
    *config = (struct config){0};
    struct buffer path = {0};
    int status = share_path(&path, "etl/datasets.ini", error);
    if (status == 0)
        status = catalogue_load(&config->catalogue, path.text, problems, error);
    buffer_free(&path);
    return status;
}

/* The standard layouts, for their spellings: those that cannot be read lend none. */
static void load_known(struct config *known)
{
    struct buffer path = {0};
    struct problems problems = {0};
    struct error error = {0};
    if (share_path(&path, "etl/templates/known.conf", &error) < 0 || path.failed ||
        config_load(known, path.text, &problems, &error) < 0)
        *known = (struct config){0};
    problems_free(&problems);
    buffer_free(&path);
}

static void print_dataset(const struct catalogue *catalogue, const char *name)
{
    const struct dataset *dataset = catalogue_find(catalogue, span_of(name));
    if (dataset) {
        proposal_print_dataset(dataset);
        return;
    }
    const char *nearest = text_nearest(span_of(name), catalogue->names, catalogue->count);
    if (nearest)
        program_usage_error("there is no dataset '%s' (did you mean '%s'?)", name, nearest);
    program_usage_error("there is no dataset '%s'", name);
}

int main(int argc, char **argv)
{
    program_begin(&program);
    const char *config_path = NULL;
    const char *dataset_name = NULL;
    struct config config;
    struct config known;
    const struct config *const configs[] = {&config, &known};
    struct description chosen = {.configs = configs, .config_count = 2};
    const char *argument;
    int rest;
    for (int option; (option = program_option(argc, argv, &argument, &rest)) != -1;) {
        if (option == 'c')
            config_path = argument;
        else if (option == 'd')
            dataset_name = argument;
        else
            chosen.show_words = true;
    }
    if (rest == argc && !dataset_name)
        program_usage_error("which file?");
    struct problems problems = {0};
    struct error error = {0};
    int status = 0;
    if (config_path || access("pipeline.conf", R_OK) == 0)
        settings_load(&config, config_path, &problems);
    else
        status = load_datasets(&config, &problems, &error);
    if (status == 0)
        settings_require(&problems);
    if (status < 0)
        program_fail(&error);
    if (dataset_name)
        print_dataset(&config.catalogue, dataset_name);
    load_known(&known);
    enum exit_code code = EXIT_COMPLETE; /* of the first file that could not be read */
    for (int i = rest; i < argc; i++) {
        error = (struct error){0};
        if (describe(&chosen, argv[i], &error) == 0)
            continue;
        program_message("%s", error.text);
        code = code == EXIT_COMPLETE ? error.code : code;
    }
    config_free(&known);
    config_free(&config);
    program_exit(code);
}
