import Groundwork

/// The approvals of a plan, judged.
public struct PlanApprovals: Sendable {
    public let approvals: [(approval: Approval, approver: Approver)]
    /// For each operation of the plan, in its order.
    public let quorums: [Quorum]

    /// The persons who approved, each once, in the order of their ids.
    public let approvers: [Approver]

    public var isReached: Bool { quorums.allSatisfy(\.isReached) }

    /// Judges every approval. One that is bad makes the whole folder bad: nothing is ignored.
    ///
    /// - Parameters:
    ///   - planBytes: the plan file, as the operators have it.
    ///   - time: when they are judged, for keys with a time of their own.
    /// - Throws: ``PlanError`` with an APPROVAL control.
    public init(
        _ approvals: [Approval], of plan: Plan, planBytes: [UInt8], under policy: Policy, at time: Timestamp
    ) throws(PlanError) {
        guard approvals.count <= policy.limits.maximumApprovals else {
            throw PlanError(
                .limits, "there are \(approvals.count) approvals, and the policy allows \(policy.limits.maximumApprovals)",
                advice: "Take those out of the folder that are not needed")
        }
        let requester = plan.requester
        var judged: [(Approval, Approver)] = []
        for approval in approvals {
            judged.append((approval, try approval.approver(of: planBytes, requestedBy: requester, under: policy, at: time)))
        }
        self.approvals = judged.sorted { $0.0.path < $1.0.path }
        let persons = Dictionary(judged.map { ($0.1.operator, $0.1) }, uniquingKeysWith: { first, _ in first })
            .values.sorted { $0.operator < $1.operator }
        approvers = persons
        quorums = plan.operations.map { Quorum($0.quorum, approvers: persons) }
    }

    /// - Throws: ``PlanError`` with control QUORUM that says who is missing for what.
    public func requireQuorum(for plan: Plan) throws(PlanError) {
        for (index, (operation, quorum)) in zip(plan.operations, quorums).enumerated() where !quorum.isReached {
            let missing = quorum.roles.filter { $0.missing > 0 }
                .map { "\($0.missing) more \($0.role)\($0.missing == 1 ? "" : "s")" }
            throw PlanError(
                .quorum,
                "operation \(index + 1) (\(operation.kind.rawValue)) needs the approval of \(missing.joined(separator: " and "))",
                advice: "Ask for the missing approvals and run again")
        }
    }
}
