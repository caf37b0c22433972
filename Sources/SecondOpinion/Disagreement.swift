/// libcrypto does not accept what it was shown, or reads something else in it than we do.
public struct Disagreement: Error, Hashable, Sendable, CustomStringConvertible {
    /// Which judgement failed.
    public enum Kind: Hashable, Sendable {
        /// The bytes do not parse, are followed by others, or are not the DER that libcrypto itself would write.
        case encoding
        /// A field parses but breaks a rule of its specification.
        case content
        /// The signature does not verify.
        case signature
        /// The signature verifies, but the issuer may not have issued this (name, key identifier, key usage).
        case issuer
        /// A public key cannot be used, or not with this algorithm.
        case key
        /// Path validation failed: libcrypto's `X509_V_ERR_…` number and the depth, 0 being the leaf.
        case chain(code: Int, depth: Int)
        /// libcrypto could not do its work, usually for want of memory.
        case library
    }

    public let kind: Kind
    /// What is wrong, without a final full stop.
    public let what: String
    /// The object and the place in it, such as `certificate, signature`.
    public let `where`: String
    /// What libcrypto's error queue says, if it says anything.
    public let openssl: String?

    public init(_ kind: Kind, what: String, where place: String, openssl: String? = nil) {
        self.kind = kind
        self.what = what
        self.where = place
        self.openssl = openssl
    }

    public var description: String {
        guard let openssl else { return "\(what) (\(`where`))." }
        return "\(what) (\(`where`)). OpenSSL says: \(openssl)."
    }
}
