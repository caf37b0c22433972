import Authority
import Groundwork
import PKIX
import TrustBundle

/// Compares what servers give devices with what they should.
public struct Watch: Sendable {
    public let manifest: PublicationManifest
    /// When the newest ceremony that is closed was closed; nil where only the manifest is known.
    public let closed: Timestamp?
    private let tree: CertificateTree
    private let fetcher: Fetcher

    /// Compares with a verified authority.
    public init(_ authority: VerifiedAuthority, at time: Timestamp, fetcher: Fetcher = Fetcher()) throws {
        let release = try Release(authority, at: time)
        manifest = release.manifest
        closed = authority.state.ceremonies.last { $0.number == release.manifest.ceremony }?.closed
        self.fetcher = fetcher
        let roots = Set(authority.state.roots.compactMap(\.fingerprint))
        tree = try CertificateTree(release.manifest, roots: roots) { path in (release.file(path)?.bytes).flatMap(\.self) ?? [] }
    }

    /// Compares with a manifest, whose certificates are fetched from a server and verified from the roots' fingerprints.
    public init(_ manifest: PublicationManifest, roots: Set<Digest>, from base: String, fetcher: Fetcher = Fetcher()) async throws {
        var base = base
        while base.hasSuffix("/") { base.removeLast() }
        var bytes: [String: [UInt8]] = [:]
        for certificate in manifest.certificates {
            let fetched = try await fetcher.fetch("\(base)/\(certificate.path)")
            guard fetched.problem == nil else {
                throw PlanError(.publicationFresh, "\(base)/\(certificate.path): \(fetched.problem ?? "")")
            }
            bytes[certificate.path] = try fetched.bytes()
        }
        self.manifest = manifest
        closed = nil
        self.fetcher = fetcher
        tree = try CertificateTree(manifest, roots: roots) { bytes[$0] ?? [] }
    }

    /// Looks at every endpoint once, several at a time; in the order of the endpoints.
    ///
    /// - Throws: ``CurlMissing``.
    public func look(at endpoints: [Endpoint], time: Timestamp) async throws -> [Finding] {
        try await withThrowingTaskGroup(of: (Int, Finding).self) { group in
            var findings: [Int: Finding] = [:]
            for (index, endpoint) in endpoints.enumerated() {
                if index >= 8, let (at, finding) = try await group.next() { findings[at] = finding }
                group.addTask {
                    let fetched = try await fetcher.fetch(endpoint.address, maximumBytes: maximumBytes)
                    return (index, try judge(fetched, endpoint, time))
                }
            }
            for try await (at, finding) in group { findings[at] = finding }
            return endpoints.indices.compactMap { findings[$0] }
        }
    }

    /// The longest answer that is received, in bytes: what is stale or ahead may be longer than what there should be.
    private var maximumBytes: Int {
        // A manifest may say anything.
        let longest = max(0, min(manifest.files.map(\.size).max() ?? 0, 1 << 40))
        return 2 * Int(longest) + DurableFile.defaultMaximumBytes
    }

    /// What is to be said of an answer. Throws `PKIXError` when what was received cannot be read back.
    public func judge(_ fetched: Fetched, _ endpoint: Endpoint, _ time: Timestamp) throws -> Finding {
        if let problem = fetched.problem { return Finding(endpoint: endpoint, verdict: .unreachable, reason: problem) }
        var finding =
            switch endpoint.subject {
            case .list(let issuer): judgeList(fetched, issuer, endpoint, time)
            case .bundle: try judgeBundle(fetched, endpoint, time)
            case .certificate(let name): try judgeCertificate(fetched, name, endpoint)
            case .file(let path): try judgeFile(fetched, path, endpoint, time)
            }
        let type =
            switch endpoint.subject {
            case .list: MediaType.list
            case .bundle: MediaType.cose
            case .certificate: MediaType.certificate
            case .file(let path): manifest.file(path)?.mediaType ?? MediaType.other
            }
        if fetched.mediaType.lowercased() != type, finding.verdict != .wrong {
            finding.notice = "the media type is \(fetched.mediaType.isEmpty ? "missing" : fetched.mediaType), not \(type)"
        }
        return finding
    }

    // MARK: What follows one another

    /// One of a series, as it is served or as it is out.
    private struct Numbered {
        let number: Int64
        let begin: Timestamp
        let end: Timestamp?
        let digest: Digest
    }

    /// Compares what is served, whole and signed, with what is out.
    ///
    /// - Parameters:
    ///   - kind: `CRL` or `bundle`.
    ///   - ended: what is said of the newest when it is over.
    ///   - known: oldest first; the last is the newest.
    private static func compare(
        _ served: Numbered, _ kind: String, ended: String, with known: [Numbered], _ endpoint: Endpoint, _ time: Timestamp
    ) -> Finding {
        let (number, object) = (served.number, "\(kind) \(served.number)")
        var finding = Finding(endpoint: endpoint, verdict: .fresh, reason: object, number: number, end: served.end)
        guard let newest = known.last else { return finding }
        if number < newest.number {
            finding.verdict = .stale
            finding.since = min((known.first { $0.number > number } ?? newest).begin, time)
            finding.reason = "\(object) is served, and \(newest.number) is out"
        } else if number > newest.number {
            finding.verdict = .ahead
            finding.reason = "\(object) is served, and \(newest.number) is the newest here: bring a newer copy of the authority"
        } else if served.digest != newest.digest {
            finding.verdict = .wrong
            finding.reason = "another \(object) than the authority's is served: its key signed what the ledger does not know"
        } else if let end = served.end, end < time {
            finding.verdict = .expired
            finding.since = end
            finding.reason = "\(object) is the newest, and \(ended)"
        }
        return finding
    }

    // MARK: CRLs

    private func judgeList(_ fetched: Fetched, _ name: String, _ endpoint: Endpoint, _ time: Timestamp) -> Finding {
        guard let issuer = manifest.issuers.first(where: { $0.title == name }), !issuer.lists.isEmpty else {
            return Finding(endpoint: endpoint, verdict: .wrong, reason: "no CRL of \(name) is known")
        }
        do {
            let list = try CertificateListFile(fetched.body, name: "the file").finish()
            try tree.verifySignature(list, of: issuer)
            let served = Numbered(
                number: Int64(clamping: try list.crlNumber?.value ?? 0), begin: time,
                end: Timestamp(secondsSinceEpoch: list.header.nextUpdate) ?? .latest,
                digest: Digest(bytes: list.sha256) ?? .zero)
            guard try Self.speaks(list, for: issuer) else {
                return Finding(endpoint: endpoint, verdict: .wrong, reason: "CRL \(served.number) of another shard is served, or a delta for a whole one")
            }
            let known = issuer.lists.map {
                Numbered(number: $0.number, begin: $0.began, end: $0.nextUpdate, digest: $0.digest)
            }
            return Self.compare(served, issuer.isDelta ? "delta CRL" : "CRL", ended: "has ended", with: known, endpoint, time)
        } catch {
            return Finding(endpoint: endpoint, verdict: .wrong, reason: Self.reason(fetched, "the CRL of \(name)", error))
        }
    }

    /// A CRL that is split says which part it is by where it lies; a delta, that it is one.
    private static func speaks(
        _ list: CertificateListFile.Ending, for issuer: PublicationManifest.Issuer
    ) throws(PKIXError) -> Bool {
        let point = try list.header.extensions.value(of: IssuingDistributionPoint.self)
        guard list.header.isDelta == issuer.isDelta else { return false }
        return issuer.isDelta || issuer.shard == nil || point?.fullName.compactMap(\.uri) == issuer.addresses
    }

    // MARK: Bundles

    private func judgeBundle(_ fetched: Fetched, _ endpoint: Endpoint, _ time: Timestamp) throws -> Finding {
        guard let newest = manifest.bundles.last else {
            return Finding(endpoint: endpoint, verdict: .wrong, reason: "no bundle is known")
        }
        // What is too long to be held is none.
        let bytes = fetched.size <= DurableFile.defaultMaximumBytes ? try fetched.bytes() : []
        let payload: BundlePayload
        do throws(BundleError) {
            payload = try tree.verifier(newest, minimumSequence: 1).verify(bytes).payload
        } catch {
            return Finding(
                endpoint: endpoint, verdict: .wrong,
                reason: "\(fetched.size) bytes are served that are no bundle of this authority: damaged, or somebody else's "
                    + "(\(error.control.rawValue))")
        }
        let served = Numbered(
            number: Int64(clamping: payload.sequence), begin: payload.issued, end: payload.expires, digest: try fetched.digest())
        let known = manifest.bundles.map {
            Numbered(number: $0.sequence, begin: $0.began, end: $0.expires, digest: $0.digest)
        }
        return Self.compare(served, "bundle", ended: "has expired", with: known, endpoint, time)
    }

    // MARK: Certificates

    private func judgeCertificate(_ fetched: Fetched, _ name: String, _ endpoint: Endpoint) throws -> Finding {
        guard let expected = manifest.certificate(name) else {
            return Finding(endpoint: endpoint, verdict: .wrong, reason: "no certificate \(name) is known")
        }
        guard try fetched.digest() == expected.digest else {
            return Finding(
                endpoint: endpoint, verdict: .wrong,
                reason: "\(fetched.size) bytes are served that are not the certificate \(name)")
        }
        return Finding(endpoint: endpoint, verdict: .fresh, reason: "the certificate of \(name)", end: expected.notAfter)
    }

    // MARK: Other files

    private func judgeFile(
        _ fetched: Fetched, _ path: String, _ endpoint: Endpoint, _ time: Timestamp
    ) throws -> Finding {
        guard let expected = manifest.file(path) else {
            return Finding(endpoint: endpoint, verdict: .wrong, reason: "no file \(path) is known")
        }
        let digest = try fetched.digest()
        guard digest != expected.digest else {
            return Finding(endpoint: endpoint, verdict: .fresh, reason: "\(path)")
        }
        var finding = Finding(
            endpoint: endpoint, verdict: .wrong, reason: "\(fetched.size) bytes are served that are not \(path)")
        let latest = "bundles/latest/"
        guard path.hasPrefix(latest) else { return finding }
        // Beside an older bundle that is still served, this is what belongs there.
        for (bundle, next) in zip(manifest.bundles, manifest.bundles.dropFirst()).reversed() {
            guard manifest.file("bundles/\(bundle.sequence)/\(path.dropFirst(latest.utf8.count))")?.digest == digest else { continue }
            finding.verdict = .stale
            finding.since = min(next.began, time)
            finding.reason = "the file of bundle \(bundle.sequence) is served, and another is out"
            break
        }
        return finding
    }

    private static func reason(_ fetched: Fetched, _ wanted: String, _ error: any Error) -> String {
        var words = "\(error)"
        while words.last == "." { words.removeLast() }
        return "\(fetched.size) bytes are served that are not \(wanted): \(words)"
    }
}
