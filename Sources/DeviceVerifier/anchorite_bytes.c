#include "anchorite_bytes.h"

bool anchorite_same(const uint8_t *left, const uint8_t *right, size_t length) {
    for (size_t index = 0; index < length; index++) {
        if (left[index] != right[index]) {
            return false;
        }
    }
    return true;
}

bool anchorite_equal(struct anchorite_bytes left, struct anchorite_bytes right) {
    return left.length == right.length && anchorite_same(left.data, right.data, left.length);
}
