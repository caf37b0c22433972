#include "device.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATH_SIZE 512

static const char *path_in(char path[PATH_SIZE], const char *folder, const char *name) {
    (void)snprintf(path, PATH_SIZE, "%s/%s", folder, name);
    return path;
}

/* The length of a file's content, or −1. */
static long read_file(const char *path, uint8_t *buffer, size_t size) {
    FILE *const file = fopen(path, "rb");
    if (file == NULL) {
        return -1;
    }
    const size_t length = fread(buffer, 1, size, file);
    const bool is_whole = ferror(file) == 0 && fgetc(file) == EOF;
    (void)fclose(file);
    return is_whole ? (long)length : -1;
}

/* All of it or nothing, also when the power fails: written beside, flushed, renamed, and the folder flushed. On flash:
 * write to the slot that is not in use, read it back, and switch over with the last word that is written. */
static bool write_file(const char *folder, const char *name, const uint8_t *bytes, size_t length) {
    char beside[PATH_SIZE];
    char path[PATH_SIZE];
    FILE *const file = fopen(path_in(beside, folder, "new"), "wb");
    if (file == NULL) {
        return false;
    }
    bool is_good = fwrite(bytes, 1, length, file) == length && fflush(file) == 0 && fsync(fileno(file)) == 0;
    is_good = fclose(file) == 0 && is_good;
    const int directory = open(folder, O_RDONLY);
    is_good = is_good && directory >= 0 && rename(beside, path_in(path, folder, name)) == 0 && fsync(directory) == 0;
    if (directory >= 0) {
        (void)close(directory);
    }
    return is_good;
}

/* Stands for the monotonic counter: on a device a secure element's, RPMB, or fuses. */
static uint64_t read_counter(const char *folder) {
    char path[PATH_SIZE];
    char text[32] = {0};
    return read_file(path_in(path, folder, "counter"), (uint8_t *)text, sizeof text - 1) > 0 ? strtoull(text, NULL, 10)
                                                                                           : 0;
}

static bool advance_counter(const char *folder, uint64_t value) {
    char text[32];
    const int length = snprintf(text, sizeof text, "%llu\n", (unsigned long long)value);
    return read_counter(folder) >= value || write_file(folder, "counter", (const uint8_t *)text, (size_t)length);
}

static struct anchorite_bytes text_bytes(const char *text) {
    const struct anchorite_bytes bytes = {(const uint8_t *)text, strlen(text)};
    return bytes;
}

enum anchorite_result device_start(struct device *device, const struct factory *factory,
                                   const struct anchorite_crypto *crypto, const char *folder) {
    char path[PATH_SIZE];
    device->crypto = crypto;
    device->folder = folder;
    memset(&device->state, 0, sizeof device->state);
    const uint64_t counter = read_counter(folder);
    const long length = read_file(path_in(path, folder, "payload"), device->payload, sizeof device->payload);
    if (length >= 0) {
        const enum anchorite_result result =
            anchorite_state_load(crypto, device->payload, (size_t)length, counter, &device->state);
        /* The power may have failed between the two writes. */
        if (result == ANCHORITE_OK && !advance_counter(folder, device->state.sequence)) {
            return ANCHORITE_ERROR_STATE_ROLLED_BACK;
        }
        return result;
    }
    /* No payload, although the counter says that there was one: somebody has erased the flash. */
    if (counter > 0) {
        return ANCHORITE_ERROR_STATE_ROLLED_BACK;
    }
    device->state.store_id = text_bytes(factory->store_id);
    device->state.environment = text_bytes(factory->environment);
    device->state.threshold = 1;
    device->state.anchors = anchorite_anchor_list(&factory->anchor, 1);
    return ANCHORITE_OK;
}

enum anchorite_result device_update(struct device *device, const uint8_t *bundle, size_t length) {
    struct anchorite_bundle read;
    const enum anchorite_result result = anchorite_verify(device->crypto, &device->state, 0, bundle, length, &read);
    if (result != ANCHORITE_OK) {
        return result;
    }
    if (read.follows_another) {
        printf("note: this bundle does not follow the one before\n");
    }
    const struct anchorite_bytes payload = read.contents.payload;
    /* First the payload, then the counter: the other way round a failing power supply would leave a device that refuses
     * its own memory. */
    if (payload.length > sizeof device->payload ||
        !write_file(device->folder, "payload", payload.data, payload.length) ||
        !advance_counter(device->folder, read.contents.sequence)) {
        return ANCHORITE_ERROR_STATE_ROLLED_BACK;
    }
    memcpy(device->payload, payload.data, payload.length);
    return anchorite_state_load(device->crypto, device->payload, payload.length, read.contents.sequence,
                                &device->state);
}

static void print_anchors(const struct anchorite_state *state, anchor_loader load, void *context) {
    struct anchorite_list anchors = state->anchors;
    struct anchorite_anchor anchor;
    printf("sequence %llu, threshold %u\n", (unsigned long long)state->sequence, (unsigned)state->threshold);
    while (anchorite_next_anchor(&anchors, &anchor)) {
        printf("anchor: %.*s, %zu bytes, %s\n", (int)anchor.title.length, (const char *)anchor.title.data,
               anchor.bytes.length, load(&anchor, context) ? "loaded" : "NOT LOADED");
    }
    struct anchorite_list denied = state->denied;
    struct anchorite_bytes issuer;
    struct anchorite_bytes serial;
    while (anchorite_next_denied(&denied, &issuer, &serial)) {
        printf("denied: ");
        for (size_t index = 0; index < serial.length; index++) {
            printf("%02x", serial.data[index]);
        }
        printf(", %s\n", anchorite_is_denied(&state->denied, issuer, serial) ? "refused" : "NOT REFUSED");
    }
}

int example_main(int count, char **arguments, const struct anchorite_crypto *crypto, anchor_loader load,
                 void *context) {
    static struct device device;
    static uint8_t anchor[4096];
    static uint8_t bundle[65536];
    if (count != 5 && count != 6) {
        (void)fprintf(stderr, "usage: %s folder factory-anchor.der store environment [bundle]\n", arguments[0]);
        return 2;
    }
    const long anchor_length = read_file(arguments[2], anchor, sizeof anchor);
    if (anchor_length < 0) {
        (void)fprintf(stderr, "the factory's anchor cannot be read\n");
        return 2;
    }
    const struct factory factory = {
        arguments[3], arguments[4], {ANCHORITE_CERTIFICATE, {anchor, (size_t)anchor_length}, {NULL, 0}}};
    enum anchorite_result result = device_start(&device, &factory, crypto, arguments[1]);
    if (result != ANCHORITE_OK) {
        printf("no state: %s\n", anchorite_result_sentence(result));
        return 2;
    }
    if (count == 6) {
        const long length = read_file(arguments[5], bundle, sizeof bundle);
        if (length < 0) {
            (void)fprintf(stderr, "the bundle cannot be read\n");
            return 2;
        }
        result = device_update(&device, bundle, (size_t)length);
        printf("%s: %s (%s)\n", result == ANCHORITE_OK ? "accepted" : "refused", anchorite_result_sentence(result),
               anchorite_result_name(result));
    }
    print_anchors(&device.state, load, context);
    return result == ANCHORITE_OK ? 0 : 1;
}
