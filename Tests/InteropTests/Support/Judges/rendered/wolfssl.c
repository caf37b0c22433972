#include "rendered.h"
#include "anchorite_anchors_wolfssl.h"
#include <wolfssl/options.h>
#include <wolfssl/ssl.h>
#include <wolfssl/error-ssl.h>

static WOLFSSL_CERT_MANAGER *manager;

static void trust(const unsigned char *bytes, size_t length) {
    int result = wolfSSL_CertManagerLoadCABuffer(manager, bytes, (long)length, WOLFSSL_FILETYPE_ASN1);
    if (result != WOLFSSL_SUCCESS) leave(2, "unreadable: a CA: %d", result);
}

/* wolfSSL takes a CRL only when it has the CRL's issuer. */
static void lists(int count, char **paths) {
    for (int index = 3; index < count; index++) {
        der file = load(paths[index]);
        wolfSSL_CertManagerLoadCRLBuffer(manager, file.bytes, (long)file.length, WOLFSSL_FILETYPE_ASN1);
    }
}

int main(int count, char **paths) {
    printf("wolfSSL %s: ", wolfSSL_lib_version());
    if (count < 3) leave(2, "two certificates are needed");
    wolfSSL_Init();
    manager = wolfSSL_CertManagerNew();
    if (manager == NULL) leave(2, "no certificate manager");
    if (count > 3 && wolfSSL_CertManagerEnableCRL(manager, WOLFSSL_CRL_CHECKALL) != WOLFSSL_SUCCESS)
        leave(2, "no CRLs");
    for (size_t index = 0; index < ANCHORITE_WOLFSSL_ANCHOR_COUNT; index++)
        trust(anchorite_wolfssl_anchors[index].bytes, anchorite_wolfssl_anchors[index].length);
    for (int index = 1; index <= 2; index++) {
        lists(count, paths);
        der file = load(paths[index]);
        int result =
            wolfSSL_CertManagerVerifyBuffer(manager, file.bytes, (long)file.length, WOLFSSL_FILETYPE_ASN1);
        if (result != WOLFSSL_SUCCESS)
            conclude(result, wolfSSL_ERR_reason_error_string(result), count, paths, anchorite_wolfssl_denies);
        if (index == 1) trust(file.bytes, file.length);
    }
    conclude(0, "", count, paths, anchorite_wolfssl_denies);
}
