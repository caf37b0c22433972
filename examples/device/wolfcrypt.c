/* A device with wolfSSL: the anchors go into a WOLFSSL_CERT_MANAGER.
 *
 *     cc -std=c99 -D_POSIX_C_SOURCE=200809L -ISources/DeviceVerifier/include examples/device/wolfcrypt.c \
 *        examples/device/{main,device,files}.c Sources/DeviceVerifier/anchorite_*.c \
 *        Sources/DeviceVerifier/glue/wolfcrypt.c -lwolfssl */
#include <wolfssl/options.h>

#include "anchorite_glue.h"
#include "device.h"

#include <wolfssl/ssl.h>

static bool load(void *context, const struct anchorite_anchor *anchor) {
    return anchor->format == ANCHORITE_CERTIFICATE &&
           wolfSSL_CertManagerLoadCABuffer(context, anchor->bytes.data, (long)anchor->bytes.length,
                                           WOLFSSL_FILETYPE_ASN1) == WOLFSSL_SUCCESS;
}

/* In a TLS client this is for the callback of wolfSSL_CTX_set_verify, in a wolfSSL that calls it for good chains too
 * (WOLFSSL_ALWAYS_VERIFY_CB): for each of store->certs. What cannot be read counts as denied. */
static bool is_denied(const struct device *device, struct anchorite_bytes der) {
    unsigned char number[64];
    int length = (int)sizeof number;
    WOLFSSL_X509 *const certificate = wolfSSL_X509_d2i(NULL, der.data, (int)der.length);
    const bool is_read = certificate != NULL &&
                         wolfSSL_X509_get_serial_number(certificate, number, &length) == WOLFSSL_SUCCESS && length > 0;
    const struct anchorite_bytes serial = {number, is_read ? (size_t)length : 0};
    const struct anchorite_bytes issuer = {NULL, 0}; /* not asked for: the serial decides alone */
    wolfSSL_X509_free(certificate);
    return !is_read || anchorite_is_denied(&device->state.denied, issuer, serial);
}

/* wolfSSL takes a CRL only when it has the CRL's issuer. */
static void load_lists(WOLFSSL_CERT_MANAGER *manager, const struct anchorite_bytes *crls, size_t crl_count) {
    for (size_t index = 0; index < crl_count; index++) {
        (void)wolfSSL_CertManagerLoadCRLBuffer(manager, crls[index].data, (long)crls[index].length,
                                               WOLFSSL_FILETYPE_ASN1);
    }
}

static bool judge(void *context, const struct device *device, const struct anchorite_bytes chain[2],
                  const struct anchorite_bytes *crls, size_t crl_count) {
    if (crl_count > 0 && wolfSSL_CertManagerEnableCRL(context, WOLFSSL_CRL_CHECKALL) != WOLFSSL_SUCCESS) {
        return false;
    }
    for (size_t index = 0; index < 2; index++) {
        load_lists(context, crls, crl_count);
        if (is_denied(device, chain[index]) ||
            wolfSSL_CertManagerVerifyBuffer(context, chain[index].data, (long)chain[index].length,
                                            WOLFSSL_FILETYPE_ASN1) != WOLFSSL_SUCCESS) {
            return false;
        }
        /* The intermediate, now that it is good, is what the device's certificate is judged by. */
        if (index == 0 && wolfSSL_CertManagerLoadCABuffer(context, chain[0].data, (long)chain[0].length,
                                                          WOLFSSL_FILETYPE_ASN1) != WOLFSSL_SUCCESS) {
            return false;
        }
    }
    return true;
}

int main(int count, char **arguments) {
    WOLFSSL_CERT_MANAGER *const manager = wolfSSL_CertManagerNew();
    const struct library library = {&anchorite_crypto_wolfcrypt, manager, load, judge};
    const int status = example_main(count, arguments, &library);
    wolfSSL_CertManagerFree(manager);
    return status;
}
