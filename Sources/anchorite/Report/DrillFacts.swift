import Authority
import Groundwork

/// A drill file in words: what will be rehearsed, how long people take, and what is aimed at.
enum DrillFacts {
    static func sheet(_ drill: DrillFile) -> Sheet {
        var sheet = Sheet("Drill file: \(drill.title)")
        sheet.data("file", "drill")
        sheet.data("title", .string(drill.title))
        if let purpose = drill.purpose {
            sheet.fact("story", purpose.split(separator: "\n").joined(separator: " "), key: "purpose")
        }
        sheet.fact("policy", drill.policyPath, key: "policy")
        sheet.fact("made by", list: drill.before, key: "before", none: "no ceremony")
        let incident = drill.incident
        sheet.fact(
            "incident",
            ["\(Phrase.scope(incident.scope)): \(incident.reason.rawValue)"
                + (incident.since.map { ", perhaps since \($0) before it is declared" } ?? "")],
            key: "incident",
            [
                "scope": .object(incident.scope.mapValues(JSONValue.string)), "reason": .string(incident.reason.rawValue),
                "since": .string(incident.since?.description ?? ""),
            ])
        sheet.fact(
            "answered", [drill.opensPackage ? "by opening a break-glass package" : "in a ceremony"], key: "break-glass",
            .boolean(drill.opensPackage))
        add(drill.people, to: &sheet)
        let targets = drill.targets.map { (name: $0.key.name, limit: $0.value.description) }.sorted { $0.name < $1.name }
        sheet.fact(
            "at most", targets.isEmpty ? ["no targets"] : targets.map { "\($0.name)  \($0.limit)" }, key: "targets",
            .object(Dictionary(targets.map { ($0.name, .string($0.limit)) }, uniquingKeysWith: { first, _ in first })))
        switch drill.server {
        case .nginx: sheet.fact("served by", "nginx", key: "server")
        case .command(let words): sheet.fact("served by", words.joined(separator: " "), key: "server")
        }
        sheet.fact(
            "devices", ["two that are built in"] + drill.devices.map { "\($0.name): \($0.command.joined(separator: " "))" },
            key: "devices",
            .array(drill.devices.map { ["name": .string($0.name), "command": .array($0.command.map(JSONValue.string))] }))
        sheet.text("It touches nothing real: anchorite drill plays it on throwaway tokens. Read the commands first, which it runs.")
        return sheet
    }

    private static func add(_ people: DrillFile.People, to sheet: inout Sheet) {
        let phases = DrillFile.Phase.allCases.compactMap { phase in people.phases[phase].map { (phase.rawValue, $0.words) } }
        sheet.fact(
            "people take", phases.isEmpty ? ["no time"] : phases.map { "\($0.0)  \($0.1)" }, key: "people",
            .object(Dictionary(phases.map { ($0.0, .string($0.1)) }, uniquingKeysWith: { first, _ in first })))
        for (key, paces) in [("approvals", people.approvals), ("shares", people.shares)] where !paces.isEmpty {
            sheet.fact(
                key, paces.sorted { $0.key < $1.key }.map { "\($0.key) after \($0.value.words)" }, key: key,
                .object(paces.mapValues { .string($0.words) }))
        }
    }
}

extension DrillFile.Pace {
    var words: String {
        switch self {
        case .simulated(let length): length.description
        case .asked: "ask"
        }
    }
}

extension DrillFile.Target {
    var name: String {
        switch self {
        case .phase(let phase): phase.rawValue
        case .total: "total"
        }
    }
}
