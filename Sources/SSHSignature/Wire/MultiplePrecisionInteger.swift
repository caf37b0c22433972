/// `mpint` of RFC 4251 section 5, for the positive numbers that keys and signatures are made of.
enum MultiplePrecisionInteger {
    /// The magnitude, without leading zero bytes, of an `mpint` that is positive and minimal. Nil for any other.
    static func decode(_ bytes: [UInt8]) -> [UInt8]? {
        guard let first = bytes.first, first < 0x80 else { return nil }
        guard first == 0 else { return bytes }
        // One zero byte may stand before a set top bit; zero itself is empty, and no number here may be zero.
        guard bytes.count > 1, bytes[1] >= 0x80 else { return nil }
        return Array(bytes.dropFirst())
    }

    static func encode(_ magnitude: some Sequence<UInt8>) -> [UInt8] {
        let digits = Array(magnitude.drop { $0 == 0 })
        guard let first = digits.first, first >= 0x80 else { return digits }
        return [0] + digits
    }

    /// The magnitude as exactly `count` bytes, or nil when it does not fit.
    static func leftPadded(_ magnitude: [UInt8], to count: Int) -> [UInt8]? {
        guard magnitude.count <= count else { return nil }
        return [UInt8](repeating: 0, count: count - magnitude.count) + magnitude
    }

    static func bitWidth(_ magnitude: [UInt8]) -> Int {
        guard let first = magnitude.first else { return 0 }
        return magnitude.count * 8 - first.leadingZeroBitCount
    }
}
