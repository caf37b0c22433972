import Groundwork

/// Puts a bundle together of the signatures that the ledger holds, and writes it.
struct BundleMaking {
    let recorder: Recorder
    let observer: (any CeremonyObserver)?

    /// - Parameter position: of the bundle's step in the plan.
    func make(_ planned: PlannedBundle, at position: Int, _ id: StepID) throws {
        guard let ceremony = recorder.replay.ceremony else { return }
        let state = try recorder.state
        let assembly = try BundleAssembly(planned, state: state)
        let signed = try ceremony.signatures(of: planned, before: position)
        for (step, signature) in signed {
            guard let publicKey = state.keys[step.signer.key]?.publicKey else {
                throw PlanError(.keyIdentity, "the key \(step.signer.key) does not exist")
            }
            try Opinion.signature(signature, try assembly.toBeSigned(step), .ecdsaSHA256, publicKey)
        }
        let written = try assembly.files(signatures: signed)
        try recorder.directory.ensure(written.map { ($0.file.path, $0.bytes) })
        try recorder.note([
            .bundle(
                step: id, sequence: planned.sequence, payload: assembly.payloadDigest, artifacts: written.map(\.file))
        ])
        observer?.note(.bundle(sequence: planned.sequence, path: planned.path, payload: assembly.payloadDigest))
    }
}
