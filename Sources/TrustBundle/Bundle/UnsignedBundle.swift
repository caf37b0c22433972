import Groundwork
import PKIX

/// A bundle that lacks nothing but its signature.
///
/// Made in two steps, since the key is elsewhere: sign ``toBeSigned`` with ECDSA and SHA-256, then call
/// ``assemble(signature:)``.
public struct UnsignedBundle: Hashable, Sendable {
    public let payload: BundlePayload
    public let signer: Certificate
    public let algorithm: COSEAlgorithm
    /// COSE's Sig_structure: the message to be signed, not yet hashed.
    public let toBeSigned: [UInt8]

    private let protected: [UInt8]
    private let payloadBytes: [UInt8]

    /// Throws `BUNDLE-ENCODING` for a payload, and `BUNDLE-SIGNER` for a certificate, that no device would accept.
    public init(
        payload: BundlePayload, signer: Certificate, algorithm: COSEAlgorithm = .esp256
    ) throws(BundleError) {
        let identity = try BundleSigner(signer)
        self.payload = payload
        self.signer = signer
        self.algorithm = algorithm
        payloadBytes = try payload.encoded()
        protected =
            BundleHeader(
                algorithm: algorithm, keyIdentifier: identity.keyIdentifier, signerCertificate: signer.derBytes
            ).encoded
        toBeSigned = COSESign1.toBeSigned(protected: protected, payload: payloadBytes)
    }

    /// The digest that the next bundle names as its predecessor.
    public var payloadDigest: Digest { Digest(of: payloadBytes) }

    /// The bundle with its signature in DER, as our tokens give it. Throws `BUNDLE-SIGNATURE` when it does not verify.
    public func assemble(signature der: [UInt8]) throws(BundleError) -> SignedBundle {
        try assemble(rawSignature: ECDSASignatureForm.raw(fromDER: der))
    }

    /// The bundle with its signature as r ‖ s, 64 bytes. Throws `BUNDLE-SIGNATURE` when it does not verify.
    public func assemble(rawSignature: [UInt8]) throws(BundleError) -> SignedBundle {
        let sign1 = COSESign1(protected: protected, payload: payloadBytes, signature: rawSignature)
        let bundle = try SignedBundle(encoded: sign1.encoded)
        try bundle.verifySignature()
        return bundle
    }
}
