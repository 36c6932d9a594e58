/*
 * package.h - the parts of a workbook that is a zip archive: .xlsx and .ods.
 *
 * The archive's directory is libzip's to read; parts are found by name without regard to case or
 * the direction of slashes. A part that is to hold more than 2 GiB, or 4 GiB with those opened
 * before it, is refused before a byte of it is read. Bytes are decompressed as they are asked for:
 * no more than the directory promised, and at the end their size and check sum must be what it
 * says.
 */
#ifndef MONTHEND_SOURCES_PACKAGE_H
#define MONTHEND_SOURCES_PACKAGE_H

#include <stddef.h>
#include <stdint.h>

#include "etl/error.h"
#include "etl/memory.h"

struct package; /* opaque: the archive */

/* Reads the directory of an archive on a descriptor that stays the caller's. */
struct package *package_open(int descriptor, struct error *error);
void package_close(struct package *package);

/* The number of a part, or -1 when there is none of this name (no slash in front). */
int64_t package_find(const struct package *package, const char *name);

/* The target of a relationship as a part's name, resolved from the part it stands in: "xl/x.xml"
 * and "worksheets/s.xml" give "xl/worksheets/s.xml". In the arena; NULL when the memory ran out. */
const char *package_resolve(struct arena *arena, const char *from, const char *target);

struct package_part; /* opaque: one part as it is read; one at a time */

/* Opens a part by its number; `what` is what messages call it, borrowed. NULL on failure. */
struct package_part *package_part_open(struct package *package, int64_t number, const char *what,
                                       struct error *error);
void package_part_close(struct package_part *part);

/* Reads the next bytes, as many as there is room for while there are any: fewer only at the end.
 * Returns how many, 0 behind the last, -1 on failure: also when the part is not what the directory
 * says, known with its last bytes. */
int64_t package_part_read(struct package_part *part, void *out, size_t room, struct error *error);

#endif
