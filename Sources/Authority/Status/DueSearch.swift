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
        if isEnded(name), let key = node.record.planned.subjectKey.flatMap({ state.keys[$0] }), !key.isDestroyed,
            !node.record.planned.isCrossCertificate
        {
            found.append(
                DueItem(
                    .key, name, deadline: nil, "\(name) has signed its last CRL, and its key is still on the token \(key.planned.token)",
                    advice: "Hold a ceremony with the operation destroy-key for \(name)"))
        }
        if node.condition == .live {
            lookAtEnd(of: node.record)
            if let list = node.list { look(at: list) }
            if node.record.planned.isRoot, state.supersedes(name) == nil, !isEnded(name), !hasSigner(name) {
                found.append(
                    DueItem(
                        .bundleSigner, name, deadline: nil, "no live certificate under \(name) can sign bundles",
                        advice: "Hold a ceremony with the operation renew-bundle-signer for \(name)"))
            }
        }
        if node.condition == .expired { lookAfterEnd(of: node.record, node.list) }
        for child in node.children { look(at: child) }
    }

    private func day(_ time: Timestamp) -> String { String(time.rfc3339.prefix { $0 != "T" }) }

    // MARK: Certificates

    private mutating func lookAtEnd(of record: AuthorityState.CertificateRecord) {
        let end = record.fields.notAfter
        guard end <= horizon, !isBehind(record.planned), !isEnded(record.planned.name), !hasSuccessor(record) else { return }
        found.append(
            DueItem(
                .certificate, record.planned.name, deadline: end,
                "the certificate \(record.planned.name) ends on \(day(end))",
                advice: endAdvice(record.planned)))
    }

    private func endAdvice(_ planned: PlannedCertificate) -> String {
        switch planned.kind {
        case .root:
            if let next = state.successorKey(of: planned.name)?.planned.name, state.isPreGenerated(next) {
                "Activate its successor with activate-root for \(next), and ship it to devices in a bundle before then"
            } else {
                "Create the next root, and ship it to devices in a bundle before then"
            }
        case .bundleSigner: "Hold a ceremony with the operation renew-bundle-signer for \(planned.issuer)"
        default: "Issue its successor, or let it end if nothing depends on it any more"
        }
    }

    /// What belongs to a change of roots that is over: a cross-certificate lasts as long as the roots, and under a root
    /// whose place is taken nothing is issued any more.
    private func isBehind(_ planned: PlannedCertificate) -> Bool {
        planned.isCrossCertificate || planned.kind == .bundleSigner && state.supersedes(planned.issuer) != nil
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

    /// What ended without a successor stays due. End entities are not counted: their devices are the factory's business.
    private mutating func lookAfterEnd(of record: AuthorityState.CertificateRecord, _ list: ListStatus?) {
        let planned = record.planned
        guard planned.kind != .endEntity, !isBehind(planned), !isEnded(planned.name), !hasHeir(record) else { return }
        let advice =
            switch planned.kind {
            case .root: "Create the next root, or activate the one that waits, and ship it to devices with new firmware"
            case .bundleSigner: "Hold a ceremony with the operation renew-bundle-signer for \(planned.issuer)"
            case .intermediate:
                "Issue its successor, or revoke it for cessationOfOperation if nothing depends on it any more"
            default: "Create the next root, which comes with one of its own"
            }
        let end = record.fields.notAfter
        found.append(
            DueItem(
                .certificate, planned.name, deadline: end, "the certificate \(planned.name) ended on \(day(end))",
                advice: advice))
        guard let list, list.nextUpdate < time else { return }
        found.append(
            DueItem(
                .list, list.issuer, deadline: list.nextUpdate,
                "CRL \(list.number) of \(list.issuer) ended on \(day(list.nextUpdate)), and so did its issuer",
                advice: advice))
    }

    /// Whether something live took the place of a certificate that ended: of the same profile (any root for a root) and
    /// the same scope, whatever the year.
    private func hasHeir(_ record: AuthorityState.CertificateRecord) -> Bool {
        let years = Set(state.policy.scopeFields.values.filter { $0.kind == .year }.map(\.name))
        func place(_ planned: PlannedCertificate) -> [String: String] { planned.scope.filter { !years.contains($0.key) } }
        let planned = record.planned
        return state.certificates.values.contains {
            $0.condition(at: time) == .live && $0.planned.kind == planned.kind && !$0.planned.isCrossCertificate
                && (planned.kind == .root || $0.planned.profile == planned.profile)
                && place($0.planned) == place(planned)
        }
    }

    /// It has signed its last CRL, and nobody waits for more of it.
    private func isEnded(_ name: String) -> Bool { state.lastList(of: name) != nil }

    private func hasSigner(_ root: String) -> Bool {
        state.certificates(issuedBy: root).contains {
            $0.planned.purpose(in: state) == .bundleSigner && $0.condition(at: time) == .live
        }
    }

    // MARK: CRLs

    private mutating func look(at list: ListStatus) {
        if list.due <= time, !list.isLast {
            let isPast = list.signedUntil < time
            found.append(
                DueItem(
                    .list, list.issuer, deadline: list.signedUntil,
                    "CRL \(list.upcoming.last?.number ?? list.number) of \(list.issuer) \(isPast ? "ended" : "ends") on \(day(list.signedUntil))",
                    advice: "Hold a ceremony with the operation issue-crl for \(list.issuer)"))
        }
        if let end = list.deltaEnds, end < time, list.due > time {
            found.append(
                DueItem(
                    .list, list.issuer, deadline: end,
                    "the delta of CRL \(list.number) of \(list.issuer) ended on \(day(end)), and devices fetch the whole CRL",
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

    // MARK: Custody

    mutating func lookAtCustody() {
        for (token, custody) in state.custodies.sorted(by: { $0.key < $1.key }) {
            guard let wanted = state.policy.custodyGroups(of: token), wanted != custody.record.groups else { continue }
            let leavers = Set(custody.record.custodians).subtracting(wanted.flatMap(\.members).flatMap(\.self)).sorted()
            found.append(
                DueItem(
                    .custody, token, deadline: nil,
                    "the shares of the token \(token) are held by others than the policy wants"
                        + (leavers.isEmpty ? "" : ": \(leavers.joined(separator: ", ")) should hold none"),
                    advice: "Hold a ceremony with the operation reshare-custody for \(token)"))
        }
    }

    // MARK: Break-glass

    /// Packages that end, and live intermediates that no package would revoke. Where none was ever prepared, that is a
    /// choice.
    mutating func lookAtPackages() {
        for root in state.roots where root.isLive(at: time) && !isEnded(root.planned.name) {
            let name = root.planned.name
            let own = state.packages.filter { $0.planned.root == name }
            guard state.policy.breakGlass != nil, !own.isEmpty else { continue }
            let usable = own.filter { state.obstacle(to: $0, at: time) == nil }
            let covered = Set(usable.flatMap(\.planned.certificates))
            let lacking = state.certificates(issuedBy: name).filter {
                $0.planned.kind == .intermediate && $0.isLive(at: time) && !covered.contains($0.planned.name)
            }.map(\.planned.name)
            let advice = "Hold a ceremony with the operation prepare-break-glass for \(name)"
            if !lacking.isEmpty {
                let list = lacking.prefix(4).joined(separator: ", ") + (lacking.count > 4 ? " and \(lacking.count - 4) more" : "")
                found.append(
                    DueItem(.breakGlass, name, deadline: nil, "no break-glass package revokes \(list)", advice: advice))
            }
            if let end = usable.map(\.planned.expires).min(), end <= horizon {
                found.append(
                    DueItem(
                        .breakGlass, name, deadline: end,
                        "the break-glass packages of \(name) expire on \(day(end))", advice: advice))
            }
        }
    }

    /// What devices know and the ledger does not.
    mutating func look(at list: ListedRevocations.Unreadable) {
        found.append(
            DueItem(
                .list, list.issuer, deadline: nil,
                "\(list.title) in \(list.path) cannot be read, so that nobody knows which certificates of \(list.issuer) it revokes: \(list.reason)",
                advice: "Take the file from another copy of the authority, and find out what happened to it"))
    }

    mutating func look(at opening: BreakGlassOpening) {
        found.append(
            DueItem(
                .breakGlass, opening.package, deadline: nil,
                "the package \(opening.package) was opened at \(opening.time) by \(opening.responders.listed()), and the ledger does not know of it",
                advice: "Publish, then hold a ceremony that issues CRL and bundle, and what takes the place of what is revoked"))
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

    /// Nobody should travel to a ceremony that is refused at its first screen.
    mutating func look(at unclosed: PlanError) {
        guard let last = state.ceremonies.last else { return }
        found.append(
            DueItem(
                .closing, String(last.number), deadline: nil, unclosed.reason,
                advice: unclosed.advice ?? "Nothing can be held before"))
    }
}

extension PlannedCertificate {
    /// What the certificate's key is for, where the key is one of the authority's.
    func purpose(in state: AuthorityState) -> KeyPurpose? { subjectKey.flatMap { state.keys[$0]?.planned.purpose } }
}
