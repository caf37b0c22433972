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
        guard let ceremony = recorder.replay.ceremony else { return }
        // After a crash, a step may be signed and lack only its files.
        let unsigned = positions.filter { ceremony.statuses[$0].signature == nil }
        try sign(unsigned, steps)
        try finish(Array(positions), steps)
    }

    // MARK: Signing

    private func sign(_ positions: [Int], _ steps: [(id: StepID, step: PlannedStep)]) throws {
        guard let first = positions.first, let keyName = steps[first].step.signingKey,
            let ceremony = recorder.replay.ceremony
        else { return }
        let state = try recorder.state
        guard let key = state.keys[keyName] else {
            throw PlanError(.keyIdentity, "the key \(keyName) does not exist")
        }
        let messages = try positions.map { try message(steps[$0].id, steps[$0].step, key, state) }
        var intents: [Event] = []
        for (position, message) in zip(positions, messages) {
            let status = ceremony.statuses[position]
            if let lost = status.openIntent { observer?.note(.signsAgain(steps[position].id, intent: lost)) }
            intents.append(.intent(Event.Intent(
                object: steps[position].step.word, step: steps[position].id, key: keyName,
                digest: Digest(of: message.bytes), repeats: status.openIntent)))
        }
        let firstIntent = try recorder.append(intents)
        let signing = room.sign(messages, with: key)
        try recorder.append(signing.signatures.enumerated().map { offset, signature in
            .signed(intent: firstIntent + Int64(offset), signature: signature)
        })
        if let failure = signing.failure { throw failure }
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
        var issuer: [UInt8]?
    }

    private func finish(_ positions: [Int], _ steps: [(id: StepID, step: PlannedStep)]) throws {
        guard let ceremony = recorder.replay.ceremony else { return }
        let state = try recorder.state
        let finished = try positions.map { position -> Finished in
            let step = steps[position].step
            guard let signature = ceremony.statuses[position].signature, let name = step.signingKey,
                let publicKey = state.keys[name]?.publicKey
            else { throw PlanError(.signatureIntended, "\(steps[position].id) is not signed") }
            let (message, algorithm) = try state.message(for: step)
            return Finished(
                step: step, message: message, signature: signature, algorithm: algorithm, publicKey: publicKey,
                issuer: step.issuerName.flatMap { state.certificates[$0]?.der })
        }
        let objects = try Parallel.map(finished) { finished throws(PlanError) in try Self.verify(finished) }

        var files: [(path: String, bytes: [UInt8])] = []
        var events: [Event] = []
        var notices: [CeremonyNotice] = []
        for ((position, object), item) in zip(zip(positions, objects), finished) {
            let id = steps[position].id
            switch item.step {
            case .certificate(let planned):
                let written = CertificateFiles(planned, der: object)
                files += written.contents
                events.append(.artifact(Event.ArtifactRecord(step: id, certificate: planned.name, files: written.files)))
                notices.append(.certificate(name: planned.name, path: planned.path, fingerprint: Digest(of: object)))
            case .certificateList(let planned):
                files.append((planned.path, object))
                events.append(.crl(
                    step: id, issuer: planned.issuer, number: planned.number,
                    artifact: Event.ArtifactFile(path: planned.path, digest: Digest(of: object))))
                notices.append(.certificateList(
                    issuer: planned.issuer, number: planned.number, entries: planned.entries, path: planned.path))
            case .bundle(let planned):
                let assembly = try BundleAssembly(planned, state: state)
                let written = try assembly.files(signature: item.signature)
                files += written.map { ($0.file.path, $0.bytes) }
                events.append(.bundle(
                    step: id, sequence: planned.sequence, payload: assembly.payloadDigest,
                    artifacts: written.map(\.file)))
                notices.append(.bundle(sequence: planned.sequence, path: planned.path, payload: assembly.payloadDigest))
            case .generateKey, .revocation:
                break
            }
        }
        try recorder.directory.ensure(files)
        try recorder.append(events)
        for notice in notices { observer?.note(notice) }
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
            let issuer = planned.issuer == planned.name ? object : item.issuer
            try Opinion.certificate(object, planned.name, issuer: issuer.map { .certificate($0) } ?? .key(item.publicKey))
        case .certificateList(let planned):
            try Opinion.certificateList(
                object, planned, issuer: item.issuer.map { .certificate($0) } ?? .key(item.publicKey))
        case .bundle, .generateKey, .revocation:
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
        case .bundle(let bundle): bundle.signer
        case .generateKey, .revocation: nil
        }
    }
}
