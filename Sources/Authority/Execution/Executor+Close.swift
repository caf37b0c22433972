import Groundwork
import Ledger
import PKIX

extension Executor {
    /// The origin line of an authority's checkpoints.
    public static func checkpointOrigin(_ authority: String, _ environment: DeploymentEnvironment) -> String {
        "anchorite/\(environment.rawValue)/\(authority)"
    }

    /// Closes the ceremony: the last event, the checkpoint over everything, and the tokens' memory.
    func close(_ room: TokenRoom, _ recorder: Recorder) throws {
        guard let ceremony = recorder.replay.ceremony else { return }
        try recordDeviations(
            recorder, and: [.ceremonyClosed(ceremony: plan.number, signatures: ceremony.signatures)])
        try writeCheckpoint(room, recorder)
    }

    func writeCheckpoint(_ room: TokenRoom, _ recorder: Recorder) throws {
        let state = try recorder.state
        guard let record = state.recordKey, let publicKey = record.publicKey else {
            throw PlanError(.checkpoint, "there is no record key to sign the checkpoint with")
        }
        let origin = Self.checkpointOrigin(plan.authority, plan.environment)
        let checkpoint = try Checkpoint(origin: origin, size: recorder.head.size, root: recorder.root)
        let key = try NoteVerifierKey(name: origin, subjectPublicKeyInfo: publicKey.derBytes)
        let note = try SignedNote.make(text: checkpoint.text, key: key) { _ in try room.sign(checkpoint, with: record) }
        let path = AuthorityPaths.checkpoint(plan.number)
        try directory.makeFolder(for: path)
        try DurableFile.create(directory.absolute(path), note.encoded)
        observer?.note(.closed(number: plan.number, size: checkpoint.size, root: checkpoint.root, path: path))
        for name in room.loggedIn where state.policy.tokens[name]?.remembersLedger == true {
            do {
                let session = try room.session(name)
                guard let size = recorder.replay.closings.keys.max(), let head = recorder.replay.closings[size] else {
                    continue
                }
                try TokenMemory.write(Plan.LedgerHead(size: size, digest: head), session, authority: plan.authority)
            } catch {
                observer?.note(.memoryNotAdvanced(token: name, reason: sentence(error)))
            }
        }
    }

    /// The last run was cut off between the last event and the checkpoint's file: a signature over it may exist.
    func isClosedWithoutCheckpoint(_ recorder: Recorder) throws -> Bool {
        guard recorder.replay.ceremony == nil, let last = recorder.replay.state?.ceremonies.last,
            last.number == plan.number, last.plan == Digest(of: planBytes)
        else { return false }
        return !directory.contains(AuthorityPaths.checkpoint(last.number))
    }

    /// A ceremony is closed by its checkpoint; none begins before the one before is closed.
    ///
    /// - Throws: ``PlanError`` with control CHECKPOINT.
    func requireLastCheckpoint(_ recorder: Recorder) throws(PlanError) {
        guard let last = recorder.replay.state?.ceremonies.last,
            !directory.contains(AuthorityPaths.checkpoint(last.number))
        else { return }
        throw CheckpointWitnesses.withoutCheckpoint(last.number)
    }

    /// Accounts for the lost signature in the ledger, and signs the checkpoint over that too.
    func signLostCheckpoint(_ recorder: Recorder) throws {
        let state = try recorder.state
        guard let record = state.recordKey else { throw PlanError(.checkpoint, "there is no record key") }
        let room = TokenRoom(
            policy: state.policy, finder: finder, unlocker: unlocker, custodies: try custodies(state),
            keeping: tokensThatKeepShares(state))
        defer { room.close() }
        let name = record.planned.token
        let login = try room.login(name, knownSerial: state.tokenSerials[name])
        try recorder.replay.check(login.memory, of: name)
        try recordDeviations(recorder, and: [.deviation(Event.Deviation(
            by: Event.program,
            text: "the run of ceremony \(plan.number) was interrupted while its checkpoint was signed; "
                + "a signature over a checkpoint of \(recorder.head.size) lines may exist, and it is signed again",
            because: "the file of the checkpoint was not there", files: []))])
        observer?.note(.checkpointAgain(number: plan.number))
        try writeCheckpoint(room, recorder)
    }
}
