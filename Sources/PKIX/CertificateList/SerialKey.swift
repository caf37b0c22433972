/// A serial number as the number that it is: 160 bits that are compared and kept without an allocation.
public struct SerialKey: Hashable, Comparable, Sendable {
    /// The longest content of a serial number's INTEGER, in octets (RFC 5280 4.1.2.2).
    public static let maximumOctets = 20

    private var high: UInt64 = 0
    private var middle: UInt64 = 0
    private var low: UInt32 = 0

    /// - Parameter serialNumber: the INTEGER's content octets; nil unless they are positive, minimal and at most 20.
    public init?(serialNumber: some RandomAccessCollection<UInt8>) {
        guard SerialNumber.isValid(serialNumber) else { return nil }
        for octet in serialNumber { shift(8, UInt32(octet)) }
    }

    /// - Parameter hexDigits: pairs of hexadecimal digits in either case; zeros in front mean nothing. Nil for anything
    ///   else, for zero, and for numbers of more than 20 octets as an INTEGER.
    public init?(hexDigits: UnsafeBufferPointer<UInt8>) {
        guard !hexDigits.isEmpty, hexDigits.count.isMultiple(of: 2), hexDigits.count <= 64 else { return nil }
        for digit in hexDigits {
            let value: UInt32
            switch digit {
            case 0x30...0x39: value = UInt32(digit) - 0x30
            case 0x41...0x46: value = UInt32(digit) - 0x41 + 10
            case 0x61...0x66: value = UInt32(digit) - 0x61 + 10
            default: return nil
            }
            // 160 bits are full, but for the one that would make the INTEGER negative.
            guard high >> 59 == 0 else { return nil }
            shift(4, value)
        }
        guard high | middle | UInt64(low) != 0 else { return nil }
    }

    public init?(hexDigits: [UInt8]) {
        guard let key = hexDigits.withUnsafeBufferPointer({ SerialKey(hexDigits: $0) }) else { return nil }
        self = key
    }

    private mutating func shift(_ bits: UInt64, _ value: UInt32) {
        high = high << bits | middle >> (64 - bits)
        middle = middle << bits | UInt64(low) >> (32 - bits)
        low = low << UInt32(bits) | value
    }

    /// The INTEGER's content octets.
    public var serialNumber: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Self.maximumOctets) { $1 = write(to: $0) }
    }

    /// Writes the content octets to a buffer of at least 20 octets; gives their number.
    func write(to buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.maximumOctets) { octets in
            for index in 0..<8 { octets[index] = UInt8(truncatingIfNeeded: high >> UInt64(56 - 8 * index)) }
            for index in 0..<8 { octets[8 + index] = UInt8(truncatingIfNeeded: middle >> UInt64(56 - 8 * index)) }
            for index in 0..<4 { octets[16 + index] = UInt8(truncatingIfNeeded: low >> UInt32(24 - 8 * index)) }
            var start = 0
            while start < 19, octets[start] == 0 { start += 1 }
            // A first bit that is set would make the INTEGER negative.
            if octets[start] >= 0x80 { start -= 1 }
            for index in start..<20 { buffer[index - start] = octets[index] }
            return 20 - start
        }
    }

    /// The number modulo `divisor`.
    public func remainder(dividingBy divisor: UInt32) -> UInt32 {
        let divisor = UInt64(divisor)
        var rest: UInt64 = 0
        for word in [
            UInt32(truncatingIfNeeded: high >> 32), UInt32(truncatingIfNeeded: high),
            UInt32(truncatingIfNeeded: middle >> 32), UInt32(truncatingIfNeeded: middle), low,
        ] { rest = (rest << 32 | UInt64(word)) % divisor }
        return UInt32(truncatingIfNeeded: rest)
    }

    public static func < (left: SerialKey, right: SerialKey) -> Bool {
        if left.high != right.high { return left.high < right.high }
        if left.middle != right.middle { return left.middle < right.middle }
        return left.low < right.low
    }
}
