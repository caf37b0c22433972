/* Results in words. Leave this file out where the numbers do. */
#include "anchorite_device.h"

struct entry {
    uint8_t result;
    const char *name;
    const char *control;
    const char *sentence;
};

#define ENCODING "BUNDLE-ENCODING"
#define SIGNER "BUNDLE-SIGNER"

static const struct entry entries[] = {
    {ANCHORITE_OK, "OK", NULL, "The bundle is accepted."},
    {ANCHORITE_ERROR_TRUNCATED, "TRUNCATED", ENCODING, "The data ends within an item, or a length in it lies."},
    {ANCHORITE_ERROR_NOT_SHORTEST, "NOT_SHORTEST", ENCODING, "A number or length is not in its shortest form."},
    {ANCHORITE_ERROR_UNEXPECTED_ITEM, "UNEXPECTED_ITEM", ENCODING, "An item stands where the format has another."},
    {ANCHORITE_ERROR_KEY_ORDER, "KEY_ORDER", ENCODING, "Keys of a map are out of order, or stand there twice."},
    {ANCHORITE_ERROR_UNKNOWN_KEY, "UNKNOWN_KEY", ENCODING, "A map has a key that is not known."},
    {ANCHORITE_ERROR_MISSING_KEY, "MISSING_KEY", ENCODING, "The payload lacks a key that it must have."},
    {ANCHORITE_ERROR_TRAILING_BYTES, "TRAILING_BYTES", ENCODING, "Bytes follow the end."},
    {ANCHORITE_ERROR_VERSION, "VERSION", ENCODING, "The payload is of another version than 1."},
    {ANCHORITE_ERROR_TEXT, "TEXT", ENCODING, "A text is not printable UTF-8 of 1 to 64 bytes."},
    {ANCHORITE_ERROR_VALUE, "VALUE", ENCODING, "A value is outside of its limits."},
    {ANCHORITE_ERROR_EMPTY_LIST, "EMPTY_LIST", ENCODING, "A list is empty, and should have been left out."},
    {ANCHORITE_ERROR_HEADER, "HEADER", ENCODING, "A header has not exactly the labels and values of a bundle's."},
    {ANCHORITE_ERROR_SIGNATURE_COUNT, "SIGNATURE_COUNT", ENCODING, "A COSE_Sign has not 2 to 8 signatures."},
    {ANCHORITE_ERROR_DER, "DER", ENCODING, "A certificate or key is not well-formed DER."},
    {ANCHORITE_ERROR_SIGNER_ROLE, "SIGNER_ROLE", SIGNER, "A signer's certificate is that of a CA."},
    {ANCHORITE_ERROR_SIGNER_USAGE, "SIGNER_USAGE", SIGNER,
     "A signer's keyUsage lacks digitalSignature, or has keyCertSign or cRLSign."},
    {ANCHORITE_ERROR_SIGNER_EXTENDED_USAGE, "SIGNER_EXTENDED_USAGE", SIGNER,
     "A signer's certificate has an extendedKeyUsage, so it is for something else."},
    {ANCHORITE_ERROR_SIGNER_CRITICAL, "SIGNER_CRITICAL", SIGNER,
     "A signer's certificate has a critical extension that is not understood."},
    {ANCHORITE_ERROR_SIGNER_KEY, "SIGNER_KEY", SIGNER, "A signer's key is not on P-256, uncompressed."},
    {ANCHORITE_ERROR_SIGNER_KEY_IDENTIFIER, "SIGNER_KEY_IDENTIFIER", SIGNER,
     "A kid is not the subjectKeyIdentifier of its signer."},
    {ANCHORITE_ERROR_SIGNER_EXTENSION, "SIGNER_EXTENSION", SIGNER,
     "An extension of a signer's certificate cannot be read."},
    {ANCHORITE_ERROR_SIGNER_UNTRUSTED, "SIGNER_UNTRUSTED", SIGNER, "No current anchor issued a signer's certificate."},
    {ANCHORITE_ERROR_SIGNER_DENIED, "SIGNER_DENIED", SIGNER, "The signer is on the deny list of the bundle before."},
    {ANCHORITE_ERROR_SIGNER_NOT_VALID, "SIGNER_NOT_VALID", SIGNER,
     "The signer's certificate is not valid at the time of the clock."},
    {ANCHORITE_ERROR_THRESHOLD_CURRENT, "THRESHOLD_CURRENT", "BUNDLE-THRESHOLD",
     "Fewer signers under the current anchors than the current threshold."},
    {ANCHORITE_ERROR_THRESHOLD_NEW, "THRESHOLD_NEW", "BUNDLE-THRESHOLD",
     "Fewer signers under the bundle's own anchors than its threshold."},
    {ANCHORITE_ERROR_SIGNATURE, "SIGNATURE", "BUNDLE-SIGNATURE", "A signature is not that of its signer."},
    {ANCHORITE_ERROR_CRYPTO, "CRYPTO", "BUNDLE-SIGNATURE", "The cryptographic library failed."},
    {ANCHORITE_ERROR_STORE, "STORE", "BUNDLE-STORE", "The bundle is for another store."},
    {ANCHORITE_ERROR_ENVIRONMENT, "ENVIRONMENT", "BUNDLE-ENVIRONMENT", "The bundle is for another environment."},
    {ANCHORITE_ERROR_SEQUENCE, "SEQUENCE", "BUNDLE-SEQUENCE",
     "The bundle's sequence is not above the one that was accepted last."},
    {ANCHORITE_ERROR_STATE_ROLLED_BACK, "STATE_ROLLED_BACK", "BUNDLE-SEQUENCE",
     "The stored payload is older than the counter."},
};

static const struct entry *find(enum anchorite_result result) {
    for (size_t index = 0; index < sizeof entries / sizeof entries[0]; index++) {
        if (entries[index].result == (unsigned)result) {
            return &entries[index];
        }
    }
    return NULL;
}

const char *anchorite_result_name(enum anchorite_result result) {
    const struct entry *const entry = find(result);
    return entry == NULL ? "UNKNOWN" : entry->name;
}

const char *anchorite_result_control(enum anchorite_result result) {
    const struct entry *const entry = find(result);
    return entry == NULL ? NULL : entry->control;
}

const char *anchorite_result_sentence(enum anchorite_result result) {
    const struct entry *const entry = find(result);
    return entry == NULL ? "The result is none that this release knows." : entry->sentence;
}
