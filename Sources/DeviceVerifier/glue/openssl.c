/* anchorite_crypto on OpenSSL's libcrypto, 3.0 or later. */
#include "../include/anchorite_glue.h"

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

static const EVP_MD *digest_of(enum anchorite_hash hash) {
    return hash == ANCHORITE_SHA256 ? EVP_sha256() : hash == ANCHORITE_SHA384 ? EVP_sha384() : EVP_sha512();
}

static bool hash(void *context, enum anchorite_hash algorithm, const struct anchorite_bytes *segments, size_t count,
                 uint8_t *digest) {
    (void)context;
    EVP_MD_CTX *const hashing = EVP_MD_CTX_new();
    bool is_good = hashing != NULL && EVP_DigestInit_ex(hashing, digest_of(algorithm), NULL) == 1;
    for (size_t index = 0; is_good && index < count; index++) {
        is_good = EVP_DigestUpdate(hashing, segments[index].data, segments[index].length) == 1;
    }
    is_good = is_good && EVP_DigestFinal_ex(hashing, digest, NULL) == 1;
    EVP_MD_CTX_free(hashing);
    return is_good;
}

/* NULL for a point off the curve. */
static EVP_PKEY *curve_key(enum anchorite_curve curve, const uint8_t *point) {
    /* The parameters are not written to; their type only does not say so. */
    union {
        const uint8_t *constant;
        void *plain;
    } octets = {point};
    char group[] = "P-256";
    if (curve == ANCHORITE_P384) {
        group[2] = '3', group[3] = '8', group[4] = '4';
    }
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, octets.plain, 1 + 2 * (size_t)curve / 8),
        OSSL_PARAM_construct_end(),
    };
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *const making = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    if (making != NULL && EVP_PKEY_fromdata_init(making) == 1) {
        OSSL_PARAM copy[] = {parameters[0], parameters[1], parameters[2]};
        if (EVP_PKEY_fromdata(making, &key, EVP_PKEY_PUBLIC_KEY, copy) != 1) {
            key = NULL;
        }
    }
    EVP_PKEY_CTX_free(making);
    return key;
}

/* Ecdsa-Sig-Value in DER, to be freed with OPENSSL_free; its length, or 0. */
static int signature_der(const uint8_t *r_and_s, int size, unsigned char **der) {
    ECDSA_SIG *const signature = ECDSA_SIG_new();
    BIGNUM *const r = BN_bin2bn(r_and_s, size, NULL);
    BIGNUM *const s = BN_bin2bn(r_and_s + size, size, NULL);
    int length = 0;
    if (signature != NULL && r != NULL && s != NULL && ECDSA_SIG_set0(signature, r, s) == 1) {
        length = i2d_ECDSA_SIG(signature, der);
    } else {
        BN_free(r);
        BN_free(s);
    }
    ECDSA_SIG_free(signature);
    return length > 0 ? length : 0;
}

static bool verify_ecdsa(void *context, enum anchorite_curve curve, const uint8_t *point, const uint8_t *digest,
                         size_t digest_length, const uint8_t *r_and_s) {
    (void)context;
    unsigned char *der = NULL;
    const int length = signature_der(r_and_s, (int)curve / 8, &der);
    EVP_PKEY *const key = curve_key(curve, point);
    EVP_PKEY_CTX *const verifying = key == NULL ? NULL : EVP_PKEY_CTX_new(key, NULL);
    const bool is_good = length > 0 && verifying != NULL && EVP_PKEY_verify_init(verifying) == 1 &&
                         EVP_PKEY_verify(verifying, der, (size_t)length, digest, digest_length) == 1;
    EVP_PKEY_CTX_free(verifying);
    EVP_PKEY_free(key);
    OPENSSL_free(der);
    /* What failed here is told by the result; nobody else should find it in the queue. */
    ERR_clear_error();
    return is_good;
}

static bool verify_other(void *context, enum anchorite_scheme scheme, struct anchorite_bytes key,
                         struct anchorite_bytes message, struct anchorite_bytes signature) {
    (void)context;
    const bool is_pss = scheme >= ANCHORITE_RSA_PSS_SHA256 && scheme <= ANCHORITE_RSA_PSS_SHA512;
    const unsigned step = (unsigned)scheme - (is_pss ? (unsigned)ANCHORITE_RSA_PSS_SHA256 : 0u);
    const EVP_MD *const digest = scheme == ANCHORITE_ED25519 ? NULL
                                 : step == 0                 ? EVP_sha256()
                                 : step == 1                 ? EVP_sha384()
                                                             : EVP_sha512();
    const unsigned char *der = key.data;
    EVP_PKEY *const parsed = d2i_PUBKEY(NULL, &der, (long)key.length);
    EVP_MD_CTX *const verifying = EVP_MD_CTX_new();
    EVP_PKEY_CTX *options = NULL;
    bool is_good = parsed != NULL && verifying != NULL &&
                   EVP_PKEY_get_base_id(parsed) == (digest == NULL ? EVP_PKEY_ED25519 : EVP_PKEY_RSA) &&
                   EVP_DigestVerifyInit(verifying, &options, digest, NULL, parsed) == 1;
    if (is_good && is_pss) {
        is_good = EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) == 1 &&
                  EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST) == 1;
    }
    is_good = is_good &&
              EVP_DigestVerify(verifying, signature.data, signature.length, message.data, message.length) == 1;
    EVP_MD_CTX_free(verifying);
    EVP_PKEY_free(parsed);
    ERR_clear_error();
    return is_good;
}

const struct anchorite_crypto anchorite_crypto_openssl = {hash, verify_ecdsa, verify_other, NULL};
