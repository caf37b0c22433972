extension SubjectPublicKeyInfo {
    /// The DER of a key of `kind` with every bit of the BIT STRING's content zero: what a plan holds in place of a key
    /// that the HSM has yet to make.
    ///
    /// It is exactly as long as the real one. That holds for RSA too: the modulus' top bit is set by definition of its
    /// size, so the INTEGER has one leading zero byte, and the exponent is always 65537.
    public static func placeholder(_ kind: KeyKind) -> [UInt8] {
        encode(kind, [UInt8](repeating: 0, count: subjectPublicKeyLength(kind)))
    }

    /// The kind whose placeholder `derEncoded` is, nil when it is not one.
    public static func placeholderKind(of derEncoded: [UInt8]) -> KeyKind? {
        KeyKind.allCases.first { placeholder($0) == derEncoded }
    }

    /// In bytes. RSAPublicKey is SEQUENCE (4 bytes of header), modulus (4 + 1 + n), exponent (2 + 3).
    private static func subjectPublicKeyLength(_ kind: KeyKind) -> Int {
        switch kind {
        case .ecP256: 65
        case .ecP384: 97
        case .ed25519: 32
        case .rsa3072: 4 + 4 + 1 + 384 + 5
        case .rsa4096: 4 + 4 + 1 + 512 + 5
        }
    }
}
