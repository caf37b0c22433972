#include "anchorite_contents.h"

#include "anchorite_cbor.h"
#include "anchorite_certificate.h"
#include "anchorite_lists.h"

/* The keys of the payload's map. */
enum {
    KEY_VERSION = 0,
    KEY_STORE_ID = 1,
    KEY_SEQUENCE = 2,
    KEY_ISSUED = 3,
    KEY_EXPIRES = 4,
    KEY_ANCHORS = 5,
    KEY_INTERMEDIATES = 6,
    KEY_MINIMUM_CRLS = 7,
    KEY_NEXT_ROOT = 8,
    KEY_PREVIOUS = 9,
    KEY_RENDERINGS = 10,
    KEY_DENIED = 11,
    KEY_ENVIRONMENT = 12,
    KEY_THRESHOLD = 13
};

#define BIT(key) (1u << (key))
static const uint32_t required_keys = BIT(KEY_VERSION) | BIT(KEY_STORE_ID) | BIT(KEY_SEQUENCE) | BIT(KEY_ISSUED) |
                                      BIT(KEY_ANCHORS) | BIT(KEY_ENVIRONMENT);

/* COSE's number for SHA-256 is −16, which CBOR writes as 15. */
#define COSE_SHA256_ARGUMENT 15
/* 9999-12-31T23:59:59Z */
#define LATEST_TIME 253402300799u

/* Certificates and keys are looked into, so that nothing is stored that could not be read again when it is needed. */
static enum anchorite_result check_anchor(struct anchorite_bytes *rest) {
    struct anchorite_anchor anchor;
    struct anchorite_certificate certificate;
    ANCHORITE_TRY(anchorite_list_anchor(rest, &anchor));
    switch (anchor.format) {
    case ANCHORITE_CERTIFICATE:
        return anchorite_certificate_read(anchor.bytes, &certificate) ? ANCHORITE_OK : ANCHORITE_ERROR_DER;
    case ANCHORITE_PUBLIC_KEY:
        return anchorite_key_read(anchor.bytes, &certificate.key) && certificate.key.kind != ANCHORITE_KEY_OTHER
                   ? ANCHORITE_OK
                   : ANCHORITE_ERROR_DER;
    case ANCHORITE_TRUST_ANCHOR_INFO:
        break;
    }
    return ANCHORITE_OK;
}

static enum anchorite_result check_intermediate(struct anchorite_bytes *rest) {
    struct anchorite_bytes der;
    struct anchorite_certificate certificate;
    ANCHORITE_TRY(anchorite_list_certificate(rest, &der));
    return anchorite_certificate_read(der, &certificate) ? ANCHORITE_OK : ANCHORITE_ERROR_DER;
}

static enum anchorite_result check_element(struct anchorite_bytes *rest, int32_t key) {
    struct anchorite_numbered minimum;
    struct anchorite_bytes first;
    struct anchorite_bytes second;
    const uint8_t *sha256;
    switch (key) {
    case KEY_ANCHORS:
        return check_anchor(rest);
    case KEY_INTERMEDIATES:
        return check_intermediate(rest);
    case KEY_MINIMUM_CRLS:
        return anchorite_list_minimum_crl(rest, &minimum);
    case KEY_RENDERINGS:
        return anchorite_list_rendering(rest, &first, &sha256);
    default:
        return anchorite_list_denied(rest, &first, &second);
    }
}

static enum anchorite_result read_list(struct anchorite_bytes *rest, int32_t key, struct anchorite_list *list) {
    size_t count;
    ANCHORITE_TRY(anchorite_cbor_count(rest, ANCHORITE_CBOR_ARRAY, &count));
    /* An empty list is left out, so that a payload has one encoding only. */
    if (count == 0) {
        return ANCHORITE_ERROR_EMPTY_LIST;
    }
    const struct anchorite_bytes start = *rest;
    for (size_t index = 0; index < count; index++) {
        ANCHORITE_TRY(check_element(rest, key));
    }
    list->next = start.data;
    list->length = start.length - rest->length;
    list->count = count;
    return ANCHORITE_OK;
}

static enum anchorite_result read_number(struct anchorite_bytes *rest, uint64_t least, uint64_t most,
                                         uint64_t *number) {
    ANCHORITE_TRY(anchorite_cbor_head(rest, ANCHORITE_CBOR_UNSIGNED, number));
    return *number >= least && *number <= most ? ANCHORITE_OK : ANCHORITE_ERROR_VALUE;
}

static enum anchorite_result read_threshold(struct anchorite_bytes *rest, uint32_t *threshold) {
    uint64_t number;
    ANCHORITE_TRY(read_number(rest, 2, ANCHORITE_MAXIMUM_SIGNATURES, &number));
    *threshold = (uint32_t)number;
    return ANCHORITE_OK;
}

static enum anchorite_result read_version(struct anchorite_bytes *rest) {
    uint64_t version;
    ANCHORITE_TRY(anchorite_cbor_head(rest, ANCHORITE_CBOR_UNSIGNED, &version));
    return version == 1 ? ANCHORITE_OK : ANCHORITE_ERROR_VERSION;
}

/* [-16, SHA-256] */
static enum anchorite_result read_next_root(struct anchorite_bytes *rest, const uint8_t **sha256) {
    uint64_t algorithm;
    ANCHORITE_TRY(anchorite_cbor_array(rest, 2));
    ANCHORITE_TRY(anchorite_cbor_head(rest, ANCHORITE_CBOR_NEGATIVE, &algorithm));
    if (algorithm != COSE_SHA256_ARGUMENT) {
        return ANCHORITE_ERROR_VALUE;
    }
    return anchorite_cbor_sha256(rest, sha256);
}

static enum anchorite_result read_value(struct anchorite_bytes *rest, int32_t key,
                                        struct anchorite_contents *contents) {
    switch (key) {
    case KEY_VERSION:
        return read_version(rest);
    case KEY_STORE_ID:
        return anchorite_list_text(rest, &contents->store_id);
    case KEY_SEQUENCE:
        return read_number(rest, 1, UINT64_MAX, &contents->sequence);
    case KEY_ISSUED:
        return read_number(rest, 0, LATEST_TIME, &contents->issued);
    case KEY_EXPIRES:
        return read_number(rest, contents->issued + 1, LATEST_TIME, &contents->expires);
    case KEY_ANCHORS:
        return read_list(rest, key, &contents->anchors);
    case KEY_INTERMEDIATES:
        return read_list(rest, key, &contents->intermediates);
    case KEY_MINIMUM_CRLS:
        return read_list(rest, key, &contents->minimum_crls);
    case KEY_NEXT_ROOT:
        return read_next_root(rest, &contents->next_root_sha256);
    case KEY_PREVIOUS:
        return anchorite_cbor_sha256(rest, &contents->previous_sha256);
    case KEY_RENDERINGS:
        return read_list(rest, key, &contents->renderings);
    case KEY_DENIED:
        return read_list(rest, key, &contents->denied);
    case KEY_ENVIRONMENT:
        return anchorite_list_text(rest, &contents->environment);
    case KEY_THRESHOLD:
        return read_threshold(rest, &contents->threshold);
    default:
        return ANCHORITE_ERROR_UNKNOWN_KEY;
    }
}

enum anchorite_result anchorite_contents_read(struct anchorite_bytes payload, struct anchorite_contents *contents) {
    static const struct anchorite_contents nothing;
    struct anchorite_bytes rest = payload;
    size_t count;
    int32_t key = -1;
    uint32_t seen = 0;
    *contents = nothing;
    contents->payload = payload;
    contents->threshold = 1;
    ANCHORITE_TRY(anchorite_cbor_count(&rest, ANCHORITE_CBOR_MAP, &count));
    for (size_t index = 0; index < count; index++) {
        ANCHORITE_TRY(anchorite_cbor_key(&rest, &key));
        ANCHORITE_TRY(read_value(&rest, key, contents));
        seen |= BIT((uint32_t)key);
    }
    if ((seen & required_keys) != required_keys) {
        return ANCHORITE_ERROR_MISSING_KEY;
    }
    return rest.length == 0 ? ANCHORITE_OK : ANCHORITE_ERROR_TRAILING_BYTES;
}
