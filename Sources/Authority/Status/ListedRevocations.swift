import Groundwork
import PKIX

/// What the CRLs in force say of certificates on record, where they were made from a file: the ledger holds the digest of
/// such a CRL and not its entries, so they are read from the CRL itself.
public struct ListedRevocations: Sendable {
    public struct Entry: Hashable, Sendable {
        /// `CRL 4 of factory-tallinn-2027, shard 2 of 4`
        public var title: String
        public var number: Int64
        /// Nil when none is given, which means unspecified.
        public var reason: CRLReason?
        /// RFC 5280 5.1.2.6 revocationDate.
        public var date: Timestamp
    }

    /// A CRL that could not be read, or is not the one of the ledger.
    public struct Unreadable: Hashable, Sendable {
        public var issuer: String
        public var shard: ListShard?
        public var title: String
        /// Relative to the authority's directory.
        public var path: String
        /// One sentence without a full stop.
        public var reason: String
    }

    /// By the name of the certificate.
    public private(set) var entries: [String: Entry] = [:]
    public private(set) var unreadable: [Unreadable] = []

    init(entries: [String: Entry], unreadable: [Unreadable]) {
        self.entries = entries
        self.unreadable = unreadable
    }

    /// Reads each such CRL once, in constant memory, whatever its length. Those of issuers of whose certificates none is on
    /// record are not read. What cannot be read is in ``unreadable``, and nothing of it counts.
    ///
    /// - Parameter time: which CRLs are in force.
    public init(_ state: AuthorityState, _ directory: AuthorityDirectory, at time: Timestamp) {
        for issuer in state.lists.keys.sorted() {
            let lists = state.listsInForce(of: issuer, at: time).filter { $0.planned.listed != nil }
            guard !lists.isEmpty else { continue }
            let issued = state.certificates(issuedBy: issuer).filter { $0.der != nil }
            for list in lists {
                let wanted = issued.filter { list.planned.shard.holds($0.fields.serial) }
                guard !wanted.isEmpty else { continue }
                do throws(PKIXError) {
                    entries.merge(try Self.entries(list, of: wanted, directory)) { first, _ in first }
                } catch {
                    unreadable.append(
                        Unreadable(
                            issuer: issuer, shard: list.planned.shard, title: list.planned.title, path: list.planned.path,
                            reason: error.sentence))
                }
            }
        }
    }

    /// Whether nobody can tell from the files here if a certificate is listed.
    func isUndecided(_ record: AuthorityState.CertificateRecord) -> Bool {
        unreadable.contains { $0.issuer == record.planned.issuer && $0.shard.holds(record.fields.serial) }
    }

    private static func entries(
        _ list: AuthorityState.ListRecord, of certificates: [AuthorityState.CertificateRecord], _ directory: AuthorityDirectory
    ) throws(PKIXError) -> [String: Entry] {
        var names: [SerialKey: String] = [:]
        for certificate in certificates {
            if let serial = SerialKey(serialNumber: certificate.fields.serial) { names[serial] = certificate.planned.name }
        }
        let file = try CertificateListFile(directory.absolute(list.planned.path))
        var found: [String: Entry] = [:]
        while let entry = try file.next() {
            guard let name = names[entry.serial] else { continue }
            found[name] = Entry(
                title: list.planned.title, number: list.planned.number, reason: entry.reason,
                date: Timestamp(secondsSinceEpoch: entry.revocationDate) ?? .earliest)
        }
        guard Digest(bytes: try file.finish().sha256) == list.digest else {
            throw PKIXError(.malformed, "It is not the one that the ledger names: its digest differs.")
        }
        return found
    }
}
