/// Who holds shares of a token's PINs in one role: a group of SLIP-0039.
public struct CustodyGroup: Hashable, Sendable {
    public let role: String
    /// How many of its shares are needed.
    public let threshold: Int
    /// For each share the operators who hold it. SLIP-0039 does not split what one alone may give, so where one of
    /// several is enough, all hold a copy of the same share.
    public let members: [[String]]

    public init(role: String, threshold: Int, members: [[String]]) {
        self.role = role
        self.threshold = threshold
        self.members = members
    }

    /// `security-officer: 2 of 3`
    var words: String { "\(role): \(threshold) of \(Set(members.flatMap(\.self)).count)" }
}

extension Policy {
    /// Who is to hold shares of a token's PINs, in the order of the policy; nil when nobody is.
    public func custodyGroups(of token: String) -> [CustodyGroup]? {
        tokens[token]?.custody.map(custodyGroups)
    }

    /// Who holds the shares of a secret that is shared by a rule.
    func custodyGroups(_ rule: QuorumRule) -> [CustodyGroup] {
        rule.seats.map { seats in
            let holders = operators(withRole: seats.role).map(\.id)
            return CustodyGroup(
                role: seats.role, threshold: seats.needed,
                members: seats.needed == 1 ? [holders] : holders.map { [$0] })
        }
    }
}
