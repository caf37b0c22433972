import Authority
import Groundwork

/// What a new policy changes, in sentences, and who must approve it beside the quorum of the old one.
struct PolicyChangeFacts {
    let change: PolicyChange

    init(_ change: PolicyChange) { self.change = change }

    func add(to sheet: inout Sheet) {
        let difference = PolicyDifference(change)
        for topic in PolicyDifference.Topic.allCases {
            let sentences = difference.sentences(on: topic)
            guard !sentences.isEmpty else { continue }
            sheet.fact(
                topic.words, sentences, key: topic.rawValue, .array(sentences.map(JSONValue.string)),
                style: topic == .power ? .bold : .plain)
        }
        if let rule = change.new.quorum(for: .changePolicy) {
            sheet.fact(
                "new quorum", [Phrase.list(rule.seats.map(\.words)), "of the new policy must approve the change too"],
                key: "new-quorum", .array(rule.seats.map { .string($0.description) }))
        }
        let keys = change.newKeys
        if !keys.isEmpty {
            sheet.fact(
                "new keys", keys.map { "\($0.person.name) must approve with \($0.fingerprint)" }, key: "new-keys",
                .array(keys.map { ["operator": .string($0.person.id), "key": .string($0.fingerprint)] }))
        }
    }
}
