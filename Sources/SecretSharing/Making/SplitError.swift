/// Why a secret is not shared so. Groups are counted from 0 here and from 1 in descriptions.
public enum SplitError: Error, Hashable, Sendable, SecretMemoryFailure {
    /// In bytes.
    case secretLength(Int)
    case groupCount(Int)
    case groupThreshold(Int, groups: Int)
    case memberCount(Int, group: Int)
    case memberThreshold(Int, members: Int, group: Int)
    case oneOfSeveral(members: Int, group: Int)
    case iterationExponent(Int)
    case passphraseNotPrintable
    case memory(reason: String)
}

extension SplitError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .secretLength(let count):
            "A secret of \(count) bytes cannot be shared. It must have an even number of bytes from 16 to 1270."
        case .groupCount(let count):
            "There are \(count) groups. Give 1 to 16."
        case .groupThreshold(let threshold, let groups):
            "\(threshold) of \(groups) groups cannot be needed. Give 1 to \(groups)."
        case .memberCount(let count, let group):
            "Group \(group + 1) has \(count) shares. Give 1 to 16."
        case .memberThreshold(let threshold, let members, let group):
            "\(threshold) of \(members) shares of group \(group + 1) cannot be needed. Give "
                + (members == 1 ? "1." : "2 to \(members).")
        case .oneOfSeveral(let members, let group):
            "Any 1 of \(members) shares of group \(group + 1) would be enough, so they would be copies. Ask for 2 or "
                + "more, or make 1 of 1."
        case .iterationExponent(let exponent):
            "The iteration exponent is \(exponent). Give 0 to 15."
        case .passphraseNotPrintable:
            "The passphrase holds a character that is not printable ASCII. Use letters, digits, signs and spaces."
        case .memory(let reason):
            reason
        }
    }
}
