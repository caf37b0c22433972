import Groundwork
import PKIX

/// Takes objects through lint, intent, signature, verification and files, several at a time where they can be.
struct SigningBatch {
    let room: TokenRoom
    let recorder: Recorder
    let observer: (any CeremonyObserver)?
    let throwaways: ThrowawayKeys
    /// What the simulation linted already.
    let linted: [StepID: LintedMessage]

    func run(_ positions: Range<Int>, _ steps: [(id: StepID, step: PlannedStep)]) throws {
        // After a crash, a step may be signed and lack only its files.
        try sign(positions.filter { recorder.replay.ceremony?.statuses[$0].signature == nil }, steps)
        try finish(Array(positions), steps)
    }

    // MARK: Signing

    /// Everything that is about to be signed with one key.
    private struct Intention {
        var key: AuthorityState.KeyRecord
        var messages: [LintedMessage]
        var events: [Event]
    }

    private func sign(_ positions: [Int], _ steps: [(id: StepID, step: PlannedStep)]) throws {
        guard let intention = try intention(positions, steps) else { return }
        let firstIntent = try recorder.append(intention.events)
        let signing = room.sign(intention.messages, with: intention.key)
        try recorder.append(signing.signatures.enumerated().compactMap { offset, signature in
            signature.map { .signed(intent: firstIntent + Int64(offset), signature: $0) }
        })
        if let failure = signing.failure { throw failure }
    }

    private func intention(_ positions: [Int], _ steps: [(id: StepID, step: PlannedStep)]) throws -> Intention? {
        guard let first = positions.first, let keyName = steps[first].step.signingKey,
            let ceremony = recorder.replay.ceremony
        else { return nil }
        let state = try recorder.state
        guard let key = state.keys[keyName] else {
            throw PlanError(.keyIdentity, "the key \(keyName) does not exist")
        }
        let messages = try positions.map { try message(steps[$0].id, steps[$0].step, key, state) }
        var events: [Event] = []
        for (position, message) in zip(positions, messages) {
            let status = ceremony.statuses[position]
            if let lost = status.openIntent { observer?.note(.signsAgain(steps[position].id, intent: lost)) }
            events.append(.intent(Event.Intent(
                object: steps[position].step.word, step: steps[position].id, key: keyName,
                digest: Digest(of: message.bytes), repeats: status.openIntent)))
        }
        return Intention(key: key, messages: messages, events: events)
    }

    /// The linted bytes: from the simulation, or linted now if a key had to exist first.
    private func message(
        _ id: StepID, _ step: PlannedStep, _ key: AuthorityState.KeyRecord, _ state: AuthorityState
    ) throws -> LintedMessage {
        if let known = linted[id] { return known }
        let (bytes, algorithm) = try state.message(for: step)
        return try PreIssuance.lint(
            step, message: bytes, algorithm: algorithm, key: try throwaways.key(key.planned.kind), state: state).linted
    }

    // MARK: What follows a signature

    private struct Finished: Sendable {
        var step: PlannedStep
        var message: [UInt8]
        var signature: [UInt8]
        var algorithm: SignatureAlgorithm
        var publicKey: SubjectPublicKeyInfo
        /// The issuer's certificate, where it is there already.
        var issuer: Opinion.Signer?
    }

    /// What the signatures give.
    private struct Outcome {
        var files: [(path: String, bytes: [UInt8])] = []
        var events: [Event] = []
        var notices: [CeremonyNotice] = []
    }

    private func finish(_ positions: [Int], _ steps: [(id: StepID, step: PlannedStep)]) throws {
        let outcome = try outcome(positions, steps)
        try recorder.directory.ensure(outcome.files)
        try recorder.note(outcome.events)
        for notice in outcome.notices { observer?.note(notice) }
    }

    private func outcome(_ positions: [Int], _ steps: [(id: StepID, step: PlannedStep)]) throws -> Outcome {
        let state = try recorder.state
        let finished = try finished(positions, steps, state)
        let objects = try Parallel.map(finished) { finished throws(PlanError) in try Self.verify(finished) }
        var outcome = Outcome()
        for ((position, object), item) in zip(zip(positions, objects), finished) {
            let id = steps[position].id
            switch item.step {
            case .certificate(let planned):
                let written = CertificateFiles(planned, der: object)
                outcome.files += written.contents
                outcome.events.append(
                    .artifact(Event.ArtifactRecord(step: id, certificate: planned.name, files: written.files)))
                outcome.notices.append(
                    .certificate(name: planned.name, path: planned.path, fingerprint: Digest(of: object)))
            case .certificateList(let planned):
                try ListContinuity(planned, after: state)?.require(of: object, recorder.directory)
                outcome.files.append((planned.path, object))
                outcome.events.append(.crl(
                    step: id, issuer: planned.issuer, number: planned.number,
                    artifact: Event.ArtifactFile(path: planned.path, digest: Digest(of: object))))
                outcome.notices.append(.certificateList(title: planned.title, entries: planned.entries, path: planned.path))
            case .bundleSignature, .bundle, .generateKey, .revocation, .policy, .custody, .judgeKey, .rootUpdate,
                .destroyKey, .breakGlass:
                break
            }
        }
        return outcome
    }

    private func finished(
        _ positions: [Int], _ steps: [(id: StepID, step: PlannedStep)], _ state: AuthorityState
    ) throws -> [Finished] {
        guard let ceremony = recorder.replay.ceremony else { return [] }
        var issuers: [String: Opinion.Signer] = [:]
        return try positions.map { position in
            let step = steps[position].step
            guard let signature = ceremony.statuses[position].signature, let name = step.signingKey,
                let publicKey = state.keys[name]?.publicKey
            else { throw PlanError(.signatureIntended, "\(steps[position].id) is not signed") }
            if let issuer = step.issuerName, issuers[issuer] == nil, let der = state.certificates[issuer]?.der {
                issuers[issuer] = .certificate(der)
            }
            let (message, algorithm) = try state.message(for: step)
            return Finished(
                step: step, message: message, signature: signature, algorithm: algorithm, publicKey: publicKey,
                issuer: step.issuerName.flatMap { issuers[$0] })
        }
    }

    /// Both implementations verify what the token made.
    private static func verify(_ item: Finished) throws(PlanError) -> [UInt8] {
        guard item.publicKey.verify(
            signature: item.signature, over: item.message, algorithm: item.algorithm)
        else {
            throw PlanError(
                .signatureValid, "the token's signature for \(item.step.word) \(item.step.objectName) does not verify",
                advice: "The ledger holds it; stop, and examine the token")
        }
        let object = Certificate.assemble(
            tbsBytes: item.message, algorithm: AlgorithmIdentifier(item.algorithm), signature: item.signature)
        switch item.step {
        case .certificate(let planned):
            // A root verifies under itself.
            let issuer = planned.issuer == planned.name ? .certificate(object) : item.issuer
            try Opinion.certificate(object, planned.name, issuer: issuer ?? .key(item.publicKey))
        case .certificateList(let planned):
            try Opinion.certificateList(object, planned, issuer: item.issuer ?? .key(item.publicKey))
        case .bundleSignature, .bundle, .generateKey, .revocation, .policy, .custody, .judgeKey, .rootUpdate,
            .destroyKey, .breakGlass:
            try Opinion.signature(item.signature, item.message, item.algorithm, item.publicKey)
        }
        return object
    }
}

extension PlannedStep {
    /// The name of the certificate that the object is issued under.
    var issuerName: String? {
        switch self {
        case .certificate(let certificate): certificate.issuer
        case .certificateList(let list): list.issuer
        case .bundleSignature(let signature): signature.signer.certificate
        case .bundle, .generateKey, .revocation, .policy, .custody, .judgeKey, .rootUpdate, .destroyKey, .breakGlass: nil
        }
    }
}
