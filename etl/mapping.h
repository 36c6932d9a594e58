/*
 * mapping.h - how mapper.c and the files beside it share the work on a sheet.
 *
 *   mapper.c           sheets and rows as the reader brings them; the tables of the stream
 *   mapper_header.c    which row is the header of a source, and which columns its fields stand in
 *   mapper_rows.c      a row below the header becomes a record, or is rejected or ignored
 *   mapper_findings.c  what is said of it: remarks, counts, headers that nobody reads
 *
 * The mapper owns its mappings, one for each source that reads the file, and all that they hold; it
 * borrows the configuration, the lookups, the writer and the findings. Cells are the reader's and
 * last for one row: by_column points to them and is empty between rows. Each part below is written
 * by the file that is named there, and read by the others. Everything returns -1 with the mapper's
 * error filled when something failed.
 */
#ifndef MONTHEND_MAPPING_H
#define MONTHEND_MAPPING_H

#include "etl/cell_value.h"
#include "etl/mapper.h"

enum {
    WIDEST = 16384, /* columns of an .xlsx sheet */
    NO_COLUMN = -1
};

/* A field of the record could not be taken, or must not be blank. */
struct fault {
    int field;
    const char *code;
};

struct rule_column {
    const struct source_rule *rule;
    int column;
};

/* The row that came nearest to a source's header, for the message when none fits. */
struct nearest_row {
    int found; /* of the required headers */
    uint32_t row;
    struct buffer sheet;
    const char *missing;  /* the first required header it does not have */
    struct buffer header; /* of that row: what the missing one may be called now, or nothing */
};

/* One source on the sheet at hand. */
struct mapping {
    const struct source_config *source;
    struct column_reader readers[MAX_FIELDS]; /* by the dataset's field numbers, as columns is */
    struct rule_column *rules;
    size_t rule_count;

    /* mapper.c: */
    bool may_read; /* the sheet's name fits */
    bool primary;  /* writes to the stream; the others are spooled */
    struct spool spool;
    struct buffer stream_columns;

    /* mapper_header.c: */
    bool bound; /* the header row of the sheet is found */
    bool ever_bound;
    int columns[MAX_FIELDS]; /* and those of the rules */
    int mapped_columns;      /* how many of them there are */
    int header_column;       /* a required column, and the text of its header */
    struct buffer header_text;
    struct nearest_row nearest;

    /* mapper_rows.c; mapper_count sets the counts back: */
    uint64_t read, accepted, rejected, ignored;
    struct fault first_reject;
    uint32_t first_rejected; /* its row */
};

struct mapper {
    const struct config *config;
    enum level end_level; /* of a row that ends before it starts */
    struct mapping *mappings;
    size_t mapping_count;
    struct stream_source file;
    const char *format;
    struct stream_writer *writer;
    struct findings *findings;
    void (*progress)(const char *file, uint64_t rows);
    struct error error;

    /* mapper.c: the sheet at hand */
    struct buffer sheet;
    bool in_sheet;
    unsigned source_number; /* 0: no #source written for this sheet yet */
    char source_text[16];   /* the same before a row: "1:" */
    uint32_t rows_seen;     /* rows of the sheet that were not empty */
    bool has_primary;
    uint64_t rows_total;

    /* mapper_header.c: */
    size_t seeking; /* mappings that still look for their header */
    size_t bound;
    struct buffer *headers; /* of the first header row found, as written, by column */
    size_t header_width;
    bool *used;   /* header columns that some mapping reads */
    size_t width; /* room of by_column: for every column that is read */

    /* mapper_rows.c: the row at hand */
    const struct cell **by_column; /* NULL where a cell is blank */
    struct buffer values;
    struct buffer record;

    struct buffer scratch; /* anybody's, until the next call */
};

/* ---- mapper_header.c ---- */

/* A sheet begins: the mappings that may read it seek their headers. */
void mapper_begin_headers(struct mapper *mapper);
/* Whether the row is the header of a mapping that has none yet: then it is bound to its columns,
 * and 1 is returned. 0: it is not. */
int mapper_seek_header(struct mapper *mapper, struct mapping *mapping, uint32_t row,
                       const struct cell *cells, size_t count);
/* The sheet has ended: frees what was kept of its header row. */
void mapper_forget_headers(struct mapper *mapper);
/* A source that every file of its pattern should have was in none of the sheets. Returns -1. */
int mapper_say_missing(const struct mapper *mapper, const struct mapping *mapping,
                       struct error *error);

/* ---- mapper_rows.c ---- */

/* A row below the headers of the mappings that are bound: accepted, rejected or ignored by each. */
int mapper_take_row(struct mapper *mapper, uint32_t row, const struct cell *cells, size_t count);

/* ---- mapper_findings.c ---- */

/* Appends where the sheet is: "'a.xlsx' sheet 'List_1'", or the file alone where a format has no
 * sheets. */
void mapper_add_place(const struct mapper *mapper, struct buffer *out);
/* A line of the table of remarks. `column` counts from 0, NO_COLUMN: none. */
int mapper_remark(struct mapper *mapper, const char *outcome, const char *dataset, int64_t column,
                  const char *field, const char *code, uint32_t row);
/* Ends the counts of a mapping on a sheet; fails when too many of its rows are rejected. */
int mapper_count(struct mapper *mapper, struct mapping *mapping);
/* The headers of the sheet, and again those that no source reads. */
int mapper_list_headers(struct mapper *mapper);

#endif
