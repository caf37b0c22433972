import Authority
import Groundwork
import PKIX
import TrustBundle

/// What a target revokes stays revoked: the CRLs and the bundle that take the place of its own list all that those list, but
/// for what has expired.
///
/// Numbers and ledgers do not tell: packages that were opened on two copies of an authority have numbers of their own, and
/// the ledger of neither knows of them.
struct RevocationContinuity {
    private let authority: VerifiedAuthority
    private let release: Release
    private let place: String
    private let folder: ReleaseFolder
    private let issuers: [(name: String, certificate: Certificate)]

    /// - Parameters:
    ///   - place: for sentences.
    ///   - folder: where what is served can be read.
    init(_ authority: VerifiedAuthority, _ release: Release, at place: String, in folder: String) {
        self.authority = authority
        self.release = release
        self.place = place
        self.folder = ReleaseFolder(folder)
        issuers = Set(release.manifest.issuers.map(\.name)).sorted().compactMap { name in
            guard let der = authority.state.certificates[name]?.der, let certificate = try? Certificate(derEncoded: der) else {
                return nil
            }
            return (name, certificate)
        }
    }

    /// - Parameters:
    ///   - paths: of all files that are there.
    ///   - manifest: what says which CRLs and which bundle are served; without it, every one that is there counts.
    /// - Throws: `PlanError` with control PUBLICATION-REVOKED; PUBLICATION-WHOLE when files change meanwhile; ARTIFACT-BYTES
    ///   when those of the authority do.
    func require(_ paths: [String], _ manifest: PublicationManifest?) throws {
        let served = manifest.map { manifest in
            Set(
                manifest.issuers.filter { !$0.isDelta }.flatMap { $0.paths + $0.lists.suffix(1).map(\.path) }
                    + manifest.bundles.suffix(1).map(\.path) + ["bundles/latest/\(Self.bundleName)"])
        }
        let counted = paths.filter { served?.contains($0) ?? true }
        // The same CRL lies at several paths.
        var seen = Set(release.manifest.issuers.compactMap { $0.lists.last?.digest })
        for path in counted where path.hasSuffix(".crl") {
            guard let old = try? folder.list(path), let digest = Digest(bytes: old.sha256), seen.insert(digest).inserted
            else { continue }
            try requireList(path, old)
        }
        for path in counted where FilePath.name(of: path) == Self.bundleName { try requireBundle(path) }
    }

    private static let bundleName = "bundle.cose"

    // MARK: CRLs

    /// A CRL that is no issuer's of ours, devices do not believe either.
    private func requireList(_ path: String, _ old: CertificateListFile.Ending) throws {
        guard !old.header.isDelta, let number = (try? old.crlNumber?.value).flatMap(\.self),
            let issuer = issuers.first(where: { (try? old.verifyIssued(by: $0.certificate)) != nil }),
            let record = successor(of: old, by: issuer.name)
        else { return }
        let title = "CRL \(number) of \(issuer.name)"
        var missing = try missing(in: record, from: path, old, issuer.name)
        guard let first = missing.shown.first else { return }
        let named = name(first, of: issuer.name)
        missing.count -= 1
        throw refusal(
            "\(place)/\(path), which is \(title), revokes \(words(first.serialNumber, named))"
                + (missing.count > 0 ? " and \(missing.count) more" : "")
                + ", and CRL \(record.planned.number), which would take its place, does not: devices would trust it again",
            Revoked(what: title, names: missing.shown.compactMap { name($0, of: issuer.name) }, serial: first.serialNumber),
            authority.state.packages.first {
                $0.planned.root == issuer.name && UInt64(clamping: $0.planned.list.number) == number
            })
    }

    /// The CRL that would be served in the place of another: of the same issuer, and about the same certificates.
    private func successor(of old: CertificateListFile.Ending, by issuer: String) -> AuthorityState.ListRecord? {
        let scope = old.header.extensions.first(IssuingDistributionPoint.identifier)
        for entry in release.manifest.issuers where entry.name == issuer && !entry.isDelta {
            guard let record = authority.state.lists[issuer]?.first(where: { $0.digest == entry.lists.last?.digest }),
                let (header, _) = try? CertificateList.parseTBS(record.planned.template.bytes),
                header.extensions.first(IssuingDistributionPoint.identifier) == scope
            else { continue }
            return record
        }
        return nil
    }

    private struct Missing {
        var shown: [SerialKey] = []
        var count = 0
    }

    /// Reads two CRLs side by side, by rising serial number; neither is held.
    private func missing(
        in record: AuthorityState.ListRecord, from path: String, _ ending: CertificateListFile.Ending, _ issuer: String
    ) throws -> Missing {
        let old = try folder.entries(path)
        let new = try CertificateListFile(authority.directory.absolute(record.planned.path))
        let expired = expired(of: issuer, at: record.planned.thisUpdate)
        var missing = Missing()
        var next = try new.next()
        while let entry = try old.next() {
            while let candidate = next, candidate.serial < entry.serial { next = try new.next() }
            guard next?.serial != entry.serial, !expired.contains(entry.serial) else { continue }
            missing.count += 1
            if missing.shown.count < 5 { missing.shown.append(entry.serial) }
        }
        guard try old.finish().sha256 == ending.sha256 else {
            throw PlanError(.publicationWhole, "\(place)/\(path) changed while it was read", advice: "Run the same command again")
        }
        guard try Digest(bytes: new.finish().sha256) == record.digest else {
            throw PlanError(
                .artifactBytes, "\(record.planned.path) is not the file that the ledger names",
                advice: "Something changed it while it was published; take a whole copy of the authority")
        }
        return missing
    }

    /// The certificates of the record that had ended: their entries may go.
    private func expired(of issuer: String, at time: Timestamp) -> Set<SerialKey> {
        Set(
            authority.state.certificates.values.lazy
                .filter { $0.planned.issuer == issuer && $0.fields.notAfter < time }
                .compactMap { SerialKey(serialNumber: $0.fields.serial) })
    }

    private func name(_ serial: SerialKey, of issuer: String) -> String? {
        authority.state.certificates.values
            .first { $0.planned.issuer == issuer && SerialKey(serialNumber: $0.fields.serial) == serial }?.planned.name
    }

    // MARK: Bundles

    private func requireBundle(_ path: String) throws {
        let state = authority.state
        let anchors = state.roots.compactMap(\.der).compactMap { try? Certificate(derEncoded: $0) }
        guard let content = try? folder.read(path),
            let old = try? BundleVerifier(anchors: anchors).verify(content).payload,
            let newest = release.file("bundles/latest/\(Self.bundleName)")?.bytes
        else { return }
        let new = try SignedBundle(encoded: newest).payload
        guard new.sequence != old.sequence else { return }
        let records = state.certificates.values
        let missing = old.denyList.filter { !new.denyList.contains($0) }.compactMap { denied -> (DeniedCertificate, String?)? in
            let record = records.first { record in
                record.fields.serial == denied.serial
                    && keyIdentifier(of: record.planned.issuer) == denied.issuerKeyIdentifier
            }
            if let record, record.fields.notAfter < new.issued { return nil }
            return (denied, record?.planned.name)
        }
        guard let (first, named) = missing.first else { return }
        throw refusal(
            "\(place)/\(path), which is bundle \(old.sequence), denies \(words(first.serial, named))"
                + (missing.count > 1 ? " and \(missing.count - 1) more" : "")
                + ", and bundle \(new.sequence), which would take its place, does not: devices would trust it again",
            Revoked(what: "bundle \(old.sequence)", names: missing.compactMap(\.1), serial: first.serial),
            state.packages.first { UInt64(clamping: $0.planned.bundle.sequence) == old.sequence })
    }

    private func keyIdentifier(of issuer: String) -> [UInt8]? {
        let certificate = authority.state.certificates[issuer]?.der.flatMap { try? Certificate(derEncoded: $0) }
        return (try? certificate?.tbs.subjectKeyIdentifier).flatMap(\.self)
    }

    // MARK: Sentences

    private struct Revoked {
        var what: String
        /// The certificates that the record knows.
        var names: [String]
        var serial: [UInt8]
    }

    private func words(_ serial: [UInt8], _ name: String?) -> String {
        let number = "serial number \(Hex.encode(serial))"
        return name.map { "\($0) (\(number))" } ?? "the certificate with \(number)"
    }

    /// - Parameter package: what the CRL or bundle is of, if it is of a package.
    private func refusal(_ reason: String, _ revoked: Revoked, _ package: BreakGlassRecord?) -> PlanError {
        let state = authority.state
        let subject = revoked.names.isEmpty ? "serial number \(Hex.encode(revoked.serial))" : revoked.names.joined(separator: ", ")
        let ceremony = "hold a ceremony that revokes \(subject), with CRL and bundle, and publish that"
        guard let package, package.opened == nil else {
            return PlanError(
                .publicationRevoked, "\(reason). Probably it was revoked on another copy of the authority",
                advice: "Find that copy and publish from it, or \(ceremony)")
        }
        let name = package.planned.package
        let story = "\(reason). \(revoked.what) is of the break-glass package \(name), which was opened on another copy of the authority"
        if state.obstacle(to: package, at: .now()) == nil {
            return PlanError(
                .publicationRevoked, story,
                advice: "Bring \(AuthorityPaths.opened(name)) from that copy, run anchorite break-glass open \(name), and publish "
                    + "again; or \(ceremony)")
        }
        if let cover = state.packages(revoking: package.planned.certificates, at: .now()).first {
            return PlanError(
                .publicationRevoked, story,
                advice: "Open the package \(cover.planned.package), which revokes this as well, and publish again; or \(ceremony)")
        }
        return PlanError(
            .publicationRevoked, story,
            advice: "What came after it here does not let it be entered any more: \(ceremony)")
    }
}
