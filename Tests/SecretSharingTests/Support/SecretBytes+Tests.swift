import Groundwork

extension SecretBytes {
    static func of(_ text: String) throws -> SecretBytes { try of(Array(text.utf8)) }

    static func of(_ bytes: [UInt8]) throws -> SecretBytes {
        var copy = bytes
        return try SecretBytes(wiping: &copy)
    }

    var bytes: [UInt8] { withUnsafeBytes { Array($0) } }
    var hex: String { Hex.encode(bytes) }
    var string: String { String(decoding: bytes, as: UTF8.self) }
}
