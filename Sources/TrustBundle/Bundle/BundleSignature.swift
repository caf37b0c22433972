import PKIX

/// One signature of a bundle, read and not yet judged.
public struct BundleSignature: Hashable, Sendable {
    public let header: BundleHeader
    /// ECDSA's r ‖ s, 64 bytes. Not an identity: r ‖ n − s verifies as well. Compare payloads' digests instead.
    public let rawSignature: [UInt8]
    /// COSE's Sig_structure: the message that was signed.
    public let toBeSigned: [UInt8]
    /// The signer's certificate.
    public let signer: Certificate

    init(_ message: COSEMessage, _ signature: COSEMessage.Signature) throws(BundleError) {
        header = try BundleHeader(encoded: signature.protected, hasContentType: message.bodyProtected.isEmpty)
        do {
            signer = try Certificate(derEncoded: header.signerCertificate)
        } catch {
            throw BundleError(.encoding, "The signer's certificate in the bundle cannot be read: \(error)")
        }
        rawSignature = signature.signature
        toBeSigned = COSEMessage.toBeSigned(
            bodyProtected: message.bodyProtected, protected: signature.protected, payload: message.payload)
    }

    /// Checks the signature by the certificate in the header, whoever issued that.
    func verify() throws(BundleError) {
        let key: SubjectPublicKeyInfo
        do {
            key = try signer.tbs.publicKey()
        } catch {
            throw BundleError(.signer, "The signer's key cannot be used: \(error)")
        }
        let der = try ECDSASignatureForm.der(fromRaw: rawSignature)
        guard key.kind == .ecP256, key.verify(signature: der, over: toBeSigned, algorithm: .ecdsaSHA256) else {
            throw BundleError(
                .signature, "The bundle's signature is not that of \(signer.tbs.subject).",
                advice: "Fetch the bundle again.")
        }
    }
}
