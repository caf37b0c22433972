/// Base64 of RFC 4648 section 4 in its canonical form only: padded, and unused bits zero.
///
/// One text for each byte string, so that a changed character is always a changed byte.
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let padding = UInt8(ascii: "=")

    private static let values: [UInt8] = {
        var table = [UInt8](repeating: 0xff, count: 256)
        for (value, character) in alphabet.enumerated() { table[Int(character)] = UInt8(value) }
        return table
    }()

    static func encode(_ bytes: some Collection<UInt8>) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity((bytes.count + 2) / 3 * 4)
        var group: UInt32 = 0
        var held = 0
        for byte in bytes {
            group = group << 8 | UInt32(byte)
            held += 1
            if held == 3 {
                append(group, characters: 4, to: &output)
                (group, held) = (0, 0)
            }
        }
        if held > 0 {
            append(group << UInt32(8 * (3 - held)), characters: held + 1, to: &output)
            output.append(contentsOf: repeatElement(padding, count: 3 - held))
        }
        return output
    }

    private static func append(_ group: UInt32, characters: Int, to output: inout [UInt8]) {
        for index in 0..<characters {
            output.append(alphabet[Int(group >> UInt32(18 - 6 * index) & 0x3f)])
        }
    }

    static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        let characters = Array(text)
        guard characters.count % 4 == 0 else { return nil }
        let digits = characters.prefix(characters.count - paddingCount(characters))
        var output: [UInt8] = []
        output.reserveCapacity(characters.count / 4 * 3)
        var held: UInt32 = 0
        var bits: UInt32 = 0
        for character in digits {
            let value = values[Int(character)]
            guard value != 0xff else { return nil }
            held = held << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                output.append(UInt8(truncatingIfNeeded: held >> bits))
                held &= (1 << bits) - 1
            }
        }
        return held == 0 ? output : nil
    }

    private static func paddingCount(_ characters: [UInt8]) -> Int {
        guard characters.last == padding else { return 0 }
        return characters[characters.count - 2] == padding ? 2 : 1
    }
}
