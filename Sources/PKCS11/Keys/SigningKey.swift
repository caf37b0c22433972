/// A person's key on a token: a private key that signs, and its public key from wherever the token tells it.
///
/// Unlike a ``KeyPair``, it may be of any size, made anywhere, and known by its certificate alone, as on PIV cards.
public struct SigningKey: Hashable, Sendable {
    /// Where the public key was read.
    public enum Source: String, Hashable, Sendable {
        case publicKeyObject = "public-key-object", privateKey = "private-key", certificate
    }

    /// Empty where the token gives it none.
    public let label: String
    /// Empty where the token gives it none.
    public let id: [UInt8]
    public let algorithm: KeyAlgorithm
    /// The public key as DER.
    public let subjectPublicKeyInfo: [UInt8]
    public let publicKeySource: Source
    /// The PIN is wanted for each signature (CKA_ALWAYS_AUTHENTICATE), as by the slot 9c of a PIV card.
    public let alwaysAuthenticate: Bool
}

extension SigningKey: SignableKey {
    var reference: KeyReference { KeyReference(label: label, id: id, subjectPublicKeyInfo: subjectPublicKeyInfo) }
}
