/*
 * What is wrong in a definition is said with its file, line, indicator and the nearest valid word,
 * and all of it in one pass.
 */
#include <criterion/criterion.h>
#include <stdio.h>

#include "world.h"

#define X     "[X]\ntitle = x\nsection = x\n"
#define SHARE "count = child\nwhen = always\nmet = gender is female\n"

#define PROBLEMS(expected, definitions) cr_assert_str_eq(problems_of(definitions), expected)

Test(definition, a_good_one_has_no_problems)
{
    PROBLEMS("", X "count = child\nwhen = always\n");
}

Test(definition, unknown_words_are_named_with_the_nearest)
{
    PROBLEMS("d.ini:6: X: unknown field 'rhi_complete' in missing_episode (did you mean "
             "'rhi_completed'?)\n",
             X "count = missing_episode\nwhen = found in month\nmet = rhi_complete is set\n");
    PROBLEMS("d.ini:4: X: unknown dataset 'missing_epsode' (did you mean 'missing_episode'?)\n",
             X "count = missing_epsode\nwhen = found in month\n");
    PROBLEMS("d.ini:6: X: unknown dataset 'supervison' (did you mean 'supervision'?)\n",
             X "count = child\nwhen = always\nmet = any supervison (held within 31 days)\n");
    PROBLEMS("d.ini:6: X: unknown key 'targt' (did you mean 'target'?)\n",
             X "count = child\nwhen = always\ntargt = 95%\n");
    PROBLEMS("d.ini:6: X: 'mising' is no value of 'kind' (did you mean 'missing'?)\n",
             X "count = missing_episode\nwhen = found in month\nwhere = kind is mising\n");
    PROBLEMS("d.ini:8: X: unknown group 'looked aftr' (a group is defined before it is used) (did "
             "you mean 'looked after'?)\n",
             "[group looked after]\nwhere = any care_period (open)\n" X
             "count = child\nwhen = always\nwhere = in looked aftr and age > 3\n");
}

Test(definition, all_problems_come_at_once)
{
    PROBLEMS(
        "d.ini:5: X: when is one of: always, open, FIELD in month, FIELD in year to date, FIELD "
        "in last N months\n"
        "d.ini:6: X: unknown field 'kid' in missing_episode (did you mean 'kind'?)\n"
        "d.ini:7: X: target is an amount, or amounts with the last month of each: 80% until "
        "2019-03, 95%\n"
        "d.ini:8: X: better is high or low\n",
        X "count = missing_episode\nwhen = sometimes\nwhere = kid is missing\n"
          "target = many\nbetter = up\n");
}

Test(definition, a_key_that_is_none_is_named_once_in_defaults_too)
{
    PROBLEMS("d.ini:2: [defaults]: unknown key 'sektion' (did you mean 'section'?)\n",
             "[defaults]\nsektion = a\n" X "count = child\nwhen = always\n"
             "[Y]\ntitle = y\nsection = x\ncount = child\nwhen = always\n");
}

Test(definition, targets)
{
    const char wrong[] = "d.ini:6: X: target is an amount, or amounts with the last month of each: "
                         "80% until 2019-03, 95%\n";
    PROBLEMS("", X SHARE "target = 80% until 2019-03, 95%\n");
    PROBLEMS("", X SHARE "target = 80% until 2019-03\n");
    PROBLEMS(wrong, X "count = child\nwhen = always\ntarget = 80%, 95%\n");
    PROBLEMS(wrong, X "count = child\nwhen = always\ntarget = 80% until 2019-13, 95%\n");
    PROBLEMS(wrong, X "count = child\nwhen = always\n"
                      "target = 80% until 2019-03, 85% until 2019-01, 95%\n");
    PROBLEMS(wrong, X "count = child\nwhen = always\ntarget = 80% until 2019-03,\n");
    PROBLEMS("d.ini:6: X: detail target is an amount, like: 80%\n",
             X "count = child\nwhen = always\ndetail target = high\n");
}

Test(definition, targets_are_in_the_unit_of_the_indicator)
{
    PROBLEMS("", X SHARE "target = 0%\namber = 5pp\ndetail target = 100%\n");
    PROBLEMS("d.ini:7: X: target '0.9' must be a percentage from 0% to 100%, with its sign\n",
             X SHARE "target = 0.9\n");
    PROBLEMS("d.ini:7: X: target '90' must be a percentage from 0% to 100%, with its sign\n",
             X SHARE "target = 80% until 2019-03, 90\n");
    PROBLEMS("d.ini:7: X: target '900%' must be a percentage from 0% to 100%, with its sign\n",
             X SHARE "target = 900%\n");
    PROBLEMS("d.ini:2: X: detail target '80' must be a percentage from 0% to 100%, with its sign\n",
             X SHARE "detail target = 80\n");
    PROBLEMS("d.ini:7: X: amber '5' must be in points, like 5pp, or like 10% of target\n",
             X SHARE "amber = 5\n");
    PROBLEMS("d.ini:6: X: target '16%' must be a number without a sign: this is no percentage\n"
             "d.ini:7: X: amber '2pp' must be a number, like 0.5: this is no percentage, or like "
             "10% of target\n",
             X "count = child\nwhen = always\ntarget = 16%\namber = 2pp\n");
    /* A pool has the unit of what it adds up. */
    PROBLEMS("d.ini:11: Y: target '95' must be a percentage from 0% to 100%, with its sign\n",
             X SHARE "[Y]\ntitle = y\nsection = y\npool = X\ntarget = 95\n");
}

Test(definition, types_must_agree)
{
    PROBLEMS("d.ini:6: X: 'rhi_completed' is a date, not a number: '5'\n",
             X "count = missing_episode\nwhen = found in month\nmet = rhi_completed > 5\n");
    PROBLEMS("d.ini:6: X: 'fte' is a number, not a date: '2019-07-01'\n",
             X "count = worker\nwhen = started in month\nmet = fte > 2019-07-01\n");
    PROBLEMS("d.ini:6: X: 'kind' is not a flag: say what about it\n",
             X "count = visit\nwhen = held in month\nmet = kind\n");
    PROBLEMS("d.ini:6: X: 'seen' is a flag: it is yes or no\n",
             X "count = visit\nwhen = held in month\nmet = seen is true\n");
    PROBLEMS("d.ini:6: X: 'kind' is neither a date nor a number: test it with 'is'\n",
             X "count = visit\nwhen = held in month\nmet = kind = cin\n");
    PROBLEMS("d.ini:6: X: 'held' is a date: compare it with <, <=, =, >= or >\n",
             X "count = visit\nwhen = held in month\nmet = held is 2019-07-01\n");
    PROBLEMS("d.ini:6: X: hours are counted between two times: a date has none\n",
             X "count = visit\nwhen = held in month\nmet = held within 24 hours\n");
    PROBLEMS("d.ini:6: X: visit is not something that opens and closes\n",
             X "count = visit\nwhen = held in month\nmet = open\n");
    PROBLEMS("d.ini:6: X: 'kind' of visit is not a reference, so no '.' can follow it\n",
             X "count = visit\nwhen = held in month\nmet = kind.name is set\n");
    PROBLEMS("d.ini:6: X: 'age' needs a child, and post has none\n",
             X "count = post\nwhen = open\nmet = age > 3\n");
}

Test(definition, syntax)
{
    PROBLEMS("d.ini:6: X: expected ')' at the end\n",
             X "count = child\nwhen = always\nmet = any visit (seen\n");
    PROBLEMS("d.ini:6: X: expected 'and' or 'or' before 'seen'\n",
             X "count = visit\nwhen = held in month\nmet = seen seen\n");
    PROBLEMS("d.ini:6: X: expected a test at the end\n",
             X "count = visit\nwhen = held in month\nmet = seen and\n");
    PROBLEMS("d.ini:6: X: 'this.' has a meaning only in a related test\n",
             X "count = visit\nwhen = held in month\nmet = this.held <= held\n");
    PROBLEMS("d.ini:2: group g: 'this.' has no meaning in a group\n",
             "[group g]\nwhere = any visit (held > this.born)\n");
    PROBLEMS(
        "d.ini:6: X: expected hours, days, working days, weeks, months or years before 'moons'\n",
        X "count = visit\nwhen = held in month\nmet = held within 3 moons\n");
}

Test(definition, what_does_not_go_together)
{
    PROBLEMS("d.ini:2: X: has neither count nor pool\n", X);
    PROBLEMS("d.ini:2: X: has no when\n", X "count = child\n");
    PROBLEMS("d.ini:2: X: has no title\n", "[X]\nsection = x\ncount = child\nwhen = always\n");
    PROBLEMS("d.ini:2: X: has both met and per: it is a percentage or an average\n",
             X "count = allocation\nwhen = open\nmet = open\nper = worker.fte\n");
    PROBLEMS("d.ini:2: X: pool: unknown indicator 'Y'\n", X "pool = Y\n");
    PROBLEMS("d.ini:2: X: pool is circular: it adds itself\n", X "pool = X\n");
    PROBLEMS("d.ini:6: [X]: 'when' stands twice (also at line 5)\n",
             X "count = child\nwhen = always\nwhen = always\n");
    PROBLEMS("d.ini:1: the section is empty: write its keys below it, or delete it\n"
             "d.ini:3: X: has neither count nor pool\n",
             "[group nobody]\n" X);
}

Test(definition, a_pool_adds_nothing_up_twice)
{
    static const char rest[] = "[Y]\ntitle = y\nsection = x\ncount = child\nwhen = always\n"
                               "[Z]\ntitle = z\nsection = x\ncount = visit\n"
                               "when = held in month\n"
                               "[P]\ntitle = p\nsection = x\npool = Y, Z\n"
                               "[Q]\ntitle = q\nsection = x\npool = Z\n";
    static const struct {
        const char *pool;
        const char *problems;
    } cases[] = {
        {"Y, Z", ""},
        {"Y, Q", ""},
        {"Y, Z, Y", "d.ini:2: X: pool: 'Y' would be added up twice\n"},
        {"Y, P", "d.ini:2: X: pool: 'Y' would be added up twice\n"},
        {"P, Q", "d.ini:2: X: pool: 'Z' would be added up twice\n"},
        {"X, Y, Y", "d.ini:2: X: pool is circular: it adds itself\n"},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        char text[512];
        snprintf(text, sizeof text, X "pool = %s\n%s", cases[c].pool, rest);
        PROBLEMS(cases[c].problems, text);
    }
}

Test(definition, dimensions)
{
    PROBLEMS("d.ini:6: X: unknown dimension 'team' (a dimension is defined before it is used)\n",
             X "count = child\nwhen = always\nby = team\n");
    PROBLEMS("d.ini:2: dimension kind: 'held' is neither a category nor a text nor a flag\n"
             "d.ini:8: X: dimension 'kind' has no line for child\n",
             "[dimension kind]\nvisit = held\n" X "count = child\nwhen = always\nby = kind\n");
    /* Named for all of a file, it has to serve all of them. */
    PROBLEMS("d.ini:4: X: dimension 'sex' has no line for post\n",
             "[dimension sex]\nchild = gender\n[defaults]\nby = sex\n" X
             "count = post\nwhen = open\n[Y]\ntitle = y\nsection = x\ncount = visit\n"
             "when = held in month\n");
    /* The line of child serves whatever names a child, and nothing else. */
    PROBLEMS("d.ini:8: X: dimension 'sex' has no line for post\n",
             "[dimension sex]\nchild = gender\n" X "count = post\nwhen = open\nby = sex\n");
    PROBLEMS("d.ini:12: X: dimension 'sex' has no line for post\n",
             "[dimension sex]\nchild = gender\n[Y]\ntitle = y\nsection = x\ncount = post\n"
             "when = open\n"
             "[X]\ntitle = x\nsection = x\npool = Y\nby = sex\n");
    PROBLEMS("d.ini:2: dimension age: has lines for datasets and members: it is by fields or by "
             "tests\n",
             "[dimension age]\nchild = gender\nmember old = age > 9\n");
    PROBLEMS("d.ini:3: dimension f: one line is a flag, another is not\n",
             "[dimension f]\nchild = disabled\nvisit = kind\n");
    PROBLEMS("d.ini:2: dimension p: unknown dataset 'placment' (did you mean 'placement'?)\n",
             "[dimension p]\nchild = latest placment (open) kind\n");
    PROBLEMS("d.ini:2: dimension p: expected a field at the end\n",
             "[dimension p]\nchild = latest placement (open)\n");
    PROBLEMS("d.ini:2: dimension p: expected nothing more before 'kind'\n",
             "[dimension p]\nchild = gender kind\n");
    PROBLEMS("d.ini:4: group b: 'the month before' has no meaning in a group: it is of one month\n",
             "[group a]\nwhere = any visit\n[group b]\nwhere = in a the month before\n");
}

/* One of an authority's own, in a file behind ours, stands with its section: no sheet "x 2". */
Test(definition, a_section_stands_together_where_it_is_first_named)
{
    struct world world;
    char order[64];
    size_t length = 0;
    world_define(&world, X "count = child\nwhen = always\n"
                           "[Y]\ntitle = y\nsection = y\ncount = child\nwhen = always\n"
                           "[Z]\ntitle = z\nsection = z\ncount = child\nwhen = always\n"
                           "[Y 2]\ntitle = y\nsection = y\ncount = child\nwhen = always\n"
                           "[X 2]\ntitle = x\nsection = x\ncount = child\nwhen = always\n"
                           "[X 3]\ntitle = x\nsection = x\ncount = child\nwhen = always\n");
    cr_assert_eq(world.problems.count, 0);
    for (size_t i = 0; i < world.definitions.count; i++) {
        cr_assert_eq(world.definitions.indicators[i]->number, i);
        length += (size_t)snprintf(order + length, sizeof order - length, "%s, ",
                                   world.definitions.indicators[i]->code);
    }
    cr_assert_str_eq(order, "X, X 2, X 3, Y, Y 2, Z, ");
    world_free(&world);
}
