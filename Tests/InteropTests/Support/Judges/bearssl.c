/* BearSSL knows no CRLs: those among the arguments are not looked at. */
#include "judge.h"
#include <bearssl.h>
#include <string.h>
#include <time.h>

static unsigned char name[4096];
static size_t nameLength;

static void append(void *context, const void *bytes, size_t length) {
    (void)context;
    if (nameLength + length > sizeof name) leave(2, "the root's name is too long");
    memcpy(name + nameLength, bytes, length);
    nameLength += length;
}

int main(int count, char **paths) {
    printf("BearSSL 0.6: ");
    if (count < 4) leave(2, "three certificates are needed");

    static br_x509_decoder_context decoder;
    br_x509_decoder_init(&decoder, append, NULL);
    der root = load(paths[1]);
    br_x509_decoder_push(&decoder, root.bytes, root.length);
    br_x509_pkey *key = br_x509_decoder_get_pkey(&decoder);
    if (key == NULL) leave(2, "unreadable: %s: %d", root.path, br_x509_decoder_last_error(&decoder));
    br_x509_trust_anchor anchor = {
        {name, nameLength}, br_x509_decoder_isCA(&decoder) ? BR_X509_TA_CA : 0, *key};

    static br_x509_minimal_context context;
    br_x509_minimal_init_full(&context, &anchor, 1);
    time_t now = time(NULL);
    br_x509_minimal_set_time(&context, (uint32_t)(now / 86400 + 719528), (uint32_t)(now % 86400));
    const br_x509_class **engine = &context.vtable;
    (*engine)->start_chain(engine, NULL);
    for (int index = 3; index >= 2; index--) {
        der file = load(paths[index]);
        (*engine)->start_cert(engine, (uint32_t)file.length);
        (*engine)->append(engine, file.bytes, file.length);
        (*engine)->end_cert(engine);
    }
    unsigned error = (*engine)->end_chain(engine);
    if (error == 0) leave(0, "accepted");
    leave(1, "refused: error %u", error);
}
