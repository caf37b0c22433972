/* The part of the examples that is the same for every library: where a device keeps what it knows, and how an update
 * comes about. Files stand for flash and for the monotonic counter. */
#ifndef EXAMPLE_DEVICE_H
#define EXAMPLE_DEVICE_H

#include "anchorite_device.h"

/* The largest payload that this device has room for. */
#define DEVICE_PAYLOAD_SIZE 16384

struct device {
    const struct anchorite_crypto *crypto;
    const char *folder;                   /* stands for the flash */
    struct anchorite_state state;         /* points into `payload`, or into what was compiled in */
    uint8_t payload[DEVICE_PAYLOAD_SIZE]; /* what was accepted last */
};

/* What the firmware is built with: its store, its environment and the anchor it leaves the factory with. */
struct factory {
    const char *store_id;
    const char *environment;
    struct anchorite_anchor anchor;
};

/* At start: from flash and counter, or from the factory's settings when nothing was ever stored. */
enum anchorite_result device_start(struct device *device, const struct factory *factory,
                                   const struct anchorite_crypto *crypto, const char *folder);

/* When a bundle came in: verifies it, stores its payload and advances the counter. */
enum anchorite_result device_update(struct device *device, const uint8_t *bundle, size_t length);

/* A library's own store for anchors takes each; false when it cannot. */
typedef bool (*anchor_loader)(const struct anchorite_anchor *anchor, void *context);

/* What every example does: `program folder factory-anchor.der store environment [bundle]`. Gives each anchor to
 * `load`, and prints what happened. The process's exit status: 0, 1 for a refused bundle, 2 for anything else. */
int example_main(int count, char **arguments, const struct anchorite_crypto *crypto, anchor_loader load, void *context);

#endif
