import Authority
import Groundwork

/// What is in a publication, for machines: `manifest.json` of each release.
///
/// It is not signed, and nobody should trust what it says. What it names is: certificates, CRLs and bundles verify from the
/// root's fingerprint. A publisher learns from it what was published before, and a monitor what there should be.
public struct PublicationManifest: Hashable, Sendable {
    public static let form = "publication/1"
    public static let path = "manifest.json"

    /// A file of the release.
    public struct File: Hashable, Sendable {
        public var path: String
        public var digest: Digest
        public var size: Int64
        public var mediaType: String
        /// For how many seconds a cache may keep it.
        public var maximumAge: Int64
    }

    /// A CA whose CRLs are published.
    public struct Issuer: Hashable, Sendable {
        /// The name of its certificate.
        public var name: String
        /// Which of its CRLs, where they are split; each shard is an issuer of its own here.
        public var shard: ListShard?
        /// These are the delta CRLs that go with them.
        public var isDelta = false
        public var keyIdentifier: [UInt8]
        /// Oldest first; the last is the one that devices fetch.
        public var lists: [List]
        /// Where the newest CRL lies, DER.
        public var paths: [String]
        /// The distribution points in certificates of this issuer; of deltas, those in its CRLs.
        public var addresses: [String]

        /// `G1`, or `product-p3, shard 2 of 16, delta`.
        public var title: String {
            name + (shard.map { ", shard \($0.number) of \($0.count)" } ?? "") + (isDelta ? ", delta" : "")
        }
    }

    public struct List: Hashable, Sendable {
        public var number: Int64
        public var thisUpdate: Timestamp
        public var nextUpdate: Timestamp
        /// Where it stays for good.
        public var path: String
        public var digest: Digest
        /// When it came out of a break-glass package, which was signed long before.
        public var opened: Timestamp?

        /// Before that nobody could publish it.
        var began: Timestamp { opened ?? thisUpdate }
    }

    public struct Bundle: Hashable, Sendable {
        public var store: String
        public var environment: String
        public var sequence: Int64
        public var issued: Timestamp
        public var expires: Timestamp?
        /// Where it stays for good.
        public var path: String
        public var digest: Digest
        /// When it came out of a break-glass package.
        public var opened: Timestamp?

        /// Before that nobody could publish it.
        var began: Timestamp { opened ?? issued }
    }

    public struct Certificate: Hashable, Sendable {
        public var name: String
        /// `root`, `cross-certificate`, `intermediate`, `bundle-signer` or `record-key`.
        public var kind: String
        /// The name of the issuer's certificate; a root's own.
        public var issuer: String
        public var notAfter: Timestamp
        public var path: String
        public var digest: Digest
        /// Where certificates that it issued say that it can be had.
        public var addresses: [String]
    }

    public var authority: String
    public var environment: String
    /// The ledger that everything comes from: how many lines, and the digest of the last.
    public var ledgerSize: Int64
    public var ledgerHead: Digest
    /// The number of the newest ceremony that is closed; its checkpoint is the file `checkpoint.note`.
    public var ceremony: Int64?
    public var issuers: [Issuer]
    /// Oldest first; the files of the last lie in `bundles/latest`, too.
    public var bundles: [Bundle]
    public var certificates: [Certificate]
    /// Sorted by path; all but the manifest itself.
    public var files: [File]

    public var roots: [Certificate] { certificates.filter { $0.kind == "root" } }
    public func file(_ path: String) -> File? { files.first { $0.path == path } }
    public func certificate(_ name: String) -> Certificate? { certificates.first { $0.name == name } }
}
