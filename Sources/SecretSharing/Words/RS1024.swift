/// The checksum of a share: SLIP-0039, "Checksum". Three words of a Reed-Solomon code over GF(1024), which finds every
/// error in up to three words and misses others once in 2^30.
struct RS1024 {
    private var state: UInt32 = 1

    /// - Parameter isExtendable: chooses the customization string, `shamir_extendable` or `shamir`.
    init(isExtendable: Bool) {
        for character in (isExtendable ? "shamir_extendable" : "shamir").utf8 { add(UInt16(character)) }
    }

    /// Takes the next word, a value below 1024.
    mutating func add(_ word: UInt16) {
        let top = state >> 20
        state = (state & 0xfffff) << 10 ^ UInt32(word)
        for (bit, generator) in Self.generators.enumerated() {
            state ^= generator & (0 &- (top >> UInt32(bit) & 1))
        }
    }

    /// Whether the words so far end with their checksum.
    var holds: Bool { state == 1 }

    /// The three words that follow those so far, as one number of 30 bits.
    var checksum: UInt32 {
        var copy = self
        for _ in 0..<Self.wordCount { copy.add(0) }
        return copy.state ^ 1
    }

    static let wordCount = 3

    private static let generators: [UInt32] = [
        0x00e0_e040, 0x01c1_c080, 0x0383_8100, 0x0707_0200, 0x0e0e_0009, 0x1c0c_2412, 0x3808_6c24, 0x3090_fc48,
        0x21b1_f890, 0x03f3_f120,
    ]
}
