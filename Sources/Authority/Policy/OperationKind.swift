/// The acts that a ceremony can contain and that a quorum can be written for.
public enum OperationKind: String, Sendable, Hashable, CaseIterable {
    case createRoot = "create-root"
    case issueIntermediate = "issue-intermediate"
    case issueEndEntity = "issue-end-entity"
    case revoke
    case issueCRL = "issue-crl"
    case publishBundle = "publish-bundle"
    /// A quorum may be written for it; a ceremony file does not know it yet.
    case changePolicy = "change-policy"
}
