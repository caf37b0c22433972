/* OpenSSL 3.0's libcrypto for the second opinion. Only what Swift cannot import by itself stands here: OpenSSL's typed
 * stacks and a few accessors are macros. */
#ifndef ANCHORITE_CLIBCRYPTO_SHIM_H
#define ANCHORITE_CLIBCRYPTO_SHIM_H

#include <openssl/asn1.h>
#include <openssl/asn1t.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

static inline STACK_OF(X509) *clc_certificates_new(void) { return sk_X509_new_null(); }
/* Takes over the reference on success. */
static inline int clc_certificates_push(STACK_OF(X509) *stack, X509 *certificate) {
    return sk_X509_push(stack, certificate);
}
static inline int clc_certificates_count(const STACK_OF(X509) *stack) { return sk_X509_num(stack); }
static inline X509 *clc_certificates_at(const STACK_OF(X509) *stack, int index) { return sk_X509_value(stack, index); }
static inline void clc_certificates_free(STACK_OF(X509) *stack) { sk_X509_pop_free(stack, X509_free); }

static inline int clc_revoked_count(const STACK_OF(X509_REVOKED) *stack) { return sk_X509_REVOKED_num(stack); }
static inline X509_REVOKED *clc_revoked_at(const STACK_OF(X509_REVOKED) *stack, int index) {
    return sk_X509_REVOKED_value(stack, index);
}

static inline int clc_extensions_count(const STACK_OF(X509_EXTENSION) *stack) { return sk_X509_EXTENSION_num(stack); }
static inline X509_EXTENSION *clc_extensions_at(const STACK_OF(X509_EXTENSION) *stack, int index) {
    return sk_X509_EXTENSION_value(stack, index);
}
static inline void clc_extensions_free(STACK_OF(X509_EXTENSION) *stack) {
    sk_X509_EXTENSION_pop_free(stack, X509_EXTENSION_free);
}

/* BASIC_CONSTRAINTS and AUTHORITY_KEYID are complete types, but these spare Swift their pointers. */
static inline ASN1_OCTET_STRING *clc_aki_key_identifier(const AUTHORITY_KEYID *aki) { return aki->keyid; }
static inline int clc_aki_names_issuer_or_serial(const AUTHORITY_KEYID *aki) {
    return aki->issuer != NULL || aki->serial != NULL;
}

static inline int clc_print_name(BIO *output, const X509_NAME *name) {
    return X509_NAME_print_ex(output, name, 0, XN_FLAG_RFC2253);
}

#endif
