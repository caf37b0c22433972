import Groundwork
import StrictYAML

/// Chooses who signs a bundle: enough for the devices that hold the last one, and enough for the bundle itself.
///
/// One signer when the devices demand one and the roots stay the same. Else as many of each root of the old and the new
/// set as the thresholds demand, so that also a device that missed a bundle, and knows one of the roots, can go on.
struct BundleSigners {
    let state: AuthorityState
    let time: Timestamp
    /// The names of the bundle's roots.
    let roots: [String]
    /// The bundle's own threshold.
    let threshold: Int
    let last: PlannedBundle?

    /// - Parameter wanted: the root whose bundle signer the ceremony file asks for.
    func choose(_ wanted: String?) throws(PlanError) -> [AuthorityState.CertificateRecord] {
        let before = last?.anchors ?? roots
        let stored = last?.threshold ?? threshold
        if Set(before) == Set(roots), stored == 1, threshold == 1 { return [try single(wanted)] }
        if let wanted {
            throw PlanError(
                .bundleSignature, "the bundle needs signers under \(Set(before + roots).sorted().joined(separator: ", "))"
                    + ", not under \(wanted) alone", advice: "Leave signer out")
        }
        let all = state.roots.map(\.planned.name).filter { before.contains($0) || roots.contains($0) }
        var chosen: [AuthorityState.CertificateRecord] = []
        for root in all {
            let needed = max(before.contains(root) ? stored : 0, roots.contains(root) ? threshold : 0)
            chosen += live(under: root).suffix(needed)
        }
        try require(chosen, under: before, stored, "devices that hold bundle \(last?.sequence ?? 0) demand")
        try require(chosen, under: roots, threshold, "the policy demands")
        guard chosen.count <= 8 else {
            throw PlanError(
                .bundleThreshold, "the bundle would have \(chosen.count) signers, and devices take 8 at most",
                advice: "Publish fewer roots at a time, or lower bundle.threshold")
        }
        return chosen
    }

    /// The newest signer under the root that the ceremony file names, or else under the oldest of the anchors: devices in
    /// the field trust that one.
    private func single(_ wanted: String?) throws(PlanError) -> AuthorityState.CertificateRecord {
        if let wanted {
            guard roots.contains(wanted), let signer = live(under: wanted).last else {
                throw PlanError(
                    .bundleSignature, "no live bundle signer is under \(wanted), or \(wanted) is not in the bundle",
                    advice: "The bundle may hold \(roots.joined(separator: ", "))")
            }
            return signer
        }
        guard let signer = roots.lazy.compactMap({ live(under: $0).last }).first else {
            throw PlanError(
                .bundleSignature, "there is no live bundle signer under \(roots.joined(separator: ", "))",
                advice: "Make one with renew-bundle-signer, or the next root, which comes with one of its own")
        }
        return signer
    }

    private func require(
        _ chosen: [AuthorityState.CertificateRecord], under anchors: [String], _ needed: Int, _ demand: String
    ) throws(PlanError) {
        let count = chosen.count { anchors.contains($0.planned.issuer) }
        guard count > 0 else {
            throw PlanError(
                .bundleSignature, "there is no live bundle signer under \(anchors.joined(separator: ", "))",
                advice: "Make one with renew-bundle-signer, or the next root, which comes with one of its own")
        }
        guard count >= needed else {
            throw PlanError(
                .bundleThreshold,
                "there are \(count) live bundle signers under \(anchors.joined(separator: ", ")), and \(demand) \(needed)",
                advice: "Make further ones with renew-bundle-signer first")
        }
    }

    private func live(under root: String) -> [AuthorityState.CertificateRecord] {
        state.certificates(issuedBy: root).filter { $0.planned.kind == .bundleSigner && $0.isLive(at: time) }
    }
}
