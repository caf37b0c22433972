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

    /// Who must approve what for one value of a scope field.
    static let scopeQuorumForm = YAMLForm<[(kind: OperationKind, rule: QuorumRule)]>.record(
        YAMLRecord("the quorums of a scope", scopeQuorumKeys.map { $0.key.description })
    ) { reader throws(YAMLError) in
        var rules: [(kind: OperationKind, rule: QuorumRule)] = []
        for (kind, key) in scopeQuorumKeys {
            if let rule = try reader.readIfPresent(key) { rules.append((kind, rule)) }
        }
        return rules
    }

    private static let scopeQuorumKeys: [(kind: OperationKind, key: YAMLKey<QuorumRule>)] =
        allCases.filter(\.hasScope).map { kind in
            (
                kind,
                .optional(
                    kind.rawValue, QuorumRule.form,
                    "Who must approve \(kind.rawValue) here. Left out: the profile's or the operation's quorum.")
            )
        }

    static let quorumForm = YAMLForm<[OperationKind: QuorumRule]>.record(quorumRecord) { reader throws(YAMLError) in
        var rules: [OperationKind: QuorumRule] = [:]
        for (kind, key) in quorumKeys { rules[kind] = try reader.readIfPresent(key) }
        return rules
    }
}

extension ScopeQuorum {
    /// `{factory: {tallinn: {issue-intermediate: {officer: 2 of 3}}}}`
    static let form = YAMLForm<[NamedValue<[NamedValue<[(kind: OperationKind, rule: QuorumRule)]>]>]>.dictionary(
        keys: .slug, of: .dictionary(keys: .scopeValue, of: OperationKind.scopeQuorumForm), atLeast: 0
    ).map { fields, _ throws(YAMLError) in
        if fields.count > 1 {
            throw fields[1].entry.error(
                "quorums stand here for \(fields[0].name) and for \(fields[1].name) too.",
                remedy: "One scope field has quorums, or a certificate could fall under two of them.")
        }
        var quorums: [ScopeQuorum] = []
        for field in fields {
            for value in field.value {
                quorums += value.value.map {
                    ScopeQuorum(field: field.name, value: value.name, kind: $0.kind, rule: $0.rule)
                }
            }
        }
        return quorums.sorted { $0.path < $1.path }
    }
}
