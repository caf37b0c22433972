import Groundwork
import PKIX
import TrustBundle

/// What stacks on devices would do with a bundle's anchors and intermediates, and with CRLs beside it.
struct BundleOnDevices {
    struct Verdict {
        let stack: DeviceStack
        /// Every object, in the order of the bundle, with what the stack makes of it.
        let objects: [(name: String, findings: [LintFinding])]

        var rejects: Bool { objects.contains { $0.findings.contains { $0.severity == .error } } }
    }

    let verdicts: [Verdict]
    /// What the bundle itself says of each CRL, for every stack.
    private let lists: [ListBesideBundle]

    var holds: Bool { !verdicts.contains(where: \.rejects) && !lists.contains { $0.verdict == .failed } }

    /// - Parameter lists: CRLs by the names of their files.
    init(_ payload: BundlePayload, lists: [(name: String, list: CertificateList)], stacks: [DeviceStack]) {
        self.lists = lists.map { ListBesideBundle($0.name, $0.list, payload) }
        var certificates: [(name: String, certificate: Certificate, role: LintRole)] = []
        var anchors: [LintedBundle.Member] = []
        for (index, anchor) in payload.anchors.enumerated() {
            let title = anchor.title ?? "\(index + 1)"
            if anchor.format == .certificate, let certificate = try? Certificate(derEncoded: anchor.bytes) {
                anchors.append(LintedBundle.Member(name: title, certificate: certificate))
                certificates.append(("anchor \(title)", certificate, certificate.tbs.isSelfIssued ? .root : .intermediate))
            } else {
                let key = try? SubjectPublicKeyInfo(derEncoded: anchor.bytes)
                anchors.append(LintedBundle.Member(name: title, keyIdentifier: key?.keyIdentifier ?? []))
            }
        }
        var intermediates: [LintedBundle.Member] = []
        for der in payload.intermediates {
            guard let certificate = try? Certificate(derEncoded: der) else { continue }
            let name = certificate.tbs.subject.description
            intermediates.append(LintedBundle.Member(name: name, certificate: certificate))
            certificates.append(("intermediate \(name)", certificate, .intermediate))
        }
        var listed = Set(payload.minimumCRLNumbers.map(\.issuerKeyIdentifier))
        for (_, list) in lists { if let key = try? list.authorityKeyIdentifier { listed.insert(key) } }
        let bundle = LintedBundle(
            name: "bundle \(payload.sequence)", anchors: anchors, intermediates: intermediates, listedKeys: listed)

        verdicts = stacks.map { stack in
            let context = LintContext(targets: [stack])
            var objects: [(name: String, findings: [LintFinding])] = [
                ("bundle \(payload.sequence)", Linter.lint(bundle: bundle, context: context))
            ]
            for (name, certificate, role) in certificates {
                let issuer = certificates.first {
                    $0.certificate.tbs.subject == certificate.tbs.issuer && $0.certificate != certificate
                }?.certificate
                objects.append(
                    (
                        name,
                        Linter.lint(
                            certificate: certificate.derBytes, role: role, issuer: issuer, context: context,
                            onlyDevices: true)
                    ))
            }
            for (name, list) in lists {
                let issuer = certificates.first { $0.certificate.tbs.subject == list.issuer }?.certificate
                objects.append(
                    (
                        "CRL \(name)",
                        Linter.lint(
                            certificateList: list.derBytes, issuer: issuer, context: context, onlyDevices: true)
                    ))
            }
            return Verdict(stack: stack, objects: objects)
        }
    }

    func add(to sheet: inout Sheet) {
        sheet.data(
            "devices",
            .array(
                verdicts.map { verdict in
                    [
                        "device": .string(verdict.stack.name), "rejects": .boolean(verdict.rejects),
                        "objects": .array(verdict.objects.map(Self.json)),
                    ]
                }))
        addLists(to: &sheet)
        for verdict in verdicts {
            sheet.gap()
            sheet.text(
                "\(verdict.rejects ? "REJECTS" : "accepts")  \(verdict.stack)", verdict.rejects ? .red : .green)
            for (name, findings) in verdict.objects {
                if findings.isEmpty {
                    sheet.text("  \(name): nothing known against it", .dim)
                } else {
                    sheet.text("  \(name)")
                    for finding in findings {
                        sheet.text("    \(finding.severity.rawValue)  \(finding.rule)", Self.style(finding.severity))
                        sheet.text("      \(finding.message)")
                    }
                }
            }
        }
    }

    private func addLists(to sheet: inout Sheet) {
        guard !lists.isEmpty else { return }
        sheet.gap()
        for list in lists {
            let (word, style): (String, Terminal.Style) =
                switch list.verdict {
                case .ok: ("ok", .green)
                case .unchecked: ("–", .yellow)
                case .failed: ("FAILED", .red)
                }
            sheet.text("\(word.padding(9))\(list.name)", style)
            sheet.text("         \(list.sentence)")
        }
        sheet.data("crls", .array(lists.map(\.json)))
    }

    private static func json(_ object: (name: String, findings: [LintFinding])) -> JSONValue {
        [
            "object": .string(object.name),
            "rejected": .boolean(object.findings.contains { $0.severity == .error }),
            "findings": .array(
                object.findings.map {
                    [
                        "rule": .string($0.rule), "severity": .string($0.severity.rawValue),
                        "sentence": .string($0.message), "source": .string($0.source),
                    ]
                }),
        ]
    }

    private static func style(_ severity: LintSeverity) -> Terminal.Style {
        switch severity {
        case .error: .red
        case .warning: .yellow
        case .notice: .dim
        }
    }
}
