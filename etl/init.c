/*
 * monthend-init: a commented configuration to start from.
 *
 * The texts are templates that come with the program; what is filled in is where its shared files
 * stand, and the authority's name.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "etl/folder.h"
#include "etl/output_file.h"
#include "etl/program.h"
#include "etl/settings.h"
#include "etl/share.h"

static const struct program_option options[] = {
    {"exports", 'e', "KIND", "what the case system gives: annex-a, ssd or local (local)"},
    {"name", 'n', "NAME", "who reports"},
    {NULL, 0, NULL, NULL},
};

static const struct program program = {
    .name = "monthend-init",
    .usage = "[options] FOLDER",
    .summary = "Lays a commented pipeline.conf and an empty inbox into a folder. What is there "
               "already is\nnever replaced.",
    .options = options,
};

/* What stands for a word of the template. */
struct filling {
    const char *word;
    const char *text;
};

/* Where the shared files stand, without a slash at its end. */
static int find_share(struct buffer *share, struct error *error)
{
    struct buffer path = {0};
    int status = share_path(&path, "pipeline.conf", error);
    char *real = status == 0 && !path.failed ? realpath(path.text, NULL) : NULL;
    if (status == 0 && !real)
        status = error_system(error, EXIT_BROKEN, "the shared file '%s' is missing",
                              path.text ? path.text : "pipeline.conf");
    if (real)
        buffer_add(share, real, strlen(real) - strlen("/pipeline.conf"));
    free(real);
    buffer_free(&path);
    return status;
}

/* Appends a shared file. */
static int read_shared(struct buffer *out, const char *name, struct error *error)
{
    struct buffer path = {0};
    char piece[4096];
    size_t got;
    int status = share_path(&path, name, error);
    FILE *file = status == 0 && !path.failed ? fopen(path.text, "re") : NULL;
    if (status == 0 && !file)
        status = error_system(error, EXIT_BROKEN, "the shared file '%s' is missing",
                              path.text ? path.text : name);
    while (file && (got = fread(piece, 1, sizeof piece, file)) > 0)
        buffer_add(out, piece, got);
    if (file && (ferror(file) || out->failed))
        status = error_system(error, EXIT_IO, "cannot read '%s'", path.text);
    if (file)
        fclose(file);
    buffer_free(&path);
    return status;
}

/* The definitions that come with the program, in the order of its own configuration. */
static int list_definitions(struct buffer *out, const char *share, struct error *error)
{
    struct buffer path = {0};
    struct config config;
    struct problems problems = {0};
    buffer_format(&path, "%s/pipeline.conf", share);
    int status = path.failed ? error_memory(error, "making a configuration")
                             : config_load(&config, path.text, &problems, error);
    if (status == 0) {
        for (size_t d = 0; d < config.definitions.count; d++)
            buffer_format(out, "%s%s", d ? "\n              " : "", config.definitions.words[d]);
        config_free(&config);
    }
    problems_free(&problems);
    buffer_free(&path);
    return status;
}

/* Copies a template with its words replaced. */
static void fill(struct buffer *out, const char *template, const struct filling *fillings,
                 size_t count)
{
    for (const char *c = template; *c;) {
        size_t f = 0;
        while (f < count && strncmp(c, fillings[f].word, strlen(fillings[f].word)) != 0)
            f++;
        if (f < count) {
            buffer_add_text(out, fillings[f].text);
            c += strlen(fillings[f].word);
        } else {
            buffer_add_char(out, *c++);
        }
    }
}

static int make_text(struct buffer *out, const char *kind, const char *name, struct error *error)
{
    struct buffer share = {0};
    struct buffer definitions = {0};
    struct buffer template = {0};
    struct buffer sources = {0};
    struct buffer file = {0};
    buffer_format(&file, "etl/templates/%s.conf", kind);
    int status = find_share(&share, error);
    if (status == 0)
        status = list_definitions(&definitions, share.text, error);
    if (status == 0)
        status = read_shared(&template, "etl/templates/pipeline.conf", error);
    if (status == 0)
        status = read_shared(&sources, file.text, error);
    if (status == 0) {
        const struct filling fillings[] = {{"@SOURCES@\n", sources.text},
                                           {"@SHARE@", share.text},
                                           {"@DEFINITIONS@", definitions.text},
                                           {"@NAME@", name}};
        const size_t count = sizeof fillings / sizeof *fillings;
        struct buffer once = {0};
        fill(&once, template.text, fillings, 1); /* the sources hold words of their own */
        fill(out, once.text ? once.text : "", fillings + 1, count - 1);
        if (once.failed || out->failed)
            status = error_memory(error, "making a configuration");
        buffer_free(&once);
    }
    buffer_free(&share);
    buffer_free(&definitions);
    buffer_free(&template);
    buffer_free(&sources);
    buffer_free(&file);
    return status;
}

static int write_text(const char *path, const struct buffer *text, struct error *error)
{
    struct output_file file;
    int status = output_file_begin(&file, path, error);
    FILE *to = status == 0 ? fopen(file.temporary.text, "we") : NULL;
    if (status == 0 && !to)
        status = error_system(error, EXIT_CANNOT_CREATE, "cannot write '%s'", path);
    if (to && fwrite(text->text, 1, text->length, to) != text->length)
        status = error_system(error, EXIT_IO, "cannot write '%s'", path);
    if (to && fclose(to) != 0 && status == 0)
        status = error_system(error, EXIT_IO, "cannot write '%s'", path);
    if (status == 0)
        status = output_file_commit(&file, error);
    output_file_end(&file);
    return status;
}

static int lay_down(const char *folder, const char *kind, const char *name, struct error *error)
{
    struct buffer path = {0};
    struct buffer inbox = {0};
    struct buffer text = {0};
    bool local = strcmp(kind, "local") == 0;
    buffer_format(&path, "%s/pipeline.conf", folder);
    buffer_format(&inbox, "%s/inbox", folder);
    int status = path.failed || inbox.failed ? error_memory(error, "making a configuration") : 0;
    if (status == 0 && access(path.text, F_OK) == 0)
        status = error_set(error, EXIT_CANNOT_CREATE, "'%s' is there already: it stays as it is",
                           path.text);
    if (status == 0)
        status = make_text(&text, kind, name, error);
    if (status == 0)
        status = folder_create(inbox.text, error);
    if (status == 0)
        status = write_text(path.text, &text, error);
    if (status == 0)
        printf("%s: %s\n"
               "%s: put the exports there, and let 'monthend describe' look at %s\n"
               "then: monthend check --config %s && monthend run --config %s\n",
               path.text,
               local ? "name the sources of the exports there"
                     : "reads the standard exports; name lists of your own there",
               inbox.text, local ? "them" : "lists of your own", path.text, path.text);
    buffer_free(&path);
    buffer_free(&inbox);
    buffer_free(&text);
    return status;
}

int main(int argc, char **argv)
{
    static const char *const kinds[] = {"annex-a", "ssd", "local"};
    enum { KINDS = sizeof kinds / sizeof *kinds };
    program_begin(&program);
    const char *kind = "local";
    const char *name = "Our Council";
    const char *argument;
    int rest;
    for (int option; (option = program_option(argc, argv, &argument, &rest)) != -1;) {
        if (option == 'e')
            kind = argument;
        else
            name = argument;
    }
    size_t k = 0;
    while (k < KINDS && strcmp(kinds[k], kind) != 0)
        k++;
    if (k == KINDS)
        program_usage_error("--exports is annex-a, ssd or local, not '%s'", kind);
    if (argc - rest != 1)
        program_usage_error("into which folder?");
    struct error error = {0};
    if (lay_down(argv[rest], kind, name, &error) < 0)
        program_fail(&error);
    program_exit(EXIT_COMPLETE);
}
