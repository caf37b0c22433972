import StrictYAML

extension QuorumRule {
    /// `{security-officer: 2 of 3, witness: 1 of 2}`
    static let form = YAMLForm<[NamedValue<Seats>]>.dictionary(keys: .slug, of: Seats.form).map {
        entries, _ throws(YAMLError) in
        QuorumRule(seats: entries.map { QuorumSeats(role: $0.name, needed: $0.value.needed, of: $0.value.of) })
    }

    struct Seats: Sendable {
        let needed: Int
        let of: Int

        static let form = YAMLForm<Seats>.text(
            "a number of seats", pattern: "^[1-9][0-9]{0,2} of [1-9][0-9]{0,2}$",
            remedy: "Write how many must approve of how many there are, such as 2 of 3; at least 1 must."
        ) { text in
            let words = text.split(separator: " ", omittingEmptySubsequences: false)
            guard words.count == 3, words[1] == "of", let needed = Int(words[0]), let of = Int(words[2]),
                text == "\(needed) of \(of)", (1...999).contains(needed), (1...999).contains(of)
            else { return nil }
            return Seats(needed: needed, of: of)
        }
    }
}

extension OperationKind {
    /// A record with a key for each kind of operation.
    static let quorumKeys: [(kind: OperationKind, key: YAMLKey<QuorumRule>)] = allCases.map { kind in
        (
            kind,
            .optional(
                kind.rawValue, QuorumRule.form,
                "Who must approve \(kind.rawValue), as {role: 2 of 3}. Left out: nobody may do it.")
        )
    }

    static let quorumRecord = YAMLRecord("the quorums", quorumKeys.map { $0.key.description })

    static let quorumForm = YAMLForm<[OperationKind: QuorumRule]>.record(quorumRecord) { reader throws(YAMLError) in
        var rules: [OperationKind: QuorumRule] = [:]
        for (kind, key) in quorumKeys { rules[kind] = try reader.readIfPresent(key) }
        return rules
    }
}
