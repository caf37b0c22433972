/// The little DER (X.690) that a SubjectPublicKeyInfo and a signature need.
enum DER {
    /// prime256v1, 1.2.840.10045.3.1.7
    static let oidP256: [UInt8] = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07]
    /// secp384r1, 1.3.132.0.34
    static let oidP384: [UInt8] = [0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22]
    /// secp521r1, 1.3.132.0.35
    static let oidP521: [UInt8] = [0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23]
    /// id-Ed25519, 1.3.101.112
    static let oidEd25519: [UInt8] = [0x06, 0x03, 0x2b, 0x65, 0x70]
    /// id-ecPublicKey, 1.2.840.10045.2.1
    static let oidECPublicKey: [UInt8] = [0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01]
    /// rsaEncryption, 1.2.840.113549.1.1.1
    static let oidRSAEncryption: [UInt8] = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01]
    static let null: [UInt8] = [0x05, 0x00]

    static func sequence(_ parts: [UInt8]...) -> [UInt8] { element(0x30, parts.flatMap { $0 }) }

    static func printableString(_ text: String) -> [UInt8] { element(0x13, Array(text.utf8)) }

    /// A BIT STRING of whole bytes.
    static func bitString(_ bytes: [UInt8]) -> [UInt8] { element(0x03, [0] + bytes) }

    /// An INTEGER from an unsigned number, in the fewest bytes.
    static func integer(_ magnitude: some Sequence<UInt8>) -> [UInt8] {
        var bytes = Array(magnitude.drop { $0 == 0 })
        if bytes.first.map({ $0 >= 0x80 }) ?? true { bytes.insert(0, at: 0) }
        return element(0x02, bytes)
    }

    static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = [tag]
        bytes.reserveCapacity(content.count + 6)
        if content.count < 0x80 {
            bytes.append(UInt8(content.count))
        } else {
            let length = withUnsafeBytes(of: UInt64(content.count).bigEndian) { Array($0.drop { $0 == 0 }) }
            bytes.append(0x80 | UInt8(length.count))
            bytes += length
        }
        return bytes + content
    }

    /// What an OCTET STRING or a BIT STRING of whole bytes holds, when the bytes are nothing but one of definite, short
    /// or one- or two-byte length.
    static func contentOfString(_ bytes: [UInt8]) -> [UInt8]? {
        guard bytes.count >= 2, bytes[0] == 0x04 || bytes[0] == 0x03 else { return nil }
        var start = 2
        var length = Int(bytes[1])
        if length == 0x81, bytes.count >= 3 {
            (start, length) = (3, Int(bytes[2]))
        } else if length == 0x82, bytes.count >= 4 {
            (start, length) = (4, Int(bytes[2]) << 8 | Int(bytes[3]))
        } else if length >= 0x80 {
            return nil
        }
        guard bytes.count == start + length else { return nil }
        let content = bytes[start...]
        guard bytes[0] == 0x03 else { return Array(content) }
        return content.first == 0 ? Array(content.dropFirst()) : nil
    }
}
