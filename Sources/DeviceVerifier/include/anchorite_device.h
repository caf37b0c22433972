/* anchorite_device.h: what a device needs to take a trust-anchor bundle of Anchorite for its own.
 *
 * C99, freestanding: no heap, no recursion, no stdio, no globals that change; safe from several threads as long as
 * each has structures of its own. Structures below hold pointers into the bytes they were read from and copy none of
 * them, so those bytes must stay in place, unchanged, as long as a structure is used. Lengths are in bytes, times in
 * seconds since 1970. Cryptography comes through three functions that you give (struct anchorite_crypto; glue/ has
 * ready ones).
 *
 * A device's life with it:
 *
 *     anchorite_state_load(...)     at start: what is stored, held against image and monotonic counter
 *     anchorite_verify(...)         a bundle came in: everything is checked, nothing is changed
 *     store bundle.contents.payload atomically, then advance the counter to bundle.contents.sequence
 *     anchorite_next_anchor(...)    hand the anchors to TLS or secure boot, one by one
 *     anchorite_is_denied(...)      in the verify callback: ask for each certificate of a chain
 *     anchorite_crl_is_current(...) a CRL came in: whether it is not older than the bundle demands
 *
 * docs/firmware.md tells the same with an example for each library; docs/file-formats.md section 10 has the format. */
#ifndef ANCHORITE_DEVICE_H
#define ANCHORITE_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The most signatures that a bundle may carry. */
#define ANCHORITE_MAXIMUM_SIGNATURES 8
#define ANCHORITE_SHA256_LENGTH 32

/* What went wrong. anchorite_result_name, _control and _sentence (anchorite_results.c, which may be left out) tell it
 * in words. The controls are those of docs/assurance-case.md. */
enum anchorite_result {
    ANCHORITE_OK = 0,

    /* BUNDLE-ENCODING: it is not a bundle, or not in its only encoding. */
    ANCHORITE_ERROR_TRUNCATED = 1,
    ANCHORITE_ERROR_NOT_SHORTEST = 2,
    ANCHORITE_ERROR_UNEXPECTED_ITEM = 3,
    ANCHORITE_ERROR_KEY_ORDER = 4,
    ANCHORITE_ERROR_UNKNOWN_KEY = 5,
    ANCHORITE_ERROR_MISSING_KEY = 6,
    ANCHORITE_ERROR_TRAILING_BYTES = 7,
    ANCHORITE_ERROR_VERSION = 8,
    ANCHORITE_ERROR_TEXT = 9,
    ANCHORITE_ERROR_VALUE = 10,
    ANCHORITE_ERROR_EMPTY_LIST = 11,
    ANCHORITE_ERROR_HEADER = 12,
    ANCHORITE_ERROR_SIGNATURE_COUNT = 13,
    ANCHORITE_ERROR_DER = 14,

    /* BUNDLE-SIGNER: nobody whom this device would believe has signed it. */
    ANCHORITE_ERROR_SIGNER_ROLE = 20,
    ANCHORITE_ERROR_SIGNER_USAGE = 21,
    ANCHORITE_ERROR_SIGNER_EXTENDED_USAGE = 22,
    ANCHORITE_ERROR_SIGNER_CRITICAL = 23,
    ANCHORITE_ERROR_SIGNER_KEY = 24,
    ANCHORITE_ERROR_SIGNER_KEY_IDENTIFIER = 25,
    ANCHORITE_ERROR_SIGNER_EXTENSION = 26,
    ANCHORITE_ERROR_SIGNER_UNTRUSTED = 27,
    ANCHORITE_ERROR_SIGNER_DENIED = 28,
    ANCHORITE_ERROR_SIGNER_NOT_VALID = 29,

    /* BUNDLE-THRESHOLD: some have, and too few. */
    ANCHORITE_ERROR_THRESHOLD_CURRENT = 30,
    ANCHORITE_ERROR_THRESHOLD_NEW = 31,

    /* BUNDLE-SIGNATURE */
    ANCHORITE_ERROR_SIGNATURE = 40,
    ANCHORITE_ERROR_CRYPTO = 41,

    /* BUNDLE-STORE, BUNDLE-ENVIRONMENT, BUNDLE-SEQUENCE */
    ANCHORITE_ERROR_STORE = 50,
    ANCHORITE_ERROR_ENVIRONMENT = 51,
    ANCHORITE_ERROR_SEQUENCE = 52,
    ANCHORITE_ERROR_STATE_ROLLED_BACK = 53
};

/* Some bytes of somebody else's. `data` may be NULL when `length` is 0. */
struct anchorite_bytes {
    const uint8_t *data;
    size_t length;
};

/* How the payload numbers the forms of an anchor (as concise TA stores do). */
enum anchorite_format {
    ANCHORITE_CERTIFICATE = 0,       /* a CA's certificate, DER */
    ANCHORITE_TRUST_ANCHOR_INFO = 1, /* TrustAnchorInfo (RFC 5914), DER; carried, never used to judge a signer */
    ANCHORITE_PUBLIC_KEY = 2         /* SubjectPublicKeyInfo, DER */
};

struct anchorite_anchor {
    enum anchorite_format format;
    struct anchorite_bytes bytes;
    struct anchorite_bytes title; /* UTF-8 for people, up to 64 bytes; length 0 when there is none */
};

/* A list within a payload and the place in it. The anchorite_next_ functions advance it; copy it to keep its start. */
struct anchorite_list {
    const uint8_t *next;                  /* the CBOR of the elements that are left */
    size_t length;                        /* bytes that are left */
    size_t count;                         /* elements that are left */
    const struct anchorite_anchor *array; /* instead of CBOR, for anchors that are compiled in; else NULL */
};

/* What a payload says. The lists are empty where it says nothing. */
struct anchorite_contents {
    struct anchorite_bytes payload; /* all of it, encoded: what a device stores */
    struct anchorite_bytes store_id;
    struct anchorite_bytes environment;
    uint64_t sequence;         /* 1 or more */
    uint64_t issued;           /* advisory */
    uint64_t expires;          /* advisory; 0 when it does not say */
    uint32_t threshold;        /* how many signers the next bundle needs: 1 to 8 */
    struct anchorite_list anchors;
    struct anchorite_list intermediates;
    struct anchorite_list minimum_crls;
    struct anchorite_list renderings;
    struct anchorite_list denied;
    const uint8_t *next_root_sha256; /* 32 bytes: SHA-256 of the next root's SubjectPublicKeyInfo; or NULL */
    const uint8_t *previous_sha256;  /* 32 bytes: SHA-256 of the payload of the bundle before; or NULL */
};

/* One signature of a bundle and the headers that belong to it. */
struct anchorite_signature {
    struct anchorite_bytes header;         /* the protected header, encoded */
    struct anchorite_bytes key_identifier; /* kid */
    struct anchorite_bytes certificate;    /* x5chain: the signer's, DER */
    const uint8_t *value;                  /* r, s: 32 bytes each */
};

/* A bundle that has been read. 0.4 kB on 32-bit machines. */
struct anchorite_bundle {
    struct anchorite_contents contents;
    struct anchorite_bytes body_header; /* the protected header of a COSE_Sign's body; length 0 for a COSE_Sign1 */
    struct anchorite_signature signatures[ANCHORITE_MAXIMUM_SIGNATURES];
    uint32_t signature_count;
    /* Filled by anchorite_verify: */
    uint8_t payload_sha256[ANCHORITE_SHA256_LENGTH];
    /* A warning, not a refusal: the bundle does not name the one that this device has as its predecessor. One was
     * skipped (the device slept), or there are two histories. */
    bool follows_another;
};

/* What a device knows before a bundle comes. From anchorite_state_load, or filled by hand for a device that has only
 * what was compiled in: then sequence 0, threshold 1, no deny list. Set everything to 0 first. */
struct anchorite_state {
    struct anchorite_bytes store_id;
    struct anchorite_bytes environment;
    uint64_t sequence;             /* the highest that was accepted */
    uint32_t threshold;            /* how many signers a bundle needs; 0 counts as 1 */
    struct anchorite_list anchors; /* anchorite_anchor_list makes one of an array */
    struct anchorite_list intermediates;
    struct anchorite_list minimum_crls;
    struct anchorite_list denied;
    uint64_t expires;                /* advisory; 0 when there is none */
    const uint8_t *next_root_sha256; /* as in struct anchorite_contents */
    uint8_t payload_sha256[ANCHORITE_SHA256_LENGTH];
    bool has_payload_sha256;
};

enum anchorite_hash { ANCHORITE_SHA256 = 256, ANCHORITE_SHA384 = 384, ANCHORITE_SHA512 = 512 };
enum anchorite_curve { ANCHORITE_P256 = 256, ANCHORITE_P384 = 384 };
enum anchorite_scheme {
    ANCHORITE_RSA_PKCS1_SHA256,
    ANCHORITE_RSA_PKCS1_SHA384,
    ANCHORITE_RSA_PKCS1_SHA512,
    ANCHORITE_RSA_PSS_SHA256, /* MGF1 with the same hash, and salt as long as the hash */
    ANCHORITE_RSA_PSS_SHA384,
    ANCHORITE_RSA_PSS_SHA512,
    ANCHORITE_ED25519
};

/* The cryptography of the device. Every function returns true for "yes" and false for "no" and for every failure.
 * `context` is passed through. */
struct anchorite_crypto {
    /* The digest of `count` segments one after another (each may have length 0): 32, 48 or 64 bytes. Needed: SHA-256,
     * and what the anchors sign certificates with (SHA-384 for P-384). A hash that is not there: false. */
    bool (*hash)(void *context, enum anchorite_hash hash, const struct anchorite_bytes *segments, size_t count,
                 uint8_t *digest);
    /* Whether r, s (32 bytes each for P-256, 48 for P-384, big-endian) are an ECDSA signature of the digest by the key
     * `point` (uncompressed: 0x04, x, y; 65 or 97 bytes). Must refuse points off the curve, and r or s that are 0 or
     * not below the curve's order. */
    bool (*verify_ecdsa)(void *context, enum anchorite_curve curve, const uint8_t *point, const uint8_t *digest,
                         size_t digest_length, const uint8_t *r_and_s);
    /* For anchors with RSA or Ed25519 keys; may be NULL when there are none. `key` is a SubjectPublicKeyInfo in DER of
     * the kind that the scheme wants; the message is not hashed yet. */
    bool (*verify_other)(void *context, enum anchorite_scheme scheme, struct anchorite_bytes key,
                         struct anchorite_bytes message, struct anchorite_bytes signature);
    void *context;
};

/* Reads a bundle strictly and believes nothing of it: for looking into a file. Returns ANCHORITE_OK or an error of
 * BUNDLE-ENCODING; then `bundle` is all zeros. */
enum anchorite_result anchorite_read(const uint8_t *data, size_t length, struct anchorite_bundle *bundle);

/* The device's rule: reads a bundle and checks all of it against `state`, in this order:
 *
 *   1. the encoding;
 *   2. every signer under an anchor in `state` or in the bundle has a certificate for signing bundles; one of them at
 *      least, under an anchor in `state`, is not on state->denied and, where there is a clock, valid at `now`;
 *   3. of these enough different keys are under anchors in `state` (state->threshold), and enough under anchors in the
 *      bundle itself (its threshold): no device is left with anchors under which no next bundle can come;
 *   4. all of their signatures verify, those that do not count too; other signatures are not looked at;
 *   5. store id and environment are those of `state`;
 *   6. the sequence is above state->sequence.
 *
 * `now` is 0 on a device without a clock. On ANCHORITE_OK `bundle` may be believed; store bundle->contents.payload,
 * then advance the counter. On any error `bundle` is all zeros. Nothing else is changed. */
enum anchorite_result anchorite_verify(const struct anchorite_crypto *crypto, const struct anchorite_state *state,
                                       uint64_t now, const uint8_t *data, size_t length,
                                       struct anchorite_bundle *bundle);

/* The state that a stored payload stands for: bundle->contents.payload of the bundle accepted last, from memory that
 * only this device writes; its signatures are not looked at again. On any error `state` is all zeros.
 *
 * `store_id` and `environment` are those of the running image: a payload of others, such as an image of development has
 * left in flash, is refused (ANCHORITE_ERROR_STORE, ANCHORITE_ERROR_ENVIRONMENT). `counter` is the value of the device's
 * monotonic counter, 0 if it has none: a payload with a lower sequence is refused (ANCHORITE_ERROR_STATE_ROLLED_BACK).
 * Where the payload's sequence is above the counter, power was lost between the two writes: advance the counter. */
enum anchorite_result anchorite_state_load(const struct anchorite_crypto *crypto, struct anchorite_bytes store_id,
                                           struct anchorite_bytes environment, uint64_t counter,
                                           const uint8_t *payload, size_t length, struct anchorite_state *state);

/* The state after a bundle that anchorite_verify accepted; the same that anchorite_state_load makes of its payload. */
void anchorite_state_after(const struct anchorite_bundle *bundle, struct anchorite_state *state);

/* A list of anchors that are compiled in. */
struct anchorite_list anchorite_anchor_list(const struct anchorite_anchor *anchors, size_t count);

/* The next element of a list of contents or state; false at its end. */
bool anchorite_next_anchor(struct anchorite_list *anchors, struct anchorite_anchor *anchor);
/* Certificates in DER, for building chains; not trusted by themselves. */
bool anchorite_next_intermediate(struct anchorite_list *intermediates, struct anchorite_bytes *certificate);
/* Issuer's key identifier, and content of the serial number's DER INTEGER. */
bool anchorite_next_denied(struct anchorite_list *denied, struct anchorite_bytes *issuer_key_identifier,
                           struct anchorite_bytes *serial);
/* Issuer's key identifier, the least CRLNumber to accept, and SHA-256 (32 bytes) of that CRL. */
bool anchorite_next_minimum_crl(struct anchorite_list *minimum_crls, struct anchorite_bytes *issuer_key_identifier,
                                uint64_t *number, const uint8_t **sha256);
/* Path (ASCII, relative to the bundle) and SHA-256 (32 bytes) of a file that came with the bundle. */
bool anchorite_next_rendering(struct anchorite_list *renderings, struct anchorite_bytes *path, const uint8_t **sha256);

/* Whether a certificate must be refused: its authorityKeyIdentifier, and the content of its serialNumber INTEGER; zeros
 * in front of the serial do not count. Where the library does not give the authorityKeyIdentifier, pass a length of 0:
 * then the serial alone decides, which is safe, since our serials are random. Ask for every certificate of a chain below
 * the anchor. It knows CAs and bundle signers, no devices: a single device is revoked by a CRL. Leaves `denied` as it
 * is. */
bool anchorite_is_denied(const struct anchorite_list *denied, struct anchorite_bytes issuer_key_identifier,
                         struct anchorite_bytes serial);

/* The least CRLNumber that a CRL of this issuer must have; 0 when the bundle does not say. */
uint64_t anchorite_minimum_crl_number(const struct anchorite_list *minimum_crls,
                                      struct anchorite_bytes issuer_key_identifier);

/* Whether a CRL (DER) has at least the CRLNumber that the bundle demands of its issuer. An older one, however valid,
 * lacks a revocation. False for what is no CRL, or has no CRLNumber or authorityKeyIdentifier. The signature is for your
 * library to verify. anchorite_crl.c, which may be left out. */
bool anchorite_crl_is_current(const struct anchorite_list *minimum_crls, struct anchorite_bytes crl);

/* The name of a result without ANCHORITE_ERROR_, such as "SIGNER_DENIED"; never NULL. */
const char *anchorite_result_name(enum anchorite_result result);
/* The control that refused, such as "BUNDLE-SIGNER"; NULL for ANCHORITE_OK and for numbers that are no result. */
const char *anchorite_result_control(enum anchorite_result result);
/* One sentence in English; never NULL. */
const char *anchorite_result_sentence(enum anchorite_result result);

#ifdef __cplusplus
}
#endif

#endif
