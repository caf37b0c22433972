import Authority
import Groundwork

/// Publishes a release to a folder: never something older over something newer, never half of it.
public struct Publisher {
    public struct Outcome: Sendable {
        public enum Kind: String, Sendable {
            /// The target serves this state already.
            case unchanged
            case published
            /// Nothing was written, since only the question was what would be.
            case wouldPublish = "would-publish"
        }

        public var kind: Kind
        /// The release that is served, or would be.
        public var release: String
        /// The release that was served before.
        public var previous: String?
        public var added: [String] = []
        public var changed: [String] = []
        public var removed: [String] = []
        /// What was missing or not what had been published, and is whole in the new release.
        public var repaired: [String] = []
        /// The releases that `keep` removed, or would.
        public var pruned: [String] = []
        public var notices: [String] = []
    }

    private let authority: VerifiedAuthority
    private let release: Release
    private let target: DirectoryTarget
    private let isRepair: Bool

    /// - Parameter isRepair: publishes in the place of a release that somebody damaged.
    public init(_ authority: VerifiedAuthority, _ release: Release, to target: DirectoryTarget, isRepair: Bool = false) {
        self.authority = authority
        self.release = release
        self.target = target
        self.isRepair = isRepair
    }

    /// - Parameters:
    ///   - keep: how many releases stay, the one that is served among them; nil keeps all.
    ///   - isDryRun: writes nothing.
    /// - Throws: `PlanError` with one of the controls PUBLICATION-…, `FileError`. Before the switch, `current` is as it was.
    public func publish(keep: Int? = nil, isDryRun: Bool = false) throws -> Outcome {
        let lock = isDryRun ? nil : try target.lock()
        defer { withExtendedLifetime(lock) {} }
        let standing = try target.standing()
        if !isDryRun { try target.remove(standing.leftovers) }
        var notices = release.notices
        var repaired: [String] = []
        let old = try examine(standing, &notices, &repaired)

        var outcome = Outcome(
            kind: .unchanged, release: "", previous: standing.current, repaired: repaired, notices: notices)
        if let current = standing.current, let old, old == release.manifest, try target.inspect(current).isWhole {
            outcome.release = current
        } else {
            outcome.release = try name(standing)
            compare(with: old, &outcome)
            outcome.kind = isDryRun ? .wouldPublish : .published
            if !isDryRun {
                if !standing.releases.contains(outcome.release) { try target.layOut(release, as: outcome.release) }
                try verify(outcome.release)
                try target.serve(outcome.release)
                try verifyServed(outcome.release)
            }
        }
        try prune(standing.releases, keep, isDryRun, &outcome)
        return outcome
    }

    /// What is served now, when it holds; every release that is there must be one that this one may follow.
    private func examine(
        _ standing: DirectoryTarget.Standing, _ notices: inout [String], _ repaired: inout [String]
    ) throws -> PublicationManifest? {
        var current: PublicationManifest?
        for name in standing.releases {
            let place = "\(target.path)/releases/\(name)"
            if name == standing.current {
                let inspection = try target.inspect(name)
                if isRepair, inspection.foreign.isEmpty || inspection.manifest == nil {
                    notices += inspection.damage.map { "\($0); a new release takes its place." }
                    repaired = inspection.damagedPaths
                    try ReleaseInspection.requireOlder(
                        target.paths(of: name), than: authority, release.manifest, at: place, in: target.folder(name))
                } else {
                    try inspection.require(at: place)
                }
                current = inspection.manifest
                if let current { try Continuity.require(release.manifest, after: current, ledger: authority, at: place) }
                try RevocationContinuity(authority, release, at: place, in: target.folder(name))
                    .require(target.paths(of: name), isRepair ? nil : current)
            } else {
                do {
                    try Continuity.require(
                        release.manifest, after: try target.manifest(of: name), ledger: authority, at: place)
                } catch let error as PlanError where error.control == .publicationWhole && isRepair {
                    notices.append("\(error.reason); it is not looked at.")
                }
            }
        }
        return current
    }

    /// The name of the new release: where a whole one lies already that is the same, that; else the first that is free.
    private func name(_ standing: DirectoryTarget.Standing) throws -> String {
        let names = [release.name] + (2...max(2, standing.releases.count + 2)).map { "\(release.name)-\($0)" }
        for name in names {
            guard standing.releases.contains(name) else { return name }
            let inspection = try target.inspect(name)
            if inspection.isWhole, inspection.manifest == release.manifest { return name }
        }
        throw PlanError(.publicationWhole, "there is no free name for the release \(release.name)")
    }

    private func compare(with old: PublicationManifest?, _ outcome: inout Outcome) {
        let before = Dictionary(uniqueKeysWithValues: (old?.files ?? []).map { ($0.path, $0.digest) })
        for file in release.manifest.files {
            guard let digest = before[file.path] else {
                outcome.added.append(file.path)
                continue
            }
            if digest != file.digest { outcome.changed.append(file.path) }
        }
        let now = Set(release.manifest.files.map(\.path))
        outcome.removed = (old?.files ?? []).map(\.path).filter { !now.contains($0) }
    }

    /// Everything again, from what lies in the target now: nothing of it is served before it verifies.
    private func verify(_ name: String) throws {
        let manifest = try target.manifest(of: name)
        guard manifest == release.manifest else {
            throw PlanError(.publicationWhole, "\(target.path)/releases/\(name) is not what was written")
        }
        let roots = Set(authority.state.roots.compactMap(\.fingerprint))
        try PublicationCheck.verify(manifest, roots: roots, in: target.folder(name))
    }

    private func verifyServed(_ name: String) throws {
        guard target.currentName == name else {
            throw PlanError(.publicationWhole, "\(target.path)/current does not lead to the new release")
        }
        try verify(name)
    }

    private func prune(_ releases: [String], _ keep: Int?, _ isDryRun: Bool, _ outcome: inout Outcome) throws {
        guard let keep else { return }
        let others = releases.filter { $0 != outcome.release }
        outcome.pruned = Array(others.dropLast(max(0, keep - 1)))
        if !isDryRun { for name in outcome.pruned { try target.prune(name) } }
    }
}
