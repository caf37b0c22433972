/* BearSSL knows no CRLs. Before the chain, each rendered anchor is compared with what BearSSL's own decoder, which
   `brssl ta` prints from, makes of the certificates in ANCHORS, a list of paths with colons between. */
#include "rendered.h"
#include "anchorite_anchors_bearssl.h"
#include <time.h>

static unsigned char name[4096];
static size_t nameLength;

static void append(void *context, const void *bytes, size_t length) {
    (void)context;
    if (nameLength + length > sizeof name) leave(2, "the name is too long");
    memcpy(name + nameLength, bytes, length);
    nameLength += length;
}

static int same(const unsigned char *a, size_t aLength, const unsigned char *b, size_t bLength) {
    return aLength == bLength && memcmp(a, b, aLength) == 0;
}

static void compare(const char *path, const br_x509_trust_anchor *anchor) {
    static br_x509_decoder_context decoder;
    nameLength = 0;
    br_x509_decoder_init(&decoder, append, NULL);
    der file = load(path);
    br_x509_decoder_push(&decoder, file.bytes, file.length);
    br_x509_pkey *key = br_x509_decoder_get_pkey(&decoder);
    if (key == NULL) leave(2, "unreadable: %s: %d", path, br_x509_decoder_last_error(&decoder));
    unsigned flags = br_x509_decoder_isCA(&decoder) ? BR_X509_TA_CA : 0;
    int equal = flags == anchor->flags && key->key_type == anchor->pkey.key_type &&
                same(name, nameLength, anchor->dn.data, anchor->dn.len);
    if (key->key_type == BR_KEYTYPE_EC)
        equal = equal && key->key.ec.curve == anchor->pkey.key.ec.curve &&
                same(key->key.ec.q, key->key.ec.qlen, anchor->pkey.key.ec.q, anchor->pkey.key.ec.qlen);
    else
        equal = equal && same(key->key.rsa.n, key->key.rsa.nlen, anchor->pkey.key.rsa.n, anchor->pkey.key.rsa.nlen) &&
                same(key->key.rsa.e, key->key.rsa.elen, anchor->pkey.key.rsa.e, anchor->pkey.key.rsa.elen);
    if (!equal) leave(2, "the anchor of %s is another than BearSSL reads", path);
}

int main(int count, char **paths) {
    printf("BearSSL 0.6: ");
    if (count < 3) leave(2, "two certificates are needed");
    char *anchors = getenv("ANCHORS");
    size_t compared = 0;
    for (char *path = strtok(anchors, ":"); path != NULL; path = strtok(NULL, ":")) {
        if (compared == ANCHORITE_BEARSSL_ANCHOR_COUNT) leave(2, "an anchor is not rendered");
        compare(path, &anchorite_bearssl_anchors[compared++]);
    }
    if (compared != ANCHORITE_BEARSSL_ANCHOR_COUNT) leave(2, "%zu anchors are compared", compared);

    static br_x509_minimal_context context;
    br_x509_minimal_init_full(&context, anchorite_bearssl_anchors, ANCHORITE_BEARSSL_ANCHOR_COUNT);
    time_t now = time(NULL);
    br_x509_minimal_set_time(&context, (uint32_t)(now / 86400 + 719528), (uint32_t)(now % 86400));
    const br_x509_class **engine = &context.vtable;
    (*engine)->start_chain(engine, NULL);
    for (int index = 2; index >= 1; index--) {
        der file = load(paths[index]);
        (*engine)->start_cert(engine, (uint32_t)file.length);
        (*engine)->append(engine, file.bytes, file.length);
        (*engine)->end_cert(engine);
    }
    conclude((int)(*engine)->end_chain(engine), "", 3, paths, anchorite_bearssl_denies);
}
