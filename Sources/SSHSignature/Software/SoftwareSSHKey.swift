import Crypto

/// A private key in ordinary memory, for rehearsals and tests. Never for an operator's real key.
public struct SoftwareSSHKey: Sendable {
    enum PrivateKey: Sendable {
        case ed25519(Curve25519.Signing.PrivateKey)
        case p256(P256.Signing.PrivateKey)
    }

    let privateKey: PrivateKey
    public let publicKey: SSHPublicKey

    /// A fresh Ed25519 key.
    public static func ed25519(comment: String = "") throws(SSHSignatureError) -> SoftwareSSHKey {
        try SoftwareSSHKey(ed25519: Curve25519.Signing.PrivateKey(), comment: comment)
    }

    /// A fresh ECDSA P-256 key.
    public static func ecdsaP256(comment: String = "") throws(SSHSignatureError) -> SoftwareSSHKey {
        let key = P256.Signing.PrivateKey()
        var writer = WireWriter()
        writer.text(SSHKeyType.ecdsaP256.rawValue)
        writer.text("nistp256")
        writer.string(Array(key.publicKey.x963Representation))
        return SoftwareSSHKey(
            privateKey: .p256(key), publicKey: try SSHPublicKey(wireBlob: writer.bytes, comment: comment))
    }

    /// The Ed25519 key of a 32-byte seed, so that a rehearsal can be repeated to the byte.
    public init(ed25519Seed seed: [UInt8], comment: String = "") throws(SSHSignatureError) {
        guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed) else {
            throw .malformedKey(type: SSHKeyType.ed25519.rawValue, reason: "its seed must have 32 bytes")
        }
        try self.init(ed25519: key, comment: comment)
    }

    private init(ed25519 key: Curve25519.Signing.PrivateKey, comment: String) throws(SSHSignatureError) {
        var writer = WireWriter()
        writer.text(SSHKeyType.ed25519.rawValue)
        writer.string(Array(key.publicKey.rawRepresentation))
        self.init(privateKey: .ed25519(key), publicKey: try SSHPublicKey(wireBlob: writer.bytes, comment: comment))
    }

    private init(privateKey: PrivateKey, publicKey: SSHPublicKey) {
        self.privateKey = privateKey
        self.publicKey = publicKey
    }

    /// The SSH signature blob over `data`, as `SSHSIG.make` wants it from its signer.
    public func sign(_ data: [UInt8]) throws -> [UInt8] {
        let raw: [UInt8]
        switch privateKey {
        case .ed25519(let key): raw = Array(try key.signature(for: data))
        case .p256(let key): raw = Array(try key.signature(for: SHA256.hash(data: data)).rawRepresentation)
        }
        return try SSHSignatureBlob(rawSignature: raw, key: publicKey).wireForm
    }

    /// A signature file's content over `message`.
    public func signature(
        over message: [UInt8], namespace: String, hash: SSHSIG.HashAlgorithm = .sha512
    ) throws -> SSHSIG {
        try SSHSIG.make(message: message, namespace: namespace, hash: hash, key: publicKey, sign: sign)
    }
}
