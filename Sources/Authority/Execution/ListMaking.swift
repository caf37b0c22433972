import Groundwork
import PKIX

/// Takes a CRL whose entries lie in a file through intent, signature, verification and file, without ever holding it.
struct ListMaking {
    let room: TokenRoom
    let recorder: Recorder
    let observer: (any CeremonyObserver)?
    let lists: RevocationLists

    /// - Parameter position: of the CRL's step in the plan.
    func make(_ planned: PlannedCertificateList, at position: Int, _ id: StepID) throws {
        let state = try recorder.state
        // Linted already, and equal to the plan's; only its signature is missing.
        let list = try lists.list(planned, state)
        guard let key = state.keys[planned.issuerKey], let publicKey = key.publicKey else {
            throw PlanError(.keyIdentity, "the key \(planned.issuerKey) does not exist")
        }
        if recorder.replay.ceremony?.statuses[position].signature == nil {
            try sign(planned, list, key, at: position, id)
        }
        guard let signature = recorder.replay.ceremony?.statuses[position].signature else {
            throw PlanError(.signatureIntended, "\(id) is not signed")
        }
        guard list.tbs.isSigned(signature, by: publicKey) else {
            throw PlanError(
                .signatureValid, "the token's signature for crl \(planned.number) of \(planned.issuer) does not verify",
                advice: "The ledger holds it; stop, and examine the token")
        }
        try Opinion.signature(signature, of: list.tbs, planned.algorithm, publicKey)
        let digest = try write(planned, list, signature)
        try recorder.note([
            .crl(
                step: id, issuer: planned.issuer, number: planned.number,
                artifact: Event.ArtifactFile(path: planned.path, digest: digest))
        ])
        observer?.note(.certificateList(title: planned.title, entries: planned.entries, path: planned.path))
    }

    private func sign(
        _ planned: PlannedCertificateList, _ list: SpooledList, _ key: AuthorityState.KeyRecord, at position: Int,
        _ id: StepID
    ) throws {
        let lost = recorder.replay.ceremony?.statuses[position].openIntent
        if let lost { observer?.note(.signsAgain(id, intent: lost)) }
        let intent = try recorder.append([
            .intent(Event.Intent(
                object: PlannedStep.certificateList(planned).word, step: id, key: key.planned.name,
                digest: list.listed.tbs, repeats: lost))
        ])
        let signature = try room.sign(list, with: key)
        try recorder.append([.signed(intent: intent, signature: signature)])
    }

    /// Writes the file, unless a run that was cut off has; gives its digest.
    private func write(_ planned: PlannedCertificateList, _ list: SpooledList, _ signature: [UInt8]) throws -> Digest {
        let directory = recorder.directory
        if !directory.contains(planned.path) {
            try directory.makeFolder(for: planned.path)
            try DurableFile.create(directory.absolute(planned.path)) { (file) throws(FileError) in
                do throws(PKIXError) {
                    try list.tbs.assemble(signature: signature, to: file.number)
                } catch {
                    throw FileError(kind: .io, path: planned.path, reason: error.sentence)
                }
            }
        }
        let expected = try list.tbs.fileDigest(signature: signature)
        guard try directory.digest(planned.path).bytes == expected, let digest = Digest(bytes: expected) else {
            throw FileError(
                kind: .exists, path: directory.absolute(planned.path), reason: "it exists already, with other content")
        }
        return digest
    }
}
