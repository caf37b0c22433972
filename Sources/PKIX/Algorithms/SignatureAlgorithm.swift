/// The signature algorithms that Anchorite issues with and verifies.
///
/// Each has exactly one AlgorithmIdentifier: RFC 5758 3.2 (ECDSA, parameters absent), RFC 4055 5 (RSA PKCS#1 v1.5,
/// parameters NULL), RFC 4055 3.1 (RSASSA-PSS: hash, MGF1 with the same hash, salt as long as the hash, and the default
/// trailer field absent), RFC 8410 3 (Ed25519, parameters absent).
public enum SignatureAlgorithm: String, CaseIterable, Hashable, Sendable, CustomStringConvertible {
    case ecdsaSHA256 = "ecdsa-with-SHA256"
    case ecdsaSHA384 = "ecdsa-with-SHA384"
    case rsaSHA256 = "sha256WithRSAEncryption"
    case rsaSHA384 = "sha384WithRSAEncryption"
    case rsaPSSSHA256 = "rsassa-pss-sha256"
    case rsaPSSSHA384 = "rsassa-pss-sha384"
    case ed25519 = "ed25519"

    /// The hash that is applied before the key operation.
    public enum Hash: String, CaseIterable, Hashable, Sendable {
        case sha256
        case sha384

        /// In bytes.
        public var digestLength: Int { self == .sha256 ? 32 : 48 }
    }

    /// What the key does with the digest.
    public enum Scheme: Hashable, Sendable {
        case ecdsa
        case rsaPKCS1
        case rsaPSS
        /// Signs the message itself.
        case ed25519
    }

    public var description: String { rawValue }

    /// nil for Ed25519, which takes the whole message.
    public var hash: Hash? {
        switch self {
        case .ecdsaSHA256, .rsaSHA256, .rsaPSSSHA256: .sha256
        case .ecdsaSHA384, .rsaSHA384, .rsaPSSSHA384: .sha384
        case .ed25519: nil
        }
    }

    public var scheme: Scheme {
        switch self {
        case .ecdsaSHA256, .ecdsaSHA384: .ecdsa
        case .rsaSHA256, .rsaSHA384: .rsaPKCS1
        case .rsaPSSSHA256, .rsaPSSSHA384: .rsaPSS
        case .ed25519: .ed25519
        }
    }

    /// ECDSA with the hash as long as the curve; RSA with PKCS#1 v1.5 and SHA-256, which every device verifies.
    public static func `default`(for kind: KeyKind) -> SignatureAlgorithm {
        switch kind {
        case .ecP256: .ecdsaSHA256
        case .ecP384: .ecdsaSHA384
        case .rsa3072, .rsa4096: .rsaSHA256
        case .ed25519: .ed25519
        }
    }

    /// Whether Anchorite issues with this algorithm under a key of `kind`. ECDSA pairs each curve with one hash.
    public func isIssued(with kind: KeyKind) -> Bool {
        switch kind {
        case .ecP256: self == .ecdsaSHA256
        case .ecP384: self == .ecdsaSHA384
        case .rsa3072, .rsa4096: scheme == .rsaPKCS1 || scheme == .rsaPSS
        case .ed25519: self == .ed25519
        }
    }

    /// Whether a signature of this algorithm can be verified by a key of `kind` at all. Wider than `isIssued`: a
    /// request made by `openssl req` with a P-384 key is signed with SHA-256 unless told otherwise.
    public func isVerifiable(with kind: KeyKind) -> Bool {
        switch kind {
        case .ecP256, .ecP384: scheme == .ecdsa
        case .rsa3072, .rsa4096: scheme == .rsaPKCS1 || scheme == .rsaPSS
        case .ed25519: self == .ed25519
        }
    }

    /// The complete DER of the AlgorithmIdentifier.
    public var algorithmIdentifierDER: [UInt8] { algorithmIdentifier.derBytes }

    public var algorithmIdentifier: AlgorithmIdentifier {
        switch self {
        case .ecdsaSHA256: AlgorithmIdentifier(.ecdsaWithSHA256)
        case .ecdsaSHA384: AlgorithmIdentifier(.ecdsaWithSHA384)
        case .rsaSHA256: AlgorithmIdentifier(.sha256WithRSAEncryption, parameters: AlgorithmIdentifier.null)
        case .rsaSHA384: AlgorithmIdentifier(.sha384WithRSAEncryption, parameters: AlgorithmIdentifier.null)
        case .rsaPSSSHA256: AlgorithmIdentifier(.rsassaPSS, parameters: Self.pssParameters(.sha256))
        case .rsaPSSSHA384: AlgorithmIdentifier(.rsassaPSS, parameters: Self.pssParameters(.sha384))
        case .ed25519: AlgorithmIdentifier(.idEd25519)
        }
    }

    /// nil unless `derEncoded` is, byte for byte, the AlgorithmIdentifier of one of these algorithms.
    public init?(derEncoded: [UInt8]) {
        guard let found = Self.byEncoding[derEncoded] else { return nil }
        self = found
    }

    private static let byEncoding = [[UInt8]: SignatureAlgorithm](
        uniqueKeysWithValues: allCases.map { ($0.algorithmIdentifierDER, $0) })

    /// ```
    /// RSASSA-PSS-params ::= SEQUENCE {
    ///     hashAlgorithm     [0] HashAlgorithm DEFAULT sha1,
    ///     maskGenAlgorithm  [1] MaskGenAlgorithm DEFAULT mgf1SHA1,
    ///     saltLength        [2] INTEGER DEFAULT 20,
    ///     trailerField      [3] INTEGER DEFAULT 1 }
    /// ```
    private static func pssParameters(_ hash: Hash) -> [UInt8] {
        let hashIdentifier = AlgorithmIdentifier(
            hash == .sha256 ? .sha256 : .sha384, parameters: AlgorithmIdentifier.null)
        let mgf1 = AlgorithmIdentifier(.mgf1, parameters: hashIdentifier.derBytes)
        return AlgorithmIdentifier.serialize { coder in
            coder.constructed(DERTag.contextConstructed(0)) { $0.serializeRawBytes(hashIdentifier.derBytes) }
            coder.constructed(DERTag.contextConstructed(1)) { $0.serializeRawBytes(mgf1.derBytes) }
            coder.constructed(DERTag.contextConstructed(2)) { $0.integer(UInt64(hash.digestLength)) }
        }
    }
}
