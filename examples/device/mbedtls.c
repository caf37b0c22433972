/* A device with Mbed TLS: the anchors go into an mbedtls_x509_crt chain, as mbedtls_ssl_conf_ca_chain takes it.
 *
 *     cc -std=c99 -D_POSIX_C_SOURCE=200809L -ISources/DeviceVerifier/include examples/device/mbedtls.c \
 *        examples/device/{main,device,files}.c Sources/DeviceVerifier/anchorite_*.c \
 *        Sources/DeviceVerifier/glue/mbedtls.c -lmbedx509 -lmbedcrypto */
#include "anchorite_glue.h"
#include "device.h"

#include <mbedtls/version.h>
#include <mbedtls/x509_crl.h>
#include <mbedtls/x509_crt.h>

#ifndef EXAMPLE_CRYPTO
#define EXAMPLE_CRYPTO anchorite_crypto_mbedtls
#endif

static bool load(void *context, const struct anchorite_anchor *anchor) {
    return anchor->format == ANCHORITE_CERTIFICATE &&
           mbedtls_x509_crt_parse_der(context, anchor->bytes.data, anchor->bytes.length) == 0;
}

/* The verify callback: mbedtls_ssl_conf_verify(&conf, ask_the_deny_list, &device) in a TLS client or server. It is asked
 * for every certificate of the chain. */
static int ask_the_deny_list(void *context, mbedtls_x509_crt *certificate, int depth, uint32_t *flags) {
    const struct device *const device = context;
    const struct anchorite_bytes serial = {certificate->serial.p, certificate->serial.len};
#if MBEDTLS_VERSION_NUMBER >= 0x03050000
    const struct anchorite_bytes issuer = {certificate->authority_key_id.keyIdentifier.p,
                                           certificate->authority_key_id.keyIdentifier.len};
#else
    /* Not handed out before 3.5: the serial decides alone. */
    const struct anchorite_bytes issuer = {NULL, 0};
#endif
    (void)depth;
    if (anchorite_is_denied(&device->state.denied, issuer, serial)) {
        *flags |= MBEDTLS_X509_BADCERT_REVOKED;
    }
    return 0;
}

static bool judge(void *context, const struct device *device, const struct anchorite_bytes chain[2],
                  const struct anchorite_bytes *crls, size_t crl_count) {
    mbedtls_x509_crt peer;
    mbedtls_x509_crl lists;
    uint32_t flags = 0;
    mbedtls_x509_crt_init(&peer);
    mbedtls_x509_crl_init(&lists);
    bool is_good = mbedtls_x509_crt_parse_der(&peer, chain[1].data, chain[1].length) == 0 &&
                   mbedtls_x509_crt_parse_der(&peer, chain[0].data, chain[0].length) == 0;
    for (size_t index = 0; is_good && index < crl_count; index++) {
        is_good = mbedtls_x509_crl_parse_der(&lists, crls[index].data, crls[index].length) == 0;
    }
    is_good = is_good && mbedtls_x509_crt_verify(&peer, context, crl_count > 0 ? &lists : NULL, NULL, &flags,
                                                 ask_the_deny_list, (void *)(uintptr_t)device) == 0;
    mbedtls_x509_crl_free(&lists);
    mbedtls_x509_crt_free(&peer);
    return is_good;
}

int main(int count, char **arguments) {
    mbedtls_x509_crt anchors;
    mbedtls_x509_crt_init(&anchors);
    const struct library library = {&EXAMPLE_CRYPTO, &anchors, load, judge};
    const int status = example_main(count, arguments, &library);
    mbedtls_x509_crt_free(&anchors);
    return status;
}
