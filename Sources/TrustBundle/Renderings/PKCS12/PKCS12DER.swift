import PKIX

/// The few DER elements that a PKCS #12 file is made of.
enum PKCS12DER {
    static func sequence(_ parts: [[UInt8]]) -> [UInt8] { element(0x30, parts.flatMap(\.self)) }

    /// SET OF: the elements in the order of their encodings (X.690 11.6).
    static func set(_ parts: [[UInt8]]) -> [UInt8] {
        element(0x31, parts.sorted { $0.lexicographicallyPrecedes($1) }.flatMap(\.self))
    }

    /// A non-negative INTEGER.
    static func integer(_ value: UInt16) -> [UInt8] {
        var content = [UInt8(value >> 8), UInt8(value & 0xff)]
        if content[0] == 0, content[1] < 0x80 { content.removeFirst() }
        if content[0] >= 0x80 { content.insert(0, at: 0) }
        return element(0x02, content)
    }

    static func octetString(_ content: [UInt8]) -> [UInt8] { element(0x04, content) }

    static func identifier(_ oid: OID) -> [UInt8] { element(0x06, oid.contents) }

    /// `[0] EXPLICIT`.
    static func explicit(_ content: [UInt8]) -> [UInt8] { element(0xa0, content) }

    static func bmpString(_ text: String) -> [UInt8] { element(0x1e, bigEndian(text)) }

    static let null: [UInt8] = [0x05, 0x00]

    /// UTF-16, big-endian.
    static func bigEndian(_ text: String) -> [UInt8] {
        text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xff)] }
    }

    private static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        if content.count < 0x80 { return [tag, UInt8(content.count)] + content }
        var length: [UInt8] = []
        var rest = content.count
        while rest > 0 {
            length.insert(UInt8(rest & 0xff), at: 0)
            rest >>= 8
        }
        return [tag, 0x80 | UInt8(length.count)] + length + content
    }
}
