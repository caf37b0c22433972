import Authority
import Groundwork

extension DrillReport {
    /// The report for the terminal and for programs.
    var sheet: Sheet {
        var sheet = Sheet("\(title): a drill of \(authority)")
        sheet.data("authority", .string(authority))
        sheet.data("title", .string(title))
        sheet.fact(
            "incident", ["\(target), \(Phrase.scope(scope)), \(reason.rawValue)"], key: "incident",
            ["name": .string(target), "scope": .object(scope.mapValues(JSONValue.string)), "reason": .string(reason.rawValue)])
        sheet.fact(
            "answered", [package.map { "with the break-glass package \($0)" } ?? "in a ceremony"], key: "package",
            .string(package ?? ""))
        sheet.fact("declared", time: declared, key: "declared")
        sheet.gap()
        addPhases(to: &sheet)
        addPeople(to: &sheet)
        addDevices(to: &sheet)
        addAims(to: &sheet)
        for notice in notices { sheet.text("Note: \(notice).", .yellow) }
        sheet.data("notices", .array(notices.map(JSONValue.string)))
        sheet.data("holds", .boolean(holds))
        sheet.data("people", .string(sources.words))
        sheet.data("people-words", .string(peopleSentence))
        sheet.text(peopleSentence, sources.contains(.simulated) ? .yellow : .plain)
        let wrong = devices.filter { !$0.holds }.map(\.name)
        if !missed.isEmpty {
            sheet.text("\(Phrase.count(missed.count, "target")) missed: \(Phrase.list(missed.map { "\($0.name) (\($0.rule))" })).", .red)
        }
        if !wrong.isEmpty {
            sheet.text("NOT every device refuses: \(Phrase.list(exceptions)).", .red)
            sheet.text("Not as it must be: \(Phrase.list(wrong)).", .red)
        }
        if holds { sheet.text("Every target is met\(sources.metNote), and every device refuses.", .green) }
        return sheet
    }

    private func addPhases(to sheet: inout Sheet) {
        var table = Table(["until", "people", "machine", "since declared"])
        var sum = Duration.zero
        for phase in phases {
            sum += phase.total
            table.add(
                [phase.words, phase.peopleWords, phase.machine.words, phase.isReached ? sum.words : "not reached"],
                phase.isReached ? .plain : .red)
        }
        sheet.table(
            "phases", table,
            .array(phases.map {
                [
                    "phase": .string($0.phase.rawValue), "people-milliseconds": .integer($0.people.milliseconds),
                    "people": .string($0.sources.words), "machine-milliseconds": .integer($0.machine.milliseconds),
                    "reached": .boolean($0.isReached), "exceptions": .array($0.exceptions.map(JSONValue.string)),
                ]
            }))
        sheet.data("total-milliseconds", .integer(total.milliseconds))
        sheet.gap()
    }

    private func addPeople(to sheet: inout Sheet) {
        sheet.fact(
            package == nil ? "approved by" : "shares by",
            people.map { "\($0.name) (\(Phrase.list($0.roles))) after \($0.time.words) (\($0.source.rawValue))" },
            key: package == nil ? "approvals" : "shares",
            .array(people.map {
                [
                    "name": .string($0.name), "milliseconds": .integer($0.time.milliseconds),
                    "people": .string($0.source.rawValue),
                ]
            }))
        sheet.gap()
    }

    private func addDevices(to sheet: inout Sheet) {
        var table = Table(["device", "before", "after", ""])
        for device in devices {
            table.add(
                [device.name, device.before.words, device.after.words, device.holds ? "after \(device.time.words)" : "WRONG"],
                device.holds ? .plain : .red)
        }
        sheet.table(
            "devices", table,
            .array(devices.map {
                [
                    "name": .string($0.name), "before": .string($0.before.words), "after": .string($0.after.words),
                    "milliseconds": .integer($0.time.milliseconds), "holds": .boolean($0.holds),
                ]
            }))
        sheet.gap()
    }

    private func addAims(to sheet: inout Sheet) {
        var table = Table(["target", "of", "at most", "measured", ""])
        for aim in aims {
            table.add(
                [aim.name, aim.rule, aim.limit.description, aim.measuredWords, aim.isMet ? "met" : "MISSED"],
                aim.isMet ? .plain : .red)
        }
        sheet.table(
            "targets", table,
            .array(aims.map {
                [
                    "name": .string($0.name), "rule": .string($0.rule), "limit": .string($0.limit.description),
                    "milliseconds": .integer($0.measured.milliseconds), "met": .boolean($0.isMet), "reached": .boolean($0.isReached),
                ]
            }))
        sheet.gap()
    }
}
