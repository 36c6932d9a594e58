/*
 * unchecked_files.h - errors of files that a library does not look at.
 *
 * libxlsxwriter writes each part of a workbook to a temporary file and copies that into the .xlsx.
 * It never asks whether the writing worked, and rewinds the file, which clears the error; nor
 * whether the reading back did. On a disk that is full or fails for a moment the result is a
 * workbook with a hole and no error. So this program's rewind and fclose are used in place of
 * libc's: the same, but they remember.
 */
#ifndef MONTHEND_UNCHECKED_FILES_H
#define MONTHEND_UNCHECKED_FILES_H

#include <stdbool.h>

/* Forgets what was before. */
void unchecked_files_begin(void);
/* Whether since then a stream was rewound or closed on which something had failed. */
bool unchecked_files_failed(void);

#endif
