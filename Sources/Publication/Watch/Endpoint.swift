import Groundwork

/// One address that devices fetch from, and what should be there.
public struct Endpoint: Hashable, Sendable {
    public enum Subject: Hashable, Sendable {
        /// The newest CRL of an issuer.
        case list(issuer: String)
        case bundle
        case certificate(name: String)
    }

    public var address: String
    public var subject: Subject

    /// `crl`, `bundle`, `certificate`.
    public var kind: String {
        switch subject {
        case .list: "crl"
        case .bundle: "bundle"
        case .certificate: "certificate"
        }
    }

    /// The issuer, the certificate, or nothing.
    public var name: String {
        switch subject {
        case .list(let issuer): issuer
        case .bundle: ""
        case .certificate(let name): name
        }
    }

    /// What devices fetch from one server: everything that certificates name, and the newest bundle.
    ///
    /// - Parameter base: the server's address, with or without a slash at its end.
    public static func all(in manifest: PublicationManifest, below base: String) -> [Endpoint] {
        var base = base
        while base.hasSuffix("/") { base.removeLast() }
        var endpoints = manifest.issuers.flatMap { issuer in
            issuer.paths.map { Endpoint(address: "\(base)/\($0)", subject: .list(issuer: issuer.name)) }
        }
        if !manifest.bundles.isEmpty {
            endpoints.append(Endpoint(address: "\(base)/bundles/latest/bundle.cose", subject: .bundle))
        }
        for certificate in manifest.certificates {
            let paths = certificate.addresses.compactMap(Address.path).filter { !$0.hasSuffix(".p7c") }
            endpoints += paths.map { Endpoint(address: "\(base)/\($0)", subject: .certificate(name: certificate.name)) }
        }
        return endpoints
    }

    /// What devices fetch from wherever their certificates say.
    public static func named(in manifest: PublicationManifest) -> [Endpoint] {
        manifest.issuers.flatMap { issuer in
            issuer.addresses.filter(isWeb).map { Endpoint(address: $0, subject: .list(issuer: issuer.name)) }
        } + manifest.certificates.flatMap { certificate in
            certificate.addresses.filter { isWeb($0) && !$0.hasSuffix(".p7c") }
                .map { Endpoint(address: $0, subject: .certificate(name: certificate.name)) }
        }
    }

    private static func isWeb(_ address: String) -> Bool {
        address.lowercased().hasPrefix("http://") || address.lowercased().hasPrefix("https://")
    }
}
