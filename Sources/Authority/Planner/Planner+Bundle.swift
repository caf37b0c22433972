import Groundwork
import StrictYAML

extension Planner {
    /// The next bundle: the live roots, the live intermediates if the policy wants them, and the newest CRL numbers.
    mutating func publishBundle(
        _ signer: String?, _ anchors: [String]?
    ) throws(PlanError) -> (title: String, steps: [PlannedStep]) {
        var roots: [AuthorityState.CertificateRecord] = []
        for name in anchors ?? state.roots.filter({ $0.isLive(at: created) }).map(\.planned.name) {
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
        let signerRecord = try bundleSigner(signer, under: roots.map(\.planned.name))
        if let last = state.bundles.last, last.payload == nil {
            throw PlanError(.bundleSequence, "a ceremony publishes one bundle", advice: "Remove one of the two operations")
        }
        var expires: Timestamp?
        if let duration = policy.bundle.expires { expires = try moment(created, duration, "bundle.expires") }
        let bundle = PlannedBundle(
            storeID: policy.bundle.storeID, sequence: (state.bundles.last?.planned.sequence ?? 0) + 1, issued: created,
            expires: expires,
            signer: signerRecord.planned.name, signerKey: signerRecord.planned.subjectKey ?? "",
            anchors: roots.map(\.planned.name), intermediates: policy.bundle.includeIntermediates ? liveIntermediates : [],
            minimumCRLs: minimumCRLs, denied: denied, previous: state.bundles.last?.payload,
            nextRoot: nextRoot(after: roots.map(\.planned.name)), renderings: policy.bundle.renderings,
            path: AuthorityPaths.bundle((state.bundles.last?.planned.sequence ?? 0) + 1))
        let step = try take(.bundle(bundle))
        return ("Publish trust-anchor bundle \(bundle.sequence) with \(bundle.anchors.joined(separator: ", "))", [step])
    }

    /// The newest live bundle signer under the root that the ceremony file names, or else under the oldest of the anchors:
    /// devices in the field trust that one.
    private func bundleSigner(_ wanted: String?, under roots: [String]) throws(PlanError) -> AuthorityState.CertificateRecord {
        let signers = state.issued.compactMap { state.certificates[$0] }.filter {
            $0.planned.kind == .bundleSigner && roots.contains($0.planned.issuer) && $0.isLive(at: created)
        }
        if let wanted {
            guard let signer = signers.last(where: { $0.planned.issuer == wanted }) else {
                throw PlanError(
                    .bundleSignature, "no live bundle signer is under \(wanted), or \(wanted) is not in the bundle",
                    advice: "The bundle may hold \(roots.joined(separator: ", "))")
            }
            return signer
        }
        let oldest = roots.first { root in signers.contains { $0.planned.issuer == root } }
        guard let signer = signers.last(where: { $0.planned.issuer == oldest }) else {
            throw PlanError(
                .bundleSignature, "there is no live bundle signer under \(roots.joined(separator: ", "))",
                advice: "Make one with renew-bundle-signer, or the next root, which comes with one of its own")
        }
        return signer
    }

    /// The key that devices may expect: pre-generated for the root after the newest of these that planned for it.
    private func nextRoot(after roots: [String]) -> String? {
        roots.compactMap { state.successorKey(of: $0)?.planned.name }.last(where: state.isPreGenerated)
    }

    private var liveIntermediates: [String] {
        state.issued.filter { name in
            guard let record = state.certificates[name] else { return false }
            return record.planned.kind == .intermediate && record.isLive(at: created)
        }
    }

    private var minimumCRLs: [PlannedBundle.MinimumCRL] {
        state.issued.compactMap { name in
            guard let record = state.certificates[name], record.isLive(at: created), let last = state.lists[name]?.last
            else { return nil }
            return PlannedBundle.MinimumCRL(issuer: name, number: last.planned.number)
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
