import Crypto

/// A public key in SSH form (RFC 4253 section 6.6, RFC 5656, RFC 8709, OpenSSH's PROTOCOL.u2f).
///
/// Two keys are equal when their wire forms are; the comment takes no part.
public struct SSHPublicKey: Sendable {
    public let type: SSHKeyType
    /// The key as it stands in `authorized_keys` under its base64 and within signatures.
    public let wireBlob: [UInt8]
    /// The rest of the key's line: often a name and a machine. Says nothing that anybody vouches for.
    public let comment: String
    /// What a FIDO key was made for, as a rule `ssh:`; nil for other keys.
    public let application: String?

    let material: KeyMaterial

    /// Reads a key's wire form. Throws when the type is unknown, the key malformed or too weak, or bytes are left over.
    public init(wireBlob: [UInt8], comment: String = "") throws(SSHSignatureError) {
        var reader = WireReader(wireBlob)
        let name = try reader.text("the public key's type")
        guard let type = SSHKeyType(rawValue: name) else { throw .unsupportedKeyType(name) }
        material = try KeyMaterial(type: type, reader: &reader)
        application = type.isFIDO ? try reader.text("the public key's application") : nil
        try reader.finish("the public key")
        guard !hasUnprintable(comment) else { throw .unprintable }
        self.type = type
        self.wireBlob = wireBlob
        self.comment = comment
    }

    /// The key's SHA-256 as `ssh-keygen -l` prints it: `SHA256:` and unpadded base64.
    public var fingerprint: String {
        let digits = Base64.encode(Array(SHA256.hash(data: wireBlob))).filter { $0 != UInt8(ascii: "=") }
        return "SHA256:" + String(decoding: digits, as: UTF8.self)
    }

    /// The key's line as in a `.pub` file, without a line break.
    public var authorizedKeysLine: String {
        let key = "\(type.rawValue) \(String(decoding: Base64.encode(wireBlob), as: UTF8.self))"
        return comment.isEmpty ? key : "\(key) \(comment)"
    }
}

extension SSHPublicKey: Hashable, CustomStringConvertible {
    public static func == (left: SSHPublicKey, right: SSHPublicKey) -> Bool {
        left.wireBlob == right.wireBlob
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(wireBlob)
    }

    public var description: String { authorizedKeysLine }
}
