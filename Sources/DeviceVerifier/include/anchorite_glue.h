/* Ready cryptography for anchorite_device.h. Compile the one that fits, from glue/. `context` of all is NULL. */
#ifndef ANCHORITE_GLUE_H
#define ANCHORITE_GLUE_H

#include "anchorite_device.h"

#ifdef __cplusplus
extern "C" {
#endif

/* glue/mbedtls.c: Mbed TLS 2.28 and 3.x through its own functions. ECDSA on both curves and RSA. */
extern const struct anchorite_crypto anchorite_crypto_mbedtls;
/* glue/psa.c: PSA Crypto: Mbed TLS from 2.28 on, TF-PSA-Crypto, TF-M. ECDSA and RSA. Calls psa_crypto_init(). */
extern const struct anchorite_crypto anchorite_crypto_psa;
/* glue/wolfcrypt.c: wolfCrypt, from 5.5 on. ECDSA, RSA and, where it is built in, Ed25519. */
extern const struct anchorite_crypto anchorite_crypto_wolfcrypt;
/* glue/openssl.c: libcrypto from 3.0 on. ECDSA, RSA, Ed25519. */
extern const struct anchorite_crypto anchorite_crypto_openssl;

#ifdef __cplusplus
}
#endif

#endif
