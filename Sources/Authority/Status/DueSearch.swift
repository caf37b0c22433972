import Groundwork

/// Finds what is due.
struct DueSearch {
    let state: AuthorityState
    let time: Timestamp
    /// What ends before this is due.
    let horizon: Timestamp
    private(set) var found: [DueItem] = []

    init(state: AuthorityState, time: Timestamp, horizon: Timestamp) {
        self.state = state
        self.time = time
        self.horizon = horizon
    }

    mutating func look(at node: AuthorityStatus.Node) {
        let name = node.record.planned.name
        if node.condition == .live {
            lookAtEnd(of: node.record)
            if let list = node.list { look(at: list) }
            if node.record.planned.kind == .root, !hasSigner(name) {
                found.append(
                    DueItem(
                        .bundleSigner, name, deadline: nil, "no live certificate under \(name) can sign bundles",
                        advice: "Create the next root, which comes with a bundle signer of its own"))
            }
        }
        for child in node.children { look(at: child) }
    }

    private func day(_ time: Timestamp) -> String { String(time.rfc3339.prefix { $0 != "T" }) }

    // MARK: Certificates

    private mutating func lookAtEnd(of record: AuthorityState.CertificateRecord) {
        let end = record.fields.notAfter
        guard end <= horizon, !hasSuccessor(record) else { return }
        found.append(
            DueItem(
                .certificate, record.planned.name, deadline: end,
                "the certificate \(record.planned.name) ends on \(day(end))",
                advice: record.planned.kind == .root
                    ? "Create the next root, and ship it to devices in a bundle before then"
                    : "Issue its successor, or let it end if nothing depends on it any more"))
    }

    /// Whether a live certificate of the same profile and scope lives longer.
    private func hasSuccessor(_ record: AuthorityState.CertificateRecord) -> Bool {
        state.certificates.values.contains {
            $0.planned.profile == record.planned.profile && $0.planned.scope == record.planned.scope
                && $0.planned.name != record.planned.name && $0.fields.notAfter > record.fields.notAfter
                && ($0.planned.purpose(in: state) == record.planned.purpose(in: state))
                && $0.condition(at: time) == .live
        }
    }

    private func hasSigner(_ root: String) -> Bool {
        state.certificates(issuedBy: root).contains {
            $0.planned.purpose(in: state) == .bundleSigner && $0.condition(at: time) == .live
        }
    }

    // MARK: CRLs

    private mutating func look(at list: ListStatus) {
        if list.due <= time {
            let isPast = list.nextUpdate < time
            found.append(
                DueItem(
                    .list, list.issuer, deadline: list.nextUpdate,
                    "CRL \(list.number) of \(list.issuer) \(isPast ? "ended" : "ends") on \(day(list.nextUpdate))",
                    advice: "Hold a ceremony with the operation issue-crl for \(list.issuer)"))
        }
        for name in list.missing {
            found.append(
                DueItem(
                    .revocation, name, deadline: nil,
                    "\(name) is revoked, and CRL \(list.number) of \(list.issuer) does not say so",
                    advice: "Hold a ceremony with the operation issue-crl for \(list.issuer)"))
        }
    }

    // MARK: Bundles

    mutating func lookAtBundle() {
        guard let bundle = state.bundles.last?.planned else { return }
        let name = String(bundle.sequence)
        if let end = bundle.expires, end <= horizon {
            found.append(
                DueItem(
                    .bundle, name, deadline: end, "bundle \(name) \(end < time ? "ended" : "ends") on \(day(end))",
                    advice: "Hold a ceremony with the operation publish-bundle"))
        }
        let denied = Set(bundle.denied.map { [$0.issuer, String(describing: $0.serial)] })
        for certificate in state.issued.compactMap({ state.certificates[$0] })
        where bundle.intermediates.contains(certificate.planned.name)
            || bundle.anchors.contains(certificate.planned.name)
        {
            guard case .revoked = certificate.condition(at: time),
                !denied.contains([certificate.planned.issuer, String(describing: certificate.fields.serial)])
            else { continue }
            found.append(
                DueItem(
                    .bundle, name, deadline: nil,
                    "bundle \(name) still carries \(certificate.planned.name), which is revoked",
                    advice: "Hold a ceremony with the operation publish-bundle"))
        }
    }

    // MARK: Ceremonies

    mutating func look(at ceremony: CeremonyProgress) {
        let done = ceremony.done
        found.append(
            DueItem(
                .ceremony, String(ceremony.plan.number), deadline: nil,
                "ceremony \(ceremony.plan.number) is open: \(done.count) of \(done.of) steps are done",
                advice: "Run its plan again; it goes on where it stopped"))
    }
}

extension PlannedCertificate {
    /// What the certificate's key is for, where the key is one of the authority's.
    func purpose(in state: AuthorityState) -> KeyPurpose? { subjectKey.flatMap { state.keys[$0]?.planned.purpose } }
}
