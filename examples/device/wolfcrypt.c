/* A device with wolfSSL: the anchors go into a WOLFSSL_CERT_MANAGER.
 *
 *     cc -std=c99 -D_POSIX_C_SOURCE=200809L -ISources/DeviceVerifier/include examples/device/wolfcrypt.c \
 *        examples/device/device.c Sources/DeviceVerifier/anchorite_*.c Sources/DeviceVerifier/glue/wolfcrypt.c \
 *        -lwolfssl */
#include <wolfssl/options.h>

#include "anchorite_glue.h"
#include "device.h"

#include <wolfssl/ssl.h>

static bool load(const struct anchorite_anchor *anchor, void *context) {
    return anchor->format == ANCHORITE_CERTIFICATE &&
           wolfSSL_CertManagerLoadCABuffer(context, anchor->bytes.data, (long)anchor->bytes.length,
                                           WOLFSSL_FILETYPE_ASN1) == WOLFSSL_SUCCESS;
}

int main(int count, char **arguments) {
    WOLFSSL_CERT_MANAGER *const manager = wolfSSL_CertManagerNew();
    const int status = example_main(count, arguments, &anchorite_crypto_wolfcrypt, load, manager);
    wolfSSL_CertManagerFree(manager);
    return status;
}
