/*
 * csv.h - the reader of delimited text with its workings to choose, for tests: in pieces of any
 * size, and with or without the splitter for plain lines. source_csv is how everybody else reads.
 */
#ifndef MONTHEND_SOURCES_CSV_H
#define MONTHEND_SOURCES_CSV_H

#include "etl/sources/source.h"

int csv_read(int descriptor, size_t piece_size, bool split, const struct row_sink *sink,
             struct error *error);

#endif
