#include "transforms/holder.h"

static const struct dataset *find(const struct store *store, const char *name)
{
    return catalogue_find(store->catalogue, span_of(name));
}

static int field_of(const struct dataset *dataset, const char *name)
{
    return dataset ? dataset_field(dataset, span_of(name)) : NO_FIELD;
}

static void need(struct store *store, const char *dataset_name, const char *field_name)
{
    const struct dataset *dataset = find(store, dataset_name);
    int field = field_of(dataset, field_name);
    if (field != NO_FIELD)
        store_need(store, dataset, field);
}

void holder_need(struct store *store)
{
    need(store, "worker", "name");
    need(store, "team", "name");
    need(store, "team", "service");
    need(store, "allocation", "role");
}

int holder_finder_init(struct holder_finder *finder, struct store *store, struct error *error)
{
    *finder = (struct holder_finder){.store = store,
                                     .child = find(store, "child"),
                                     .worker = find(store, "worker"),
                                     .team = find(store, "team"),
                                     .allocation = find(store, "allocation"),
                                     .household = find(store, "foster_household")};
    finder->worker_name = field_of(finder->worker, "name");
    finder->worker_team = field_of(finder->worker, "team");
    finder->team_name = field_of(finder->team, "name");
    finder->team_service = field_of(finder->team, "service");
    finder->role = field_of(finder->allocation, "role");
    finder->allocated = store_category(store, SPAN("allocated worker"));
    if (finder->allocated == CATEGORY_NO_MEMORY)
        return error_memory(error, "looking for who holds a case");
    int child = field_of(finder->allocation, "child");
    if (child == NO_FIELD) {
        finder->allocation = NULL;
        return 0;
    }
    const struct dataset *const things[] = {finder->child, finder->worker, finder->team,
                                            finder->household};
    for (size_t t = 0; t < sizeof things / sizeof *things; t++)
        if (things[t] && things[t]->identifier != NO_FIELD &&
            !store_index(store, things[t], things[t]->identifier, error))
            return -1;
    return store_index(store, finder->allocation, child, error) ? 0 : -1;
}

/* A name, or the identifier where no list gives one. */
static struct span name_of(const struct holder_finder *finder, const struct dataset *dataset,
                           int field, int64_t identifier, date_t on)
{
    if (!dataset || identifier == NO_VALUE)
        return SPAN("");
    uint32_t row = store_resolve(finder->store, dataset, identifier, on);
    if (row != UINT32_MAX && field != NO_FIELD) {
        const struct table *table = store_table(finder->store, dataset);
        struct span name = store_category_name(finder->store, store_value(table, field, row));
        if (name.length > 0)
            return name;
    }
    return store_identifier(finder->store, dataset, identifier);
}

static int64_t value_at(const struct holder_finder *finder, const struct dataset *dataset,
                        int field, int64_t identifier, date_t on)
{
    if (!dataset || identifier == NO_VALUE || field == NO_FIELD)
        return NO_VALUE;
    uint32_t row = store_resolve(finder->store, dataset, identifier, on);
    return row == UINT32_MAX ? NO_VALUE
                             : store_value(store_table(finder->store, dataset), field, row);
}

struct holder holder_named(const struct holder_finder *finder, int64_t worker, int64_t team,
                           date_t on)
{
    if (team == NO_VALUE)
        team = value_at(finder, finder->worker, finder->worker_team, worker, on);
    return (struct holder){
        .service = store_category_name(
            finder->store, value_at(finder, finder->team, finder->team_service, team, on)),
        .team = name_of(finder, finder->team, finder->team_name, team, on),
        .worker = name_of(finder, finder->worker, finder->worker_name, worker, on)};
}

/* The allocation of a child that says who holds the case; UINT32_MAX when none is open. */
static uint32_t allocation_of(const struct holder_finder *finder, int64_t child, date_t on)
{
    const struct table *table = store_table(finder->store, finder->allocation);
    int field = field_of(finder->allocation, "child");
    const struct row_index *index = &table->columns[field].index;
    uint32_t best = UINT32_MAX;
    bool best_allocated = false;
    if (child == NO_VALUE || (uint64_t)child >= index->count)
        return UINT32_MAX;
    for (uint32_t i = index->start[child]; i < index->start[child + 1]; i++) {
        uint32_t row = index->rows[i]; /* in the order of their beginning */
        if (!store_open(table, row, on))
            continue;
        bool allocated = finder->role != NO_FIELD && finder->allocated >= 0 &&
                         store_value(table, finder->role, row) == finder->allocated;
        if (best == UINT32_MAX || allocated >= best_allocated) {
            best = row;
            best_allocated = allocated;
        }
    }
    return best;
}

struct holder holder_of(const struct holder_finder *finder, struct here row, date_t on)
{
    int64_t worker = finder->worker ? row_names(row.table, row.row, finder->worker) : NO_VALUE;
    int64_t team = finder->team ? row_names(row.table, row.row, finder->team) : NO_VALUE;
    if (worker != NO_VALUE || team != NO_VALUE || !finder->allocation)
        return holder_named(finder, worker, team, on);
    uint32_t found = allocation_of(finder, row_names(row.table, row.row, finder->child), on);
    if (found == UINT32_MAX)
        return (struct holder){SPAN(""), SPAN(""), SPAN("")};
    const struct table *table = store_table(finder->store, finder->allocation);
    return holder_named(finder, row_names(table, found, finder->worker),
                        row_names(table, found, finder->team), on);
}
