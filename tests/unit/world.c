#include "world.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "transforms/ready_made.h"

const char *temporary_file(const char *name, const char *text)
{
    static char path[128];
    char folder[] = "build/test-XXXXXX";
    cr_assert(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "we");
    cr_assert(file && fputs(text, file) >= 0 && fclose(file) == 0);
    return path;
}

void world_define(struct world *world, const char *definitions)
{
    *world = (struct world){0};
    cr_assert_eq(catalogue_load(&world->config.catalogue, "etl/datasets.ini", &world->problems,
                                &world->error),
                 0, "%s", world->error.text);
    cr_assert_eq(
        calendar_load(&world->calendar, "etl/calendar/bank_holidays_england.tsv", &world->error), 0,
        "%s", world->error.text);
    cr_assert_eq(store_init(&world->store, &world->config.catalogue, &world->error), 0);
    ready_made_need(&world->store);
    const char *path = temporary_file("d.ini", definitions);
    const char *words[] = {path};
    world->config.definitions.words = words;
    world->config.definitions.count = 1;
    cr_assert_eq(definitions_load(&world->definitions, &world->config, &world->store,
                                  &world->problems, &world->error),
                 0, "%s", world->error.text);
    world->config.definitions.words = NULL;
}

/* Turns the short form into a record stream. */
static void write_stream(const char *tables, const char *as_at, FILE *out)
{
    fprintf(out, "#monthend\t1\n#source\t1\ttest.csv\t\tas-at=%s\n", as_at);
    unsigned row = 0;
    bool in_table = false;
    unsigned long rows = 0;
    struct span rest = span_of(tables);
    while (rest.text) {
        const char *end = memchr(rest.text, '\n', rest.length);
        struct span line = {rest.text, end ? (size_t)(end - rest.text) : rest.length};
        rest = end ? (struct span){end + 1, rest.length - line.length - 1} : (struct span){NULL, 0};
        line = span_trim(line);
        if (line.length == 0) {
            if (in_table)
                fprintf(out, "#rows\t%lu\n", rows);
            in_table = false;
            continue;
        }
        struct span fields = line;
        if (!in_table) {
            struct span name = span_cut(&fields, ' ');
            fprintf(out, "#table\t%.*s\n#columns", (int)name.length, name.text);
        }
        for (bool first = true; fields.text; first = false) {
            struct span field = span_cut(&fields, ' ');
            if (!in_table || !first)
                fputc('\t', out);
            for (size_t i = 0; i < field.length; i++)
                if (field.text[i] != '_' || field.length > 1)
                    fputc(field.text[i] == '~' ? ' ' : field.text[i], out);
        }
        if (in_table)
            fprintf(out, "\t1:%u\n", ++row);
        else
            fprintf(out, "\t@:at\n");
        rows = in_table ? rows + 1 : 0;
        in_table = true;
    }
    if (in_table)
        fprintf(out, "#rows\t%lu\n", rows);
    fputs("#end\n", out);
}

void world_fill(struct world *world, const char *tables, const char *as_at)
{
    cr_assert_eq(world->problems.count, 0, "%s", world->problems.lines.text);
    int descriptor = memfd_create("stream", MFD_CLOEXEC);
    FILE *out = fdopen(descriptor, "w+");
    cr_assert(out);
    write_stream(tables, as_at, out);
    cr_assert_eq(fflush(out), 0);
    cr_assert_eq(lseek(descriptor, 0, SEEK_SET), 0);
    cr_assert_eq(
        intake_read(&world->intake, &world->store, descriptor, "test", false, &world->error), 0,
        "%s", world->error.text);
    cr_assert_eq(intake_seal(&world->intake, NULL, NULL, NO_DATE, &world->error), 0, "%s",
                 world->error.text);
    fclose(out);
    for (size_t d = 0; d < world->config.catalogue.count && !world->only_given; d++)
        world->store.tables[d].fed = true;
    definitions_prepare(&world->definitions, &world->store);
    cr_assert_eq(ready_made_targets(&world->definitions, &world->store, &world->intake.remarks,
                                    &world->error),
                 0);
    world->as_at = date_from_iso(span_of(as_at));
    cr_assert_eq(evaluator_init(&world->evaluator, &world->store, &world->definitions,
                                &world->calendar, world->as_at, &world->error),
                 0, "%s", world->error.text);
}

static void show_measure(const struct indicator *indicator, const struct measure *measure,
                         char *out, size_t size)
{
    char numerator[DECIMAL_TEXT_SIZE], denominator[DECIMAL_TEXT_SIZE], shown[GRADE_TEXT_SIZE];
    decimal_to_text(measure->numerator, numerator);
    decimal_to_text(measure->denominator, denominator);
    grade_shown(indicator, measure, shown);
    if (measure->state == STATE_BLANK)
        snprintf(out, size, "blank");
    else if (measure->state == STATE_TBC || measure->state == STATE_NO_DATA)
        snprintf(out, size, "%s", shown);
    else if (indicator->unit == UNIT_NUMBER)
        snprintf(out, size, "%s %s", numerator, shown);
    else
        snprintf(out, size, "%s/%s %s", numerator, denominator, shown);
}

const char *world_measure(struct world *world, const char *code, const char *month)
{
    const struct indicator *indicator = definitions_find(&world->definitions, code);
    cr_assert(indicator, "no indicator '%s'", code);
    struct measure measure;
    if (evaluator_set_month(&world->evaluator, month_from_iso(span_of(month))) < 0 ||
        evaluator_measure(&world->evaluator, indicator, NULL, &measure) < 0)
        snprintf(world->text, sizeof world->text, "error: %.200s", world->error.text);
    else
        show_measure(indicator, &measure, world->text, sizeof world->text);
    return world->text;
}

static int compare_lines(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* The parts of one dimension behind the text that is there. */
static void add_parts(struct world *world, const struct indicator *indicator,
                      const struct breakdown *breakdown, const char *before)
{
    enum { MOST = 16, LONGEST = 96 };
    char lines[MOST][LONGEST];
    cr_assert(breakdown->count <= MOST);
    for (size_t p = 0; p < breakdown->count; p++) {
        char shown[64];
        show_measure(indicator, &breakdown->parts[p].measure, shown, sizeof shown);
        struct span name =
            member_name(&world->store, breakdown->dimension, breakdown->parts[p].member);
        snprintf(lines[p], LONGEST, "%.*s %.60s", (int)name.length, name.text, shown);
    }
    qsort(lines, breakdown->count, LONGEST, compare_lines);
    size_t used = strlen(world->text);
    for (size_t p = 0; p < breakdown->count; p++)
        used += (size_t)snprintf(world->text + used, sizeof world->text - used, "%s%s",
                                 p ? "; " : before, lines[p]);
}

const char *world_parts(struct world *world, const char *code, const char *month)
{
    const struct indicator *indicator = definitions_find(&world->definitions, code);
    cr_assert(indicator->by_count <= sizeof world->breakdowns / sizeof *world->breakdowns);
    cr_assert_eq(evaluator_set_month(&world->evaluator, month_from_iso(span_of(month))), 0);
    cr_assert_eq(evaluator_break_down(&world->evaluator, indicator, world->breakdowns), 0, "%s",
                 world->error.text);
    world->text[0] = '\0';
    for (size_t d = 0; d < indicator->by_count; d++)
        add_parts(world, indicator, &world->breakdowns[d], d > 0 ? " | " : "");
    return world->text;
}

void world_free(struct world *world)
{
    for (size_t d = 0; d < sizeof world->breakdowns / sizeof *world->breakdowns; d++)
        breakdown_free(&world->breakdowns[d]);
    evaluator_free(&world->evaluator);
    intake_free(&world->intake);
    definitions_free(&world->definitions);
    store_free(&world->store);
    calendar_free(&world->calendar);
    config_free(&world->config);
    problems_free(&world->problems);
}

const char *measured(const char *definitions, const char *tables, const char *as_at,
                     const char *month)
{
    static char result[256];
    struct world world;
    char text[4096];
    snprintf(text, sizeof text, "[X]\ntitle = x\nsection = x\n%s\n", definitions);
    world_define(&world, text);
    world_fill(&world, tables, as_at);
    snprintf(result, sizeof result, "%s", world_measure(&world, "X", month));
    world_free(&world);
    return result;
}

const char *problems_of(const char *definitions)
{
    static char result[8192];
    struct world world;
    world_define(&world, definitions);
    const char *lines = world.problems.lines.text ? world.problems.lines.text : "";
    /* The folder of the temporary file is left out. */
    size_t used = 0;
    result[0] = '\0';
    while (*lines && used < sizeof result - 512) {
        const char *end = strchr(lines, '\n');
        const char *name = strstr(lines, "d.ini");
        if (name && name < end)
            lines = name;
        used += (size_t)snprintf(result + used, sizeof result - used, "%.*s\n", (int)(end - lines),
                                 lines);
        lines = end + 1;
    }
    world_free(&world);
    return result;
}
