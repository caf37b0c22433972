import Groundwork
import PKIX

/// Signs and seals a break-glass package.
///
/// Shares first: so the signatures exist outside of the sealed package for a moment only, and a run that is cut off while
/// people write words down has signed nothing. No signature is written anywhere but into the package.
struct BreakGlassMaking {
    let room: TokenRoom
    let recorder: Recorder
    let observer: (any CeremonyObserver)?
    let throwaways: ThrowawayKeys
    let unlocker: any TokenUnlocking

    /// - Parameter position: of the package's step in the plan.
    func make(_ planned: PlannedBreakGlass, at position: Int, _ id: StepID) throws {
        guard let desk = unlocker.desk else {
            throw PlanError(.breakGlassSealed, "there is nowhere to hand out shares of the package \(planned.package)")
        }
        let state = try recorder.state
        let shared = try SharedSecret(
            groups: planned.groups, length: SealedPackageFile.keyLength, apartFrom: state.sets)
        if recorder.directory.contains(planned.path) || status(position).intents.isEmpty == false {
            observer?.note(.sharesVoid(token: planned.shareName))
        }
        try desk.handOut(shared, token: planned.shareName)

        var signatures: [BreakGlassOpening.Signature] = []
        for part in planned.parts { signatures.append(try sign(part, of: planned, at: position, id)) }
        let sealed = status(position)
        guard let list = sealed.list else {
            throw PlanError(.breakGlassSealed, "the package \(planned.package) has no CRL")
        }
        var trial = BreakGlassRecord(planned: planned)
        trial.sealed = BreakGlassRecord.Sealed(
            file: Event.ArtifactFile(path: planned.path, digest: .zero), set: shared.set,
            signatures: sealed.sealed.mapValues(\.signature), list: list,
            previous: try recorder.state.bundles.last?.payload)
        // What is opened one day is put together today, and compared.
        let revealed = try recorder.state.reveal(trial, signatures)
        let bytes = try SealedPackageFile.seal(
            planned, state, shared,
            SealedPackageFile.Content(
                signatures: signatures,
                files: revealed.files.prefix(1 + planned.bundle.forms.count).map { ($0.file.path, $0.bytes) }))
        try recorder.directory.makeFolder(for: planned.path)
        // One of an interrupted run may be there, whose shares are void.
        try DurableFile.replace(recorder.directory.absolute(planned.path), bytes)
        try recorder.append([.breakGlassSealed(Event.SealedPackage(
            step: id, package: planned.package, set: shared.set,
            file: Event.ArtifactFile(path: planned.path, digest: Digest(of: bytes))))])
        observer?.note(.packageSealed(
            package: planned.package, certificates: planned.certificates,
            responders: shared.record(of: planned).custodians, path: planned.path))
    }

    private func status(_ position: Int) -> PackageStatus {
        recorder.replay.ceremony?.statuses[position].package ?? PackageStatus()
    }

    private func sign(
        _ part: PackagePart, of planned: PlannedBreakGlass, at position: Int, _ id: StepID
    ) throws -> BreakGlassOpening.Signature {
        let state = try recorder.state
        guard let key = state.keys[part.key], let publicKey = key.publicKey else {
            throw PlanError(.keyIdentity, "the key \(part.key) does not exist")
        }
        let status = status(position)
        let linted = try PreIssuance.lint(
            part, of: planned, list: part.object == PackagePart.list ? nil : status.list, bundle: state.bundle(of: planned),
            key: try throwaways.key(key.planned.kind), state: state
        ).linted
        let lost = status.intents[part]
        if let lost { observer?.note(.signsAgain(id, intent: lost)) }
        let intent = try recorder.append([.intent(Event.Intent(
            object: part.object, step: id, key: part.key, digest: Digest(of: linted.bytes), repeats: lost))])
        let signing = room.sign([linted], with: key)
        if let failure = signing.failure { throw failure }
        guard let signature = signing.signatures.first.flatMap({ $0 }),
            publicKey.verify(signature: signature, over: linted.bytes, algorithm: linted.algorithm)
        else {
            throw PlanError(
                .signatureValid, "the token's signature for \(part.object) of the package \(planned.package) does not verify",
                advice: "Stop, and examine the token")
        }
        var object: Digest?
        if part.object == PackagePart.list {
            object = Digest(of: Certificate.assemble(
                tbsBytes: linted.bytes, algorithm: AlgorithmIdentifier(linted.algorithm), signature: signature))
        }
        try recorder.append([.sealed(Event.SealedSignature(
            intent: intent, package: planned.package, digest: Digest(of: signature), object: object))])
        return BreakGlassOpening.Signature(part: part, bytes: signature)
    }
}
