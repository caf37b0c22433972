import Groundwork

/// The shares of a token's PINs that count.
public struct CustodyInForce: Hashable, Sendable {
    /// 1 for those that came with the token.
    public var number: Int
    public var record: CustodyRecord
    /// The identifiers of the sets before, whose shares are worthless.
    public var earlierSets: Set<Int64> = []
}

extension AuthorityState {
    /// A login names custodians exactly where shares unlocked the token, and enough of them.
    ///
    /// - Throws: ``PlanError`` with control CUSTODY.
    func checkCustody(of login: Event.LoginRecord) throws(PlanError) {
        guard login.attestation == nil || login.method == .protectedPath || login.method == .preloaded else {
            throw PlanError(.custody, "a login to \(login.token) by \(login.method.rawValue) has an attestation")
        }
        if let attestation = login.attestation, !RecordText.isLine(attestation) {
            throw PlanError(.custody, "what is attested of the login to \(login.token) is not a line of text")
        }
        guard login.method == .shares else {
            guard login.custodians == nil, login.set == nil else {
                throw PlanError(.custody, "a login to \(login.token) by \(login.method.rawValue) names custodians")
            }
            return
        }
        guard let custody = custodies[login.token]?.record else {
            throw PlanError(.custody, "\(login.token) was unlocked by shares, and the record knows of none")
        }
        guard login.set == custody.set, login.serial == custody.serial else {
            throw PlanError(.custody, "\(login.token) was unlocked by shares of another set than the record's")
        }
        let present = login.custodians ?? []
        guard present == Set(present).sorted(), Set(present).isSubset(of: custody.custodians) else {
            throw PlanError(.custody, "\(login.token) was unlocked by persons who hold no shares of it")
        }
        guard custody.isReached(by: present) else {
            throw PlanError(.custody, "\(login.token) was unlocked by fewer custodians than its shares need")
        }
    }
}

extension CeremonyProgress {
    /// Shares come into force: those of a new token before the first step, others by an operation.
    ///
    /// - Throws: ``PlanError`` with control CUSTODY.
    mutating func handOut(
        _ custody: Event.Custody, files: any AuthorityFiles, _ state: inout AuthorityState
    ) throws(PlanError) -> Event.ArtifactFile {
        let bytes = try Self.load(custody.file, files, .custody)
        let record = try CustodyRecord(canonical: bytes, path: custody.file.path)
        guard record.token == custody.token, record.serial == custody.serial, record.set == custody.set else {
            throw PlanError(.custody, "\(custody.file.path) does not say what the ledger says of it")
        }
        let serial = state.policy.tokens[custody.token]?.serial ?? state.tokenSerials[custody.token] ?? custody.serial
        guard custody.serial == serial else {
            throw PlanError(
                .custody, "\(custody.file.path) is of the token with serial \(custody.serial), not \(serial)")
        }
        if let step = custody.step {
            try finish(custody, step, record, &state)
        } else {
            guard !isBegun else { throw PlanError(.ledgerOrder, "shares came with a token after the first step was begun") }
            guard state.custodies[custody.token] == nil, custody.file.path == AuthorityPaths.custody(custody.token, 1) else {
                throw PlanError(.custody, "the token \(custody.token) has shares already, and no operation renewed them")
            }
            guard let groups = state.policy.custodyGroups(of: custody.token), groups == record.groups else {
                throw PlanError(.custody, "\(custody.file.path) gives shares to others than the policy")
            }
            roomPaths.insert(custody.file.path)
            state.custodies[custody.token] = CustodyInForce(number: 1, record: record)
        }
        return custody.file
    }

    private mutating func finish(
        _ custody: Event.Custody, _ step: StepID, _ record: CustodyRecord, _ state: inout AuthorityState
    ) throws(PlanError) {
        let position = try position(step)
        guard case .custody(let planned) = steps[position].step, planned.token == custody.token,
            planned.path == custody.file.path, !statuses[position].isDone
        else { throw PlanError(.ledgerOrder, "\(step) hands out no shares of \(custody.token)") }
        guard record.groups == planned.groups else {
            throw PlanError(.custody, "\(custody.file.path) gives shares to others than the plan")
        }
        guard let before = state.custodies[custody.token], !before.earlierSets.contains(record.set),
            before.record.set != record.set
        else { throw PlanError(.custody, "\(custody.file.path) is of a set that was in force before") }
        try begin(position)
        try state.complete(steps[position].step, .custody(record))
        finish(position)
    }
}
