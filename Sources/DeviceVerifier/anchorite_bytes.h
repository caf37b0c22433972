/* Bytes with a length, and a cursor that runs over them: what CBOR and DER readers share. */
#ifndef ANCHORITE_BYTES_H
#define ANCHORITE_BYTES_H

#include "anchorite_device.h"

/* Hands an error on. */
#define ANCHORITE_TRY(expression)                         \
    do {                                                  \
        const enum anchorite_result tried = (expression); \
        if (tried != ANCHORITE_OK) {                      \
            return tried;                                 \
        }                                                 \
    } while (0)

static inline struct anchorite_bytes anchorite_bytes_of(const uint8_t *data, size_t length) {
    const struct anchorite_bytes bytes = {data, length};
    return bytes;
}

/* Written out, so that no libc is needed. Nothing here is secret, so that they may stop at the first difference. */
bool anchorite_same(const uint8_t *left, const uint8_t *right, size_t length);
bool anchorite_equal(struct anchorite_bytes left, struct anchorite_bytes right);

/* Takes `length` bytes off the front of `rest`. The caller has checked that they are there. */
static inline struct anchorite_bytes anchorite_take(struct anchorite_bytes *rest, size_t length) {
    const struct anchorite_bytes front = {rest->data, length};
    rest->data += length;
    rest->length -= length;
    return front;
}

#endif
