import Authority
import Glibc
import Groundwork
import Subprocess

/// An object store or a remote host that rclone writes to: `rclone:REMOTE:PATH`.
///
/// There is no switch there, so the order is what keeps devices safe: CRLs, certificates, bundles, papers, then what is no more
/// is removed, and the manifest comes last. An upload that was cut off leaves files that the old manifest or the next release names; the same command goes on.
public struct RemoteTarget {
    public static let prefix = "rclone:"
    /// As rclone names it, without a slash at its end.
    public let remote: String

    /// Nil for a target that is not for rclone.
    public init?(_ target: String) {
        guard target.hasPrefix(Self.prefix) else { return nil }
        var remote = String(target.dropFirst(Self.prefix.utf8.count))
        while remote.count > 1, remote.hasSuffix("/") { remote.removeLast() }
        guard !remote.isEmpty, !remote.hasPrefix("-") else { return nil }
        self.remote = remote
    }

    /// The folder, where rclone is told of one on this machine.
    public var localPath: String? {
        if remote.hasPrefix(":local:") { return String(remote.dropFirst(":local:".count)) }
        return remote.contains(":") ? nil : remote
    }

    /// Publishes, and fetches everything again.
    ///
    /// - Throws: `PlanError` with one of the controls PUBLICATION-…, ``RcloneError``, `FileError`.
    public func publish(
        _ authority: VerifiedAuthority, _ release: Release, isRepair: Bool = false, isDryRun: Bool = false
    ) async throws -> Publisher.Outcome {
        let scratch = try Scratch()
        let before = try await fetch(to: "\(scratch.path)/before")
        var notices = release.notices
        let old = try examine(before, authority, release, isRepair, &notices)
        var outcome = Publisher.Outcome(
            kind: .unchanged, release: release.name, previous: old.map { "\($0.ledgerSize)-\($0.ledgerHead.hex.prefix(8))" },
            notices: notices)
        let there = Set(before.paths)
        let changed = release.files.filter { file in !there.contains(file.path) || before.digest(file.path) != file.digest }
        let known = Set(release.files.map(\.path))
        outcome.added = changed.map(\.path).filter { !there.contains($0) }
        outcome.changed = changed.map(\.path).filter(there.contains)
        outcome.removed = before.paths.filter { !known.contains($0) }
        guard !changed.isEmpty || !outcome.removed.isEmpty else { return outcome }
        outcome.kind = isDryRun ? .wouldPublish : .published
        guard !isDryRun else { return outcome }

        let after = "\(scratch.path)/after"
        for folder in Set(release.files.map { FilePath.directory(of: "\(after)/\($0.path)") }) {
            try DurableDirectory.create(folder)
        }
        try Release.write(changed, into: after)
        for stage in Release.Stage.allCases {
            if stage == .manifest {
                for path in outcome.removed { try await Self.rclone(["deletefile", "\(remote)/\(path)"]) }
            }
            for (index, group) in Self.groups(changed.filter { $0.stage == stage }).enumerated() {
                let list = "\(scratch.path)/\(stage.rawValue)-\(index)"
                try DurableFile.create(list, Array(group.map { $0.path + "\n" }.joined().utf8))
                try await Self.rclone([
                    "copy", after, remote, "--files-from-raw", list, "--ignore-times", "--no-traverse", "--header-upload",
                    "Content-Type: \(group[0].mediaType)", "--header-upload",
                    "Cache-Control: public, max-age=\(group[0].maximumAge)",
                ])
            }
        }
        try await verify(authority, release, in: "\(scratch.path)/check")
        return outcome
    }

    /// Files that are uploaded with the same header fields, in the order of their first.
    private static func groups(_ files: [Release.File]) -> [[Release.File]] {
        Dictionary(grouping: files) { "\($0.mediaType) \($0.maximumAge)" }.values
            .sorted { $0[0].path < $1[0].path }
    }

    // MARK: What is there

    /// A copy of what is there.
    private struct Copy {
        var folder: String
        var paths: [String]

        func read(_ path: String) throws(FileError) -> [UInt8] {
            try DurableFile.read("\(folder)/\(path)", followingSymbolicLinks: false)
        }

        /// Nil for what cannot be read.
        func digest(_ path: String) -> Digest? {
            try? DurableFile.digest("\(folder)/\(path)", followingSymbolicLinks: false)
        }
    }

    private func fetch(to folder: String) async throws -> Copy {
        try DurableDirectory.create(folder)
        // What is not there yet holds nothing (exit 3: directory not found).
        guard try await Self.rclone(["lsf", "--max-depth", "1", remote], accepting: [0, 3]) == 0 else {
            return Copy(folder: folder, paths: [])
        }
        try await Self.rclone(["copy", remote, folder])
        return Copy(folder: folder, paths: try DurableDirectory.tree(of: folder))
    }

    /// The manifest of what is there, when this release may take its place.
    private func examine(
        _ copy: Copy, _ authority: VerifiedAuthority, _ release: Release, _ isRepair: Bool, _ notices: inout [String]
    ) throws -> PublicationManifest? {
        let ours = Dictionary(uniqueKeysWithValues: release.files.map { ($0.path, $0.digest) })
        let strangers = copy.paths.filter { ours[$0] == nil || ours[$0] != copy.digest($0) }
        // Nothing, or the beginning of this very release.
        if strangers.isEmpty, !copy.paths.contains(PublicationManifest.path) { return nil }
        let inspection = ReleaseInspection(copy.paths, at: remote, in: copy.folder, accepting: ours)
        if isRepair, inspection.foreign.isEmpty || inspection.manifest == nil {
            notices += inspection.damage.map { "\($0); it is replaced." }
        } else {
            try inspection.require(at: remote)
        }
        try ReleaseInspection.requireOlder(copy.paths, than: authority, release.manifest, at: remote, in: copy.folder)
        if let manifest = inspection.manifest {
            try Continuity.require(release.manifest, after: manifest, ledger: authority, at: remote)
        }
        try RevocationContinuity(authority, release, at: remote, in: copy.folder)
            .require(copy.paths, isRepair ? nil : inspection.manifest)
        return inspection.manifest
    }

    private func verify(_ authority: VerifiedAuthority, _ release: Release, in folder: String) async throws {
        let copy = try await fetch(to: folder)
        let bytes = try copy.read(PublicationManifest.path)
        guard copy.paths == release.files.map(\.path).sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }),
            bytes == release.manifest.bytes
        else {
            throw PlanError(
                .publicationWhole, "what \(remote) gives is not what was published", advice: "Run the same command again")
        }
        let roots = Set(authority.state.roots.compactMap(\.fingerprint))
        try PublicationCheck.verify(release.manifest, roots: roots, in: copy.folder)
    }

    // MARK: rclone

    @discardableResult
    private static func rclone(_ arguments: [String], accepting codes: Set<Int32> = [0]) async throws -> Int32 {
        let code: Int32
        let words: String
        do {
            let result = try await Subprocess.run(
                .name("rclone"), arguments: Arguments(arguments + ["--retries", "3", "--log-level", "ERROR"]),
                output: .discarded, error: .string(limit: 1 << 20))
            code = if case .exited(let code) = result.terminationStatus { Int32(code) } else { -1 }
            words = result.standardError
        } catch {
            throw RcloneError(reason: "rclone cannot be run: \(error)", advice: "Install the package rclone")
        }
        guard codes.contains(code) else {
            let last = words.split(whereSeparator: \.isNewline).last.map { Shown.text(String($0)) } ?? "it gave no reason"
            throw RcloneError(
                reason: "rclone \(arguments[0]) failed (\(code)): \(last)",
                advice: "Run the same command again when that is mended; it goes on where it stopped")
        }
        return code
    }

    /// A folder that goes with the value.
    private final class Scratch {
        let path: String

        init() throws(FileError) {
            let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
            path = DurableDirectory.temporaryPath(in: parent)
            try DurableDirectory.create(path, mode: 0o700)
        }

        deinit { try? DurableDirectory.removeTree(path) }
    }
}

/// rclone is not there, or could not do what it was to do.
public struct RcloneError: Error, CustomStringConvertible {
    public let reason: String
    public let advice: String
    public var description: String { "\(reason). \(advice)." }
}
