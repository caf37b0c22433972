import Crypto

/// The two forms of a P-256 signature: the DER that certificates and our tokens use, and the r ‖ s of COSE.
public enum ECDSASignatureForm {
    /// The length of r ‖ s, in bytes.
    public static let rawByteCount = 64

    /// r ‖ s of `Ecdsa-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER }` (RFC 3279 section 2.2.3).
    /// Throws for anything but strict DER of two positive numbers of at most 32 bytes.
    public static func raw(fromDER der: [UInt8]) throws(BundleError) -> [UInt8] {
        guard let signature = try? P256.Signing.ECDSASignature(derRepresentation: der),
            signature.derRepresentation.elementsEqual(der)
        else {
            throw BundleError(.signature, "The signer's answer is not the DER of a P-256 signature.")
        }
        return Array(signature.rawRepresentation)
    }

    /// The DER of r ‖ s.
    public static func der(fromRaw raw: [UInt8]) throws(BundleError) -> [UInt8] {
        guard raw.count == rawByteCount, let signature = try? P256.Signing.ECDSASignature(rawRepresentation: raw) else {
            throw BundleError(
                .signature, "The signature must have \(rawByteCount) bytes, r and s, and has \(raw.count).")
        }
        return Array(signature.derRepresentation)
    }
}
