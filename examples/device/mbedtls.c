/* A device with Mbed TLS: the anchors go into an mbedtls_x509_crt chain, as mbedtls_ssl_conf_ca_chain takes it.
 *
 *     cc -std=c99 -D_POSIX_C_SOURCE=200809L -ISources/DeviceVerifier/include examples/device/mbedtls.c \
 *        examples/device/device.c Sources/DeviceVerifier/anchorite_*.c Sources/DeviceVerifier/glue/mbedtls.c \
 *        -lmbedx509 -lmbedcrypto */
#include "anchorite_glue.h"
#include "device.h"

#include <mbedtls/x509_crt.h>

static bool load(const struct anchorite_anchor *anchor, void *context) {
    return anchor->format == ANCHORITE_CERTIFICATE &&
           mbedtls_x509_crt_parse_der(context, anchor->bytes.data, anchor->bytes.length) == 0;
}

int main(int count, char **arguments) {
    mbedtls_x509_crt chain;
    mbedtls_x509_crt_init(&chain);
    const int status = example_main(count, arguments, &anchorite_crypto_mbedtls, load, &chain);
    mbedtls_x509_crt_free(&chain);
    return status;
}
