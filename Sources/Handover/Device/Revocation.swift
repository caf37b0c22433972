import Groundwork
import PKIX
import TrustBundle

/// What CRLs and a bundle say of certificates.
struct Revocation {
    /// The CRLs of each issuer, by the fingerprint of its certificate. They verify.
    var lists: [Digest: [CertificateList]] = [:]
    /// Its deny list and its minimum CRL numbers count.
    var bundle: BundlePayload?

    struct Problem {
        /// One sentence without a full stop.
        var reason: String
        var advice: String?
        /// There is no CRL of the issuer at all.
        var isMissing = false
    }

    /// Takes CRLs that may be anybody's: those of the issuers count, the newest of each.
    ///
    /// - Throws: `PKIXError` for one that is in the name of an issuer and does not verify.
    mutating func add(_ candidates: [CertificateList], issuers: [Certificate]) throws(PKIXError) {
        for issuer in issuers {
            let fingerprint = Digest(of: issuer.derBytes)
            for candidate in candidates where candidate.issuer == issuer.tbs.subject {
                try candidate.verifyIssued(by: issuer)
                lists[fingerprint, default: []].append(candidate)
            }
        }
    }

    /// The CRL that counts for a certificate: of those that speak of it, the one with the greatest number that has begun.
    private func list(for certificate: Certificate, issuer: Certificate, at time: Timestamp) -> CertificateList? {
        let speaking = (lists[Digest(of: issuer.derBytes)] ?? []).filter { Self.speaks($0, of: certificate) }
        let begun = speaking.filter { $0.thisUpdate <= time.secondsSinceEpoch }
        return (begun.isEmpty ? speaking : begun).max { left, right in
            guard let left = try? left.crlNumber else { return true }
            guard let right = try? right.crlNumber else { return false }
            return left < right
        }
    }

    /// The CRL that a judgement of a certificate goes by; nil where there is none.
    ///
    /// - Parameter name: what the issuer is called.
    func listUsed(
        for certificate: Certificate, issuer: Certificate, named name: String, at time: Timestamp
    ) -> ListUsed? {
        list(for: certificate, issuer: issuer, at: time).map { ListUsed($0, of: name, for: certificate, at: time) }
    }

    /// Whether a certificate would be on the CRL if it were revoked: a CRL without critical extensions is about all of its
    /// issuer's; one with an issuingDistributionPoint about those that name the same place (RFC 5280 section 6.3.3).
    private static func speaks(_ list: CertificateList, of certificate: Certificate) -> Bool {
        for critical in list.extensions where critical.isCritical {
            guard critical.identifier == IssuingDistributionPoint.identifier,
                let point = try? critical.value(as: IssuingDistributionPoint.self)
            else { return false }
            let isCA = (try? certificate.tbs.basicConstraints?.isCA) == true
            guard !point.indirectCRL, !point.onlyContainsAttributeCerts, point.onlySomeReasons == nil,
                !(point.onlyContainsCACerts && !isCA), !(point.onlyContainsUserCerts && isCA)
            else { return false }
            let named = (try? certificate.tbs.extensions.value(of: CRLDistributionPoints.self))?.uris ?? []
            let places = point.fullName.compactMap(\.uri)
            guard places.isEmpty || places.contains(where: named.contains) else { return false }
        }
        return true
    }

    /// - Returns: nil when a CRL that is in force does not list the certificate, and the bundle does not deny it.
    func problem(with certificate: Certificate, named name: String, issuer: Certificate, at time: Timestamp) -> Problem? {
        let serial = certificate.tbs.serialNumber
        if isDenied(serial, issuer) {
            return Problem(reason: "\(name) is on the deny list of the bundle", advice: "Do not use it")
        }
        let subject = issuer.tbs.subject.shortName
        guard let list = list(for: certificate, issuer: issuer, at: time) else {
            return Problem(
                reason: "there is no CRL of \(subject), so nobody knows whether \(name) is revoked",
                advice: "Fetch it from where the certificate says", isMissing: true)
        }
        if let entry = list.entry(serialNumber: serial) {
            let reason = entry.reason.map { ", \($0)" } ?? ""
            let date = Timestamp(secondsSinceEpoch: entry.revocationDate).map { " since \($0)" } ?? ""
            return Problem(reason: "\(name) is revoked\(date)\(reason)", advice: "Do not use it")
        }
        guard list.thisUpdate <= time.secondsSinceEpoch else {
            return Problem(
                reason: "the CRL of \(subject) begins only at \(Self.moment(list.thisUpdate))", advice: "Look at the clock")
        }
        guard time.secondsSinceEpoch <= list.nextUpdate else {
            return Problem(
                reason: "the CRL of \(subject) is over since \(Self.moment(list.nextUpdate))",
                advice: "Fetch the newest one, and give it with --crl")
        }
        guard let minimum = minimum(issuer), let number = try? list.crlNumber?.value, number < minimum else { return nil }
        return Problem(
            reason: "the CRL of \(subject) has the number \(number), and the bundle wants \(minimum) at least",
            advice: "Fetch the newest one, and give it with --crl")
    }

    private func isDenied(_ serial: [UInt8], _ issuer: Certificate) -> Bool {
        guard let bundle, let identifier = try? issuer.tbs.subjectKeyIdentifier else { return false }
        return bundle.denyList.contains { $0.denies(issuerKeyIdentifier: identifier, serial: serial) }
    }

    private func minimum(_ issuer: Certificate) -> UInt64? {
        guard let bundle, let identifier = try? issuer.tbs.subjectKeyIdentifier else { return nil }
        return bundle.minimumCRLNumbers.first { $0.issuerKeyIdentifier == identifier }?.number
    }

    private static func moment(_ seconds: Int64) -> String {
        Timestamp(secondsSinceEpoch: seconds)?.rfc3339 ?? "\(seconds)"
    }
}

extension DistinguishedName {
    /// The common name, or all of it.
    var shortName: String { values(of: .commonName).last ?? description }
}
