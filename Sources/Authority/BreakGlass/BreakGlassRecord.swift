import Groundwork
import PKIX

/// A break-glass package of an authority.
public struct BreakGlassRecord: Sendable {
    public var planned: PlannedBreakGlass
    /// Nil while the package is only planned.
    public var sealed: Sealed?
    /// When it was opened, once it was.
    public var opened: Timestamp?
    /// Who opened it, once somebody did; sorted.
    public var responders: [String] = []

    /// What the ledger keeps of a sealed package.
    public struct Sealed: Hashable, Sendable {
        public var file: Event.ArtifactFile
        /// SLIP-0039's identifier of the shares of its key.
        public var set: Int64
        /// SHA-256 of each signature.
        var signatures: [PackagePart: Digest]
        /// SHA-256 of the CRL.
        var list: Digest
        /// The payload of the bundle before.
        var previous: Digest?
    }
}

/// Why a package cannot be opened.
public enum BreakGlassObstacle: Hashable, Sendable {
    case notSealed
    case opened(Timestamp)
    case expired(Timestamp)
    /// Newer packages of the same root are there.
    case replaced(by: String)
    /// A CRL or bundle that is greater was made since, outside of packages.
    case retired(by: String)
    /// It would take back what another package revoked, or has a smaller number than that.
    case superseded(by: String)

    /// One sentence without its full stop.
    public func reason(_ package: String) -> String {
        switch self {
        case .notSealed: "the package \(package) was never sealed"
        case .opened(let time): "the package \(package) was opened at \(time)"
        case .expired(let time): "the package \(package) expired at \(time)"
        case .replaced(let other): "the package \(package) was replaced by newer ones, such as \(other)"
        case .retired(let other): "the package \(package) is retired: \(other) came after it was prepared"
        case .superseded(let other): "the package \(package) would take back what \(other) revoked, which was opened"
        }
    }

    public var advice: String {
        switch self {
        case .notSealed: "Run the ceremony that prepares it to its end"
        case .opened: "Publish: anchorite publish"
        case .superseded: "Open one that revokes more: anchorite break-glass list shows which"
        case .expired, .replaced, .retired: "See anchorite break-glass list; where no package helps, revoke in a ceremony"
        }
    }
}

extension AuthorityState {
    /// The packages, in the order in which they were prepared.
    public func package(_ name: String) -> BreakGlassRecord? { packages.first { $0.planned.package == name } }

    /// The greatest sequence of a bundle that was used or reserved; 0 where there is none.
    var greatestSequence: Int64 {
        (bundles.map(\.planned.sequence) + packages.map(\.planned.bundle.sequence)).max() ?? 0
    }

    /// What keeps a package from being opened.
    public func obstacle(to package: BreakGlassRecord, at time: Timestamp) -> BreakGlassObstacle? {
        let planned = package.planned
        if let opened = package.opened { return .opened(opened) }
        if package.sealed == nil { return .notSealed }
        if let other = successor(of: package) { return other }
        if let other = superseding(planned) { return .superseded(by: other.planned.package) }
        return time > planned.expires ? .expired(planned.expires) : nil
    }

    /// Something of the same kind that was made since, outside of packages.
    private func successor(of package: BreakGlassRecord) -> BreakGlassObstacle? {
        let planned = package.planned
        let reserved = packages.filter { $0.planned.root == planned.root }
        if let list = lists[planned.root]?.last(where: { list in
            list.planned.number > planned.list.number && !reserved.contains { $0.planned.list.number == list.planned.number }
        }) {
            return .retired(by: "CRL \(list.planned.number) of \(planned.root)")
        }
        if let bundle = bundles.last(where: { bundle in
            bundle.planned.sequence > planned.bundle.sequence
                && !packages.contains { $0.planned.bundle.sequence == bundle.planned.sequence }
        }) {
            return .retired(by: "bundle \(bundle.planned.sequence)")
        }
        if let newer = reserved.first(where: { $0.planned.prepared > planned.prepared }) {
            return .replaced(by: newer.planned.package)
        }
        return nil
    }

    /// An opened package after which this one cannot come: with nothing but packages since, devices know only from that one
    /// what it revoked.
    private func superseding(_ planned: PlannedBreakGlass) -> BreakGlassRecord? {
        let denied = Set(planned.bundle.denied)
        return packages.first { other in
            guard other.opened != nil, !isFollowed(other) else { return false }
            return other.planned.bundle.sequence > planned.bundle.sequence
                || other.planned.revocations.contains { revocation in
                    let isCurrent = certificates[revocation.certificate].map { $0.fields.notAfter >= planned.prepared } ?? true
                    return isCurrent
                        && !denied.contains(PlannedBundle.Denied(issuer: revocation.issuer, serial: revocation.serial))
                }
        }
    }

    /// Whether a bundle of a ceremony came after a package.
    private func isFollowed(_ package: BreakGlassRecord) -> Bool {
        bundles.contains { bundle in
            bundle.planned.sequence > package.planned.bundle.sequence
                && !packages.contains { $0.planned.bundle.sequence == bundle.planned.sequence }
        }
    }

    /// The bundle of a package, whole: it continues the last one there is.
    func bundle(of planned: PlannedBreakGlass) -> PlannedBundle {
        var bundle = planned.bundle
        bundle.previous = bundles.last?.payload
        return bundle
    }

    /// The authority as the bundle of a package sees it: with the package's CRL.
    func with(_ list: PlannedCertificateList, _ digest: Digest) -> AuthorityState {
        var state = self
        state.lists[list.issuer, default: []].append(ListRecord(planned: list, digest: digest))
        return state
    }

    /// The bytes that a part of a package signs, and the algorithm.
    ///
    /// - Parameters:
    ///   - list: the digest of the CRL, once it is signed.
    ///   - bundle: whole.
    func message(
        for part: PackagePart, of planned: PlannedBreakGlass, list: Digest?, bundle: PlannedBundle
    ) throws(PlanError) -> (bytes: [UInt8], algorithm: SignatureAlgorithm) {
        guard part.object != PackagePart.list else {
            return (try planned.list.template.filled { keys[$0]?.publicKey }, planned.list.algorithm)
        }
        guard let list, let signature = planned.bundleSignature(part, of: bundle) else {
            throw PlanError(.signaturePlanned, "the package \(planned.package) has no \(part.object) by \(part.key) to be signed yet")
        }
        let assembly = try BundleAssembly(bundle, state: with(planned.list, list))
        return (try assembly.toBeSigned(signature), .ecdsaSHA256)
    }
}
