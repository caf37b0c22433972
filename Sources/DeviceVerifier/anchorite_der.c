#include "anchorite_der.h"

bool anchorite_der_next_is(const struct anchorite_bytes *rest, uint8_t tag) {
    return rest->length > 0 && rest->data[0] == tag;
}

/* Tag, length and content of the next element. */
static bool read_element(struct anchorite_bytes *rest, struct anchorite_bytes *whole, struct anchorite_bytes *content) {
    const struct anchorite_bytes start = *rest;
    if (rest->length < 2) {
        return false;
    }
    const uint8_t tag = rest->data[0];
    /* Neither the end-of-contents mark nor tag numbers above 30 occur. */
    if (tag == 0 || (tag & 0x1f) == 0x1f) {
        return false;
    }
    size_t length = rest->data[1];
    (void)anchorite_take(rest, 2);
    if (length >= 0x80) {
        const size_t count = length & 0x7f;
        /* 0 would be the indefinite length. */
        if (count == 0 || count > 4 || count > rest->length) {
            return false;
        }
        const struct anchorite_bytes encoded = anchorite_take(rest, count);
        uint32_t value = 0;
        for (size_t index = 0; index < count; index++) {
            value = value << 8 | encoded.data[index];
        }
        if (value < 0x80 || encoded.data[0] == 0) {
            return false;
        }
        length = value;
    }
    if (length > rest->length) {
        return false;
    }
    *content = anchorite_take(rest, length);
    *whole = anchorite_bytes_of(start.data, start.length - rest->length);
    return true;
}

bool anchorite_der_any(struct anchorite_bytes *rest, struct anchorite_bytes *whole) {
    struct anchorite_bytes content;
    return read_element(rest, whole, &content);
}

bool anchorite_der_read_whole(struct anchorite_bytes *rest, uint8_t tag, struct anchorite_bytes *whole,
                              struct anchorite_bytes *content) {
    return anchorite_der_next_is(rest, tag) && read_element(rest, whole, content);
}

bool anchorite_der_read(struct anchorite_bytes *rest, uint8_t tag, struct anchorite_bytes *content) {
    struct anchorite_bytes whole;
    return anchorite_der_read_whole(rest, tag, &whole, content);
}

bool anchorite_der_only(struct anchorite_bytes whole, uint8_t tag, struct anchorite_bytes *content) {
    return anchorite_der_read(&whole, tag, content) && whole.length == 0;
}

bool anchorite_der_is_positive(struct anchorite_bytes content) {
    if (content.length == 0 || content.data[0] >= 0x80) {
        return false;
    }
    return content.data[0] > 0 || (content.length > 1 && content.data[1] >= 0x80);
}

bool anchorite_der_positive(struct anchorite_bytes *rest, struct anchorite_bytes *content) {
    return anchorite_der_read(rest, ANCHORITE_DER_INTEGER, content) && anchorite_der_is_positive(*content);
}

bool anchorite_der_object_identifier(struct anchorite_bytes *rest, struct anchorite_bytes *content) {
    if (!anchorite_der_read(rest, ANCHORITE_DER_OBJECT_IDENTIFIER, content) || content->length == 0) {
        return false;
    }
    bool begins = true;
    for (size_t index = 0; index < content->length; index++) {
        /* A component must not begin with zeros. */
        if (begins && content->data[index] == 0x80) {
            return false;
        }
        begins = content->data[index] < 0x80;
    }
    return begins;
}

bool anchorite_der_bit_string(struct anchorite_bytes *rest, struct anchorite_bytes *content) {
    if (!anchorite_der_read(rest, ANCHORITE_DER_BIT_STRING, content) || content->length == 0 || content->data[0] != 0) {
        return false;
    }
    (void)anchorite_take(content, 1);
    return true;
}

bool anchorite_der_default_false(struct anchorite_bytes *rest, bool *value) {
    *value = anchorite_der_next_is(rest, ANCHORITE_DER_BOOLEAN);
    if (!*value) {
        return true;
    }
    struct anchorite_bytes content;
    return anchorite_der_read(rest, ANCHORITE_DER_BOOLEAN, &content) && content.length == 1 && content.data[0] == 0xff;
}

/* The pairs of digits in a time, and the last value that each may have. A UTCTime has no century. */
enum { CENTURY, YEAR, MONTH, DAY, HOUR, MINUTE, SECOND, PAIR_COUNT };
static const uint8_t last_values[PAIR_COUNT] = {99, 99, 12, 31, 23, 59, 59};

/* Pairs of decimal digits, from `first` on. */
static bool read_pairs(const uint8_t *digits, size_t first, uint32_t pairs[PAIR_COUNT]) {
    for (size_t index = first; index < PAIR_COUNT; index++, digits += 2) {
        const uint32_t tens = (uint32_t)digits[0] - '0';
        const uint32_t ones = (uint32_t)digits[1] - '0';
        pairs[index] = tens * 10 + ones;
        if (tens > 9 || ones > 9 || pairs[index] > last_values[index]) {
            return false;
        }
    }
    return pairs[MONTH] > 0 && pairs[DAY] > 0;
}

bool anchorite_der_time(struct anchorite_bytes *rest, int64_t *seconds) {
    static const uint8_t month_lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool is_utc = anchorite_der_next_is(rest, ANCHORITE_DER_UTC_TIME);
    uint32_t pairs[PAIR_COUNT];
    struct anchorite_bytes text;
    if (!anchorite_der_read(rest, is_utc ? ANCHORITE_DER_UTC_TIME : ANCHORITE_DER_GENERALIZED_TIME, &text) ||
        text.length != (is_utc ? 13u : 15u) || text.data[text.length - 1] != 'Z' ||
        !read_pairs(text.data, is_utc ? YEAR : CENTURY, pairs)) {
        return false;
    }
    if (is_utc) {
        pairs[CENTURY] = pairs[YEAR] >= 50 ? 19 : 20;
    }
    const uint32_t year = pairs[CENTURY] * 100 + pairs[YEAR];
    const uint32_t month = pairs[MONTH];
    const bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    if (is_utc != (year < 2050) || pairs[DAY] > month_lengths[month - 1] + (uint32_t)(is_leap && month == 2)) {
        return false;
    }
    /* Days since 0000-03-01, counting years from March, so that the leap day is the last of its year. */
    const uint32_t shifted_year = month <= 2 ? year - 1 : year;
    const uint32_t shifted_month = month <= 2 ? month + 9 : month - 3;
    const uint32_t days = shifted_year * 365 + shifted_year / 4 - shifted_year / 100 + shifted_year / 400 +
                          (153 * shifted_month + 2) / 5 + pairs[DAY] - 1;
    *seconds = ((int64_t)days - 719468) * 86400 +
               (int64_t)(pairs[HOUR] * 3600 + pairs[MINUTE] * 60 + pairs[SECOND]);
    return true;
}
