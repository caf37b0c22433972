import Authority
import Groundwork

/// One publication, whole: every file, and the manifest that names them.
///
/// It follows from the authority's ledger and the moment (of a series of CRLs, those that have begun), so that the same
/// state gives the same bytes.
public struct Release: Sendable {
    public struct File: Sendable {
        public var path: String
        let content: Content
        public let digest: Digest
        /// In bytes.
        public let size: Int64
        public var mediaType: String
        public var maximumAge: Int64
        public var stage: Stage

        /// Nil for a long CRL, which is not held.
        public var bytes: [UInt8]? { if case .bytes(let bytes) = content { bytes } else { nil } }

        init(path: String, content: Content, mediaType: String, maximumAge: Int64, stage: Stage) {
            self.path = path
            self.content = content
            switch content {
            case .bytes(let bytes): (digest, size) = (Digest(of: bytes), Int64(bytes.count))
            case .copy(_, let digest, let size): (self.digest, self.size) = (digest, size)
            }
            self.mediaType = mediaType
            self.maximumAge = maximumAge
            self.stage = stage
        }
    }

    /// What a file holds: a long CRL is copied piece by piece, everything else is at hand.
    enum Content: Sendable {
        case bytes([UInt8])
        case copy(of: String, digest: Digest, size: Int64)
    }

    /// In which order files are put where no switch is possible: what revokes before what builds on it.
    public enum Stage: Int, CaseIterable, Comparable, Sendable {
        case list, certificate, bundle, paper, manifest

        public static func < (left: Stage, right: Stage) -> Bool { left.rawValue < right.rawValue }
    }

    public let manifest: PublicationManifest
    /// In the order of their stages, then by path; the manifest comes last.
    public let files: [File]
    public let notices: [String]

    /// `ledger size`-`first 8 hex digits of its head`.
    public var name: String { "\(manifest.ledgerSize)-\(manifest.ledgerHead.hex.prefix(8))" }

    public func file(_ path: String) -> File? { files.first { $0.path == path } }
}

extension Release {
    /// Writes files into a folder, whose own folders are there. All of them are durable, or there is an error.
    static func write(_ files: [File], into folder: String) throws {
        var small: [(path: String, bytes: [UInt8])] = []
        for file in files {
            let path = FilePath.joined(folder, file.path)
            switch file.content {
            case .bytes(let bytes): small.append((path, bytes))
            case .copy(let source, let digest, _): try copy(source, digest, to: path)
            }
        }
        try DurableFile.createBatch(small)
    }

    private static func copy(_ source: String, _ digest: Digest, to path: String) throws {
        let copied = try DurableFile.copy(source, to: path)
        guard copied == digest else {
            throw PlanError(
                .artifactBytes, "\(source) is not the file that the ledger names",
                advice: "Something changed it while it was published; take a whole copy of the authority")
        }
    }
}
