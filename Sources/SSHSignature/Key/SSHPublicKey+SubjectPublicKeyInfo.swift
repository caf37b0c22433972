import CryptoExtras

extension SSHPublicKey {
    /// The SSH form of a key that comes as DER SubjectPublicKeyInfo, for instance from a PKCS#11 token.
    ///
    /// Takes Ed25519 (RFC 8410), P-256, P-384 and P-521 with uncompressed points (RFC 5480), and RSA (RFC 3279).
    public init(subjectPublicKeyInfo der: [UInt8], comment: String = "") throws(SSHSignatureError) {
        for (prefix, type) in Self.fixedPrefixes where der.starts(with: prefix) {
            var writer = WireWriter()
            writer.text(type.rawValue)
            if let curve = type.curveName { writer.text(curve) }
            writer.string(der.dropFirst(prefix.count))
            // The prefix fixes the length, and the wire form's reader checks it together with the point.
            try self.init(wireBlob: writer.bytes, comment: comment)
            return
        }
        // Re-encoding refuses every encoding but DER.
        guard let key = try? _RSA.Signing.PublicKey(unsafeDERRepresentation: der),
            key.derRepresentation.elementsEqual(der), let numbers = try? key.getKeyPrimitives()
        else {
            throw .unsupportedSubjectPublicKeyInfo
        }
        var writer = WireWriter()
        writer.text(SSHKeyType.rsa.rawValue)
        writer.mpint(numbers.publicExponent)
        writer.mpint(numbers.modulus)
        try self.init(wireBlob: writer.bytes, comment: comment)
    }

    /// What stands before the point in a SubjectPublicKeyInfo:
    ///
    ///     SubjectPublicKeyInfo ::= SEQUENCE { algorithm AlgorithmIdentifier, subjectPublicKey BIT STRING }
    private static let fixedPrefixes: [(prefix: [UInt8], type: SSHKeyType)] = [
        ([0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00], .ed25519),
        (
            [0x30, 0x59, 0x30, 0x13] + idECPublicKey + [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07]
                + [0x03, 0x42, 0x00], .ecdsaP256
        ),
        (
            [0x30, 0x76, 0x30, 0x10] + idECPublicKey + [0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22]
                + [0x03, 0x62, 0x00], .ecdsaP384
        ),
        (
            [0x30, 0x81, 0x9b, 0x30, 0x10] + idECPublicKey + [0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23]
                + [0x03, 0x81, 0x86, 0x00], .ecdsaP521
        ),
    ]

    private static let idECPublicKey: [UInt8] = [0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01]
}
