import Authority
import Groundwork
import Ledger

/// An authority that verified as a whole, against the fingerprint of its root from paper.
///
/// The medium that the directory came on is not trusted between verification and publication either: every file is read
/// once more, and counts only with the digest that the verified ledger names.
public struct VerifiedAuthority: Sendable {
    public let directory: AuthorityDirectory
    public let state: AuthorityState
    /// The root whose fingerprint was given.
    public let root: Digest
    public let notices: [String]
    /// The digest of each line of the ledger.
    private let lines: [Digest]
    /// The files of each bundle, by its sequence, in the order of the ledger.
    let bundleFiles: [Int64: [(path: String, digest: Digest)]]
    /// The number of the newest ceremony that is closed, and its checkpoint.
    let checkpoint: (number: Int64, bytes: [UInt8])?

    public var head: Plan.LedgerHead { Plan.LedgerHead(size: Int64(lines.count), digest: lines.last ?? .zero) }

    /// The digest of the last of so many lines; nil where there are not so many.
    func head(at size: Int64) -> Digest? {
        guard size > 0, size <= Int64(lines.count) else { return nil }
        return lines[Int(size) - 1]
    }

    /// - Throws: `PlanError` with the control that does not hold first; `FileError` when the ledger cannot be read.
    public init(_ directory: AuthorityDirectory, root: Digest) throws {
        let report = try Verifier.verify(directory, root: root)
        if let failure = report.failures.first {
            let others = report.failures.count - 1
            let place = failure.line.map { "\(AuthorityPaths.ledger) line \($0): " } ?? ""
            throw PlanError(
                failure.control,
                place + failure.reason + (others > 0 ? ", and \(others) more that \(others == 1 ? "does" : "do") not hold" : ""),
                advice: failure.control == .rootFingerprint
                    ? "Compare the fingerprint with the one on paper"
                    : "Trust nothing in \(directory.path) before you know why; anchorite verify says more")
        }
        let contents = try LedgerReader.read(directory.ledgerPath)
        guard let state = report.state, contents.root == report.merkleRoot, contents.tornTail == nil else {
            throw PlanError(
                .ledgerForm, "\(AuthorityPaths.ledger) changed while it was verified, or its last line is torn",
                advice: "Take a whole copy of the authority")
        }
        try report.openings?.requireComplete(in: directory)
        var bundleFiles: [Int64: [(path: String, digest: Digest)]] = [:]
        for event in contents.events where event.event == "bundle" {
            var reader = event.reader()
            let sequence = try reader.integer("sequence")
            for var file in try reader.objects("files") {
                bundleFiles[sequence, default: []].append((try file.string("path"), try file.digest("sha256")))
            }
        }
        // What responders opened since the last ceremony is published before the ledger knows of it.
        if let openings = report.openings {
            for record in openings.state.bundles.suffix(openings.openings.count) {
                bundleFiles[record.planned.sequence] = openings.files.map { ($0.file.path, $0.file.digest) }
                    .filter { $0.path.hasPrefix("\(record.planned.path)/") }
            }
        }
        self.directory = directory
        self.state = report.openings?.state ?? state
        self.root = root
        self.bundleFiles = bundleFiles
        lines = contents.events.map(\.digest)
        notices = report.notices
        checkpoint = try state.ceremonies.last { $0.closed != nil }.map {
            ($0.number, try directory.read(AuthorityPaths.checkpoint($0.number)))
        }
    }

    /// Reads a file that must have a digest.
    ///
    /// - Throws: `PlanError` with control ARTIFACT-BYTES.
    public func read(_ path: String, _ digest: Digest) throws -> [UInt8] {
        let bytes = try directory.read(path)
        guard Digest(of: bytes) == digest else {
            throw PlanError(
                .artifactBytes, "\(path) is not the file that the ledger names",
                advice: "Something changed it while it was published; take a whole copy of the authority")
        }
        return bytes
    }

    /// A file that must have a digest: its bytes, or where it is if they are many.
    ///
    /// - Throws: `PlanError` with control ARTIFACT-BYTES.
    func content(_ path: String, _ digest: Digest) throws -> Release.Content {
        let size = try directory.size(path)
        guard size > Self.held else { return .bytes(try read(path, digest)) }
        guard try directory.digest(path) == digest else {
            throw PlanError(
                .artifactBytes, "\(path) is not the file that the ledger names",
                advice: "Something changed it while it was published; take a whole copy of the authority")
        }
        return .copy(of: directory.absolute(path), digest: digest, size: size)
    }

    /// Files of more bytes are not held in memory.
    private static let held: Int64 = 1 << 20
}
