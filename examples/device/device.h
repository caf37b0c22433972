/* The part of the examples that is the same for every library: where a device keeps what it knows, how it starts, and how
 * updates come about. Files stand for flash and for the monotonic counter. */
#ifndef EXAMPLE_DEVICE_H
#define EXAMPLE_DEVICE_H

#include "anchorite_device.h"

/* The largest payload that this device has room for. */
#ifndef DEVICE_PAYLOAD_SIZE
#define DEVICE_PAYLOAD_SIZE 16384
#endif
/* How many bundles one visit to the server may fetch. */
#define DEVICE_FETCH_LIMIT 64

enum device_result {
    DEVICE_OK,
    DEVICE_REFUSED,       /* the verifier refuses the bundle, device.reason says why; nothing is changed */
    DEVICE_TOO_LARGE,     /* there is no room for the payload; nothing is changed */
    DEVICE_NOT_STORED,    /* the flash failed; nothing is changed */
    DEVICE_NOT_COUNTED,   /* stored and in force, but the counter stays behind: the next start tries again */
    DEVICE_NO_COUNTER,    /* the counter cannot be read: do not start */
    DEVICE_STATE_REFUSED, /* what is stored is refused, device.reason says why: do not start */
    DEVICE_NO_BUNDLE      /* the server has none */
};

/* What the image is built with. It leaves the factory with an anchor, or with a bundle of which only the payload is
 * looked at: what the image's own signature covers needs no other. */
struct factory {
    struct anchorite_bytes store_id;
    struct anchorite_bytes environment;
    struct anchorite_anchor anchor;
    struct anchorite_bytes payload; /* length 0 when there is none */
};

/* A payload and, behind it, its SHA-256: what was not written to its end is told from what was. */
struct device_slot {
    uint8_t bytes[DEVICE_PAYLOAD_SIZE + ANCHORITE_SHA256_LENGTH];
    size_t length; /* of the payload; 0 when the slot is empty or not whole */
};

struct device {
    const struct anchorite_crypto *crypto;
    const struct factory *factory;
    const char *folder;           /* stands for flash and counter */
    struct anchorite_state state; /* points into a slot, or into what was compiled in */
    struct device_slot slots[2];  /* stand for flash that is mapped into memory */
    size_t active;                /* the slot of the state; the next payload goes into the other */
    enum anchorite_result reason; /* why the verifier refused, last */
};

/* At start: from flash and counter, or from the image where nothing was ever stored or where the image is newer. */
enum device_result device_start(struct device *device, const struct factory *factory,
                                const struct anchorite_crypto *crypto, const char *folder);

/* When a bundle came in: verifies it, stores its payload and advances the counter. `now`: seconds since 1970 of a clock
 * that can be trusted, or 0. */
enum device_result device_update(struct device *device, const uint8_t *bundle, size_t length, uint64_t now);

/* Gets the bundle with a sequence, or the latest for 0. Its length; 0 when there is none. The bytes stay until the next
 * call. */
typedef size_t (*bundle_fetcher)(void *context, uint64_t sequence, const uint8_t **bundle);

/* From time to time: takes the latest bundle, over those between where the roots have changed since. DEVICE_OK too when
 * there is nothing newer. */
enum device_result device_catch_up(struct device *device, bundle_fetcher fetch, void *context, uint64_t now);

/* A library's part. */
struct library {
    const struct anchorite_crypto *crypto;
    void *context;
    /* Takes an anchor into the library's own store; false when it cannot. */
    bool (*load)(void *context, const struct anchorite_anchor *anchor);
    /* Whether a TLS peer with this chain (the intermediate, then the device's certificate) would be accepted. The CRLs
     * are current already. */
    bool (*judge)(void *context, const struct device *device, const struct anchorite_bytes chain[2],
                  const struct anchorite_bytes *crls, size_t crl_count);
};

/* What every example does:
 *
 *     program folder factory store environment [bundle.cose | bundles/]
 *     program folder factory store environment intermediate.cer device.cer [crl...]
 *
 * `factory` is an anchor or a bundle. A folder of bundles is what a server has at bundles/: latest/bundle.cose,
 * 7/bundle.cose. Gives each anchor to the library, judges the chain, and prints what happened. The process's exit status:
 * 0, 1 for a refused bundle or chain, 2 for anything else. */
int example_main(int count, char **arguments, const struct library *library);

#endif
