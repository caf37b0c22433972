import Groundwork
import PKCS11
import PKIX

/// Generates a key pair on a token, and proves what it is.
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

    /// - Parameter status: how far an interrupted run came.
    func make(_ key: PlannedKey, _ id: StepID, _ status: StepStatus) throws {
        if !status.isGenerated { try generate(key, id, status.openIntent) }
        guard let after = recorder.replay.ceremony, let position = after.positions[id] else { return }
        try prove(key, id, after.statuses[position].openIntent)
        if let publicKey = try recorder.state.keys[key.name]?.publicKey {
            observer?.note(.keyGenerated(
                name: key.name, kind: key.kind.rawValue, fingerprint: Digest(of: publicKey.derBytes)))
        }
    }

    private func generate(_ key: PlannedKey, _ id: StepID, _ interrupted: Int64?) throws {
        let session = try room.session(key.token)
        if interrupted != nil, try session.hasObject(label: key.label, id: key.id) {
            // Its attributes were never recorded, and it signed nothing: it is destroyed rather than trusted.
            try recorder.append([.keyDestroyed(
                key: key.name, reason: "generated before an interruption and never recorded")])
            try session.destroyKeys(label: key.label, id: key.id)
            observer?.note(.orphanDestroyed(key: key.name))
        }
        try recorder.append([.intent(Event.Intent(
            object: "generate-key", step: id, key: key.name, digest: key.generationDigest, repeats: interrupted))])
        guard let type = KeyType(rawValue: key.kind.rawValue) else {
            throw PlanError(.keyType, "no token makes keys of type \(key.kind.rawValue)")
        }
        let pair = try session.generateKeyPair(
            type, label: key.label, id: key.id, alwaysAuthenticate: key.alwaysAuthenticate)
        let attributes = KeyAttributeRules.record(pair.attributes)
        let wrapAttempt = try session.tryToWrap(pair).record
        try KeyAttributeRules.check(attributes, wrapAttempt: wrapAttempt, planned: key)
        try recorder.append([.keyGenerated(Event.KeyGeneration(
            step: id, key: key.name, subjectPublicKeyInfo: pair.subjectPublicKeyInfo,
            tokenSerial: try room.serial(key.token), attributes: attributes, wrapAttempt: wrapAttempt))])
    }

    /// The key signs a planned nonce, so that it is known to work before anything depends on it.
    private func prove(_ key: PlannedKey, _ id: StepID, _ lost: Int64?) throws {
        let state = try recorder.state
        guard let record = state.keys[key.name], let publicKey = record.publicKey else { return }
        let algorithm = SignatureAlgorithm.default(for: key.kind)
        let linted = try PreIssuance.lint(
            .generateKey(key), message: key.proofMessage, algorithm: algorithm, key: try throwaways.key(key.kind),
            state: state).linted
        if let lost { observer?.note(.signsAgain(id, intent: lost)) }
        let intent = try recorder.append([.intent(Event.Intent(
            object: "proof", step: id, key: key.name, digest: Digest(of: linted.bytes), repeats: lost))])
        let signing = room.sign([linted], with: record)
        try recorder.append(signing.signatures.map { .signed(intent: intent, signature: $0) })
        if let failure = signing.failure { throw failure }
        guard let signature = signing.signatures.first,
            publicKey.verify(signature: signature, over: linted.bytes, algorithm: algorithm)
        else { throw PlanError(.signatureValid, "the first signature of the new key \(key.name) does not verify") }
        try Opinion.signature(signature, linted.bytes, algorithm, publicKey)
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
