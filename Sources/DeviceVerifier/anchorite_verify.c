/* The device's rule. */
#include "anchorite_bundle.h"
#include "anchorite_certificate.h"
#include "anchorite_contents.h"

#define P256_POINT_LENGTH 65

/* What came out about one signature, without the certificate, of which only one is kept in memory at a time. */
struct signer {
    const uint8_t *point; /* the P-256 key: 65 bytes */
    bool is_current;      /* under an anchor that the device has */
    bool is_new;          /* under an anchor of the bundle */
    bool counts;          /* not denied, and valid where there is a clock */
};

static enum anchorite_result check_use(const struct anchorite_certificate *certificate) {
    bool is_ca;
    bool has_usage;
    uint8_t usage;
    if (!anchorite_certificate_is_ca(certificate, &is_ca) ||
        !anchorite_certificate_key_usage(certificate, &has_usage, &usage)) {
        return ANCHORITE_ERROR_SIGNER_EXTENSION;
    }
    if (is_ca) {
        return ANCHORITE_ERROR_SIGNER_ROLE;
    }
    /* usage is 0 where there is none: who signs bundles must say so. */
    if ((usage & ANCHORITE_USAGE_DIGITAL_SIGNATURE) == 0 ||
        (usage & (ANCHORITE_USAGE_KEY_CERT_SIGN | ANCHORITE_USAGE_CRL_SIGN)) != 0) {
        return ANCHORITE_ERROR_SIGNER_USAGE;
    }
    /* Other keys that a root certifies, the record key above all, are told apart by having one. */
    if (certificate->extensions[ANCHORITE_EXTENDED_KEY_USAGE].data != NULL) {
        return ANCHORITE_ERROR_SIGNER_EXTENDED_USAGE;
    }
    return certificate->has_unknown_critical ? ANCHORITE_ERROR_SIGNER_CRITICAL : ANCHORITE_OK;
}

/* Whether a certificate is one for signing bundles, whoever issued it. */
static enum anchorite_result check_signer(const struct anchorite_certificate *certificate,
                                          struct anchorite_bytes key_identifier) {
    struct anchorite_bytes own;
    ANCHORITE_TRY(check_use(certificate));
    if (certificate->key.kind != ANCHORITE_KEY_P256) {
        return ANCHORITE_ERROR_SIGNER_KEY;
    }
    if (!anchorite_certificate_key_identifier(certificate, &own)) {
        return ANCHORITE_ERROR_SIGNER_EXTENSION;
    }
    return own.length > 0 && anchorite_equal(own, key_identifier) ? ANCHORITE_OK
                                                                  : ANCHORITE_ERROR_SIGNER_KEY_IDENTIFIER;
}

/* Whether a certificate as an anchor may have issued the signer's, its key's signature apart. `authority` becomes its
 * key identifier. */
static bool may_issue(const struct anchorite_certificate *anchor, const struct anchorite_certificate *signer,
                      struct anchorite_bytes *authority) {
    bool is_ca;
    bool has_usage;
    uint8_t usage;
    struct anchorite_bytes named;
    if (!anchorite_equal(anchor->subject, signer->issuer) || !anchorite_certificate_is_ca(anchor, &is_ca) || !is_ca ||
        !anchorite_certificate_key_usage(anchor, &has_usage, &usage) ||
        (has_usage && (usage & ANCHORITE_USAGE_KEY_CERT_SIGN) == 0)) {
        return false;
    }
    return anchorite_certificate_key_identifier(anchor, authority) && anchorite_certificate_authority(signer, &named) &&
           (named.length == 0 || anchorite_equal(named, *authority));
}

/* The same for a bare key, which has no name: the signer must name it by its identifier. */
static bool may_have_signed(const struct anchorite_key *anchor, const struct anchorite_certificate *signer,
                            struct anchorite_bytes *authority) {
    uint8_t identifier[ANCHORITE_SHA1_LENGTH];
    anchorite_key_identifier(anchor, identifier);
    return anchorite_certificate_authority(signer, authority) &&
           anchorite_equal(*authority, anchorite_bytes_of(identifier, sizeof identifier));
}

static bool anchor_issued(const struct anchorite_crypto *crypto, const struct anchorite_anchor *anchor,
                          const struct anchorite_certificate *signer, bool is_known,
                          struct anchorite_bytes *authority) {
    struct anchorite_certificate issuer;
    switch (anchor->format) {
    case ANCHORITE_CERTIFICATE:
        if (!anchorite_certificate_read(anchor->bytes, &issuer) || !may_issue(&issuer, signer, authority)) {
            return false;
        }
        break;
    case ANCHORITE_PUBLIC_KEY:
        if (!anchorite_key_read(anchor->bytes, &issuer.key) || !may_have_signed(&issuer.key, signer, authority)) {
            return false;
        }
        break;
    default:
        return false;
    }
    return is_known || anchorite_certificate_is_signed_by(crypto, signer, &issuer.key);
}

/* Whether one of the anchors issued the signer's certificate. `known` is an anchor that is known to have done so, or
 * has length 0: most often it is in the bundle too, and an ECDSA verification less is felt on a small device. */
static bool find_issuer(const struct anchorite_crypto *crypto, struct anchorite_list anchors,
                        const struct anchorite_certificate *signer, struct anchorite_bytes *known,
                        struct anchorite_bytes *authority) {
    struct anchorite_anchor anchor;
    while (anchorite_next_anchor(&anchors, &anchor)) {
        const bool is_known = known->length > 0 && anchorite_equal(anchor.bytes, *known);
        if (anchor_issued(crypto, &anchor, signer, is_known, authority)) {
            *known = anchor.bytes;
            return true;
        }
    }
    return false;
}

/* `doubt` becomes why a signer under a current anchor does not count. */
static enum anchorite_result judge(const struct anchorite_crypto *crypto, const struct anchorite_state *state,
                                   uint64_t now, const struct anchorite_contents *contents,
                                   const struct anchorite_signature *signature, struct signer *signer,
                                   enum anchorite_result *doubt) {
    struct anchorite_certificate certificate;
    struct anchorite_bytes known = {NULL, 0};
    struct anchorite_bytes authority;
    if (!anchorite_certificate_read(signature->certificate, &certificate)) {
        return ANCHORITE_ERROR_DER;
    }
    signer->point = certificate.key.bits.data;
    signer->is_current = find_issuer(crypto, state->anchors, &certificate, &known, &authority);
    bool is_denied = signer->is_current && anchorite_is_denied(&state->denied, authority, certificate.serial);
    signer->is_new = find_issuer(crypto, contents->anchors, &certificate, &known, &authority);
    is_denied |= signer->is_new && anchorite_is_denied(&state->denied, authority, certificate.serial);
    /* Strangers are passed over: another root's signer is none of this device's business. */
    signer->counts = false;
    if (!signer->is_current && !signer->is_new) {
        return ANCHORITE_OK;
    }
    ANCHORITE_TRY(check_signer(&certificate, signature->key_identifier));
    const int64_t time = now > INT64_MAX ? INT64_MAX : (int64_t)now;
    const bool is_valid = now == 0 || (time >= certificate.not_before && time <= certificate.not_after);
    signer->counts = !is_denied && is_valid;
    if (signer->is_current && !signer->counts) {
        *doubt = is_denied ? ANCHORITE_ERROR_SIGNER_DENIED : ANCHORITE_ERROR_SIGNER_NOT_VALID;
    }
    return ANCHORITE_OK;
}

/* How many different keys count under the current anchors or under the new ones. A key counts once, however often it
 * signs and however many certificates it has. */
static uint32_t count_keys(const struct signer *signers, uint32_t count, bool under_new) {
    uint32_t keys = 0;
    for (uint32_t index = 0; index < count; index++) {
        bool is_another = signers[index].counts && (under_new ? signers[index].is_new : signers[index].is_current);
        for (uint32_t before = 0; is_another && before < index; before++) {
            const struct signer *const other = &signers[before];
            is_another = !(other->counts && (under_new ? other->is_new : other->is_current) &&
                           anchorite_same(other->point, signers[index].point, P256_POINT_LENGTH));
        }
        keys += is_another ? 1 : 0;
    }
    return keys;
}

static enum anchorite_result check_signatures(const struct anchorite_crypto *crypto,
                                              const struct anchorite_bundle *bundle, const struct signer *signers) {
    for (uint32_t index = 0; index < bundle->signature_count; index++) {
        const struct anchorite_signature *const signature = &bundle->signatures[index];
        uint8_t digest[ANCHORITE_SHA256_LENGTH];
        if (!signers[index].is_current && !signers[index].is_new) {
            continue;
        }
        if (!anchorite_bundle_digest(crypto, bundle, signature, digest)) {
            return ANCHORITE_ERROR_CRYPTO;
        }
        if (!crypto->verify_ecdsa(crypto->context, ANCHORITE_P256, signers[index].point, digest, sizeof digest,
                                  signature->value)) {
            return ANCHORITE_ERROR_SIGNATURE;
        }
    }
    return ANCHORITE_OK;
}

static enum anchorite_result check_signers(const struct anchorite_crypto *crypto, const struct anchorite_state *state,
                                           uint64_t now, const struct anchorite_bundle *bundle) {
    struct signer signers[ANCHORITE_MAXIMUM_SIGNATURES] = {{NULL, false, false, false}};
    enum anchorite_result doubt = ANCHORITE_ERROR_SIGNER_UNTRUSTED;
    for (uint32_t index = 0; index < bundle->signature_count; index++) {
        ANCHORITE_TRY(
            judge(crypto, state, now, &bundle->contents, &bundle->signatures[index], &signers[index], &doubt));
    }
    const uint32_t current_count = count_keys(signers, bundle->signature_count, false);
    if (current_count == 0) {
        return doubt;
    }
    if (current_count < state->threshold) {
        return ANCHORITE_ERROR_THRESHOLD_CURRENT;
    }
    if (count_keys(signers, bundle->signature_count, true) < bundle->contents.threshold) {
        return ANCHORITE_ERROR_THRESHOLD_NEW;
    }
    return check_signatures(crypto, bundle, signers);
}

static enum anchorite_result check_owner(const struct anchorite_contents *contents, struct anchorite_bytes store_id,
                                         struct anchorite_bytes environment) {
    if (!anchorite_equal(contents->store_id, store_id)) {
        return ANCHORITE_ERROR_STORE;
    }
    return anchorite_equal(contents->environment, environment) ? ANCHORITE_OK : ANCHORITE_ERROR_ENVIRONMENT;
}

static bool hash_payload(const struct anchorite_crypto *crypto, struct anchorite_bytes payload,
                         uint8_t digest[ANCHORITE_SHA256_LENGTH]) {
    return crypto->hash(crypto->context, ANCHORITE_SHA256, &payload, 1, digest);
}

static enum anchorite_result verify(const struct anchorite_crypto *crypto, const struct anchorite_state *state,
                                    uint64_t now, struct anchorite_bytes file, struct anchorite_bundle *bundle) {
    ANCHORITE_TRY(anchorite_bundle_read(file, bundle));
    ANCHORITE_TRY(check_signers(crypto, state, now, bundle));
    ANCHORITE_TRY(check_owner(&bundle->contents, state->store_id, state->environment));
    if (bundle->contents.sequence <= state->sequence) {
        return ANCHORITE_ERROR_SEQUENCE;
    }
    if (!hash_payload(crypto, bundle->contents.payload, bundle->payload_sha256)) {
        return ANCHORITE_ERROR_CRYPTO;
    }
    const uint8_t *const previous = bundle->contents.previous_sha256;
    bundle->follows_another =
        state->has_payload_sha256 &&
        (previous == NULL || !anchorite_same(previous, state->payload_sha256, ANCHORITE_SHA256_LENGTH));
    return ANCHORITE_OK;
}

static const struct anchorite_bundle no_bundle;

enum anchorite_result anchorite_read(const uint8_t *data, size_t length, struct anchorite_bundle *bundle) {
    *bundle = no_bundle;
    const enum anchorite_result result = anchorite_bundle_read(anchorite_bytes_of(data, length), bundle);
    if (result != ANCHORITE_OK) {
        *bundle = no_bundle;
    }
    return result;
}

enum anchorite_result anchorite_verify(const struct anchorite_crypto *crypto, const struct anchorite_state *state,
                                       uint64_t now, const uint8_t *data, size_t length,
                                       struct anchorite_bundle *bundle) {
    *bundle = no_bundle;
    const enum anchorite_result result = verify(crypto, state, now, anchorite_bytes_of(data, length), bundle);
    if (result != ANCHORITE_OK) {
        *bundle = no_bundle;
    }
    return result;
}

static void fill_state(const struct anchorite_contents *contents, const uint8_t *payload_sha256,
                       struct anchorite_state *state) {
    state->store_id = contents->store_id;
    state->environment = contents->environment;
    state->sequence = contents->sequence;
    state->threshold = contents->threshold;
    state->anchors = contents->anchors;
    state->intermediates = contents->intermediates;
    state->minimum_crls = contents->minimum_crls;
    state->expires = contents->expires;
    state->next_root_sha256 = contents->next_root_sha256;
    state->denied = contents->denied;
    for (size_t index = 0; index < ANCHORITE_SHA256_LENGTH; index++) {
        state->payload_sha256[index] = payload_sha256[index];
    }
    state->has_payload_sha256 = true;
}

void anchorite_state_after(const struct anchorite_bundle *bundle, struct anchorite_state *state) {
    fill_state(&bundle->contents, bundle->payload_sha256, state);
}

enum anchorite_result anchorite_state_load(const struct anchorite_crypto *crypto, struct anchorite_bytes store_id,
                                           struct anchorite_bytes environment, uint64_t counter,
                                           const uint8_t *payload, size_t length, struct anchorite_state *state) {
    static const struct anchorite_state no_state;
    struct anchorite_contents contents;
    uint8_t digest[ANCHORITE_SHA256_LENGTH];
    *state = no_state;
    ANCHORITE_TRY(anchorite_contents_read(anchorite_bytes_of(payload, length), &contents));
    ANCHORITE_TRY(check_owner(&contents, store_id, environment));
    if (contents.sequence < counter) {
        return ANCHORITE_ERROR_STATE_ROLLED_BACK;
    }
    if (!hash_payload(crypto, contents.payload, digest)) {
        return ANCHORITE_ERROR_CRYPTO;
    }
    fill_state(&contents, digest, state);
    return ANCHORITE_OK;
}
