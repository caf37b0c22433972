import ArgumentParser
import Authority
import Glibc
import Groundwork
import Publication

struct PublishCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish",
        abstract: "Lay out certificates, CRLs and bundles for a web server.",
        usage: "anchorite publish <dir> <target> --root <fingerprint> [options]",
        discussion: """
            Verifies the authority from the root's fingerprint, then writes a release to the target folder and switches \
            the link TARGET/current to it. Let a web server serve TARGET/current. Whoever fetches sees the old release or \
            the new one, whole, even if this command is killed. A release that is older than what is there is refused.
              anchorite publish authority /srv/pki --root 3f2a…
              anchorite publish /media/cdrom/authority /srv/pki --root 3f2a… --dry-run
              anchorite publish authority /srv/pki --root 3f2a… --keep 10
            The fingerprint is the SHA-256 of the root certificate, from paper. Published again, the same state changes \
            nothing. docs/publication.md tells how to set up nginx and Caddy, and what lies at which path. TARGET may be an \
            object store or a remote host that rclone knows, written to in the order CRLs, certificates, bundles, manifest:
              anchorite publish authority rclone:bucket:pki --root 3f2a…
            Exit: 0 done, or nothing to do; 1 the authority does not verify, or the target is newer, damaged or not a \
            publication; 64 usage; 65 there is no authority; 74 the target cannot be written.
            """)

    @Argument(help: ArgumentHelp("The authority's directory.", valueName: "dir"))
    var directory: String
    @Argument(help: ArgumentHelp("The folder that is published to, or rclone:REMOTE:PATH.", valueName: "target"))
    var target: String
    @Option(help: ArgumentHelp("SHA-256 of the root certificate from paper, 64 hex digits or 32 words.", valueName: "fingerprint"))
    var root: String
    @Option(help: ArgumentHelp("Remove old releases but for this many, the new one among them.", valueName: "number"))
    var keep: Int?
    @Flag(help: "Say what would change, and write nothing.")
    var dryRun = false
    @Flag(help: "Publish in the place of a release that somebody damaged.")
    var repair = false
    @Flag(help: "Print the result as JSON.")
    var json = false

    func validate() throws {
        if let keep, keep < 1 { throw ValidationError("'\(keep)' keeps nothing. Keep 1 release at least.") }
        guard target.hasPrefix(RemoteTarget.prefix) else { return }
        guard RemoteTarget(target) != nil else {
            throw ValidationError("'\(target)' names no remote. Write it as rclone:REMOTE:PATH.")
        }
        if keep != nil { throw ValidationError("A remote holds one release, so --keep means nothing there.") }
    }

    func run() async throws {
        AllocatorTuning.keepFreedMemory()
        // A web server that runs under another name must be able to read what is written.
        umask(0o022)
        try await Failure.reporting {
            try requireApart()
            let authority = try PublicationSource.authority(directory, root: root)
            let release = try Release(authority, at: .now())
            let outcome =
                if let remote = RemoteTarget(target) {
                    try await publish(authority, release, to: remote)
                } else {
                    try write(authority, release)
                }
            PublicationFacts(outcome, release, target: target).sheet.print(asJSON: json)
        }
    }

    /// What lies in the authority's directory is part of the record: a publication in it would be one that does not verify.
    private func requireApart() throws {
        let folder =
            if let remote = RemoteTarget(target) { remote.localPath } else { Optional(target) }
        guard let folder, DirectoryTarget(folder).overlaps(directory) else { return }
        throw Failure(
            Exit.usage, "\(target) and the authority in \(directory) are one within the other",
            advice: "Name a target beside it, such as /srv/pki")
    }

    private func write(_ authority: VerifiedAuthority, _ release: Release) throws -> Publisher.Outcome {
        do {
            return try Publisher(authority, release, to: DirectoryTarget(target), isRepair: repair)
                .publish(keep: keep, isDryRun: dryRun)
        } catch let error as FileError {
            let isFile = error.kind == .notRegular
            throw Failure(
                Exit.inputOutput, isFile ? "\(error.path) is no folder, so nothing can be published there" : "\(error)",
                advice: isFile ? "Name a folder, or one that is not there yet" : "Name a folder that can be written to")
        }
    }

    private func publish(
        _ authority: VerifiedAuthority, _ release: Release, to remote: RemoteTarget
    ) async throws -> Publisher.Outcome {
        do {
            return try await remote.publish(authority, release, isRepair: repair, isDryRun: dryRun)
        } catch let error as RcloneError {
            throw Failure(Exit.inputOutput, error.reason, advice: error.advice)
        }
    }
}

/// What publications come from.
enum PublicationSource {
    /// - Throws: ``Failure`` for what is no fingerprint, or where there is no authority; `PlanError` when it does not verify.
    static func authority(_ directory: String, root: String) throws -> VerifiedAuthority {
        try VerifiedAuthority(
            try AuthorityPlace.required(directory, "Name its directory"), root: fingerprint(root))
    }

    static func fingerprint(_ text: String) throws -> Digest {
        guard let digest = Digest(spoken: text) else {
            throw Failure(
                Exit.usage, "\"\(text.prefix(80))\" is no SHA-256 fingerprint", advice: "Give 64 hex digits or 32 words")
        }
        return digest
    }
}
