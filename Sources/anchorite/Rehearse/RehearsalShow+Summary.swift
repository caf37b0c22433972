import Authority
import Groundwork

extension RehearsalShow {
    /// The tree, who approved what, where the files are, what to try next.
    func summarize() throws {
        guard let state = try AuthorityReading.state(of: rehearsal.directory).state,
            let root = state.roots.first, let fingerprint = root.fingerprint
        else { return }
        heading("What there is now")
        for root in state.roots {
            Terminal.output("  \(Terminal.styled(root.planned.name, .bold))  root, until \(day(root.fields.notAfter))")
            tree(root.planned.name, state, "  ")
        }
        Terminal.output("")
        Terminal.output("  Who approved what")
        for ceremony in state.ceremonies {
            let names = ceremony.approvers.map { state.names[$0] ?? $0 }
            Terminal.output("    \(ceremony.number)  \(ceremony.title)")
            Terminal.output("       \(names.joined(separator: ", "))")
        }
        Terminal.output("")
        Terminal.output("  Where things are")
        for (path, what) in [
            ("authority/ledger.jsonl", "everything that happened, one line an event"),
            ("authority/ceremonies/", "plans and approvals, as they were signed"),
            ("authority/certificates/", "certificates, DER and PEM"),
            ("authority/crls/", "certificate revocation lists"),
            ("authority/bundles/", "trust-anchor bundles for firmware"),
            ("authority/checkpoints/", "signed notes over the ledger's Merkle root"),
            ("operators/", "the throwaway keys of the operators"),
        ] {
            Terminal.output("    \("\(folder)/\(path)".padding(44)) \(what)")
        }
        Terminal.output("")
        Terminal.output("  Try next")
        for command in [
            "verify \(folder)/authority --root \(fingerprint.hex)",
            "status \(folder)/authority",
            "show \(folder)/plans/1/plan.json",
            "inspect \(folder)/authority/\(root.planned.path)",
            "show \(folder)/authority/ledger.jsonl",
        ] {
            Terminal.output("    anchorite \(command)")
        }
        if let bundle = state.bundles.last?.planned {
            Terminal.output(
                "    anchorite bundle verify \(folder)/authority/\(bundle.path)/bundle.cose --anchor "
                    + "\(folder)/authority/\(root.planned.path) --minimum-sequence \(bundle.sequence)")
        }
    }

    private func tree(_ issuer: String, _ state: AuthorityState, _ indent: String) {
        let children = state.certificates(issuedBy: issuer)
        for (index, child) in children.enumerated() {
            let isLast = index == children.count - 1
            let fate = child.revocation.map { Terminal.styled("REVOKED \(day($0.date)), \($0.reason.rawValue)", .red) }
                ?? "until \(day(child.fields.notAfter))"
            let scope = child.planned.scope.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
            let kind = child.planned.isCrossCertificate ? "cross-certificate" : child.planned.kind.rawValue
            let words = [kind, scope, fate].filter { !$0.isEmpty }.joined(separator: ", ")
            Terminal.output("\(indent)\(isLast ? "└─" : "├─") \(child.planned.name)  \(words)")
            tree(child.planned.name, state, indent + (isLast ? "   " : "│  "))
        }
    }

    private func day(_ time: Timestamp) -> String { String(time.rfc3339.prefix(10)) }
}
