import Groundwork

/// A file that somebody signed before the ceremony, as the record keeps it.
struct Paper {
    var event: Event
    var file: Event.ArtifactFile
    var bytes: [UInt8]
}

extension Executor {
    /// Approvals, rejections and the signatures over the last checkpoint, each in a file under its operator's name; and
    /// who holds the shares of new tokens.
    ///
    /// - Throws: ``PlanError`` with an APPROVAL control, REJECTION or CLOSING: one that is bad is not passed over.
    func papers(_ state: AuthorityState, _ time: Timestamp) throws -> [Paper] {
        let judged = try PlanApprovals(approvals, of: plan, planBytes: planBytes, under: state.policy, at: time)
        return approvalPapers(judged) + (try rejectionPapers(judged, state, time)) + (try witnessPapers(state, time))
            + (try custodyPapers(state))
    }

    private func approvalPapers(_ judged: PlanApprovals) -> [Paper] {
        var counts: [String: Int] = [:]
        return judged.approvals.map { approval, approver in
            let index = counts[approver.operator, default: 0]
            counts[approver.operator] = index + 1
            let path = AuthorityPaths.approval(plan.number, approver.operator, index)
            let file = Event.ArtifactFile(path: path, digest: Digest(of: approval.bytes))
            return Paper(
                event: .approval(Event.ApprovalRecord(
                    ceremony: plan.number, operator: approver.operator, key: approver.key, file: file)),
                file: file, bytes: approval.bytes)
        }
    }

    private func rejectionPapers(
        _ approvals: PlanApprovals, _ state: AuthorityState, _ time: Timestamp
    ) throws(PlanError) -> [Paper] {
        guard rejections.count <= state.policy.limits.maximumApprovals else {
            throw PlanError(
                .limits,
                "there are \(rejections.count) rejections, and the policy allows \(state.policy.limits.maximumApprovals)")
        }
        var counts: [String: Int] = [:]
        var papers: [Paper] = []
        for rejection in rejections.sorted(by: { $0.path < $1.path }) {
            let person = try rejection.rejecter(under: state.policy, at: time)
            try rejection.check(
                against: Digest(of: planBytes), title: plan.title, approvers: approvals.approvers, held: state.ceremonies)
            let index = counts[person.operator, default: 0]
            counts[person.operator] = index + 1
            let path = AuthorityPaths.rejection(plan.number, person.operator, index)
            let file = Event.ArtifactFile(path: path, digest: Digest(of: rejection.bytes))
            papers.append(Paper(
                event: .rejection(Event.RejectionRecord(
                    ceremony: plan.number, operator: person.operator, key: person.key, plan: rejection.statement.plan,
                    because: rejection.statement.because, file: file)),
                file: file, bytes: rejection.bytes))
        }
        return papers
    }

    private func witnessPapers(_ state: AuthorityState, _ time: Timestamp) throws -> [Paper] {
        guard plan.number > 1 else { return [] }
        return try CheckpointWitnesses(directory, of: plan.number - 1, under: state.policy, at: time).signatures
            .map { signature in
                let file = Event.ArtifactFile(path: signature.path, digest: Digest(of: signature.bytes))
                return Paper(
                    event: .witnessed(Event.WitnessRecord(
                        ceremony: plan.number - 1, operator: signature.witness.operator, key: signature.witness.key,
                        file: file)),
                    file: file, bytes: signature.bytes)
            }
    }

    /// Who must sign the last checkpoint has, before the next ceremony is opened.
    ///
    /// - Throws: ``PlanError`` with control CLOSING.
    func requireClosing(_ recorder: Recorder) throws {
        guard let state = recorder.replay.state, let last = state.ceremonies.last else { return }
        try CheckpointWitnesses(directory, of: last.number, under: state.policy, at: try recorder.now())
            .requireQuorum(of: state.policy)
    }
}
