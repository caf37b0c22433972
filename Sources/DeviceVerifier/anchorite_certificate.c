#include "anchorite_certificate.h"

#include "anchorite_der.h"

/* Enough for any certificate; it bounds the search for an extension that stands there twice. */
#define MAXIMUM_EXTENSIONS 64
#define MAXIMUM_SERIAL_LENGTH 20

static bool matches(struct anchorite_bytes bytes, const uint8_t *wanted, size_t length) {
    return anchorite_equal(bytes, anchorite_bytes_of(wanted, length));
}

/* AlgorithmIdentifier ::= SEQUENCE { algorithm OBJECT IDENTIFIER, parameters ANY OPTIONAL } */
static bool read_algorithm(struct anchorite_bytes *rest, struct anchorite_bytes *whole) {
    struct anchorite_bytes fields;
    struct anchorite_bytes part;
    return anchorite_der_read_whole(rest, ANCHORITE_DER_SEQUENCE, whole, &fields) &&
           anchorite_der_object_identifier(&fields, &part) &&
           (fields.length == 0 || (anchorite_der_any(&fields, &part) && fields.length == 0));
}

static enum anchorite_key_kind kind_of(struct anchorite_bytes algorithm, struct anchorite_bytes bits) {
    static const uint8_t p256[] = {0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01,
                                   0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
    static const uint8_t p384[] = {0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d,
                                   0x02, 0x01, 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22};
    static const uint8_t rsa[] = {0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
                                  0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00};
    static const uint8_t ed25519[] = {0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70};
    /* Other forms of a point, and other lengths, are no keys that the hooks are given. */
    const bool is_uncompressed = bits.length > 0 && bits.data[0] == 0x04;
    if (matches(algorithm, p256, sizeof p256)) {
        return is_uncompressed && bits.length == 65 ? ANCHORITE_KEY_P256 : ANCHORITE_KEY_OTHER;
    }
    if (matches(algorithm, p384, sizeof p384)) {
        return is_uncompressed && bits.length == 97 ? ANCHORITE_KEY_P384 : ANCHORITE_KEY_OTHER;
    }
    if (matches(algorithm, rsa, sizeof rsa)) {
        return ANCHORITE_KEY_RSA;
    }
    return matches(algorithm, ed25519, sizeof ed25519) && bits.length == 32 ? ANCHORITE_KEY_ED25519
                                                                            : ANCHORITE_KEY_OTHER;
}

/* SubjectPublicKeyInfo ::= SEQUENCE { algorithm AlgorithmIdentifier, subjectPublicKey BIT STRING } */
static bool read_key(struct anchorite_bytes *rest, struct anchorite_key *key) {
    struct anchorite_bytes fields;
    struct anchorite_bytes algorithm;
    if (!anchorite_der_read_whole(rest, ANCHORITE_DER_SEQUENCE, &key->info, &fields) ||
        !read_algorithm(&fields, &algorithm) || !anchorite_der_bit_string(&fields, &key->bits) || fields.length != 0) {
        return false;
    }
    key->kind = kind_of(algorithm, key->bits);
    return true;
}

bool anchorite_key_read(struct anchorite_bytes der, struct anchorite_key *key) {
    return read_key(&der, key) && der.length == 0;
}

/* Whether `left` comes before `right` in the order that DER demands of a SET OF. */
static bool precedes(struct anchorite_bytes left, struct anchorite_bytes right) {
    for (size_t index = 0; index < left.length && index < right.length; index++) {
        if (left.data[index] != right.data[index]) {
            return left.data[index] < right.data[index];
        }
    }
    return left.length < right.length;
}

/* Name ::= SEQUENCE OF SET OF SEQUENCE { type OBJECT IDENTIFIER, value ANY } */
static bool read_name(struct anchorite_bytes *rest, struct anchorite_bytes *whole) {
    struct anchorite_bytes names;
    if (!anchorite_der_read_whole(rest, ANCHORITE_DER_SEQUENCE, whole, &names)) {
        return false;
    }
    while (names.length > 0) {
        struct anchorite_bytes set;
        if (!anchorite_der_read(&names, ANCHORITE_DER_SET, &set)) {
            return false;
        }
        struct anchorite_bytes previous = {NULL, 0};
        do {
            struct anchorite_bytes attribute;
            struct anchorite_bytes pair;
            struct anchorite_bytes part;
            if (!anchorite_der_read_whole(&set, ANCHORITE_DER_SEQUENCE, &attribute, &pair) ||
                !precedes(previous, attribute) || !anchorite_der_object_identifier(&pair, &part) ||
                !anchorite_der_any(&pair, &part) || pair.length != 0) {
                return false;
            }
            previous = attribute;
        } while (set.length > 0);
    }
    return true;
}

bool anchorite_extension_read(struct anchorite_bytes *rest, struct anchorite_bytes *identifier, bool *is_critical,
                              struct anchorite_bytes *value) {
    struct anchorite_bytes fields;
    return anchorite_der_read(rest, ANCHORITE_DER_SEQUENCE, &fields) &&
           anchorite_der_object_identifier(&fields, identifier) && anchorite_der_default_false(&fields, is_critical) &&
           anchorite_der_read(&fields, ANCHORITE_DER_OCTET_STRING, value) && fields.length == 0;
}

static void note_extension(struct anchorite_certificate *certificate, struct anchorite_bytes identifier,
                           bool is_critical, struct anchorite_bytes value) {
    /* The last byte of 2.5.29.n, by anchorite_extension. */
    static const uint8_t numbers[ANCHORITE_EXTENSION_COUNT] = {19, 15, 14, 35, 37};
    bool is_understood = false;
    if (identifier.length == 3 && identifier.data[0] == 0x55 && identifier.data[1] == 0x1d) {
        for (size_t index = 0; index < ANCHORITE_EXTENSION_COUNT; index++) {
            if (identifier.data[2] == numbers[index]) {
                certificate->extensions[index] = value;
            }
        }
        /* What matters here, and what has no meaning for a bundle's signer: subjectAltName, certificatePolicies. */
        const uint8_t number = identifier.data[2];
        is_understood = number == 19 || number == 15 || number == 17 || number == 32;
    }
    if (is_critical && !is_understood) {
        certificate->has_unknown_critical = true;
    }
}

static bool read_extensions(struct anchorite_bytes list, struct anchorite_certificate *certificate) {
    const struct anchorite_bytes all = list;
    size_t count = 0;
    do {
        struct anchorite_bytes identifier;
        struct anchorite_bytes value;
        bool is_critical;
        if (!anchorite_extension_read(&list, &identifier, &is_critical, &value) || ++count > MAXIMUM_EXTENSIONS) {
            return false;
        }
        struct anchorite_bytes before = all;
        for (size_t index = 1; index < count; index++) {
            struct anchorite_bytes other;
            struct anchorite_bytes unused;
            bool flag;
            if (!anchorite_extension_read(&before, &other, &flag, &unused) || anchorite_equal(other, identifier)) {
                return false;
            }
        }
        note_extension(certificate, identifier, is_critical, value);
    } while (list.length > 0);
    return true;
}

/* Version 3 in its explicit tag. Without it the certificate has no extensions, and says nothing of its use. */
static bool read_version(struct anchorite_bytes *rest) {
    static const uint8_t version_3[] = {ANCHORITE_DER_INTEGER, 1, 2};
    struct anchorite_bytes version;
    return anchorite_der_read(rest, ANCHORITE_DER_EXPLICIT_0, &version) &&
           matches(version, version_3, sizeof version_3);
}

static bool read_validity(struct anchorite_bytes *rest, struct anchorite_certificate *certificate) {
    struct anchorite_bytes validity;
    return anchorite_der_read(rest, ANCHORITE_DER_SEQUENCE, &validity) &&
           anchorite_der_time(&validity, &certificate->not_before) &&
           anchorite_der_time(&validity, &certificate->not_after) && validity.length == 0;
}

/* TBSCertificate without unique identifiers, which RFC 5280 forbids. */
static bool read_signed_part(struct anchorite_bytes fields, struct anchorite_certificate *certificate) {
    if (!read_version(&fields) || !anchorite_der_positive(&fields, &certificate->serial) ||
        certificate->serial.length > MAXIMUM_SERIAL_LENGTH || !read_algorithm(&fields, &certificate->algorithm) ||
        !read_name(&fields, &certificate->issuer) || !read_validity(&fields, certificate) ||
        !read_name(&fields, &certificate->subject) || !read_key(&fields, &certificate->key)) {
        return false;
    }
    if (fields.length == 0) {
        return true;
    }
    struct anchorite_bytes tagged;
    struct anchorite_bytes list;
    return anchorite_der_read(&fields, ANCHORITE_DER_EXPLICIT_3, &tagged) && fields.length == 0 &&
           anchorite_der_only(tagged, ANCHORITE_DER_SEQUENCE, &list) && read_extensions(list, certificate);
}

bool anchorite_certificate_read(struct anchorite_bytes der, struct anchorite_certificate *certificate) {
    struct anchorite_bytes parts;
    struct anchorite_bytes fields;
    struct anchorite_bytes algorithm;
    for (size_t index = 0; index < ANCHORITE_EXTENSION_COUNT; index++) {
        certificate->extensions[index] = anchorite_bytes_of(NULL, 0);
    }
    certificate->has_unknown_critical = false;
    return anchorite_der_only(der, ANCHORITE_DER_SEQUENCE, &parts) &&
           anchorite_der_read_whole(&parts, ANCHORITE_DER_SEQUENCE, &certificate->signed_part, &fields) &&
           read_signed_part(fields, certificate) && read_algorithm(&parts, &algorithm) &&
           anchorite_equal(algorithm, certificate->algorithm) &&
           anchorite_der_bit_string(&parts, &certificate->signature) && parts.length == 0;
}

/* BasicConstraints ::= SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER (0..MAX) OPTIONAL } */
bool anchorite_certificate_is_ca(const struct anchorite_certificate *certificate, bool *is_ca) {
    const struct anchorite_bytes value = certificate->extensions[ANCHORITE_BASIC_CONSTRAINTS];
    struct anchorite_bytes fields;
    *is_ca = false;
    if (value.data == NULL) {
        return true;
    }
    if (!anchorite_der_only(value, ANCHORITE_DER_SEQUENCE, &fields) || !anchorite_der_default_false(&fields, is_ca)) {
        return false;
    }
    if (fields.length == 0) {
        return true;
    }
    struct anchorite_bytes length;
    /* A path length is the CA's only; 0 is not positive, and allowed. */
    return *is_ca && anchorite_der_read(&fields, ANCHORITE_DER_INTEGER, &length) && fields.length == 0 &&
           (anchorite_der_is_positive(length) || (length.length == 1 && length.data[0] == 0));
}

bool anchorite_certificate_key_usage(const struct anchorite_certificate *certificate, bool *is_present, uint8_t *bits) {
    const struct anchorite_bytes value = certificate->extensions[ANCHORITE_KEY_USAGE];
    struct anchorite_bytes content;
    *is_present = value.data != NULL;
    *bits = 0;
    if (!*is_present) {
        return true;
    }
    if (!anchorite_der_only(value, ANCHORITE_DER_BIT_STRING, &content) || content.length < 2 || content.length > 3) {
        return false;
    }
    const uint8_t unused = content.data[0];
    const uint8_t last = content.data[content.length - 1];
    /* DER drops zero bits from the end: the last bit that is left is a 1, and all after it are 0. */
    if (unused > 7 || (last & (uint8_t)((2u << unused) - 1u)) != (uint8_t)(1u << unused)) {
        return false;
    }
    /* Beyond the first eight bits only decipherOnly has a meaning. */
    if (content.length == 3 && last != 0x80) {
        return false;
    }
    *bits = content.data[1];
    return true;
}

bool anchorite_certificate_key_identifier(const struct anchorite_certificate *certificate,
                                          struct anchorite_bytes *identifier) {
    const struct anchorite_bytes value = certificate->extensions[ANCHORITE_SUBJECT_KEY_IDENTIFIER];
    *identifier = anchorite_bytes_of(NULL, 0);
    return value.data == NULL ||
           (anchorite_der_only(value, ANCHORITE_DER_OCTET_STRING, identifier) && identifier->length > 0);
}

/* AuthorityKeyIdentifier with a keyIdentifier [0] alone, as our authorities write it. */
bool anchorite_certificate_authority(const struct anchorite_certificate *certificate,
                                     struct anchorite_bytes *identifier) {
    const struct anchorite_bytes value = certificate->extensions[ANCHORITE_AUTHORITY_KEY_IDENTIFIER];
    struct anchorite_bytes fields;
    *identifier = anchorite_bytes_of(NULL, 0);
    return value.data == NULL || (anchorite_der_only(value, ANCHORITE_DER_SEQUENCE, &fields) &&
                                  anchorite_der_only(fields, ANCHORITE_DER_CONTEXT_0, identifier) &&
                                  identifier->length > 0);
}
