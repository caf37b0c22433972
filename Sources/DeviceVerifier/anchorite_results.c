/* Results in words. Leave this file out where the numbers do. */
#include "anchorite_device.h"

struct entry {
    uint8_t result;
    const char *words; /* its name, and behind the name's end its sentence */
};

static const struct entry entries[] = {
    {ANCHORITE_OK, "OK\0The bundle is accepted."},
    {ANCHORITE_ERROR_TRUNCATED, "TRUNCATED\0The data ends within an item, or a length lies."},
    {ANCHORITE_ERROR_NOT_SHORTEST, "NOT_SHORTEST\0A number or length is not in its shortest form."},
    {ANCHORITE_ERROR_UNEXPECTED_ITEM, "UNEXPECTED_ITEM\0An item stands where the format has another."},
    {ANCHORITE_ERROR_KEY_ORDER, "KEY_ORDER\0Keys of a map are out of order, or there twice."},
    {ANCHORITE_ERROR_UNKNOWN_KEY, "UNKNOWN_KEY\0A map has an unknown key."},
    {ANCHORITE_ERROR_MISSING_KEY, "MISSING_KEY\0The payload lacks a key."},
    {ANCHORITE_ERROR_TRAILING_BYTES, "TRAILING_BYTES\0Bytes follow the end."},
    {ANCHORITE_ERROR_VERSION, "VERSION\0The payload's version is not 1."},
    {ANCHORITE_ERROR_TEXT, "TEXT\0A text is not printable UTF-8 of 1 to 64 bytes."},
    {ANCHORITE_ERROR_VALUE, "VALUE\0A value is outside of its limits."},
    {ANCHORITE_ERROR_EMPTY_LIST, "EMPTY_LIST\0An empty list is not left out."},
    {ANCHORITE_ERROR_HEADER, "HEADER\0A header is not exactly a bundle's."},
    {ANCHORITE_ERROR_SIGNATURE_COUNT, "SIGNATURE_COUNT\0A COSE_Sign has not 2 to 8 signatures."},
    {ANCHORITE_ERROR_DER, "DER\0A certificate or key is not well-formed DER."},
    {ANCHORITE_ERROR_SIGNER_ROLE, "SIGNER_ROLE\0A signer is a CA."},
    {ANCHORITE_ERROR_SIGNER_USAGE, "SIGNER_USAGE\0A signer's keyUsage is not for signing bundles."},
    {ANCHORITE_ERROR_SIGNER_EXTENDED_USAGE, "SIGNER_EXTENDED_USAGE\0A signer has an extendedKeyUsage."},
    {ANCHORITE_ERROR_SIGNER_CRITICAL, "SIGNER_CRITICAL\0A signer has an unknown critical extension."},
    {ANCHORITE_ERROR_SIGNER_KEY, "SIGNER_KEY\0A signer's key is not on P-256."},
    {ANCHORITE_ERROR_SIGNER_KEY_IDENTIFIER, "SIGNER_KEY_IDENTIFIER\0A kid is not its signer's subjectKeyIdentifier."},
    {ANCHORITE_ERROR_SIGNER_EXTENSION, "SIGNER_EXTENSION\0A signer's extension cannot be read."},
    {ANCHORITE_ERROR_SIGNER_UNTRUSTED, "SIGNER_UNTRUSTED\0No signer's certificate is of a current anchor."},
    {ANCHORITE_ERROR_SIGNER_DENIED, "SIGNER_DENIED\0The signer is on the stored deny list."},
    {ANCHORITE_ERROR_SIGNER_NOT_VALID, "SIGNER_NOT_VALID\0The signer's certificate is not valid now."},
    {ANCHORITE_ERROR_THRESHOLD_CURRENT, "THRESHOLD_CURRENT\0Too few signers under the stored anchors."},
    {ANCHORITE_ERROR_THRESHOLD_NEW, "THRESHOLD_NEW\0Too few signers under the bundle's own anchors."},
    {ANCHORITE_ERROR_SIGNATURE, "SIGNATURE\0A signature is not that of its signer."},
    {ANCHORITE_ERROR_CRYPTO, "CRYPTO\0The cryptographic library failed."},
    {ANCHORITE_ERROR_STORE, "STORE\0It is for another store."},
    {ANCHORITE_ERROR_ENVIRONMENT, "ENVIRONMENT\0It is for another environment."},
    {ANCHORITE_ERROR_SEQUENCE, "SEQUENCE\0The sequence is not above the stored one."},
    {ANCHORITE_ERROR_STATE_ROLLED_BACK, "STATE_ROLLED_BACK\0The stored payload is older than the counter."},
};

/* NULL for what is no result. */
static const char *find(enum anchorite_result result) {
    for (size_t index = 0; index < sizeof entries / sizeof entries[0]; index++) {
        if (entries[index].result == (unsigned)result) {
            return entries[index].words;
        }
    }
    return NULL;
}

const char *anchorite_result_name(enum anchorite_result result) {
    const char *const name = find(result);
    return name == NULL ? "UNKNOWN" : name;
}

const char *anchorite_result_control(enum anchorite_result result) {
    if (result == ANCHORITE_OK || find(result) == NULL) {
        return NULL;
    }
    if (result == ANCHORITE_ERROR_STORE) {
        return "BUNDLE-STORE";
    }
    if (result == ANCHORITE_ERROR_ENVIRONMENT) {
        return "BUNDLE-ENVIRONMENT";
    }
    /* The others are numbered by their controls. */
    return result < ANCHORITE_ERROR_SIGNER_ROLE         ? "BUNDLE-ENCODING"
           : result < ANCHORITE_ERROR_THRESHOLD_CURRENT ? "BUNDLE-SIGNER"
           : result < ANCHORITE_ERROR_SIGNATURE         ? "BUNDLE-THRESHOLD"
           : result < ANCHORITE_ERROR_STORE             ? "BUNDLE-SIGNATURE"
                                                        : "BUNDLE-SEQUENCE";
}

const char *anchorite_result_sentence(enum anchorite_result result) {
    const char *words = find(result);
    if (words == NULL) {
        return "The result is not known to this release.";
    }
    while (*words != 0) {
        words++;
    }
    return words + 1;
}
