/* SHA-1 (FIPS 180-4), for key identifiers only: X.509 names keys by it, and nothing relies on it. Here and not in the
 * hook, since many devices have left it out of their libraries. */
#include "anchorite_certificate.h"

static uint32_t rotate(uint32_t word, unsigned count) { return word << count | word >> (32 - count); }

static void add_block(uint32_t state[5], uint32_t words[16]) {
    uint32_t a = state[0];
    uint32_t b = state[1];
    uint32_t c = state[2];
    uint32_t d = state[3];
    uint32_t e = state[4];
    for (unsigned round = 0; round < 80; round++) {
        if (round >= 16) {
            words[round % 16] = rotate(
                words[(round + 13) % 16] ^ words[(round + 8) % 16] ^ words[(round + 2) % 16] ^ words[round % 16], 1);
        }
        uint32_t mixed;
        if (round < 20) {
            mixed = (d ^ (b & (c ^ d))) + 0x5a827999;
        } else if (round < 40) {
            mixed = (b ^ c ^ d) + 0x6ed9eba1;
        } else if (round < 60) {
            mixed = ((b & c) | (d & (b | c))) + 0x8f1bbcdc;
        } else {
            mixed = (b ^ c ^ d) + 0xca62c1d6;
        }
        const uint32_t next = rotate(a, 5) + mixed + e + words[round % 16];
        e = d;
        d = c;
        c = rotate(b, 30);
        b = a;
        a = next;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
}

void anchorite_key_identifier(const struct anchorite_key *key, uint8_t identifier[ANCHORITE_SHA1_LENGTH]) {
    const struct anchorite_bytes message = key->bits;
    uint32_t state[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
    uint32_t words[16];
    /* The message, a single 1 bit, zeros, and the length in bits (64 bits) at the end of a block. */
    const size_t padded = ((message.length + 8) / 64 + 1) * 64;
    const uint64_t bits = (uint64_t)message.length * 8;
    for (size_t index = 0; index < padded; index++) {
        uint8_t byte = 0;
        if (index < message.length) {
            byte = message.data[index];
        } else if (index == message.length) {
            byte = 0x80;
        } else if (padded - index <= 8) {
            byte = (uint8_t)(bits >> (8 * (padded - index - 1)));
        }
        uint32_t *const word = &words[index / 4 % 16];
        *word = (index % 4 == 0 ? 0 : *word << 8) | byte;
        if (index % 64 == 63) {
            add_block(state, words);
        }
    }
    for (size_t index = 0; index < ANCHORITE_SHA1_LENGTH; index++) {
        identifier[index] = (uint8_t)(state[index / 4] >> (24 - 8 * (index % 4)));
    }
}
