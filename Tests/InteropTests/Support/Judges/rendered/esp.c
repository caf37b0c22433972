/* Does with a certificate bundle what ESP-IDF does: checks its layout, finds the issuer's key by its name, and verifies
   with mbedTLS. Written from the description of the layouts; Espressif's own code runs on their chips only.

   BUNDLE and LAYOUT (5.4 or legacy) come from the environment. The deny list is mbedTLS's rendering. */
#include "rendered.h"
#include "anchorite_anchors_mbedtls.h"
#include <mbedtls/version.h>
#include <mbedtls/x509_crt.h>

#if MBEDTLS_VERSION_MAJOR >= 3
#define FIELD MBEDTLS_PRIVATE
#else
#define FIELD(name) name
#endif

typedef struct {
    const unsigned char *name, *key;
    size_t nameLength, keyLength;
} entry;

static entry entries[200];
static size_t entryCount;

static size_t number(der file, size_t at, size_t bytes, int littleEndian) {
    size_t value = 0;
    if (at > file.length || file.length - at < bytes) leave(2, "the bundle ends early");
    for (size_t index = 0; index < bytes; index++)
        value = value << 8 | file.bytes[at + (littleEndian ? bytes - 1 - index : index)];
    return value;
}

static void read_bundle(der file, int isNew) {
    size_t count = isNew ? number(file, 0, 4, 1) / 4 : number(file, 0, 2, 0);
    if (isNew && (number(file, 0, 4, 1) == 0 || number(file, 0, 4, 1) % 4 != 0)) leave(2, "the first offset is odd");
    if (count == 0 || count > 200) leave(2, "%zu certificates", count);
    size_t at = isNew ? 4 * count : 2;
    for (size_t index = 0; index < count; index++) {
        if (isNew && number(file, 4 * index, 4, 1) != at) leave(2, "offset %zu leads elsewhere", index);
        entry *found = &entries[index];
        found->nameLength = number(file, at, 2, isNew);
        found->keyLength = number(file, at + 2, 2, isNew);
        found->name = file.bytes + at + 4;
        found->key = found->name + found->nameLength;
        at += 4 + found->nameLength + found->keyLength;
        if (at > file.length) leave(2, "the bundle ends early");
        if (index > 0) {
            const entry *before = &entries[index - 1];
            size_t common = before->nameLength < found->nameLength ? before->nameLength : found->nameLength;
            int order = memcmp(before->name, found->name, common);
            if (order > 0 || (order == 0 && before->nameLength >= found->nameLength)) leave(2, "not sorted");
        }
    }
    if (at != file.length) leave(2, "%zu bytes follow", file.length - at);
    entryCount = count;
}

static int refusal(const mbedtls_x509_crt *child) {
    unsigned char digest[64];
    for (size_t index = 0; index < entryCount; index++) {
        if (entries[index].nameLength != child->issuer_raw.len ||
            memcmp(entries[index].name, child->issuer_raw.p, child->issuer_raw.len) != 0)
            continue;
        mbedtls_pk_context key;
        mbedtls_pk_init(&key);
        int result = mbedtls_pk_parse_public_key(&key, entries[index].key, entries[index].keyLength);
        if (result != 0) leave(2, "a key is unreadable: -0x%04x", -result);
        const mbedtls_md_info_t *hash = mbedtls_md_info_from_type(child->FIELD(sig_md));
        if (hash == NULL || mbedtls_md(hash, child->tbs.p, child->tbs.len, digest) != 0) leave(2, "no such hash");
        return mbedtls_pk_verify_ext(
            child->FIELD(sig_pk), child->FIELD(sig_opts), &key,
            child->FIELD(sig_md), digest, mbedtls_md_get_size(hash),
            child->FIELD(sig).p, child->FIELD(sig).len);
    }
    return -1;
}

int main(int count, char **paths) {
    printf("ESP-IDF layout %s: ", getenv("LAYOUT"));
    if (count < 3) leave(2, "two certificates are needed");
    read_bundle(load(getenv("BUNDLE")), strcmp(getenv("LAYOUT"), "5.4") == 0);
    mbedtls_x509_crt intermediate, device;
    mbedtls_x509_crt_init(&intermediate);
    mbedtls_x509_crt_init(&device);
    der file = load(paths[1]);
    if (mbedtls_x509_crt_parse_der(&intermediate, file.bytes, file.length) != 0) leave(2, "unreadable");
    file = load(paths[2]);
    if (mbedtls_x509_crt_parse_der(&device, file.bytes, file.length) != 0) leave(2, "unreadable");
    uint32_t flags = 0;
    int result = refusal(&intermediate);
    if (result == 0) result = mbedtls_x509_crt_verify(&device, &intermediate, NULL, NULL, &flags, NULL, NULL);
    conclude(result, "", 3, paths, anchorite_mbedtls_denies);
}
