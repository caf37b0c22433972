import Groundwork
import PKCS11
import PKIX

/// Destroys the key pair of a CA that has ended, and proves that it is gone.
///
/// The intent is on disk before anything is destroyed. After a crash in between, the same step looks for what is left of
/// the key, destroys that, and records what it found.
struct KeyDestroying {
    let room: TokenRoom
    let recorder: Recorder
    let observer: (any CeremonyObserver)?

    /// - Throws: ``PlanError`` with control KEY-IDENTITY, ISSUER-ENDED or KEY-DESTROYED; `CryptokiError`.
    func destroy(_ planned: PlannedKeyDestruction, _ id: StepID) throws {
        let state = try recorder.state
        let lost = recorder.replay.ceremony.flatMap { ceremony in
            ceremony.positions[id].flatMap { ceremony.statuses[$0].openIntent }
        }
        try state.requireEnded(planned)
        try Self.requireRecorded(planned, room, state, lost != nil)
        try recorder.append([.intent(Event.Intent(
            object: "destroy-key", step: id, key: planned.key, digest: planned.digest, repeats: lost))])
        let session = try room.session(planned.token)
        let before = try session.objects(of: planned)
        try session.destroyKeys(label: planned.label, id: planned.id)
        room.forgetKeyPairs()
        let found = try session.objects(of: planned)
        guard found == 0, try !session.hasObject(label: planned.label, id: planned.id) else {
            throw PlanError(
                .keyDestroyed, "the key \(planned.label) is still on its token after it was destroyed",
                advice: "Look at the token with pkcs11-tool; the ceremony goes on once the key can be destroyed")
        }
        try recorder.append([.keyDestroyed(Event.KeyDestruction(
            key: planned.key, reason: "CRL \(planned.lastCRL) of \(planned.issuer) is its last",
            evidence: Event.KeyDestruction.Evidence(
                step: id, tokenSerial: try room.serial(planned.token), destroyed: Int64(before), found: Int64(found))))])
        observer?.note(.keyDestroyed(key: planned.key, token: planned.token))
    }

    /// What is destroyed is the key of the ledger and no other.
    ///
    /// - Parameter isInterrupted: a run before may have destroyed one object of the pair, or both.
    static func requireRecorded(
        _ planned: PlannedKeyDestruction, _ room: TokenRoom, _ state: AuthorityState, _ isInterrupted: Bool
    ) throws {
        guard let record = state.keys[planned.key] else {
            throw PlanError(.keyIdentity, "the key \(planned.key) does not exist")
        }
        if isInterrupted, try room.session(planned.token).objects(of: planned) < 2 { return }
        _ = try room.keyPair(record)
    }
}

extension Session {
    /// How many key objects have the label and the id of a key to be destroyed.
    fileprivate func objects(of planned: PlannedKeyDestruction) throws -> Int {
        try allKeys().count { $0.label == planned.label && $0.id == planned.id }
    }
}
