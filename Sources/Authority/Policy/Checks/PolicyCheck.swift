import StrictYAML

/// What must hold between the parts of a policy. Each part is well-formed by itself when this runs.
struct PolicyCheck {
    let policy: Policy

    init(_ policy: Policy) { self.policy = policy }

    func run() throws(YAMLError) {
        try checkKeys()
        for (kind, rule) in policy.quorums.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            try QuorumCheck(policy: policy, rule: rule, path: "quorums.\(kind.rawValue)", excludesRequester: true)
                .run()
        }
        for (profile, rule) in policy.profileQuorums.sorted(by: { $0.key < $1.key }) {
            try QuorumCheck(policy: policy, rule: rule, path: "profiles.\(profile).quorum", excludesRequester: true)
                .run()
        }
        try checkScopeQuorums()
        if let closing = policy.closing { try QuorumCheck(policy: policy, rule: closing, path: "closing").run() }
        try checkTokens()
        if let rules = policy.breakGlass { try CustodyCheck(policy: policy).check(rules.responders, at: "break-glass.responders", of: "a package") }
        for profile in policy.profiles.values.sorted(by: { $0.name < $1.name }) {
            try ProfileCheck(policy: policy, profile: profile).run()
        }
        try check(policy.bundle.signerProfile, isOf: .bundleSigner, at: "bundle.signer-profile")
        try BundleCheck(policy: policy).run()
        try PartitionCheck(policy: policy).run()
        try check(policy.ledger.recordProfile, isOf: .recordKey, at: "ledger.record-profile")
    }

    /// Persons are counted, so a key that two persons share would count twice.
    private func checkKeys() throws(YAMLError) {
        var owners: [Substring: String] = [:]
        for person in policy.operators {
            for (index, key) in person.keys.enumerated() {
                let blob = key.authorizedKeysLine.split(separator: " ").dropFirst().first ?? ""
                if let owner = owners[blob] {
                    throw policy.source.error(
                        at: "operators.\(person.id).keys[\(index)]",
                        owner == person.id ? "this key stands here twice." : "this key belongs to \(owner) already.",
                        remedy: "Every key belongs to one person, once.")
                }
                owners[blob] = person.id
            }
        }
    }

    /// A quorum for a scope must speak of a scope that exists: a mistyped factory would fall under the wider quorum.
    private func checkScopeQuorums() throws(YAMLError) {
        for quorum in policy.scopeQuorums {
            let place = "scope-quorums.\(quorum.field)"
            guard let field = policy.scopeFields[quorum.field] else {
                throw policy.source.error(
                    at: place, "there is no scope field \"\(quorum.field)\".",
                    remedy: Suggestion.sentence(
                        "Defined under scopes", policy.scopeFields.keys.sorted(), for: quorum.field))
            }
            do throws(ScopeError) {
                try field.check(quorum.value)
            } catch {
                throw error.placed(in: policy.source, at: "\(place).\(quorum.value)")
            }
            try QuorumCheck(policy: policy, rule: quorum.rule, path: quorum.path, excludesRequester: true).run()
        }
    }

    /// Two names for one token would let a key be looked for where it is not.
    private func checkTokens() throws(YAMLError) {
        var names: [String: String] = [:]
        for token in policy.tokens.values.sorted(by: { $0.name < $1.name }) {
            let identity = "\(token.serial ?? "") \(token.label)"
            if let other = names[identity] {
                throw policy.source.error(
                    at: "tokens.\(token.name).label", "the token \(other) has the same label and serial number.",
                    remedy: "Give each token a label of its own.")
            }
            names[identity] = token.name
            try CustodyCheck(policy: policy).run(token)
        }
    }

    /// A profile that another part of the policy names is there and of the kind that it needs.
    private func check(_ name: String, isOf kind: ProfileKind, at path: String) throws(YAMLError) {
        let fitting = policy.profiles.values.filter { $0.kind == kind }.map(\.name).sorted()
        let remedy = Suggestion.sentence("Profiles of kind \(kind.rawValue)", fitting, for: name)
        guard let profile = policy.profiles[name] else {
            throw policy.source.error(at: path, "there is no profile \"\(name)\".", remedy: remedy)
        }
        guard profile.kind == kind else {
            throw policy.source.error(
                at: path, "the profile \(name) is of kind \(profile.kind.rawValue), not \(kind.rawValue).", remedy: remedy)
        }
    }
}
