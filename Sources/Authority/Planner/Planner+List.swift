import Groundwork
import PKIX
import StrictYAML

extension Planner {
    mutating func issueCRL(_ request: ListRequest) throws(PlanError) -> (title: String, steps: [PlannedStep]) {
        let name = request.isLast ? try resolveLast(request.issuer) : try resolve(request.issuer)
        let retired = state.upcomingLists(of: name, after: created).map(\.planned)
        var lists: [PlannedCertificateList] = []
        for times in try listTimes(request, of: name) {
            for list in try certificateLists(of: name, times, entries: request.entries) {
                _ = try take(.certificateList(list))
                lists.append(list)
            }
        }
        return (title(request, name, lists) + Self.words(retired, lists), lists.map(PlannedStep.certificateList))
    }

    /// When a CRL begins and ends.
    struct ListTimes {
        var thisUpdate: Timestamp
        var nextUpdate: Timestamp
        var isPreSigned = false
    }

    /// The next CRL of an issuer: all its certificates that were ever revoked, also those that have expired.
    ///
    /// - Parameters:
    ///   - times: nil: from now on, for as long as the policy says.
    ///   - entries: a file of revoked certificates that the ledger does not know.
    func certificateLists(
        of issuer: String, _ times: ListTimes? = nil, entries: String? = nil
    ) throws(PlanError) -> [PlannedCertificateList] {
        let kind = state.certificates[issuer]?.planned.kind ?? .root
        // All shards of an issue have one number, and so have their deltas, which come last.
        var lists: [PlannedCertificateList] = []
        for shard in listShards(of: issuer, kind) {
            lists.append(try certificateList(of: issuer, times, shard, entries: entries))
        }
        for list in lists {
            if let delta = try deltaList(to: list, entries: entries) { lists.append(delta) }
        }
        guard let entries else { return lists }
        let made = try readList(lists, entries, state)
        for (index, made) in zip(lists.indices, made) {
            lists[index].listed = made.listed
            lists[index].entries = made.entries
        }
        return lists
    }

    /// One of them. What a file gives is not in it yet.
    func certificateList(
        of issuer: String, _ times: ListTimes? = nil, _ shard: ListShard? = nil, entries: String? = nil
    ) throws(PlanError) -> PlannedCertificateList {
        guard let record = state.certificates[issuer], let keyName = record.planned.subjectKey,
            let key = state.keys[keyName], let schedule = policy.crl.schedule(for: record.planned.kind)
        else { throw PlanError(.listContinuity, "\(issuer) is not a CA whose CRLs this authority signs") }
        try requireNotEnded(issuer, for: "CRL")
        let usual = ListTimes(
            thisUpdate: created, nextUpdate: try moment(created, schedule.nextUpdate, "crl.next-update"))
        let times = times ?? usual
        try requireLater(times, issuer, shard)
        let number = state.nextListNumber(of: issuer)
        let revoked = state.revoked(by: issuer).filter { shard.holds($0.fields.serial) }
        guard revoked.count <= policy.limits.maximumCRLEntries else {
            throw PlanError(
                .limits,
                "the CRL of \(issuer) has \(revoked.count) entries, and the policy allows "
                    + "\(policy.limits.maximumCRLEntries)",
                advice: "Stop: this policy's CRLs are full, and devices may not read longer ones")
        }
        let algorithm = try signatureAlgorithm(of: record.planned.profile, key: key.planned.kind)
        let template = try TBSBuilder.certificateList(
            issuer: record, state: state, algorithm: algorithm, number: number, thisUpdate: times.thisUpdate,
            nextUpdate: times.nextUpdate, revoked: entries == nil ? revoked.compactMap(\.revocation) : [],
            further: try issuingDistributionPoint(of: issuer, shard) + freshestList(of: issuer, shard, schedule, times))
        let list = PlannedCertificateList(
            issuer: issuer, issuerKey: keyName, number: number, thisUpdate: times.thisUpdate,
            nextUpdate: times.nextUpdate, isPreSigned: times.isPreSigned, entries: Int64(revoked.count),
            algorithm: algorithm, template: template, path: AuthorityPaths.crl(issuer, number, shard), shard: shard)
        guard let entries else {
            try requireNoFile(before: list)
            return list
        }
        try requireListable(list, record, entries)
        return list
    }

    // MARK: Entries from a file

    /// What a file once listed stays listed, and only a file can say it again.
    private func requireNoFile(before list: PlannedCertificateList) throws(PlanError) {
        guard let before = state.lists(of: list.issuer, list.shard).last?.planned, let listed = before.listed else { return }
        throw PlanError(
            .listContinuity,
            "\(before.title) lists the \(before.entries) entries that \(FilePath.name(of: listed.path)) gave, and \(list.title) would drop them",
            advice: "Name a file with entries: that has these lines, and what is to be added")
    }

    private func requireListable(
        _ list: PlannedCertificateList, _ record: AuthorityState.CertificateRecord, _ path: String
    ) throws(PlanError) {
        guard record.planned.kind == .intermediate else {
            throw PlanError(
                .listEntries, "\(list.issuer) is a root, and the ledger knows all that it issued; \(path) is for devices",
                advice: "Name an intermediate, or revoke by the operation revoke")
        }
        guard list.template.holes.isEmpty else {
            throw PlanError(
                .listEntries, "\(list.issuer) is only made in this ceremony, and has issued nothing yet",
                advice: "Issue the CRL in a later ceremony")
        }
        guard list.algorithm.hash != nil else {
            throw PlanError(
                .keyType, "\(list.issuer) signs with \(list.algorithm.rawValue), which takes no digest, and a CRL from a file is never held whole",
                advice: "Use an intermediate with an ECDSA or RSA key")
        }
    }

    /// A CRL begins after the one that is in force then.
    private func requireLater(_ times: ListTimes, _ issuer: String, _ shard: ListShard?) throws(PlanError) {
        guard let record = state.list(of: issuer, shard, inForceAt: times.thisUpdate),
            times.thisUpdate <= record.planned.thisUpdate
        else { return }
        guard record.digest != nil else {
            throw PlanError(
                .listContinuity, "the ceremony issues two CRLs of \(issuer)", advice: "Remove one of the two operations")
        }
        let previous = record.planned
        throw PlanError(
            .listContinuity,
            "a CRL made at \(times.thisUpdate) does not come after CRL \(previous.number) of \(previous.thisUpdate)",
            advice: times.thisUpdate == previous.thisUpdate ? "Plan again, a second later" : "Check the clock")
    }

    // MARK: Series

    private func listTimes(_ request: ListRequest, of issuer: String) throws(PlanError) -> [ListTimes?] {
        if request.isLast { return [ListTimes(thisUpdate: created, nextUpdate: .latest)] }
        guard let series = request.series else { return [nil] }
        guard let record = state.certificates[issuer], let schedule = policy.crl.schedule(for: record.planned.kind) else {
            return [nil]
        }
        guard state.shards(of: issuer) == nil else {
            throw PlanError(
                .listPartition, "the CRLs of \(issuer) are split into shards, which are not signed ahead",
                advice: "Remove series")
        }
        let place = "crl.\(record.planned.kind == .root ? "root" : "intermediate")"
        guard let most = schedule.series, series.count <= most else {
            throw PlanError(
                .limits,
                "the ceremony signs \(series.count) CRLs of \(issuer) ahead, and the policy allows "
                    + (schedule.series.map { "\($0)" } ?? "no series"),
                advice: "Write a smaller count, or change \(place).series by change-policy")
        }
        var times: [ListTimes?] = []
        var begins = created
        for place in 1...series.count {
            guard let time = CalendarDuration(series.every.count * Int64(place), series.every.unit) else {
                throw PlanError(.limits, "the series of CRLs of \(issuer) leads beyond the year 9999")
            }
            let next = try moment(created, time, "the series")
            let ends = try moment(next, schedule.overlap, "crl.overlap")
            let latest = try moment(begins, schedule.nextUpdate, "crl.next-update")
            guard ends <= latest else {
                throw PlanError(
                    .limits,
                    "a CRL of the series begins at \(begins) and would be good until \(ends), with the overlap of "
                        + "\(schedule.overlap); the policy allows \(latest)",
                    advice: "Write a shorter every")
            }
            times.append(ListTimes(thisUpdate: begins, nextUpdate: ends, isPreSigned: place > 1))
            begins = next
        }
        return times
    }

    // MARK: The end

    /// The CA of a last CRL: one that is revoked or has expired says its last too.
    private func resolveLast(_ issuer: IssuerReference) throws(PlanError) -> String {
        let name = try resolve(issuer, evenEnded: true)
        guard state.certificates[name]?.isLive(at: created) == true else { return name }
        let live = state.certificates(issuedBy: name).filter {
            $0.isLive(at: created) && $0.planned.kind != .recordKey
        }
        guard let first = live.first else { return name }
        let others = live.count > 1 ? " and \(live.count - 1) more" : ""
        throw PlanError(
            .issuerEnded,
            "\(first.planned.name)\(others) under \(name) would be live after its last CRL, and could not be revoked any more",
            advice: "Revoke it for cessationOfOperation in the same ceremony, or wait until it has expired")
    }

    /// - Throws: ``PlanError`` with control ISSUER-ENDED when the issuer has signed its last CRL.
    func requireNotEnded(_ issuer: String, for what: String) throws(PlanError) {
        guard let last = state.lastList(of: issuer)?.planned else { return }
        throw PlanError(
            .issuerEnded, "\(issuer) signs nothing after its last CRL, number \(last.number), so no \(what)",
            advice: "Name another issuer")
    }

    /// The end of a key, which its last CRL goes before.
    mutating func destroyKey(_ issuer: IssuerReference) throws(PlanError) -> (title: String, steps: [PlannedStep]) {
        let name = try resolve(issuer, evenEnded: true)
        guard let keyName = state.certificates[name]?.planned.subjectKey, let key = state.keys[keyName],
            let publicKey = key.publicKey
        else {
            throw PlanError(
                .keyDestroyed, "the key of \(name) is made in this very ceremony", advice: "Remove one of the operations")
        }
        guard !key.isDestroyed else {
            throw PlanError(.keyDestroyed, "the key of \(name) is destroyed already", advice: "Remove the operation")
        }
        guard let last = state.lastList(of: name)?.planned else {
            throw PlanError(
                .issuerEnded, "\(name) has not signed its last CRL, without which devices would wait for the next one for ever",
                advice: "Add the operation issue-crl with issuer \(name) and last: yes before it")
        }
        let step = try take(.destroyKey(PlannedKeyDestruction(
            key: keyName, issuer: name, lastCRL: last.number, token: key.planned.token, label: key.planned.label,
            id: key.planned.id, publicKey: Digest(of: publicKey.derBytes))))
        return ("Destroy the key of \(name) on the token \(key.planned.token)", [step])
    }

    // MARK: Words

    private func title(_ request: ListRequest, _ name: String, _ lists: [PlannedCertificateList]) -> String {
        let deltas = lists.filter { $0.base != nil }
        let lists = lists.filter { $0.base == nil }
        guard let first = lists.first, let last = lists.last else { return "Issue no CRL of \(name)" }
        return words(request, name, lists, first, last) + DeltaList.words(deltas)
    }

    private func words(
        _ request: ListRequest, _ name: String, _ lists: [PlannedCertificateList], _ first: PlannedCertificateList,
        _ last: PlannedCertificateList
    ) -> String {
        if request.isLast { return "Issue the last CRL of \(name), number \(first.number), which never ends: \(name) signs nothing after it" }
        if let count = first.shard?.count {
            let entries = lists.reduce(0) { $0 + $1.entries }
            let source = first.listed.map { ", from \(FilePath.name(of: $0.path)), SHA-256 \($0.file.hex)" } ?? ""
            return "Issue CRL \(first.number) of \(name) in \(count) shards with \(entries) \(entries == 1 ? "entry" : "entries")\(source)"
        }
        guard let series = request.series else {
            guard let listed = first.listed else { return "Issue CRL \(first.number) of \(name)" }
            let entries = first.entries == 1 ? "entry" : "entries"
            return "Issue CRL \(first.number) of \(name) with \(first.entries) \(entries), from \(FilePath.name(of: listed.path)), SHA-256 \(listed.file.hex)"
        }
        return "Issue CRLs \(first.number) to \(last.number) of \(name), one for every \(series.every), good until "
            + "\(last.nextUpdate); who revokes something before then must also publish a bundle"
    }

    /// What becomes of CRLs that were signed ahead, and what they are still good for.
    private static func words(_ retired: [PlannedCertificateList], _ lists: [PlannedCertificateList]) -> String {
        guard let first = retired.first, let last = retired.last, let next = lists.first else { return "" }
        let which = retired.count == 1 ? "CRL \(first.number), signed ahead, is" : "CRLs \(first.number) to \(last.number), signed ahead, are"
        return "; \(which) retired: a copy could still deceive devices from \(first.thisUpdate) until \(last.nextUpdate), "
            + "unless their bundle demands CRL \(next.number)"
    }
}
