import Groundwork

/// The approvals of a plan, judged.
public struct PlanApprovals: Sendable {
    public let approvals: [(approval: Approval, approver: Approver)]
    /// What a change of policy needs beside the quorum; nil where the plan changes no policy.
    public let change: ChangeApprovals?
    /// For each operation of the plan, in its order.
    public let quorums: [Quorum]

    /// The persons who approved, each once, in the order of their ids. Where the plan changes the policy, they are of
    /// either policy.
    public let approvers: [Approver]

    public var isReached: Bool { quorums.allSatisfy(\.isReached) && change?.isReached != false }

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
        let change = try plan.change(from: policy)
        var judged: [(approval: Approval, approver: JudgedApprover)] = []
        for approval in approvals {
            judged.append((
                approval,
                try approval.approver(
                    of: planBytes, requestedBy: requester, under: policy, or: change?.new, at: time)
            ))
        }
        judged.sort { $0.approval.path < $1.approval.path }
        self.approvals = judged.map { ($0.approval, $0.approver.person) }
        approvers = Dictionary(
            judged.map { ($0.approver.person.operator, $0.approver.person) }, uniquingKeysWith: { first, _ in first }
        ).values.sorted { $0.operator < $1.operator }
        let persons = judged.compactMap(\.approver.inForce)
        quorums = plan.operations.map { Quorum($0.quorum, approvers: persons) }
        self.change = change.map { ChangeApprovals($0, approvers: judged.compactMap(\.approver.new)) }
    }

    /// - Throws: ``PlanError`` with control QUORUM that says who is missing for what.
    public func requireQuorum(for plan: Plan) throws(PlanError) {
        for (index, (operation, quorum)) in zip(plan.operations, quorums).enumerated() where !quorum.isReached {
            throw PlanError(
                .quorum,
                "operation \(index + 1) (\(operation.kind.rawValue)) needs the approval of \(quorum.missingWords)",
                advice: "Ask for the missing approvals and run again")
        }
        try change?.require()
    }
}
