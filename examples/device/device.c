#include "device.h"

#include "files.h"

#include <stdio.h>
#include <string.h>

/* A whole payload has its own digest behind it. */
static void read_slot(struct device *device, size_t index) {
    struct device_slot *const slot = &device->slots[index];
    const long length = read_file(device->folder, index == 0 ? "slot.0" : "slot.1", slot->bytes, sizeof slot->bytes);
    uint8_t digest[ANCHORITE_SHA256_LENGTH];
    slot->length = 0;
    if (length > ANCHORITE_SHA256_LENGTH) {
        const struct anchorite_bytes payload = {slot->bytes, (size_t)length - ANCHORITE_SHA256_LENGTH};
        if (device->crypto->hash(device->crypto->context, ANCHORITE_SHA256, &payload, 1, digest) &&
            memcmp(digest, slot->bytes + payload.length, sizeof digest) == 0) {
            slot->length = payload.length;
        }
    }
}

static enum anchorite_result load(const struct device *device, uint64_t counter, struct anchorite_bytes payload,
                                  struct anchorite_state *state) {
    return anchorite_state_load(device->crypto, device->factory->store_id, device->factory->environment, counter,
                                payload.data, payload.length, state);
}

static struct anchorite_bytes slot_payload(const struct device *device, size_t index) {
    const struct anchorite_bytes payload = {device->slots[index].bytes, device->slots[index].length};
    return payload;
}

/* Writes the slot that is not in use, and takes it into use when what is read back is what was to be written. */
static bool store(struct device *device, struct anchorite_bytes payload) {
    const size_t other = 1 - device->active;
    uint8_t *const bytes = device->slots[other].bytes;
    uint8_t digest[ANCHORITE_SHA256_LENGTH];
    if (!device->crypto->hash(device->crypto->context, ANCHORITE_SHA256, &payload, 1, digest)) {
        return false;
    }
    memcpy(bytes, payload.data, payload.length);
    memcpy(bytes + payload.length, digest, sizeof digest);
    if (!write_file(device->folder, other == 0 ? "slot.0" : "slot.1", bytes, payload.length + sizeof digest)) {
        return false;
    }
    read_slot(device, other);
    if (device->slots[other].length != payload.length ||
        memcmp(device->slots[other].bytes + payload.length, digest, sizeof digest) != 0) {
        return false;
    }
    device->active = other;
    return true;
}

/* Stores a payload that has been judged, and lives by it from here on. First the payload, then the counter: the other
 * way round a failing power supply would leave a device that refuses its own memory. */
static enum device_result take(struct device *device, struct anchorite_bytes payload) {
    if (payload.length > DEVICE_PAYLOAD_SIZE) {
        return DEVICE_TOO_LARGE;
    }
    if (!store(device, payload)) {
        return DEVICE_NOT_STORED;
    }
    device->reason = load(device, 0, slot_payload(device, device->active), &device->state);
    if (device->reason != ANCHORITE_OK) {
        return DEVICE_STATE_REFUSED;
    }
    return advance_counter(device->folder, device->state.sequence) ? DEVICE_OK : DEVICE_NOT_COUNTED;
}

/* The newer of two slots, of which one may have been cut off while it was written. */
static void read_flash(struct device *device, uint64_t counter) {
    for (size_t index = 0; index < 2; index++) {
        struct anchorite_state state;
        read_slot(device, index);
        if (device->slots[index].length == 0) {
            continue;
        }
        const enum anchorite_result result = load(device, counter, slot_payload(device, index), &state);
        if (result == ANCHORITE_OK && state.sequence > device->state.sequence) {
            device->state = state;
            device->active = index;
        } else if (result != ANCHORITE_OK) {
            device->reason = result;
        }
    }
}

enum device_result device_start(struct device *device, const struct factory *factory,
                                const struct anchorite_crypto *crypto, const char *folder) {
    uint64_t counter;
    memset(device, 0, sizeof *device);
    device->crypto = crypto;
    device->factory = factory;
    device->folder = folder;
    if (!read_counter(folder, &counter)) {
        return DEVICE_NO_COUNTER;
    }
    read_flash(device, counter);
    /* Another image's payload is not replaced in silence: whoever makes a production device of one of development erases
     * its flash. */
    if (device->state.sequence == 0 && device->reason != ANCHORITE_OK &&
        device->reason != ANCHORITE_ERROR_STATE_ROLLED_BACK) {
        return DEVICE_STATE_REFUSED;
    }
    if (factory->payload.length > 0) {
        struct anchorite_state built_in;
        const enum anchorite_result result = load(device, counter, factory->payload, &built_in);
        if (result == ANCHORITE_OK && built_in.sequence > device->state.sequence) {
            return take(device, factory->payload);
        }
        if (result != ANCHORITE_OK && result != ANCHORITE_ERROR_STATE_ROLLED_BACK) {
            device->reason = result; /* the image is built wrongly */
            return DEVICE_STATE_REFUSED;
        }
    }
    if (device->state.sequence > 0) {
        device->reason = ANCHORITE_OK;
        /* The power may have failed between the two writes. */
        return advance_counter(folder, device->state.sequence) ? DEVICE_OK : DEVICE_NOT_COUNTED;
    }
    /* Nothing is left, although the counter says that there was something: somebody has put the flash back or erased
     * it. */
    if (counter > 0) {
        device->reason = ANCHORITE_ERROR_STATE_ROLLED_BACK;
        return DEVICE_STATE_REFUSED;
    }
    device->state.store_id = factory->store_id;
    device->state.environment = factory->environment;
    device->state.threshold = 1;
    device->state.anchors = anchorite_anchor_list(&factory->anchor, 1);
    return DEVICE_OK;
}

enum device_result device_update(struct device *device, const uint8_t *bundle, size_t length, uint64_t now) {
    struct anchorite_bundle read;
    device->reason = anchorite_verify(device->crypto, &device->state, now, bundle, length, &read);
    if (device->reason != ANCHORITE_OK) {
        return DEVICE_REFUSED;
    }
    if (read.follows_another) {
        printf("note: this bundle does not follow the one before\n");
    }
    return take(device, read.contents.payload);
}

/* Whether a bundle may be refused only because this device has not seen the ones before it. */
static bool is_from_strangers(enum anchorite_result reason) {
    return reason == ANCHORITE_ERROR_SIGNER_UNTRUSTED || reason == ANCHORITE_ERROR_THRESHOLD_CURRENT;
}

/* The first bundle above the stored one that is taken. Numbers may be missing. */
static enum device_result step(struct device *device, bundle_fetcher fetch, void *context, uint64_t now,
                               unsigned *fetches) {
    for (uint64_t sequence = device->state.sequence + 1; *fetches < DEVICE_FETCH_LIMIT; sequence++) {
        const uint8_t *bundle;
        const size_t length = fetch(context, sequence, &bundle);
        ++*fetches;
        const enum device_result result = length == 0 ? DEVICE_REFUSED : device_update(device, bundle, length, now);
        if (result != DEVICE_REFUSED) {
            return result;
        }
    }
    return DEVICE_REFUSED;
}

enum device_result device_catch_up(struct device *device, bundle_fetcher fetch, void *context, uint64_t now) {
    for (unsigned fetches = 0;;) {
        const uint8_t *bundle;
        const size_t length = fetch(context, 0, &bundle);
        if (length == 0) {
            return DEVICE_NO_BUNDLE;
        }
        enum device_result result = device_update(device, bundle, length, now);
        if (result == DEVICE_REFUSED && device->reason == ANCHORITE_ERROR_SEQUENCE) {
            return DEVICE_OK; /* nothing newer */
        }
        const enum anchorite_result reason = device->reason;
        if (result != DEVICE_REFUSED || !is_from_strangers(reason)) {
            return result;
        }
        result = step(device, fetch, context, now, &fetches);
        if (result != DEVICE_OK) {
            device->reason = result == DEVICE_REFUSED ? reason : device->reason;
            return result;
        }
    }
}
