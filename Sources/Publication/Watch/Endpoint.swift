import Groundwork

/// One address that devices fetch from, and what should be there.
public struct Endpoint: Hashable, Sendable {
    public enum Subject: Hashable, Sendable {
        /// The newest CRL of an issuer, or of one shard: its title in the manifest.
        case list(issuer: String)
        /// The newest bundle of a store.
        case bundle(store: String)
        case certificate(name: String)
        /// A file of the publication, by its path: a rendering, an older bundle, a paper.
        case file(path: String)
    }

    public var address: String
    public var subject: Subject

    /// `crl`, `bundle`, `certificate`, `file`.
    public var kind: String {
        switch subject {
        case .list: "crl"
        case .bundle: "bundle"
        case .certificate: "certificate"
        case .file: "file"
        }
    }

    /// The issuer, the store, the certificate or the path.
    public var name: String {
        switch subject {
        case .list(let issuer): issuer
        case .bundle(let store): store
        case .certificate(let name): name
        case .file(let path): path
        }
    }

    /// What devices and builds of firmware fetch from one server: everything that certificates name, the newest bundle with
    /// the files beside it, and every older bundle, which a device that slept needs to get over a change of roots.
    ///
    /// - Parameters:
    ///   - base: the server's address, with or without a slash at its end.
    ///   - isComplete: every other file of the publication, too.
    public static func all(in manifest: PublicationManifest, below base: String, isComplete: Bool = false) -> [Endpoint] {
        var base = base
        while base.hasSuffix("/") { base.removeLast() }
        var endpoints = manifest.issuers.flatMap { issuer in
            issuer.paths.map { Endpoint(address: "\(base)/\($0)", subject: .list(issuer: issuer.title)) }
        }
        if let newest = manifest.bundles.last {
            endpoints.append(Endpoint(address: "\(base)/bundles/latest/bundle.cose", subject: .bundle(store: newest.store)))
        }
        for certificate in manifest.certificates {
            let paths = certificate.addresses.compactMap(Address.path).filter { !$0.hasSuffix(".p7c") }
            endpoints += paths.map { Endpoint(address: "\(base)/\($0)", subject: .certificate(name: certificate.name)) }
        }
        let seen = Set(endpoints.map(\.address))
        let bundles = Set(manifest.bundles.map(\.path))
        for path in manifest.files.map(\.path) where !seen.contains("\(base)/\(path)") {
            guard isComplete || bundles.contains(path) || path.hasPrefix("bundles/latest/") else { continue }
            endpoints.append(Endpoint(address: "\(base)/\(path)", subject: .file(path: path)))
        }
        return endpoints
    }

    /// How many files of the publication are not looked at on a server.
    public static func unwatched(_ manifest: PublicationManifest, isComplete: Bool) -> Int {
        let all = Set(all(in: manifest, below: "", isComplete: true).map(\.address))
        return all.subtracting(Self.all(in: manifest, below: "", isComplete: isComplete).map(\.address)).count
    }

    /// What devices fetch from wherever their certificates say.
    public static func named(in manifest: PublicationManifest) -> [Endpoint] {
        manifest.issuers.flatMap { issuer in
            issuer.addresses.filter(isWeb).map { Endpoint(address: $0, subject: .list(issuer: issuer.title)) }
        } + manifest.certificates.flatMap { certificate in
            certificate.addresses.filter { isWeb($0) && !$0.hasSuffix(".p7c") }
                .map { Endpoint(address: $0, subject: .certificate(name: certificate.name)) }
        }
    }

    private static func isWeb(_ address: String) -> Bool {
        address.lowercased().hasPrefix("http://") || address.lowercased().hasPrefix("https://")
    }
}
