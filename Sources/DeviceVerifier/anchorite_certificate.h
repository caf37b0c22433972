/* Certificates (RFC 5280 section 4.1) and public keys, read strictly and without copies. */
#ifndef ANCHORITE_CERTIFICATE_H
#define ANCHORITE_CERTIFICATE_H

#include "anchorite_bytes.h"

#define ANCHORITE_SHA1_LENGTH 20

enum anchorite_key_kind {
    ANCHORITE_KEY_OTHER,
    ANCHORITE_KEY_P256,
    ANCHORITE_KEY_P384,
    ANCHORITE_KEY_RSA,
    ANCHORITE_KEY_ED25519
};

struct anchorite_key {
    enum anchorite_key_kind kind;
    struct anchorite_bytes info; /* SubjectPublicKeyInfo, whole */
    struct anchorite_bytes bits; /* subjectPublicKey: for curves the uncompressed point */
};

/* The extensions that matter here. */
enum anchorite_extension {
    ANCHORITE_BASIC_CONSTRAINTS,
    ANCHORITE_KEY_USAGE,
    ANCHORITE_SUBJECT_KEY_IDENTIFIER,
    ANCHORITE_AUTHORITY_KEY_IDENTIFIER,
    ANCHORITE_EXTENDED_KEY_USAGE,
    ANCHORITE_EXTENSION_COUNT
};

struct anchorite_certificate {
    struct anchorite_bytes signed_part; /* TBSCertificate, whole */
    struct anchorite_bytes serial;      /* content of the INTEGER */
    struct anchorite_bytes algorithm;   /* AlgorithmIdentifier, whole */
    struct anchorite_bytes issuer;      /* Name, whole */
    struct anchorite_bytes subject;
    struct anchorite_bytes signature; /* content of the BIT STRING */
    struct anchorite_key key;
    int64_t not_before;
    int64_t not_after;
    /* extnValue's content; its data is NULL where there is no such extension. Not looked into yet. */
    struct anchorite_bytes extensions[ANCHORITE_EXTENSION_COUNT];
    bool has_unknown_critical;
};

/* Whether `der` is a certificate of version 3 and nothing else. */
bool anchorite_certificate_read(struct anchorite_bytes der, struct anchorite_certificate *certificate);
/* Whether `der` is a SubjectPublicKeyInfo and nothing else; its kind may be unknown. */
bool anchorite_key_read(struct anchorite_bytes der, struct anchorite_key *key);

/* Extension ::= SEQUENCE { extnID OBJECT IDENTIFIER, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING } */
bool anchorite_extension_read(struct anchorite_bytes *rest, struct anchorite_bytes *identifier, bool *is_critical,
                              struct anchorite_bytes *value);

/* The values of extensions. False when they are malformed; absent ones give what RFC 5280 says of absence. */
bool anchorite_certificate_is_ca(const struct anchorite_certificate *certificate, bool *is_ca);
/* Bits of the first byte as in the DER: digitalSignature 0x80 … keyCertSign 0x04, cRLSign 0x02. `is_present` false:
 * every use is allowed. */
bool anchorite_certificate_key_usage(const struct anchorite_certificate *certificate, bool *is_present, uint8_t *bits);
#define ANCHORITE_USAGE_DIGITAL_SIGNATURE 0x80
#define ANCHORITE_USAGE_KEY_CERT_SIGN 0x04
#define ANCHORITE_USAGE_CRL_SIGN 0x02
/* Length 0 where there is none. */
bool anchorite_certificate_key_identifier(const struct anchorite_certificate *certificate,
                                          struct anchorite_bytes *identifier);
bool anchorite_certificate_authority(const struct anchorite_certificate *certificate,
                                     struct anchorite_bytes *identifier);

/* Whether `key` made the certificate's signature. */
bool anchorite_certificate_is_signed_by(const struct anchorite_crypto *crypto,
                                        const struct anchorite_certificate *certificate,
                                        const struct anchorite_key *key);

/* The key identifier of RFC 5280 section 4.2.1.2 (1): SHA-1 of the key's bits. It names a key and protects nothing. */
void anchorite_key_identifier(const struct anchorite_key *key, uint8_t identifier[ANCHORITE_SHA1_LENGTH]);

#endif
