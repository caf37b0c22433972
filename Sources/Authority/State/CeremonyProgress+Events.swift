import Groundwork
import PKIX
import TrustBundle

extension CeremonyProgress {
    mutating func approve(
        _ record: Event.ApprovalRecord, files: any AuthorityFiles, policy: Policy, time: Timestamp
    ) throws(PlanError) -> [Replay.Obligation] {
        guard record.ceremony == plan.number else { throw PlanError(.approvalPlan, "an approval of another ceremony") }
        guard !isBegun else {
            throw PlanError(.ledgerOrder, "an approval after the first step was begun")
        }
        let bytes: [UInt8]
        do { bytes = try files.read(record.file.path) } catch { throw PlanError(.approvalForm, "\(error)") }
        guard Digest(of: bytes) == record.file.digest else {
            throw PlanError(.approvalForm, "\(record.file.path) is not the file that the ledger names: its digest differs")
        }
        let judged = try Approval(path: record.file.path, bytes: bytes)
            .approver(of: planBytes, requestedBy: requester, under: policy, or: change?.new, at: time)
        let approver = judged.person
        guard approver.operator == record.operator, approver.key == record.key else {
            throw PlanError(.approvalOperator, "\(record.file.path) is not by \(record.operator)")
        }
        guard approvalPaths.insert(record.file.path).inserted else {
            throw PlanError(.ledgerOrder, "\(record.file.path) is recorded twice")
        }
        guard !rejections.contains(where: { $0.operator == approver.operator && $0.plan == planDigest }) else {
            throw PlanError(.rejection, "\(approver.name) has rejected this plan and approved it")
        }
        if let person = judged.inForce, !approvals.contains(where: { $0.operator == person.operator }) {
            approvals.append(person)
        }
        if let person = judged.new { newApprovals.append(person) }
        return [.file(record.file)]
    }

    private func requireQuorum() throws(PlanError) {
        for (index, operation) in plan.operations.enumerated()
        where !Quorum(operation.quorum, approvers: approvals).isReached {
            throw PlanError(.quorum, "operation \(index + 1) was begun without its quorum")
        }
        if let change { try ChangeApprovals(change, approvers: newApprovals).require() }
    }

    /// The step can be begun: everything before it has been.
    mutating func begin(_ position: Int) throws(PlanError) {
        if !isBegun {
            try requireQuorum()
            try requireClosing()
            try requireOpenings()
            isBegun = true
        }
        guard position <= frontier else {
            throw PlanError(.ledgerOrder, "\(steps[position].id) is begun before \(steps[frontier].id)")
        }
        if position == frontier { frontier += 1 }
    }

    mutating func intend(_ intent: Event.Intent, _ index: Int64, _ state: AuthorityState) throws(PlanError) {
        let position = try position(intent.step)
        let step = steps[position].step
        try begin(position)
        if case .breakGlass(let package) = step { return try intend(intent, index, package, position, state) }
        var status = statuses[position]
        guard !status.isDone, status.signature == nil else {
            throw PlanError(.signatureIntended, "\(intent.step) is signed already")
        }
        guard intent.key == step.signingKey ?? step.destroyedKey?.key else {
            throw PlanError(.signaturePlanned, "\(intent.step) is not for the key \(intent.key)")
        }
        let digest: Digest
        var message: [UInt8]?
        switch (intent.object, step) {
        case ("generate-key", .generateKey(let key)) where !status.isGenerated:
            digest = key.generationDigest
        case ("crl", .certificateList(let list)) where list.listed != nil:
            digest = list.listed?.tbs ?? .zero
        case ("destroy-key", .destroyKey(let planned)):
            try state.requireEnded(planned)
            digest = planned.digest
        case ("proof", .generateKey) where status.isGenerated, ("certificate", .certificate), ("crl", .certificateList),
            ("bundle-signature", .bundleSignature):
            let bytes = try state.message(for: step).bytes
            digest = Digest(of: bytes)
            message = bytes
        default:
            throw PlanError(.signaturePlanned, "\(intent.step) has no \(intent.object) to be signed")
        }
        guard digest == intent.digest else {
            throw PlanError(.signaturePlanned, "the intent at \(intent.step) is for bytes that the plan does not give")
        }
        guard intent.repeats == (status.openObject == intent.object ? status.openIntent : nil) else {
            throw PlanError(.signatureIntended, "the intent at \(intent.step) does not account for the one before it")
        }
        if let previous = status.openIntent { intents[previous] = nil }
        status.openIntent = index
        status.openObject = intent.object
        status.message = message
        statuses[position] = status
        intents[index] = position
    }

    mutating func generated(_ key: Event.KeyGeneration, _ state: inout AuthorityState) throws(PlanError) {
        let position = try position(key.step)
        guard case .generateKey(let planned) = steps[position].step, planned.name == key.key,
            statuses[position].openObject == "generate-key", let intent = statuses[position].openIntent
        else { throw PlanError(.ledgerOrder, "the key \(key.key) was generated without an intent") }
        let publicKey: SubjectPublicKeyInfo
        do {
            publicKey = try SubjectPublicKeyInfo(derEncoded: key.subjectPublicKeyInfo)
        } catch {
            throw PlanError(.keyIdentity, "the public key of \(key.key) cannot be read: \(error)")
        }
        guard key.successorOf == planned.successorOf else {
            throw PlanError(.rootSuccessor, "the key \(key.key) is not marked as the plan says: pre-generated or not")
        }
        guard publicKey.kind == planned.kind else {
            throw PlanError(.keyType, "the key \(key.key) is \(publicKey.kind.rawValue), not \(planned.kind.rawValue)")
        }
        guard key.tokenSerial == state.tokenSerials[planned.token] else {
            throw PlanError(.tokenIdentity, "the key \(key.key) is on a token that nobody logged in to")
        }
        try KeyAttributeRules.check(key.attributes, wrapAttempt: key.wrapAttempt, planned: planned)
        try state.complete(steps[position].step, .key(publicKey, tokenSerial: key.tokenSerial))
        intents[intent] = nil
        statuses[position].openIntent = nil
        statuses[position].openObject = nil
        statuses[position].isGenerated = true
    }

    mutating func signed(
        _ intent: Int64, _ signature: [UInt8], _ state: inout AuthorityState
    ) throws(PlanError) -> Replay.SignatureObligation? {
        guard let position = intents[intent], !["generate-key", "destroy-key"].contains(statuses[position].openObject),
            let name = steps[position].step.signingKey, let publicKey = state.publicKey(name),
            statuses[position].message != nil || steps[position].step.listed != nil
        else { throw PlanError(.signatureIntended, "a signature answers no intent") }
        let message = statuses[position].message
        let algorithm = try state.algorithm(for: steps[position].step)
        intents[intent] = nil
        statuses[position].openIntent = nil
        statuses[position].signature = signature
        signatures += 1
        state.keys[name]?.signatures += 1
        switch steps[position].step {
        case .generateKey: finish(position)
        case .bundleSignature:
            // The signature is kept until the bundle is put together.
            statuses[position].isDone = true
            statuses[position].message = nil
        default: break
        }
        // What was signed lies in a file that is still to come; it is verified with that.
        guard let message else { return nil }
        return Replay.SignatureObligation(
            publicKey: publicKey, message: message, signature: signature, algorithm: algorithm,
            object: "\(steps[position].id)")
    }

    mutating func finish(_ position: Int) {
        statuses[position].isDone = true
        statuses[position].message = nil
        statuses[position].signature = nil
    }

    /// The finished object of a step that has been signed.
    func object(at position: Int, _ state: AuthorityState) throws(PlanError) -> [UInt8] {
        guard let message = statuses[position].message, let signature = statuses[position].signature else {
            throw PlanError(.ledgerOrder, "\(steps[position].id) is not signed")
        }
        let algorithm = try state.algorithm(for: steps[position].step)
        return Certificate.assemble(
            tbsBytes: message, algorithm: AlgorithmIdentifier(algorithm), signature: signature)
    }

    mutating func finish(
        _ artifact: Event.ArtifactRecord, _ state: inout AuthorityState
    ) throws(PlanError) -> [Event.ArtifactFile] {
        let position = try position(artifact.step)
        guard case .certificate(let planned) = steps[position].step, planned.name == artifact.certificate else {
            throw PlanError(.ledgerOrder, "\(artifact.step) makes no certificate \(artifact.certificate)")
        }
        let der = try object(at: position, state)
        try require(artifact.files, equal: CertificateFiles(planned, der: der).files)
        try state.complete(steps[position].step, .object(der))
        finish(position)
        return artifact.files
    }

    mutating func finish(
        crl step: StepID, _ issuer: String, _ number: Int64, _ file: Event.ArtifactFile,
        _ state: inout AuthorityState
    ) throws(PlanError) -> [Replay.Obligation] {
        let position = try position(step)
        guard case .certificateList(let planned) = steps[position].step, planned.issuer == issuer,
            planned.number == number
        else { throw PlanError(.ledgerOrder, "\(step) makes no CRL \(number) of \(issuer)") }
        if planned.listed != nil {
            guard let signature = statuses[position].signature, let publicKey = state.publicKey(planned.issuerKey),
                !statuses[position].isDone, file.path == planned.path
            else { throw PlanError(.ledgerOrder, "\(step) is not signed") }
            let obligation = ListObligation(
                planned: planned, file: file, signature: signature, publicKey: publicKey,
                revoked: state.revokedEntries(of: issuer, planned.shard), continuity: ListContinuity(planned, after: state),
                delta: try DeltaList(planned, state))
            try state.complete(steps[position].step, .list(file.digest))
            finish(position)
            return [.list(obligation)]
        }
        let der = try object(at: position, state)
        try require([file], equal: [Event.ArtifactFile(path: planned.path, digest: Digest(of: der))])
        var continuity = ListContinuity(planned, after: state)
        continuity?.file = file
        try state.complete(steps[position].step, .object(der))
        finish(position)
        return [.file(file)] + (continuity.map { [.continuity($0)] } ?? [])
    }

    mutating func finish(
        bundle step: StepID, _ sequence: Int64, _ payload: Digest, _ files: [Event.ArtifactFile],
        _ state: inout AuthorityState
    ) throws(PlanError) -> [Event.ArtifactFile] {
        let position = try position(step)
        guard case .bundle(let planned) = steps[position].step, planned.sequence == sequence,
            !statuses[position].isDone
        else { throw PlanError(.ledgerOrder, "\(step) makes no bundle \(sequence)") }
        let signatures = try signatures(of: planned, before: position)
        try begin(position)
        let assembly = try BundleAssembly(planned, state: state)
        guard assembly.payloadDigest == payload else {
            throw PlanError(.bundleSignature, "the payload of bundle \(sequence) is not what the plan gives")
        }
        try require(files, equal: try assembly.files(signatures: signatures).map(\.file))
        try state.complete(steps[position].step, .bundle(payload))
        finish(position)
        return files
    }

    /// The signatures of a bundle's signature steps, in their order.
    func signatures(
        of planned: PlannedBundle, before position: Int
    ) throws(PlanError) -> [(step: PlannedBundleSignature, signature: [UInt8])] {
        var found: [(step: PlannedBundleSignature, signature: [UInt8])] = []
        for earlier in 0..<position {
            guard case .bundleSignature(let step) = steps[earlier].step, step.bundle == planned else { continue }
            guard let signature = statuses[earlier].signature else {
                throw PlanError(.ledgerOrder, "\(steps[earlier].id) is not signed, and the bundle needs it")
            }
            found.append((step, signature))
        }
        return found
    }

    mutating func revoked(
        _ step: StepID, _ certificate: String, _ serial: [UInt8], _ reason: RevocationReason, _ date: Timestamp,
        _ state: inout AuthorityState
    ) throws(PlanError) {
        let position = try position(step)
        guard case .revocation(let planned) = steps[position].step, planned.certificate == certificate,
            planned.serial == serial, planned.reason == reason, planned.date == date, !statuses[position].isDone
        else { throw PlanError(.ledgerOrder, "\(step) does not revoke \(certificate)") }
        try begin(position)
        try state.complete(steps[position].step, nil)
        finish(position)
    }

    /// From here on the new policy is in force, and keys that it does not have count no more.
    mutating func adopt(
        _ digest: Digest, _ path: String, _ state: inout AuthorityState
    ) throws(PlanError) -> Event.ArtifactFile {
        guard let (id, planned) = plan.plannedPolicy, planned.digest == digest, planned.path == path, let change,
            !isDone(id)
        else { throw PlanError(.ledgerOrder, "ceremony \(plan.number) puts no policy \(path) in force") }
        let position = try position(id)
        try begin(position)
        try state.complete(steps[position].step, .policy(change.new))
        finish(position)
        return Event.ArtifactFile(path: path, digest: digest)
    }

    /// The persons whose approvals the ledger holds, under either policy, in the order in which they came.
    public var approvedBy: [Approver] {
        let known = Set(approvals.map(\.operator))
        let others = Dictionary(newApprovals.map { ($0.operator, $0) }, uniquingKeysWith: { first, _ in first })
        return approvals + others.values.filter { !known.contains($0.operator) }.sorted { $0.operator < $1.operator }
    }

    /// A key of the plan, after its last CRL, or an orphan: generated, but lost before it was recorded.
    mutating func destroyed(_ destruction: Event.KeyDestruction, _ state: inout AuthorityState) throws(PlanError) {
        let key = destruction.key
        if let evidence = destruction.evidence { return try destroyed(key, evidence, &state) }
        let position = steps.firstIndex { step in
            if case .generateKey(let planned) = step.step { planned.name == key } else { false }
        }
        guard let position, statuses[position].openObject == "generate-key" else {
            throw PlanError(.ledgerOrder, "the key \(key) was destroyed outside the plan")
        }
    }

    private mutating func destroyed(
        _ key: String, _ evidence: Event.KeyDestruction.Evidence, _ state: inout AuthorityState
    ) throws(PlanError) {
        let position = try position(evidence.step)
        guard case .destroyKey(let planned) = steps[position].step, planned.key == key, !statuses[position].isDone,
            statuses[position].openObject == "destroy-key", let intent = statuses[position].openIntent
        else { throw PlanError(.ledgerOrder, "\(evidence.step) does not destroy the key \(key)") }
        guard evidence.tokenSerial == state.keys[key]?.tokenSerial else {
            throw PlanError(.tokenIdentity, "the key \(key) was destroyed on another token than its own")
        }
        guard evidence.found == 0, (0...2).contains(evidence.destroyed) else {
            throw PlanError(.keyDestroyed, "the key \(key) was still found on its token after it was destroyed")
        }
        try state.complete(steps[position].step, nil)
        intents[intent] = nil
        statuses[position].openIntent = nil
        finish(position)
    }

    func require(_ found: [Event.ArtifactFile], equal expected: [Event.ArtifactFile]) throws(PlanError) {
        guard found != expected else { return }
        let differing = zip(found, expected).first { $0 != $1 }?.1.path ?? expected.last?.path ?? "a file"
        throw PlanError(.artifactBytes, "\(differing) is not what the plan and the signature give")
    }
}

extension PlannedStep {
    /// The key that the step destroys.
    var destroyedKey: PlannedKeyDestruction? {
        if case .destroyKey(let planned) = self { planned } else { nil }
    }
}

extension AuthorityState {
    /// The last CRL of a CA is signed before its key goes.
    ///
    /// - Throws: ``PlanError`` with control ISSUER-ENDED or KEY-DESTROYED.
    func requireEnded(_ planned: PlannedKeyDestruction) throws(PlanError) {
        guard let last = lastList(of: planned.issuer), last.digest != nil, last.planned.number == planned.lastCRL else {
            throw PlanError(.issuerEnded, "the key of \(planned.issuer) is to be destroyed before its last CRL is signed")
        }
        guard let key = keys[planned.key], !key.isDestroyed,
            key.publicKey.map({ Digest(of: $0.derBytes) }) == planned.publicKey
        else { throw PlanError(.keyDestroyed, "the key \(planned.key) to be destroyed is not the one of the ledger") }
    }
}
