/* A device with OpenSSL: the anchors go into an X509_STORE.
 *
 *     cc -std=c99 -D_POSIX_C_SOURCE=200809L -ISources/DeviceVerifier/include examples/device/openssl.c \
 *        examples/device/{main,device,files}.c Sources/DeviceVerifier/anchorite_*.c \
 *        Sources/DeviceVerifier/glue/openssl.c -lcrypto */
#include "anchorite_glue.h"
#include "device.h"

#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

static X509 *certificate_of(struct anchorite_bytes der) {
    const unsigned char *bytes = der.data;
    return d2i_X509(NULL, &bytes, (long)der.length);
}

static bool load(void *context, const struct anchorite_anchor *anchor) {
    X509 *const certificate = anchor->format == ANCHORITE_CERTIFICATE ? certificate_of(anchor->bytes) : NULL;
    const bool is_good = certificate != NULL && X509_STORE_add_cert(context, certificate) == 1;
    X509_free(certificate);
    return is_good;
}

static struct anchorite_bytes bytes_of(const ASN1_STRING *string) {
    struct anchorite_bytes bytes = {NULL, 0};
    if (string != NULL) {
        bytes.data = ASN1_STRING_get0_data(string);
        bytes.length = (size_t)ASN1_STRING_length(string);
    }
    return bytes;
}

/* The verify callback: SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, ask_the_deny_list) in a TLS client. It is asked for every
 * certificate that is good so far, and for every error. */
static int ask_the_deny_list(int is_good, X509_STORE_CTX *store) {
    const struct device *const device = X509_STORE_CTX_get_app_data(store);
    X509 *const certificate = X509_STORE_CTX_get_current_cert(store);
    if (is_good != 1 || certificate == NULL) {
        return is_good;
    }
    if (anchorite_is_denied(&device->state.denied, bytes_of(X509_get0_authority_key_id(certificate)),
                            bytes_of(X509_get0_serialNumber(certificate)))) {
        X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REVOKED);
        return 0;
    }
    return 1;
}

static bool judge(void *context, const struct device *device, const struct anchorite_bytes chain[2],
                  const struct anchorite_bytes *crls, size_t crl_count) {
    X509 *const intermediate = certificate_of(chain[0]);
    X509 *const peer = certificate_of(chain[1]);
    STACK_OF(X509) *const between = sk_X509_new_null();
    STACK_OF(X509_CRL) *const lists = sk_X509_CRL_new_null();
    X509_STORE_CTX *const store = X509_STORE_CTX_new();
    bool is_good = intermediate != NULL && peer != NULL && between != NULL && lists != NULL && store != NULL &&
                   sk_X509_push(between, intermediate) > 0 && X509_STORE_CTX_init(store, context, peer, between) == 1;
    for (size_t index = 0; is_good && index < crl_count; index++) {
        const unsigned char *bytes = crls[index].data;
        X509_CRL *const list = d2i_X509_CRL(NULL, &bytes, (long)crls[index].length);
        is_good = list != NULL && sk_X509_CRL_push(lists, list) > 0;
    }
    if (is_good) {
        X509_STORE_CTX_set0_crls(store, lists);
        X509_STORE_CTX_set_flags(store, crl_count > 0 ? X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL : 0);
        X509_STORE_CTX_set_app_data(store, (void *)(uintptr_t)device);
        X509_STORE_CTX_set_verify_cb(store, ask_the_deny_list);
        is_good = X509_verify_cert(store) == 1;
    }
    X509_STORE_CTX_free(store);
    sk_X509_CRL_pop_free(lists, X509_CRL_free);
    sk_X509_free(between);
    X509_free(intermediate);
    X509_free(peer);
    return is_good;
}

int main(int count, char **arguments) {
    X509_STORE *const store = X509_STORE_new();
    const struct library library = {&anchorite_crypto_openssl, store, load, judge};
    const int status = example_main(count, arguments, &library);
    X509_STORE_free(store);
    return status;
}
