#include "anchorite_cbor.h"

enum anchorite_result anchorite_cbor_head(struct anchorite_bytes *rest, enum anchorite_cbor_type type,
                                          uint64_t *argument) {
    if (rest->length == 0) {
        return ANCHORITE_ERROR_TRUNCATED;
    }
    const uint8_t initial = *anchorite_take(rest, 1).data;
    const uint8_t information = initial & 0x1f;
    /* Above 27 stand reserved lengths and the indefinite one. */
    if (initial >> 5 != (uint8_t)type || information > 27) {
        return ANCHORITE_ERROR_UNEXPECTED_ITEM;
    }
    if (information < 24) {
        *argument = information;
        return ANCHORITE_OK;
    }
    const size_t size = (size_t)1 << (information - 24);
    if (rest->length < size) {
        return ANCHORITE_ERROR_TRUNCATED;
    }
    const struct anchorite_bytes encoded = anchorite_take(rest, size);
    uint32_t upper = 0;
    uint32_t lower = 0;
    for (size_t index = 0; index < size; index++) {
        upper = upper << 8 | lower >> 24;
        lower = lower << 8 | encoded.data[index];
    }
    *argument = (uint64_t)upper << 32 | lower;
    /* One byte must not hold what fits the initial byte; longer ones need a bit in their upper half. */
    const bool is_shortest = size == 1   ? lower >= 24
                             : size == 2 ? lower > 0xff
                             : size == 4 ? lower > 0xffff
                                         : upper > 0;
    return is_shortest ? ANCHORITE_OK : ANCHORITE_ERROR_NOT_SHORTEST;
}

enum anchorite_result anchorite_cbor_count(struct anchorite_bytes *rest, enum anchorite_cbor_type type, size_t *count) {
    uint64_t argument;
    ANCHORITE_TRY(anchorite_cbor_head(rest, type, &argument));
    if (argument > rest->length) {
        return ANCHORITE_ERROR_TRUNCATED;
    }
    *count = (size_t)argument;
    return ANCHORITE_OK;
}

enum anchorite_result anchorite_cbor_array(struct anchorite_bytes *rest, size_t count) {
    size_t found;
    ANCHORITE_TRY(anchorite_cbor_count(rest, ANCHORITE_CBOR_ARRAY, &found));
    return found == count ? ANCHORITE_OK : ANCHORITE_ERROR_UNEXPECTED_ITEM;
}

enum anchorite_result anchorite_cbor_string(struct anchorite_bytes *rest, enum anchorite_cbor_type type,
                                            struct anchorite_bytes *content) {
    size_t length;
    ANCHORITE_TRY(anchorite_cbor_count(rest, type, &length));
    *content = anchorite_take(rest, length);
    return ANCHORITE_OK;
}

enum anchorite_result anchorite_cbor_sha256(struct anchorite_bytes *rest, const uint8_t **digest) {
    struct anchorite_bytes content;
    ANCHORITE_TRY(anchorite_cbor_string(rest, ANCHORITE_CBOR_BYTES, &content));
    if (content.length != ANCHORITE_SHA256_LENGTH) {
        return ANCHORITE_ERROR_VALUE;
    }
    *digest = content.data;
    return ANCHORITE_OK;
}

enum anchorite_result anchorite_cbor_key(struct anchorite_bytes *rest, int32_t *key) {
    uint64_t found;
    ANCHORITE_TRY(anchorite_cbor_head(rest, ANCHORITE_CBOR_UNSIGNED, &found));
    /* No key of ours comes near; this only keeps the conversion defined. */
    if (found > 0xffff) {
        return ANCHORITE_ERROR_UNKNOWN_KEY;
    }
    if ((int32_t)found <= *key) {
        return ANCHORITE_ERROR_KEY_ORDER;
    }
    *key = (int32_t)found;
    return ANCHORITE_OK;
}

size_t anchorite_cbor_write_head(enum anchorite_cbor_type type, uint64_t argument, uint8_t output[9]) {
    const uint8_t initial = (uint8_t)((unsigned)type << 5);
    if (argument < 24) {
        output[0] = (uint8_t)(initial | (uint8_t)argument);
        return 1;
    }
    const unsigned power = argument <= 0xff ? 0 : argument <= 0xffff ? 1 : argument <= 0xffffffff ? 2 : 3;
    const size_t size = (size_t)1 << power;
    output[0] = (uint8_t)(initial | (24 + power));
    for (size_t index = size; index > 0; index--) {
        output[index] = (uint8_t)argument;
        argument >>= 8;
    }
    return size + 1;
}
