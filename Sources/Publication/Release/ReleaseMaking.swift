import Authority
import Groundwork
import PKIX

extension Release {
    /// - Parameter time: CRLs that begin later are left out.
    /// - Throws: `PlanError` with control PUBLICATION-PATHS when two files want one path; ARTIFACT-BYTES when a file of the
    ///   authority is not the one that its ledger names.
    public init(_ authority: VerifiedAuthority, at time: Timestamp) throws {
        var making = ReleaseMaking(authority, time)
        try making.addLists()
        try making.addCertificates()
        try making.addBundles()
        try making.addPapers()
        self = making.release
    }
}

/// Puts a release together.
private struct ReleaseMaking {
    /// What stays at its path for good may be kept for a year.
    private static let forever: Int64 = 365 * 86_400
    /// What changes with the next publication.
    private static let changing: Int64 = 300

    private let authority: VerifiedAuthority
    private let state: AuthorityState
    /// The machine's clock, for what was signed ahead: devices refuse a CRL that begins in the future.
    private let clock: Timestamp
    private let time: Timestamp
    private var files: [String: Release.File] = [:]
    private var notices: [String]
    private var manifest: PublicationManifest
    /// The distribution points in the certificates of each issuer, and where they say that its certificate is.
    private var listAddresses: [String: [String]] = [:]
    private var certificateAddresses: [String: [String]] = [:]

    init(_ authority: VerifiedAuthority, _ time: Timestamp) {
        self.authority = authority
        state = authority.state
        clock = time
        // A ledger's last line tells of a moment that has passed; a machine that signed a little ahead is let off.
        let latest = max(time, state.ceremonies.last.map { $0.closed ?? $0.opened } ?? time)
        self.time = latest.adding(state.policy.limits.maximumClockSkew) ?? latest
        notices = authority.notices
        manifest = PublicationManifest(
            authority: state.authority, environment: state.environment.rawValue, ledgerSize: authority.head.size,
            ledgerHead: authority.head.digest, ceremony: authority.checkpoint?.number, issuers: [], bundles: [],
            certificates: [], files: [])
        collectAddresses()
    }

    // MARK: Addresses

    private mutating func collectAddresses() {
        for name in state.issued {
            guard let record = state.certificates[name], let der = record.der,
                let certificate = try? PKIX.Certificate(derEncoded: der)
            else { continue }
            let issuer = record.planned.issuer
            let extensions = certificate.tbs.extensions
            for address in (try? extensions.value(of: CRLDistributionPoints.self))?.uris ?? [] {
                Self.enter(address, issuer, &listAddresses)
            }
            for address in (try? extensions.value(of: AuthorityInformationAccess.self))?.caIssuers ?? [] {
                Self.enter(address, issuer, &certificateAddresses)
            }
        }
    }

    private static func enter(_ address: String, _ issuer: String, _ addresses: inout [String: [String]]) {
        if addresses[issuer]?.contains(address) != true { addresses[issuer, default: []].append(address) }
    }

    /// The paths of addresses; of those that no static server can serve, a notice.
    private mutating func paths(of addresses: [String]) -> [String] {
        addresses.compactMap { address in
            let path = Address.path(address)
            if path == nil {
                notices.append("No file can be laid out for the address \(address); serve what devices fetch there yourself.")
            }
            return path
        }
    }

    // MARK: CRLs

    private func hasBegun(_ list: PlannedCertificateList) -> Bool { list.thisUpdate <= (list.isPreSigned ? clock : time) }

    mutating func addLists() throws {
        for name in state.issued {
            guard let record = state.certificates[name], let first = state.lists[name]?.first,
                let keyIdentifier = record.publicKey?.keyIdentifier
            else { continue }
            let shards: [ListShard?] = first.planned.shard.map { ListShard.all($0.count) } ?? [nil]
            for shard in shards { try addLists(of: name, shard, keyIdentifier) }
        }
        for (issuer, addresses) in listAddresses.sorted(by: { $0.key < $1.key })
        where !manifest.issuers.contains(where: { $0.name == issuer }) {
            notices.append(
                "\(issuer) signs its CRLs elsewhere: put them at \(addresses.joined(separator: ", ")) yourself.")
        }
    }

    /// The CRLs of an issuer, or one shard of them.
    private mutating func addLists(of name: String, _ shard: ListShard?, _ keyIdentifier: [UInt8]) throws {
        let all = state.lists(of: name, shard)
        let retired = Set(state.retiredLists(of: name).map(\.planned.number))
        let begun = all.filter { hasBegun($0.planned) && $0.digest != nil && !retired.contains($0.planned.number) }
        guard let newest = begun.last else {
            notices.append("No CRL of \(name) has begun yet, so none is published.")
            return
        }
        if let next = state.upcomingLists(of: name, after: clock).first?.planned {
            notices.append("CRL \(next.number) of \(name) begins at \(next.thisUpdate): publish again then.")
        }
        // Which certificates name a shard, the record need not know.
        let addresses = shard == nil ? listAddresses[name] ?? [] : newest.planned.addresses
        try add(PublicationManifest.Issuer(
            name: name, shard: shard, keyIdentifier: keyIdentifier, lists: [], paths: [], addresses: addresses), begun)
        let deltas = (state.deltas[name] ?? []).filter { $0.planned.shard == shard && $0.digest != nil }
        guard deltas.last?.planned.number == newest.planned.number else { return }
        try add(PublicationManifest.Issuer(
            name: name, shard: shard, isDelta: true, keyIdentifier: keyIdentifier, lists: [], paths: [],
            addresses: newest.planned.deltaAddresses), deltas)
    }

    /// - Parameters:
    ///   - issuer: what is known of the CRLs; the rest is filled in.
    ///   - records: oldest first.
    private mutating func add(_ issuer: PublicationManifest.Issuer, _ records: [AuthorityState.ListRecord]) throws {
        var issuer = issuer
        guard let newest = records.last?.planned else { return }
        let slug = "\(AuthorityPaths.fileName(for: newest.scopeName))-\(Hex.encode(issuer.keyIdentifier).prefix(8))"
        for list in records {
            guard let digest = list.digest else { continue }
            let planned = list.planned
            let path = "crl/\(slug)-\(planned.number).crl"
            try add(path, try authority.content(planned.path, digest), MediaType.list, Self.forever, .list)
            issuer.lists.append(PublicationManifest.List(
                number: planned.number, thisUpdate: planned.thisUpdate, nextUpdate: planned.nextUpdate, path: path,
                digest: digest, opened: opening { $0.list.issuer == planned.issuer && $0.list.number == planned.number }))
        }
        issuer.paths = [String](Set(paths(of: issuer.addresses) + ["crl/\(slug).crl"])).sorted()
        guard let path = issuer.lists.last?.path, let content = files[path]?.content else { return }
        let age = Self.age(newest.thisUpdate, newest.nextUpdate)
        for path in issuer.paths { try add(path, content, MediaType.list, age, .list) }
        // People read small ones.
        if case .bytes(let bytes) = content {
            try add("crl/\(slug).pem", Array(PEM.encode(PEM.certificateList, bytes).utf8), MediaType.pem, age, .list)
        }
        manifest.issuers.append(issuer)
    }

    /// When the package was opened that something came out of; nil for what a ceremony made.
    private func opening(_ holds: (PlannedBreakGlass) -> Bool) -> Timestamp? {
        state.packages.first { holds($0.planned) }?.opened
    }

    /// For how long a cache may keep what is followed by something newer: a tenth of its life, an hour at most, so that a
    /// revocation is not held up.
    private static func age(_ start: Timestamp, _ end: Timestamp?) -> Int64 {
        guard let end else { return 3600 }
        return min(3600, max(60, (end.secondsSinceEpoch - start.secondsSinceEpoch) / 10))
    }

    // MARK: Certificates

    mutating func addCertificates() throws {
        for name in state.issued {
            // What devices are is nobody's business; everything above them is public.
            guard let record = state.certificates[name], record.planned.kind != .endEntity, let made = record.der else { continue }
            let der = try authority.read(record.planned.path, Digest(of: made))
            // Nobody compares a cross-certificate with paper: it is issued, by a root that is.
            let isCross = record.planned.isCrossCertificate
            let kind = isCross ? "cross-certificate" : record.planned.kind.rawValue
            let folder = record.planned.kind == .root && !isCross ? "roots" : "certificates"
            let path = "\(folder)/\(AuthorityPaths.fileName(for: name)).cer"
            try add(path, der, MediaType.certificate, Self.forever, .certificate)
            try add(
                AuthorityPaths.pem(beside: path), Array(PEM.encode(PEM.certificate, der).utf8), MediaType.pem, Self.forever,
                .certificate)
            let addresses = certificateAddresses[name] ?? []
            for path in paths(of: addresses) {
                let isMessage = path.hasSuffix(".p7c")
                try add(
                    path, isMessage ? CertificatesOnly.message([der]) : der,
                    isMessage ? MediaType.certificatesOnly : MediaType.certificate, 86_400, .certificate)
            }
            manifest.certificates.append(PublicationManifest.Certificate(
                name: name, kind: kind, issuer: record.planned.issuer, notAfter: record.fields.notAfter, path: path,
                digest: Digest(of: der), addresses: addresses))
        }
        let fingerprints = manifest.roots.map { root in
            let words = root.digest.words
            let rows = stride(from: 0, to: words.count, by: 8).map { "  " + words[$0..<$0 + 8].joined(separator: " ") }
            return "\(root.name): SHA-256 of \(FilePath.name(of: root.path))\n  \(root.digest.hex)\n"
                + rows.joined(separator: "\n") + "\n"
        }
        let warning = "Compare with the fingerprints on paper: what a server says of itself proves nothing.\n\n"
        try add(
            "roots/fingerprints.txt", Array((warning + fingerprints.joined(separator: "\n")).utf8), MediaType.text,
            Self.changing, .certificate)
    }

    // MARK: Bundles

    mutating func addBundles() throws {
        for (index, record) in state.bundles.enumerated() where record.payload != nil {
            let planned = record.planned
            let isLatest = index == state.bundles.count - 1
            var whole: (path: String, digest: Digest)?
            for file in authority.bundleFiles[planned.sequence] ?? [] where file.path.hasPrefix("\(planned.path)/") {
                let relative = String(file.path.dropFirst(planned.path.utf8.count + 1))
                let bytes = try authority.read(file.path, file.digest)
                let type = MediaType.of(relative)
                let path = "bundles/\(planned.sequence)/\(relative)"
                try add(path, bytes, type, Self.forever, .bundle)
                if relative == "bundle.cose" { whole = (path, file.digest) }
                if isLatest {
                    try add("bundles/latest/\(relative)", bytes, type, Self.age(planned.issued, planned.expires), .bundle)
                }
            }
            guard let whole else { continue }
            manifest.bundles.append(PublicationManifest.Bundle(
                store: planned.storeID, environment: state.environment.rawValue, sequence: planned.sequence,
                issued: planned.issued, expires: planned.expires, path: whole.path, digest: whole.digest,
                opened: opening { $0.bundle.sequence == planned.sequence }))
        }
    }

    // MARK: Papers

    mutating func addPapers() throws {
        if let checkpoint = authority.checkpoint {
            try add("checkpoint.note", checkpoint.bytes, MediaType.text, Self.changing, .paper)
        }
        let latest = files.keys.filter { $0.hasPrefix("bundles/latest/") }.sorted()
        try add("index.html", PublicationPage(manifest, latest: latest).page.bytes, MediaType.html, Self.changing, .paper)
        // They tell of all other files.
        let headers = ServerHeaders(
            files.values.sorted { $0.path < $1.path }, archive: Self.forever, manifestAge: Self.changing)
        try add("headers/nginx.conf", Array(headers.nginx.utf8), MediaType.text, Self.changing, .paper)
        try add("headers/Caddyfile", Array(headers.caddy.utf8), MediaType.text, Self.changing, .paper)
    }

    var release: Release {
        var manifest = manifest
        manifest.files = files.values.map {
            PublicationManifest.File(
                path: $0.path, digest: $0.digest, size: $0.size, mediaType: $0.mediaType, maximumAge: $0.maximumAge)
        }.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
        let last = Release.File(
            path: PublicationManifest.path, content: .bytes(manifest.bytes), mediaType: MediaType.json, maximumAge: Self.changing,
            stage: .manifest)
        return Release(
            manifest: manifest, files: files.values.sorted { ($0.stage, $0.path) < ($1.stage, $1.path) } + [last],
            notices: notices)
    }

    private mutating func add(
        _ path: String, _ bytes: [UInt8], _ mediaType: String, _ age: Int64, _ stage: Release.Stage
    ) throws(PlanError) {
        try add(path, .bytes(bytes), mediaType, age, stage)
    }

    private mutating func add(
        _ path: String, _ content: Release.Content, _ mediaType: String, _ age: Int64, _ stage: Release.Stage
    ) throws(PlanError) {
        guard Address.isPlain(path) else {
            throw PlanError(.publicationPaths, "\(path) cannot be a path on a web server")
        }
        let file = Release.File(path: path, content: content, mediaType: mediaType, maximumAge: age, stage: stage)
        if let other = files[path] {
            guard other.digest == file.digest else { throw Self.taken(path) }
            // What is fetched under the name of something newer must not be kept as if it stayed.
            files[path]?.maximumAge = min(other.maximumAge, age)
            return
        }
        let isBelowFile = Self.folders(of: path).contains { files[$0] != nil }
        let isAboveFile = files.keys.contains { $0.hasPrefix("\(path)/") }
        let isReserved = path == PublicationManifest.path || path.hasPrefix("\(PublicationManifest.path)/")
        guard !isBelowFile, !isAboveFile, !isReserved else { throw Self.taken(path) }
        files[path] = file
    }

    private static func folders(of path: String) -> [String] {
        let parts = path.split(separator: "/").map(String.init)
        return (1..<max(1, parts.count)).map { parts[..<$0].joined(separator: "/") }
    }

    private static func taken(_ path: String) -> PlanError {
        PlanError(
            .publicationPaths, "two different files would lie at /\(path)",
            advice: "Certificates name an address that is needed for something else, or two issuers share one. "
                + "Put {issuer} into the policy's URLs, and serve the issued certificates' address by hand until they end")
    }
}
