import Groundwork
import PKIX

/// A bundle as it travels: COSE_Sign1 around the payload, read strictly.
///
/// That it is well-formed says nothing about who signed it; ``BundleVerifier`` does.
public struct SignedBundle: Hashable, Sendable {
    /// The file's content.
    public let encoded: [UInt8]
    public let header: BundleHeader
    public let payload: BundlePayload
    /// ECDSA's r ‖ s, 64 bytes. Not an identity: r ‖ n − s verifies as well. Compare ``payloadDigest`` instead.
    public let rawSignature: [UInt8]
    /// COSE's Sig_structure: the message that was signed.
    public let toBeSigned: [UInt8]
    /// What the next bundle names as its predecessor.
    public let payloadDigest: Digest
    /// The signer's certificate, parsed and not yet judged.
    public let signer: Certificate

    /// Throws `BUNDLE-ENCODING` for anything but the one encoding of a bundle.
    public init(encoded: [UInt8]) throws(BundleError) {
        let sign1 = try COSESign1(encoded: encoded)
        header = try BundleHeader(encoded: sign1.protected)
        payload = try BundlePayload(encoded: sign1.payload)
        guard sign1.signature.count == ECDSASignatureForm.rawByteCount else {
            throw BundleError(
                .encoding,
                "The bundle's signature has \(sign1.signature.count) bytes, not \(ECDSASignatureForm.rawByteCount).")
        }
        do {
            signer = try Certificate(derEncoded: header.signerCertificate)
        } catch {
            throw BundleError(.encoding, "The signer's certificate in the bundle cannot be read: \(error)")
        }
        rawSignature = sign1.signature
        toBeSigned = COSESign1.toBeSigned(protected: sign1.protected, payload: sign1.payload)
        payloadDigest = Digest(of: sign1.payload)
        self.encoded = encoded
    }

    /// Checks the signature by the certificate in the header, whoever issued that.
    func verifySignature() throws(BundleError) {
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

    /// The bundle in CBOR's diagnostic notation, header and payload opened up and their keys named, for people.
    public var diagnostic: String {
        let indentation = "    "
        // `<< … >>` is a byte string that holds CBOR (RFC 8610 appendix G.3).
        let lines = [
            "<< \(header.cbor.diagnostic(indentation: indentation, keyNames: BundleHeader.labelNames)) >>",
            "{}",
            "<< \(payload.cbor.diagnostic(indentation: indentation, keyNames: PayloadKey.names)) >>",
            CBORValue.bytes(rawSignature).diagnostic(),
        ]
        return "18([\n\(lines.map { indentation + $0 }.joined(separator: ",\n"))\n])\n"
    }
}
