/// What is wrong with a certificate, a CRL, a request, or with the parts from which one was to be made.
///
/// `description` is one sentence that says what is wrong and where and, where known, a second that says what to do.
public struct PKIXError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The class of the failure, for callers that act on it.
    public enum Kind: String, Hashable, Sendable {
        /// Bytes that are not the strict DER or PEM of the expected structure.
        case malformed
        /// Well-formed, but an algorithm, key, version or field that this module does not take.
        case unsupported
        /// A value given by the caller that the standard forbids.
        case invalidValue
        /// A signature that does not verify.
        case signatureInvalid
        /// A certificate and its alleged issuer do not fit together.
        case chainBroken
        /// The operating system refused a file operation.
        case io
    }

    public let kind: Kind
    /// One sentence: what is wrong, and where.
    public let reason: String
    /// One sentence: what to do about it, where known.
    public let advice: String?

    public init(_ kind: Kind, _ reason: String, advice: String? = nil) {
        self.kind = kind
        self.reason = reason
        self.advice = advice
    }

    public var description: String {
        guard let advice else { return reason }
        return "\(reason) \(advice)"
    }
}
