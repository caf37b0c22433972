import Groundwork
import StrictYAML

extension Planner {
    /// The next bundle: the roots of the one before and those that are new, as far as they live, the live intermediates
    /// if the policy wants them, and the newest CRL numbers.
    mutating func publishBundle(
        _ signer: String?, _ anchors: [String]?
    ) throws(PlanError) -> (title: String, steps: [PlannedStep]) {
        if let last = state.bundles.last, last.payload == nil {
            throw PlanError(.bundleSequence, "a ceremony publishes one bundle", advice: "Remove one of the two operations")
        }
        let sequence = state.greatestSequence + 1
        let withdrawn = state.withdrawnAnchors
        let bundle = try bundle(
            signer, anchors, sequence: sequence, issued: created, until: created, previous: state.bundles.last?.payload)
        try BundleBudget(bundle, state: state).check(policy.bundle.productLines)
        var steps: [PlannedStep] = []
        for signature in bundle.signatures { steps.append(try take(.bundleSignature(signature))) }
        steps.append(try take(.bundle(bundle)))
        let named = bundle.anchors.map { withdrawn.contains($0) ? "\($0) (which an earlier bundle withdrew)" : $0 }
        return ("Publish trust-anchor bundle \(sequence) with \(named.joined(separator: ", "))", steps)
    }

    /// A bundle for the authority as it is.
    ///
    /// - Parameter end: until when its signers live at least.
    func bundle(
        _ signer: String?, _ anchors: [String]?, sequence: Int64, issued: Timestamp, until end: Timestamp, previous: Digest?
    ) throws(PlanError) -> PlannedBundle {
        var roots: [AuthorityState.CertificateRecord] = []
        let withdrawn = state.withdrawnAnchors
        // A root that was taken from devices comes back only when the ceremony names it.
        for name in anchors ?? state.roots.filter(isAnchor).map(\.planned.name).filter({ !withdrawn.contains($0) }) {
            guard let root = state.certificates[name], root.planned.kind == .root,
                !root.planned.isCrossCertificate
            else {
                throw PlanError(
                    .bundleSequence, "there is no root \(name)",
                    advice: Suggestion.sentence("Roots", state.roots.map(\.planned.name), for: name))
            }
            roots.append(root)
        }
        guard !roots.isEmpty else {
            throw PlanError(
                .bundleSequence, "a bundle needs at least one live root", advice: "Create a root before it")
        }
        let last = state.bundles.last
        let signers = try BundleSigners(
            state: state, time: end, roots: roots.map(\.planned.name), threshold: policy.bundle.threshold,
            last: last?.planned
        ).choose(signer)
        var expires: Timestamp?
        if let duration = policy.bundle.expires { expires = try moment(issued, duration, "bundle.expires") }
        return PlannedBundle(
            storeID: policy.bundle.storeID, sequence: sequence, issued: issued, expires: expires,
            signers: signers.map {
                PlannedBundle.Signer(certificate: $0.planned.name, key: $0.planned.subjectKey ?? "")
            },
            algorithm: policy.bundle.algorithmLabel, forms: policy.bundle.forms,
            anchors: roots.map(\.planned.name), anchorForm: policy.bundle.anchors,
            intermediates: policy.bundle.includeIntermediates ? liveIntermediates : [],
            minimumCRLs: minimumCRLs, denied: denied, threshold: policy.bundle.threshold,
            nextRoot: nextRoot(after: roots.map(\.planned.name)),
            renderings: policy.bundle.renderings, previous: previous, path: AuthorityPaths.bundle(sequence))
    }

    /// The key that devices may expect: pre-generated for the root after the newest of these that planned for it.
    private func nextRoot(after roots: [String]) -> String? {
        roots.compactMap { state.successorKey(of: $0)?.planned.name }.last(where: state.isPreGenerated)
    }

    /// Devices trust a root for what it still signs.
    private func isAnchor(_ root: AuthorityState.CertificateRecord) -> Bool {
        root.isLive(at: created) && state.lastList(of: root.planned.name) == nil
    }

    private var liveIntermediates: [String] {
        state.issued.filter { name in
            guard let record = state.certificates[name] else { return false }
            return record.planned.kind == .intermediate && record.isLive(at: created)
        }
    }

    private var minimumCRLs: [PlannedBundle.MinimumCRL] {
        state.issued.compactMap { name in
            guard let record = state.certificates[name], record.isLive(at: created),
                let list = state.list(of: name, inForceAt: created)
            else { return nil }
            return PlannedBundle.MinimumCRL(issuer: name, number: list.planned.number)
        }
    }

    private var denied: [PlannedBundle.Denied] {
        state.issued.compactMap { name in
            guard let record = state.certificates[name], record.revocation != nil, record.fields.notAfter >= created,
                record.planned.kind.isAuthority || record.planned.kind == .bundleSigner
            else { return nil }
            return PlannedBundle.Denied(issuer: record.planned.issuer, serial: record.fields.serial)
        }
    }
}
