import Groundwork
import PKCS11
import PKIX

/// Generates key pairs on a token, and proves what they are.
struct KeyMaking {
    let room: TokenRoom
    let recorder: Recorder
    let observer: (any CeremonyObserver)?
    let throwaways: ThrowawayKeys

    init(_ room: TokenRoom, _ recorder: Recorder, _ observer: (any CeremonyObserver)?, _ throwaways: ThrowawayKeys) {
        self.room = room
        self.recorder = recorder
        self.observer = observer
        self.throwaways = throwaways
    }

    /// - Parameter keys: of consecutive steps; what an interrupted run did of them is not done again.
    func make(_ keys: [(id: StepID, key: PlannedKey)]) throws {
        let unfinished = keys.filter { status($0.id)?.isDone == false }
        try generate(unfinished.filter { status($0.id)?.isGenerated == false })
        try prove(unfinished)
        for (_, key) in unfinished {
            guard let publicKey = try recorder.state.keys[key.name]?.publicKey else { continue }
            observer?.note(.keyGenerated(
                name: key.name, kind: key.kind.rawValue, fingerprint: Digest(of: publicKey.derBytes)))
        }
    }

    private func status(_ id: StepID) -> StepStatus? {
        recorder.replay.ceremony.flatMap { ceremony in ceremony.positions[id].map { ceremony.statuses[$0] } }
    }

    private func generate(_ keys: [(id: StepID, key: PlannedKey)]) throws {
        var intents: [Event] = []
        for (id, key) in keys {
            let interrupted = status(id)?.openIntent
            if interrupted != nil { try destroyOrphan(key) }
            intents.append(.intent(Event.Intent(
                object: "generate-key", step: id, key: key.name, digest: key.generationDigest, repeats: interrupted)))
        }
        try recorder.append(intents)
        for (id, key) in keys { try generate(key, id) }
    }

    private func destroyOrphan(_ key: PlannedKey) throws {
        let session = try room.session(key.token)
        guard try session.hasObject(label: key.label, id: key.id) else { return }
        // Its attributes were never recorded, and it signed nothing: it is destroyed rather than trusted.
        try recorder.append([.keyDestroyed(Event.KeyDestruction(
            key: key.name, reason: "generated before an interruption and never recorded"))])
        try session.destroyKeys(label: key.label, id: key.id)
        observer?.note(.orphanDestroyed(key: key.name))
    }

    private func generate(_ key: PlannedKey, _ id: StepID) throws {
        let session = try room.session(key.token)
        guard let type = KeyType(rawValue: key.kind.rawValue) else {
            throw PlanError(.keyType, "no token makes keys of type \(key.kind.rawValue)")
        }
        let pair = try Self.protected(key) {
            try session.generateKeyPair(
                type, label: key.label, id: key.id, alwaysAuthenticate: key.alwaysAuthenticate)
        }
        let attributes = KeyAttributeRules.record(pair.attributes)
        let wrapAttempt = try session.tryToWrap(pair).record
        try KeyAttributeRules.check(attributes, wrapAttempt: wrapAttempt, planned: key)
        // On disk with the intents of the proofs, which come before the first signature.
        try recorder.note([.keyGenerated(Event.KeyGeneration(
            step: id, key: key.name, subjectPublicKeyInfo: pair.subjectPublicKeyInfo,
            tokenSerial: try room.serial(key.token), attributes: attributes, wrapAttempt: wrapAttempt,
            successorOf: key.successorOf))])
    }

    /// Looks again at a key that was pre-generated, before anything is signed with it.
    ///
    /// - Throws: ``PlanError`` with control KEY-IDENTITY, KEY-ATTRIBUTES or ROOT-SUCCESSOR.
    func judge(_ planned: PlannedKeyJudgement, _ id: StepID) throws {
        let state = try recorder.state
        guard let record = state.keys[planned.key] else {
            throw PlanError(.rootSuccessor, "the key \(planned.key) was never generated")
        }
        let pair = try room.keyPair(record)
        try planned.requireCommitment(state)
        let attributes = KeyAttributeRules.record(pair.attributes)
        let wrapAttempt = try room.session(planned.token).tryToWrap(pair).record
        try KeyAttributeRules.check(attributes, wrapAttempt: wrapAttempt, planned: record.planned)
        try recorder.note([.keyJudged(Event.KeyJudgement(
            step: id, key: planned.key, tokenSerial: try room.serial(planned.token), attributes: attributes,
            wrapAttempt: wrapAttempt, predecessor: planned.predecessor, committed: planned.committed))])
        observer?.note(.keyJudged(key: planned.key, predecessor: planned.predecessor))
    }

    /// A token that made another key than was asked for has not failed: it does not keep what it promised.
    private static func protected(_ key: PlannedKey, _ generate: () throws -> KeyPair) throws -> KeyPair {
        do {
            return try generate()
        } catch let error as CryptokiError where error.kind == .unsupported && error.name.isEmpty {
            throw PlanError(
                .keyAttributes, "the key \(key.name) was not taken: \(sentence(error))",
                advice: "Find out why the token makes such keys, and run the same command again")
        }
    }

    // MARK: Proof

    private struct Proof {
        var record: AuthorityState.KeyRecord
        var publicKey: SubjectPublicKeyInfo
        var linted: LintedMessage
        var intent: Event
    }

    /// Each key signs a planned nonce, so that it is known to work before anything depends on it.
    private func prove(_ keys: [(id: StepID, key: PlannedKey)]) throws {
        let proofs = try keys.compactMap { try proof($0.key, $0.id) }
        let firstIntent = try recorder.append(proofs.map(\.intent))
        var signatures: [[UInt8]] = []
        var failure: (any Error)?
        for proof in proofs where failure == nil {
            let signing = room.sign([proof.linted], with: proof.record)
            signatures += signing.signatures.compactMap(\.self)
            failure = signing.failure
        }
        try recorder.append(signatures.enumerated().map { offset, signature in
            .signed(intent: firstIntent + Int64(offset), signature: signature)
        })
        if let failure { throw failure }
        for (proof, signature) in zip(proofs, signatures) {
            let algorithm = proof.linted.algorithm
            guard proof.publicKey.verify(signature: signature, over: proof.linted.bytes, algorithm: algorithm) else {
                throw PlanError(
                    .signatureValid, "the first signature of the new key \(proof.record.planned.name) does not verify")
            }
            try Opinion.signature(signature, proof.linted.bytes, algorithm, proof.publicKey)
        }
    }

    private func proof(_ key: PlannedKey, _ id: StepID) throws -> Proof? {
        let state = try recorder.state
        guard let record = state.keys[key.name], let publicKey = record.publicKey else { return nil }
        let lost = status(id)?.openIntent
        if let lost { observer?.note(.signsAgain(id, intent: lost)) }
        let linted = try PreIssuance.lint(
            .generateKey(key), message: key.proofMessage, algorithm: .default(for: key.kind),
            key: try throwaways.key(key.kind), state: state).linted
        let intent = Event.intent(Event.Intent(
            object: "proof", step: id, key: key.name, digest: Digest(of: linted.bytes), repeats: lost))
        return Proof(record: record, publicKey: publicKey, linted: linted, intent: intent)
    }
}

extension WrapOutcome {
    /// The ledger's form.
    var record: String {
        switch self {
        case .refused(let name): "refused: \(name)"
        case .wrapped: "wrapped"
        case .noWrappingMechanism: "no wrapping mechanism"
        }
    }
}
