/// Why a share does not go with those before it, or why they give no secret. Groups and members are counted from 0 here
/// and from 1 in descriptions, which hold nothing of a share's value.
public enum ShareSetError: Error, Hashable, Sendable, SecretMemoryFailure {
    /// What shares of one set, or of one group, must say alike.
    public enum Field: Hashable, Sendable {
        case groupThreshold, groupCount, wordCount
        case memberThreshold(group: Int)
    }

    /// The names are the first two words of the shares.
    case otherSet(expected: String, found: String)
    case contradiction(Field, expected: Int, found: Int)
    case duplicate(group: Int, member: Int)
    /// Two different values under one number: one of them is forged, or two sets have the same name.
    case sameIndex(group: Int, member: Int)
    case groupComplete(group: Int)
    case groupNotNeeded(group: Int)
    case incomplete(missing: String)
    /// Of the shares of a group, or with nil of the groups among themselves.
    case wrongDigest(group: Int?)
    case passphraseNotPrintable
    case memory(reason: String)
}

extension ShareSetError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .otherSet(let expected, let found):
            "The share belongs to another set: it begins with \"\(found)\", the shares before it with \"\(expected)\". "
                + "Use shares of one set."
        case .contradiction(let field, let expected, let found):
            "The share \(field.sentence(found)), those before it \(expected). "
                + "One of them is forged or of another set."
        case .duplicate(let group, let member):
            "Share \(member + 1) of group \(group + 1) is here already. Enter another one."
        case .sameIndex(let group, let member):
            "Another share \(member + 1) of group \(group + 1) is here already. "
                + "One of the two is forged or of another set."
        case .groupComplete(let group):
            "Group \(group + 1) is complete without this share. Put it away."
        case .groupNotNeeded(let group):
            "Enough groups are complete without a share of group \(group + 1). Put it away."
        case .incomplete(let missing):
            "Shares are missing: \(missing)."
        case .wrongDigest(let group?):
            "The shares of group \(group + 1) do not belong together. At least one is forged or of another set."
        case .wrongDigest(nil):
            "The groups do not belong together. The shares of at least one are forged or of another set."
        case .passphraseNotPrintable:
            "The passphrase holds a character that is not printable ASCII. Shares are never made with such a one."
        case .memory(let reason):
            reason
        }
    }
}

extension ShareSetError.Field {
    fileprivate func sentence(_ number: Int) -> String {
        switch self {
        case .groupThreshold: "says that \(number) group\(number == 1 ? " is" : "s are") needed"
        case .groupCount: "says that there \(number == 1 ? "is 1 group" : "are \(number) groups")"
        case .wordCount: "has \(number) words"
        case .memberThreshold(let group):
            "says that \(number) share\(number == 1 ? "" : "s") of group \(group + 1) "
                + "\(number == 1 ? "is" : "are") needed"
        }
    }
}
