/// How the record is signed.
public struct LedgerRules: Sendable, Equatable {
    /// The profile of the key that signs checkpoints.
    public let recordProfile: String

    public init(recordProfile: String) {
        self.recordProfile = recordProfile
    }
}
