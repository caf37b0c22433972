import Authority
import Groundwork
import Ledger
import Papers
import PKIX
import TrustBundle

/// What the ceremony made, read from the files themselves.
extension CeremonySection {
    var certificates: Part? {
        let made = lines { if case .artifact(let artifact) = $0 { artifact } else { nil } }
        guard !made.isEmpty else { return nil }
        var body: [Node] = [
            .table(["certificate", "valid", "serial, SHA-256 fingerprint", "line"], made.map(row), .dense)
        ]
        for (_, artifact) in made {
            if let certificate = certificate(artifact), certificate.tbs.isSelfIssued {
                body.append(
                    .box(
                        .keep,
                        [
                            .h4(.text("Fingerprint of \(artifact.certificate), to be published")),
                            .digest(Digest(of: certificate.derBytes), id: "fingerprint-\(artifact.certificate)"),
                        ]))
            }
        }
        return Part(id: "certificates", title: "Certificates", body: body)
    }

    private func certificate(_ artifact: Event.ArtifactRecord) -> Certificate? {
        artifact.files.first { $0.path.hasSuffix(".cer") }.flatMap { minutes.file($0.path) }
            .flatMap { try? Certificate(derEncoded: $0) }
    }

    private func row(_ line: LedgerEvent, _ artifact: Event.ArtifactRecord) -> [Node] {
        let path = artifact.files.first?.path ?? "?"
        guard let certificate = certificate(artifact) else {
            return [.lines([.strong(artifact.certificate), .code(path)]), .span(.bad, "cannot be read"), .nothing, place(line)]
        }
        let tbs = certificate.tbs
        return [
            .lines([
                .strong(artifact.certificate),
                .text("\(CertificateFacts(tbs).kindWords), \(tbs.subject.description)"),
                .text("by \(tbs.isSelfIssued ? "itself" : tbs.issuer.shortName), \(tbs.signature)"), .code(path),
            ]),
            .lines([.text(Phrase.seconds(tbs.notBefore)), .text(Phrase.seconds(tbs.notAfter))]),
            .lines([.code(Hex.encode(tbs.serialNumber)), .code(Digest(of: certificate.derBytes).hex)]), place(line),
        ]
    }

    var revocations: Part? {
        let rows = lines { event -> [Node]? in
            guard case .revoked(_, let certificate, let serial, let reason, let date) = event else { return nil }
            return [.strong(certificate), .code(Hex.encode(serial)), .text(reason.rawValue), .moment(date)]
        }.map { line, cells in cells + [place(line)] }
        guard !rows.isEmpty else { return nil }
        return Part(
            id: "revocations", title: "Revocations", body: [.table(["certificate", "serial", "reason", "date", "line"], rows)])
    }

    var lists: Part? {
        let rows = lines { event -> [Node]? in
            guard case .crl(_, let issuer, let number, let file) = event else { return nil }
            let list = minutes.file(file.path).flatMap { try? CertificateList(derEncoded: $0) }
            let isDelta = list?.header.isDelta == true
            return [
                .strong("\(isDelta ? "delta " : "")CRL \(number) of \(issuer)"), .text(list.map { "\($0.entries.count)" } ?? "?"),
                list.map { .lines([.text(Phrase.seconds($0.header.thisUpdate)), .text(Phrase.seconds($0.header.nextUpdate))]) }
                    ?? .span(.bad, "cannot be read"),
                .lines([.code(file.path), .code(file.digest.hex)]),
            ]
        }.map { line, cells in cells + [place(line)] }
        guard !rows.isEmpty else { return nil }
        return Part(
            id: "crls", title: "CRLs", body: [.table(["CRL", "revokes", "good from, until", "file, SHA-256", "line"], rows, .dense)])
    }

    var bundles: Part? {
        let nodes = lines { event -> Node? in
            guard case .bundle(_, let sequence, let payload, let files) = event else { return nil }
            let signed = files.first { $0.path.hasSuffix(".cose") }.flatMap { minutes.file($0.path) }
                .flatMap { try? SignedBundle(encoded: $0) }
            var facts: [(label: String, value: Node)] = [("payload, SHA-256", .code(payload.hex))]
            if let signed {
                facts += [
                    ("store", .text(signed.payload.storeID)), ("issued", .moment(signed.payload.issued)),
                    ("signed by", .text(signed.signatures.map(\.signer.tbs.subject.description).joined(separator: "; "))),
                    ("anchors", .lines(signed.payload.anchors.map { .code(Digest(of: $0.bytes).hex) })),
                    ("intermediates", .text("\(signed.payload.intermediates.count)")),
                    ("denied", .text("\(signed.payload.denyList.count)")),
                ]
            } else {
                facts.append(("file", .span(.bad, "cannot be read")))
            }
            return .group([
                .h4(.text("Bundle \(sequence)")), .facts(facts),
                .table(["file", "SHA-256"], files.map { [.code($0.path), .code($0.digest.hex)] }, .dense),
            ])
        }.map(\.value)
        guard !nodes.isEmpty else { return nil }
        return Part(id: "bundles", title: "Trust-anchor bundles", body: nodes)
    }
}
