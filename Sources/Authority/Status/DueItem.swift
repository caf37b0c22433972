import Groundwork

/// Something that somebody should do.
public struct DueItem: Hashable, Sendable {
    public enum Kind: String, CaseIterable, Sendable {
        /// A CRL's successor should be issued.
        case list = "crl"
        /// A revoked certificate is on no CRL.
        case revocation
        case certificate
        /// A root has no live bundle signer.
        case bundleSigner = "bundle-signer"
        case bundle
        /// A ceremony was begun and not closed.
        case ceremony
        /// The last ceremony's checkpoint is not there, or not enough persons have signed it.
        case closing
        /// A CA has signed its last CRL, and its key is still on its token.
        case key
        /// A token's shares are held by others than the policy wants.
        case custody
        /// A break-glass package expires soon, was opened and is not in the ledger, or is missing.
        case breakGlass = "break-glass"
        /// A plan waits for approvals, or to be run.
        case plan
    }

    public var kind: Kind
    /// The name of the certificate, issuer, or bundle; the path of the plan.
    public var subject: String
    /// When it is, or was, too late; nil where that is at once.
    public var deadline: Timestamp?
    /// What is so, one sentence without its full stop.
    public var reason: String
    /// What to do, one sentence without its full stop.
    public var advice: String

    public init(_ kind: Kind, _ subject: String, deadline: Timestamp?, _ reason: String, advice: String) {
        self.kind = kind
        self.subject = subject
        self.deadline = deadline
        self.reason = reason
        self.advice = advice
    }

    /// An opening that cannot be entered.
    public init(_ conflict: OpeningConflict) {
        self.init(
            .breakGlass, conflict.opening.package, deadline: nil, conflict.error.reason, advice: conflict.error.advice ?? "")
    }

    /// Whether the deadline is past.
    public func isLate(at time: Timestamp) -> Bool { deadline.map { $0 < time } ?? false }
}
