/* Deterministic CBOR (RFC 8949 section 4.2.1), as far as bundles use it. Every reader takes its item off the front of
 * `rest`, and leaves `rest` anywhere when it fails. */
#ifndef ANCHORITE_CBOR_H
#define ANCHORITE_CBOR_H

#include "anchorite_bytes.h"

/* The upper three bits of an item's first byte. */
enum anchorite_cbor_type {
    ANCHORITE_CBOR_UNSIGNED = 0,
    ANCHORITE_CBOR_NEGATIVE = 1,
    ANCHORITE_CBOR_BYTES = 2,
    ANCHORITE_CBOR_TEXT = 3,
    ANCHORITE_CBOR_ARRAY = 4,
    ANCHORITE_CBOR_MAP = 5,
    ANCHORITE_CBOR_TAG = 6
};

/* An item's first byte and its argument, in shortest form. */
enum anchorite_result anchorite_cbor_head(struct anchorite_bytes *rest, enum anchorite_cbor_type type,
                                          uint64_t *argument);
/* The count of an array or map. Every element takes a byte at least, so that a false count is found here. */
enum anchorite_result anchorite_cbor_count(struct anchorite_bytes *rest, enum anchorite_cbor_type type, size_t *count);
/* An array of exactly `count` elements. */
enum anchorite_result anchorite_cbor_array(struct anchorite_bytes *rest, size_t count);
/* The content of a byte or text string; text is not looked at. */
enum anchorite_result anchorite_cbor_string(struct anchorite_bytes *rest, enum anchorite_cbor_type type,
                                            struct anchorite_bytes *content);
/* A byte string of 32 bytes. */
enum anchorite_result anchorite_cbor_sha256(struct anchorite_bytes *rest, const uint8_t **digest);
/* A map's next key, which must be an unsigned number above `*key`; begin with −1. */
enum anchorite_result anchorite_cbor_key(struct anchorite_bytes *rest, int32_t *key);
/* The encoding of a head, at most 9 bytes, into `output`; its length. */
size_t anchorite_cbor_write_head(enum anchorite_cbor_type type, uint64_t argument, uint8_t output[9]);

#endif
