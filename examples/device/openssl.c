/* A device with OpenSSL: the anchors go into an X509_STORE.
 *
 *     cc -std=c99 -D_POSIX_C_SOURCE=200809L -ISources/DeviceVerifier/include examples/device/openssl.c \
 *        examples/device/device.c Sources/DeviceVerifier/anchorite_*.c Sources/DeviceVerifier/glue/openssl.c -lcrypto */
#include "anchorite_glue.h"
#include "device.h"

#include <openssl/x509_vfy.h>

static bool load(const struct anchorite_anchor *anchor, void *context) {
    const unsigned char *der = anchor->bytes.data;
    X509 *const certificate =
        anchor->format == ANCHORITE_CERTIFICATE ? d2i_X509(NULL, &der, (long)anchor->bytes.length) : NULL;
    const bool is_good = certificate != NULL && X509_STORE_add_cert(context, certificate) == 1;
    X509_free(certificate);
    return is_good;
}

int main(int count, char **arguments) {
    X509_STORE *const store = X509_STORE_new();
    const int status = example_main(count, arguments, &anchorite_crypto_openssl, load, store);
    X509_STORE_free(store);
    return status;
}
