/* The command line of the examples. */
#include "device.h"
#include "files.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define FILE_SIZE 65536
#define MAXIMUM_FILES 8

static struct anchorite_bytes text_bytes(const char *text) {
    const struct anchorite_bytes bytes = {(const uint8_t *)text, strlen(text)};
    return bytes;
}

/* Certificate or bundle: the first is a SEQUENCE, the second a CBOR tag. */
static bool read_factory(const char *path, struct factory *factory) {
    static uint8_t file[FILE_SIZE];
    static struct anchorite_bundle bundle;
    const long length = read_file(NULL, path, file, sizeof file);
    if (length <= 0) {
        return false;
    }
    if (file[0] == 0x30) {
        factory->anchor.format = ANCHORITE_CERTIFICATE;
        factory->anchor.bytes.data = file;
        factory->anchor.bytes.length = (size_t)length;
        return true;
    }
    if (anchorite_read(file, (size_t)length, &bundle) != ANCHORITE_OK) {
        return false;
    }
    factory->payload = bundle.contents.payload;
    return true;
}

/* Stands for an HTTP request to the publication. */
static size_t fetch(void *context, uint64_t sequence, const uint8_t **bundle) {
    static uint8_t file[FILE_SIZE];
    char name[40] = "latest/bundle.cose";
    if (sequence > 0) {
        (void)snprintf(name, sizeof name, "%llu/bundle.cose", (unsigned long long)sequence);
    }
    const long length = read_file(context, name, file, sizeof file);
    *bundle = file;
    return length > 0 ? (size_t)length : 0;
}

static const char *sentence(enum device_result result, enum anchorite_result reason) {
    switch (result) {
    case DEVICE_OK:
        return "";
    case DEVICE_REFUSED:
    case DEVICE_STATE_REFUSED:
        return anchorite_result_sentence(reason);
    case DEVICE_TOO_LARGE:
        return "The payload is larger than this device has room for.";
    case DEVICE_NOT_STORED:
        return "The flash could not be written.";
    case DEVICE_NOT_COUNTED:
        return "The counter could not be advanced, and stays behind.";
    case DEVICE_NO_COUNTER:
        return "The counter cannot be read.";
    case DEVICE_NO_BUNDLE:
        return "There is no bundle.";
    }
    return "";
}

static enum device_result update(struct device *device, char *path) {
    static uint8_t file[FILE_SIZE];
    struct stat status;
    /* No clock: a device that has one which can be trusted gives the time in place of 0. */
    if (stat(path, &status) == 0 && S_ISDIR(status.st_mode)) {
        return device_catch_up(device, fetch, path, 0);
    }
    const long length = read_file(NULL, path, file, sizeof file);
    return length < 0 ? DEVICE_NO_BUNDLE : device_update(device, file, (size_t)length, 0);
}

static void print_state(const struct anchorite_state *state, const struct library *library) {
    struct anchorite_list anchors = state->anchors;
    struct anchorite_anchor anchor;
    printf("sequence %llu, threshold %u\n", (unsigned long long)state->sequence, (unsigned)state->threshold);
    while (anchorite_next_anchor(&anchors, &anchor)) {
        printf("anchor: %.*s, %zu bytes, %s\n", (int)anchor.title.length, (const char *)anchor.title.data,
               anchor.bytes.length, library->load(library->context, &anchor) ? "loaded" : "NOT LOADED");
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

/* The chain of a TLS peer, with the CRLs that the device has fetched. One that is too old may hide a revocation: ask for
 * another. Without any, the device goes by its deny list alone. */
static bool judge(const struct device *device, const struct library *library, int count, char **paths) {
    static uint8_t files[MAXIMUM_FILES][FILE_SIZE];
    struct anchorite_bytes chain[2];
    struct anchorite_bytes crls[MAXIMUM_FILES];
    size_t crl_count = 0;
    for (int index = 0; index < count && index < MAXIMUM_FILES; index++) {
        const long length = read_file(NULL, paths[index], files[index], FILE_SIZE);
        const struct anchorite_bytes file = {files[index], length < 0 ? 0 : (size_t)length};
        if (index < 2) {
            chain[index] = file;
        } else if (anchorite_crl_is_current(&device->state.minimum_crls, file)) {
            crls[crl_count++] = file;
        } else {
            printf("%s: the CRL is older than the bundle demands\n", paths[index]);
            return false;
        }
    }
    return library->judge(library->context, device, chain, crls, crl_count);
}

int example_main(int count, char **arguments, const struct library *library) {
    static struct device device;
    static struct factory factory;
    if (count < 5) {
        (void)fprintf(stderr,
                      "usage: %s folder factory store environment [bundle.cose | bundles/]\n"
                      "       %s folder factory store environment intermediate.cer device.cer [crl...]\n"
                      "factory is an anchor or a bundle; store and environment are as `anchorite bundle inspect` shows "
                      "them\n",
                      arguments[0], arguments[0]);
        return 2;
    }
    factory.store_id = text_bytes(arguments[3]);
    factory.environment = text_bytes(arguments[4]);
    if (!read_factory(arguments[2], &factory)) {
        (void)fprintf(stderr, "the factory's anchor or bundle cannot be read\n");
        return 2;
    }
    enum device_result result = device_start(&device, &factory, library->crypto, arguments[1]);
    if (result != DEVICE_OK && result != DEVICE_NOT_COUNTED) {
        printf("no state: %s (%s)\n", sentence(result, device.reason), anchorite_result_name(device.reason));
        return 2;
    }
    if (result == DEVICE_NOT_COUNTED) {
        printf("note: %s\n", sentence(result, device.reason));
    }
    if (count == 6) {
        result = update(&device, arguments[5]);
        if (result == DEVICE_OK) {
            printf("accepted\n");
        } else if (result == DEVICE_REFUSED) {
            printf("refused: %s (%s)\n", sentence(result, device.reason), anchorite_result_name(device.reason));
        } else {
            printf("failed: %s\n", sentence(result, device.reason));
        }
    }
    print_state(&device.state, library);
    bool is_good = result != DEVICE_REFUSED;
    if (count > 6) {
        is_good = judge(&device, library, count - 5, arguments + 5);
        printf("chain: %s\n", is_good ? "accepted" : "refused");
    }
    return !is_good ? 1 : result == DEVICE_OK ? 0 : 2;
}
