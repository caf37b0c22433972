/// Why bytes are not JSON in the canonical form of RFC 8785, and where.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Counted from 0, from the first byte given to the parser.
    public let offset: Int
    /// What is wrong there, as part of a sentence.
    public let reason: String

    public init(offset: Int, reason: String) {
        self.offset = offset
        self.reason = reason
    }

    public var description: String { "not canonical JSON (RFC 8785) at byte \(offset): \(reason)." }
}
