import Groundwork

/// Whether a certificate counts.
public enum CertificateCondition: Hashable, Sendable {
    case live
    case notYetValid
    case expired
    case revoked(RevocationReason, Timestamp)
    /// A CRL that was made from a file revokes it; the ledger itself does not.
    case listed(ListedRevocations.Entry)

    /// The word for it, for programs.
    public var word: String {
        switch self {
        case .live: "live"
        case .notYetValid: "not-yet-valid"
        case .expired: "expired"
        case .revoked, .listed: "revoked"
        }
    }
}

extension AuthorityState.CertificateRecord {
    /// A revocation counts from its date on; what was expired before is expired.
    public func condition(at time: Timestamp) -> CertificateCondition {
        if let revocation, revocation.date <= time { return .revoked(revocation.reason, revocation.date) }
        if fields.notAfter < time { return .expired }
        return fields.notBefore > time ? .notYetValid : .live
    }
}
