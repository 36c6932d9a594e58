/*
 * holder.h - who holds a row's case: its worker, team and service, by name.
 *
 * A row that names a worker or a team itself is theirs. Otherwise the child's allocations tell: of
 * those open on the day, one in the role "allocated worker" before another, the latest first. A
 * worker's team stands in where no allocation names one. Uses the datasets allocation, worker and
 * team as far as they are declared with these fields; without them every name is empty.
 */
#ifndef MONTHEND_HOLDER_H
#define MONTHEND_HOLDER_H

#include "transforms/evaluate.h"

struct holder {
    struct span service, team, worker;
};

struct holder_finder {
    struct store *store;
    const struct dataset *child, *worker, *team, *allocation, *household;
    int worker_name, worker_team, team_name, team_service, role;
    int64_t allocated; /* the category "allocated worker", -1 when no row has it */
};

/* Marks the columns that names stand in; before rows are added. */
void holder_need(struct store *store);

/* Prepares the look-ups in a sealed store. */
int holder_finder_init(struct holder_finder *finder, struct store *store, struct error *error);

/* Who holds the case that a row is about on a day. The spans live as long as the store. */
struct holder holder_of(const struct holder_finder *finder, struct here row, date_t on);
/* The names of an allocation's own worker and team. */
struct holder holder_named(const struct holder_finder *finder, int64_t worker, int64_t team,
                           date_t on);

#endif
