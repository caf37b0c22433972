/* Strict DER (X.690), as far as certificates need it. Every reader takes its element off the front of `rest`, returns
 * false for what is not DER or not what was asked for, and then leaves `rest` anywhere. */
#ifndef ANCHORITE_DER_H
#define ANCHORITE_DER_H

#include "anchorite_bytes.h"

#define ANCHORITE_DER_BOOLEAN 0x01
#define ANCHORITE_DER_INTEGER 0x02
#define ANCHORITE_DER_BIT_STRING 0x03
#define ANCHORITE_DER_OCTET_STRING 0x04
#define ANCHORITE_DER_OBJECT_IDENTIFIER 0x06
#define ANCHORITE_DER_UTC_TIME 0x17
#define ANCHORITE_DER_GENERALIZED_TIME 0x18
#define ANCHORITE_DER_SEQUENCE 0x30
#define ANCHORITE_DER_SET 0x31
/* Context-specific tags: [0], [0] constructed, [3] constructed. */
#define ANCHORITE_DER_CONTEXT_0 0x80
#define ANCHORITE_DER_EXPLICIT_0 0xa0
#define ANCHORITE_DER_EXPLICIT_3 0xa3

/* Whether another element with this tag comes next. */
bool anchorite_der_next_is(const struct anchorite_bytes *rest, uint8_t tag);
/* An element of any tag, whole. */
bool anchorite_der_any(struct anchorite_bytes *rest, struct anchorite_bytes *whole);
/* The content of an element with this tag. */
bool anchorite_der_read(struct anchorite_bytes *rest, uint8_t tag, struct anchorite_bytes *content);
/* An element with this tag, whole, and its content. */
bool anchorite_der_read_whole(struct anchorite_bytes *rest, uint8_t tag, struct anchorite_bytes *whole,
                              struct anchorite_bytes *content);
/* The content of the only element of `whole`. */
bool anchorite_der_only(struct anchorite_bytes whole, uint8_t tag, struct anchorite_bytes *content);
/* A positive, minimal INTEGER; its content, with the leading zero where there is one. */
bool anchorite_der_positive(struct anchorite_bytes *rest, struct anchorite_bytes *content);
/* Whether this is the content of a positive, minimal INTEGER. */
bool anchorite_der_is_positive(struct anchorite_bytes content);
bool anchorite_der_object_identifier(struct anchorite_bytes *rest, struct anchorite_bytes *content);
/* A BIT STRING of whole bytes. */
bool anchorite_der_bit_string(struct anchorite_bytes *rest, struct anchorite_bytes *content);
/* BOOLEAN DEFAULT FALSE: absent or TRUE. */
bool anchorite_der_default_false(struct anchorite_bytes *rest, bool *value);
/* A Time (RFC 5280 section 4.1.2.5) in seconds since 1970: UTCTime through 2049, GeneralizedTime from 2050. */
bool anchorite_der_time(struct anchorite_bytes *rest, int64_t *seconds);

#endif
