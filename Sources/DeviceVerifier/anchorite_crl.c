/* The age of a CRL. Leave this file out where no CRLs are read. */
#include "anchorite_certificate.h"
#include "anchorite_der.h"

/* 2.5.29.n */
enum { CRL_NUMBER = 20, AUTHORITY_KEY_IDENTIFIER = 35 };

/* CRLNumber ::= INTEGER (0..MAX); what is beyond 64 bits is above every number that a bundle can demand. */
static bool read_number(struct anchorite_bytes value, uint64_t *number) {
    struct anchorite_bytes content;
    if (!anchorite_der_only(value, ANCHORITE_DER_INTEGER, &content) || content.length == 0 || *content.data >= 0x80) {
        return false;
    }
    *number = 0;
    for (; content.length > 0; (void)anchorite_take(&content, 1)) {
        *number = *number >> 56 != 0 ? UINT64_MAX : *number << 8 | *content.data;
    }
    return true;
}

/* The keyIdentifier [0] of an AuthorityKeyIdentifier; a factory's CRL may have more in it. */
static bool read_issuer(struct anchorite_bytes value, struct anchorite_bytes *identifier) {
    struct anchorite_bytes fields;
    return anchorite_der_only(value, ANCHORITE_DER_SEQUENCE, &fields) &&
           anchorite_der_read(&fields, ANCHORITE_DER_CONTEXT_0, identifier) && identifier->length > 0;
}

/* crlExtensions [0] of TBSCertList (RFC 5280 section 5.1), which come last. */
static bool find_extensions(struct anchorite_bytes crl, struct anchorite_bytes *extensions) {
    struct anchorite_bytes parts;
    struct anchorite_bytes fields;
    struct anchorite_bytes tagged;
    if (!anchorite_der_only(crl, ANCHORITE_DER_SEQUENCE, &parts) ||
        !anchorite_der_read(&parts, ANCHORITE_DER_SEQUENCE, &fields)) {
        return false;
    }
    while (!anchorite_der_next_is(&fields, ANCHORITE_DER_EXPLICIT_0)) {
        if (!anchorite_der_any(&fields, &tagged)) {
            return false;
        }
    }
    return anchorite_der_only(fields, ANCHORITE_DER_EXPLICIT_0, &tagged) &&
           anchorite_der_only(tagged, ANCHORITE_DER_SEQUENCE, extensions);
}

bool anchorite_crl_is_current(const struct anchorite_list *minimum_crls, struct anchorite_bytes crl) {
    struct anchorite_bytes extensions;
    struct anchorite_bytes number_value = {NULL, 0};
    struct anchorite_bytes issuer_value = {NULL, 0};
    struct anchorite_bytes issuer;
    uint64_t number;
    if (!find_extensions(crl, &extensions)) {
        return false;
    }
    while (extensions.length > 0) {
        struct anchorite_bytes identifier;
        struct anchorite_bytes value;
        bool is_critical;
        if (!anchorite_extension_read(&extensions, &identifier, &is_critical, &value)) {
            return false;
        }
        if (identifier.length != 3 || identifier.data[0] != 0x55 || identifier.data[1] != 0x1d) {
            continue;
        }
        struct anchorite_bytes *const wanted = identifier.data[2] == CRL_NUMBER                 ? &number_value
                                               : identifier.data[2] == AUTHORITY_KEY_IDENTIFIER ? &issuer_value
                                                                                                : &identifier;
        /* Neither may stand there twice. */
        if (wanted != &identifier && wanted->data != NULL) {
            return false;
        }
        *wanted = value;
    }
    return read_number(number_value, &number) && read_issuer(issuer_value, &issuer) &&
           number >= anchorite_minimum_crl_number(minimum_crls, issuer);
}
