/*
 * defining.h - what the readers of definition files share; nobody else includes this.
 */
#ifndef MONTHEND_DEFINING_H
#define MONTHEND_DEFINING_H

#include "transforms/definition.h"

struct defining {
    struct definitions *definitions;
    const struct config *config;
    struct store *store;
    struct problems *problems;
    struct error *error; /* of the memory: what is wrong in a file is a problem */
    const char *path;    /* of the file at hand */
};

/* A copy that lives as long as the definitions; "" after filling the error when the memory ran out.
 */
const char *defining_keep(struct defining *defining, const char *text);

/* What a predicate on this line may speak of. */
struct scope defining_scope(struct defining *defining, const char *code, unsigned line);

#endif
