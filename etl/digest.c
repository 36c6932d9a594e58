#include "etl/digest.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "etl/descriptor.h"

enum { PIECE_SIZE = 256 * 1024 };

static int finish(EVP_MD_CTX *context, bool sound, const char *name, char *text,
                  struct error *error)
{
    unsigned char raw[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    sound = sound && EVP_DigestFinal_ex(context, raw, &length) == 1;
    EVP_MD_CTX_free(context);
    if (!sound)
        return error_set(error, EXIT_BROKEN, "'%s': cannot compute its digest", name);
    for (unsigned i = 0; i < length && 2 * i + 3 <= SHA256_TEXT_SIZE; i++)
        snprintf(text + 2 * i, 3, "%02x", raw[i]);
    return 0;
}

int digest_descriptor(int descriptor, const char *name, char *text, struct error *error)
{
    unsigned char *piece = malloc(PIECE_SIZE);
    if (!piece)
        return error_memory(error, "computing a digest");
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool sound = context && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1;
    off_t offset = 0;
    ssize_t got = 1;
    while (sound && got > 0) {
        do
            got = pread(descriptor, piece, PIECE_SIZE, offset);
        while (got < 0 && errno == EINTR);
        if (got < 0)
            error_system(error, EXIT_IO, "cannot read '%s'", name);
        if (got > 0)
            sound = EVP_DigestUpdate(context, piece, (size_t)got) == 1;
        offset += got;
    }
    free(piece);
    int status = finish(context, sound, name, text, error);
    return got < 0 ? -1 : status;
}

int digest_file(const char *path, char *text, uint64_t *bytes, struct error *error)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0)
        return error_system(error, EXIT_IO, "cannot open '%s'", path);
    int status = digest_descriptor(descriptor, path, text, error);
    off_t end = lseek(descriptor, 0, SEEK_END);
    if (status == 0 && end < 0)
        status = error_system(error, EXIT_IO, "cannot read '%s'", path);
    if (status == 0 && bytes)
        *bytes = (uint64_t)end;
    return descriptor_close(descriptor, path, status, error);
}

int digest_bytes(const void *bytes, size_t length, char *text, struct error *error)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool sound = context && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1 &&
                 EVP_DigestUpdate(context, bytes, length) == 1;
    return finish(context, sound, "some bytes", text, error);
}
