/// Why bytes are not deterministic CBOR, and where.
public struct CBORError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Counted from 0, from the first byte given to the decoder.
    public let offset: Int
    /// What is wrong there, as part of a sentence.
    public let reason: String

    init(_ reason: String, at offset: Int) {
        self.offset = offset
        self.reason = reason
    }

    public var description: String { "not deterministic CBOR (RFC 8949 section 4.2.1) at byte \(offset): \(reason)." }
}
