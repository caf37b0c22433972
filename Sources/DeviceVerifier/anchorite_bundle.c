#include "anchorite_bundle.h"

#include "anchorite_cbor.h"
#include "anchorite_contents.h"

enum { TAG_SIGN1 = 18, TAG_SIGN = 98 };
enum { LABEL_ALGORITHM = 1, LABEL_CONTENT_TYPE = 3, LABEL_KEY_IDENTIFIER = 4, LABEL_CERTIFICATE = 33 };

/* ECDSA with P-256 and SHA-256 under both of its numbers, −9 (ESP256) and −7 (ES256), as CBOR writes them. */
enum { ESP256_ARGUMENT = 8, ES256_ARGUMENT = 6 };
#define SIGNATURE_LENGTH 64

/* The labels of a header as a set; the certificate's 33 would not fit. */
enum { HAS_ALGORITHM = 1, HAS_CONTENT_TYPE = 2, HAS_KEY_IDENTIFIER = 4, HAS_CERTIFICATE = 8 };
enum { BODY_HEADER = HAS_CONTENT_TYPE, SIGNER_HEADER = HAS_ALGORITHM | HAS_KEY_IDENTIFIER | HAS_CERTIFICATE };

static enum anchorite_result read_algorithm(struct anchorite_bytes *rest) {
    uint64_t argument;
    ANCHORITE_TRY(anchorite_cbor_head(rest, ANCHORITE_CBOR_NEGATIVE, &argument));
    return argument == ESP256_ARGUMENT || argument == ES256_ARGUMENT ? ANCHORITE_OK : ANCHORITE_ERROR_HEADER;
}

static enum anchorite_result read_content_type(struct anchorite_bytes *rest) {
    static const uint8_t wanted[] = "application/vnd.anchorite.ta-bundle+cbor";
    struct anchorite_bytes found;
    ANCHORITE_TRY(anchorite_cbor_string(rest, ANCHORITE_CBOR_TEXT, &found));
    return anchorite_equal(found, anchorite_bytes_of(wanted, sizeof wanted - 1)) ? ANCHORITE_OK
                                                                                : ANCHORITE_ERROR_HEADER;
}

/* A protected header with exactly the labels of `wanted`: no signature may rest on a label that we do not know. */
static enum anchorite_result read_header(struct anchorite_bytes header, unsigned wanted,
                                         struct anchorite_signature *signature) {
    size_t count;
    int32_t label = -1;
    unsigned seen = 0;
    ANCHORITE_TRY(anchorite_cbor_count(&header, ANCHORITE_CBOR_MAP, &count));
    for (size_t index = 0; index < count; index++) {
        ANCHORITE_TRY(anchorite_cbor_key(&header, &label));
        switch (label) {
        case LABEL_ALGORITHM:
            seen |= HAS_ALGORITHM;
            ANCHORITE_TRY(read_algorithm(&header));
            break;
        case LABEL_CONTENT_TYPE:
            seen |= HAS_CONTENT_TYPE;
            ANCHORITE_TRY(read_content_type(&header));
            break;
        case LABEL_KEY_IDENTIFIER:
            seen |= HAS_KEY_IDENTIFIER;
            ANCHORITE_TRY(anchorite_cbor_string(&header, ANCHORITE_CBOR_BYTES, &signature->key_identifier));
            break;
        case LABEL_CERTIFICATE:
            seen |= HAS_CERTIFICATE;
            ANCHORITE_TRY(anchorite_cbor_string(&header, ANCHORITE_CBOR_BYTES, &signature->certificate));
            break;
        default:
            return ANCHORITE_ERROR_UNKNOWN_KEY;
        }
    }
    if (seen != wanted) {
        return ANCHORITE_ERROR_HEADER;
    }
    return header.length == 0 ? ANCHORITE_OK : ANCHORITE_ERROR_TRAILING_BYTES;
}

/* A protected header and the unprotected one, which must be empty since no signature covers it. */
static enum anchorite_result read_headers(struct anchorite_bytes *rest, unsigned wanted, struct anchorite_bytes *header,
                                          struct anchorite_signature *signature) {
    size_t count;
    ANCHORITE_TRY(anchorite_cbor_string(rest, ANCHORITE_CBOR_BYTES, header));
    ANCHORITE_TRY(anchorite_cbor_count(rest, ANCHORITE_CBOR_MAP, &count));
    if (count != 0) {
        return ANCHORITE_ERROR_HEADER;
    }
    return read_header(*header, wanted, signature);
}

static enum anchorite_result read_payload(struct anchorite_bytes *rest, struct anchorite_contents *contents) {
    struct anchorite_bytes payload;
    ANCHORITE_TRY(anchorite_cbor_string(rest, ANCHORITE_CBOR_BYTES, &payload));
    return anchorite_contents_read(payload, contents);
}

static enum anchorite_result read_signature(struct anchorite_bytes *rest, struct anchorite_signature *signature) {
    struct anchorite_bytes value;
    ANCHORITE_TRY(anchorite_cbor_string(rest, ANCHORITE_CBOR_BYTES, &value));
    if (value.length != SIGNATURE_LENGTH) {
        return ANCHORITE_ERROR_VALUE;
    }
    signature->value = value.data;
    return ANCHORITE_OK;
}

/* 18([protected, {}, payload, signature]) */
static enum anchorite_result read_sign1(struct anchorite_bytes *rest, struct anchorite_bundle *bundle) {
    struct anchorite_signature *const only = &bundle->signatures[0];
    ANCHORITE_TRY(anchorite_cbor_array(rest, 4));
    ANCHORITE_TRY(read_headers(rest, BODY_HEADER | SIGNER_HEADER, &only->header, only));
    ANCHORITE_TRY(read_payload(rest, &bundle->contents));
    bundle->signature_count = 1;
    return read_signature(rest, only);
}

/* 98([protected, {}, payload, [+ [protected, {}, signature]]]); a single signature makes a COSE_Sign1. */
static enum anchorite_result read_sign(struct anchorite_bytes *rest, struct anchorite_bundle *bundle) {
    size_t count;
    ANCHORITE_TRY(anchorite_cbor_array(rest, 4));
    /* A body's header fills nothing of the signature that it is given. */
    ANCHORITE_TRY(read_headers(rest, BODY_HEADER, &bundle->body_header, &bundle->signatures[0]));
    ANCHORITE_TRY(read_payload(rest, &bundle->contents));
    ANCHORITE_TRY(anchorite_cbor_count(rest, ANCHORITE_CBOR_ARRAY, &count));
    if (count < 2 || count > ANCHORITE_MAXIMUM_SIGNATURES) {
        return ANCHORITE_ERROR_SIGNATURE_COUNT;
    }
    for (size_t index = 0; index < count; index++) {
        struct anchorite_signature *const signature = &bundle->signatures[index];
        ANCHORITE_TRY(anchorite_cbor_array(rest, 3));
        ANCHORITE_TRY(read_headers(rest, SIGNER_HEADER, &signature->header, signature));
        ANCHORITE_TRY(read_signature(rest, signature));
    }
    bundle->signature_count = (uint32_t)count;
    return ANCHORITE_OK;
}

enum anchorite_result anchorite_bundle_read(struct anchorite_bytes file, struct anchorite_bundle *bundle) {
    uint64_t tag;
    ANCHORITE_TRY(anchorite_cbor_head(&file, ANCHORITE_CBOR_TAG, &tag));
    if (tag == TAG_SIGN1) {
        ANCHORITE_TRY(read_sign1(&file, bundle));
    } else if (tag == TAG_SIGN) {
        ANCHORITE_TRY(read_sign(&file, bundle));
    } else {
        return ANCHORITE_ERROR_UNEXPECTED_ITEM;
    }
    return file.length == 0 ? ANCHORITE_OK : ANCHORITE_ERROR_TRAILING_BYTES;
}

bool anchorite_bundle_digest(const struct anchorite_crypto *crypto, const struct anchorite_bundle *bundle,
                             const struct anchorite_signature *signature, uint8_t digest[ANCHORITE_SHA256_LENGTH]) {
    /* ["Signature1", protected, h'', payload] and ["Signature", body_protected, sign_protected, h'', payload], up to
     * the first header. */
    static const uint8_t sign1[] = {0x84, 0x6a, 'S', 'i', 'g', 'n', 'a', 't', 'u', 'r', 'e', '1'};
    static const uint8_t sign[] = {0x85, 0x69, 'S', 'i', 'g', 'n', 'a', 't', 'u', 'r', 'e'};
    static const uint8_t external[] = {0x40};
    uint8_t body_head[9];
    uint8_t head[9];
    uint8_t payload_head[9];
    const struct anchorite_bytes body = bundle->body_header;
    const struct anchorite_bytes payload = bundle->contents.payload;
    const bool is_sign = body.length > 0;
    const size_t body_head_length = anchorite_cbor_write_head(ANCHORITE_CBOR_BYTES, body.length, body_head);
    const struct anchorite_bytes segments[] = {
        is_sign ? anchorite_bytes_of(sign, sizeof sign) : anchorite_bytes_of(sign1, sizeof sign1),
        {body_head, is_sign ? body_head_length : 0},
        body,
        {head, anchorite_cbor_write_head(ANCHORITE_CBOR_BYTES, signature->header.length, head)},
        signature->header,
        {external, sizeof external},
        {payload_head, anchorite_cbor_write_head(ANCHORITE_CBOR_BYTES, payload.length, payload_head)},
        payload,
    };
    return crypto->hash(crypto->context, ANCHORITE_SHA256, segments, sizeof segments / sizeof segments[0], digest);
}
