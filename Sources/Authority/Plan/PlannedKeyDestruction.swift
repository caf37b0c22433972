import Groundwork
import PKIX

/// A key pair to be destroyed on its token: that of a CA, after its last CRL.
public struct PlannedKeyDestruction: Hashable, Sendable {
    public var key: String
    /// The CA whose key it is.
    public var issuer: String
    /// The number of the issuer's last CRL.
    public var lastCRL: Int64
    /// The token's name in the policy.
    public var token: String
    /// CKA_LABEL.
    public var label: String
    /// CKA_ID.
    public var id: [UInt8]
    /// SHA-256 of the key's SubjectPublicKeyInfo.
    public var publicKey: Digest

    /// What the intent to destroy the key names: SHA-256 over its token, label, id and public key.
    var digest: Digest {
        Digest(of: Array("destroy\n\(token)\n\(label)\n\(Hex.encode(id))\n\(publicKey.hex)".utf8))
    }
}

extension PlannedKeyDestruction {
    var members: [String: JSONValue] {
        [
            "key": .string(key), "issuer": .string(issuer), "last-crl": .integer(lastCRL), "token": .string(token),
            "label": .string(label), "id": .hex(id), "spki-sha256": .string(publicKey.hex),
        ]
    }

    init(_ reader: inout JSONObjectReader) throws {
        self.init(
            key: try reader.string("key"), issuer: try reader.string("issuer"), lastCRL: try reader.integer("last-crl"),
            token: try reader.string("token"), label: try reader.string("label"), id: try reader.hex("id"),
            publicKey: try reader.digest("spki-sha256"))
    }
}
