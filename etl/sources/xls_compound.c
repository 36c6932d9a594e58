#include "etl/sources/xls_compound.h"

#include <stdlib.h>
#include <string.h>

#include "etl/sources/little_endian.h"
#include "etl/sources/xls_record.h"

enum {
    HEADER_SIZE = 512,
    ENTRY_SIZE = 128,
    HEADER_TABLE = 109, /* numbers of table sectors in the header itself */
    LONGEST_NAME = 31
};

static const uint32_t last_of_chain = 0xFFFFFFFA; /* this and above are no sectors */

/* Where a sector stands; SIZE_MAX when it is not wholly in the file. */
static size_t sector_offset(const struct compound *compound, uint32_t sector)
{
    size_t offset = ((size_t)sector + 1) * compound->sector_size;
    if (sector >= last_of_chain || offset >= compound->size)
        return SIZE_MAX;
    return offset;
}

/* A last sector that is cut short is read as far as it goes. */
static size_t sector_bytes(const struct compound *compound, size_t offset)
{
    size_t left = compound->size - offset;
    return left < compound->sector_size ? left : compound->sector_size;
}

/* The sectors of a chain, in order. */
static int follow(const struct compound *compound, uint32_t first, uint32_t **chain, size_t *count,
                  struct error *error)
{
    *chain = calloc(compound->sector_count + 1, sizeof **chain);
    *count = 0;
    if (!*chain)
        return error_memory(error, "reading a workbook");
    for (uint32_t sector = first; sector < last_of_chain; sector = compound->next[sector]) {
        if (sector >= compound->sector_count || *count == compound->sector_count)
            return xls_damaged(error);
        (*chain)[(*count)++] = sector;
    }
    return 0;
}

/* Adds one sector of the table: the numbers of sectors that follow each. */
static int add_table_sector(struct compound *compound, uint32_t sector, size_t *filled,
                            struct error *error)
{
    size_t offset = sector_offset(compound, sector);
    if (offset == SIZE_MAX)
        return xls_damaged(error);
    size_t numbers = sector_bytes(compound, offset) / 4;
    for (size_t i = 0; i < numbers && *filled < compound->sector_count; i++)
        compound->next[(*filled)++] = number32(compound->bytes + offset + 4 * i);
    return 0;
}

/* The table: its first sectors are listed in the header, the rest in a chain of their own. */
static int read_table(struct compound *compound, struct error *error)
{
    compound->sector_count = compound->size / compound->sector_size + 1;
    compound->next = malloc((compound->sector_count + 1) * sizeof *compound->next);
    if (!compound->next)
        return error_memory(error, "reading a workbook");
    memset(compound->next, 0xFF, (compound->sector_count + 1) * sizeof *compound->next);
    size_t filled = 0;
    for (size_t i = 0; i < HEADER_TABLE; i++) {
        uint32_t sector = number32(compound->bytes + 76 + 4 * i);
        if (sector < last_of_chain && add_table_sector(compound, sector, &filled, error) < 0)
            return -1;
    }
    uint32_t list = number32(compound->bytes + 68);
    size_t per_list = compound->sector_size / 4 - 1;
    for (size_t lists = 0; list < last_of_chain; lists++) {
        size_t offset = sector_offset(compound, list);
        if (offset == SIZE_MAX || sector_bytes(compound, offset) < compound->sector_size ||
            lists > compound->sector_count)
            return xls_damaged(error);
        for (size_t i = 0; i < per_list; i++) {
            uint32_t sector = number32(compound->bytes + offset + 4 * i);
            if (sector < last_of_chain && add_table_sector(compound, sector, &filled, error) < 0)
                return -1;
        }
        list = number32(compound->bytes + offset + 4 * per_list);
    }
    return 0;
}

static int read_mini_table(struct compound *compound, struct error *error)
{
    uint32_t *chain;
    size_t count;
    int status = follow(compound, number32(compound->bytes + 60), &chain, &count, error);
    size_t per_sector = compound->sector_size / 4;
    if (status == 0) {
        compound->mini_next = calloc(count * per_sector + 1, sizeof *compound->mini_next);
        if (!compound->mini_next)
            status = error_memory(error, "reading a workbook");
    }
    for (size_t s = 0; s < count && status == 0; s++) {
        size_t offset = sector_offset(compound, chain[s]);
        size_t numbers = offset == SIZE_MAX ? 0 : sector_bytes(compound, offset) / 4;
        for (size_t i = 0; i < numbers; i++)
            compound->mini_next[compound->mini_count++] =
                number32(compound->bytes + offset + 4 * i);
    }
    free(chain);
    return status;
}

int compound_open(struct compound *compound, const unsigned char *bytes, size_t size,
                  struct error *error)
{
    *compound = (struct compound){.bytes = bytes, .size = size};
    if (size < HEADER_SIZE)
        return xls_damaged(error);
    uint32_t shift = number16(bytes + 30);
    uint32_t mini_shift = number16(bytes + 32);
    if ((shift != 9 && shift != 12) || mini_shift > shift || mini_shift < 4)
        return xls_damaged(error);
    compound->sector_size = (size_t)1 << shift;
    compound->mini_size = (size_t)1 << mini_shift;
    compound->cutoff = number32(bytes + 56);
    if (read_table(compound, error) < 0 || read_mini_table(compound, error) < 0 ||
        follow(compound, number32(bytes + 48), &compound->directory, &compound->directory_count,
               error) < 0) {
        compound_close(compound);
        return -1;
    }
    return 0;
}

void compound_close(struct compound *compound)
{
    free(compound->next);
    free(compound->mini_next);
    free(compound->directory);
    *compound = (struct compound){0};
}

/* ---- streams ------------------------------------------------------------------------------- */

/* The directory entry of this number, or NULL. */
static const unsigned char *entry_at(const struct compound *compound, size_t number)
{
    size_t per_sector = compound->sector_size / ENTRY_SIZE;
    if (number / per_sector >= compound->directory_count)
        return NULL;
    size_t offset = sector_offset(compound, compound->directory[number / per_sector]);
    if (offset == SIZE_MAX || sector_bytes(compound, offset) < compound->sector_size)
        return NULL;
    return compound->bytes + offset + number % per_sector * ENTRY_SIZE;
}

static char lower(unsigned char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

static bool has_name(const unsigned char *entry, const char *name)
{
    size_t length = strlen(name);
    if (length > LONGEST_NAME || number16(entry + 64) != 2 * (length + 1))
        return false;
    for (size_t i = 0; i < length; i++)
        if (entry[2 * i + 1] != 0 || lower(entry[2 * i]) != lower((unsigned char)name[i]))
            return false;
    return true;
}

/* Room for a stream whose pieces do not stand behind one another. */
static int begin_copy(struct compound_stream *stream, struct error *error)
{
    stream->copy = malloc(stream->size + 1);
    stream->bytes = stream->copy;
    return stream->copy ? 0 : error_memory(error, "reading a workbook");
}

static int stream_of_sectors(const struct compound *compound, uint32_t first, size_t size,
                             struct compound_stream *stream, struct error *error)
{
    uint32_t *chain;
    size_t count;
    *stream = (struct compound_stream){.size = size};
    if (follow(compound, first, &chain, &count, error) < 0) {
        free(chain);
        return -1;
    }
    size_t sector_size = compound->sector_size;
    size_t needed = size / sector_size + (size % sector_size != 0);
    bool whole = count >= needed;
    bool one_run = true;
    for (size_t i = 0; i < needed && whole; i++) {
        size_t offset = sector_offset(compound, chain[i]);
        size_t wanted = i + 1 < needed ? sector_size : size - i * sector_size;
        whole = offset != SIZE_MAX && sector_bytes(compound, offset) >= wanted;
        one_run = one_run && chain[i] == chain[0] + i;
    }
    int status = whole ? 0 : xls_damaged(error);
    if (status == 0 && one_run)
        stream->bytes = compound->bytes + (needed > 0 ? sector_offset(compound, chain[0]) : 0);
    else if (status == 0)
        status = begin_copy(stream, error);
    for (size_t i = 0; i < needed && stream->copy; i++) {
        size_t wanted = i + 1 < needed ? sector_size : size - i * sector_size;
        memcpy(stream->copy + i * sector_size, compound->bytes + sector_offset(compound, chain[i]),
               wanted);
    }
    free(chain);
    return status;
}

/* A short stream: pieces of the mini-stream, which is the stream of the root entry. */
static int stream_of_minis(const struct compound *compound, uint32_t first, size_t size,
                           struct compound_stream *stream, struct error *error)
{
    const unsigned char *root = entry_at(compound, 0);
    struct compound_stream host = {0};
    *stream = (struct compound_stream){.size = size};
    if (!root)
        return xls_damaged(error);
    int status =
        stream_of_sectors(compound, number32(root + 116), number32(root + 120), &host, error);
    if (status == 0)
        status = begin_copy(stream, error);
    uint32_t mini = first;
    for (size_t done = 0; status == 0 && done < size; done += compound->mini_size) {
        size_t wanted = size - done < compound->mini_size ? size - done : compound->mini_size;
        size_t place = (size_t)mini * compound->mini_size;
        if (mini >= compound->mini_count || place > host.size || host.size - place < wanted) {
            status = xls_damaged(error);
        } else {
            memcpy(stream->copy + done, host.bytes + place, wanted);
            mini = compound->mini_next[mini];
        }
    }
    compound_stream_free(&host);
    return status;
}

int compound_find(const struct compound *compound, const char *name, struct compound_stream *stream,
                  struct error *error)
{
    const unsigned char *entry;
    *stream = (struct compound_stream){0};
    for (size_t i = 1; (entry = entry_at(compound, i)); i++) {
        enum { STREAM_TYPE = 2 };
        if (entry[66] != STREAM_TYPE || !has_name(entry, name))
            continue;
        uint32_t first = number32(entry + 116);
        size_t size = number32(entry + 120);
        if (size > compound->size)
            return xls_damaged(error);
        int status = size < compound->cutoff
                         ? stream_of_minis(compound, first, size, stream, error)
                         : stream_of_sectors(compound, first, size, stream, error);
        if (status < 0)
            compound_stream_free(stream);
        return status < 0 ? -1 : 1;
    }
    return 0;
}

void compound_stream_free(struct compound_stream *stream)
{
    free(stream->copy);
    *stream = (struct compound_stream){0};
}
