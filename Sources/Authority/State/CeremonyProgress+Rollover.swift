import Groundwork
import PKIX

extension CeremonyProgress {
    /// A pre-generated key is what it was when it was generated, and the one to which the root before committed.
    mutating func judged(_ judgement: Event.KeyJudgement, _ state: inout AuthorityState) throws(PlanError) {
        let position = try position(judgement.step)
        guard case .judgeKey(let planned) = steps[position].step, planned.key == judgement.key,
            planned.predecessor == judgement.predecessor, !statuses[position].isDone,
            let record = state.keys[planned.key]
        else { throw PlanError(.ledgerOrder, "\(judgement.step) does not judge the key \(judgement.key)") }
        try begin(position)
        guard planned.committed == judgement.committed else {
            throw PlanError(.rootSuccessor, "the commitment to \(judgement.key) in the record is not the plan's")
        }
        try planned.requireCommitment(state)
        guard judgement.tokenSerial == record.tokenSerial else {
            throw PlanError(.tokenIdentity, "the key \(judgement.key) was judged on another token than its own")
        }
        try KeyAttributeRules.check(
            judgement.attributes, wrapAttempt: judgement.wrapAttempt, planned: record.planned)
        try state.complete(steps[position].step, nil)
        finish(position)
    }

    mutating func finish(
        rootUpdate step: StepID, _ root: String, _ file: Event.ArtifactFile, _ state: inout AuthorityState
    ) throws(PlanError) -> Event.ArtifactFile {
        let position = try position(step)
        guard case .rootUpdate(let planned) = steps[position].step, planned.newWithNew == root,
            !statuses[position].isDone
        else { throw PlanError(.ledgerOrder, "\(step) makes no update of the root \(root)") }
        try begin(position)
        let bytes = try planned.bytes(state)
        try require([file], equal: [Event.ArtifactFile(path: planned.path, digest: Digest(of: bytes))])
        try state.complete(steps[position].step, nil)
        finish(position)
        return file
    }
}

extension PlannedKeyJudgement {
    /// - Throws: ``PlanError`` with control ROOT-SUCCESSOR unless the certificate of the root before commits to the key.
    func requireCommitment(_ state: AuthorityState) throws(PlanError) {
        guard let publicKey = state.keys[key]?.publicKey else {
            throw PlanError(.rootSuccessor, "the key \(key) was never generated")
        }
        let commitment = try state.commitment(of: predecessor)
        guard let commitment, commitment.matches(publicKey), commitment.hashValue == committed.bytes else {
            throw PlanError(
                .rootSuccessor, "the certificate of \(predecessor) does not commit to the key \(key)",
                advice: "Stop: devices that trust \(predecessor) expect another key")
        }
    }
}

extension AuthorityState {
    /// What a root's certificate says in hashOfRootKey; nil where it says nothing, or is not made yet.
    func commitment(of root: String) throws(PlanError) -> HashOfRootKey? {
        guard let der = certificates[root]?.der else { return nil }
        do {
            return try Certificate(derEncoded: der).tbs.extensions.value(of: HashOfRootKey.self)
        } catch {
            throw PlanError(.rootSuccessor, "the certificate of \(root) cannot be read: \(sentence(error))")
        }
    }
}
