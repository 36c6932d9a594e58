/*
 * The standard layouts: that each says of every dataset whether it feeds it, and that nothing that
 * means a refusal is read as a yes.
 */
#include <criterion/criterion.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "etl/cell_value.h"
#include "world.h"

static const char *const layouts[] = {"annex-a", "ssd", "ssda903", "forms"};

enum { LAYOUTS = sizeof layouts / sizeof layouts[0] };

static void load(struct config *config, const char *layout)
{
    char here[PATH_MAX];
    char text[512];
    struct problems problems = {0};
    struct error error = {0};
    cr_assert(getcwd(here, sizeof here));
    snprintf(text, sizeof text,
             "[data]\ndatasets = %.150s/etl/datasets.ini\nlayout = %.150s/etl/layouts/%s.ini\n",
             here, here, layout);
    cr_assert_eq(config_load(config, temporary_file("p.conf", text), &problems, &error), 0, "%s",
                 error.text);
    cr_assert_eq(problems.count, 0, "%s", problems.lines.text);
    problems_free(&problems);
}

static bool feeds(const struct config *config, const struct dataset *dataset)
{
    for (size_t s = 0; s < config->source_count; s++)
        if (config->sources[s].dataset == dataset)
            return true;
    return false;
}

static bool says_without(const struct config *config, const struct dataset *dataset)
{
    for (const struct layout_gap *gap = config->gaps; gap; gap = gap->next)
        if (!gap->of_indicator && strcmp(gap->name, dataset->name) == 0)
            return true;
    return false;
}

Test(layouts, each_says_of_every_dataset_whether_it_feeds_it)
{
    for (int l = 0; l < LAYOUTS; l++) {
        struct config config;
        load(&config, layouts[l]);
        bool adds_to_others = strcmp(layouts[l], "forms") == 0;
        for (size_t d = 0; d < config.catalogue.count && !adds_to_others; d++) {
            const struct dataset *dataset = &config.catalogue.datasets[d];
            cr_expect_neq(feeds(&config, dataset), says_without(&config, dataset), "%s: %s",
                          layouts[l], dataset->name);
        }
        config_free(&config);
    }
}

/* What a text becomes in a field with these spellings; "" when it is rejected. */
static const char *value_of(enum field_type type, const struct value_table *table, const char *text)
{
    static char value[256];
    static const struct word_list none = {0};
    struct field field = {.name = "accepted", .type = type};
    struct field_source source = {.values = table};
    struct column_reader reader = {.field = &field, .source = &source, .blanks = &none};
    struct cell cell = {.type = CELL_TEXT, .text = text, .length = strlen(text)};
    struct buffer out = {0};
    moment_t moment;
    enum cell_outcome outcome = cell_value(&reader, &cell, &out, &moment);
    snprintf(value, sizeof value, "%s", outcome == CELL_TAKEN ? out.text : "");
    buffer_free(&out);
    column_reader_free(&reader);
    return value;
}

static bool is_a_yes(const char *value)
{
    return strcmp(value, "yes") == 0 || strcmp(value, "accepted") == 0 ||
           strcmp(value, "completed") == 0;
}

/* A published table of spellings has "Offered and Declined" as accepted. Ours has not. */
Test(layouts, nothing_that_means_a_refusal_is_read_as_a_yes)
{
    static const char *const refusals[] = {"Declined",
                                           "DECLINED ",
                                           "Offered and Declined",
                                           "Offered and Declined (by YP)",
                                           "a) Offered and declined",
                                           "Declined - accepted later",
                                           "Refused",
                                           "Not Offered (Missing Again)",
                                           "Not Offered (Other)",
                                           "Not Offered (Unable to make contact)",
                                           "Not accepted",
                                           "No - declined",
                                           "N",
                                           "NA"};
    for (int l = 0; l < LAYOUTS; l++) {
        struct config config;
        load(&config, layouts[l]);
        for (const struct value_table *table = config.tables; table; table = table->next)
            for (size_t r = 0; r < sizeof refusals / sizeof refusals[0]; r++) {
                const char *value = value_of(TYPE_FLAG, table, refusals[r]);
                cr_expect(!is_a_yes(value), "%s, values %s: '%s' is read as '%s'", layouts[l],
                          table->name, refusals[r], value);
                value = value_of(TYPE_CATEGORY, table, refusals[r]);
                cr_expect(!is_a_yes(value), "%s, values %s: '%s' is read as '%s'", layouts[l],
                          table->name, refusals[r], value);
            }
        config_free(&config);
    }
}

static const struct value_table *table_named(const struct config *config, const char *name)
{
    const struct value_table *table = config->tables;
    while (table && strcmp(table->name, name) != 0)
        table = table->next;
    cr_assert(table, "%s", name);
    return table;
}

/* The mark of a list before a code, text behind it, and codes that begin like others. */
Test(layouts, spellings_of_codes)
{
    struct config config;
    load(&config, "annex-a");
    const struct value_table *status = table_named(&config, "legal status");
    cr_expect_str_eq(value_of(TYPE_CATEGORY, status, "C1: ICO"), "C1");
    cr_expect_str_eq(value_of(TYPE_CATEGORY, status, "c1"), "C1");
    cr_expect_str_eq(value_of(TYPE_CATEGORY, status, "V3"), "V3");
    cr_expect_str_eq(value_of(TYPE_CATEGORY, status, "V4: Short term breaks, agreements recorded"),
                     "V4");
    cr_expect_str_eq(value_of(TYPE_CATEGORY, status, "V44"), "V44", "another code is no V4");
    const struct value_table *kind = table_named(&config, "placement kind");
    cr_expect_str_eq(value_of(TYPE_CATEGORY, kind, "zz) T4: Temporary placement"), "temporary");
    cr_expect_str_eq(value_of(TYPE_CATEGORY, kind, "f) U6: Foster placement - not FFA"),
                     "foster care");
    const struct value_table *source = table_named(&config, "source of referral");
    cr_expect_str_eq(value_of(TYPE_CATEGORY, source, "u) 10: Unknown"), "unknown");
    cr_expect_str_eq(value_of(TYPE_CATEGORY, source, "a) 1A: Individual"), "individual");
    cr_expect_str_eq(value_of(TYPE_CATEGORY, table_named(&config, "gender"), "b) Female"),
                     "female");
    config_free(&config);
}
