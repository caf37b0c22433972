/// Who gains and who loses power by a change of policy.
struct PowerShift {
    private let change: PolicyChange
    private let before: [String: PolicyAct]
    private let after: [String: PolicyAct]

    init(_ change: PolicyChange) {
        self.change = change
        before = Self.named(change.old.acts)
        after = Self.named(change.new.acts)
    }

    private static func named(_ acts: [PolicyAct]) -> [String: PolicyAct] {
        Dictionary(acts.map { ($0.words, $0) }, uniquingKeysWith: { first, _ in first })
    }

    var sentences: [String] { numbers + persons + vetoes + requester }

    /// How many persons it takes.
    private var numbers: [String] {
        Set(before.keys).union(after.keys).sorted().compactMap { words in
            switch (before[words]?.fewest(change.old), after[words]?.fewest(change.new)) {
            case (let was?, let now?) where now < was:
                return "\(Self.persons(now)) can now \(words); it took \(Self.number(was))"
            case (let was?, let now?) where now > was:
                return "it now takes \(Self.persons(now)) to \(words); it took \(Self.number(was))"
            case (nil, let now?): return "\(Self.persons(now)) can now \(words)"
            case (_?, nil): return "no quorum of its own is there any more to \(words)"
            default: return nil
            }
        }
    }

    /// What each person has a part in.
    private var persons: [String] {
        let ids = Set(change.old.operators.map(\.id)).union(change.new.operators.map(\.id)).sorted()
        return ids.flatMap { id -> [String] in
            let old = change.old.operators.first { $0.id == id }
            let new = change.new.operators.first { $0.id == id }
            let name = (new ?? old)?.name ?? id
            let had = Set(before.filter { $0.value.participants(change.old).contains { $0.id == id } }.keys)
            let has = Set(after.filter { $0.value.participants(change.new).contains { $0.id == id } }.keys)
            let gained = has.subtracting(had).sorted().joined(separator: ", ")
            let lost = had.subtracting(has).sorted().joined(separator: ", ")
            return (gained.isEmpty ? [] : ["\(name) (\(id)) gains a part in: \(gained)"])
                + (lost.isEmpty ? [] : ["\(name) (\(id)) loses the part in: \(lost)"])
        }
    }

    /// Who can stop it by staying away.
    private var vetoes: [String] {
        Set(before.keys).union(after.keys).sorted().flatMap { words -> [String] in
            let old = before[words].map { Self.needed(for: $0, change.old) } ?? []
            let new = after[words].map { Self.needed(for: $0, change.new) } ?? []
            let gone = after[words] == nil ? [] : old.filter { person in !new.contains { $0.id == person.id } }
            return new.filter { person in !old.contains { $0.id == person.id } }
                .map { "nobody can \(words) without \($0.name) (\($0.id))" }
                + gone.map { "others can now \(words) without \($0.name) (\($0.id))" }
        }
    }

    private static func needed(for act: PolicyAct, _ policy: Policy) -> [Operator] {
        policy.operators.filter { one in !act.isPossible(for: policy.operators.filter { $0.id != one.id }) }
    }

    /// Who asks for a ceremony and counts is one person fewer to talk round.
    private var requester: [String] {
        switch (change.old.approvals.requesterMayApprove, change.new.approvals.requesterMayApprove) {
        case (false, true): ["who asks for a ceremony can now be one of those who approve it"]
        case (true, false): ["who asks for a ceremony does not count any more among those who approve it"]
        default: []
        }
    }

    private static func persons(_ count: Int) -> String { "\(number(count)) \(count == 1 ? "person" : "persons")" }

    private static func number(_ count: Int) -> String {
        let words = ["nobody", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
        return words.indices.contains(count) ? words[count] : "\(count)"
    }
}
