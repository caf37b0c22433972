import Authority
import Groundwork
import SSHSignature

extension Rehearsal {
    /// Approvals by the fewest operators that a plan needs, in the order of their files' names: for a change of policy,
    /// those by its new keys among them.
    public func approvals(for plan: Plan) throws -> [Approval] {
        let bytes = plan.canonicalBytes
        let people = try quorum(for: plan)
        let change = try plan.change(from: try policyInForce())
        let newKeys = change?.newKeys ?? []
        let regular = try people.compactMap { id -> Approval? in
            // Whoever is known by a new key alone approves with that.
            let isKnown = change?.old.operators.contains { $0.id == id } ?? true
            guard isKnown else { return nil }
            return try approval(by: id, of: bytes)
        }
        return regular + (try newKeys.map { new in
            try approval("\(new.person.id)-new", of: bytes, with: try standIn(new.fingerprint))
        })
    }

    /// An approval by the key that an operator has under the policy in force.
    public func approval(by operatorID: String, of planBytes: [UInt8]) throws -> Approval {
        try approval(operatorID, of: planBytes, with: try key(of: operatorID))
    }

    private func approval(_ name: String, of planBytes: [UInt8], with key: SoftwareSSHKey) throws -> Approval {
        let signature = try key.signature(over: planBytes, namespace: Approval.namespace)
        return try Approval(path: "\(name)\(Approval.fileEnding)", bytes: signature.encodeArmored())
    }

    /// The throwaway key of an operator under the policy in force.
    func key(of operatorID: String) throws -> SoftwareSSHKey {
        let person = try policyInForce().operators.first { $0.id == operatorID }
        guard let line = person?.keys.first?.authorizedKeysLine else {
            throw PlanError(.approvalOperator, "there is no operator \(operatorID) in the rehearsal")
        }
        return try standIn(try SSHPublicKey(authorizedKeysLine: line).fingerprint)
    }

    private func standIn(_ fingerprint: String) throws -> SoftwareSSHKey {
        guard let key = standIns.values.first(where: { $0.publicKey.fingerprint == fingerprint }) else {
            throw PlanError(.approvalOperator, "the rehearsal has no key \(fingerprint)")
        }
        return key
    }

    /// The fewest operators, in the order of their ids, whose approvals reach the quorum of every operation. For a change
    /// of policy the quorum of the new policy too, where everybody with a new key has approved anyhow.
    public func quorum(for plan: Plan) throws -> [String] {
        let policy = try policyInForce()
        let change = try plan.change(from: policy)
        var chosen = policy.operators.filter { policy.approvals.requesterMayApprove || $0.id != plan.requester }
        let reaches = { (people: [Operator]) -> Bool in
            plan.operations.allSatisfy { $0.quorum.isReachable(by: people) }
                && (change.map { Self.reachesNew($0, people) } ?? true)
        }
        guard reaches(chosen) else {
            throw PlanError(.quorum, "no set of operators can approve this plan under the policy")
        }
        for person in chosen.reversed() {
            let without = chosen.filter { $0.id != person.id }
            if reaches(without) { chosen = without }
        }
        return chosen.map(\.id)
    }

    private static func reachesNew(_ change: PolicyChange, _ people: [Operator]) -> Bool {
        let withNewKey = Set(change.newKeys.map(\.person.id))
        let kept = Set(people.filter { person in
            let first = person.keys.first?.authorizedKeysLine
            return change.new.operators.contains { $0.id == person.id && $0.keys.contains { $0.authorizedKeysLine == first } }
        }.map(\.id))
        let persons = change.new.operators.filter { withNewKey.contains($0.id) || kept.contains($0.id) }
        return change.new.quorum(for: .changePolicy)?.isReachable(by: persons) ?? false
    }
}
