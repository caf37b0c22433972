/// Writes the data types of RFC 4251 section 5.
struct WireWriter {
    private(set) var bytes: [UInt8] = []

    mutating func raw(_ value: some Sequence<UInt8>) {
        bytes.append(contentsOf: value)
    }

    mutating func uint32(_ value: UInt32) {
        for shift in stride(from: 24, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> UInt32(shift)))
        }
    }

    mutating func string(_ value: some Collection<UInt8>) {
        uint32(UInt32(truncatingIfNeeded: value.count))
        bytes.append(contentsOf: value)
    }

    mutating func text(_ value: String) {
        string(Array(value.utf8))
    }

    /// `mpint` of an unsigned big-endian number: minimal, with a zero byte before a set top bit.
    mutating func mpint(_ magnitude: some Sequence<UInt8>) {
        string(MultiplePrecisionInteger.encode(magnitude))
    }
}
