/* What the judges of renderings share. Each is compiled with the C source that Anchorite rendered.

   judge INTERMEDIATE DEVICE [CRL...]
   Without CRLs, it asks the library alone, then the deny list. 0 accepted, 1 refused, 2 something cannot be read. */
#include "../judge.h"
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

typedef int denies_function(const unsigned char *, size_t, const unsigned char *, size_t);

/* Says what the library said, and, where there are no CRLs, what the deny list adds. */
static void conclude(int refusal, const char *reason, int count, char **paths, denies_function *denies) {
    if (refusal != 0) leave(1, "refused by the library: %d %s", refusal, reason);
    if (count <= 3) {
        printf("accepted by the library; ");
        for (int index = 1; index <= 2; index++) {
            der serial = serial_number(load(paths[index]));
            if (denies(NULL, 0, serial.bytes, serial.length)) leave(1, "refused by the deny list");
        }
    }
    leave(0, "accepted");
}
