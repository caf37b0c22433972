/// Base 64 with padding and the standard alphabet (RFC 4648 section 4), strict in both directions.
public enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let padding = UInt8(ascii: "=")
    private static let values: [UInt8] = {
        var table = [UInt8](repeating: 0xff, count: 256)
        for (value, character) in alphabet.enumerated() {
            table[Int(character)] = UInt8(value)
        }
        return table
    }()

    /// One line, without line breaks.
    public static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        var index = 0
        while index < bytes.count {
            let count = min(3, bytes.count - index)
            var group: UInt32 = 0
            for offset in 0..<3 {
                group = group << 8 | (offset < count ? UInt32(bytes[index + offset]) : 0)
            }
            for position in 0..<4 {
                let value = Int(group >> UInt32(18 - 6 * position) & 63)
                text.append(position <= count ? alphabet[value] : padding)
            }
            index += 3
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes, or nil for anything that `encode` would not have written: white space, a foreign alphabet, missing
    /// padding, or bits set that the padding throws away (RFC 4648 section 3.5).
    public static func decode(_ string: some StringProtocol) -> [UInt8]? {
        let text = Array(string.utf8)
        guard text.count % 4 == 0 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3)
        var index = 0
        while index < text.count {
            let isLast = index + 4 == text.count
            var padded = 0
            if isLast, text[index + 3] == padding {
                padded = text[index + 2] == padding ? 2 : 1
            }
            var group: UInt32 = 0
            for position in 0..<4 {
                var value: UInt8 = 0
                if position < 4 - padded {
                    value = values[Int(text[index + position])]
                    guard value != 0xff else { return nil }
                }
                group = group << 6 | UInt32(value)
            }
            let dropped: UInt32 = padded == 0 ? 0 : (1 << UInt32(8 * padded)) - 1
            guard group & dropped == 0 else { return nil }
            for position in 0..<(3 - padded) {
                bytes.append(UInt8(truncatingIfNeeded: group >> UInt32(16 - 8 * position)))
            }
            index += 4
        }
        return bytes
    }
}
