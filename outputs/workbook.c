#include "outputs/workbook.h"

#include <string.h>

#include "outputs/sheets.h"

/* The sheets in their order: a new one is a file and a line here, and a word in the choices of
 * config.c. */
static const struct {
    const char *name;
    const char *title; /* what stands on its tab */
    void (*write)(struct book *);
} sheets[] = {
    {"overview", "Overview", sheet_overview},
    {"scorecard", "Scorecard", sheet_scorecard},
    {"sections", "", sheet_sections},
    {"caseloads", "Caseloads", sheet_caseloads},
    {"education", "Education", sheet_education},
    {"actions", "Actions", sheet_actions},
    {"definitions", "Definitions", sheet_definitions},
    {"restatements", "Restatements", sheet_restatements},
    {"data quality", "Data quality", sheet_data_quality},
};

enum { SHEET_COUNT = sizeof sheets / sizeof *sheets };

const char *workbook_sheet_name(size_t number)
{
    return number < SHEET_COUNT ? sheets[number].name : NULL;
}

static size_t find_sheet(const char *name)
{
    size_t s = 0;
    while (s < SHEET_COUNT && strcmp(sheets[s].name, name) != 0)
        s++;
    return s;
}

/* The sheets to write, as numbers; returns how many. */
static size_t choose(const struct word_list *chosen, size_t *numbers)
{
    size_t count = 0;
    for (size_t w = 0; w < chosen->count && count < SHEET_COUNT; w++)
        if (find_sheet(chosen->words[w]) < SHEET_COUNT)
            numbers[count++] = find_sheet(chosen->words[w]);
    for (size_t s = 0; chosen->count == 0 && s < SHEET_COUNT; s++)
        numbers[count++] = s;
    return count;
}

int workbook_write(const struct report *report, const struct word_list *chosen, const char *path,
                   const char *folder, unsigned *cut, struct error *error)
{
    struct book book;
    size_t numbers[SHEET_COUNT];
    size_t count = choose(chosen, numbers);
    int status = book_open(&book, report, path, folder, "Performance report", false, error);
    bool has_sections = false;
    for (size_t n = 0; n < count && status == 0; n++) {
        if (sheets[numbers[n]].write == sheet_sections)
            has_sections = true; /* a name for each section, behind those of the other sheets */
        else
            book_reserve(&book, sheets[numbers[n]].title);
        if (sheets[numbers[n]].write == sheet_definitions)
            book.has_definitions = true;
    }
    if (has_sections && status == 0)
        status = sections_plan(&book);
    for (size_t n = 0; n < count && status == 0 && error->code == EXIT_COMPLETE; n++)
        sheets[numbers[n]].write(&book);
    status = book_close(&book);
    *cut = book.cut;
    return status;
}
