/* What the judges of renderings share. Each is compiled with the C source that Anchorite rendered.

   judge INTERMEDIATE DEVICE [CRL...]
   Without CRLs, it asks the library alone, then the deny list: that of the rendering, and that of the signed bundle,
   whose path is in BUNDLE_COSE, through the reference verifier. 0 accepted, 1 refused, 2 something cannot be read, or
   the two lists disagree. */
#include "../judge.h"
#include "anchorite_device.h"
#include <stdint.h>
#include <string.h>

/* The content of the first element of DER at `bytes`, whose tag is skipped; *rest is behind it. */
static der inside(der outer, der *rest) {
    der inner = outer;
    if (outer.length < 2) leave(2, "malformed: %s", outer.path);
    size_t length = outer.bytes[1], header = 2;
    if (length >= 0x80) {
        size_t count = length & 0x7f;
        if (count > 3 || outer.length < 2 + count) leave(2, "malformed: %s", outer.path);
        for (length = 0; header < 2 + count; header++) length = length << 8 | outer.bytes[header];
    }
    if (outer.length - header < length) leave(2, "malformed: %s", outer.path);
    inner.bytes += header;
    inner.length = length;
    if (rest != NULL) {
        *rest = outer;
        rest->bytes += header + length;
        rest->length -= header + length;
    }
    return inner;
}

/* Certificate > TBSCertificate > [0] version, then serialNumber. */
static der serial_number(der certificate) {
    der rest;
    inside(inside(inside(certificate, NULL), NULL), &rest);
    return inside(rest, NULL);
}

/* The extension's value: OCTET STRING > AuthorityKeyIdentifier > [0] keyIdentifier. */
static der authority_key_identifier(der certificate) {
    static const unsigned char name[] = {0x06, 0x03, 0x55, 0x1d, 0x23};
    der rest = certificate;
    while (rest.length > sizeof name && memcmp(rest.bytes, name, sizeof name) != 0) {
        rest.bytes++;
        rest.length--;
    }
    if (rest.length <= sizeof name) leave(2, "%s has no authorityKeyIdentifier", certificate.path);
    rest.bytes += sizeof name;
    rest.length -= sizeof name;
    return inside(inside(inside(rest, NULL), NULL), NULL);
}

/* anchorite_is_denied with the deny list of the bundle. */
static bool bundle_denies(der issuer, der serial) {
    static struct anchorite_bundle bundle;
    der file = load(getenv("BUNDLE_COSE"));
    enum anchorite_result result = anchorite_read(file.bytes, file.length, &bundle);
    if (result != ANCHORITE_OK) leave(2, "the bundle cannot be read: %d", result);
    struct anchorite_bytes identifier = {issuer.bytes, issuer.length}, number = {serial.bytes, serial.length};
    return anchorite_is_denied(&bundle.contents.denied, identifier, number);
}

typedef int denies_function(const unsigned char *, size_t, const unsigned char *, size_t);

/* Says what the library said, and, where there are no CRLs, what the deny list adds. */
static void conclude(int refusal, const char *reason, int count, char **paths, denies_function *denies) {
    if (refusal != 0) leave(1, "refused by the library: %d %s", refusal, reason);
    if (count <= 3) {
        printf("accepted by the library; ");
        for (int index = 1; index <= 2; index++) {
            der certificate = load(paths[index]);
            der serial = serial_number(certificate), issuer = authority_key_identifier(certificate);
            int isDenied = denies(issuer.bytes, issuer.length, serial.bytes, serial.length);
            if (isDenied != denies(NULL, 0, serial.bytes, serial.length) || isDenied != bundle_denies(issuer, serial))
                leave(2, "the deny lists disagree");
            if (isDenied) leave(1, "refused by the deny list");
        }
    }
    leave(0, "accepted");
}
