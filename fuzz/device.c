/* What an attacker can send to a device, tried by libFuzzer under AddressSanitizer and UndefinedBehaviorSanitizer.
 *
 * `make fuzz` runs it for ten minutes. Cryptography is faked, or no changed input would get past the first signature:
 * whether a signature "verifies" hangs on one of its bits. What must hold of every input stands below as assertions. */
#include "../Sources/DeviceVerifier/anchorite_certificate.h"
#include "anchorite_device.h"

#include <stdlib.h>
#include <string.h>

#define REQUIRE(condition) \
    do {                   \
        if (!(condition)) { \
            abort();       \
        }                  \
    } while (0)

/* Touches every byte, so that the sanitizer sees each. */
static uint32_t sum(const uint8_t *data, size_t length, uint32_t start) {
    uint32_t result = start;
    for (size_t index = 0; index < length; index++) {
        result = (result ^ data[index]) * 16777619u;
    }
    return result;
}

static bool fake_hash(void *context, enum anchorite_hash hash, const struct anchorite_bytes *segments, size_t count,
                      uint8_t *digest) {
    (void)context;
    uint32_t mixed = 2166136261u;
    for (size_t index = 0; index < count; index++) {
        mixed = sum(segments[index].data, segments[index].length, mixed);
    }
    for (size_t index = 0; index < (size_t)hash / 8; index++) {
        mixed = mixed * 1664525u + 1013904223u;
        digest[index] = (uint8_t)(mixed >> 24);
    }
    return true;
}

static bool fake_ecdsa(void *context, enum anchorite_curve curve, const uint8_t *point, const uint8_t *digest,
                       size_t digest_length, const uint8_t *r_and_s) {
    (void)context;
    const size_t size = (size_t)curve / 8;
    const uint32_t mixed = sum(digest, digest_length, sum(point, 1 + 2 * size, sum(r_and_s, 2 * size, 1)));
    /* Most inputs come from good bundles, whose signatures should be good: three bits are seldom all set. */
    return (r_and_s[2 * size - 1] & 0x07) != 0x07 || mixed == 0;
}

static bool fake_other(void *context, enum anchorite_scheme scheme, struct anchorite_bytes key,
                       struct anchorite_bytes message, struct anchorite_bytes signature) {
    (void)context;
    (void)scheme;
    const uint32_t mixed =
        sum(key.data, key.length, sum(message.data, message.length, sum(signature.data, signature.length, 1)));
    return signature.length > 0 && (signature.data[0] & 1) == 0 && mixed != 0;
}

static const struct anchorite_crypto fake = {fake_hash, fake_ecdsa, fake_other, NULL};

static struct anchorite_bytes input;

/* Nothing that is handed out lies outside of what was handed in. */
static void require_inside(struct anchorite_bytes bytes) {
    if (bytes.length > 0) {
        REQUIRE(bytes.data >= input.data && bytes.length <= input.length);
        REQUIRE((size_t)(bytes.data - input.data) <= input.length - bytes.length);
    }
}

static void require_digest_inside(const uint8_t *digest) {
    const struct anchorite_bytes bytes = {digest, ANCHORITE_SHA256_LENGTH};
    if (digest != NULL) {
        require_inside(bytes);
    }
}

/* Every list gives as many elements as it says. */
static void walk(const struct anchorite_contents *contents) {
    struct anchorite_list list = contents->anchors;
    struct anchorite_anchor anchor;
    struct anchorite_bytes first;
    struct anchorite_bytes second;
    const uint8_t *sha256;
    uint64_t number;
    size_t count = 0;
    for (; anchorite_next_anchor(&list, &anchor); count++) {
        require_inside(anchor.bytes);
        require_inside(anchor.title);
    }
    REQUIRE(count == contents->anchors.count && count > 0);
    list = contents->intermediates;
    for (count = 0; anchorite_next_intermediate(&list, &first); count++) {
        require_inside(first);
    }
    REQUIRE(count == contents->intermediates.count);
    list = contents->denied;
    for (count = 0; anchorite_next_denied(&list, &first, &second); count++) {
        require_inside(first);
        require_inside(second);
        REQUIRE(anchorite_is_denied(&contents->denied, first, second));
        first.length = 0;
        REQUIRE(anchorite_is_denied(&contents->denied, first, second));
    }
    REQUIRE(count == contents->denied.count);
    list = contents->minimum_crls;
    for (count = 0; anchorite_next_minimum_crl(&list, &first, &number, &sha256); count++) {
        require_inside(first);
        require_digest_inside(sha256);
        REQUIRE(anchorite_minimum_crl_number(&contents->minimum_crls, first) >= number);
    }
    REQUIRE(count == contents->minimum_crls.count);
    list = contents->renderings;
    for (count = 0; anchorite_next_rendering(&list, &first, &sha256); count++) {
        require_inside(first);
        require_digest_inside(sha256);
    }
    REQUIRE(count == contents->renderings.count);
    require_inside(contents->payload);
    require_inside(contents->store_id);
    require_inside(contents->environment);
    require_digest_inside(contents->next_root_sha256);
    require_digest_inside(contents->previous_sha256);
    REQUIRE(contents->sequence > 0 && contents->threshold >= 1 && contents->threshold <= 8);
}

static void require_nothing(const struct anchorite_bundle *bundle) {
    static const struct anchorite_bundle nothing;
    REQUIRE(memcmp(bundle, &nothing, sizeof nothing) == 0);
}

/* A device that has the bundle's own anchors, so that whether it is taken hangs on all that follows. */
static void judge(const struct anchorite_bundle *read, uint64_t now) {
    struct anchorite_state state;
    struct anchorite_state after;
    struct anchorite_bundle taken;
    const struct anchorite_bytes payload = read->contents.payload;
    const struct anchorite_bytes store = read->contents.store_id;
    const struct anchorite_bytes environment = read->contents.environment;
    const struct anchorite_bytes none = {NULL, 0};
    REQUIRE(anchorite_state_load(&fake, none, environment, 0, payload.data, payload.length, &after) ==
            ANCHORITE_ERROR_STORE);
    REQUIRE(anchorite_state_load(&fake, store, none, 0, payload.data, payload.length, &after) ==
            ANCHORITE_ERROR_ENVIRONMENT);
    REQUIRE(anchorite_state_load(&fake, store, environment, UINT64_MAX, payload.data, payload.length, &after) ==
            (read->contents.sequence == UINT64_MAX ? ANCHORITE_OK : ANCHORITE_ERROR_STATE_ROLLED_BACK));
    REQUIRE(anchorite_state_load(&fake, store, environment, 0, payload.data, payload.length, &state) == ANCHORITE_OK);
    state.sequence = read->contents.sequence - 1;
    const enum anchorite_result result = anchorite_verify(&fake, &state, now, input.data, input.length, &taken);
    REQUIRE(anchorite_result_control(result) != NULL || result == ANCHORITE_OK);
    if (result != ANCHORITE_OK) {
        require_nothing(&taken);
        return;
    }
    REQUIRE(taken.signature_count >= read->contents.threshold && taken.signature_count <= 8);
    walk(&taken.contents);
    anchorite_state_after(&taken, &after);
    REQUIRE(after.sequence == read->contents.sequence && after.has_payload_sha256);
    /* What was taken once is not taken again, nor by a device of another store. */
    REQUIRE(anchorite_verify(&fake, &after, now, input.data, input.length, &taken) != ANCHORITE_OK);
    state.store_id.length--;
    REQUIRE(anchorite_verify(&fake, &state, now, input.data, input.length, &taken) == ANCHORITE_ERROR_STORE);
    require_nothing(&taken);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct anchorite_bundle bundle;
    struct anchorite_state state;
    struct anchorite_certificate certificate;
    struct anchorite_key key;
    input.data = data;
    input.length = size;
    if (anchorite_read(data, size, &bundle) == ANCHORITE_OK) {
        REQUIRE(bundle.signature_count >= 1 && bundle.signature_count <= ANCHORITE_MAXIMUM_SIGNATURES);
        walk(&bundle.contents);
        judge(&bundle, 0);
        judge(&bundle, 1830000000); /* a day in 2027 */
    } else {
        require_nothing(&bundle);
    }
    /* The same bytes as payload, CRL, certificate and key: seeds of most are in the corpus. */
    const struct anchorite_list anything = {NULL, 0, 0, NULL};
    (void)anchorite_state_load(&fake, input, input, 0, data, size, &state);
    (void)anchorite_crl_is_current(&anything, input);
    if (anchorite_certificate_read(input, &certificate)) {
        require_inside(certificate.signed_part);
        require_inside(certificate.signature);
        (void)anchorite_certificate_is_signed_by(&fake, &certificate, &certificate.key);
    }
    if (anchorite_key_read(input, &key)) {
        uint8_t identifier[ANCHORITE_SHA1_LENGTH];
        anchorite_key_identifier(&key, identifier);
    }
    return 0;
}
