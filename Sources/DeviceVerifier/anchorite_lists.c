#include "anchorite_lists.h"

#include "anchorite_cbor.h"
#include "anchorite_der.h"

#define MAXIMUM_TEXT_LENGTH 64
#define MAXIMUM_KEY_IDENTIFIER_LENGTH 64
#define MAXIMUM_SERIAL_LENGTH 20
#define MAXIMUM_PATH_LENGTH 255

/* Whether it is UTF-8 (RFC 3629) without control characters. */
static bool is_printable(struct anchorite_bytes text) {
    while (text.length > 0) {
        const uint32_t first = *anchorite_take(&text, 1).data;
        size_t more;
        uint32_t least;
        uint32_t character;
        if (first < 0x80) {
            more = 0, least = 0, character = first;
        } else if (first >= 0xc2 && first < 0xe0) {
            more = 1, least = 0x80, character = first & 0x1f;
        } else if (first >= 0xe0 && first < 0xf0) {
            more = 2, least = 0x800, character = first & 0x0f;
        } else if (first >= 0xf0 && first < 0xf5) {
            more = 3, least = 0x10000, character = first & 0x07;
        } else {
            return false;
        }
        if (text.length < more) {
            return false;
        }
        for (; more > 0; more--) {
            const uint32_t next = *anchorite_take(&text, 1).data;
            if (next >> 6 != 2) {
                return false;
            }
            character = character << 6 | (next & 0x3f);
        }
        const bool is_surrogate = character >= 0xd800 && character < 0xe000;
        const bool is_control = character < 0x20 || (character >= 0x7f && character < 0xa0);
        if (character < least || character > 0x10ffff || is_surrogate || is_control) {
            return false;
        }
    }
    return true;
}

enum anchorite_result anchorite_list_text(struct anchorite_bytes *rest, struct anchorite_bytes *text) {
    ANCHORITE_TRY(anchorite_cbor_string(rest, ANCHORITE_CBOR_TEXT, text));
    const bool is_good = text->length > 0 && text->length <= MAXIMUM_TEXT_LENGTH && is_printable(*text);
    return is_good ? ANCHORITE_OK : ANCHORITE_ERROR_TEXT;
}

static enum anchorite_result read_filled_bytes(struct anchorite_bytes *rest, size_t maximum,
                                               struct anchorite_bytes *content) {
    ANCHORITE_TRY(anchorite_cbor_string(rest, ANCHORITE_CBOR_BYTES, content));
    return content->length > 0 && content->length <= maximum ? ANCHORITE_OK : ANCHORITE_ERROR_VALUE;
}

enum anchorite_result anchorite_list_anchor(struct anchorite_bytes *rest, struct anchorite_anchor *anchor) {
    size_t count;
    uint64_t format;
    ANCHORITE_TRY(anchorite_cbor_count(rest, ANCHORITE_CBOR_ARRAY, &count));
    if (count != 2 && count != 3) {
        return ANCHORITE_ERROR_UNEXPECTED_ITEM;
    }
    ANCHORITE_TRY(anchorite_cbor_head(rest, ANCHORITE_CBOR_UNSIGNED, &format));
    if (format > ANCHORITE_PUBLIC_KEY) {
        return ANCHORITE_ERROR_VALUE;
    }
    anchor->format = (enum anchorite_format)format;
    ANCHORITE_TRY(read_filled_bytes(rest, SIZE_MAX, &anchor->bytes));
    anchor->title = anchorite_bytes_of(NULL, 0);
    return count == 3 ? anchorite_list_text(rest, &anchor->title) : ANCHORITE_OK;
}

enum anchorite_result anchorite_list_certificate(struct anchorite_bytes *rest, struct anchorite_bytes *certificate) {
    return read_filled_bytes(rest, SIZE_MAX, certificate);
}

enum anchorite_result anchorite_list_minimum_crl(struct anchorite_bytes *rest, struct anchorite_numbered *minimum) {
    ANCHORITE_TRY(anchorite_cbor_array(rest, 3));
    ANCHORITE_TRY(read_filled_bytes(rest, MAXIMUM_KEY_IDENTIFIER_LENGTH, &minimum->issuer_key_identifier));
    ANCHORITE_TRY(anchorite_cbor_head(rest, ANCHORITE_CBOR_UNSIGNED, &minimum->number));
    return anchorite_cbor_sha256(rest, &minimum->sha256);
}

enum anchorite_result anchorite_list_denied(struct anchorite_bytes *rest, struct anchorite_bytes *issuer_key_identifier,
                                            struct anchorite_bytes *serial) {
    ANCHORITE_TRY(anchorite_cbor_array(rest, 2));
    ANCHORITE_TRY(read_filled_bytes(rest, MAXIMUM_KEY_IDENTIFIER_LENGTH, issuer_key_identifier));
    ANCHORITE_TRY(read_filled_bytes(rest, MAXIMUM_SERIAL_LENGTH, serial));
    return anchorite_der_is_positive(*serial) ? ANCHORITE_OK : ANCHORITE_ERROR_VALUE;
}

static bool is_plain(uint8_t byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') || byte == '_';
}

/* Parts of letters, digits, '.', '_' and '-' that begin with neither '.' nor '-': within the bundle's folder on every
 * file system. */
static bool is_safe_path(struct anchorite_bytes path) {
    bool begins = true;
    for (size_t index = 0; index < path.length; index++) {
        const uint8_t byte = path.data[index];
        const bool is_allowed = is_plain(byte) || (!begins && (byte == '.' || byte == '-' || byte == '/'));
        if (!is_allowed) {
            return false;
        }
        begins = byte == '/';
    }
    return !begins && path.length <= MAXIMUM_PATH_LENGTH;
}

enum anchorite_result anchorite_list_rendering(struct anchorite_bytes *rest, struct anchorite_bytes *path,
                                               const uint8_t **sha256) {
    ANCHORITE_TRY(anchorite_cbor_array(rest, 2));
    ANCHORITE_TRY(anchorite_cbor_string(rest, ANCHORITE_CBOR_TEXT, path));
    if (!is_safe_path(*path)) {
        return ANCHORITE_ERROR_VALUE;
    }
    return anchorite_cbor_sha256(rest, sha256);
}

/* For the device: the same, off a list that has been checked before. */

static struct anchorite_bytes left_of(const struct anchorite_list *list) {
    return anchorite_bytes_of(list->next, list->length);
}

static bool advance(struct anchorite_list *list, struct anchorite_bytes rest, enum anchorite_result result) {
    list->next = rest.data;
    list->length = rest.length;
    list->count = result == ANCHORITE_OK ? list->count - 1 : 0;
    return result == ANCHORITE_OK;
}

struct anchorite_list anchorite_anchor_list(const struct anchorite_anchor *anchors, size_t count) {
    const struct anchorite_list list = {NULL, 0, count, anchors};
    return list;
}

bool anchorite_next_anchor(struct anchorite_list *anchors, struct anchorite_anchor *anchor) {
    if (anchors->count == 0) {
        return false;
    }
    if (anchors->array != NULL) {
        *anchor = *anchors->array;
        anchors->array++;
        anchors->count--;
        return true;
    }
    struct anchorite_bytes rest = left_of(anchors);
    const enum anchorite_result result = anchorite_list_anchor(&rest, anchor);
    return advance(anchors, rest, result);
}

bool anchorite_next_intermediate(struct anchorite_list *intermediates, struct anchorite_bytes *certificate) {
    if (intermediates->count == 0) {
        return false;
    }
    struct anchorite_bytes rest = left_of(intermediates);
    const enum anchorite_result result = anchorite_list_certificate(&rest, certificate);
    return advance(intermediates, rest, result);
}

bool anchorite_next_denied(struct anchorite_list *denied, struct anchorite_bytes *issuer_key_identifier,
                           struct anchorite_bytes *serial) {
    if (denied->count == 0) {
        return false;
    }
    struct anchorite_bytes rest = left_of(denied);
    const enum anchorite_result result = anchorite_list_denied(&rest, issuer_key_identifier, serial);
    return advance(denied, rest, result);
}

bool anchorite_next_minimum_crl(struct anchorite_list *minimum_crls, struct anchorite_bytes *issuer_key_identifier,
                                uint64_t *number, const uint8_t **sha256) {
    if (minimum_crls->count == 0) {
        return false;
    }
    struct anchorite_numbered minimum;
    struct anchorite_bytes rest = left_of(minimum_crls);
    const enum anchorite_result result = anchorite_list_minimum_crl(&rest, &minimum);
    if (!advance(minimum_crls, rest, result)) {
        return false;
    }
    *issuer_key_identifier = minimum.issuer_key_identifier;
    *number = minimum.number;
    *sha256 = minimum.sha256;
    return true;
}

bool anchorite_next_rendering(struct anchorite_list *renderings, struct anchorite_bytes *path, const uint8_t **sha256) {
    if (renderings->count == 0) {
        return false;
    }
    struct anchorite_bytes rest = left_of(renderings);
    const enum anchorite_result result = anchorite_list_rendering(&rest, path, sha256);
    return advance(renderings, rest, result);
}

static struct anchorite_bytes without_zeros(struct anchorite_bytes number) {
    while (number.length > 0 && *number.data == 0) {
        (void)anchorite_take(&number, 1);
    }
    return number;
}

bool anchorite_is_denied(const struct anchorite_list *denied, struct anchorite_bytes issuer_key_identifier,
                         struct anchorite_bytes serial) {
    struct anchorite_list left = *denied;
    struct anchorite_bytes issuer;
    struct anchorite_bytes number;
    serial = without_zeros(serial);
    while (anchorite_next_denied(&left, &issuer, &number)) {
        if ((issuer_key_identifier.length == 0 || anchorite_equal(issuer, issuer_key_identifier)) &&
            anchorite_equal(without_zeros(number), serial)) {
            return true;
        }
    }
    return false;
}

uint64_t anchorite_minimum_crl_number(const struct anchorite_list *minimum_crls,
                                      struct anchorite_bytes issuer_key_identifier) {
    struct anchorite_list left = *minimum_crls;
    struct anchorite_bytes issuer;
    uint64_t number;
    const uint8_t *sha256;
    uint64_t least = 0;
    while (anchorite_next_minimum_crl(&left, &issuer, &number, &sha256)) {
        if (anchorite_equal(issuer, issuer_key_identifier) && number > least) {
            least = number;
        }
    }
    return least;
}
