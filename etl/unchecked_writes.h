/*
 * unchecked_writes.h - write errors that a library does not look at.
 *
 * libxlsxwriter writes each part of a workbook to a temporary file, and never asks whether that
 * worked: it rewinds the file, which clears the error, and copies what is there. On a disk that is
 * full for a moment the result is a workbook with a hole and no error. So this program's rewind is
 * used in place of libc's: the same, but it remembers.
 */
#ifndef MONTHEND_UNCHECKED_WRITES_H
#define MONTHEND_UNCHECKED_WRITES_H

#include <stdbool.h>

/* Forgets what was before. */
void unchecked_writes_begin(void);
/* Whether since then a stream was rewound although something had not been written. */
bool unchecked_writes_failed(void);

#endif
