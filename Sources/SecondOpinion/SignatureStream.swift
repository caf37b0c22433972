import CLibCrypto

/// Verifies a signature over a message that comes piece by piece; libcrypto hashes it itself.
///
/// For every algorithm but Ed25519, which takes no digest.
public final class SignatureStream {
    private let context: OpaquePointer

    /// - Parameter spki: the DER of the key's SubjectPublicKeyInfo.
    public init(spki: [UInt8], algorithm: SecondOpinion.SignatureAlgorithm) throws(Disagreement) {
        ErrorQueue.clear()
        let issuer = try SecondOpinion.Issuer(spki: spki)
        guard let context = EVP_MD_CTX_new() else { throw .outOfMemory("signature") }
        self.context = context
        // The context keeps the key.
        try SecondOpinion.begin(context, key: issuer.key, algorithm: algorithm, where: "signature")
    }

    deinit { EVP_MD_CTX_free(context) }

    public func update(_ bytes: UnsafeRawBufferPointer) throws(Disagreement) {
        guard EVP_DigestVerifyUpdate(context, bytes.baseAddress, bytes.count) == 1 else {
            throw .queued(.signature, "The message cannot be hashed", where: "signature")
        }
    }

    /// Throws ``Disagreement`` unless the signature is the one over all that came.
    public func finish(_ signature: [UInt8]) throws(Disagreement) {
        guard EVP_DigestVerifyFinal(context, signature, signature.count) == 1 else {
            throw .queued(.signature, "The signature does not verify", where: "signature")
        }
    }
}
