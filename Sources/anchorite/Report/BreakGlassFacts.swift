import Authority
import Groundwork

/// The packages of an authority, for responders.
struct BreakGlassFacts {
    private let state: AuthorityState
    private let time: Timestamp

    init(_ state: AuthorityState, at time: Timestamp) {
        self.state = state
        self.time = time
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
        let shown = state.packages.filter { all || obstacle($0) == nil }
        if shown.isEmpty {
            sheet.text(
                state.packages.isEmpty
                    ? "There are no break-glass packages. Hold a ceremony with the operation prepare-break-glass."
                    : "None of \(Phrase.count(state.packages.count, "package")) can be opened any more: see --all.", .yellow)
        }
        sheet.list("packages", shown.map { self.sheet($0) })
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
        if let obstacle { sheet.fact("closed", obstacle.reason(planned.package), key: "obstacle", style: .yellow) }
        return sheet
    }
}
