import Authority
import Groundwork
import Publication

/// What a watch found.
struct WatchFacts {
    private let manifest: PublicationManifest
    private let findings: [Finding]
    private let time: Timestamp
    /// How many files of the publication were not looked at; nil when no server was named.
    private let unwatched: Int?

    init(_ manifest: PublicationManifest, _ findings: [Finding], _ time: Timestamp, unwatched: Int?) {
        self.manifest = manifest
        self.findings = findings
        self.time = time
        self.unwatched = unwatched
    }

    var sheet: Sheet {
        let late = findings.filter { !$0.isFresh }
        var sheet = Sheet("\(manifest.authority) as devices fetch it, \(Phrase.time(time))")
        sheet.data("authority", .string(manifest.authority))
        sheet.data("time", .string(time.rfc3339))
        sheet.data("fresh", .boolean(late.isEmpty))
        for finding in findings { sheet.text(line(finding), finding.isFresh ? .plain : .red) }
        sheet.data("endpoints", .array(findings.map(json)))
        sheet.gap()
        if late.isEmpty {
            sheet.text("Everything that was looked at is fresh: \(Phrase.count(findings.count, "address")).", .green)
        } else {
            sheet.text("\(Control.publicationFresh.rawValue): \(late.count) of \(Phrase.count(findings.count, "address")) not fresh.", .red)
        }
        if let unwatched {
            sheet.data("unwatched", .integer(Int64(unwatched)))
            if unwatched > 0 {
                sheet.text(
                    "Not looked at on each server: \(Phrase.count(unwatched, "other file")) of the publication. --all looks at them.",
                    .dim)
            }
        } else {
            sheet.text("Not looked at: bundles and all other files, since no server was named.", .dim)
        }
        return sheet
    }

    private func line(_ finding: Finding) -> String {
        let age = finding.since.map { ", for \(Phrase.duration(from: $0, to: time))" } ?? ""
        let notice = finding.notice.map { "; note: \($0)" } ?? ""
        return "\(finding.verdict.rawValue.padding(12))\(finding.endpoint.address)  \(finding.reason)\(age)\(notice)"
    }

    private func json(_ finding: Finding) -> JSONValue {
        var members: [String: JSONValue] = [
            "address": .string(finding.endpoint.address), "kind": .string(finding.endpoint.kind),
            "name": .string(finding.endpoint.name), "verdict": .string(finding.verdict.rawValue),
            "reason": .string(finding.reason),
        ]
        members["number"] = finding.number.map(JSONValue.integer)
        members["since"] = finding.since.map { .string($0.rfc3339) }
        members["stale-seconds"] = finding.since.map { .integer(max(0, time.secondsSinceEpoch - $0.secondsSinceEpoch)) }
        members["end"] = finding.end.map { .string($0.rfc3339) }
        members["notice"] = finding.notice.map(JSONValue.string)
        return .object(members)
    }
}
