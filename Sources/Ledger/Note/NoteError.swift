/// A note or checkpoint that is malformed, unsigned, or wrongly signed.
public struct NoteError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Kind: String, Sendable {
        /// The bytes are not what encoding would give.
        case malformed
        /// No signature by the key is on the note.
        case unsigned
        /// There is a signature by the key, and it does not verify.
        case badSignature
        /// The verifier key itself cannot be used.
        case badKey
        /// The signer failed.
        case signing
    }

    public let kind: Kind
    /// What is wrong, as a sentence without its full stop.
    public let reason: String

    public init(_ kind: Kind, _ reason: String) {
        self.kind = kind
        self.reason = reason
    }

    public var description: String { reason }
}
