#include "judge.h"
#include <wolfssl/options.h>
#include <wolfssl/ssl.h>
#include <wolfssl/wolfcrypt/error-crypt.h>
#include <wolfssl/error-ssl.h>

static WOLFSSL_CERT_MANAGER *manager;

static void trust(der file) {
    int result = wolfSSL_CertManagerLoadCABuffer(manager, file.bytes, (long)file.length, WOLFSSL_FILETYPE_ASN1);
    if (result != WOLFSSL_SUCCESS) leave(2, "unreadable: %s: %d", file.path, result);
}

static void judge(der file) {
    int result = wolfSSL_CertManagerVerifyBuffer(manager, file.bytes, (long)file.length, WOLFSSL_FILETYPE_ASN1);
    if (result != WOLFSSL_SUCCESS)
        leave(1, "refused: %s: %d %s", file.path, result, wolfSSL_ERR_reason_error_string(result));
}

/* wolfSSL takes a CRL only when it has the CRL's issuer. */
static int lists(int count, char **paths) {
    int taken = 0;
    for (int index = 4; index < count; index++) {
        if (paths[index] == NULL) continue;
        der file = load(paths[index]);
        int result =
            wolfSSL_CertManagerLoadCRLBuffer(manager, file.bytes, (long)file.length, WOLFSSL_FILETYPE_ASN1);
        if (result != WOLFSSL_SUCCESS) continue;
        paths[index] = NULL;
        taken++;
    }
    return taken;
}

int main(int count, char **paths) {
    printf("wolfSSL %s: ", wolfSSL_lib_version());
    if (count < 4) leave(2, "three certificates are needed");
    wolfSSL_Init();
    manager = wolfSSL_CertManagerNew();
    if (manager == NULL || wolfSSL_CertManagerEnableCRL(manager, WOLFSSL_CRL_CHECKALL) != WOLFSSL_SUCCESS)
        leave(2, "no certificate manager with CRLs");
    trust(load(paths[1]));
    int taken = lists(count, paths);
    judge(load(paths[2]));
    trust(load(paths[2]));
    taken += lists(count, paths);
    if (taken != count - 4) leave(2, "unreadable: %d of %d CRLs", count - 4 - taken, count - 4);
    judge(load(paths[3]));
    leave(0, "accepted");
}
