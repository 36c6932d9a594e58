/*
 * input_file.h - an export as it is found: a file, or what is piped in.
 *
 * Readers need to seek, and a digest comes before the first row, so what is piped in is first
 * copied to a temporary file without a name. The descriptor stays open while the file is read: a
 * file that is replaced meanwhile is read as it was when it was opened, and one that is written to
 * meanwhile is refused.
 */
#ifndef MONTHEND_INPUT_FILE_H
#define MONTHEND_INPUT_FILE_H

#include <sys/types.h>
#include <time.h>

#include "etl/config.h"
#include "etl/digest.h"
#include "etl/sources/source.h"

struct input_file {
    int descriptor;
    const char *path; /* as given; "-" for standard input */
    const char *name; /* its base name, what messages and the stream call it */
    unsigned char head[SOURCE_HEAD_SIZE];
    size_t head_length;
    char sha256[SHA256_TEXT_SIZE];
    off_t size; /* and when it was last written to, as it was opened */
    struct timespec modified;
};

/* That a file's base name is text: it goes into streams, workbooks and JSON, which are. */
int input_file_check_name(const char *name, struct error *error);

/* Opens a regular file, or copies standard input when the path is "-". The path is borrowed. */
int input_file_open(struct input_file *file, const char *path, struct error *error);
/* That nobody has written to the file since it was opened: to be asked when it has been read. */
int input_file_unchanged(const struct input_file *file, struct error *error);
void input_file_close(struct input_file *file);

/* Says why a file that no format knows cannot be read. Returns -1. */
int input_file_refuse(const struct input_file *file, struct error *error);

/* The date in a file's name ("missing_2019-08-13.xls", "list_20190813.csv"), or NO_DATE. */
date_t date_in_name(const char *name);

/* Finds in the inbox, for each source that has one, the newest file of its pattern: that with the
 * latest date in its name, then the last in order of names. Paths are copied to the arena and come
 * out in the order of the sources, each once. A source whose pattern matches nothing is a missing
 * source (EXIT_NO_SOURCE) unless it is optional. */
int inbox_newest(const struct config *config, struct arena *arena, const char ***paths,
                 size_t *count, struct error *error);

#endif
