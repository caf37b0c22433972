import Crypto

/// What a signature that holds has proven.
public struct VerifiedSignature: Hashable, Sendable {
    public let key: SSHPublicKey
    public let namespace: String
    /// The authenticator's flags and counter, for FIDO keys.
    public let fido: FIDOAssertion?
    /// SHA-256 over key, namespace and message: the same for every signature by this key over this message.
    ///
    /// Signatures are no identities. From one ECDSA signature anybody can make a second valid one (s and n − s both
    /// verify, and SSH accepts both), and a signer can make as many as they like. Whoever counts or remembers
    /// approvals must therefore tell them apart by this value, or by the person, never by the signature's bytes.
    public let canonicalIdentity: [UInt8]

    init(key: SSHPublicKey, namespace: String, fido: FIDOAssertion?, message: [UInt8]) {
        self.key = key
        self.namespace = namespace
        self.fido = fido
        var writer = WireWriter()
        writer.text("SSHSIG identity")
        writer.string(key.wireBlob)
        writer.text(namespace)
        writer.string(Array(SHA256.hash(data: message)))
        canonicalIdentity = Array(SHA256.hash(data: writer.bytes))
    }
}
