/*
 * monthend-explain: the rows behind one figure, each with its file, sheet and row.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "etl/program.h"
#include "transforms/calculation.h"
#include "transforms/feeding.h"
#include "transforms/grade.h"

static const struct program_option options[] = {
    {"config", 'c', "FILE", "the configuration (pipeline.conf)"},
    {"as-at", 'a', "DATE", "the day the exports were taken (the latest of theirs)"},
    {"not-met", 'n', NULL, "list only rows that are not met or were left out"},
    {"show-values", 0, NULL, "show the identifier of each row's child"},
    {"partial", 0, NULL, "accept a stream that was cut or filtered by hand"},
    {NULL, 0, NULL, NULL},
};

static const struct program program = {
    .name = "monthend-explain",
    .usage = "[options] CODE MONTH [STREAM]",
    .summary = "Lists the rows behind one figure of the report: which were counted, which of them "
               "met\nthe test, and where each stands. Reads the record stream STREAM ('-' is "
               "standard input);\nwithout one, extracts the newest files of the inbox.",
    .options = options,
};

struct listed {
    const struct indicator *indicator;
    const struct table *table;
    uint32_t row;
    enum verdict verdict;
    const char *rule; /* which sentence of the definition decided: "met" */
    struct span text; /* and how it reads */
};

struct listing {
    struct listed *rows;
    size_t count;
    size_t capacity;
    size_t verdicts[VERDICT_LEFT_OUT + 1];
    bool only_not_met;
    struct evaluator *evaluator;
    struct error *error;
};

static const char *const verdict_names[] = {"counted", "met", "not met", "left out"};

/* The part of a test that made it hold or not: of conditions joined by `and` the first that fails,
 * of those joined by `or` the first that holds. */
static struct span deciding_part(struct evaluator *evaluator, const struct test *test,
                                 struct span text, struct here here, bool held)
{
    while (test && (test->kind == TEST_AND || test->kind == TEST_OR)) {
        if (held == (test->kind == TEST_AND))
            return text; /* all of it */
        bool left = evaluator_holds(evaluator, test->left, here, &here) == held;
        text = left ? test->left_text : test->right_text;
        test = left ? test->left : test->right;
    }
    return text;
}

/* Which sentence of the definition decided about the row. */
static void find_rule(struct listed *listed, struct evaluator *evaluator)
{
    const struct indicator *indicator = listed->indicator;
    struct here here = {listed->table, listed->row};
    switch (listed->verdict) {
    case VERDICT_MET:
    case VERDICT_NOT_MET:
        listed->rule = "met";
        listed->text = deciding_part(evaluator, indicator->met, span_of(indicator->met_text), here,
                                     listed->verdict == VERDICT_MET);
        break;
    case VERDICT_COUNTED:
        listed->rule = indicator->where_text ? "where" : "when";
        listed->text =
            span_of(indicator->where_text ? indicator->where_text : indicator->when_text);
        break;
    case VERDICT_LEFT_OUT:
        listed->rule = indicator->weight_text ? "weight" : indicator->per_text ? "per" : "each";
        listed->text = span_of(indicator->weight_text ? indicator->weight_text
                               : indicator->per_text  ? indicator->per_text
                                                      : indicator->each_text);
        break;
    }
}

static int list_row(void *context, const struct indicator *indicator, const struct table *table,
                    uint32_t row, enum verdict verdict)
{
    struct listing *listing = context;
    listing->verdicts[verdict]++;
    if (listing->only_not_met && (verdict == VERDICT_MET || verdict == VERDICT_COUNTED))
        return 0;
    struct listed *room = grow(listing->rows, &listing->capacity, listing->count + 1, sizeof *room);
    if (!room)
        return error_memory(listing->error, "listing the rows");
    listing->rows = room;
    struct listed *listed = &room[listing->count++];
    *listed = (struct listed){indicator, table, row, verdict, "", {"", 0}};
    find_rule(listed, listing->evaluator);
    return 0;
}

static int compare_listed(const void *a, const void *b)
{
    const struct listed *x = a;
    const struct listed *y = b;
    if (x->indicator != y->indicator)
        return x->indicator->number < y->indicator->number ? -1 : 1;
    if (x->verdict != y->verdict)
        return x->verdict < y->verdict ? -1 : 1;
    return origin_compare(&x->table->origins[x->row], &y->table->origins[y->row]);
}

static void print_rows(const struct calculation *calculation, const struct listing *listing,
                       bool show_values)
{
    const struct store *store = &calculation->store;
    const struct dataset *child = catalogue_find(store->catalogue, SPAN("child"));
    printf("code\tverdict\tfile\tsheet\trow\tdecided by%s\n", show_values ? "\tchild" : "");
    for (size_t i = 0; i < listing->count; i++) {
        const struct listed *listed = &listing->rows[i];
        const struct origin *origin = &listed->table->origins[listed->row];
        const struct source_info *source = &store->sources[origin->source - 1];
        printf("%s\t%s\t%s\t%s\t%u\t%s: %.*s", listed->indicator->code,
               verdict_names[listed->verdict], source->file, source->sheet, origin->row,
               listed->rule, (int)listed->text.length, listed->text.text);
        if (show_values) {
            struct span id =
                store_identifier(store, child, row_names(listed->table, listed->row, child));
            printf("\t%.*s", (int)id.length, id.text);
        }
        putchar('\n');
    }
}

static void print_definition(const struct indicator *indicator)
{
    printf("%s: %s\n", indicator->code, indicator->title);
    if (indicator->pool_text)
        printf("  pool    %s\n", indicator->pool_text);
    if (indicator->count)
        printf("  count   %s\n  when    %s\n", indicator->count->name, indicator->when_text);
    if (indicator->where_text)
        printf("  where   %s\n", indicator->where_text);
    if (indicator->each_text)
        printf("  each    %s\n", indicator->each_text);
    if (indicator->weight_text)
        printf("  weight  %s\n", indicator->weight_text);
    if (indicator->met_text)
        printf("  met     %s\n", indicator->met_text);
    if (indicator->per_text)
        printf("  per     %s\n", indicator->per_text);
    printf("  defined at %s:%u\n", indicator->file, indicator->line);
}

static void print_figure(const struct calculation *calculation, const struct indicator *indicator,
                         const struct measure *measure, const struct feed *feed,
                         const struct listing *listing)
{
    char month[DATE_TEXT_SIZE], as_at[DATE_TEXT_SIZE], shown[GRADE_TEXT_SIZE];
    char numerator[DECIMAL_TEXT_SIZE], denominator[DECIMAL_TEXT_SIZE];
    month_to_long(calculation->window.last, month);
    date_to_iso(calculation->window.as_at, as_at);
    grade_shown(indicator, measure, shown);
    decimal_to_text(measure->numerator, numerator);
    decimal_to_text(measure->denominator, denominator);
    printf("%s as at %s: %s", month, as_at, *shown ? shown : "(blank)");
    if (measure->state == STATE_NO_DATA)
        printf(" (%s)",
               feed->why.length > 0 ? feed->why.text : "nothing that was read tells of it");
    else if (indicator->unit != UNIT_NUMBER)
        printf(" (%s %s %s)", numerator, indicator->unit == UNIT_PERCENT ? "of" : "over",
               denominator);
    printf("\nrows:");
    for (size_t v = 0; v <= VERDICT_LEFT_OUT; v++)
        if (listing->verdicts[v] > 0)
            printf(" %zu %s", listing->verdicts[v], verdict_names[v]);
    printf("\n\n");
}

static const struct indicator *find_indicator(const struct calculation *calculation,
                                              const char *code)
{
    const struct definitions *definitions = &calculation->definitions;
    const struct indicator *indicator = definitions_find(definitions, code);
    if (indicator)
        return indicator;
    const char **codes = calloc(definitions->count + 1, sizeof *codes);
    for (size_t i = 0; codes && i < definitions->count; i++)
        codes[i] = definitions->indicators[i]->code;
    const char *nearest = codes ? text_nearest(span_of(code), codes, definitions->count) : NULL;
    free(codes);
    if (nearest)
        program_usage_error("there is no indicator '%s' (did you mean '%s'?)", code, nearest);
    program_usage_error("there is no indicator '%s'", code);
}

int main(int argc, char **argv)
{
    program_begin(&program);
    struct calculation_options chosen = {0};
    struct error error = {0};
    struct listing listing = {.error = &error};
    bool show_values = false;
    const char *argument;
    int rest;
    for (int option; (option = program_option(argc, argv, &argument, &rest)) != -1;) {
        switch (option) {
        case 'c':
            chosen.config = argument;
            break;
        case 'a':
            chosen.as_at = argument;
            break;
        case 'n':
            listing.only_not_met = true;
            break;
        default:
            if (strcmp(options[option - 256].name, "show-values") == 0)
                show_values = true;
            else
                chosen.partial = true;
        }
    }
    if (argc - rest < 2 || argc - rest > 3)
        program_usage_error("say which figure: CODE and MONTH, like 'MC 6' 2019-07");
    chosen.month = argv[rest + 1];
    if (month_from_iso(span_of(chosen.month)) < 0)
        program_usage_error("MONTH must be a month like 2019-07, not '%s'", chosen.month);
    struct calculation calculation;
    calculation_prepare(&calculation, &chosen);
    const struct indicator *indicator = find_indicator(&calculation, argv[rest]);
    if (argc - rest == 3) {
        const char *name;
        int descriptor = settings_open_input(argv[rest + 2], &name);
        calculation_read(&calculation, &chosen, descriptor, name);
    } else {
        calculation_extract(&calculation, &chosen);
    }

    struct evaluator evaluator;
    listing.evaluator = &evaluator;
    struct measure measure;
    struct row_trace trace = {&listing, list_row};
    int status = evaluator_init(&evaluator, &calculation.store, &calculation.definitions,
                                &calculation.calendar, calculation.window.as_at, &error);
    struct feeding feeding = {0};
    struct feed feed = {0};
    if (status == 0)
        status = feeding_of_intake(&feeding, &calculation.config, &calculation.definitions,
                                   &calculation.intake, &error);
    if (status == 0)
        status = feeding_indicator(&feeding, indicator, &feed, &error);
    if (status == 0 && !(evaluator.reaches = feeding_reaches(&feeding, &error)))
        status = -1;
    if (status == 0)
        status = evaluator_set_month(&evaluator, calculation.window.last);
    if (status == 0)
        status = evaluator_measure(&evaluator, indicator, &trace, &measure);
    if (status == 0) {
        if (listing.count > 1)
            qsort(listing.rows, listing.count, sizeof *listing.rows, compare_listed);
        print_definition(indicator);
        print_figure(&calculation, indicator, &measure, &feed, &listing);
        print_rows(&calculation, &listing, show_values);
    }
    evaluator_free(&evaluator);
    feeding_free(&feeding);
    feed_free(&feed);
    free(listing.rows);
    calculation_free(&calculation);
    if (status < 0)
        program_fail(&error);
    program_exit(EXIT_COMPLETE);
}
