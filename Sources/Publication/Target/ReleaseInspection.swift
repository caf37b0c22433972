import Authority
import Groundwork
import PKIX
import TrustBundle

/// Looks at a release where it lies: is everything there that its manifest names, and nothing else?
struct ReleaseInspection {
    /// Nil when there is none that can be read.
    private(set) var manifest: PublicationManifest?
    /// What is missing or changed, in sentences without a full stop.
    private(set) var damage: [String] = []
    /// The paths of files that are missing or changed.
    private(set) var damagedPaths: [String] = []
    /// What the manifest does not name, relative to the release.
    private(set) var foreign: [String] = []

    /// - Parameters:
    ///   - paths: of all files that are there, relative to the release.
    ///   - place: for sentences.
    ///   - folder: where the release can be read.
    ///   - accepting: the files of the next release, by their digests: an upload that was cut off has put some of them there,
    ///     and removed some that are not among them. Empty where uploads cannot be cut off.
    init(_ paths: [String], at place: String, in folder: String, accepting: [String: Digest] = [:]) {
        let folder = ReleaseFolder(folder)
        do {
            manifest = try PublicationManifest(folder.read(PublicationManifest.path), at: "\(place)/\(PublicationManifest.path)")
        } catch let error as PlanError {
            damage.append(error.reason)
        } catch {
            damage.append("\(error)")
        }
        guard let manifest else { return }
        let there = Set(paths)
        let known = Set(manifest.files.map(\.path))
        foreign = paths.filter { path in
            guard !known.contains(path), path != PublicationManifest.path else { return false }
            guard let good = accepting[path] else { return true }
            return (try? folder.digest(path)) != good
        }
        var good: Set<String> = []
        for file in manifest.files {
            guard there.contains(file.path) else {
                if !accepting.isEmpty, accepting[file.path] == nil { continue }
                damage.append("\(place)/\(file.path) is missing")
                damagedPaths.append(file.path)
                continue
            }
            let digest = try? folder.digest(file.path)
            guard digest == file.digest else {
                if digest != nil, digest == accepting[file.path] { continue }
                damage.append("\(place)/\(file.path) is not what the manifest names")
                damagedPaths.append(file.path)
                continue
            }
            good.insert(file.path)
        }
        checkNumbers(manifest, folder, good, place)
    }

    var isWhole: Bool { manifest != nil && damage.isEmpty && foreign.isEmpty }

    /// What the manifest says of the newest CRLs and the newest bundle, they say themselves: else a manifest could make a
    /// newer one look old.
    private mutating func checkNumbers(
        _ manifest: PublicationManifest, _ folder: ReleaseFolder, _ good: Set<String>, _ place: String
    ) {
        for issuer in manifest.issuers {
            for path in issuer.paths + issuer.lists.suffix(1).map(\.path) {
                guard good.contains(path) else { continue }
                let number = (try? folder.list(path).crlNumber?.value).flatMap(\.self)
                if number != issuer.lists.last.map({ UInt64(clamping: $0.number) }) {
                    damage.append("\(place)/\(path) has another number than the manifest says")
                }
            }
        }
        let bundle = "bundles/latest/bundle.cose"
        if let newest = manifest.bundles.last, good.contains(bundle),
            (try? SignedBundle(encoded: folder.read(bundle)).payload.sequence) != UInt64(clamping: newest.sequence)
        {
            damage.append("\(place)/bundles/latest/bundle.cose has another sequence than the manifest says")
        }
    }

    /// - Throws: `PlanError` with control PUBLICATION-WHOLE or PUBLICATION-FOREIGN.
    func require(at place: String) throws(PlanError) {
        if let first = foreign.first { throw Self.foreign(foreign.count, "\(place)/\(first)") }
        guard let first = damage.first else { return }
        throw PlanError(
            .publicationWhole, first + (damage.count > 1 ? ", and \(damage.count - 1) more" : ""),
            advice: "Find out who changed it. To publish in its place all the same, add --repair")
    }

    static func foreign(_ count: Int, _ first: String) -> PlanError {
        PlanError(
            .publicationForeign,
            "\(first) is not of a publication\(count > 1 ? ", and neither are \(count - 1) more" : "")",
            advice: "Nothing was touched. Move it away, or publish to a folder of its own")
    }

    /// Refuses to take the place of CRLs and bundles that are newer, by what they say themselves: of a release whose manifest
    /// does not hold, nothing else is known.
    static func requireOlder(
        _ paths: [String], than authority: VerifiedAuthority, _ new: PublicationManifest, at place: String,
        in folder: String
    ) throws(PlanError) {
        let folder = ReleaseFolder(folder)
        let state = authority.state
        for path in paths {
            if path.hasSuffix(".crl"), let list = try? folder.list(path) {
                for issuer in new.issuers {
                    guard let der = state.certificates[issuer.name]?.der, let certificate = try? Certificate(derEncoded: der),
                        (try? list.verifyIssued(by: certificate)) != nil,
                        let number = (try? list.crlNumber?.value).flatMap(\.self)
                    else { continue }
                    try Continuity.requireList(Int64(clamping: number), of: issuer.title, in: new, at: "\(place)/\(path)")
                }
            }
            if FilePath.name(of: path) == "bundle.cose", let content = try? folder.read(path) {
                let anchors = state.roots.compactMap { $0.der }.compactMap { try? Certificate(derEncoded: $0) }
                if let bundle = try? BundleVerifier(anchors: anchors).verify(content) {
                    try Continuity.requireBundle(
                        Int64(clamping: bundle.payload.sequence), in: new, at: "\(place)/\(path)")
                }
            }
        }
    }
}
