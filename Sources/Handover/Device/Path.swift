import PKIX

/// A chain from a certificate up to a root, as RFC 5280 section 6.1 walks it. OpenSSL is asked besides, and knows name
/// constraints.
struct Path {
    /// From the lowest up.
    let certificates: [Certificate]

    init(_ certificates: [Certificate]) { self.certificates = certificates }

    /// Each is issued by the next one, and each issuer may issue. Says nothing about times and revocation.
    func check() throws(PKIXError) {
        guard let root = certificates.last else { throw PKIXError(.chainBroken, "The chain is empty.") }
        for (certificate, issuer) in zip(certificates, certificates.dropFirst()) { try certificate.verifyIssued(by: issuer) }
        try root.verifyIssued(by: root)
        try checkAuthorities()
        for certificate in certificates { try Self.checkCritical(certificate) }
    }

    /// Basic constraints, key usage and path lengths of all but the lowest.
    func checkAuthorities() throws(PKIXError) {
        for (position, issuer) in certificates.enumerated().dropFirst() {
            guard let constraints = try issuer.tbs.basicConstraints, constraints.isCA else {
                throw PKIXError(.chainBroken, "\(issuer.tbs.subject) is no CA.")
            }
            if let usage = try issuer.tbs.keyUsage, !usage.contains(.keyCertSign) {
                throw PKIXError(.chainBroken, "\(issuer.tbs.subject) may not sign certificates.")
            }
            let between = certificates[1..<position].count { !$0.tbs.isSelfIssued }
            // What stands lowest counts too when it is a CA itself.
            if let limit = constraints.pathLength, between > limit {
                throw PKIXError(
                    .chainBroken, "\(issuer.tbs.subject) has path length \(limit), and \(between) intermediates stand below it.")
            }
        }
    }

    private static let known: Set<OID> = [
        BasicConstraints.identifier, KeyUsage.identifier, ExtendedKeyUsage.identifier, NameConstraints.identifier,
        SubjectAlternativeName.identifier, CertificatePolicies.identifier, CRLDistributionPoints.identifier,
        SubjectKeyIdentifier.identifier, AuthorityKeyIdentifier.identifier,
    ]

    /// A critical extension that nobody here reads makes a certificate worthless (RFC 5280 section 4.2).
    private static func checkCritical(_ certificate: Certificate) throws(PKIXError) {
        if let unknown = certificate.tbs.extensions.first(where: { $0.isCritical && !known.contains($0.identifier) }) {
            throw PKIXError(
                .chainBroken, "\(certificate.tbs.subject) has the critical extension \(unknown.name), which is not known here.")
        }
    }
}
