import Crypto

extension SSHSignatureBlob {
    /// From a signature in the form that X.509 has it in, as most interfaces to tokens return it.
    ///
    /// - Parameters:
    ///   - x509Signature: ECDSA: DER of `ECDSA-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER }` (RFC 3279 section
    ///     2.2.3); RSA: the PKCS #1 v1.5 signature, as long as the modulus; Ed25519: 64 bytes.
    ///   - hash: matters for RSA alone, where the signer chooses it.
    /// - Throws: ``SSHSignatureError``, also for a FIDO key, which signs more than a message.
    public init(
        x509Signature: [UInt8], key: SSHPublicKey, hash: SSHSIG.HashAlgorithm = .sha512
    ) throws(SSHSignatureError) {
        let raw: [UInt8]?
        switch (key.type.isFIDO, key.material) {
        case (true, _): raw = nil
        case (_, .p256):
            let value = try? P256.Signing.ECDSASignature(derRepresentation: x509Signature)
            raw = value.map { Array($0.rawRepresentation) }
        case (_, .p384):
            let value = try? P384.Signing.ECDSASignature(derRepresentation: x509Signature)
            raw = value.map { Array($0.rawRepresentation) }
        case (_, .p521):
            let value = try? P521.Signing.ECDSASignature(derRepresentation: x509Signature)
            raw = value.map { Array($0.rawRepresentation) }
        case (_, .ed25519), (_, .rsa): raw = x509Signature
        }
        guard let raw else {
            throw .malformedSignature(type: key.type.rawValue, reason: "it is not the DER of an r and an s")
        }
        try self.init(rawSignature: raw, key: key, hash: hash)
    }
}
