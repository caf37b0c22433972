/// What a new policy changes, in sentences: first who gains and who loses power, then every rule that is another.
public struct PolicyDifference: Sendable {
    /// What sentences are about, in the order in which they are told.
    public enum Topic: String, Sendable, CaseIterable {
        case power, operators, quorums, tokens, profiles, scopes, rules, limits, text

        /// What stands before the sentences.
        public var words: String {
            switch self {
            case .power: "power"
            case .operators: "persons"
            case .quorums: "quorums"
            case .tokens: "tokens"
            case .profiles: "profiles"
            case .scopes: "scopes"
            case .rules: "rules"
            case .limits: "limits"
            case .text: "the file"
            }
        }
    }

    /// The sentences, without full stops, in the order in which they are told.
    public let changes: [(topic: Topic, sentence: String)]

    public init(_ change: PolicyChange) {
        var changes = PowerShift(change).sentences.map { (topic: Topic.power, sentence: $0) }
        for (topic, facet) in Self.policy {
            changes += facet.say(change.old, change.new).map { (topic, $0) }
        }
        if changes.isEmpty, change.old.bytes != change.new.bytes {
            changes.append((.text, "only the text of the file changes: comments, order or spacing"))
        }
        self.changes = Topic.allCases.flatMap { topic in changes.filter { $0.topic == topic } }
    }

    public func sentences(on topic: Topic) -> [String] {
        changes.filter { $0.topic == topic }.map(\.sentence)
    }
}
