import Groundwork
import PKIX
import TrustBundle

/// A break-glass package to be signed and sealed: the CRL of a root that revokes some of its intermediates, and the bundle
/// that tells devices so.
///
/// One step, though it takes several signatures: none of them is of use without the others, and after a crash all are made
/// again, since the ledger holds none.
public struct PlannedBreakGlass: Hashable, Sendable {
    /// By which responders call it: `G1-5`, the root and the number of the CRL.
    public var package: String
    public var root: String
    /// What it revokes, in the order in which the certificates were issued.
    public var revocations: [PlannedRevocation]
    public var list: PlannedCertificateList
    /// Without the digest of the bundle before, which may be of the same ceremony: it is that of the last one there is
    /// when the package is sealed.
    public var bundle: PlannedBundle
    /// When it was planned.
    public var prepared: Timestamp
    /// Until when it can be opened.
    public var expires: Timestamp
    /// Who is to hold shares of its key.
    public var groups: [CustodyGroup]
    /// Where the sealed package goes, relative to the authority.
    public var path: String

    /// The names of the certificates that it revokes.
    public var certificates: [String] { revocations.map(\.certificate) }

    /// What is signed, in this order: the bundle names the digest of the CRL.
    var parts: [PackagePart] {
        [PackagePart(object: PackagePart.list, key: list.issuerKey)]
            + bundle.signatures.map { PackagePart(object: PackagePart.bundle($0.form), key: $0.signer.key) }
    }

    /// The signature of the bundle that a part is; nil for the CRL.
    func bundleSignature(_ part: PackagePart, of bundle: PlannedBundle) -> PlannedBundleSignature? {
        bundle.signatures.first { PackagePart.bundle($0.form) == part.object && $0.signer.key == part.key }
    }
}

/// One of the signatures of a package.
public struct PackagePart: Hashable, Sendable {
    static let list = "break-glass-crl"
    static func bundle(_ form: BundleForm) -> String { "break-glass-\(form.rawValue)" }

    /// `break-glass-crl`, `break-glass-cose` or `break-glass-cms`.
    public var object: String
    /// The name of the key that signs.
    public var key: String
}

extension PlannedBreakGlass {
    var members: [String: JSONValue] {
        [
            "package": .string(package), "root": .string(root), "revocations": .array(revocations.map { .object($0.members) }),
            "crl": .object(list.members), "bundle": .object(bundle.members), "prepared": .time(prepared),
            "expires": .time(expires), "groups": .array(groups.map(\.json)), "path": .string(path),
        ]
    }

    init(_ reader: inout JSONObjectReader) throws {
        package = try reader.string("package")
        root = try reader.string("root")
        revocations = try reader.objects("revocations").map { reader in
            var reader = reader
            let revocation = try PlannedRevocation(&reader)
            try reader.finish()
            return revocation
        }
        var list = try reader.object("crl")
        self.list = try PlannedCertificateList(&list)
        try list.finish()
        var bundle = try reader.object("bundle")
        self.bundle = try PlannedBundle(&bundle)
        try bundle.finish()
        prepared = try reader.timestamp("prepared")
        expires = try reader.timestamp("expires")
        groups = try reader.custodyGroups("groups")
        path = try reader.string("path")
    }
}
