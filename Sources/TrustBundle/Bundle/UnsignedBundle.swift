import Groundwork
import PKIX

/// A bundle that lacks nothing but its signatures.
///
/// Made in two steps, since the keys are elsewhere: sign each of ``toBeSigned`` with its signer's key, ECDSA and SHA-256,
/// then call ``assemble(signatures:)``.
public struct UnsignedBundle: Hashable, Sendable {
    public let payload: BundlePayload
    /// 1 to ``BundlePayload/maximumThreshold`` with keys of their own, in the order of the signatures.
    public let signers: [Certificate]
    public let algorithm: COSEAlgorithm
    /// COSE's Sig_structure for each signer: the message to be signed, not yet hashed.
    public let toBeSigned: [[UInt8]]

    private let bodyProtected: [UInt8]
    private let headers: [[UInt8]]
    private let payloadBytes: [UInt8]

    /// Throws `BUNDLE-ENCODING` for a payload, and `BUNDLE-SIGNER` for a certificate, that no device would accept.
    public init(
        payload: BundlePayload, signers: [Certificate], algorithm: COSEAlgorithm = .esp256
    ) throws(BundleError) {
        guard (1...BundlePayload.maximumThreshold).contains(signers.count),
            Set(signers.map(\.tbs.subjectPublicKeyInfo)).count == signers.count
        else {
            throw BundleError(
                .signer, "A bundle has 1 to \(BundlePayload.maximumThreshold) signers, each with a key of its own.")
        }
        let isAlone = signers.count == 1
        var headers: [[UInt8]] = []
        for signer in signers {
            headers.append(
                BundleHeader(
                    algorithm: algorithm, keyIdentifier: try BundleSigner(signer).keyIdentifier,
                    signerCertificate: signer.derBytes, hasContentType: isAlone
                ).encoded)
        }
        let payloadBytes = try payload.encoded()
        let bodyProtected = isAlone ? [] : BundleHeader.body.encoded
        self.payload = payload
        self.signers = signers
        self.algorithm = algorithm
        self.headers = headers
        self.payloadBytes = payloadBytes
        self.bodyProtected = bodyProtected
        toBeSigned = headers.map {
            COSEMessage.toBeSigned(bodyProtected: bodyProtected, protected: $0, payload: payloadBytes)
        }
    }

    /// The digest that the next bundle names as its predecessor.
    public var payloadDigest: Digest { Digest(of: payloadBytes) }

    /// The bundle with its signatures in DER, as our tokens give them, in the order of the signers.
    /// Throws `BUNDLE-SIGNATURE` when one does not verify.
    public func assemble(signatures: [[UInt8]]) throws(BundleError) -> SignedBundle {
        var raw: [[UInt8]] = []
        for signature in signatures { raw.append(try ECDSASignatureForm.raw(fromDER: signature)) }
        return try assemble(rawSignatures: raw)
    }

    /// The bundle with its signatures as r ‖ s, 64 bytes each. Throws `BUNDLE-SIGNATURE` when one does not verify.
    public func assemble(rawSignatures: [[UInt8]]) throws(BundleError) -> SignedBundle {
        guard rawSignatures.count == signers.count else {
            throw BundleError(
                .signature, "The bundle has \(signers.count) signers, and \(rawSignatures.count) signatures are there.")
        }
        let parts = zip(headers, rawSignatures).map { COSEMessage.Signature(protected: $0, signature: $1) }
        let message =
            signers.count == 1
            ? COSEMessage(payload: payloadBytes, signature: parts[0])
            : COSEMessage(bodyProtected: bodyProtected, payload: payloadBytes, signatures: parts)
        let bundle = try SignedBundle(encoded: message.encoded)
        for signature in bundle.signatures { try signature.verify() }
        return bundle
    }

    /// The bytes of the protected headers, the signers' certificates among them.
    var headerByteCount: Int { headers.reduce(bodyProtected.count) { $0 + $1.count } }

    /// The number of bytes of the signed bundle, known before it is signed: COSE's signatures have a fixed length.
    public var encodedByteCount: Int {
        let placeholder = [UInt8](repeating: 0, count: ECDSASignatureForm.rawByteCount)
        let parts = headers.map { COSEMessage.Signature(protected: $0, signature: placeholder) }
        return signers.count == 1
            ? COSEMessage(payload: payloadBytes, signature: parts[0]).encoded.count
            : COSEMessage(bodyProtected: bodyProtected, payload: payloadBytes, signatures: parts).encoded.count
    }
}
