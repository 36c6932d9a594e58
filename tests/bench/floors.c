/*
 * floors: what reading costs at the least: floors csv FILE (libcsv alone), floors xlsx FILE (the
 * largest part decompressed by libzip through expat, with handlers that do nothing).
 */
#include <csv.h>
#include <expat.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zip.h>

static unsigned long long fields;

static void take_field(void *text, size_t length, void *context)
{
    (void)text;
    (void)length;
    (void)context;
    fields++;
}

static void take_row(int end, void *context)
{
    (void)end;
    (void)context;
}

static void XMLCALL start(void *context, const XML_Char *name, const XML_Char **attributes)
{
    (void)context;
    (void)name;
    (void)attributes;
    fields++;
}

static void XMLCALL end(void *context, const XML_Char *name)
{
    (void)context;
    (void)name;
}

static void XMLCALL text(void *context, const XML_Char *bytes, int length)
{
    (void)context;
    (void)bytes;
    (void)length;
}

static int floor_csv(const char *path)
{
    static char bytes[256 * 1024];
    struct csv_parser parser;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0 || csv_init(&parser, CSV_STRICT) != 0)
        return 1;
    ssize_t got;
    while ((got = read(file, bytes, sizeof bytes)) > 0)
        if (csv_parse(&parser, bytes, (size_t)got, take_field, take_row, NULL) != (size_t)got)
            return 1;
    csv_fini(&parser, take_field, take_row, NULL);
    csv_free(&parser);
    close(file);
    return got < 0;
}

static int floor_xlsx(const char *path)
{
    zip_t *archive = zip_open(path, ZIP_RDONLY, NULL);
    zip_file_t *part = archive ? zip_fopen(archive, "xl/worksheets/sheet1.xml", 0) : NULL;
    XML_Parser parser = XML_ParserCreate(NULL);
    if (!part || !parser)
        return 1;
    XML_SetElementHandler(parser, start, end);
    XML_SetCharacterDataHandler(parser, text);
    zip_int64_t got;
    do {
        enum { PIECE = 64 * 1024 };
        void *piece = XML_GetBuffer(parser, PIECE);
        got = zip_fread(part, piece, PIECE);
        if (got < 0 || XML_ParseBuffer(parser, (int)got, got == 0) != XML_STATUS_OK)
            return 1;
    } while (got > 0);
    XML_ParserFree(parser);
    zip_fclose(part);
    zip_discard(archive);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 64;
    int status = strcmp(argv[1], "csv") == 0 ? floor_csv(argv[2]) : floor_xlsx(argv[2]);
    fprintf(stderr, "%llu\n", fields);
    return status;
}
