/// The algorithms that bundles are signed with: ECDSA on P-256 with SHA-256, under both of its COSE numbers.
public enum COSEAlgorithm: Int64, CaseIterable, Hashable, Sendable {
    /// RFC 9864: names the curve as well.
    case esp256 = -9
    /// RFC 9053; deprecated by RFC 9864, and the only one that older verifiers know.
    case es256 = -7

    public var name: String {
        switch self {
        case .esp256: "ESP256"
        case .es256: "ES256"
        }
    }
}
