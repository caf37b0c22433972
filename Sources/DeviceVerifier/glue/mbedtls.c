/* anchorite_crypto on Mbed TLS 2.28 or 3.x. Needs MBEDTLS_SHA256_C, MBEDTLS_SHA512_C (also for SHA-384), and
 * MBEDTLS_ECDSA_C with the curves secp256r1 and secp384r1; MBEDTLS_PK_PARSE_C and MBEDTLS_RSA_C only for
 * anchors with RSA keys. */
#include "../include/anchorite_glue.h"

#include <mbedtls/ecdsa.h>
#include <mbedtls/md.h>
#include <mbedtls/pk.h>

static mbedtls_md_type_t digest_of(enum anchorite_hash hash) {
    return hash == ANCHORITE_SHA256   ? MBEDTLS_MD_SHA256
           : hash == ANCHORITE_SHA384 ? MBEDTLS_MD_SHA384
                                      : MBEDTLS_MD_SHA512;
}

static bool hash(void *context, enum anchorite_hash algorithm, const struct anchorite_bytes *segments, size_t count,
                 uint8_t *digest) {
    (void)context;
    mbedtls_md_context_t hashing;
    mbedtls_md_init(&hashing);
    const mbedtls_md_info_t *const information = mbedtls_md_info_from_type(digest_of(algorithm));
    bool is_good =
        information != NULL && mbedtls_md_setup(&hashing, information, 0) == 0 && mbedtls_md_starts(&hashing) == 0;
    for (size_t index = 0; is_good && index < count; index++) {
        is_good = segments[index].length == 0 ||
                  mbedtls_md_update(&hashing, segments[index].data, segments[index].length) == 0;
    }
    is_good = is_good && mbedtls_md_finish(&hashing, digest) == 0;
    mbedtls_md_free(&hashing);
    return is_good;
}

static bool verify_ecdsa(void *context, enum anchorite_curve curve, const uint8_t *point, const uint8_t *digest,
                         size_t digest_length, const uint8_t *r_and_s) {
    (void)context;
    const size_t size = (size_t)curve / 8;
    mbedtls_ecp_group group;
    mbedtls_ecp_point key;
    mbedtls_mpi r;
    mbedtls_mpi s;
    mbedtls_ecp_group_init(&group);
    mbedtls_ecp_point_init(&key);
    mbedtls_mpi_init(&r);
    mbedtls_mpi_init(&s);
    const bool is_good =
        mbedtls_ecp_group_load(&group, curve == ANCHORITE_P256 ? MBEDTLS_ECP_DP_SECP256R1 : MBEDTLS_ECP_DP_SECP384R1) ==
            0 &&
        mbedtls_ecp_point_read_binary(&group, &key, point, 1 + 2 * size) == 0 &&
        mbedtls_ecp_check_pubkey(&group, &key) == 0 && mbedtls_mpi_read_binary(&r, r_and_s, size) == 0 &&
        mbedtls_mpi_read_binary(&s, r_and_s + size, size) == 0 &&
        mbedtls_ecdsa_verify(&group, digest, digest_length, &key, &r, &s) == 0;
    mbedtls_mpi_free(&s);
    mbedtls_mpi_free(&r);
    mbedtls_ecp_point_free(&key);
    mbedtls_ecp_group_free(&group);
    return is_good;
}

#if defined(MBEDTLS_RSA_C) && defined(MBEDTLS_PK_PARSE_C)
static bool verify_other(void *context, enum anchorite_scheme scheme, struct anchorite_bytes key,
                         struct anchorite_bytes message, struct anchorite_bytes signature) {
    if (scheme == ANCHORITE_ED25519) {
        return false;
    }
    const bool is_pss = scheme >= ANCHORITE_RSA_PSS_SHA256;
    const unsigned step = (unsigned)scheme - (is_pss ? (unsigned)ANCHORITE_RSA_PSS_SHA256 : 0u);
    const enum anchorite_hash algorithm = step == 0   ? ANCHORITE_SHA256
                                          : step == 1 ? ANCHORITE_SHA384
                                                      : ANCHORITE_SHA512;
    const size_t length = (size_t)algorithm / 8;
    uint8_t digest[64];
    mbedtls_pk_context parsed;
    mbedtls_pk_init(&parsed);
    bool is_good = hash(context, algorithm, &message, 1, digest) &&
                   mbedtls_pk_parse_public_key(&parsed, key.data, key.length) == 0 &&
                   mbedtls_pk_get_type(&parsed) == MBEDTLS_PK_RSA;
    if (is_good && is_pss) {
#if defined(MBEDTLS_PKCS1_V21)
        const mbedtls_pk_rsassa_pss_options options = {digest_of(algorithm), (int)length};
        is_good = mbedtls_pk_verify_ext(MBEDTLS_PK_RSASSA_PSS, &options, &parsed, digest_of(algorithm), digest, length,
                                        signature.data, signature.length) == 0;
#else
        is_good = false;
#endif
    } else if (is_good) {
        is_good =
            mbedtls_pk_verify(&parsed, digest_of(algorithm), digest, length, signature.data, signature.length) == 0;
    }
    mbedtls_pk_free(&parsed);
    return is_good;
}
#else
#define verify_other NULL
#endif

const struct anchorite_crypto anchorite_crypto_mbedtls = {hash, verify_ecdsa, verify_other, NULL};
