/// Why a share does not count, for the person who typed it. None of it tells anything of the share's value.
public enum CustodyError: Error, Hashable, Sendable {
    /// The names are the first two words, which all shares of a set have in common.
    case otherSet(token: String, found: String)
    /// A right checksum, the right set, and no share that was handed out.
    case unknown(token: String)
    /// Nobody holds a share with this place in the set.
    case otherGroup(token: String, group: Int, groups: Int)
    case duplicate(custodians: [String])
    case groupComplete(role: String, threshold: Int, missing: String)
    case enough
    case notTogether(token: String)
    case memory(reason: String)
}

extension CustodyError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .otherSet(let token, let found):
            "This share is of another set, the one that begins with \"\(found)\". "
                + (token.hasPrefix(CustodyRecord.packagePrefix)
                    ? "It is not of \(CustodyRecord.words(token)): every package has shares of its own."
                    : "It is of another token than \(token), or from before its shares were renewed.")
        case .unknown(let token):
            "This share says that it is of \(CustodyRecord.words(token)), and is none of those that were handed out. It was forged, or "
                + "several words are wrong."
        case .otherGroup(let token, let group, let groups):
            "This share is of group \(group), and the shares of \(CustodyRecord.words(token)) have \(groups == 1 ? "one group" : "\(groups) groups"). "
                + "It is of another set."
        case .duplicate(let custodians):
            "The share of \(custodians.joined(separator: " and ")) is here already. Another one is needed."
        case .groupComplete(let role, let threshold, let missing):
            "\(threshold == 1 ? "The share" : "\(threshold) shares") of \(role) \(threshold == 1 ? "is" : "are") here, and no "
                + "more can be used. Missing: \(missing)."
        case .enough:
            "Enough shares are here. This one is not needed."
        case .notTogether(let token):
            "These shares do not give the secret of \(CustodyRecord.words(token)) together. At least one of them is forged."
        case .memory(let reason):
            reason
        }
    }
}
