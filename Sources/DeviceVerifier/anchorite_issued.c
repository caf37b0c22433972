/* Who signed a certificate. */
#include "anchorite_certificate.h"
#include "anchorite_der.h"

#define P384_LENGTH 48

/* One number of Ecdsa-Sig-Value, right-aligned into `size` bytes. */
static bool read_number(struct anchorite_bytes *rest, uint8_t *output, size_t size) {
    struct anchorite_bytes number;
    if (!anchorite_der_positive(rest, &number)) {
        return false;
    }
    if (number.data[0] == 0) {
        (void)anchorite_take(&number, 1);
    }
    if (number.length > size) {
        return false;
    }
    const size_t padding = size - number.length;
    for (size_t index = 0; index < size; index++) {
        output[index] = index < padding ? 0 : number.data[index - padding];
    }
    return true;
}

/* Ecdsa-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER } (RFC 3279 section 2.2.3) */
static bool read_ecdsa_signature(struct anchorite_bytes der, uint8_t *r_and_s, size_t size) {
    struct anchorite_bytes numbers;
    return anchorite_der_only(der, ANCHORITE_DER_SEQUENCE, &numbers) && read_number(&numbers, r_and_s, size) &&
           read_number(&numbers, r_and_s + size, size) && numbers.length == 0;
}

static bool is_signed_by_curve(const struct anchorite_crypto *crypto, const struct anchorite_certificate *certificate,
                               const struct anchorite_key *key) {
    /* ecdsa-with-SHA256, -SHA384 and -SHA512 differ in the last byte. */
    static const uint8_t algorithm[] = {0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03};
    const struct anchorite_bytes found = certificate->algorithm;
    if (found.length != sizeof algorithm + 1 || !anchorite_same(found.data, algorithm, sizeof algorithm)) {
        return false;
    }
    const uint8_t number = found.data[sizeof algorithm];
    if (number < 2 || number > 4) {
        return false;
    }
    const enum anchorite_hash hash = number == 2   ? ANCHORITE_SHA256
                                     : number == 3 ? ANCHORITE_SHA384
                                                   : ANCHORITE_SHA512;
    const enum anchorite_curve curve = key->kind == ANCHORITE_KEY_P256 ? ANCHORITE_P256 : ANCHORITE_P384;
    uint8_t r_and_s[2 * P384_LENGTH];
    uint8_t digest[64];
    return read_ecdsa_signature(certificate->signature, r_and_s, (size_t)curve / 8) &&
           crypto->hash(crypto->context, hash, &certificate->signed_part, 1, digest) &&
           crypto->verify_ecdsa(crypto->context, curve, key->bits.data, digest, (size_t)hash / 8, r_and_s);
}

/* Which scheme an AlgorithmIdentifier stands for, and whether a key of this kind can have made it. */
static bool other_scheme(struct anchorite_bytes algorithm, enum anchorite_key_kind kind,
                         enum anchorite_scheme *scheme) {
    static const uint8_t ed25519[] = {0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70};
    /* sha256, sha384 and sha512 are 11, 12 and 13 of this arc. */
    static const uint8_t pkcs1[] = {0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
                                    0xf7, 0x0d, 0x01, 0x01, 0x00, 0x05, 0x00};
    /* RSASSA-PSS with all parameters spelt out (RFC 4055 section 3.1); zeros where the hash decides. */
    static const uint8_t pss[] = {0x30, 0x41, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a, 0x30,
                                  0x34, 0xa0, 0x0f, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04,
                                  0x02, 0x00, 0x05, 0x00, 0xa1, 0x1c, 0x30, 0x1a, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
                                  0xf7, 0x0d, 0x01, 0x01, 0x08, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65,
                                  0x03, 0x04, 0x02, 0x00, 0x05, 0x00, 0xa2, 0x03, 0x02, 0x01, 0x00};
    enum { PKCS1_HASH = 12, PSS_HASH = 29, PSS_MASK_HASH = 59, PSS_SALT = 66 };

    if (kind == ANCHORITE_KEY_ED25519) {
        *scheme = ANCHORITE_ED25519;
        return anchorite_equal(algorithm, anchorite_bytes_of(ed25519, sizeof ed25519));
    }
    if (kind != ANCHORITE_KEY_RSA) {
        return false;
    }
    const bool is_pss = algorithm.length == sizeof pss;
    if (!is_pss && algorithm.length != sizeof pkcs1) {
        return false;
    }
    const uint32_t number = is_pss ? algorithm.data[PSS_HASH] : algorithm.data[PKCS1_HASH] - 10u;
    if (number < 1 || number > 3) {
        return false;
    }
    const uint8_t *const wanted = is_pss ? pss : pkcs1;
    for (size_t index = 0; index < algorithm.length; index++) {
        uint32_t byte = wanted[index];
        if (is_pss && (index == PSS_HASH || index == PSS_MASK_HASH)) {
            byte = number;
        } else if (is_pss && index == PSS_SALT) {
            byte = 16 + 16 * number;
        } else if (!is_pss && index == PKCS1_HASH) {
            byte = 10 + number;
        }
        if (algorithm.data[index] != byte) {
            return false;
        }
    }
    *scheme = (enum anchorite_scheme)((is_pss ? (uint32_t)ANCHORITE_RSA_PSS_SHA256 : 0u) + number - 1);
    return true;
}

bool anchorite_certificate_is_signed_by(const struct anchorite_crypto *crypto,
                                        const struct anchorite_certificate *certificate,
                                        const struct anchorite_key *key) {
    enum anchorite_scheme scheme;
    if (key->kind == ANCHORITE_KEY_P256 || key->kind == ANCHORITE_KEY_P384) {
        return is_signed_by_curve(crypto, certificate, key);
    }
    return crypto->verify_other != NULL && other_scheme(certificate->algorithm, key->kind, &scheme) &&
           crypto->verify_other(crypto->context, scheme, key->info, certificate->signed_part, certificate->signature);
}
