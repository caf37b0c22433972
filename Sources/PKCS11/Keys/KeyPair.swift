internal import CP11Kit

/// A key pair on a token: what it is, and no handle to it.
///
/// It stays true across sessions and logins. A session looks the key up on first use, and refuses it when the token
/// holds another key under the same label and identifier.
public struct KeyPair: Hashable, Sendable {
    public let label: String
    public let id: [UInt8]
    public let type: KeyType
    /// The public key as DER.
    public let subjectPublicKeyInfo: [UInt8]
    /// The private key's attributes when it was found or generated.
    public let attributes: KeyAttributes

    var reference: KeyReference { KeyReference(label: label, id: id, subjectPublicKeyInfo: subjectPublicKeyInfo) }
}

struct KeyReference: Hashable {
    let label: String
    let id: [UInt8]
    let subjectPublicKeyInfo: [UInt8]
}

/// A private key as one session knows it in one login.
struct PrivateKeyHandle {
    let handle: CK_OBJECT_HANDLE
    let alwaysAuthenticate: Bool
}

/// A key object on a token, of whatever kind.
public struct KeySummary: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable {
        case privateKey = "private", publicKey = "public", secretKey = "secret"
    }

    public let kind: Kind
    public let label: String
    public let id: [UInt8]
    /// The type, where it is one that this library works with.
    public let type: KeyType?
    /// CKA_KEY_TYPE, such as `CKK_EC`.
    public let algorithm: String
    /// DER; of a public key, or of a private key that tells its public part.
    public let subjectPublicKeyInfo: [UInt8]?
}
