import Authority
import Groundwork

/// The status of an authority, for people and programs.
struct StatusFacts {
    /// More end entities than this under one issuer are counted, not listed, for people.
    private static let shownEndEntities = 12

    let status: AuthorityStatus
    let reading: AuthorityReading.Reading
    /// What people wrote down, and no run has recorded yet.
    var waiting: [PendingDeviation] = []
    /// The plans that stand written.
    var plans: PendingPlans?

    private var state: AuthorityState { status.state }
    private var time: Timestamp { status.time }

    var sheet: Sheet {
        var sheet = Sheet("\(state.authority) (\(state.environment.rawValue)) at \(Phrase.time(time))")
        sheet.data("authority", .string(state.authority))
        sheet.data("environment", .string(state.environment.rawValue))
        sheet.data("at", .string(time.rfc3339))
        addTree(to: &sheet)
        addLists(to: &sheet)
        sheet.gap()
        addBundle(to: &sheet)
        addLedger(to: &sheet)
        addCeremony(to: &sheet)
        plans?.add(to: &sheet)
        addDue(to: &sheet)
        return sheet
    }

    // MARK: Certificates

    private func addTree(to sheet: inout Sheet) {
        sheet.gap()
        var table = Table(["certificate", "kind", "scope", "state", "until", ""])
        for root in status.roots { add(root, "", "", to: &table) }
        sheet.table("certificates", table, .array(status.roots.map(json)))
        for key in state.preGeneratedKeys {
            let after = key.planned.successorOf ?? ""
            sheet.text("The key of \(key.planned.name) is pre-generated, on the token \(key.planned.token): \(after) commits to it.")
        }
        sheet.data("pre-generated", .array(state.preGeneratedKeys.map { key in
            var members: [String: JSONValue] = [
                "key": .string(key.planned.name), "token": .string(key.planned.token),
                "type": .string(key.planned.kind.rawValue), "after": .string(key.planned.successorOf ?? ""),
            ]
            members["sha256"] = key.publicKey.map { .string(Digest(of: $0.derBytes).hex) }
            return .object(members)
        }))
        if status.roots.isEmpty { sheet.text("There is no root yet.") }
    }

    private func add(_ node: AuthorityStatus.Node, _ branch: String, _ trunk: String, to table: inout Table) {
        let planned = node.record.planned
        let (word, style) = words(node)
        let end: [String] =
            if case .revoked(let reason, let date) = node.condition {
                [Phrase.day(date), reason.rawValue]
            } else if case .listed(let entry) = node.condition {
                [Phrase.day(entry.date), "\(entry.reason.map { "\($0)" } ?? "no reason"), by \(entry.title)"]
            } else if node.isUndecided {
                [Phrase.day(node.record.fields.notAfter), "its CRL cannot be read"]
            } else {
                [Phrase.day(node.record.fields.notAfter), Phrase.distance(of: node.record.fields.notAfter, from: time)]
            }
        table.add([branch + planned.name, planned.kindWords, Phrase.scope(planned.scope), word] + end, style)
        let many = node.children.filter { $0.record.planned.kind == .endEntity }.dropFirst(Self.shownEndEntities)
        let hidden = Set(many.map(\.record.planned.name))
        let shown = node.children.filter { !hidden.contains($0.record.planned.name) }
        for (index, child) in shown.enumerated() {
            let isLast = index == shown.count - 1 && many.isEmpty
            add(child, trunk + (isLast ? "└─ " : "├─ "), trunk + (isLast ? "   " : "│  "), to: &table)
        }
        if !many.isEmpty { table.add([trunk + "└─ … and \(many.count) more", "end entity"], .dim) }
    }

    private func words(_ node: AuthorityStatus.Node) -> (String, Terminal.Style) {
        let key = node.record.planned.isCrossCertificate ? nil : node.record.planned.subjectKey.flatMap { state.keys[$0] }
        if node.isUndecided { return ("NOT KNOWN", .red) }
        if node.condition == .live, key?.isDestroyed == true { return ("ended, key destroyed", .dim) }
        if node.condition == .live, node.list?.isLast == true { return ("ended", .yellow) }
        guard node.condition == .live, node.record.planned.isRoot, state.supersedes(node.record.planned.name) != nil else {
            return words(node.condition)
        }
        return ("superseded", .dim)
    }

    private func words(_ condition: CertificateCondition) -> (String, Terminal.Style) {
        switch condition {
        case .live: ("live", .plain)
        case .notYetValid: ("not yet", .dim)
        case .expired: ("expired", .dim)
        case .revoked, .listed: ("REVOKED", .red)
        }
    }

    private func json(_ node: AuthorityStatus.Node) -> JSONValue {
        let record = node.record
        var members: [String: JSONValue] = [
            "name": .string(record.planned.name), "kind": .string(record.planned.kind.rawValue),
            "profile": .string(record.planned.profile),
            "scope": .object(record.planned.scope.mapValues(JSONValue.string)),
            "state": .string(node.isUndecided ? "unknown" : node.condition.word), "serial": .string(Hex.encode(record.fields.serial)),
            "not-before": .string(record.fields.notBefore.rfc3339),
            "not-after": .string(record.fields.notAfter.rfc3339),
            "path": .string(record.planned.path),
        ]
        members["sha256"] = record.fingerprint.map { .string($0.hex) }
        if case .revoked(let reason, let date) = node.condition {
            members["revocation"] = ["reason": .string(reason.rawValue), "date": .string(date.rfc3339)]
        }
        if case .listed(let entry) = node.condition {
            var revocation: [String: JSONValue] = [
                "date": .string(entry.date.rfc3339), "crl": .integer(entry.number), "crl-title": .string(entry.title),
            ]
            revocation["reason"] = entry.reason.map { .string("\($0)") }
            members["revocation"] = .object(revocation)
        }
        if record.planned.isRoot, let next = state.supersedes(record.planned.name) { members["superseded-by"] = .string(next) }
        if state.lastList(of: record.planned.name) != nil { members["ended"] = true }
        if let key = record.planned.subjectKey, state.keys[key]?.isDestroyed == true { members["key-destroyed"] = true }
        if !node.children.isEmpty { members["issued"] = .array(node.children.map(json)) }
        return .object(members)
    }

    // MARK: CRLs

    private func addLists(to sheet: inout Sheet) {
        let lists = flattened(status.roots).compactMap { node in node.list.map { (node, $0) } }
        var table = Table(["CRLs of", "number", "entries", "until", "next one due", ""])
        for (node, list) in lists {
            let isNeeded = node.condition == .live && !list.isLast
            let isDue = isNeeded && list.due <= time
            table.add(
                [
                    list.issuer, String(list.number), String(list.entries) + (list.shards.map { " in \($0) shards" } ?? ""),
                    list.isLast ? "for ever: the last" : Phrase.day(list.nextUpdate),
                    isNeeded ? Phrase.day(list.due) : "not any more",
                    isNeeded ? Phrase.distance(of: list.due, from: time) : "",
                ],
                isDue ? .yellow : .plain)
            if let end = list.deltaEnds { table.add(["", "", "", "its delta until \(Phrase.day(end))", "", ""], end < time ? .yellow : .plain) }
            for next in list.upcoming {
                table.add(["", String(next.number), "", "signed ahead, begins \(Phrase.day(next.begins))", "", ""])
            }
        }
        guard !lists.isEmpty else { return }
        sheet.gap()
        sheet.table(
            "crls", table,
            .array(
                lists.map { node, list in
                    var members: [String: JSONValue] = [
                        "issuer": .string(list.issuer), "number": .integer(list.number),
                        "entries": .integer(list.entries),
                        "this-update": .string(list.thisUpdate.rfc3339),
                        "next-update": .string(list.nextUpdate.rfc3339),
                        "due": .string(list.due.rfc3339),
                        "needed": .boolean(node.condition == .live && !list.isLast),
                        "signed-until": .string(list.signedUntil.rfc3339),
                        "upcoming": .array(list.upcoming.map {
                            ["number": .integer($0.number), "this-update": .string($0.begins.rfc3339)]
                        }),
                        "missing": .array(list.missing.map(JSONValue.string)),
                    ]
                    members["shards"] = list.shards.map { .integer(Int64($0)) }
                    members["delta-until"] = list.deltaEnds.map { .string($0.rfc3339) }
                    return .object(members)
                }))
    }

    private func flattened(_ nodes: [AuthorityStatus.Node]) -> [AuthorityStatus.Node] {
        nodes.flatMap { [$0] + flattened($0.children) }
    }

    // MARK: Bundle, ledger, ceremonies

    private func addBundle(to sheet: inout Sheet) {
        guard let bundle = state.bundles.last?.planned else {
            sheet.fact("bundle", ["none yet"], key: "bundle", [])
            return
        }
        let end =
            bundle.expires.map { "until \(Phrase.day($0)), \(Phrase.distance(of: $0, from: time))" } ?? "without end"
        var value: [String: JSONValue] = [
            "store": .string(bundle.storeID), "sequence": .integer(bundle.sequence),
            "issued": .string(bundle.issued.rfc3339),
            "anchors": .array(bundle.anchors.map(JSONValue.string)),
            "intermediates": .array(bundle.intermediates.map(JSONValue.string)), "path": .string(bundle.path),
        ]
        value["expires"] = bundle.expires.map { .string($0.rfc3339) }
        sheet.fact(
            "bundle",
            [
                "sequence \(bundle.sequence) of \(bundle.storeID), with \(Phrase.list(bundle.anchors)), "
                    + "issued \(Phrase.day(bundle.issued)), \(end)"
            ],
            key: "bundle", .object(value))
    }

    private func addLedger(to sheet: inout Sheet) {
        let last = reading.lastTime.map { ", the last of \(Phrase.time($0))" } ?? ""
        var value: [String: JSONValue] = [
            "lines": .integer(reading.head.size), "head": .string(reading.head.digest.hex),
            "torn-bytes": .integer(Int64(reading.tornTail?.bytes.count ?? 0)),
        ]
        value["last"] = reading.lastTime.map { .string($0.rfc3339) }
        sheet.fact(
            "ledger", ["\(Phrase.count(Int(clamping: reading.head.size), "line"))\(last)"], key: "ledger",
            .object(value))
        if let torn = reading.tornTail {
            sheet.text(
                "The ledger ends in \(torn.bytes.count) bytes of a line that was cut short; "
                    + "running the plan again sets them aside.",
                .yellow)
        }
    }

    private func addCeremony(to sheet: inout Sheet) {
        let held = state.ceremonies
        sheet.fact(
            "held",
            held.isEmpty
                ? ["nothing yet"]
                : held.flatMap { ceremony in
                    [
                        "\(ceremony.number). \(ceremony.title), \(Phrase.day(ceremony.closed ?? ceremony.opened))",
                        "   approved by \(names(ceremony.approvers))",
                    ]
                }, key: "ceremonies",
            .array(
                held.map {
                    [
                        "number": .integer($0.number), "title": .string($0.title), "plan": .string($0.plan.hex),
                        "opened": .string($0.opened.rfc3339), "approvers": .array($0.approvers.map(JSONValue.string)),
                    ]
                }))
        if !waiting.isEmpty {
            sheet.fact(
                "waiting", waiting.map { "deviation by \(state.names[$0.by] ?? $0.by): \($0.text)" }, key: "waiting",
                .array(waiting.map { ["by": .string($0.by), "text": .string($0.text), "path": .string($0.path)] }))
        }
        guard let open = status.openCeremony else { return }
        let done = open.done
        sheet.fact(
            "open",
            [
                "\(open.plan.number). \(open.plan.title): \(done.count) of \(done.of) steps are done",
                "approved by \(names(open.approvedBy.map(\.operator)))",
                open.nextStep.map { "next is \($0)" } ?? "only its close is missing",
            ],
            key: "open-ceremony",
            [
                "number": .integer(open.plan.number), "title": .string(open.plan.title),
                "steps-done": .integer(Int64(done.count)), "steps": .integer(Int64(done.of)),
                "approvers": .array(open.approvedBy.map { .string($0.operator) }),
                "unanswered-intents": .array(open.unansweredIntents.map(JSONValue.integer)),
            ], style: .yellow)
    }

    private func names(_ ids: [String]) -> String {
        Phrase.list(ids.map { id in state.names[id] ?? id })
    }

    // MARK: What is due

    private func addDue(to sheet: inout Sheet) {
        var due = Sheet(status.due.isEmpty ? nil : "Due")
        for item in status.due {
            let distance = item.deadline.map { " (\(Phrase.distance(of: $0, from: time)))" } ?? ""
            due.text(
                "\(item.isLate(at: time) ? "LATE " : "")\(item.reason.capitalizedFirst)\(distance).",
                item.isLate(at: time) ? .red : .yellow)
            due.text("  \(item.advice).")
        }
        if status.due.isEmpty { due.text("Nothing is due.", .green) }
        sheet.gap()
        sheet.section("due-words", due)
        sheet.data("due-words", .array(status.due.map { .string("\($0.reason). \($0.advice).") }))
        sheet.data(
            "due",
            .array(
                status.due.map { item in
                    var members: [String: JSONValue] = [
                        "kind": .string(item.kind.rawValue), "subject": .string(item.subject),
                        "reason": .string(item.reason),
                        "advice": .string(item.advice), "late": .boolean(item.isLate(at: time)),
                    ]
                    members["deadline"] = item.deadline.map { .string($0.rfc3339) }
                    return .object(members)
                }))
    }
}

extension PlannedCertificate {
    /// The kind, as people say it.
    var kindWords: String { isCrossCertificate ? "cross-certificate" : kind.words }
}

extension ProfileKind {
    /// The kind, as people say it.
    var words: String { rawValue.split(separator: "-").joined(separator: " ") }
}
