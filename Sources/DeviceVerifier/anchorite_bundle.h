/* The signed form of a bundle: COSE_Sign1 and COSE_Sign (RFC 9052). */
#ifndef ANCHORITE_BUNDLE_H
#define ANCHORITE_BUNDLE_H

#include "anchorite_bytes.h"

/* anchorite_read, which may leave half a bundle behind when it fails. */
enum anchorite_result anchorite_bundle_read(struct anchorite_bytes file, struct anchorite_bundle *bundle);
/* SHA-256 of the Sig_structure of a signature (RFC 9052 section 4.4); false when the library fails. */
bool anchorite_bundle_digest(const struct anchorite_crypto *crypto, const struct anchorite_bundle *bundle,
                             const struct anchorite_signature *signature, uint8_t digest[ANCHORITE_SHA256_LENGTH]);

#endif
