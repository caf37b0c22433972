import Groundwork

/// The signatures of persons over the checkpoint of a ceremony, as they lie in the authority, judged.
public struct CheckpointWitnesses: Sendable {
    public struct Signature: Sendable {
        /// In the authority.
        public var path: String
        public var bytes: [UInt8]
        public var witness: Approver
    }

    public let ceremony: Int64
    /// In the order of the files' names.
    public let signatures: [Signature]

    /// Reads and judges every file beside the checkpoint.
    ///
    /// - Throws: `FileError`, or ``PlanError`` with control CLOSING for one that is not good.
    public init(
        _ directory: AuthorityDirectory, of ceremony: Int64, under policy: Policy, at time: Timestamp
    ) throws {
        self.ceremony = ceremony
        let folder = AuthorityPaths.witnesses(ceremony)
        guard directory.contains(folder) else {
            signatures = []
            return
        }
        let checkpoint = try directory.read(AuthorityPaths.checkpoint(ceremony))
        signatures = try DurableDirectory.names(in: directory.absolute(folder)).sorted().map { name in
            let path = "\(folder)/\(name)"
            let bytes = try directory.read(path)
            let witness = try WitnessSignature(path: path, bytes: bytes).witness(of: checkpoint, under: policy, at: time)
            guard path == AuthorityPaths.witness(ceremony, witness.operator) else {
                throw PlanError(
                    .closing, "\(path) is by \(witness.name), and lies under another name",
                    advice: "Take it out, and enter it with anchorite witness --signature")
            }
            return Signature(path: path, bytes: bytes, witness: witness)
        }
    }

    /// Who signed, and who is missing; nil where the policy asks for nobody.
    public func quorum(of policy: Policy) -> Quorum? {
        policy.closing.map { Quorum($0, approvers: signatures.map(\.witness)) }
    }

    /// Whether the next ceremony can be opened, as far as the last one's close goes: its checkpoint is there, and enough
    /// persons have signed it.
    ///
    /// - Returns: nil while a ceremony is open, and before the first.
    /// - Throws: ``PlanError`` with control CHECKPOINT or CLOSING when it cannot, `FileError`.
    public static func requireClosed(
        _ directory: AuthorityDirectory, _ reading: AuthorityReading.Reading, at time: Timestamp
    ) throws -> CheckpointWitnesses? {
        guard let state = reading.state, let last = state.ceremonies.last, reading.ceremony == nil else { return nil }
        guard directory.contains(AuthorityPaths.checkpoint(last.number)) else { throw withoutCheckpoint(last.number) }
        let witnesses = try CheckpointWitnesses(directory, of: last.number, under: state.policy, at: time)
        try witnesses.requireQuorum(of: state.policy)
        return witnesses
    }

    static func withoutCheckpoint(_ ceremony: Int64) -> PlanError {
        PlanError(
            .checkpoint, "ceremony \(ceremony) has no checkpoint",
            advice: "Run its plan \(AuthorityPaths.plan(ceremony)) again: its last run was interrupted")
    }

    /// - Throws: ``PlanError`` with control CLOSING that says who is missing.
    func requireQuorum(of policy: Policy) throws(PlanError) {
        guard let quorum = quorum(of: policy), !quorum.isReached else { return }
        let missing = quorum.roles.filter { $0.missing > 0 }.map { "\($0.missing) more \($0.role)" }
        throw PlanError(
            .closing,
            "the checkpoint of ceremony \(ceremony) needs the signature of \(missing.joined(separator: " and "))",
            advice: "Have it signed with anchorite witness, then run again")
    }
}
