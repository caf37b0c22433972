import Groundwork
import PKIX

/// A CRL as far as the next one must continue it.
struct ListFacts: Sendable {
    /// `CRL 3 of G1`
    var title: String
    var number: Int64
    var thisUpdate: Int64
    var nextUpdate: Int64
    var issuer: DistinguishedName
    /// The key identifier of the issuing key; nil while it is open.
    var issuingKey: [UInt8]?
    /// The DER of issuingDistributionPoint (RFC 5280 5.2.5); nil for a CRL of everything that the CA issued.
    var scope: [UInt8]?
    var entries: RevokedEntries

    /// Reads a CRL from its DER.
    init(_ der: [UInt8], _ title: String) throws(PKIXError) {
        let list = try CertificateList(derEncoded: der)
        try self.init(list.header, list.entries, title)
    }

    /// Reads a CRL that is planned.
    init(_ planned: PlannedCertificateList) throws(PKIXError) {
        let (header, entries) = try CertificateList.parseTBS(planned.template.bytes)
        try self.init(header, entries, planned.title)
        if !planned.template.holes.isEmpty { issuingKey = nil }
    }

    init(_ header: CertificateListHeader, _ entries: RevokedEntries, _ title: String) throws(PKIXError) {
        guard let number = try header.extensions.value(of: CRLNumber.self)?.value, number <= UInt64(Int64.max) else {
            throw PKIXError(.invalidValue, "The CRL has no CRLNumber, or too great a one.")
        }
        self.title = title
        self.number = Int64(number)
        thisUpdate = header.thisUpdate
        nextUpdate = header.nextUpdate
        issuer = header.issuer
        issuingKey = try header.extensions.value(of: AuthorityKeyIdentifier.self)?.keyIdentifier
        scope = header.extensions.first(IssuingDistributionPoint.identifier)?.value
        self.entries = entries
    }

    /// What the CRLs before demand, but for the entries.
    ///
    /// - Parameters:
    ///   - latest: the CRL with the greatest number so far.
    ///   - inForce: the one that counts when this one begins; another than the latest where CRLs were signed ahead.
    /// - Throws: ``PlanError`` with control CRL-CONTINUITY, and the part that does not hold.
    func requireHeader(after latest: ListFacts, inForce: ListFacts) throws(PlanError) {
        guard latest.nextUpdate != DERTime.noExpiration else {
            throw broken(latest, "that one is the last", "After its last CRL a CA signs nothing")
        }
        guard number > latest.number else {
            throw broken(latest, "its number is not greater", "Plan the ceremony again, against the newest ledger")
        }
        guard thisUpdate > inForce.thisUpdate else {
            throw broken(
                inForce, "its thisUpdate, \(Self.words(thisUpdate)), is not later than \(Self.words(inForce.thisUpdate))",
                "Check the clock")
        }
        guard issuer == latest.issuer else {
            throw broken(latest, "its issuer is \(issuer), and was \(latest.issuer)", "Stop: devices take it for another CA's")
        }
        guard issuingKey == latest.issuingKey else {
            throw broken(
                latest, "it names another issuing key, \(Self.words(issuingKey)) and not \(Self.words(latest.issuingKey))",
                "Stop: devices take it for another CA's")
        }
        guard scope == latest.scope else {
            throw broken(
                latest, "its scope (issuingDistributionPoint) is another: \(Self.words(scope)) and not \(Self.words(latest.scope))",
                "Stop: what the old scope listed, devices would not find")
        }
    }

    /// No entry of the CRL before is missing, unless its certificate had expired before that CRL (RFC 5280 3.3).
    ///
    /// - Parameter expiry: seconds since 1970 at which a certificate ends, by its serial number; nil where that is not known.
    /// - Throws: ``PlanError`` with control CRL-CONTINUITY.
    func requireEntries(of before: ListFacts, expiry: ([UInt8]) -> Int64?) throws(PlanError) {
        guard !before.entries.isEmpty else { return }
        let listed: RevokedSerials
        do { listed = try RevokedSerials(entries) } catch { throw PlanError(.listContinuity, "\(title): \(error.sentence)") }
        var missing: (first: [UInt8], count: Int)?
        for entry in before.entries where !listed.contains(entry.serialNumber) {
            if let expiry = expiry(entry.serialNumber), expiry < before.thisUpdate { continue }
            missing = (missing?.first ?? entry.serialNumber, (missing?.count ?? 0) + 1)
        }
        guard let missing else { return }
        let others = missing.count > 1 ? " and \(missing.count - 1) more" : ""
        throw broken(
            before, "it drops the serial number \(Hex.encode(missing.first))\(others), and what is revoked stays so",
            "Stop: devices would trust it again")
    }

    private func broken(_ before: ListFacts, _ what: String, _ advice: String) -> PlanError {
        PlanError(.listContinuity, "\(title) does not continue \(before.title): \(what)", advice: advice)
    }

    private static func words(_ seconds: Int64) -> String { Timestamp(secondsSinceEpoch: seconds)?.rfc3339 ?? "\(seconds)" }
    private static func words(_ bytes: [UInt8]?) -> String { bytes.map { Hex.encode($0) } ?? "none" }
}
