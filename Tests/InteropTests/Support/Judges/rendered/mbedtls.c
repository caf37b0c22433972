#include "rendered.h"
#include "anchorite_anchors_mbedtls.h"
#include <mbedtls/version.h>
#include <mbedtls/x509_crt.h>

static void require(int result, const char *path) {
    if (result != 0) leave(2, "unreadable: %s: -0x%04x", path, -result);
}

int main(int count, char **paths) {
    char version[24], reason[400] = "";
    mbedtls_version_get_string_full(version);
    printf("%s: ", version);
    if (count < 3) leave(2, "two certificates are needed");

    mbedtls_x509_crt anchors, chain;
    mbedtls_x509_crl lists;
    mbedtls_x509_crt_init(&anchors);
    mbedtls_x509_crt_init(&chain);
    mbedtls_x509_crl_init(&lists);
    for (size_t index = 0; index < ANCHORITE_MBEDTLS_ANCHOR_COUNT; index++) {
        const anchorite_der *anchor = &anchorite_mbedtls_anchors[index];
        require(mbedtls_x509_crt_parse_der_nocopy(&anchors, anchor->bytes, anchor->length), "an anchor");
    }
    for (int index = 2; index >= 1; index--) {
        der file = load(paths[index]);
        require(mbedtls_x509_crt_parse_der(&chain, file.bytes, file.length), paths[index]);
    }
    for (int index = 3; index < count; index++) {
        der file = load(paths[index]);
        require(mbedtls_x509_crl_parse_der(&lists, file.bytes, file.length), paths[index]);
    }
    uint32_t flags = 0;
    int result = mbedtls_x509_crt_verify(&chain, &anchors, count > 3 ? &lists : NULL, NULL, &flags, NULL, NULL);
    if (result != 0) mbedtls_x509_crt_verify_info(reason, sizeof reason, "", flags);
    conclude(result, reason, count, paths, anchorite_mbedtls_denies);
}
