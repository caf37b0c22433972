import Authority
import Groundwork
import Publication

/// What a watch found.
struct WatchFacts {
    private let manifest: PublicationManifest
    private let closed: Timestamp?
    /// The authority's directory, or the manifest's path.
    private let place: String
    private let isAuthority: Bool
    private let findings: [Finding]
    private let time: Timestamp
    /// How many files of the publication were not looked at; nil when no server was named.
    private let unwatched: Int?

    /// - Parameter place: the authority's directory, or else the path of the manifest.
    init(
        _ watch: Watch, comparedWith place: String, isAuthority: Bool, _ findings: [Finding], _ time: Timestamp, unwatched: Int?
    ) {
        manifest = watch.manifest
        closed = watch.closed
        self.place = place
        self.isAuthority = isAuthority
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
        addComparison(to: &sheet)
        for finding in findings { sheet.text(line(finding), finding.isFresh ? .plain : .red) }
        sheet.data("endpoints", .array(findings.map(json)))
        sheet.gap()
        if late.isEmpty {
            sheet.text(
                "Everything that was looked at is fresh, compared with \(ledgerWords): \(Phrase.count(findings.count, "address")).",
                .green)
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

    private var ledgerWords: String {
        let ceremony = manifest.ceremony.map { ", the last ceremony \($0)" + (closed.map { " of \(Phrase.time($0))" } ?? "") } ?? ""
        return "\(Phrase.count(Int(clamping: manifest.ledgerSize), "line")) of ledger\(ceremony)"
    }

    /// Fresh is what is as new as this; so it must be seen how new this is.
    private func addComparison(to sheet: inout Sheet) {
        let list = manifest.issuers.flatMap { issuer in issuer.lists.suffix(1).map { (issuer, $0) } }
            .max { $0.1.thisUpdate < $1.1.thisUpdate }
        var newest: [String] = []
        var value: [String: JSONValue] = [
            "kind": isAuthority ? "authority" : "manifest", "path": .string(place), "ledger-lines": .integer(manifest.ledgerSize),
            "ledger-head": .string(manifest.ledgerHead.hex),
        ]
        value["ceremony"] = manifest.ceremony.map(JSONValue.integer)
        value["ceremony-closed"] = closed.map { .string($0.rfc3339) }
        if let (issuer, list) = list {
            newest.append("CRL \(list.number) of \(issuer.title), signed \(Phrase.time(list.thisUpdate))")
            value["newest-crl"] = [
                "issuer": .string(issuer.title), "number": .integer(list.number), "this-update": .string(list.thisUpdate.rfc3339),
            ]
        }
        if let bundle = manifest.bundles.last {
            newest.append("bundle \(bundle.sequence), signed \(Phrase.time(bundle.issued))")
            value["newest-bundle"] = ["sequence": .integer(bundle.sequence), "issued": .string(bundle.issued.rfc3339)]
        }
        sheet.fact(
            "compared with",
            ["\(isAuthority ? "the authority" : "the manifest") \(place): \(ledgerWords)"]
                + (newest.isEmpty ? [] : ["newest in it: \(Phrase.list(newest))"])
                + ["if there is a later ceremony, this copy is old, and so may be what is fresh by it"],
            key: "compared-with", .object(value))
        sheet.gap()
    }

    private func line(_ finding: Finding) -> String {
        let most = finding.verdict == .stale ? "at most " : ""
        let age = finding.since.map { ", for \(most)\(Phrase.duration(from: $0, to: time))" } ?? ""
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
