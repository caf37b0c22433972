extension OID {
    static let ecPublicKey = OID(1, 2, 840, 10045, 2, 1)
    static let secp256r1 = OID(1, 2, 840, 10045, 3, 1, 7)
    static let secp384r1 = OID(1, 3, 132, 0, 34)
    static let ecdsaWithSHA256 = OID(1, 2, 840, 10045, 4, 3, 2)
    static let ecdsaWithSHA384 = OID(1, 2, 840, 10045, 4, 3, 3)
    static let rsaEncryption = OID(1, 2, 840, 113549, 1, 1, 1)
    static let sha256WithRSAEncryption = OID(1, 2, 840, 113549, 1, 1, 11)
    static let sha384WithRSAEncryption = OID(1, 2, 840, 113549, 1, 1, 12)
    static let rsassaPSS = OID(1, 2, 840, 113549, 1, 1, 10)
    static let mgf1 = OID(1, 2, 840, 113549, 1, 1, 8)
    static let idEd25519 = OID(1, 3, 101, 112)
    /// The hash functions, for RSASSA-PSS parameters and HashedRootKey.
    public static let sha256 = OID(2, 16, 840, 1, 101, 3, 4, 2, 1)
    public static let sha384 = OID(2, 16, 840, 1, 101, 3, 4, 2, 2)
    public static let sha512 = OID(2, 16, 840, 1, 101, 3, 4, 2, 3)

    /// The usual name of an algorithm or curve, so that a refusal can say what was found.
    var knownName: String? { Self.algorithmNames[self] }

    private static let algorithmNames: [OID: String] = [
        .ecPublicKey: "id-ecPublicKey", .secp256r1: "secp256r1", .secp384r1: "secp384r1",
        OID(1, 3, 132, 0, 35): "secp521r1", OID(1, 3, 132, 0, 33): "secp224r1", OID(1, 3, 132, 0, 10): "secp256k1",
        OID(1, 2, 840, 10045, 3, 1, 1): "secp192r1", OID(1, 3, 36, 3, 3, 2, 8, 1, 1, 7): "brainpoolP256r1",
        OID(1, 3, 36, 3, 3, 2, 8, 1, 1, 11): "brainpoolP384r1", OID(1, 3, 36, 3, 3, 2, 8, 1, 1, 13): "brainpoolP512r1",
        OID(1, 2, 156, 10197, 1, 301): "SM2",
        .rsaEncryption: "rsaEncryption", .rsassaPSS: "RSASSA-PSS", OID(1, 2, 840, 113549, 1, 1, 7): "RSAES-OAEP",
        OID(1, 2, 840, 10040, 4, 1): "DSA", OID(1, 2, 840, 113549, 1, 3, 1): "DH", OID(1, 2, 840, 10046, 2, 1): "DH",
        .idEd25519: "Ed25519", OID(1, 3, 101, 113): "Ed448", OID(1, 3, 101, 110): "X25519", OID(1, 3, 101, 111): "X448",
        OID(2, 16, 840, 1, 101, 3, 4, 3, 17): "ML-DSA-44", OID(2, 16, 840, 1, 101, 3, 4, 3, 18): "ML-DSA-65",
        OID(2, 16, 840, 1, 101, 3, 4, 3, 19): "ML-DSA-87",
        .ecdsaWithSHA256: "ecdsa-with-SHA256", .ecdsaWithSHA384: "ecdsa-with-SHA384",
        OID(1, 2, 840, 10045, 4, 3, 4): "ecdsa-with-SHA512", OID(1, 2, 840, 10045, 4, 3, 1): "ecdsa-with-SHA224",
        OID(1, 2, 840, 10045, 4, 1): "ecdsa-with-SHA1",
        .sha256WithRSAEncryption: "sha256WithRSAEncryption", .sha384WithRSAEncryption: "sha384WithRSAEncryption",
        OID(1, 2, 840, 113549, 1, 1, 13): "sha512WithRSAEncryption",
        OID(1, 2, 840, 113549, 1, 1, 5): "sha1WithRSAEncryption",
        OID(1, 2, 840, 113549, 1, 1, 4): "md5WithRSAEncryption",
        .sha256: "SHA-256", .sha384: "SHA-384", .sha512: "SHA-512", OID(1, 3, 14, 3, 2, 26): "SHA-1",
    ]
}
