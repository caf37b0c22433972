import Groundwork

extension CeremonyProgress {
    mutating func reject(
        _ record: Event.RejectionRecord, files: any AuthorityFiles, state: AuthorityState, time: Timestamp
    ) throws(PlanError) -> [Replay.Obligation] {
        guard record.ceremony == plan.number else { throw PlanError(.rejection, "a rejection of another ceremony") }
        guard !isBegun else { throw PlanError(.ledgerOrder, "a rejection after the first step was begun") }
        let bytes = try Self.load(record.file, files, .rejection)
        let rejection = try Rejection(path: record.file.path, bytes: bytes)
        let person = try rejection.rejecter(under: state.policy, at: time)
        guard person.operator == record.operator, person.key == record.key,
            rejection.statement.plan == record.plan, rejection.statement.because == record.because
        else { throw PlanError(.rejection, "\(record.file.path) does not say what the ledger says of it") }
        try rejection.check(against: planDigest, title: title, approvers: approvedBy, held: state.ceremonies)
        guard roomPaths.insert(record.file.path).inserted else {
            throw PlanError(.ledgerOrder, "\(record.file.path) is recorded twice")
        }
        rejections.append(record)
        return [.file(record.file)]
    }

    mutating func witness(
        _ record: Event.WitnessRecord, files: any AuthorityFiles, policy: Policy, time: Timestamp
    ) throws(PlanError) -> [Replay.Obligation] {
        guard record.ceremony == plan.number - 1, record.ceremony > 0 else {
            throw PlanError(.closing, "a signature over another checkpoint than the last")
        }
        guard !isBegun else {
            throw PlanError(.ledgerOrder, "a signature over the last checkpoint after the first step was begun")
        }
        guard record.file.path == AuthorityPaths.witness(record.ceremony, record.operator) else {
            throw PlanError(.closing, "\(record.file.path) is not where the signature of \(record.operator) lies")
        }
        let bytes = try Self.load(record.file, files, .closing)
        let checkpoint: [UInt8]
        do { checkpoint = try files.read(AuthorityPaths.checkpoint(record.ceremony)) } catch {
            throw PlanError(.checkpoint, "\(error)")
        }
        let person = try WitnessSignature(path: record.file.path, bytes: bytes)
            .witness(of: checkpoint, under: policy, at: time)
        guard person.operator == record.operator, person.key == record.key else {
            throw PlanError(.closing, "\(record.file.path) is not by \(record.operator)")
        }
        guard roomPaths.insert(record.file.path).inserted else {
            throw PlanError(.ledgerOrder, "\(record.file.path) is recorded twice")
        }
        witnesses.append(person)
        return [.file(record.file)]
    }

    mutating func suspend(_ pause: Event.Pause) throws(PlanError) {
        try check(pause)
        guard suspension == nil else { throw PlanError(.ledgerOrder, "ceremony \(pause.ceremony) is suspended twice") }
        suspension = pause
    }

    mutating func resume(_ pause: Event.Pause) throws(PlanError) {
        try check(pause)
        suspension = nil
    }

    /// A ceremony that is suspended stands still.
    func requireNotSuspended(for event: String) throws(PlanError) {
        guard let suspension else { return }
        throw PlanError(.ledgerOrder, "\(event) while ceremony \(plan.number) is suspended by \(suspension.by)")
    }

    /// Who must have signed the last checkpoint has, before the first step.
    func requireClosing() throws(PlanError) {
        guard let closing, !Quorum(closing, approvers: witnesses).isReached else { return }
        throw PlanError(.closing, "ceremony \(plan.number) was begun before enough persons signed the last checkpoint")
    }

    private func check(_ pause: Event.Pause) throws(PlanError) {
        guard pause.ceremony == plan.number else {
            throw PlanError(.ledgerOrder, "ceremony \(pause.ceremony) is not open")
        }
        try pause.check()
    }

    static func load(
        _ file: Event.ArtifactFile, _ files: any AuthorityFiles, _ control: Control
    ) throws(PlanError) -> [UInt8] {
        let bytes: [UInt8]
        do { bytes = try files.read(file.path) } catch { throw PlanError(control, "\(error)") }
        guard Digest(of: bytes) == file.digest else {
            throw PlanError(control, "\(file.path) is not the file that the ledger names: its digest differs")
        }
        return bytes
    }
}

extension Rejection {
    /// Whether the rejection belongs beside a plan: it is of this one, or of one that never ran.
    ///
    /// - Throws: ``PlanError`` with control REJECTION.
    func check(
        against plan: Digest, title: String, approvers: [Approver], held: [AuthorityState.CeremonyRecord]
    ) throws(PlanError) {
        guard statement.plan == plan else {
            guard !held.contains(where: { $0.plan == statement.plan }) else {
                throw PlanError(
                    .rejection, "\(path) rejects a plan that was run", advice: "Take the file out of the folder")
            }
            return
        }
        guard statement.title == title else {
            throw PlanError(.rejection, "\(path) rejects \"\(statement.title)\", and the plan is \"\(title)\"")
        }
        if let person = approvers.first(where: { $0.operator == statement.operator }) {
            throw PlanError(
                .rejection, "\(person.name) has approved this plan and rejected it",
                advice: "Ask \(person.name) which of the two holds, and take the other file out of the folder")
        }
    }
}
