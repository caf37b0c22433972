import Authority
import Groundwork
import Ledger
import Papers
import PKIX

/// What happened in an authority's ceremonies, filled in from its record: one page that stands for itself.
///
/// What it must hold, docs/audit.md lists with the sources. The same record gives the same bytes: the only times in it
/// are those of the record.
struct ReportPage {
    let minutes: Minutes
    let verification: Verifier.Report
    /// The fingerprint that the record was held against, if there was one.
    let fingerprint: Digest?
    /// The only ceremony to tell of; nil: all.
    let number: Int64?

    private var shown: [Minutes.Ceremony] {
        minutes.ceremonies.filter { number == nil || $0.number == number }
    }

    var page: Page {
        let subject = number.map { "ceremony \($0)" } ?? "all ceremonies"
        return Page(
            title: "Report of \(subject) of \(minutes.authority)", header: "\(minutes.authority), report of \(subject)",
            mark: root.hex, footer: "\(minutes.environment): Merkle root above, \(size) lines",
            body: [cover, verified, hierarchy] + shown.map { CeremonySection(minutes: minutes, ceremony: $0).node } + [signOff])
    }

    // MARK: Cover

    /// Where the record stood at the end of what is told: the number of lines, and their Merkle root.
    private var size: Int64 {
        guard number != nil, let last = shown.last else { return minutes.contents.count }
        return last.checkpoint?.checkpoint.size ?? last.lines.last.map { $0.line.index + 1 } ?? 0
    }
    private var root: Digest { minutes.contents.merkle.root(ofFirst: Int(clamping: size)) ?? minutes.contents.root }
    private var time: Timestamp? { shown.last?.lines.last?.line.time ?? minutes.lastTime }

    private var cover: Node {
        var facts: [(label: String, value: Node)] = [
            ("authority", .strong(minutes.authority)), ("environment", .text(minutes.environment)),
        ]
        if let first = shown.first?.opened { facts.append(("from", .moment(first.line.time))) }
        if let time { facts.append(("until", .moment(time))) }
        facts += [
            ("ceremonies", .text("\(shown.count { $0.opening != nil })")), ("lines of the record", .text("\(size)")),
            ("signatures", .text("\(verification.signatures) in the whole record")),
            ("report made by", "anchorite \(anchoriteVersion)"),
            (
                "verification",
                verification.holds
                    ? .span(.good, "everything holds") : .span(.bad, "DOES NOT HOLD: trust nothing in it until that is explained")
            ),
        ]
        let title: Node =
            number == nil
            ? .h1(.text("\(minutes.authority): its ceremonies")) : .h1(.text(shown.first?.plan?.title ?? "Ceremony"))
        var body: [Node] = [
            .p(.eyebrow, .text(number.map { "Report of ceremony \($0)" } ?? "Report of an authority")), title,
        ]
        if minutes.environment != DeploymentEnvironment.production.rawValue {
            body.append(
                .box(.warning, [.p(.text("This is of \(minutes.environment), not of production: nothing of it is to be trusted."))]))
        }
        body += [
            .facts(facts), .h3("Merkle root of the record"),
            .p("RFC 6962, over each line of the ledger. Its words are to be read aloud at each close, and kept on paper; the record does not hold whether they were."),
            .box(
                .qrBeside,
                [.element(.div, [], [.digest(root, id: "merkle-root")])]
                    + (QRCode(root.hex).map { [$0.drawing(label: "QR code of the Merkle root in hex")] } ?? [])),
        ]
        return .section(id: "cover", look: .cover, body + [contents])
    }

    private var contents: Node {
        var entries: [Node] = [.link("Verification", to: "verification"), .link("Hierarchy", to: "hierarchy")]
        entries += shown.map { ceremony in
            guard let number = ceremony.number else { return .link("After the last ceremony", to: "ceremony-none") }
            return .link("Ceremony \(number): \(ceremony.plan?.title ?? "")", to: "ceremony-\(number)")
        }
        entries.append(.link("Sign-off", to: "sign-off"))
        return .box(.contents, [.h3("Contents"), .numbered(entries)])
    }

    // MARK: Verification

    private var verified: Node {
        var body: [Node] = [
            .p(.eyebrow, "Checked when the report was made"), .h2("Verification"),
            .p("The whole record was replayed: policies, plans, approvals, keys, signatures, certificates, CRLs, bundles, checkpoints. Anybody can do the same with nothing but the files:"),
            .p(.code("anchorite verify DIRECTORY --root \(fingerprint?.hex ?? "FINGERPRINT")")),
        ]
        if verification.holds {
            body.append(.p(.good, .text("Everything holds: \(verification.lines) lines, \(verification.signatures) signatures.")))
        } else {
            body.append(
                .table(
                    ["fails", "line", "reason"],
                    verification.failures.map {
                        [.code($0.control.rawValue), .text($0.line.map(String.init) ?? "–"), .span(.bad, .marked($0.reason))]
                    }))
        }
        if !verification.notices.isEmpty {
            body += [.h3("Noted"), .list(verification.notices.map(Node.marked))]
        }
        let failed = Set(verification.failures.map(\.control))
        let rows = Control.allCases.filter { verification.checked[$0] != nil || failed.contains($0) }.map { control -> [Node] in
            [
                failed.contains(control) ? .span(.bad, "fails") : .span(.good, "holds"), .code(control.rawValue),
                .text("\(verification.checked[control] ?? 0)"), .text(control.claim),
            ]
        }
        body += [.h3("Controls"), .table(["", "control", "times", "what it claims"], rows, .dense)]
        return .section(id: "verification", look: .leaf, body)
    }

    // MARK: Hierarchy

    private var hierarchy: Node {
        guard let state = stateShown, let time else {
            return .section(id: "hierarchy", look: .leaf, [.h2("Hierarchy"), .p("The record does not say.")])
        }
        return .section(
            id: "hierarchy", look: .leaf,
            [
                .p(.eyebrow, .text("As of \(Phrase.time(time))")), .h2("Hierarchy"),
                HierarchyDrawing(state: state, time: time).node,
            ])
    }

    /// The authority at the end of what is told.
    private var stateShown: AuthorityState? {
        guard let number, let position = minutes.ceremonies.firstIndex(where: { $0.number == number }),
            let last = minutes.ceremonies[position].lines.last?.line, position < minutes.ceremonies.count - 1
        else { return verification.state }
        let head = Plan.LedgerHead(size: last.index + 1, digest: last.digest)
        return (try? AuthorityReading.state(of: minutes.directory, at: head)) ?? verification.state
    }

    // MARK: Sign-off

    private var signOff: Node {
        .section(
            id: "sign-off", look: .leaf,
            [
                .p(.eyebrow, "For the file"), .h2("Sign-off"),
                .p("I have compared this report with the script of the ceremony and with what I saw. The Merkle root at the head of every page is the one that I heard and wrote down."),
                .p(.muted, "For a root: a security officer and an independent witness (an auditor or a notary). For a subordinate: a security officer."),
                .signature(name: nil, role: "security officer"), .signature(name: nil, role: "independent witness"),
                .signature(name: nil, role: nil),
                .h3("Kept with this report"),
                .fields([
                    Field("script, copy number"), Field("exception sheets"), Field("access log"), Field("stored at"),
                    Field("video 1, SHA-256", isWide: true), Field("video 2, SHA-256", isWide: true),
                    Field("operating system image, SHA-256", isWide: true),
                ]),
            ])
    }
}
