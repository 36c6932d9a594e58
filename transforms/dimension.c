#include "transforms/dimension.h"

#include <string.h>

#include "transforms/defining.h"

static struct dimension *new_dimension(struct defining *defining, struct span name)
{
    struct definitions *definitions = defining->definitions;
    size_t datasets = defining->config->catalogue.count;
    struct dimension **room = grow(definitions->dimensions, &definitions->dimension_capacity,
                                   definitions->dimension_count + 1, sizeof(struct dimension *));
    if (room)
        definitions->dimensions = room;
    struct dimension *dimension = arena_alloc(&definitions->arena, sizeof *dimension);
    if (dimension) {
        dimension->lines =
            arena_alloc(&definitions->arena, (datasets + 1) * sizeof *dimension->lines);
        dimension->name = defining_keep(defining, name.text);
    }
    if (!room || !dimension || !dimension->lines) {
        error_memory(defining->error, "reading the definitions");
        return NULL;
    }
    room[definitions->dimension_count++] = dimension;
    return dimension;
}

/* "allocation = team.service", or "child = latest placement (open) kind" */
static void read_line(struct defining *defining, struct dimension *dimension, const char *code,
                      const struct ini_entry *entry)
{
    const struct catalogue *catalogue = &defining->config->catalogue;
    const struct dataset *dataset = catalogue_find(catalogue, span_of(entry->key));
    struct scope scope = defining_scope(defining, code, entry->line);
    if (!dataset) {
        problem_word(defining->problems, defining->path, entry->line, span_of(entry->key),
                     catalogue->names, catalogue->count, "%s: unknown dataset '%s'", code,
                     entry->key);
        return;
    }
    struct dimension_line *line = &dimension->lines[dataset->number];
    if (!predicate_field(&scope, defining_keep(defining, entry->value), dataset, &line->path,
                         &line->latest))
        return;
    enum field_type type = path_field(&line->path)->type;
    if (type != TYPE_CATEGORY && type != TYPE_TEXT && type != TYPE_FLAG)
        problem(defining->problems, defining->path, entry->line,
                "%s: '%s' is neither a category nor a text nor a flag", code, entry->value);
    dimension->of_flags = type == TYPE_FLAG;
    uses_add_path(defining, &line->uses, &line->path);
    uses_add_test(defining, &line->uses, line->latest);
}

/* "member 13 to 15 = age >= 13 and age <= 15" */
static void read_member(struct defining *defining, struct dimension *dimension,
                        struct dimension_member *members, const char *code,
                        const struct ini_entry *entry, struct span name)
{
    const struct dataset *child = catalogue_find(&defining->config->catalogue, SPAN("child"));
    struct scope scope = defining_scope(defining, code, entry->line);
    struct dimension_member *member = &members[dimension->member_count++];
    member->name = defining_keep(defining, name.text);
    member->test =
        child ? predicate_parse(&scope, defining_keep(defining, entry->value), child, true) : NULL;
    uses_add_test(defining, &dimension->uses, member->test);
}

/* [dimension service], with a line a dataset, or [dimension age band], with a line a member. */
void dimension_read(struct defining *defining, const struct ini_section *section, struct span name)
{
    struct dimension *dimension = new_dimension(defining, name);
    if (!dimension)
        return;
    struct dimension_member *members =
        arena_alloc(&defining->definitions->arena, (section->count + 1) * sizeof *members);
    if (!members) {
        error_memory(defining->error, "reading the definitions");
        return;
    }
    dimension->members = members;
    const char *code = defining_keep(defining, section->name);
    size_t lines = 0;
    bool flags = false;
    for (size_t e = 0; e < section->count; e++) {
        const struct ini_entry *entry = &section->entries[e];
        struct span rest = span_of(entry->key);
        struct span first = span_cut(&rest, ' ');
        if (span_is(first, "member") && rest.text) {
            read_member(defining, dimension, members, code, entry, span_trim(rest));
            continue;
        }
        read_line(defining, dimension, code, entry);
        if (lines++ > 0 && dimension->of_flags != flags)
            problem(defining->problems, defining->path, entry->line,
                    "%s: one line is a flag, another is not", code);
        flags = dimension->of_flags;
    }
    if (lines > 0 && dimension->member_count > 0)
        problem(defining->problems, defining->path, section->line,
                "%s: has lines for datasets and members: it is by fields or by tests", code);
}

/* ---- what a dimension can break down -------------------------------------------------------- */

const struct dimension_line *dimension_line(const struct dimension *dimension,
                                            const struct dataset *dataset)
{
    const struct dimension_line *own = &dimension->lines[dataset->number];
    if (own->path.steps > 0)
        return own;
    const struct dataset *child = NULL;
    for (int f = 0; f < dataset->field_count && !child; f++)
        if (dataset->fields[f].refers && strcmp(dataset->fields[f].refers->name, "child") == 0)
            child = dataset->fields[f].refers;
    return child && dimension->lines[child->number].path.steps > 0
               ? &dimension->lines[child->number]
               : NULL;
}

bool dimension_serves(const struct dimension *dimension, const struct dataset *dataset)
{
    if (dimension->member_count > 0)
        return dataset_names_child(dataset);
    return dimension_line(dimension, dataset) != NULL;
}

bool dimensions_overlap(const struct dimension *a, const struct dimension *b,
                        const struct dataset *dataset)
{
    const struct dimension_line *x = dimension_line(a, dataset);
    const struct dimension_line *y = dimension_line(b, dataset);
    if (a->member_count > 0 || b->member_count > 0 || !x || !y)
        return a->member_count > 0 && b->member_count > 0;
    if (x->latest && y->latest)
        return x->latest->relation.dataset == y->latest->relation.dataset;
    return !x->latest && !y->latest && x->path.datasets[0] == y->path.datasets[0] &&
           x->path.fields[0] == y->path.fields[0];
}

bool dimension_has_data(const struct dimension *dimension, const struct dataset *dataset,
                        const struct store *store)
{
    const char *lacking;
    const struct dimension_line *line = dimension_line(dimension, dataset);
    return uses_are_fed(line ? &line->uses : &dimension->uses, store, &lacking);
}
