/// SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7) from the attributes of a key object.
///
/// ```
/// SubjectPublicKeyInfo ::= SEQUENCE { algorithm AlgorithmIdentifier, subjectPublicKey BIT STRING }
/// ```
enum PublicKeyEncoding {
    /// RFC 3279 section 2.3.1: rsaEncryption with NULL, and `RSAPublicKey ::= SEQUENCE { modulus, publicExponent }`.
    static func rsa(modulus: [UInt8], exponent: [UInt8]) -> [UInt8] {
        DER.sequence(
            DER.sequence(DER.oidRSAEncryption, DER.null),
            DER.bitString(DER.sequence(DER.integer(modulus), DER.integer(exponent))))
    }

    /// RFC 5480 section 2: id-ecPublicKey with the curve's OID, and the uncompressed point; RFC 8410 section 4:
    /// id-Ed25519 without parameters, and the 32 bytes.
    static func curve(_ type: KeyType, point: [UInt8]) -> [UInt8]? {
        switch type {
        case .ecP256: DER.sequence(DER.sequence(DER.oidECPublicKey, DER.oidP256), DER.bitString(point))
        case .ecP384: DER.sequence(DER.sequence(DER.oidECPublicKey, DER.oidP384), DER.bitString(point))
        case .ed25519: DER.sequence(DER.sequence(DER.oidEd25519), DER.bitString(point))
        case .rsa3072, .rsa4096: nil
        }
    }

    /// The point in CKA_EC_POINT, which PKCS#11 wants wrapped in an OCTET STRING and many modules give bare; a few
    /// wrap it in a BIT STRING. Lengths tell them apart: a bare point begins with 04, as an OCTET STRING does.
    static func point(_ attribute: [UInt8], type: KeyType) -> [UInt8]? {
        let length: Int
        switch type {
        case .ecP256: length = 65
        case .ecP384: length = 97
        case .ed25519: length = 32
        case .rsa3072, .rsa4096: return nil
        }
        let point = attribute.count == length ? attribute : DER.contentOfString(attribute)
        guard let point, point.count == length, type == .ed25519 || point[0] == 0x04 else { return nil }
        return point
    }
}
