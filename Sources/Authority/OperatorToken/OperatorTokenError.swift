/// Why an operator's token cannot be used, where the token itself has nothing to say.
public struct OperatorTokenError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Kind: Hashable, Sendable {
        /// The URI does not name one key in one token of one module.
        case uri
        /// The token's PIN is locked, or next to it.
        case pinState
        /// The key is of a kind that SSH does not know or that is too weak.
        case key
    }

    public var kind: Kind
    /// What is wrong and where: one sentence without a full stop.
    public var reason: String
    /// What to do: one sentence without a full stop.
    public var advice: String

    public var description: String { Sentences.joined(reason, advice) }
}
