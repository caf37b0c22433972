/// Something for which persons of a policy must come together.
public struct PolicyAct: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        /// Approve operations.
        case approve
        /// Sign the checkpoint of a ceremony, so that the next one can be opened.
        case close
        /// Put together a token's PIN.
        case unlock
        /// Open a break-glass package.
        case open
    }

    public let kind: Kind
    /// What is approved, closed or unlocked: `issue-intermediate for factory tallinn`.
    public let object: String
    public let rule: QuorumRule

    /// As people say it: `approve revoke`, `unlock the token vault`.
    public var words: String {
        switch kind {
        case .approve: "approve \(object)"
        case .close: "close a ceremony"
        case .unlock: "unlock the token \(object)"
        case .open: "open a break-glass package"
        }
    }

    /// Whether these persons are enough. A person fills one seat of a quorum, and holds a share in each group of theirs.
    public func isPossible(for persons: [Operator]) -> Bool {
        switch kind {
        case .approve, .close: rule.isReachable(by: persons)
        case .unlock, .open: rule.canBeFilled(by: persons)
        }
    }

    /// The persons who have a part in it.
    public func participants(_ policy: Policy) -> [Operator] {
        policy.operators.filter { person in rule.seats.contains { person.roles.contains($0.role) } }
    }

    /// The fewest persons who are enough.
    func fewest(_ policy: Policy) -> Int {
        guard kind == .unlock || kind == .open else { return rule.personsNeeded }
        let roles = Set(rule.seats.map(\.role))
        var groups: [Set<String>: [Operator]] = [:]
        for person in participants(policy) { groups[person.roles.intersection(roles), default: []].append(person) }
        return fewest([], groups.values.map { $0 }[...], best: rule.personsNeeded)
    }

    /// Persons of the same roles are the same here, so only their numbers are tried.
    private func fewest(_ chosen: [Operator], _ groups: ArraySlice<[Operator]>, best: Int) -> Int {
        if isPossible(for: chosen) { return min(best, chosen.count) }
        guard let group = groups.first, chosen.count < best else { return best }
        var best = best
        for count in 0...min(group.count, max(0, best - chosen.count)) {
            best = fewest(chosen + group.prefix(count), groups.dropFirst(), best: best)
        }
        return best
    }
}

extension Policy {
    /// Everything for which persons must come together, sorted by kind and object.
    public var acts: [PolicyAct] {
        let operations = quorums.sorted { $0.key.rawValue < $1.key.rawValue }
            .map { PolicyAct(kind: .approve, object: $0.key.rawValue, rule: $0.value) }
        let profiles = profileQuorums.sorted { $0.key < $1.key }
            .map { PolicyAct(kind: .approve, object: "what is of the profile \($0.key)", rule: $0.value) }
        let scopes = scopeQuorums.map {
            PolicyAct(kind: .approve, object: "\($0.kind.rawValue) for \($0.field) \($0.value)", rule: $0.rule)
        }
        let closings = closing.map { [PolicyAct(kind: .close, object: "ceremony", rule: $0)] } ?? []
        let custodies = tokens.values.sorted { $0.name < $1.name }.compactMap { token in
            token.custody.map { PolicyAct(kind: .unlock, object: token.name, rule: $0) }
        }
        let packages = breakGlass.map { [PolicyAct(kind: .open, object: "break-glass", rule: $0.responders)] } ?? []
        return operations + profiles + scopes + closings + custodies + packages
    }
}
