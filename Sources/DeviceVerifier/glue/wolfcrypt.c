/* anchorite_crypto on wolfCrypt, 5.5 or later. Needs WOLFSSL_SHA384 (and WOLFSSL_SHA512 for anchors that sign with it),
 * HAVE_ECC with P-256 and P-384; RSA and, with HAVE_ED25519, Ed25519 where they are built in. */
#include "../include/anchorite_glue.h"

#include <wolfssl/options.h>

#include <wolfssl/wolfcrypt/asn_public.h>
#include <wolfssl/wolfcrypt/ecc.h>
#include <wolfssl/wolfcrypt/ed25519.h>
#include <wolfssl/wolfcrypt/error-crypt.h>
#include <wolfssl/wolfcrypt/hash.h>
#include <wolfssl/wolfcrypt/rsa.h>
#include <wolfssl/wolfcrypt/signature.h>

static enum wc_HashType digest_of(enum anchorite_hash hash) {
    return hash == ANCHORITE_SHA256   ? WC_HASH_TYPE_SHA256
           : hash == ANCHORITE_SHA384 ? WC_HASH_TYPE_SHA384
                                      : WC_HASH_TYPE_SHA512;
}

static bool hash(void *context, enum anchorite_hash algorithm, const struct anchorite_bytes *segments, size_t count,
                 uint8_t *digest) {
    (void)context;
    wc_HashAlg hashing;
    if (wc_HashInit(&hashing, digest_of(algorithm)) != 0) {
        return false;
    }
    bool is_good = true;
    for (size_t index = 0; is_good && index < count; index++) {
        is_good = segments[index].length == 0 || wc_HashUpdate(&hashing, digest_of(algorithm), segments[index].data,
                                                               (word32)segments[index].length) == 0;
    }
    is_good = is_good && wc_HashFinal(&hashing, digest_of(algorithm), digest) == 0;
    (void)wc_HashFree(&hashing, digest_of(algorithm));
    return is_good;
}

static bool verify_ecdsa(void *context, enum anchorite_curve curve, const uint8_t *point, const uint8_t *digest,
                         size_t digest_length, const uint8_t *r_and_s) {
    (void)context;
    const word32 size = (word32)curve / 8;
    ecc_key key;
    byte der[ECC_MAX_SIG_SIZE];
    word32 length = (word32)sizeof der;
    int answer = 0;
    if (wc_ecc_init(&key) != 0) {
        return false;
    }
    const bool is_good =
        wc_ecc_import_x963_ex(point, 1 + 2 * size, &key, curve == ANCHORITE_P256 ? ECC_SECP256R1 : ECC_SECP384R1) ==
            0 &&
        wc_ecc_check_key(&key) == 0 &&
        wc_ecc_rs_raw_to_sig(r_and_s, size, r_and_s + size, size, der, &length) == 0 &&
        wc_ecc_verify_hash(der, length, digest, (word32)digest_length, &answer, &key) == 0 && answer == 1;
    (void)wc_ecc_free(&key);
    return is_good;
}

#ifndef NO_RSA
static bool verify_rsa(enum anchorite_scheme scheme, struct anchorite_bytes key, struct anchorite_bytes message,
                       struct anchorite_bytes signature) {
    /* The longest modulus in use: 4096 bits. */
    byte plain[512];
    byte digest[64];
    const bool is_pss = scheme >= ANCHORITE_RSA_PSS_SHA256;
    const unsigned step = (unsigned)scheme - (is_pss ? (unsigned)ANCHORITE_RSA_PSS_SHA256 : 0u);
    const enum anchorite_hash algorithm = step == 0   ? ANCHORITE_SHA256
                                          : step == 1 ? ANCHORITE_SHA384
                                                      : ANCHORITE_SHA512;
    RsaKey parsed;
    word32 index = 0;
    if (signature.length > sizeof plain || wc_InitRsaKey(&parsed, NULL) != 0) {
        return false;
    }
    bool is_good = wc_RsaPublicKeyDecode(key.data, &index, &parsed, (word32)key.length) == 0;
    if (is_good && is_pss) {
#ifdef WC_RSA_PSS
        const int mask = step == 0 ? WC_MGF1SHA256 : step == 1 ? WC_MGF1SHA384 : WC_MGF1SHA512;
        for (size_t offset = 0; offset < signature.length; offset++) {
            plain[offset] = signature.data[offset];
        }
        byte *padded = NULL;
        const int length = wc_RsaPSS_VerifyInline(plain, (word32)signature.length, &padded, digest_of(algorithm), mask,
                                                  &parsed);
        is_good = length > 0 && hash(NULL, algorithm, &message, 1, digest) &&
                  wc_RsaPSS_CheckPadding(digest, (word32)algorithm / 8, padded, (word32)length,
                                         digest_of(algorithm)) == 0;
#else
        is_good = false;
#endif
    } else if (is_good) {
        is_good = wc_SignatureVerify(digest_of(algorithm), WC_SIGNATURE_TYPE_RSA_W_ENC, message.data,
                                     (word32)message.length, signature.data, (word32)signature.length, &parsed,
                                     (word32)sizeof parsed) == 0;
    }
    (void)wc_FreeRsaKey(&parsed);
    return is_good;
}
#endif

#ifdef HAVE_ED25519
static bool verify_ed25519(struct anchorite_bytes key, struct anchorite_bytes message,
                           struct anchorite_bytes signature) {
    ed25519_key parsed;
    int answer = 0;
    /* The key is the end of its SubjectPublicKeyInfo. */
    if (key.length < ED25519_PUB_KEY_SIZE || wc_ed25519_init(&parsed) != 0) {
        return false;
    }
    const bool is_good =
        wc_ed25519_import_public(key.data + key.length - ED25519_PUB_KEY_SIZE, ED25519_PUB_KEY_SIZE, &parsed) == 0 &&
        wc_ed25519_verify_msg(signature.data, (word32)signature.length, message.data, (word32)message.length, &answer,
                              &parsed) == 0 &&
        answer == 1;
    wc_ed25519_free(&parsed);
    return is_good;
}
#endif

static bool verify_other(void *context, enum anchorite_scheme scheme, struct anchorite_bytes key,
                         struct anchorite_bytes message, struct anchorite_bytes signature) {
    (void)context;
    if (scheme == ANCHORITE_ED25519) {
#ifdef HAVE_ED25519
        return verify_ed25519(key, message, signature);
#else
        return false;
#endif
    }
#ifndef NO_RSA
    return verify_rsa(scheme, key, message, signature);
#else
    return false;
#endif
}

const struct anchorite_crypto anchorite_crypto_wolfcrypt = {hash, verify_ecdsa, verify_other, NULL};
