import Authority
import Groundwork

/// One publication, whole: every file, and the manifest that names them.
///
/// It follows from the authority's ledger and the moment (of a series of CRLs, those that have begun), so that the same
/// state gives the same bytes.
public struct Release: Sendable {
    public struct File: Sendable {
        public var path: String
        public var bytes: [UInt8]
        public var mediaType: String
        public var maximumAge: Int64
        public var stage: Stage
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
