import Authority
import Groundwork
import PKIX
import TrustBundle

/// Compares what servers give devices with what they should.
public struct Watch: Sendable {
    public let manifest: PublicationManifest
    private let tree: CertificateTree
    private let fetcher: Fetcher

    /// Compares with a verified authority.
    public init(_ authority: VerifiedAuthority, at time: Timestamp, fetcher: Fetcher = Fetcher()) throws {
        let release = try Release(authority, at: time)
        manifest = release.manifest
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
            bytes[certificate.path] = fetched.body
        }
        self.manifest = manifest
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
                group.addTask { (index, judge(try await fetcher.fetch(endpoint.address), endpoint, time)) }
            }
            for try await (at, finding) in group { findings[at] = finding }
            return endpoints.indices.compactMap { findings[$0] }
        }
    }

    /// What is to be said of an answer.
    public func judge(_ fetched: Fetched, _ endpoint: Endpoint, _ time: Timestamp) -> Finding {
        if let problem = fetched.problem { return Finding(endpoint: endpoint, verdict: .unreachable, reason: problem) }
        var finding =
            switch endpoint.subject {
            case .list(let issuer): judgeList(fetched.body, issuer, endpoint, time)
            case .bundle: judgeBundle(fetched.body, endpoint, time)
            case .certificate(let name): judgeCertificate(fetched.body, name, endpoint)
            case .file(let path): judgeFile(fetched.body, path, endpoint, time)
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

    // MARK: CRLs

    private func judgeList(_ bytes: [UInt8], _ name: String, _ endpoint: Endpoint, _ time: Timestamp) -> Finding {
        guard let issuer = manifest.issuers.first(where: { $0.title == name }), let newest = issuer.lists.last else {
            return Finding(endpoint: endpoint, verdict: .wrong, reason: "no CRL of \(name) is known")
        }
        let number: Int64
        let list: CertificateList
        do {
            list = try CertificateList(derEncoded: bytes)
            try tree.verifySignature(list, of: issuer)
            number = Int64(clamping: try list.crlNumber?.value ?? 0)
            guard try Self.speaks(list, for: issuer) else {
                return Finding(endpoint: endpoint, verdict: .wrong, reason: "CRL \(number) of another shard is served")
            }
        } catch {
            return Finding(endpoint: endpoint, verdict: .wrong, reason: Self.reason(bytes, "the CRL of \(name)", error))
        }
        let end = Timestamp(secondsSinceEpoch: list.nextUpdate) ?? .latest
        var finding = Finding(endpoint: endpoint, verdict: .fresh, reason: "CRL \(number)", number: number, end: end)
        if number < newest.number {
            let next = issuer.lists.first { $0.number > number } ?? newest
            finding.verdict = .stale
            finding.since = min(next.thisUpdate, time)
            finding.reason = "CRL \(number) is served, and \(newest.number) is out"
        } else if number > newest.number {
            finding.verdict = .ahead
            finding.reason = "CRL \(number) is served, and \(newest.number) is the newest here: bring a newer copy of the authority"
        } else if Digest(of: bytes) != newest.digest {
            finding.verdict = .wrong
            finding.reason = "another CRL \(number) than the authority's is served: its key signed what the ledger does not know"
        } else if end < time {
            finding.verdict = .expired
            finding.since = end
            finding.reason = "CRL \(number) is the newest, and has ended"
        }
        return finding
    }

    /// A CRL that is split says which part it is by where it lies.
    private static func speaks(_ list: CertificateList, for issuer: PublicationManifest.Issuer) throws -> Bool {
        let point = try list.header.extensions.value(of: IssuingDistributionPoint.self)
        return issuer.shard == nil || point?.fullName.compactMap(\.uri) == issuer.addresses
    }

    // MARK: Bundles

    private func judgeBundle(_ bytes: [UInt8], _ endpoint: Endpoint, _ time: Timestamp) -> Finding {
        guard let newest = manifest.bundles.last else {
            return Finding(endpoint: endpoint, verdict: .wrong, reason: "no bundle is known")
        }
        let payload: BundlePayload
        do {
            payload = try tree.verifier(newest, minimumSequence: 1).verify(bytes).payload
        } catch {
            return Finding(
                endpoint: endpoint, verdict: .wrong,
                reason: "\(bytes.count) bytes are served that are no bundle of this authority: damaged, or somebody else's "
                    + "(\(error.control.rawValue))")
        }
        let sequence = Int64(clamping: payload.sequence)
        var finding = Finding(
            endpoint: endpoint, verdict: .fresh, reason: "bundle \(sequence)", number: sequence, end: payload.expires)
        if sequence < newest.sequence {
            let next = manifest.bundles.first { $0.sequence > sequence } ?? newest
            finding.verdict = .stale
            finding.since = min(next.issued, time)
            finding.reason = "bundle \(sequence) is served, and \(newest.sequence) is out"
        } else if sequence > newest.sequence {
            finding.verdict = .ahead
            finding.reason = "bundle \(sequence) is served, and \(newest.sequence) is the newest here: bring a newer copy of the authority"
        } else if Digest(of: bytes) != newest.digest {
            finding.verdict = .wrong
            finding.reason = "another bundle \(sequence) than the authority's is served: its key signed what the ledger does not know"
        } else if let expires = payload.expires, expires < time {
            finding.verdict = .expired
            finding.since = expires
            finding.reason = "bundle \(sequence) is the newest, and has expired"
        }
        return finding
    }

    // MARK: Certificates

    private func judgeCertificate(_ bytes: [UInt8], _ name: String, _ endpoint: Endpoint) -> Finding {
        guard let expected = manifest.certificate(name) else {
            return Finding(endpoint: endpoint, verdict: .wrong, reason: "no certificate \(name) is known")
        }
        guard Digest(of: bytes) == expected.digest else {
            return Finding(
                endpoint: endpoint, verdict: .wrong,
                reason: "\(bytes.count) bytes are served that are not the certificate \(name)")
        }
        return Finding(endpoint: endpoint, verdict: .fresh, reason: "the certificate of \(name)", end: expected.notAfter)
    }

    // MARK: Other files

    private func judgeFile(_ bytes: [UInt8], _ path: String, _ endpoint: Endpoint, _ time: Timestamp) -> Finding {
        guard let expected = manifest.file(path) else {
            return Finding(endpoint: endpoint, verdict: .wrong, reason: "no file \(path) is known")
        }
        let digest = Digest(of: bytes)
        guard digest != expected.digest else {
            return Finding(endpoint: endpoint, verdict: .fresh, reason: "\(path)")
        }
        var finding = Finding(
            endpoint: endpoint, verdict: .wrong, reason: "\(bytes.count) bytes are served that are not \(path)")
        let latest = "bundles/latest/"
        guard path.hasPrefix(latest) else { return finding }
        // Beside an older bundle that is still served, this is what belongs there.
        for (bundle, next) in zip(manifest.bundles, manifest.bundles.dropFirst()).reversed() {
            guard manifest.file("bundles/\(bundle.sequence)/\(path.dropFirst(latest.utf8.count))")?.digest == digest else { continue }
            finding.verdict = .stale
            finding.since = min(next.issued, time)
            finding.reason = "the file of bundle \(bundle.sequence) is served, and another is out"
            break
        }
        return finding
    }

    private static func reason(_ bytes: [UInt8], _ wanted: String, _ error: any Error) -> String {
        var words = "\(error)"
        while words.last == "." { words.removeLast() }
        return "\(bytes.count) bytes are served that are not \(wanted): \(words)"
    }
}
