import Authority
import Groundwork
import Ledger
import Papers
import PKIX

/// One ceremony of a report.
struct CeremonySection {
    let minutes: Minutes
    let ceremony: Minutes.Ceremony

    private var name: String { "ceremony-\(ceremony.number.map(String.init) ?? "none")" }

    var node: Node {
        .section(
            id: name, look: .leaf,
            [
                .p(.eyebrow, .text(ceremony.number.map { "Ceremony \($0)" } ?? "After the last ceremony")),
                .h2(.text(ceremony.plan?.title ?? (ceremony.number == nil ? "Lines outside of a ceremony" : "Ceremony"))),
                summary,
            ] + parts.map { part in
                .section(id: "\(name)-\(part.id)", [.h3(.text(part.title))] + part.body)
            })
    }

    struct Part {
        var id: String
        var title: String
        var body: [Node]
    }

    private var parts: [Part] {
        [
            people, approvals, rejections, logins, custody, operations, policies, keys, judged, signatures, certificates, revocations, lists,
            bundles, destroyed, breaks, deviations, others, closing, timeline,
        ].compactMap { $0 }
    }

    /// Said aloud, since an empty place could be a forgotten one.
    private static let none = Node.p("None in the record.")

    /// Lines with their events, chosen and unpacked.
    func lines<Value>(_ choose: (Event) -> Value?) -> [(line: LedgerEvent, value: Value)] {
        ceremony.lines.compactMap { line in line.event.flatMap(choose).map { (line.line, $0) } }
    }

    func place(_ line: LedgerEvent) -> Node { .link("\(line.line)", to: "line-\(line.line)") }

    static func time(_ line: LedgerEvent) -> Node { .moment(line.time) }

    // MARK: Beginning

    private var summary: Node {
        guard let opening = ceremony.opening else { return .nothing }
        var facts: [(label: String, value: Node)] = []
        if let opened = ceremony.opened { facts.append(("opened", .moment(opened.line.time))) }
        facts.append(
            ("closed", ceremony.closed.map { .moment($0.line.time) } ?? .span(.attention, "not closed yet")))
        if let plan = ceremony.plan {
            if let requester = plan.requester { facts.append(("asked for by", .text(ceremony.operatorName(requester)))) }
            facts += [
                ("plan made", .moment(plan.created)),
                ("window", .group([.moment(plan.opens), " to ", .moment(plan.closes)])),
            ]
        }
        let network = opening.networkInterfaces
        facts += [
            ("plan", .code(opening.plan.hex)), ("ceremony file", .code(opening.ceremonyFile.hex)),
            ("policy", .code(ceremony.plan?.policy.digest.hex ?? ceremony.policy?.digest.hex ?? "?")),
            ("program", .lines([.text("anchorite \(opening.tool)"), .code(opening.program.hex)])),
            (
                "network",
                network.isEmpty
                    ? "no interface was up beside loopback" : .span(.attention, .text("up: \(network.joined(separator: ", "))"))
            ),
        ]
        return .facts(facts)
    }

    private var people: Part? {
        guard let opening = ceremony.opening else { return nil }
        let body: Node =
            opening.participants.isEmpty
            ? .p(.muted, "Nobody was named at the opening; the signed script says who was there.")
            : .table(
                ["name", "role", "operator"],
                opening.participants.map { [.text($0.name), .text($0.role), $0.operator.map(Node.code) ?? "–"] })
        let others = othersPresent(beside: Set(opening.participants.compactMap(\.operator)))
        return Part(
            id: "participants", title: "Participants",
            body: [body]
                + (others.isEmpty
                    ? [] : [.p("Not named at the opening, and on record with a share:"), .table(["name", "what", "line"], others)]))
    }

    /// Operators who brought a share later, or were handed one.
    private func othersPresent(beside named: Set<String>) -> [[Node]] {
        var known = named
        return lines { event -> (ids: [String], what: String)? in
            switch event {
            case .login(let login): return (login.custodians ?? [], "brought a share of the token \(login.token)")
            case .custody(let custody) where custody.step != nil:
                let record = minutes.file(custody.file.path)
                    .flatMap { try? CustodyRecord(canonical: $0, path: custody.file.path) }
                return (record?.custodians ?? [], "was handed a share of the token \(custody.token)")
            default: return nil
            }
        }.flatMap { line, entry in
            entry.ids.filter { known.insert($0).inserted }.map { id -> [Node] in
                [.text(ceremony.operatorName(id)), .text(entry.what), place(line)]
            }
        }
    }

    private var approvals: Part? {
        guard ceremony.opening != nil else { return nil }
        let rows = lines { if case .approval(let approval) = $0 { approval } else { nil } }.map { line, approval -> [Node] in
            let roles = ceremony.policy?.operators.first { $0.id == approval.operator }?.roles.sorted() ?? []
            return [
                .text(ceremony.operatorName(approval.operator)), .text(roles.joined(separator: ", ")), .code(approval.key),
                .code(approval.file.path), place(line),
            ]
        }
        let needs = quorums
        return Part(
            id: "approvals", title: "Approvals",
            body: [.table(["by", "roles", "key", "file", "line"], rows)]
                + (needs.isEmpty ? [] : [.p(.muted, .text("Needed: \(needs.joined(separator: "; ")). Nobody fills two seats."))]))
    }

    private var quorums: [String] {
        var seen: Set<QuorumRule> = []
        return ceremony.plan?.operations.filter { seen.insert($0.quorum).inserted }.map { operation in
            let kinds = ScriptPage.distinct(
                ceremony.plan?.operations.filter { $0.quorum == operation.quorum }.map(\.kind.rawValue) ?? [])
            return "\(Phrase.list(kinds)) \(Phrase.list(operation.quorum.seats.map(\.words)))"
        } ?? []
    }

    private var rejections: Part? {
        let rows = lines { if case .rejection(let rejection) = $0 { rejection } else { nil } }.map { line, rejection -> [Node] in
            [
                .text(ceremony.operatorName(rejection.operator)),
                rejection.plan == ceremony.opening?.plan
                    ? "this plan" : .group(["an earlier plan, ", .code(rejection.plan.hex)]),
                .text(rejection.because), .code(rejection.key), .code(rejection.file.path), place(line),
            ]
        }
        guard ceremony.opening != nil || !rows.isEmpty else { return nil }
        return Part(
            id: "rejections", title: "Rejections",
            body: [rows.isEmpty ? Self.none : .table(["by", "of", "because", "key", "file", "line"], rows)])
    }

    /// From the fields themselves, so that one that is new shows, too.
    private var logins: Part? {
        let known: Set = ["token", "label", "serial", "manufacturer", "model", "firmware", "method", "memory", "custodians", "attestation"]
        let sheets = ceremony.lines.filter { $0.line.event == "login" }.map { entry -> Node in
            let fields = entry.line.fields
            func text(_ key: String) -> String { fields[key]?.string ?? "?" }
            var facts: [(label: String, value: Node)] = [
                ("label", .code(text("label"))), ("serial number", .code(text("serial"))),
                ("device", .text("\(text("manufacturer")), \(text("model")), firmware \(text("firmware"))")),
                ("unlocked by", .text(text("method").replacing("-", with: " "))),
            ]
            if let memory = fields["memory"]?.object {
                facts.append((
                    "remembered",
                    .group([
                        .text("a record of \(memory["size"]?.integer ?? 0) lines, "), .code(memory["sha256"]?.string ?? ""),
                    ])
                ))
            }
            if let custodians = fields["custodians"]?.array {
                facts.append((
                    "shares brought by",
                    .text(Phrase.list(custodians.compactMap(\.string).map(ceremony.operatorName)))
                ))
            }
            if let attestation = fields["attestation"] { facts.append(("attested", .text(Self.words(attestation)))) }
            for key in fields.keys.sorted() where !known.contains(key) {
                facts.append((key, .marked(Self.words(fields[key] ?? ""))))
            }
            facts.append(("time", .group([.moment(entry.line.time), ", line ", place(entry.line)])))
            return .box(.keep, [.h4(.text("Token \(text("token"))")), .facts(facts)])
        }
        guard !sheets.isEmpty else { return nil }
        return Part(id: "logins", title: "Tokens that were unlocked", body: sheets)
    }

    /// Who has held shares from this ceremony on. The files hold no secret.
    private var custody: Part? {
        let nodes = lines { if case .custody(let custody) = $0 { custody } else { nil } }.map { line, custody -> Node in
            let record = minutes.file(custody.file.path).flatMap { try? CustodyRecord(canonical: $0, path: custody.file.path) }
            let groups = record?.groups.map { group -> [Node] in
                [
                    .text(group.role), .text("\(group.threshold) of \(group.members.count)"),
                    .lines(group.members.map { .text(Phrase.list($0.map(ceremony.operatorName))) }),
                ]
            }
            return .box(
                .keep,
                [
                    .h4(.text("Shares of the token \(custody.token)")),
                    .facts([
                        ("serial number", .code(custody.serial)), ("set", .text("\(custody.set)")),
                        ("handed out", custody.step.map { .text("at \($0)") } ?? "when the token was set up"),
                        ("file", .code(custody.file.path)), ("time", .group([.moment(line.time), ", line ", place(line)])),
                    ]),
                    groups.map { .table(["role", "shares needed", "custodians"], $0) } ?? .p(.bad, "The file cannot be read."),
                ])
        }
        guard ceremony.opening != nil || !nodes.isEmpty else { return nil }
        return Part(
            id: "custody", title: "Shares that were handed out", body: nodes.isEmpty ? [Self.none] : nodes)
    }

    /// Any value in words.
    static func words(_ value: JSONValue) -> String {
        switch value {
        case .string(let text): text
        case .boolean(let value): value ? "yes" : "no"
        case .integer(let value): String(value)
        case .array(let values): values.map(words).joined(separator: ", ")
        case .object(let members):
            members.sorted { $0.key < $1.key }.map { "\($0.key) \(words($0.value))" }.joined(separator: ", ")
        }
    }

    // MARK: The course of it

    private var operations: Part? {
        guard let plan = ceremony.plan else { return nil }
        var ends: [Int: LedgerEvent] = [:]
        for (line, step) in lines(Self.step) { ends[step.operation] = line }
        let facts = ceremony.plan.map { _ in plan.operations.enumerated() }
        let rows = (facts.map(Array.init) ?? []).map { index, operation -> [Node] in
            [
                "\(index + 1)", .text(operation.title), .text(operation.kind.rawValue),
                ends[index].map { .moment($0.time) } ?? .span(.attention, "not done"),
            ]
        }
        return Part(id: "operations", title: "Operations", body: [.table(["", "operation", "kind", "done"], rows)])
    }

    /// The step that an event belongs to.
    private static func step(_ event: Event) -> StepID? {
        switch event {
        case .keyGenerated(let key): key.step
        case .artifact(let artifact): artifact.step
        case .crl(let step, _, _, _), .bundle(let step, _, _, _), .revoked(let step, _, _, _, _): step
        case .intent(let intent): intent.step
        default: nil
        }
    }

    private var policies: Part? {
        let rows = ceremony.lines.filter { $0.line.event == "policy" }.map { entry -> [Node] in
            [
                .code(entry.line.fields["path"]?.string ?? "?"), .code(entry.line.fields["sha256"]?.string ?? "?"),
                .moment(entry.line.time), place(entry.line),
            ]
        }
        guard !rows.isEmpty else { return nil }
        return Part(
            id: "policies", title: "Policies that came into force", body: [.table(["file", "SHA-256", "time", "line"], rows)])
    }

    private var breaks: Part? {
        let rows = lines { event -> (word: String, pause: Event.Pause)? in
            switch event {
            case .ceremonySuspended(let pause): ("suspended", pause)
            case .ceremonyResumed(let pause): ("resumed", pause)
            default: nil
            }
        }.map { line, value -> [Node] in
            [
                .text(value.word), .moment(line.time), .text(ceremony.operatorName(value.pause.by)),
                .text(value.pause.reason), place(line),
            ]
        }
        guard ceremony.opening != nil || !rows.isEmpty else { return nil }
        return Part(
            id: "breaks", title: "Breaks",
            body: [rows.isEmpty ? Self.none : .table(["", "time", "by", "reason", "line"], rows)])
    }

    private var deviations: Part? {
        let rows = lines { if case .deviation(let deviation) = $0 { deviation } else { nil } }.map { line, deviation -> [Node] in
            [
                .moment(line.time), .text(ceremony.operatorName(deviation.by)), .text(deviation.text),
                .text(deviation.because), .lines(deviation.files.map { .code($0.path) }), place(line),
            ]
        }
        guard ceremony.opening != nil || !rows.isEmpty else { return nil }
        return Part(
            id: "deviations", title: "Deviations",
            body: [
                rows.isEmpty
                    ? Self.none : .table(["recorded", "by", "what", "why", "files", "line"], rows)
            ])
    }

    private static let told: Set = [
        "genesis", "policy", "ceremony-opened", "ceremony-suspended", "ceremony-resumed", "approval", "rejection",
        "witnessed", "custody", "login", "intent", "key-generated", "signed", "artifact", "crl", "bundle", "revoked", "key-destroyed",
        "deviation", "ceremony-closed",
    ]

    /// Whatever has no part of its own is told by its fields.
    private var others: Part? {
        let rows = ceremony.lines.filter { !Self.told.contains($0.line.event) }.map { entry -> [Node] in
            [
                .text(entry.line.event),
                .lines(
                    entry.line.fields.sorted { $0.key < $1.key }.map {
                        .group([.text("\($0.key): "), .marked(Self.words($0.value))])
                    }),
                .moment(entry.line.time), place(entry.line),
            ]
        }
        guard !rows.isEmpty else { return nil }
        return Part(id: "others", title: "Other events", body: [.table(["event", "what it says", "time", "line"], rows)])
    }

    // MARK: The end

    private var closing: Part? {
        guard let number = ceremony.number else { return nil }
        guard let (note, checkpoint) = ceremony.checkpoint else {
            return Part(
                id: "closing", title: "Close", body: [.p(.attention, "There is no checkpoint that can be read.")])
        }
        var body: [Node] = [
            .facts([
                ("lines", .text("\(checkpoint.size)")), ("of", .text(checkpoint.origin)),
                ("file", .code(AuthorityPaths.checkpoint(number))),
                (
                    "signed by",
                    .lines(note.signatures.map { .text("\($0.name), key id \(CheckpointFacts.hex($0.keyID))") })
                ),
            ]),
            .digest(checkpoint.root),
        ]
        let rows = ceremony.witnesses.compactMap { entry -> [Node]? in
            guard case .witnessed(let witness)? = entry.event else { return nil }
            return [
                .text(ceremony.operatorName(witness.operator)), .code(witness.key), .code(witness.file.path),
                .text("line \(entry.line.line)"),
            ]
        } + unrecordedWitnesses(number)
        body.append(.h4("Signatures of persons over the checkpoint"))
        body.append(rows.isEmpty ? .p("None yet.") : .table(["by", "key", "file", "recorded"], rows))
        return Part(id: "closing", title: "Close", body: body)
    }

    /// The signatures that lie beside the checkpoint, and that the next opening will record.
    private func unrecordedWitnesses(_ number: Int64) -> [[Node]] {
        let recorded = Set(
            ceremony.witnesses.compactMap { entry -> String? in
                if case .witnessed(let witness)? = entry.event { witness.file.path } else { nil }
            })
        guard let policy = ceremony.nextPolicy ?? ceremony.policy, let time = minutes.lastTime,
            let files = try? CheckpointWitnesses(minutes.directory, of: number, under: policy, at: time)
        else { return [] }
        return files.signatures.filter { !recorded.contains($0.path) }.map {
            [.text($0.witness.name), .code($0.witness.key), .code($0.path), "not yet; it is by the next opening"]
        }
    }

    private var timeline: Part? {
        let rows = ceremony.lines.map { entry -> [Node] in
            [
                .element(.span, [.id(Anchor("line-\(entry.line.line)"))], [.text("\(entry.line.line)")]),
                .moment(entry.line.time), .text(entry.line.event), .marked(LedgerFacts.words(entry.line)),
            ]
        }
        return Part(
            id: "timeline", title: "Every line of the record", body: [.table(["line", "time", "event", "what it says"], rows, .dense)])
    }
}
