/* The elements of a payload's lists. Each function takes one off the front of `rest` and checks it. */
#ifndef ANCHORITE_LISTS_H
#define ANCHORITE_LISTS_H

#include "anchorite_bytes.h"

struct anchorite_numbered {
    struct anchorite_bytes issuer_key_identifier;
    uint64_t number;
    const uint8_t *sha256;
};

/* Printable UTF-8 of 1 to 64 bytes, not yet taken for a text by anybody. */
enum anchorite_result anchorite_list_text(struct anchorite_bytes *rest, struct anchorite_bytes *text);
enum anchorite_result anchorite_list_anchor(struct anchorite_bytes *rest, struct anchorite_anchor *anchor);
enum anchorite_result anchorite_list_certificate(struct anchorite_bytes *rest, struct anchorite_bytes *certificate);
enum anchorite_result anchorite_list_minimum_crl(struct anchorite_bytes *rest, struct anchorite_numbered *minimum);
enum anchorite_result anchorite_list_denied(struct anchorite_bytes *rest, struct anchorite_bytes *issuer_key_identifier,
                                            struct anchorite_bytes *serial);
enum anchorite_result anchorite_list_rendering(struct anchorite_bytes *rest, struct anchorite_bytes *path,
                                               const uint8_t **sha256);

#endif
