/*
 * frames.h - what a reader process says to the process that trusts nobody.
 *
 * A frame is a length, a kind and a payload, in the byte order of the machine: both ends are one
 * program. The child writes through a sink that looks like any other; the parent checks every
 * length and type before it passes a row on, and decodes in place: no allocation a cell.
 */
#ifndef MONTHEND_SOURCES_FRAMES_H
#define MONTHEND_SOURCES_FRAMES_H

#include "etl/sources/source.h"
#include "etl/text.h"

/* ---- the child's side ---- */

struct frame_writer {
    int descriptor;
    struct buffer pending;
    bool failed; /* the parent went away, or the memory ran out */
};

/* The sink that writes frames. The writer must outlive it. */
struct row_sink frame_writer_sink(struct frame_writer *writer);
/* What isolation this kernel does not grant. */
int frame_write_missing(struct frame_writer *writer, const char *missing);
/* The last frames: the error, when there is one, or the end. Flushes. Returns -1 when it cannot. */
int frame_write_error(struct frame_writer *writer, const struct error *error);
int frame_write_end(struct frame_writer *writer);

/* ---- the parent's side ---- */

enum frame_outcome {
    FRAMES_MORE,    /* all complete frames were passed on; read more */
    FRAMES_END,     /* the end frame was met */
    FRAMES_ERROR,   /* the child's error frame was met: it is in the error */
    FRAMES_STOPPED, /* the sink stopped the reading; the error is the sink's affair */
    FRAMES_NONSENSE /* no child of ours says this */
};

struct frame_reader {
    char *bytes; /* malloc'ed; bytes[next] to bytes[end] are not decoded yet */
    size_t capacity;
    size_t next;
    size_t end;
    struct cell *cells;
    size_t cell_capacity;
    uint32_t last_row; /* rows only grow within a sheet */
    bool in_sheet;
    void (*say_missing)(const char *missing); /* or NULL */
};

/* Decodes the complete frames among the bytes and passes them to the sink. */
enum frame_outcome frames_decode(struct frame_reader *reader, const struct row_sink *sink,
                                 struct error *error);
/* Makes room for more bytes behind `end`; false when the memory ran out. */
bool frames_make_room(struct frame_reader *reader);
void frame_reader_free(struct frame_reader *reader);

#endif
