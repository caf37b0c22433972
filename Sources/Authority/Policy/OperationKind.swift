/// The acts that a ceremony can contain and that a quorum can be written for.
public enum OperationKind: String, Sendable, Hashable, CaseIterable {
    case createRoot = "create-root"
    case issueIntermediate = "issue-intermediate"
    case issueEndEntity = "issue-end-entity"
    case revoke
    case issueCRL = "issue-crl"
    case publishBundle = "publish-bundle"
    case changePolicy = "change-policy"
    /// New shares of a token's PIN, for other custodians or in place of lost ones.
    case reshareCustody = "reshare-custody"
    /// The certificate of a root whose key was pre-generated with the root before.
    case activateRoot = "activate-root"
    /// A new key for bundles, under a root that there is.
    case renewBundleSigner = "renew-bundle-signer"
    /// The end of a CA's key, after its last CRL.
    case destroyKey = "destroy-key"

    /// Revocations that are signed before they are needed, and sealed.
    case prepareBreakGlass = "prepare-break-glass"

    /// Whether the operation is about a certificate or an issuer that can be of a scope, so that a quorum for a scope
    /// can be written for it.
    public var hasScope: Bool {
        switch self {
        case .issueIntermediate, .issueEndEntity, .revoke, .issueCRL: true
        case .createRoot, .publishBundle, .changePolicy, .reshareCustody, .activateRoot, .renewBundleSigner,
            .destroyKey, .prepareBreakGlass: false
        }
    }
}
