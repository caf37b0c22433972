/// A trust anchor in one of three forms, numbered as in concise TA stores (draft-ietf-rats-concise-ta-stores).
public struct BundleAnchor: Hashable, Sendable {
    public enum Format: UInt64, CaseIterable, Hashable, Sendable {
        /// A certificate, usually self-signed.
        case certificate = 0
        /// TrustAnchorInfo (RFC 5914).
        case trustAnchorInfo = 1
        /// A bare SubjectPublicKeyInfo.
        case subjectPublicKeyInfo = 2
    }

    public var format: Format
    /// DER.
    public var bytes: [UInt8]
    /// A name for people.
    public var title: String?

    public init(format: Format = .certificate, bytes: [UInt8], title: String? = nil) {
        self.format = format
        self.bytes = bytes
        self.title = title
    }
}
