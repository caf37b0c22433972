import Authority
import Groundwork

/// The packages of an authority, for responders.
struct BreakGlassFacts {
    private let state: AuthorityState
    private let time: Timestamp
    private let conflicts: [OpeningConflict]

    /// - Parameters:
    ///   - state: with the openings that stand.
    ///   - conflicts: those that do not.
    init(_ state: AuthorityState, at time: Timestamp, _ conflicts: [OpeningConflict] = []) {
        self.state = state
        self.time = time
        self.conflicts = conflicts
    }

    private func conflict(_ record: BreakGlassRecord) -> OpeningConflict? {
        conflicts.first { $0.opening.package == record.planned.package }
    }

    /// Whether a responder should see it without asking for all.
    private func isOfInterest(_ record: BreakGlassRecord) -> Bool {
        switch obstacle(record) {
        case nil, .opened, .superseded: true
        default: conflict(record) != nil
        }
    }

    private func obstacle(_ record: BreakGlassRecord) -> BreakGlassObstacle? { state.obstacle(to: record, at: time) }

    var canBeOpened: Bool { state.packages.contains { obstacle($0) == nil } }

    /// The package that revokes exactly these certificates, if one can be opened.
    func add(revoking names: Set<String>, to sheet: inout Sheet) {
        guard let record = state.packages.last(where: { Set($0.planned.certificates) == names && obstacle($0) == nil }) else {
            return
        }
        let package = record.planned.package
        sheet.fact(
            "quicker", ["without the token: anchorite break-glass open \(package), signed on \(Phrase.day(record.planned.prepared))"],
            key: "break-glass", .string(package))
    }

    func sheet(all: Bool) -> Sheet {
        var sheet = Sheet()
        let shown = state.packages.filter { all || isOfInterest($0) }
        for conflict in conflicts { sheet.text("\(conflict.error)", .red) }
        if !canBeOpened {
            sheet.text(
                state.packages.isEmpty
                    ? "There are no break-glass packages. Hold a ceremony with the operation prepare-break-glass."
                    : "None of \(Phrase.count(state.packages.count, "package")) can be opened any more\(shown.count < state.packages.count ? ": see --all" : "").", .yellow)
        }
        sheet.list("packages", shown.map { self.sheet($0) })
        let hidden = state.packages.count - shown.count
        if canBeOpened, hidden > 0 {
            sheet.text("\(Phrase.count(hidden, "package")) more expired, or a ceremony came after: see --all.")
        }
        if canBeOpened { sheet.text("To open one: anchorite break-glass open PACKAGE. What it revokes stays revoked.") }
        return sheet
    }

    private func sheet(_ record: BreakGlassRecord) -> Sheet {
        let planned = record.planned
        var sheet = Sheet(planned.package)
        sheet.data("package", .string(planned.package))
        sheet.fact(
            "revokes", planned.certificates.map { name in
                let scope = state.certificates[name]?.planned.scope ?? [:]
                return scope.isEmpty ? name : "\(name) (\(Phrase.scope(scope)))"
            }, key: "certificates", .array(planned.certificates.map(JSONValue.string)))
        sheet.fact(
            "with", ["CRL \(planned.list.number) of \(planned.root) and bundle \(planned.bundle.sequence)"], key: "number",
            .integer(planned.list.number))
        sheet.data("sequence", .integer(planned.bundle.sequence))
        sheet.fact(
            "opened by", planned.groups.map { "\($0.threshold) of \($0.role): \(Phrase.list($0.members.flatMap(\.self), "or"))" },
            key: "groups",
            .array(planned.groups.map {
                [
                    "role": .string($0.role), "threshold": .integer(Int64($0.threshold)),
                    "responders": .array($0.members.flatMap(\.self).map(JSONValue.string)),
                ]
            }))
        if let set = record.sealed?.set { sheet.fact("shares begin", ["with \"\(CustodyRecord.setName(set))\", set \(set)"], key: "set", .integer(set)) }
        sheet.fact("expires", time: planned.expires, key: "expires")
        let obstacle = obstacle(record)
        sheet.data("can-be-opened", .boolean(obstacle == nil))
        if let conflict = conflict(record) {
            sheet.fact("opened", time: conflict.opening.time, key: "opened")
            sheet.fact("by", list: conflict.opening.responders, key: "responders", none: "nobody")
            sheet.fact("not entered", conflict.error.reason, key: "conflict", style: .red)
        } else if case .opened(let time) = obstacle {
            sheet.fact("opened", time: time, key: "opened")
            sheet.fact("by", list: record.responders, key: "responders", none: "nobody")
            sheet.data("obstacle", .string(BreakGlassObstacle.opened(time).reason(planned.package)))
        } else if let obstacle { sheet.fact("closed", obstacle.reason(planned.package), key: "obstacle", style: .yellow) }
        return sheet
    }
}
