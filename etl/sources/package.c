#include "etl/sources/package.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zip.h>

#include "etl/sources/inflate.h"
#include "etl/text.h"

enum { MOST_PARTS = 10000, PIECE_SIZE = 64 * 1024 };

static const uint64_t largest_part = (uint64_t)2 << 30;
static const uint64_t largest_package = (uint64_t)4 << 30;

struct package {
    zip_t *archive;
    zip_int64_t count;
    uint64_t promised; /* how much the parts opened so far hold, by the directory */
};

struct package *package_open(int descriptor, struct error *error)
{
    struct package *package = calloc(1, sizeof *package);
    int own = fcntl(descriptor, F_DUPFD, 5);
    if (!package || own < 0) {
        free(package);
        error_memory(error, "opening a workbook");
        return NULL;
    }
    int cause = 0;
    package->archive = zip_fdopen(own, 0, &cause);
    if (!package->archive) {
        close(own);
        free(package);
        error_set(error, EXIT_BAD_DATA,
                  "is a damaged archive, or one that was cut: export it again");
        return NULL;
    }
    package->count = zip_get_num_entries(package->archive, 0);
    if (package->count > MOST_PARTS) {
        package_close(package);
        error_set(error, EXIT_BAD_DATA, "has more than 10,000 parts: no workbook has so many");
        return NULL;
    }
    return package;
}

void package_close(struct package *package)
{
    if (!package)
        return;
    zip_discard(package->archive);
    free(package);
}

static char plain(char c)
{
    if (c == '\\')
        return '/';
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static bool same_name(const char *a, const char *b)
{
    while (*a == '/' || *a == '\\')
        a++;
    while (*a && plain(*a) == plain(*b)) {
        a++;
        b++;
    }
    return *a == *b;
}

int64_t package_find(const struct package *package, const char *name)
{
    for (zip_int64_t i = 0; i < package->count; i++) {
        const char *found = zip_get_name(package->archive, (zip_uint64_t)i, ZIP_FL_ENC_RAW);
        if (found && same_name(found, name))
            return i;
    }
    return -1;
}

/* ---- reading ------------------------------------------------------------------------------- */

struct package_part {
    struct package *package;
    zip_file_t *file;
    const char *what;
    struct inflater *inflater; /* NULL: libzip decompresses, or nothing is to be */
    bool raw;                  /* bytes come from libzip as they are stored */
    bool ended;
    uint64_t size; /* what the directory says */
    uint32_t crc;
    uint64_t read; /* what came */
    uint32_t read_crc;
    unsigned char piece[PIECE_SIZE]; /* compressed */
};

static int part_damaged(const struct package_part *part, struct error *error)
{
    return error_set(error, EXIT_BAD_DATA,
                     "%s: is damaged (its compressed data cannot be read): export the file again",
                     part->what);
}

/* Opens the file, to be decompressed by us when it is deflated, as nearly all are. */
static int open_file(struct package_part *part, int64_t number, struct error *error)
{
    zip_t *archive = part->package->archive;
    zip_stat_t status;
    const zip_uint64_t wanted =
        ZIP_STAT_SIZE | ZIP_STAT_CRC | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
    if (zip_stat_index(archive, (zip_uint64_t)number, 0, &status) < 0 ||
        (status.valid & wanted) != wanted)
        return part_damaged(part, error);
    if (status.encryption_method != ZIP_EM_NONE)
        return error_set(error, EXIT_BAD_DATA,
                         "is encrypted: save it without a password and export it again");
    if (status.size > largest_part)
        return error_set(error, EXIT_BAD_DATA,
                         "%s: holds more than 2 GiB: the file is damaged or hostile", part->what);
    if (status.size > largest_package - part->package->promised)
        return error_set(error, EXIT_BAD_DATA,
                         "%s: holds more than 4 GiB with the parts before it: the file is damaged "
                         "or hostile",
                         part->what);
    part->package->promised += status.size;
    part->size = status.size;
    part->crc = status.crc;
    bool deflated = status.comp_method == ZIP_CM_DEFLATE;
    part->raw = deflated || status.comp_method == ZIP_CM_STORE;
    part->file = zip_fopen_index(archive, (zip_uint64_t)number, part->raw ? ZIP_FL_COMPRESSED : 0);
    if (!part->file)
        return error_set(error, EXIT_BAD_DATA, "%s: cannot be opened: export the file again",
                         part->what);
    if (deflated && !(part->inflater = inflater_new()))
        return error_memory(error, "reading a workbook");
    return 0;
}

struct package_part *package_part_open(struct package *package, int64_t number, const char *what,
                                       struct error *error)
{
    struct package_part *part = malloc(sizeof *part);
    if (!part) {
        error_memory(error, "reading a workbook");
        return NULL;
    }
    memset(part, 0, offsetof(struct package_part, piece));
    part->package = package;
    part->what = what;
    if (open_file(part, number, error) < 0) {
        package_part_close(part);
        return NULL;
    }
    return part;
}

void package_part_close(struct package_part *part)
{
    if (!part)
        return;
    if (part->file)
        zip_fclose(part->file);
    inflater_free(part->inflater);
    free(part);
}

/* Some bytes, 0 at the end, -1 on failure. */
static int64_t read_some(struct package_part *part, unsigned char *out, size_t room)
{
    if (!part->inflater)
        return zip_fread(part->file, out, room);
    for (;;) {
        size_t length;
        zip_int64_t got = -1;
        if (inflater_wants_input(part->inflater)) {
            got = zip_fread(part->file, part->piece, sizeof part->piece);
            if (got < 0)
                return -1;
            inflater_give(part->inflater, part->piece, (size_t)got);
        }
        int status = inflater_take(part->inflater, out, room, &length);
        if (status < 0)
            return -1;
        part->ended = status > 0;
        if (length > 0 || part->ended)
            return (int64_t)length;
        if (got == 0)
            return -1; /* the data were cut */
    }
}

int64_t package_part_read(struct package_part *part, void *out, size_t room, struct error *error)
{
    size_t done = 0;
    while (done < room && !part->ended) {
        int64_t got = read_some(part, (unsigned char *)out + done, room - done);
        if (got < 0)
            return part_damaged(part, error);
        if (got == 0)
            part->ended = true;
        done += (size_t)got;
    }
    part->read += done;
    if (part->read > part->size)
        return part_damaged(part, error);
    if (part->raw)
        part->read_crc = inflate_crc(part->read_crc, out, done);
    if (part->ended && (part->read < part->size || (part->raw && part->read_crc != part->crc)))
        return part_damaged(part, error);
    return (int64_t)done;
}

/* ---- names --------------------------------------------------------------------------------- */

const char *package_resolve(struct arena *arena, const char *from, const char *target)
{
    struct buffer path = {0};
    const char *slash = strrchr(from, '/');
    if (*target == '/')
        target++;
    else if (slash)
        buffer_add(&path, from, (size_t)(slash - from) + 1);
    while (strncmp(target, "../", 3) == 0 || strncmp(target, "./", 2) == 0) {
        if (target[1] == '.') {
            if (path.length > 0)
                path.length--; /* the slash, then the folder before it */
            while (path.length > 0 && path.text[path.length - 1] != '/')
                path.length--;
            target += 3;
        } else {
            target += 2;
        }
    }
    buffer_add_text(&path, target);
    const char *kept = path.failed ? NULL : arena_copy(arena, path.text, path.length);
    buffer_free(&path);
    return kept;
}
