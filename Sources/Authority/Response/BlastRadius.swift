import Groundwork

/// What a revocation reaches: what stands below the revoked certificates, which CRLs must say so, which bundles carry them.
public struct BlastRadius: Sendable {
    /// One certificate that is to be revoked.
    public struct Target: Sendable {
        public var record: AuthorityState.CertificateRecord
        /// Live CAs below, however deep, by name.
        public var authorities: [String]
        /// How many live certificates below are no CAs.
        public var endEntities: Int
        /// Whether this authority signs its CRLs; none is issued any more.
        public var signsListsHere: Bool
        /// The sequence numbers of the bundles that carry it, as anchor, intermediate or signer.
        public var bundles: [Int64]
        /// What else is live for the same scope, by name: it can take its place.
        public var replacements: [String]
        /// How many devices it signed, if somebody said so.
        public var devices: Int64?

        public var name: String { record.planned.name }
    }

    /// An issuer whose next CRL says so.
    public struct Issuer: Sendable, Hashable {
        public var name: String
        /// The number of the CRL that comes.
        public var number: Int64
        /// Until when devices may go on with the CRL that they have, or with one that was signed ahead and is replayed to
        /// them; nil: there is none yet.
        public var nextUpdate: Timestamp?
        /// How many CRLs that were signed ahead retire.
        public var retiring: Int
    }

    /// In the order in which they are revoked: what stands below another comes first.
    public let targets: [Target]
    /// In the order of their CRLs.
    public let issuers: [Issuer]
    /// The sequence number of the newest bundle; nil: none was published.
    public let newestBundle: Int64?
    /// The sequence that the next bundle gets; break-glass packages keep theirs.
    public let nextSequence: Int64
    /// The roots that need another bundle signer first.
    public let renewals: [String]

    /// - Parameters:
    ///   - records: live certificates, roots not among them.
    ///   - devices: how many each of them signed, by name.
    public init(
        _ records: [AuthorityState.CertificateRecord], in state: AuthorityState, at time: Timestamp,
        devices: [String: Int64] = [:]
    ) {
        let depth = { (record: AuthorityState.CertificateRecord) in state.issuers(above: record).count }
        targets = records.enumerated().sorted { (depth($1.element), $0.offset) < (depth($0.element), $1.offset) }
            .map { _, record in
                let below = state.live(below: record.planned.name, at: time)
                return Target(
                    record: record, authorities: below.filter { $0.planned.kind.isAuthority }.map(\.planned.name),
                    endEntities: below.count { !$0.planned.kind.isAuthority },
                    signsListsHere: state.lists[record.planned.name] != nil,
                    bundles: state.bundles.map(\.planned).filter { $0.carries(record.planned.name) }.map(\.sequence),
                    replacements: Self.replacements(of: record, besides: records, state, time),
                    devices: devices[record.planned.name])
            }
        var names: [String] = []
        for target in targets where !names.contains(target.record.planned.issuer) {
            names.append(target.record.planned.issuer)
        }
        issuers = names.map { name in
            let ahead = state.upcomingLists(of: name, after: time).map(\.planned)
            let until = ahead.map(\.nextUpdate) + [state.list(of: name, inForceAt: time)?.planned.nextUpdate].compactMap { $0 }
            return Issuer(
                name: name, number: state.nextListNumber(of: name), nextUpdate: until.max(), retiring: ahead.count)
        }
        newestBundle = state.bundles.last?.planned.sequence
        nextSequence = state.greatestSequence + 1
        renewals = Self.renewals(records, state, time)
    }

    /// All devices, as far as somebody said how many.
    public var devices: Int64? {
        let known = targets.compactMap(\.devices)
        return known.isEmpty ? nil : known.reduce(0) { $0.addingReportingOverflow($1).partialValue }
    }

    /// Whether a CA is among them, or a signer of bundles: then the clocks for CAs count.
    public var isOfAuthorities: Bool { targets.contains { $0.record.planned.kind.isAuthority } }

    private static func replacements(
        of record: AuthorityState.CertificateRecord, besides others: [AuthorityState.CertificateRecord],
        _ state: AuthorityState, _ time: Timestamp
    ) -> [String] {
        guard !record.planned.scope.isEmpty else { return [] }
        let leaving = Set(others.map(\.planned.name))
        return state.certificates(for: record.planned.scope).filter {
            $0.planned.profile == record.planned.profile && $0.isLive(at: time) && !leaving.contains($0.planned.name)
        }.map(\.planned.name)
    }

    /// Without a live signer no bundle can tell devices anything.
    private static func renewals(
        _ records: [AuthorityState.CertificateRecord], _ state: AuthorityState, _ time: Timestamp
    ) -> [String] {
        let leaving = records.filter { $0.planned.kind == .bundleSigner }
        let needed = max(1, state.policy.bundle.threshold, state.bundles.last?.planned.threshold ?? 1)
        return Set(leaving.map(\.planned.issuer)).sorted().filter { root in
            let staying = state.certificates(issuedBy: root).count { signer in
                signer.planned.kind == .bundleSigner && signer.isLive(at: time)
                    && !leaving.contains { $0.planned.name == signer.planned.name }
            }
            return staying < needed
        }
    }
}

extension AuthorityState {
    /// The names of the issuers of a certificate, up to its root, the root's own among them.
    func issuers(above record: CertificateRecord) -> [String] {
        var names: [String] = []
        var next = record
        while next.planned.issuer != next.planned.name, let issuer = certificates[next.planned.issuer],
            !names.contains(issuer.planned.name)
        {
            names.append(issuer.planned.name)
            next = issuer
        }
        return names
    }

    /// What an issuer signed and what that signed in its turn, as far as it is live.
    func live(below issuer: String, at time: Timestamp) -> [CertificateRecord] {
        certificates(issuedBy: issuer).filter { $0.isLive(at: time) }.flatMap { record in
            [record] + live(below: record.planned.name, at: time)
        }
    }
}

extension PlannedBundle {
    /// Whether a certificate is in the bundle, or signs it.
    func carries(_ name: String) -> Bool {
        intermediates.contains(name) || anchors.contains(name) || signers.contains { $0.certificate == name }
    }
}
