import Groundwork
import PKIX
import StrictYAML

extension Planner {
    /// A package for each choice of the root's live intermediates, small choices first: what revokes more has greater
    /// numbers, so that it can be opened after what revokes less.
    mutating func prepareBreakGlass(_ name: String) throws(PlanError) -> (title: String, steps: [PlannedStep]) {
        guard let rules = policy.breakGlass, let groups = policy.breakGlassGroups else {
            throw PlanError(
                .breakGlassPrepared, "the policy says nothing of break-glass: who opens packages, and for how long",
                advice: "Add break-glass to the policy, by change-policy")
        }
        guard let root = state.certificates[name], root.planned.isRoot, root.isLive(at: created) else {
            throw PlanError(
                .breakGlassPrepared, "there is no live root \(name)",
                advice: Suggestion.sentence("Roots", state.roots.map(\.planned.name), for: name))
        }
        guard !state.packages.contains(where: { $0.planned.root == name && $0.sealed == nil }) else {
            throw PlanError(
                .breakGlassPrepared, "the ceremony prepares packages of \(name) already",
                advice: "Remove one of the two operations")
        }
        let live = state.certificates(issuedBy: name).filter {
            $0.planned.kind == .intermediate && $0.isLive(at: created)
        }
        guard !live.isEmpty else {
            throw PlanError(
                .breakGlassPrepared, "no live intermediate is under \(name), so there is nothing to revoke",
                advice: "Remove the operation")
        }
        let choices = Self.choices(of: live.count, upTo: rules.combinations)
        guard choices.count <= rules.maximumPackages else {
            throw PlanError(
                .limits,
                "\(live.count) intermediates give \(choices.count) packages of up to \(rules.combinations), and the policy "
                    + "allows \(rules.maximumPackages)",
                advice: "Lower break-glass.combinations, or raise break-glass.maximum-packages: each is a set of shares to keep")
        }
        var steps: [PlannedStep] = []
        for (index, choice) in choices.enumerated() {
            let package = try package(root, choice.map { live[$0] }, rules, groups, rank: index + 1)
            steps.append(try take(.breakGlass(package)))
        }
        let count = choices.count == 1 ? "a break-glass package" : "\(choices.count) break-glass packages"
        return ("Prepare \(count) for \(live.count == 1 ? "the intermediate" : "\(live.count) intermediates") of \(name)", steps)
    }

    /// The positions of all choices of up to so many of `count`, small choices first.
    private static func choices(of count: Int, upTo size: Int) -> [[Int]] {
        var all: [[Int]] = []
        var last: [[Int]] = [[]]
        for _ in 0..<min(count, size) {
            last = last.flatMap { choice in ((choice.last ?? -1) + 1..<count).map { choice + [$0] } }
            all += last
        }
        return all
    }

    private func package(
        _ root: AuthorityState.CertificateRecord, _ chosen: [AuthorityState.CertificateRecord], _ rules: BreakGlassRules,
        _ groups: [CustodyGroup], rank: Int
    ) throws(PlanError) -> PlannedBreakGlass {
        let name = root.planned.name
        let expires = try moment(created, rules.valid, "break-glass.valid")
        let revocations = chosen.map {
            PlannedRevocation(
                certificate: $0.planned.name, issuer: name, serial: $0.fields.serial, reason: .keyCompromise, date: created,
                since: nil)
        }
        // What the package would bring about, and nobody else sees.
        var trial = self
        for revocation in revocations { try trial.state.complete(.revocation(revocation), nil) }
        let list = try trial.list(of: root, rank: rank)
        trial.state.lists[name, default: []].append(AuthorityState.ListRecord(planned: list, digest: nil))
        let sequence = state.greatestSequence + 1
        let bundle = try trial.bundle(nil, nil, sequence: sequence, issued: list.thisUpdate, until: expires, previous: nil)
        for (what, end) in [("its CRL", list.nextUpdate), ("its bundle", bundle.expires ?? .latest)] where end < expires {
            throw PlanError(
                .breakGlassPrepared, "a package could be opened until \(expires), and \(what) would have ended on \(end)",
                advice: "Shorten break-glass.valid in the policy")
        }
        try BundleBudget(bundle, state: trial.state).check(policy.bundle.productLines)
        let package = "\(name)-\(list.number)"
        return PlannedBreakGlass(
            package: package, root: name, revocations: revocations, list: list, bundle: bundle, prepared: created,
            expires: expires, groups: groups, path: AuthorityPaths.sealed(package))
    }

    /// The CRL of a package. CRLs of packages that are opened one after the other, after one of this ceremony, have a later
    /// thisUpdate each.
    private func list(of root: AuthorityState.CertificateRecord, rank: Int) throws(PlanError) -> PlannedCertificateList {
        let name = root.planned.name
        guard let keyName = root.planned.subjectKey, let key = state.keys[keyName] else {
            throw PlanError(.listContinuity, "\(name) is not a CA whose CRLs this authority signs")
        }
        try requireNotEnded(name, for: "break-glass package")
        let revoked = state.revoked(by: name)
        guard revoked.count <= policy.limits.maximumCRLEntries else {
            throw PlanError(
                .limits, "the CRL of \(name) would have \(revoked.count) entries, and the policy allows "
                    + "\(policy.limits.maximumCRLEntries)",
                advice: "Lower break-glass.combinations, or raise limits.maximum-crl-entries")
        }
        let number = state.nextListNumber(of: name)
        guard let thisUpdate = created.adding(seconds: Int64(rank)) else {
            throw PlanError(.limits, "no package can be prepared at \(created)", advice: "Check the clock")
        }
        let nextUpdate = try moment(thisUpdate, policy.crl.root.nextUpdate, "crl.next-update")
        let algorithm = try signatureAlgorithm(of: root.planned.profile, key: key.planned.kind)
        let template = try TBSBuilder.certificateList(
            issuer: root, state: state, algorithm: algorithm, number: number, thisUpdate: thisUpdate,
            nextUpdate: nextUpdate, revoked: revoked.compactMap(\.revocation))
        return PlannedCertificateList(
            issuer: name, issuerKey: keyName, number: number, thisUpdate: thisUpdate, nextUpdate: nextUpdate,
            entries: Int64(revoked.count), algorithm: algorithm, template: template,
            path: AuthorityPaths.crl(name, number))
    }

    /// A package that its own ceremony would retire could never be opened.
    func requirePackagesLast() throws(PlanError) {
        for record in state.packages where record.sealed == nil {
            var record = record
            record.sealed = BreakGlassRecord.Sealed(
                file: Event.ArtifactFile(path: record.planned.path, digest: .zero), set: 0, signatures: [:], list: .zero)
            guard let obstacle = state.obstacle(to: record, at: created) else { continue }
            throw PlanError(
                .breakGlassPrepared, "the ceremony would retire its own package: \(obstacle.reason(record.planned.package))",
                advice: "Move prepare-break-glass behind the operations that revoke, issue CRLs and publish bundles")
        }
    }
}
