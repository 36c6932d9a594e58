#include "etl/pseudonyms.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "etl/descriptor.h"

enum { SHORTEST_KEY = 16, LONGEST_KEY = 4096, KEPT_BYTES = 8, FLUSH_SIZE = 256 * 1024 };

struct pseudonyms {
    EVP_MAC_CTX *context; /* keyed */
};

/* ---- the key -------------------------------------------------------------------------------- */

static int read_key(const char *path, unsigned char *key, size_t *length, struct error *error)
{
    struct stat status;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return error_system(error, EXIT_IO, "cannot open the key '%s'", path);
    ssize_t got = -1;
    if (fstat(descriptor, &status) == 0)
        do
            got = read(descriptor, key, LONGEST_KEY);
        while (got < 0 && errno == EINTR);
    if (got < 0)
        error_system(error, EXIT_IO, "cannot read the key '%s'", path);
    if (descriptor_close(descriptor, path, got < 0 ? -1 : 0, error) < 0)
        return -1;
    if (status.st_mode & (S_IRWXG | S_IRWXO))
        return error_set(error, EXIT_BAD_CONFIG,
                         "the key '%s' can be read by others than its owner: chmod 600 it", path);
    if (got < SHORTEST_KEY)
        return error_set(error, EXIT_BAD_CONFIG, "the key '%s' has fewer than %d bytes", path,
                         SHORTEST_KEY);
    *length = (size_t)got;
    return 0;
}

static EVP_MAC_CTX *keyed_context(const unsigned char *key, size_t length)
{
    char digest[] = "SHA256";
    OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                               OSSL_PARAM_construct_end()};
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *context = mac ? EVP_MAC_CTX_new(mac) : NULL;
    EVP_MAC_free(mac);
    if (context && EVP_MAC_init(context, key, length, parameters) != 1) {
        EVP_MAC_CTX_free(context);
        return NULL;
    }
    return context;
}

struct pseudonyms *pseudonyms_new(const char *key_path, struct error *error)
{
    unsigned char key[LONGEST_KEY];
    size_t length = 0;
    struct pseudonyms *pseudonyms = calloc(1, sizeof *pseudonyms);
    if (!pseudonyms) {
        error_memory(error, "making pseudonyms");
    } else if (read_key(key_path, key, &length, error) == 0) {
        pseudonyms->context = keyed_context(key, length);
        if (!pseudonyms->context)
            error_set(error, EXIT_BROKEN, "cannot compute with the key '%s'", key_path);
    }
    OPENSSL_cleanse(key, sizeof key);
    if (error->code == EXIT_COMPLETE)
        return pseudonyms;
    pseudonyms_free(pseudonyms);
    return NULL;
}

void pseudonyms_free(struct pseudonyms *pseudonyms)
{
    if (pseudonyms)
        EVP_MAC_CTX_free(pseudonyms->context); /* wipes the key */
    free(pseudonyms);
}

/* ---- one identifier ------------------------------------------------------------------------- */

static int add_pseudonym(struct pseudonyms *pseudonyms, const char *thing, struct span identifier,
                         struct buffer *out, struct error *error)
{
    unsigned char raw[EVP_MAX_MD_SIZE];
    size_t length = 0;
    EVP_MAC_CTX *context = pseudonyms->context;
    if (EVP_MAC_init(context, NULL, 0, NULL) != 1 ||
        EVP_MAC_update(context, (const unsigned char *)thing, strlen(thing) + 1) != 1 ||
        EVP_MAC_update(context, (const unsigned char *)identifier.text, identifier.length) != 1 ||
        EVP_MAC_final(context, raw, &length, sizeof raw) != 1 || length < KEPT_BYTES)
        return error_set(error, EXIT_BROKEN, "cannot compute a pseudonym");
    buffer_add_char(out, 'P');
    for (size_t i = 0; i < KEPT_BYTES; i++) {
        static const char digits[] = "0123456789abcdef";
        buffer_add_char(out, digits[raw[i] >> 4]);
        buffer_add_char(out, digits[raw[i] & 15]);
    }
    return 0;
}

/* ---- the stream ----------------------------------------------------------------------------- */

/* What each column of the table at hand names, NULL where it stays as it is. */
struct naming {
    const char *things[MAX_FIELDS + 1];
    size_t count;
    const struct dataset *dataset;
};

/* From "#columns\tchild:child\tstarted:time\t@:at". */
static void read_columns(struct naming *naming, struct span columns)
{
    naming->count = 0;
    span_cut(&columns, '\t');
    while (columns.text && naming->count <= MAX_FIELDS) {
        struct span column = span_cut(&columns, '\t');
        struct span name = span_cut(&column, ':');
        const char *thing = NULL;
        int f = naming->dataset ? dataset_field(naming->dataset, name) : NO_FIELD;
        if (f != NO_FIELD) {
            const struct field *field = &naming->dataset->fields[f];
            if (field->refers && dataset_names_child(field->refers))
                thing = field->refers->name;
            else if (field->type == TYPE_ID && dataset_names_child(naming->dataset))
                thing = naming->dataset->name;
        }
        naming->things[naming->count++] = thing;
    }
}

static int pass_record(struct pseudonyms *pseudonyms, const struct naming *naming,
                       struct span record, struct buffer *out, struct error *error)
{
    for (size_t c = 0; record.text; c++) {
        const char *tab = memchr(record.text, '\t', record.length);
        struct span field = {record.text, tab ? (size_t)(tab - record.text) : record.length};
        record =
            tab ? (struct span){tab + 1, record.length - field.length - 1} : (struct span){NULL, 0};
        const char *thing = c < naming->count ? naming->things[c] : NULL;
        if (c > 0)
            buffer_add_char(out, '\t');
        if (!thing || field.length == 0) {
            buffer_add(out, field.text, field.length);
            continue;
        }
        if (c == 0 && field.length > 1 && field.text[0] == '\\' && field.text[1] == '#')
            field = (struct span){field.text + 1, field.length - 1}; /* only the place escapes it */
        if (add_pseudonym(pseudonyms, thing, field, out, error) < 0)
            return -1;
    }
    buffer_add_char(out, '\n');
    return 0;
}

static int pass_line(struct pseudonyms *pseudonyms, const struct catalogue *catalogue,
                     struct naming *naming, struct span line, struct buffer *out,
                     struct error *error)
{
    if (line.length > 0 && line.text[0] == '#') {
        struct span rest = line;
        struct span word = span_cut(&rest, '\t');
        if (span_is(word, "#table") && rest.text)
            naming->dataset = catalogue_find(catalogue, rest);
        else if (span_is(word, "#columns"))
            read_columns(naming, line);
        buffer_add(out, line.text, line.length);
        buffer_add_char(out, '\n');
        return 0;
    }
    return pass_record(pseudonyms, naming, line, out, error);
}

static int flush(int to, struct buffer *out, struct error *error)
{
    if (descriptor_write(to, out->text, out->length) < 0)
        return error_system(error, EXIT_IO, "cannot write to standard output");
    out->length = 0;
    return 0;
}

int pseudonyms_pass(struct pseudonyms *pseudonyms, const struct catalogue *catalogue, int from,
                    int to, struct error *error)
{
    int copy = fcntl(from, F_DUPFD_CLOEXEC, 3);
    FILE *lines = copy < 0 ? NULL : fdopen(copy, "r");
    if (!lines) {
        error_system(error, EXIT_NO_RESOURCE, "cannot read the records");
        if (copy >= 0)
            close(copy); /* the first error stands */
        return -1;
    }
    struct naming naming = {.count = 0};
    struct buffer out = {0};
    char *line = NULL;
    size_t capacity = 0;
    ssize_t length;
    int status = 0;
    while (status == 0 && (length = getline(&line, &capacity, lines)) > 0) {
        if (line[length - 1] != '\n')
            status = error_set(error, EXIT_BAD_DATA,
                               "the stream is cut in the middle of a line: run the stage before "
                               "it again");
        else
            status = pass_line(pseudonyms, catalogue, &naming,
                               (struct span){line, (size_t)length - 1}, &out, error);
        if (status == 0 && out.failed)
            status = error_memory(error, "making pseudonyms");
        if (status == 0 && out.length >= FLUSH_SIZE)
            status = flush(to, &out, error);
    }
    if (status == 0 && ferror(lines))
        status = error_system(error, EXIT_IO, "cannot read the records");
    if (status == 0)
        status = flush(to, &out, error);
    buffer_free(&out);
    free(line);
    if (fclose(lines) != 0 && status == 0)
        status = error_system(error, EXIT_IO, "cannot close the records");
    return status;
}
