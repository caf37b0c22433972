/// How far a group of a set is.
public struct GroupProgress: Hashable, Sendable {
    /// Counted from 0.
    public let index: Int
    /// The indices of its shares that are here, in order, counted from 0.
    public let members: [Int]
    /// How many are needed; nil while none is here, since only its own shares tell.
    public let threshold: Int?

    public var isComplete: Bool { threshold == members.count }
    /// nil while none is here.
    public var missing: Int? { threshold.map { $0 - members.count } }
}

extension ShareSet {
    /// What is still missing in words, as the end of "Shares are missing: …"; empty once the set is complete.
    public var missing: String {
        guard let parameters else { return "every share" }
        guard !isComplete else { return "" }
        let groups = progress
        if parameters.groupCount == 1, let missing = groups.first?.missing { return shares(missing) }
        let begun = groups.compactMap { group in
            group.missing.map { "group \(group.index + 1) \($0 == 0 ? "is complete" : "lacks \(shares($0))")" }
        }
        let complete = groups.count { $0.isComplete }
        let wanted = parameters.groupThreshold - complete
        return "\(wanted) \(complete == 0 ? "" : "more ")group\(wanted == 1 ? "" : "s") of \(parameters.groupCount) "
            + "(\(begun.joined(separator: ", ")))"
    }

    private func shares(_ count: Int) -> String { "\(count) share\(count == 1 ? "" : "s")" }
}
