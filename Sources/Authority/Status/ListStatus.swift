import Groundwork
import PKIX

/// The newest CRL of an issuer, and when the next one is due.
public struct ListStatus: Hashable, Sendable {
    public var issuer: String
    public var number: Int64
    public var thisUpdate: Timestamp
    public var nextUpdate: Timestamp
    public var entries: Int64
    /// The moment from which the next CRL should be issued: nextUpdate less the policy's overlap.
    public var due: Timestamp
    /// Revoked certificates of the issuer that are not expired and not on the CRL, by name.
    public var missing: [String]

    /// Nil when the issuer has no CRL, which is so where its key is not the authority's.
    ///
    /// - Parameter issued: every certificate of the issuer.
    init?(
        _ issuer: AuthorityState.CertificateRecord, issued: [AuthorityState.CertificateRecord], state: AuthorityState,
        at time: Timestamp
    ) {
        guard let list = state.lists[issuer.planned.name]?.last?.planned else { return nil }
        self.issuer = list.issuer
        number = list.number
        thisUpdate = list.thisUpdate
        nextUpdate = list.nextUpdate
        entries = list.entries
        let overlap = state.policy.crl.schedule(for: issuer.planned.kind)?.overlap
        due = overlap.map { list.nextUpdate.subtracting($0) ?? .earliest } ?? list.nextUpdate
        let revoked = issued.filter { $0.revocation != nil && $0.fields.notAfter >= time }
        missing = revoked.isEmpty ? [] : Self.missing(revoked, in: list)
    }

    private static func missing(
        _ revoked: [AuthorityState.CertificateRecord], in list: PlannedCertificateList
    ) -> [String] {
        guard let entries = try? CertificateList.parseTBS(list.template.bytes).entries else {
            return revoked.map(\.planned.name)
        }
        let listed = Set(entries.lazy.map(\.serialNumber))
        return revoked.filter { !listed.contains($0.fields.serial) }.map(\.planned.name)
    }
}
