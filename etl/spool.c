#include "etl/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "etl/descriptor.h"

enum { SPOOL_IN_MEMORY = 1024 * 1024 };

int spool_temporary_file(struct error *error)
{
    const char *folder = getenv("TMPDIR");
    if (!folder || !*folder)
        folder = "/tmp";
    int descriptor = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (descriptor < 0 && (errno == EOPNOTSUPP || errno == EISDIR)) {
        /* A file system without unnamed files: name one, and take the name away at once. */
        struct buffer path = {0};
        buffer_format(&path, "%s/monthend-XXXXXX", folder);
        descriptor = path.failed ? -1 : mkostemp(path.text, O_CLOEXEC);
        if (descriptor >= 0)
            unlink(path.text);
        buffer_free(&path);
    }
    if (descriptor < 0)
        return error_system(error, EXIT_CANNOT_CREATE, "cannot create a temporary file in '%s'",
                            folder);
    return descriptor;
}

static int write_out(struct spool *spool, struct error *error)
{
    if (!spool->in_file) {
        spool->descriptor = spool_temporary_file(error);
        if (spool->descriptor < 0)
            return -1;
        spool->in_file = true;
    }
    if (descriptor_write(spool->descriptor, spool->pending.text, spool->pending.length) < 0)
        return error_system(error, EXIT_IO, "cannot write to a temporary file");
    spool->pending.length = 0;
    return 0;
}

int spool_add(struct spool *spool, const char *bytes, size_t length, struct error *error)
{
    buffer_add(&spool->pending, bytes, length);
    if (spool->pending.failed)
        return error_memory(error, "holding records back");
    spool->rows++;
    return spool->pending.length < SPOOL_IN_MEMORY ? 0 : write_out(spool, error);
}

/* Copies the file's records to the stream, through the buffer that they were written from. */
static int copy_file(struct spool *spool, struct stream_writer *writer, struct error *error)
{
    if (write_out(spool, error) < 0)
        return -1;
    off_t offset = 0;
    for (;;) {
        ssize_t got = pread(spool->descriptor, spool->pending.text, SPOOL_IN_MEMORY, offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_system(error, EXIT_IO, "cannot read a temporary file");
        if (got == 0)
            return 0;
        stream_write_raw(writer, spool->pending.text, (size_t)got, 0);
        offset += got;
    }
}

int spool_copy(struct spool *spool, struct stream_writer *writer, const char *table,
               const char *columns, struct error *error)
{
    int status = 0;
    if (spool->rows > 0) {
        stream_write_table(writer, table, columns);
        if (spool->in_file)
            status = copy_file(spool, writer, error);
        else
            stream_write_raw(writer, spool->pending.text, spool->pending.length, 0);
        writer->rows = spool->rows;
        stream_write_table_end(writer);
    }
    return status;
}

int spool_write(struct spool *spool, struct stream_writer *writer, const char *table,
                const char *columns, struct error *error)
{
    int status = spool_copy(spool, writer, table, columns, error);
    spool_free(spool);
    return status;
}

void spool_free(struct spool *spool)
{
    if (spool->in_file)
        close(spool->descriptor);
    buffer_free(&spool->pending);
    *spool = (struct spool){0};
}
