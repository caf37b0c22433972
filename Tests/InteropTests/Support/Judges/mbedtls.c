#include "judge.h"
#include <mbedtls/error.h>
#include <mbedtls/version.h>
#include <mbedtls/x509_crt.h>

static void require(int result, const char *path) {
    char reason[200];
    if (result == 0) return;
    mbedtls_strerror(result, reason, sizeof reason);
    leave(2, "unreadable: %s: -0x%04x %s", path, -result, reason);
}

int main(int count, char **paths) {
    char version[24], reason[400];
    mbedtls_version_get_string_full(version);
    printf("%s: ", version);
    if (count < 4) leave(2, "three certificates are needed");

    mbedtls_x509_crt root, chain;
    mbedtls_x509_crl lists;
    mbedtls_x509_crt_init(&root);
    mbedtls_x509_crt_init(&chain);
    mbedtls_x509_crl_init(&lists);
    der file = load(paths[1]);
    require(mbedtls_x509_crt_parse_der(&root, file.bytes, file.length), paths[1]);
    /* The device first, then what leads to the root. */
    for (int index = 3; index >= 2; index--) {
        file = load(paths[index]);
        require(mbedtls_x509_crt_parse_der(&chain, file.bytes, file.length), paths[index]);
    }
    for (int index = 4; index < count; index++) {
        file = load(paths[index]);
        require(mbedtls_x509_crl_parse_der(&lists, file.bytes, file.length), paths[index]);
    }
    uint32_t flags = 0;
    int result = mbedtls_x509_crt_verify(&chain, &root, &lists, NULL, &flags, NULL, NULL);
    if (result == 0) leave(0, "accepted");
    mbedtls_x509_crt_verify_info(reason, sizeof reason, "", flags);
    leave(1, "refused: flags 0x%x: %s", flags, reason);
}
