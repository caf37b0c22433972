import Groundwork
import PKIX

/// The CRL of an issuer that is in force, and when the next one is due.
public struct ListStatus: Hashable, Sendable {
    public var issuer: String
    public var number: Int64
    public var thisUpdate: Timestamp
    public var nextUpdate: Timestamp
    /// Of all shards together.
    public var entries: Int64
    /// Into how many CRLs of one number it is split; nil: it is whole.
    public var shards: Int?
    /// When the delta CRL that goes with it ends, the first of them where it is split; nil: there is none.
    public var deltaEnds: Timestamp?
    /// The CRLs that were signed ahead and take its place one after the other: their numbers and when they begin.
    public var upcoming: [Upcoming]
    /// When the last CRL that is signed ends; ``nextUpdate`` where none was signed ahead.
    public var signedUntil: Timestamp
    /// It never ends: the issuer has signed its last.
    public var isLast: Bool
    /// The moment from which the next CRL should be issued: ``signedUntil`` less the policy's overlap.
    public var due: Timestamp
    /// Revoked certificates of the issuer that are not expired and not on the CRL, by name.
    public var missing: [String]

    /// A CRL that was signed ahead.
    public struct Upcoming: Hashable, Sendable {
        public var number: Int64
        public var begins: Timestamp
    }

    /// Nil when the issuer has no CRL, which is so where its key is not the authority's.
    ///
    /// - Parameter issued: every certificate of the issuer.
    init?(
        _ issuer: AuthorityState.CertificateRecord, issued: [AuthorityState.CertificateRecord], state: AuthorityState,
        at time: Timestamp
    ) {
        guard let list = state.list(of: issuer.planned.name, inForceAt: time)?.planned else { return nil }
        self.issuer = list.issuer
        number = list.number
        thisUpdate = list.thisUpdate
        nextUpdate = list.nextUpdate
        let inForce = state.listsInForce(of: list.issuer, at: time).map(\.planned)
        entries = inForce.reduce(0) { $0 + $1.entries }
        shards = list.shard?.count
        deltaEnds = state.deltasInForce(of: list.issuer, at: time).map(\.planned.nextUpdate).min()
        let overlap = state.policy.crl.schedule(for: issuer.planned.kind)?.overlap
        let ahead = state.upcomingLists(of: list.issuer, after: time).map(\.planned)
        let end = ahead.last?.nextUpdate ?? list.nextUpdate
        upcoming = ahead.map { Upcoming(number: $0.number, begins: $0.thisUpdate) }
        signedUntil = end
        isLast = list.isLast
        due = overlap.map { end.subtracting($0) ?? .earliest } ?? end
        let revoked = issued.filter { $0.revocation != nil && $0.fields.notAfter >= time }
        missing = revoked.isEmpty ? [] : Self.missing(revoked, in: inForce)
    }

    private static func missing(
        _ revoked: [AuthorityState.CertificateRecord], in lists: [PlannedCertificateList]
    ) -> [String] {
        var listed: Set<[UInt8]> = []
        for list in lists {
            // The entries of a list from a file lie in the CRL alone: with what was revoked by then.
            if list.listed != nil {
                listed.formUnion(
                    revoked.filter { ($0.revocation?.date ?? .latest) <= list.thisUpdate && list.shard.holds($0.fields.serial) }
                        .map(\.fields.serial))
                continue
            }
            guard let entries = try? CertificateList.parseTBS(list.template.bytes).entries else {
                return revoked.map(\.planned.name)
            }
            listed.formUnion(entries.lazy.map(\.serialNumber))
        }
        return revoked.filter { !listed.contains($0.fields.serial) }.map(\.planned.name)
    }
}
