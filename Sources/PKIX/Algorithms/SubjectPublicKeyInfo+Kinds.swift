import Crypto
import CryptoExtras

extension SubjectPublicKeyInfo {
    /// Recognises the key's kind and has swift-crypto check the key itself.
    static func key(_ parts: Parts) throws(PKIXError) -> (KeyKind, VerificationKey) {
        switch parts.algorithm.algorithm {
        case .ecPublicKey: return try ellipticCurveKey(parts)
        case .rsaEncryption: return try rsaKey(parts)
        case .idEd25519:
            guard parts.parameters == nil, parts.subjectPublicKey.count == 32,
                let key = try? Curve25519.Signing.PublicKey(rawRepresentation: parts.subjectPublicKey)
            else { throw PKIXError(.malformed, "The Ed25519 public key is not 32 bytes without parameters.") }
            return (.ed25519, .ed25519(key))
        default: throw unsupported(parts.algorithm.description)
        }
    }

    private static func unsupported(_ found: String) -> PKIXError {
        let allowed = KeyKind.allCases.map(\.rawValue).joined(separator: ", ")
        return PKIXError(.unsupported, "A key of kind \(found) is not supported.", advice: "Use one of \(allowed).")
    }

    private static func ellipticCurveKey(_ parts: Parts) throws(PKIXError) -> (KeyKind, VerificationKey) {
        guard let parameters = parts.parameters else {
            throw PKIXError(.malformed, "The elliptic-curve public key does not name its curve.")
        }
        var reader = DERReader(parameters, of: "public key")
        guard reader.nextTag == DERTag.objectIdentifier else {
            throw unsupported("elliptic curve with explicit parameters")
        }
        let curve = try reader.readOID("curve")
        let point = parts.subjectPublicKey
        guard curve == .secp256r1 || curve == .secp384r1 else {
            throw unsupported("elliptic curve \(curve.knownName ?? curve.description)")
        }
        let kind: KeyKind = curve == .secp256r1 ? .ecP256 : .ecP384
        guard point.count == (kind == .ecP256 ? 65 : 97), point.first == 0x04 else {
            let form = point.first == 0x02 || point.first == 0x03 ? "compressed" : "not an uncompressed point"
            throw PKIXError(
                .unsupported, "The \(kind) public key is \(form) (\(point.count) bytes).",
                advice: "Encode the point uncompressed, as devices expect it.")
        }
        if kind == .ecP256, let key = try? P256.Signing.PublicKey(x963Representation: point) {
            return (kind, .p256(key))
        }
        if kind == .ecP384, let key = try? P384.Signing.PublicKey(x963Representation: point) {
            return (kind, .p384(key))
        }
        throw PKIXError(.malformed, "The \(kind) public key is a point that does not lie on the curve.")
    }

    /// `RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }` (RFC 8017 A.1.1).
    private static func rsaKey(_ parts: Parts) throws(PKIXError) -> (KeyKind, VerificationKey) {
        guard parts.parameters == AlgorithmIdentifier.null else {
            throw PKIXError(.malformed, "The RSA public key's parameters are not NULL.")
        }
        var outer = DERReader(parts.subjectPublicKey, of: "RSA public key")
        var reader = try outer.enter(DERTag.sequence, "RSAPublicKey")
        try outer.finish("RSAPublicKey")
        var modulus = try reader.readIntegerBytes("modulus")[...]
        let exponent = try reader.readIntegerBytes("publicExponent")
        try reader.finish("publicExponent")

        guard let sign = modulus.first, sign < 0x80 else {
            throw PKIXError(.malformed, "The RSA modulus is negative.")
        }
        if sign == 0 { modulus = modulus.dropFirst() }
        let bits = modulus.count * 8 - (modulus.first?.leadingZeroBitCount ?? 0)
        guard let kind = KeyKind.allCases.first(where: { $0.modulusBits == bits }) else {
            throw unsupported("RSA with \(bits) bits")
        }
        guard exponent == [1, 0, 1] else {
            throw PKIXError(
                .unsupported, "The \(kind) public key has an exponent other than 65537.",
                advice: "Generate the key with the exponent 65537.")
        }
        guard let last = modulus.last, last & 1 == 1,
            let key = try? _RSA.Signing.PublicKey(n: Array(modulus), e: exponent)
        else { throw PKIXError(.malformed, "The \(kind) public key has an impossible modulus.") }
        return (kind, .rsa(key))
    }
}
