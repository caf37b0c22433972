import StrictYAML

/// Shares of a token's PINs, or of a package's key, must be held by persons who exist, by so few groups and members as
/// SLIP-0039 can number, and never be enough in one person's hands.
struct CustodyCheck {
    /// What SLIP-0039 can number: 16 groups of 16 members.
    private static let maximum = 16

    let policy: Policy

    func run(_ token: TokenPolicy) throws(YAMLError) {
        let path = "tokens.\(token.name)"
        guard let custody = token.custody else {
            guard let index = token.unlock.firstIndex(of: .shares) else { return }
            throw policy.source.error(
                at: "\(path).unlock[\(index)]", "nobody holds shares of this token's PIN.",
                remedy: "Add custody, or remove shares.", control: Control.custodyOfPersons.rawValue)
        }
        try check(custody, at: "\(path).custody", of: "the PIN")
    }

    /// - Parameter secret: what is shared, for messages.
    func check(_ custody: QuorumRule, at path: String, of secret: String) throws(YAMLError) {
        try QuorumCheck(policy: policy, rule: custody, path: path).checkCounts()
        for seats in custody.seats where seats.of > Self.maximum {
            throw policy.source.error(
                at: "\(path).\(seats.role)", "shares can be made for \(Self.maximum) persons of a role.",
                remedy: "Give a role to fewer persons.", control: Control.custodyOfPersons.rawValue)
        }
        guard custody.seats.count <= Self.maximum else {
            throw policy.source.error(
                at: path, "shares can be made for \(Self.maximum) roles.", remedy: "Name fewer roles.",
                control: Control.custodyOfPersons.rawValue)
        }
        // A person holds one share in each group of theirs.
        guard policy.environment != .development,
            let one = policy.operators.first(where: { custody.canBeFilled(by: [$0]) })
        else { return }
        throw policy.source.error(
            at: path, "\(one.id) alone would hold shares enough for \(secret).",
            remedy: "Ask for two persons at least; only a development policy may leave it to one.",
            control: Control.custodyOfPersons.rawValue)
    }
}

extension QuorumRule {
    /// Whether these persons hold shares enough, where the rule is a custody: every person holds a share for each of
    /// their roles, and so may serve in several groups.
    public func canBeFilled(by persons: [Operator]) -> Bool {
        seats.allSatisfy { seats in persons.count { $0.roles.contains(seats.role) } >= seats.needed }
    }
}
