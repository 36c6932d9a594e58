#include "transforms/predicate.h"

#include <stdio.h>
#include <string.h>

enum token_kind { TOKEN_END, TOKEN_WORD, TOKEN_QUOTED, TOKEN_SIGN, TOKEN_BAD };

struct token {
    enum token_kind kind;
    struct span text;
};

struct parser {
    struct scope *scope;
    const char *next;
    struct token token;            /* the one to be parsed */
    const struct dataset *dataset; /* the dataset at hand */
    const struct dataset *subject; /* of `this`; NULL where there is none */
    bool related;                  /* within a related test */
    bool saw_anchor;               /* a window after this.FIELD was parsed */
    bool failed;                   /* a problem that ends the parsing was added */
    unsigned depth;
};

enum { DEEPEST = 64, MOST_UNITS = 999999 };

/* ---- tokens -------------------------------------------------------------------------------- */

static bool is_word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '-' || (unsigned char)c >= 0x80;
}

static struct token read_token(const char **next)
{
    const char *at = *next;
    while (*at == ' ' || *at == '\t' || *at == '\n')
        at++;
    const char *start = at;
    enum token_kind kind = TOKEN_BAD;
    if (*at == '\0') {
        kind = TOKEN_END;
    } else if (is_word_char(*at)) {
        kind = TOKEN_WORD;
        while (is_word_char(*at))
            at++;
    } else if (*at == '"') {
        const char *close = strchr(at + 1, '"');
        at = close ? close + 1 : at + strlen(at);
        *next = at;
        if (close)
            return (struct token){TOKEN_QUOTED, {start + 1, (size_t)(close - start) - 1}};
        return (struct token){TOKEN_BAD, {start, (size_t)(at - start)}};
    } else if (strchr("(),=", *at)) {
        kind = TOKEN_SIGN;
        at++;
    } else if (*at == '<' || *at == '>') {
        kind = TOKEN_SIGN;
        at += at[1] == '=' ? 2 : 1;
    } else {
        at++;
    }
    *next = at;
    return (struct token){kind, {start, (size_t)(at - start)}};
}

static void advance(struct parser *parser)
{
    parser->token = read_token(&parser->next);
}

static bool token_is(const struct token *token, const char *text)
{
    return (token->kind == TOKEN_WORD || token->kind == TOKEN_SIGN) && span_is(token->text, text);
}

static bool at_word(const struct parser *parser, const char *text)
{
    return token_is(&parser->token, text);
}

static bool accept(struct parser *parser, const char *text)
{
    if (!at_word(parser, text))
        return false;
    advance(parser);
    return true;
}

/* The token after the one to be parsed. */
static struct token peek(const struct parser *parser)
{
    const char *next = parser->next;
    return read_token(&next);
}

/* ---- problems ------------------------------------------------------------------------------ */

static void fail_expected(struct parser *parser, const char *what)
{
    const struct scope *scope = parser->scope;
    if (!parser->failed) {
        if (parser->token.kind == TOKEN_END)
            problem(scope->problems, scope->file, scope->line, "%s: expected %s at the end",
                    scope->code, what);
        else
            problem(scope->problems, scope->file, scope->line, "%s: expected %s before '%.*s'",
                    scope->code, what, (int)parser->token.text.length, parser->token.text.text);
    }
    parser->failed = true;
}

static void expect(struct parser *parser, const char *text, const char *what)
{
    if (!accept(parser, text))
        fail_expected(parser, what);
}

static void fail_text(struct parser *parser, const char *text)
{
    const struct scope *scope = parser->scope;
    problem(scope->problems, scope->file, scope->line, "%s: %s", scope->code, text);
    parser->failed = true;
}

static struct test *new_test(struct parser *parser, enum test_kind kind)
{
    struct test *test = arena_alloc(parser->scope->arena, sizeof *test);
    if (!test) {
        fail_text(parser, "out of memory");
        return NULL;
    }
    test->kind = kind;
    test->link = NO_FIELD;
    return test;
}

/* ---- fields -------------------------------------------------------------------------------- */

const struct field *path_field(const struct path *path)
{
    int last = path->steps - 1;
    return &path->datasets[last]->fields[path->fields[last]];
}

/* Binds the dotted names after `this.`, if any. Adds a problem and returns false when it cannot. */
static bool bind_path(struct scope *scope, struct span names, const struct dataset *dataset,
                      struct path *path)
{
    while (names.text) {
        struct span name = span_cut(&names, '.');
        if (path->steps == 0 && names.text && span_is(name, dataset->name) &&
            dataset_field(dataset, name) == NO_FIELD)
            continue; /* allocation.team.kind, said of an allocation */
        int field = dataset_field(dataset, name);
        if (field == NO_FIELD) {
            problem_word(scope->problems, scope->file, scope->line, name, dataset->field_names,
                         (size_t)dataset->field_count, "%s: unknown field '%.*s' in %s",
                         scope->code, (int)name.length, name.text, dataset->name);
            return false;
        }
        if (path->steps == MAX_STEPS) {
            problem(scope->problems, scope->file, scope->line,
                    "%s: '%.*s' follows more than %d references", scope->code, (int)name.length,
                    name.text, MAX_STEPS - 1);
            return false;
        }
        path->datasets[path->steps] = dataset;
        path->fields[path->steps++] = field;
        store_need(scope->store, dataset, field);
        if (names.text) {
            const struct dataset *refers = dataset->fields[field].refers;
            if (!refers) {
                problem(scope->problems, scope->file, scope->line,
                        "%s: '%s' of %s is not a reference, so no '.' can follow it", scope->code,
                        dataset->fields[field].name, dataset->name);
                return false;
            }
            dataset = refers;
        }
    }
    return path->steps > 0;
}

bool predicate_path(struct scope *scope, const char *text, const struct dataset *dataset,
                    struct path *path)
{
    *path = (struct path){0};
    return bind_path(scope, span_trim(span_of(text)), dataset, path);
}

/* The word at hand as a field; a problem when it is none. */
static struct path parse_path(struct parser *parser)
{
    struct path path = {0};
    if (parser->token.kind != TOKEN_WORD) {
        fail_expected(parser, "a field");
        return path;
    }
    struct span names = parser->token.text;
    const struct dataset *dataset = parser->dataset;
    if (names.length > 5 && memcmp(names.text, "this.", 5) == 0) {
        if (!parser->subject || !parser->related) {
            fail_text(parser, parser->subject ? "'this.' has a meaning only in a related test"
                                              : "'this.' has no meaning in a group");
            return path;
        }
        path.of_subject = true;
        dataset = parser->subject;
        names.text += 5;
        names.length -= 5;
    }
    if (!bind_path(parser->scope, names, dataset, &path)) {
        parser->failed = true;
        path.steps = 0;
    }
    advance(parser);
    return path;
}

static bool is_dated(const struct path *path)
{
    enum field_type type = path_field(path)->type;
    return type == TYPE_DATE || type == TYPE_TIME;
}

static void require_date(struct parser *parser, const struct path *path)
{
    if (path->steps > 0 && !is_dated(path)) {
        const struct scope *scope = parser->scope;
        problem(scope->problems, scope->file, scope->line, "%s: '%s' is not a date or time",
                scope->code, path_field(path)->name);
        parser->failed = true;
    }
}

/* The field by which rows of a dataset name a thing: its identifier when they are the thing. */
static int naming_field(const struct dataset *dataset, const struct dataset *thing)
{
    if (dataset == thing)
        return dataset->identifier;
    for (int f = 0; f < dataset->field_count; f++)
        if (dataset->fields[f].refers == thing)
            return f;
    return NO_FIELD;
}

static const struct dataset *child_dataset(const struct parser *parser)
{
    return catalogue_find(parser->scope->store->catalogue, SPAN("child"));
}

/* The field of the dataset at hand that names the child; a problem when there is none. */
static int child_field(struct parser *parser, const char *what)
{
    int field = naming_field(parser->dataset, child_dataset(parser));
    if (field == NO_FIELD) {
        const struct scope *scope = parser->scope;
        problem(scope->problems, scope->file, scope->line, "%s: %s needs a child, and %s has none",
                scope->code, what, parser->dataset->name);
        parser->failed = true;
    }
    return field;
}

/* ---- numbers ------------------------------------------------------------------------------- */

static int64_t parse_count(struct parser *parser)
{
    int64_t number =
        parser->token.kind == TOKEN_WORD ? span_number(parser->token.text, MOST_UNITS) : -1;
    if (number < 0)
        fail_expected(parser, "a whole number");
    else
        advance(parser);
    return number;
}

static const char *const unit_names[] = {"hours", "days",   "working days",
                                         "weeks", "months", "years"};

enum { UNIT_COUNT = sizeof unit_names / sizeof unit_names[0] };

/* "days", or "day" after a 1. */
static bool is_unit(struct span word, const char *name)
{
    return span_is(word, name) ||
           (word.length + 1 == strlen(name) && memcmp(word.text, name, word.length) == 0);
}

static void parse_span(struct parser *parser, struct test *test)
{
    test->number = parse_count(parser);
    if (parser->failed)
        return;
    if (accept(parser, "working")) {
        test->unit = UNIT_WORKING_DAYS;
        if (!accept(parser, "days"))
            expect(parser, "day", "'days'");
        return;
    }
    for (int u = 0; u < UNIT_COUNT; u++) {
        if (parser->token.kind == TOKEN_WORD && is_unit(parser->token.text, unit_names[u])) {
            test->unit = (enum unit)u;
            advance(parser);
            return;
        }
    }
    fail_expected(parser, "hours, days, working days, weeks, months or years");
}

bool predicate_span(struct span text, int64_t *number, enum unit *unit)
{
    struct span rest = span_trim(text);
    *number = span_number(span_cut(&rest, ' '), MOST_UNITS);
    if (*number < 0 || !rest.text)
        return false;
    for (int u = 0; u < UNIT_COUNT; u++) {
        if (is_unit(rest, unit_names[u])) {
            *unit = (enum unit)u;
            return true;
        }
    }
    return false;
}

/* ---- tests of a field ---------------------------------------------------------------------- */

/* Whether a value as written can be one of the field's. */
static void check_value(struct parser *parser, const struct field *field, struct span value)
{
    const struct scope *scope = parser->scope;
    const char *wrong = NULL;
    if (field->type == TYPE_DATE || field->type == TYPE_TIME)
        wrong = "is a date: compare it with <, <=, =, >= or >";
    else if (field->type == TYPE_FLAG && !span_is(value, "yes") && !span_is(value, "no"))
        wrong = "is a flag: it is yes or no";
    else if (field->type == TYPE_NUMBER && decimal_from_text(value) == NO_DECIMAL)
        wrong = "is a number";
    if (wrong) {
        problem(scope->problems, scope->file, scope->line, "%s: '%s' %s", scope->code, field->name,
                wrong);
        parser->failed = true;
        return;
    }
    if (field->value_count == 0)
        return;
    struct buffer folded = {0};
    text_fold(&folded, value);
    struct span word = {folded.text ? folded.text : "", folded.length};
    bool known = false;
    for (size_t i = 0; i < field->value_count; i++)
        known = known || span_is(word, field->values[i]);
    if (!known) {
        problem_word(scope->problems, scope->file, scope->line, word, field->values,
                     field->value_count, "%s: '%.*s' is no value of '%s'", scope->code,
                     (int)value.length, value.text, field->name);
        parser->failed = true;
    }
    buffer_free(&folded);
}

/* VALUE {, VALUE} */
static void parse_values(struct parser *parser, struct test *test)
{
    const struct field *field = path_field(&test->path);
    size_t most = 2;
    for (const char *c = parser->next; *c; c++)
        most += *c == ',';
    test->values = arena_alloc(parser->scope->arena, most * sizeof *test->values);
    test->numbers = arena_alloc(parser->scope->arena, most * sizeof *test->numbers);
    if (!test->values || !test->numbers) {
        fail_text(parser, "out of memory");
        return;
    }
    do {
        if (parser->token.kind != TOKEN_WORD && parser->token.kind != TOKEN_QUOTED) {
            fail_expected(parser, "a value");
            return;
        }
        struct span value = parser->token.text;
        check_value(parser, field, value);
        const char *copy = arena_copy(parser->scope->arena, value.text, value.length);
        if (!copy) {
            fail_text(parser, "out of memory");
            return;
        }
        test->values[test->value_count++] = (struct span){copy, value.length};
        advance(parser);
    } while (accept(parser, ","));
}

static const struct test *negated(struct parser *parser, const struct test *test, bool negate)
{
    if (!negate || !test)
        return test;
    struct test *outer = new_test(parser, TEST_NOT);
    if (outer)
        outer->left = test;
    return outer;
}

/* After "FIELD is" */
static const struct test *parse_is(struct parser *parser, struct test *test)
{
    bool negate = accept(parser, "not");
    if (accept(parser, "set")) {
        test->kind = TEST_SET;
    } else {
        test->kind = TEST_VALUE;
        parse_values(parser, test);
    }
    return negated(parser, test, negate);
}

static bool parse_comparison(struct parser *parser, enum comparison *comparison)
{
    static const char *const signs[] = {"<", "<=", "=", ">=", ">"};
    for (int i = 0; i < 5; i++) {
        if (parser->token.kind == TOKEN_SIGN && span_is(parser->token.text, signs[i])) {
            *comparison = (enum comparison)i;
            advance(parser);
            return true;
        }
    }
    return false;
}

/* After "FIELD <": a literal of the field's type, or a field of a type that compares with it. */
static void parse_other(struct parser *parser, struct test *test)
{
    const struct field *field = path_field(&test->path);
    bool dated = is_dated(&test->path);
    if (!dated && field->type != TYPE_NUMBER) {
        const struct scope *scope = parser->scope;
        problem(scope->problems, scope->file, scope->line,
                "%s: '%s' is neither a date nor a number: test it with 'is'", scope->code,
                field->name);
        parser->failed = true;
        return;
    }
    if (parser->token.kind == TOKEN_WORD) {
        struct span text = parser->token.text;
        date_t date = date_from_iso(text);
        decimal_t number = decimal_from_text(text);
        if (dated && date != NO_DATE) {
            test->number = date;
            advance(parser);
            return;
        }
        if (!dated && number != NO_DECIMAL) {
            test->number = number;
            advance(parser);
            return;
        }
        if (date != NO_DATE || number != NO_DECIMAL) {
            const struct scope *scope = parser->scope;
            problem(scope->problems, scope->file, scope->line, "%s: '%s' is a %s, not a %s: '%.*s'",
                    scope->code, field->name, dated ? "date" : "number", dated ? "number" : "date",
                    (int)text.length, text.text);
            parser->failed = true;
            return;
        }
    }
    test->other = parse_path(parser);
    if (test->other.steps > 0 && dated != is_dated(&test->other))
        fail_text(parser, "a date is compared with a date, a number with a number");
}

/* After "FIELD within" */
static void parse_within(struct parser *parser, struct test *test)
{
    require_date(parser, &test->path);
    parse_span(parser, test);
    test->kind = TEST_WITHIN;
    bool after = accept(parser, "after");
    if (after || accept(parser, "before")) {
        test->kind = after ? TEST_AFTER : TEST_BEFORE;
        test->other = parse_path(parser);
        require_date(parser, &test->other);
        if (after && test->other.of_subject)
            parser->saw_anchor = true;
    }
    if (parser->failed || test->unit != UNIT_HOURS)
        return;
    if (test->kind == TEST_WITHIN || path_field(&test->path)->type != TYPE_TIME ||
        path_field(&test->other)->type != TYPE_TIME)
        fail_text(parser, "hours are counted between two times: a date has none");
}

static const struct test *parse_field_test(struct parser *parser)
{
    struct test *test = new_test(parser, TEST_FLAG);
    if (!test)
        return NULL;
    test->path = parse_path(parser);
    if (parser->failed)
        return NULL;
    if (accept(parser, "is"))
        return parse_is(parser, test);
    if (parse_comparison(parser, &test->comparison)) {
        test->kind = TEST_COMPARE;
        parse_other(parser, test);
    } else if (accept(parser, "within")) {
        parse_within(parser, test);
    } else if (at_word(parser, "in")) {
        advance(parser);
        bool future = accept(parser, "the");
        if (future)
            expect(parser, "future", "'future'");
        else
            expect(parser, "month", "'month'");
        require_date(parser, &test->path);
        test->kind = future ? TEST_IN_FUTURE : TEST_IN_MONTH;
    } else if (accept(parser, "by")) {
        expect(parser, "month", "'month end'");
        expect(parser, "end", "'month end'");
        require_date(parser, &test->path);
        test->kind = TEST_BY_MONTH_END;
    } else if (path_field(&test->path)->type != TYPE_FLAG) {
        const struct scope *scope = parser->scope;
        problem(scope->problems, scope->file, scope->line,
                "%s: '%s' is not a flag: say what about it", scope->code,
                path_field(&test->path)->name);
        parser->failed = true;
    }
    return test;
}

/* ---- tests of other rows ------------------------------------------------------------------- */

static const struct test *parse_or(struct parser *parser);

/* The thing by which rows of two datasets belong together: the child before anything else. */
static bool relate(struct parser *parser, const struct dataset *related, struct relation *relation)
{
    const struct catalogue *catalogue = parser->scope->store->catalogue;
    const struct dataset *child = child_dataset(parser);
    relation->dataset = related;
    for (size_t d = 0; d <= catalogue->count; d++) {
        const struct dataset *thing = d == 0 ? child : &catalogue->datasets[d - 1];
        relation->from = naming_field(parser->dataset, thing);
        relation->to = naming_field(related, thing);
        if (relation->from != NO_FIELD && relation->to != NO_FIELD) {
            store_need(parser->scope->store, parser->dataset, relation->from);
            store_need(parser->scope->store, related, relation->to);
            return true;
        }
    }
    const struct scope *scope = parser->scope;
    problem(scope->problems, scope->file, scope->line,
            "%s: rows of %s and of %s have nothing in common to belong together by", scope->code,
            parser->dataset->name, related->name);
    parser->failed = true;
    return false;
}

/* DATASET, the word at hand. */
static const struct dataset *parse_dataset(struct parser *parser)
{
    const struct scope *scope = parser->scope;
    const struct catalogue *catalogue = scope->store->catalogue;
    if (parser->token.kind != TOKEN_WORD) {
        fail_expected(parser, "a dataset");
        return NULL;
    }
    const struct dataset *dataset = catalogue_find(catalogue, parser->token.text);
    if (!dataset) {
        problem_word(scope->problems, scope->file, scope->line, parser->token.text,
                     catalogue->names, catalogue->count, "%s: unknown dataset '%.*s'", scope->code,
                     (int)parser->token.text.length, parser->token.text.text);
        parser->failed = true;
        return NULL;
    }
    advance(parser);
    return dataset;
}

/* "( pred )" about rows of a related dataset. */
static const struct test *parse_about(struct parser *parser, const struct dataset *dataset)
{
    const struct dataset *outer = parser->dataset;
    bool was_related = parser->related;
    parser->dataset = dataset;
    parser->related = true;
    advance(parser); /* the parenthesis */
    const struct test *test = parse_or(parser);
    expect(parser, ")", "')'");
    parser->dataset = outer;
    parser->related = was_related;
    return test;
}

/* Whether a row must be dated in the month to pass the test. */
static bool needs_this_month(const struct test *test, const struct dataset *dataset)
{
    if (!test)
        return false;
    if (test->kind == TEST_AND)
        return needs_this_month(test->left, dataset) || needs_this_month(test->right, dataset);
    return test->kind == TEST_IN_MONTH && test->path.steps == 1 && !test->path.of_subject &&
           test->path.fields[0] == dataset->dated[0] && dataset->dated[1] == NO_FIELD;
}

/* After any, no, at least N or latest: DATASET [( pred )] [is ( pred )] */
static const struct test *parse_related(struct parser *parser, enum test_kind kind, int64_t number)
{
    struct test *test = new_test(parser, kind);
    const struct dataset *dataset = parse_dataset(parser);
    if (!test || !dataset)
        return NULL;
    test->number = number;
    if (!relate(parser, dataset, &test->relation))
        return NULL;
    test->relation.is_own = dataset == parser->subject;
    bool outer_anchor = parser->saw_anchor;
    parser->saw_anchor = false;
    if (at_word(parser, "("))
        test->left = parse_about(parser, dataset);
    if (kind == TEST_LATEST) {
        expect(parser, "is", "'is ('");
        if (!parser->failed && !at_word(parser, "("))
            fail_expected(parser, "'('");
        if (!parser->failed)
            test->right = parse_about(parser, dataset);
        if (dataset->dated[0] == NO_FIELD)
            fail_text(parser, "'latest' needs a dataset whose rows are dated");
    }
    test->relation.anchored = parser->saw_anchor;
    test->relation.this_month = needs_this_month(test->left, dataset);
    parser->saw_anchor = outer_anchor;
    return test;
}

/* "the month before", after a group. */
static bool accept_month_before(struct parser *parser)
{
    if (!accept(parser, "the"))
        return false;
    expect(parser, "month", "'month before'");
    expect(parser, "before", "'month before'");
    if (!parser->subject && !parser->failed)
        fail_text(parser, "'the month before' has no meaning in a group: it is of one month");
    return true;
}

/* After "in": the words of a group's name, the longest that is one. */
static const struct test *parse_group(struct parser *parser)
{
    const struct scope *scope = parser->scope;
    const char *start = parser->token.text.text;
    size_t best = SIZE_MAX;
    size_t best_length = 0;
    for (size_t g = 0; g < scope->group_count; g++) {
        size_t length = strlen(scope->groups[g].name);
        if (parser->token.kind == TOKEN_WORD && length > best_length &&
            strncmp(start, scope->groups[g].name, length) == 0 && !is_word_char(start[length])) {
            best = g;
            best_length = length;
        }
    }
    if (best == SIZE_MAX) {
        const char *names[256];
        size_t count = 0;
        for (size_t g = 0; g < scope->group_count && count < 256; g++)
            names[count++] = scope->groups[g].name;
        size_t length = strcspn(start, "()");
        const char *end = strstr(start, " and ");
        if (end && (size_t)(end - start) < length)
            length = (size_t)(end - start);
        end = strstr(start, " or ");
        if (end && (size_t)(end - start) < length)
            length = (size_t)(end - start);
        struct span word = span_trim((struct span){start, length});
        problem_word(scope->problems, scope->file, scope->line, word, names, count,
                     "%s: unknown group '%.*s' (a group is defined before it is used)", scope->code,
                     (int)word.length, word.text);
        parser->failed = true;
        return NULL;
    }
    parser->next = start + best_length;
    advance(parser);
    bool before = accept_month_before(parser);
    struct test *test = new_test(parser, before ? TEST_GROUP_BEFORE : TEST_GROUP);
    if (!test)
        return NULL;
    test->group = best;
    test->link = child_field(parser, "'in GROUP'");
    if (test->link != NO_FIELD)
        store_need(scope->store, parser->dataset, test->link);
    return test;
}

/* After "age" */
static const struct test *parse_age(struct parser *parser)
{
    struct test *test = new_test(parser, TEST_AGE);
    if (!test)
        return NULL;
    if (!parse_comparison(parser, &test->comparison)) {
        fail_expected(parser, "<, <=, =, >= or >");
        return NULL;
    }
    test->number = parse_count(parser);
    test->link = child_field(parser, "'age'");
    const struct dataset *child = child_dataset(parser);
    int born = dataset_field(child, SPAN("born"));
    if (born == NO_FIELD) {
        fail_text(parser, "'age' needs the field 'born' in dataset child");
        return NULL;
    }
    store_need(parser->scope->store, child, born);
    if (test->link != NO_FIELD)
        store_need(parser->scope->store, parser->dataset, test->link);
    test->other = (struct path){.steps = 1, .datasets = {child}, .fields = {born}};
    return test;
}

/* After "open" */
static const struct test *parse_open(struct parser *parser)
{
    struct test *test = new_test(parser, TEST_OPEN);
    if (!test)
        return NULL;
    if (parser->dataset->opens == NO_FIELD) {
        const struct scope *scope = parser->scope;
        problem(scope->problems, scope->file, scope->line,
                "%s: %s is not something that opens and closes", scope->code,
                parser->dataset->name);
        parser->failed = true;
        return NULL;
    }
    if (at_word(parser, "for")) {
        advance(parser);
        expect(parser, "at", "'at least'");
        expect(parser, "least", "'at least'");
        test->kind = TEST_OPEN_FOR;
        if (!parser->failed)
            parse_span(parser, test);
        if (!parser->failed && test->unit == UNIT_HOURS)
            fail_text(parser, "'open for' is counted in days or longer");
    }
    return test;
}

/* ---- logic --------------------------------------------------------------------------------- */

static const struct test *parse_test(struct parser *parser)
{
    if (accept(parser, "(")) {
        const struct test *test = parse_or(parser);
        expect(parser, ")", "')'");
        return test;
    }
    if (parser->token.kind != TOKEN_WORD) {
        fail_expected(parser, "a test");
        return NULL;
    }
    if (accept(parser, "any"))
        return parse_related(parser, TEST_ANY, 1);
    if (accept(parser, "no"))
        return negated(parser, parse_related(parser, TEST_ANY, 1), true);
    if (accept(parser, "latest"))
        return parse_related(parser, TEST_LATEST, 0);
    struct token following = peek(parser);
    if (at_word(parser, "at") && token_is(&following, "least")) {
        advance(parser);
        advance(parser);
        int64_t number = parse_count(parser);
        return parser->failed ? NULL : parse_related(parser, TEST_ANY, number);
    }
    if (accept(parser, "in"))
        return parse_group(parser);
    if (accept(parser, "age"))
        return parse_age(parser);
    if (accept(parser, "open"))
        return parse_open(parser);
    return parse_field_test(parser);
}

static const struct test *parse_not(struct parser *parser)
{
    if (++parser->depth > DEEPEST) {
        fail_text(parser, "the predicate is nested too deeply");
        return NULL;
    }
    bool negate = accept(parser, "not");
    const struct test *test = negate ? parse_not(parser) : parse_test(parser);
    parser->depth--;
    return parser->failed ? NULL : negated(parser, test, negate);
}

/* A test and the text that it was parsed from. */
struct clause {
    const struct test *test;
    struct span text;
};

static struct clause joined(struct parser *parser, enum test_kind kind, struct clause left,
                            struct clause right)
{
    struct test *test = new_test(parser, kind);
    struct span text = {left.text.text,
                        (size_t)(right.text.text + right.text.length - left.text.text)};
    if (test) {
        test->left = left.test;
        test->right = right.test;
        test->left_text = left.text;
        test->right_text = right.text;
    }
    return (struct clause){test, text};
}

/* What `parse` parsed, from the token at hand to the one that follows it. */
static struct clause parse_operand(struct parser *parser,
                                   const struct test *(*parse)(struct parser *))
{
    const char *start = parser->token.text.text;
    const struct test *test = parse(parser);
    struct span text = {start, (size_t)(parser->token.text.text - start)};
    return (struct clause){test, span_trim(text)};
}

static const struct test *parse_and(struct parser *parser)
{
    struct clause clause = parse_operand(parser, parse_not);
    while (!parser->failed && accept(parser, "and"))
        clause = joined(parser, TEST_AND, clause, parse_operand(parser, parse_not));
    return clause.test;
}

static const struct test *parse_or(struct parser *parser)
{
    struct clause clause = parse_operand(parser, parse_and);
    while (!parser->failed && accept(parser, "or"))
        clause = joined(parser, TEST_OR, clause, parse_operand(parser, parse_and));
    return clause.test;
}

const struct test *predicate_parse(struct scope *scope, const char *text,
                                   const struct dataset *dataset, bool subject)
{
    struct parser parser = {
        .scope = scope, .next = text, .dataset = dataset, .subject = subject ? dataset : NULL};
    advance(&parser);
    const struct test *test = parse_or(&parser);
    if (!parser.failed && parser.token.kind != TOKEN_END)
        fail_expected(&parser, "'and' or 'or'");
    return parser.failed ? NULL : test;
}

/* After "latest": DATASET [( pred )] FIELD */
static const struct test *parse_latest_field(struct parser *parser, struct path *path)
{
    struct test *test = new_test(parser, TEST_LATEST);
    const struct dataset *dataset = parse_dataset(parser);
    if (!test || !dataset || !relate(parser, dataset, &test->relation))
        return NULL;
    if (dataset->dated[0] == NO_FIELD) {
        fail_text(parser, "'latest' needs a dataset whose rows are dated");
        return NULL;
    }
    if (at_word(parser, "("))
        test->left = parse_about(parser, dataset);
    if (parser->failed)
        return NULL;
    parser->dataset = dataset;
    *path = parse_path(parser);
    return test;
}

bool predicate_field(struct scope *scope, const char *text, const struct dataset *dataset,
                     struct path *path, const struct test **latest)
{
    struct parser parser = {.scope = scope, .next = text, .dataset = dataset, .subject = dataset};
    *path = (struct path){0};
    *latest = NULL;
    advance(&parser);
    if (accept(&parser, "latest"))
        *latest = parse_latest_field(&parser, path);
    else
        *path = parse_path(&parser);
    if (!parser.failed && parser.token.kind != TOKEN_END)
        fail_expected(&parser, "nothing more");
    if (parser.failed)
        path->steps = 0;
    return !parser.failed;
}

/* ---- values -------------------------------------------------------------------------------- */

/* INT64_MIN when the memory ran out. */
static int64_t value_number(const struct store *store, const struct path *path, struct span value)
{
    const struct field *field = path_field(path);
    const struct dataset *dataset = path->datasets[path->steps - 1];
    int64_t number = -1;
    switch (field->type) {
    case TYPE_CATEGORY:
        number = store_category(store, value);
        if (number == CATEGORY_NO_MEMORY)
            return INT64_MIN;
        break;
    case TYPE_TEXT:
        number = store_text(store, value);
        break;
    case TYPE_FLAG:
        number = span_is(value, "yes");
        break;
    case TYPE_NUMBER: {
        decimal_t decimal = decimal_from_text(value);
        return decimal == NO_DECIMAL ? INT64_MAX : decimal;
    }
    case TYPE_REFERENCE:
        number = dictionary_find(&store->tables[field->refers->number].identifiers, value);
        break;
    case TYPE_ID:
        number = path->fields[path->steps - 1] == dataset->identifier
                     ? dictionary_find(&store->tables[dataset->number].identifiers, value)
                     : dictionary_find(&store->spellings, value);
        break;
    default:
        break;
    }
    /* A value that no row has: a number that no row has either. */
    return number < 0 ? INT64_MAX : number;
}

int predicate_prepare(const struct test *test, const struct store *store)
{
    if (!test)
        return 0;
    for (size_t i = 0; test->kind == TEST_VALUE && i < test->value_count; i++) {
        test->numbers[i] = value_number(store, &test->path, test->values[i]);
        if (test->numbers[i] == INT64_MIN)
            return -1;
    }
    return predicate_prepare(test->left, store) < 0 ? -1 : predicate_prepare(test->right, store);
}
