/*
 * What is wrong in pipeline.conf, datasets, values and layouts is said all at once, with its place
 * and the nearest valid word.
 */
#include <criterion/criterion.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "etl/config.h"
#include "world.h"

/* The problems of a configuration whose [data] names the project's datasets; its name is "p.conf".
 */
static const char *config_problems(const char *text)
{
    static char result[4096];
    char here[PATH_MAX];
    char whole[8192];
    struct config config;
    struct problems problems = {0};
    struct error error = {0};
    cr_assert(getcwd(here, sizeof here));
    snprintf(whole, sizeof whole, "[data]\ndatasets = %.3000s/etl/datasets.ini\n%.4000s", here,
             text);
    cr_assert_eq(config_load(&config, temporary_file("p.conf", whole), &problems, &error), 0, "%s",
                 error.text);
    const char *lines = problems.lines.text ? problems.lines.text : "";
    size_t used = 0;
    result[0] = '\0';
    while (*lines && used < sizeof result - 600) {
        const char *end = strchr(lines, '\n');
        const char *name = strstr(lines, "p.conf");
        used += (size_t)snprintf(result + used, sizeof result - used, "%.*s\n",
                                 (int)(end - (name && name < end ? name : lines)),
                                 name && name < end ? name : lines);
        lines = end + 1;
    }
    problems_free(&problems);
    config_free(&config);
    return result;
}

#define CONFIG(expected, text) cr_assert_str_eq(config_problems(text), expected)

#define POSTS                                                                                      \
    "[source posts]\nfile = posts*.csv\ndataset = post\ncolumn post = Post\ncolumn opened = "      \
    "From\n"

Test(config, a_good_one_has_no_problems)
{
    CONFIG("", POSTS);
}

/* A hidden sheet is an old copy or working columns, unless somebody names it. */
Test(config, a_hidden_sheet_is_read_by_what_names_it_alone)
{
    const char *words[] = {"list_*", "Old"};
    const struct word_list any = {0}, named = {words, 2};
    cr_assert(config_may_read_sheet(&any, "List_1", false));
    cr_assert_not(config_may_read_sheet(&any, "List_1", true));
    cr_assert(config_may_read_sheet(&named, "List_1", false));
    cr_assert(config_may_read_sheet(&named, "old", true));
    cr_assert_not(config_may_read_sheet(&named, "Older", false));
    cr_assert_not(config_may_read_sheet(&named, "Older", true));
}

Test(config, a_source_may_ask_for_freexl_and_nothing_else)
{
    CONFIG("", POSTS "reader = freexl\n");
    CONFIG(
        "p.conf:8: source 'posts': reader can only be freexl, for .xls files; leave it out for the "
        "usual reader\n",
        POSTS "reader = xlrd\n");
}

Test(config, unknown_words_are_named_with_the_nearest)
{
    CONFIG("p.conf:4: unknown section '[reprot]' (did you mean 'report'?)\n",
           "[reprot]\nmonth = 2019-07\n");
    CONFIG("p.conf:4: [report]: unknown key 'moth' (did you mean 'month'?)\n",
           "[report]\nmoth = 2019-07\n");
    CONFIG("p.conf:8: source 'posts': unknown field 'vacan' in post (did you mean 'vacant'?)\n",
           POSTS "column vacan = Vacant\n");
    CONFIG("p.conf:8: source 'posts': unknown key 'colum vacant' (did you mean 'column'?)\n",
           POSTS "colum vacant = Vacant\n");
    CONFIG("p.conf:5: source 'x': unknown dataset 'pots' (did you mean 'post'?)\n",
           "[source x]\nfile = x.csv\ndataset = pots\n");
}

Test(config, wrong_values)
{
    CONFIG("p.conf:4: [report] month must be a month like 2019-07\n"
           "p.conf:5: [report] as at must be a date like 2019-08-13\n"
           "p.conf:6: [report] months must be a number from 1 to 60\n",
           "[report]\nmonth = July\nas at = 13/08/2019\nmonths = 61\n");
}

Test(config, sources_that_cannot_work)
{
    CONFIG("p.conf:4: source 'x' says no dataset\n", "[source x]\nfile = x.csv\n");
    CONFIG("p.conf:4: source 'x' says no file, like: file = missing_episodes_*.xls\n"
           "p.conf:4: source 'x' has no column for 'post', which post cannot do without\n"
           "p.conf:4: source 'x' has no column for 'opened', which post cannot do without\n",
           "[source x]\ndataset = post\n");
    CONFIG("p.conf:8: source 'posts': there is no [values sizes]\n", POSTS "values fte = sizes\n");
    CONFIG("p.conf:4: source 'posts': values fte, but it is neither a category nor a flag\n",
           POSTS "values fte = sizes\n[values sizes]\n1 = one\n");
    CONFIG(
        "p.conf:8: source 'posts': 'blank' is written: blank FIELD when HEADER = VALUE | VALUE\n",
        POSTS "blank closed = X1\n");
}

Test(config, lookups_that_cannot_work)
{
    CONFIG("p.conf:8: source 'posts': 'lookup' is written: lookup FIELD = HEADER of LIST\n",
           POSTS "lookup post = number\n");
    CONFIG("p.conf:8: source 'posts': there is no [lookup places]\n",
           POSTS "lookup post = number of places\n");
    CONFIG("p.conf:8: source 'posts' looks 'team' up but has no column for its key\n",
           POSTS "lookup team = team of places\n[lookup places]\nfile = p*\nkey = place\n");
    CONFIG("p.conf:4: lookup 'places' needs a file and a key, like: file = *cla_episodes*, key = "
           "cla_id\n",
           "[lookup places]\nfile = p*\n");
    CONFIG("p.conf:4: lookup 'places': unknown key 'keys' (did you mean 'key'?)\n"
           "p.conf:4: lookup 'places' needs a file and a key, like: file = *cla_episodes*, key = "
           "cla_id\n",
           "[lookup places]\nkeys = place\n");
}

Test(config, a_line_that_stands_twice)
{
    CONFIG("p.conf:8: source 'posts': 'column post' stands twice (also at line 6)\n",
           POSTS "column post = Post No\n");
    CONFIG("", POSTS "only Team = a\nonly Team = b\n");
}

/* The same rows of one sheet under one key would be counted as conflicts with themselves. */
Test(config, two_sources_of_one_key)
{
    static const char other[] =
        "[source again]\nfile = posts*.csv\ndataset = post\ncolumn post = Post | "
        "Post No\ncolumn opened = From\n";
    char text[1024];
    snprintf(text, sizeof text, POSTS "%s", other);
    const char *problems = config_problems(text);
    cr_assert(strncmp(problems,
                      "p.conf:9: source 'again' feeds post by the same key as source 'posts' (",
                      71) == 0,
              "%s", problems);
    cr_assert(strstr(problems, "p.conf:4): delete one, or tell their rows apart with 'only'\n"),
              "%s", problems);
    snprintf(text, sizeof text, POSTS "%sonly Kind = a\n", other);
    CONFIG("", text);
    snprintf(text, sizeof text, POSTS "sheet = One\n%ssheet = Two\n", other);
    CONFIG("", text);
}

Test(config, levels_of_checks)
{
    CONFIG("", "[checks]\nends before it starts = note\n");
    CONFIG(
        "p.conf:4: [checks]: there is no check 'ends befor it starts' (did you mean 'ends before "
        "it starts'?)\n"
        "p.conf:5: [checks] key conflict must be note, reject or fail\n",
        "[checks]\nends befor it starts = note\nkey conflict = yes\n");
}

Test(config, what_a_layout_lacks)
{
    CONFIG("p.conf:4: [layout]: unknown dataset 'supervison' (did you mean 'supervision'?)\n"
           "p.conf:5: [layout]: unknown key 'lacks': it is title, without DATASET or cannot CODE\n",
           "[layout]\nwithout supervison = none\nlacks = none\n");
}

Test(config, spellings_of_two_values)
{
    CONFIG("p.conf:5: values kind: 'm' is a spelling of both 'missing' and 'away'\n",
           "[values kind]\nmissing = M | Missing\naway = A | m\n");
}

Test(config, other_files)
{
    const char *problems = config_problems("include = nowhere.conf\n");
    cr_assert(strncmp(problems, "p.conf:3: cannot read the included '", 36) == 0, "%s", problems);
    CONFIG(
        "p.conf:3: there is no layout 'anex-a', only: annex-a, ssd, ssda903, forms (did you mean "
        "'annex-a'?)\n",
        "layout = anex-a\n");
    problems = config_problems("layout = ./nowhere.ini\n");
    cr_assert(strncmp(problems, "p.conf:3: cannot read the layout '", 34) == 0, "%s", problems);
    CONFIG("p.conf:3: layout is written: layout = NAME, or NAME for FILE-PATTERN\n",
           "layout = annex-a annex.xlsx\n");
}

Test(config, lines_that_are_cut_elsewhere)
{
    char text[512];
    snprintf(text, sizeof text, "[report]\nfolder = %.240s\n",
             "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
             "aaaaaaaaaa"
             "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
             "aaaaaaaaaa"
             "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    const char *problems = config_problems(text);
    cr_assert(strstr(problems, "p.conf:4: the line is longer than"), "%s", problems);
    CONFIG("p.conf:4: this is neither [section] nor key = value nor an indented continuation\n",
           "[report]\nwhat is this\n");
}
