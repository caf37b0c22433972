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
    static func curve(_ algorithm: KeyAlgorithm, point: [UInt8]) -> [UInt8]? {
        switch algorithm {
        case .ecdsa(let curve): DER.sequence(DER.sequence(DER.oidECPublicKey, curve.oid), DER.bitString(point))
        case .ed25519: DER.sequence(DER.sequence(DER.oidEd25519), DER.bitString(point))
        case .rsa: nil
        }
    }

    /// The point in CKA_EC_POINT, which PKCS#11 wants wrapped in an OCTET STRING and many modules give bare; a few
    /// wrap it in a BIT STRING. Lengths tell them apart: a bare point begins with 04, as an OCTET STRING does.
    static func point(_ attribute: [UInt8], _ algorithm: KeyAlgorithm) -> [UInt8]? {
        guard let length = algorithm.pointLength else { return nil }
        let point = attribute.count == length ? attribute : DER.contentOfString(attribute)
        guard let point, point.count == length, algorithm == .ed25519 || point[0] == 0x04 else { return nil }
        return point
    }

    /// What a SubjectPublicKeyInfo is for; nil for what this library does not know, and for every encoding but DER.
    static func algorithm(of der: [UInt8]) -> KeyAlgorithm? {
        for algorithm in KeyAlgorithm.Curve.allCases.map(KeyAlgorithm.ecdsa) + [.ed25519] {
            guard let length = algorithm.pointLength, der.count > length else { continue }
            let point = Array(der.suffix(length))
            if self.point(point, algorithm) != nil, curve(algorithm, point: point) == der { return algorithm }
        }
        return rsa(of: der)
    }

    private static func rsa(of der: [UInt8]) -> KeyAlgorithm? {
        var outer = DERWalk(der[...])
        guard let content = outer.next(0x30)?.content else { return nil }
        var parts = DERWalk(content)
        guard parts.next(0x30) != nil, let key = parts.next(0x03)?.content, key.first == 0 else { return nil }
        var inner = DERWalk(key.dropFirst())
        guard let sequence = inner.next(0x30)?.content else { return nil }
        var numbers = DERWalk(sequence)
        guard let modulus = numbers.next(0x02)?.content.drop(while: { $0 == 0 }),
            let exponent = numbers.next(0x02)?.content, let first = modulus.first,
            rsa(modulus: Array(modulus), exponent: Array(exponent)) == der
        else { return nil }
        return .rsa(modulusBitCount: modulus.count * 8 - first.leadingZeroBitCount)
    }
}
