import Groundwork
import SSHSignature

/// One policy in the place of another.
public struct PolicyChange: Sendable {
    public let old: Policy
    public let new: Policy

    public init(old: Policy, new: Policy) {
        self.old = old
        self.new = new
    }

    /// A key that is a person's in the new policy and was not theirs in the old.
    public struct NewKey: Sendable {
        /// The person, as the new policy knows them.
        public let person: Operator
        public let key: OperatorKey
        /// The key's SSH fingerprint.
        public let fingerprint: String
    }

    /// The keys that must have approved the plan, each itself: a key that nobody holds, or a mistyped one, would be found
    /// out only when it is needed.
    public var newKeys: [NewKey] {
        let known = Set(old.operators.flatMap { person in person.keys.map { "\(person.id) \(Self.fingerprint($0))" } })
        return new.operators.flatMap { person in
            person.keys.map { NewKey(person: person, key: $0, fingerprint: Self.fingerprint($0)) }
        }.filter { !known.contains("\($0.person.id) \($0.fingerprint)") }
    }

    private static func fingerprint(_ key: OperatorKey) -> String {
        (try? SSHPublicKey(authorizedKeysLine: key.authorizedKeysLine))?.fingerprint ?? key.authorizedKeysLine
    }

    /// Whether the new policy can take the place of the old one.
    ///
    /// - Parameters:
    ///   - state: the authority under the old policy.
    ///   - requester: who asks for the ceremony.
    ///   - window: when the plan can be approved and run.
    /// - Throws: ``PlanError``: PLAN-AUTHORITY, ENVIRONMENT, POLICY-CONTINUES, QUORUM, QUORUM-REACHABLE,
    ///   POLICY-KEY-PROVEN.
    func check(
        against state: AuthorityState, requester: String?, window: ClosedRange<Timestamp>
    ) throws(PlanError) {
        let file = new.source.file
        guard new.authority == state.authority else {
            throw PlanError(
                .planAuthority, "\(file) is the policy of \(new.authority), not of \(state.authority)",
                advice: "Name a policy of this authority")
        }
        guard new.environment == state.environment else {
            throw PlanError(
                .environment, "\(file) is for \(new.environment.rawValue), the authority for \(state.environment.rawValue)",
                advice: "Name a policy of this authority")
        }
        guard new.digest != old.digest else {
            throw PlanError(.policyContinues, "\(file) is the policy that is in force", advice: "Name the new one")
        }
        try checkTokens(state)
        guard let rule = new.quorum(for: .changePolicy) else {
            throw PlanError(
                .quorum, "\(file) has no quorum for change-policy, so nobody could approve it, nor ever change it again",
                advice: "Write one under quorums")
        }
        let persons = new.operators.filter { new.approvals.requesterMayApprove || $0.id != requester }
        guard rule.isReachable(by: persons) else {
            throw PlanError(
                .quorumReachable, "the quorum for change-policy of \(file) cannot be reached without \(requester ?? ""), "
                    + "who asks for the ceremony",
                advice: "Let somebody else ask for it")
        }
        for key in newKeys {
            guard new.approvals.requesterMayApprove || key.person.id != requester else {
                throw PlanError(
                    .policyKeyProven,
                    "\(key.person.name) asks for the ceremony and so does not approve, and has a new key that must",
                    advice: "Let somebody else ask for it")
            }
            let from = key.key.notBefore ?? .earliest
            let until = key.key.notAfter ?? .latest
            guard from <= window.lowerBound, window.lowerBound <= until else {
                throw PlanError(
                    .policyKeyProven,
                    "the key \(key.fingerprint) of \(key.person.name) is new and does not count yet, or no more, "
                        + "when it has to approve the plan",
                    advice: "Let its time begin now, or add it later")
            }
        }
    }

    /// The keys of the authority are where they were.
    private func checkTokens(_ state: AuthorityState) throws(PlanError) {
        for name in Set(state.keys.values.filter { !$0.isDestroyed }.map(\.planned.token)).sorted() {
            guard let before = old.tokens[name], let after = new.tokens[name], after.label == before.label,
                after.serial == before.serial || after.serial == state.tokenSerials[name]
            else {
                throw PlanError(
                    .policyContinues, "\(new.source.file) does not keep the token \(name), which holds keys of the authority",
                    advice: "Write it as it was, with its label and serial number")
            }
        }
    }
}

/// What a change of policy needs beside the quorum of the old policy.
public struct ChangeApprovals: Sendable {
    /// The new policy's quorum for changes of policy, filled by its own persons and keys.
    public let quorum: Quorum
    /// The new keys that have not approved the plan.
    public let unproven: [PolicyChange.NewKey]

    public var isReached: Bool { quorum.isReached && unproven.isEmpty }

    /// - Parameter approvers: every approval, as the new policy judges it; a person with two keys may come twice.
    init(_ change: PolicyChange, approvers: [Approver]) {
        quorum = Quorum(change.new.quorum(for: .changePolicy) ?? QuorumRule(seats: []), approvers: approvers)
        unproven = change.newKeys.filter { key in
            !approvers.contains { $0.operator == key.person.id && $0.key == key.fingerprint }
        }
    }

    /// - Throws: ``PlanError`` with control QUORUM or POLICY-KEY-PROVEN.
    func require() throws(PlanError) {
        if let key = unproven.first {
            throw PlanError(
                .policyKeyProven,
                "the key \(key.fingerprint) of \(key.person.name) is new in the policy and has not approved the plan",
                advice: "Ask \(key.person.name) to approve the plan with that key")
        }
        guard !quorum.isReached else { return }
        throw PlanError(
            .quorum, "under the new policy the change needs the approval of \(quorum.missingWords)",
            advice: "Ask for the missing approvals and run again")
    }
}
