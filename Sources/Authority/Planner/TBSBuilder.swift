import Groundwork
import PKIX

/// Builds the TBSCertList of a plan.
enum TBSBuilder {
    /// - Parameters:
    ///   - issuer: the certificate of the CA.
    ///   - revoked: in the order in which the entries stand.
    ///   - further: extensions after authorityKeyIdentifier and CRLNumber.
    /// - Throws: ``PlanError`` with control CRL-CONTINUITY when the list cannot be built.
    static func certificateList(
        issuer: AuthorityState.CertificateRecord, state: AuthorityState, algorithm: SignatureAlgorithm, number: Int64,
        thisUpdate: Timestamp, nextUpdate: Timestamp, revoked: [PlannedRevocation], further: [CertificateExtension] = []
    ) throws(PlanError) -> ObjectTemplate {
        var holes = HoleFinder()
        let authorityKeyIdentifier = try holes.authorityKeyIdentifier(issuer, state)
        do {
            let header = try CertificateListHeader(
                signature: AlgorithmIdentifier(algorithm),
                issuer: try DistinguishedName(derEncoded: issuer.fields.subject),
                thisUpdate: thisUpdate.secondsSinceEpoch, nextUpdate: nextUpdate.secondsSinceEpoch,
                authorityKeyIdentifier: authorityKeyIdentifier, crlNumber: CRLNumber(UInt64(clamping: number)),
                further: further)
            var writer = try CertificateListWriter(header, expectedEntries: revoked.count)
            for entry in revoked {
                try writer.append(
                    serialNumber: entry.serial, revocationDate: entry.date.secondsSinceEpoch,
                    reason: CRLReason(rawValue: UInt8(entry.reason.code)), invalidityDate: entry.since?.secondsSinceEpoch)
            }
            let list = try writer.finish()
            return ObjectTemplate(
                bytes: list.bytes, holes: try holes.find(authorityKeyIdentifier: list.authorityKeyIdentifier))
        } catch {
            throw PlanError(
                .listContinuity, "the CRL of \(issuer.planned.name) cannot be built: \(Authority.sentence(error))")
        }
    }
}
