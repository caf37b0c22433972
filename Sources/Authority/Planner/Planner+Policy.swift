import Groundwork

extension Planner {
    /// Puts another policy in force, which the plan holds to the byte.
    mutating func changePolicy(_ path: String) throws(PlanError) -> (title: String, steps: [PlannedStep]) {
        let bytes = try input(path, maximum: policy.limits.maximumPlanBytes)
        let new = try Policy.parsed(bytes, path: path)
        let window = try window()
        try PolicyChange(old: policy, new: new)
            .check(against: state, requester: ceremony.requester, window: window.opens...window.closes)
        let number = state.policyNumber + 1
        let step = try take(
            .policy(PlannedPolicy(number: number, digest: new.digest, path: AuthorityPaths.policy(number))))
        return ("Put policy \(number) in force, from \(path)", [step])
    }

    /// The quorum of a planned operation, by the scope and profile of what it is about.
    ///
    /// - Throws: ``PlanError``: QUORUM where nobody may do it, QUORUM-REACHABLE where it cannot be reached without who asks
    ///   for it.
    func quorum(of operation: CeremonyOperation, _ steps: [PlannedStep]) throws(PlanError) -> QuorumRule {
        var profile = operation.profile
        var concerned: String?
        for step in steps {
            switch (operation.kind, step) {
            case (.issueIntermediate, .certificate(let certificate)), (.issueEndEntity, .certificate(let certificate)):
                concerned = concerned ?? certificate.name
            case (.revoke, .revocation(let revocation)):
                concerned = revocation.certificate
                profile = state.certificates[revocation.certificate]?.planned.profile
            case (.issueCRL, .certificateList(let list)): concerned = list.issuer
            case (.destroyKey, .destroyKey(let destruction)): concerned = destruction.issuer
            default: break
            }
        }
        let scope = concerned.map(state.fullScope) ?? [:]
        guard let quorum = policy.quorum(for: operation.kind, profile: profile, scope: scope) else {
            throw PlanError(
                .quorum, "the policy has no quorum for \(operation.kind.rawValue)",
                advice: "Only what the policy gives a quorum can be done")
        }
        guard let requester = ceremony.requester, !policy.approvals.requesterMayApprove,
            !quorum.isReachable(by: policy.operators.filter { $0.id != requester })
        else { return quorum }
        throw PlanError(
            .quorumReachable,
            "its quorum cannot be reached without \(requester), who asks for the ceremony and so does not count",
            advice: "Let somebody else ask for it")
    }
}
