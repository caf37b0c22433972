/* anchorite_crypto on PSA Crypto (Mbed TLS from 2.28 on, TF-PSA-Crypto, TF-M). Needs SHA-256, SHA-384, and ECDSA with
 * secp256r1 and secp384r1; RSA only for anchors with RSA keys. Keys are imported for one verification each. */
#include "../include/anchorite_glue.h"

#include <psa/crypto.h>

static psa_algorithm_t digest_of(enum anchorite_hash hash) {
    return hash == ANCHORITE_SHA256 ? PSA_ALG_SHA_256 : hash == ANCHORITE_SHA384 ? PSA_ALG_SHA_384 : PSA_ALG_SHA_512;
}

static bool hash(void *context, enum anchorite_hash algorithm, const struct anchorite_bytes *segments, size_t count,
                 uint8_t *digest) {
    (void)context;
    psa_hash_operation_t hashing = PSA_HASH_OPERATION_INIT;
    bool is_good =
        psa_crypto_init() == PSA_SUCCESS && psa_hash_setup(&hashing, digest_of(algorithm)) == PSA_SUCCESS;
    for (size_t index = 0; is_good && index < count; index++) {
        is_good = segments[index].length == 0 ||
                  psa_hash_update(&hashing, segments[index].data, segments[index].length) == PSA_SUCCESS;
    }
    const size_t length = (size_t)algorithm / 8;
    size_t written = 0;
    is_good = is_good && psa_hash_finish(&hashing, digest, length, &written) == PSA_SUCCESS && written == length;
    (void)psa_hash_abort(&hashing);
    return is_good;
}

static bool verify(psa_key_type_t type, psa_algorithm_t algorithm, struct anchorite_bytes key, const uint8_t *digest,
                   size_t digest_length, struct anchorite_bytes signature) {
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_set_key_type(&attributes, type);
    psa_set_key_algorithm(&attributes, algorithm);
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_VERIFY_HASH);
    psa_key_id_t identifier = 0;
    if (psa_crypto_init() != PSA_SUCCESS ||
        psa_import_key(&attributes, key.data, key.length, &identifier) != PSA_SUCCESS) {
        return false;
    }
    const bool is_good = psa_verify_hash(identifier, algorithm, digest, digest_length, signature.data,
                                         signature.length) == PSA_SUCCESS;
    (void)psa_destroy_key(identifier);
    return is_good;
}

static bool verify_ecdsa(void *context, enum anchorite_curve curve, const uint8_t *point, const uint8_t *digest,
                         size_t digest_length, const uint8_t *r_and_s) {
    (void)context;
    const size_t size = (size_t)curve / 8;
    const struct anchorite_bytes key = {point, 1 + 2 * size};
    const struct anchorite_bytes signature = {r_and_s, 2 * size};
    const psa_algorithm_t algorithm = PSA_ALG_ECDSA(digest_length == 32   ? PSA_ALG_SHA_256
                                                    : digest_length == 48 ? PSA_ALG_SHA_384
                                                                          : PSA_ALG_SHA_512);
    return verify(PSA_KEY_TYPE_ECC_PUBLIC_KEY(PSA_ECC_FAMILY_SECP_R1), algorithm, key, digest, digest_length,
                  signature);
}

/* PSA takes RSA keys as RSAPublicKey: what is left of a SubjectPublicKeyInfo after the algorithm (15 bytes), whose form
 * the verifier has checked, and two heads. */
static bool rsa_public_key(struct anchorite_bytes *key) {
    for (unsigned part = 0; part < 2; part++) {
        if (key->length < 2) {
            return false;
        }
        const size_t head = key->data[1] < 0x80 ? 2 : 2 + (size_t)(key->data[1] & 0x7f);
        const size_t skipped = head + (part == 0 ? 15 : 1);
        if (key->length <= skipped) {
            return false;
        }
        key->data += skipped;
        key->length -= skipped;
    }
    return true;
}

static bool verify_other(void *context, enum anchorite_scheme scheme, struct anchorite_bytes key,
                         struct anchorite_bytes message, struct anchorite_bytes signature) {
    if (scheme == ANCHORITE_ED25519 || !rsa_public_key(&key)) {
        return false;
    }
    const bool is_pss = scheme >= ANCHORITE_RSA_PSS_SHA256;
    const unsigned step = (unsigned)scheme - (is_pss ? (unsigned)ANCHORITE_RSA_PSS_SHA256 : 0u);
    const enum anchorite_hash algorithm = step == 0   ? ANCHORITE_SHA256
                                          : step == 1 ? ANCHORITE_SHA384
                                                      : ANCHORITE_SHA512;
    uint8_t digest[64];
    return hash(context, algorithm, &message, 1, digest) &&
           verify(PSA_KEY_TYPE_RSA_PUBLIC_KEY,
                  is_pss ? PSA_ALG_RSA_PSS(digest_of(algorithm)) : PSA_ALG_RSA_PKCS1V15_SIGN(digest_of(algorithm)), key,
                  digest, (size_t)algorithm / 8, signature);
}

const struct anchorite_crypto anchorite_crypto_psa = {hash, verify_ecdsa, verify_other, NULL};
