import Groundwork
import Papers

/// The page that people see who open a publication in a browser.
struct PublicationPage {
    private let manifest: PublicationManifest
    /// The paths of the newest bundle's files.
    private let latest: [String]

    init(_ manifest: PublicationManifest, latest: [String]) {
        self.manifest = manifest
        self.latest = latest
    }

    var page: Page {
        Page(
            title: "Certificates of \(manifest.authority)", header: "\(manifest.authority), publication",
            mark: manifest.ledgerHead.hex, footer: "\(manifest.environment): ledger of \(manifest.ledgerSize) lines",
            body: [cover, roots, lists, bundles, certificates, machines])
    }

    private var cover: Node {
        var body: [Node] = [
            .p(.eyebrow, "Certificate authority"), .h1(.text(manifest.authority)),
            .p(.lead, "Certificates, revocation lists and trust-anchor bundles, as devices fetch them."),
        ]
        if manifest.environment != "production" {
            body.append(.box(.warning, [
                .p(.text("This is of \(manifest.environment), not of production: nothing of it is to be trusted.")),
            ]))
        }
        return .section(id: "cover", look: .cover, body)
    }

    private var roots: Node {
        .section(id: "roots", look: .part, [
            .h2("Roots"),
            .p("Compare a fingerprint with the one on paper, word by word: what a server says of itself proves nothing."),
        ] + manifest.roots.map { root in
            .box(.entry, [
                .h3(.text(root.name)),
                .facts([
                    ("files", files([("DER", root.path), ("PEM", pem(root.path))])), ("valid until", day(root.notAfter)),
                ]),
                .digest(root.digest, id: "fingerprint-\(root.name)"),
            ])
        })
    }

    private var lists: Node {
        let rows = manifest.issuers.compactMap { issuer -> [Node]? in
            guard let newest = issuer.lists.last else { return nil }
            let stable = issuer.paths.map { ("/\($0)", $0) }
            return [
                .text(issuer.title), .text("\(newest.number)"), day(newest.thisUpdate), day(newest.nextUpdate), files(stable),
            ]
        }
        return .section(id: "crls", look: .part, [
            .h2("Revocation lists"),
            .table(["issuer", "number", "from", "next by", "file"], rows),
            .h3("All of them"),
            .list(manifest.issuers.map { issuer in
                .group([.text("\(issuer.title): ")] + joined(issuer.lists.map { .file("\($0.number)", at: $0.path) }))
            }),
        ])
    }

    private var bundles: Node {
        guard let newest = manifest.bundles.last else {
            return .section(id: "bundles", look: .part, [.h2("Trust-anchor bundles"), .p("None was published yet.")])
        }
        var facts: [(label: String, value: Node)] = [
            ("store", .text(newest.store)), ("sequence", .text("\(newest.sequence)")), ("issued", day(newest.issued)),
        ]
        if let expires = newest.expires { facts.append(("expires", day(expires))) }
        let names = latest.map { path in
            Node.file(path.split(separator: "/").dropFirst(2).joined(separator: "/"), at: path)
        }
        return .section(id: "bundles", look: .part, [
            .h2("Trust-anchor bundles"), .facts(facts), .list(names), .h3("All of them"),
            .p(.group(joined(manifest.bundles.map { .file("\($0.sequence)", at: $0.path) }))),
        ])
    }

    private var certificates: Node {
        let rows = manifest.certificates.filter { $0.kind != "root" }.map { certificate -> [Node] in
            [
                .text(certificate.name), .text(certificate.kind), .text(certificate.issuer), day(certificate.notAfter),
                files([("DER", certificate.path), ("PEM", pem(certificate.path))]),
            ]
        }
        return .section(id: "certificates", look: .part, [
            .h2("Certificates"),
            .p("A certificate that stands here may be revoked: the list of its issuer says so."),
            .table(["name", "kind", "issuer", "valid until", "files"], rows, .dense),
        ])
    }

    private var machines: Node {
        .section(id: "machines", look: .part, [
            .h2("For machines"),
            .facts([
                ("manifest", .file("manifest.json", at: PublicationManifest.path)),
                ("web servers", files([("nginx", "headers/nginx.conf"), ("Caddy", "headers/Caddyfile")])),
                ("ledger", .text("\(manifest.ledgerSize) lines")), ("its head", .code(manifest.ledgerHead.hex)),
            ] + (manifest.ceremony.map { [("checkpoint", .file("of ceremony \($0)", at: "checkpoint.note"))] } ?? [])),
        ])
    }

    private func pem(_ path: String) -> String { path.hasSuffix(".cer") ? "\(path.dropLast(4)).pem" : path }

    private func day(_ time: Timestamp) -> Node {
        time == .latest ? "without end" : .time(String(time.rfc3339.prefix(10)), time)
    }

    private func files(_ files: [(String, String)]) -> Node { .group(joined(files.map { .file($0.0, at: $0.1) })) }

    private func joined(_ nodes: [Node]) -> [Node] {
        nodes.enumerated().flatMap { $0.offset == 0 ? [$0.element] : [.text(" · "), $0.element] }
    }
}
