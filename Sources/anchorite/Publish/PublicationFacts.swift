import Groundwork
import Publication

/// What a publication changed, or would.
struct PublicationFacts {
    private let outcome: Publisher.Outcome
    private let manifest: PublicationManifest
    private let target: String

    init(_ outcome: Publisher.Outcome, _ release: Release, target: String) {
        self.outcome = outcome
        manifest = release.manifest
        self.target = target
    }

    var sheet: Sheet {
        var sheet = Sheet()
        let words =
            switch outcome.kind {
            case .unchanged: "Nothing changed: \(target) has this state already"
            case .published: "Published to \(target), and verified from there"
            case .wouldPublish: "This would be published to \(target); nothing was written"
            }
        sheet.text(words + ".", outcome.kind == .wouldPublish ? .yellow : .green)
        sheet.data("outcome", .string(outcome.kind.rawValue))
        sheet.fact("authority", "\(manifest.authority), \(manifest.environment)", key: "authority")
        sheet.fact("release", outcome.release, key: "release")
        if let previous = outcome.previous, previous != outcome.release { sheet.fact("before", previous, key: "previous") }
        sheet.fact(
            "ledger", ["\(manifest.ledgerSize) lines, head \(manifest.ledgerHead.hex)"], key: "ledger",
            ["size": .integer(manifest.ledgerSize), "sha256": .string(manifest.ledgerHead.hex)])
        let newest = manifest.issuers.compactMap { issuer in issuer.lists.last.map { (issuer, $0) } }
        sheet.fact(
            "CRLs",
            newest.isEmpty ? ["none"] : newest.map { issuer, list in
                "\(issuer.title)  \(list.number), next by \(Phrase.day(list.nextUpdate)), at \(issuer.paths.map { "/\($0)" }.joined(separator: " "))"
            },
            key: "crls",
            .array(newest.map { issuer, list in
                [
                    "issuer": .string(issuer.title), "number": .integer(list.number),
                    "next-update": .string(list.nextUpdate.rfc3339), "paths": .array(issuer.paths.map(JSONValue.string)),
                ]
            }))
        if let bundle = manifest.bundles.last {
            sheet.fact(
                "bundle", ["\(bundle.store)  \(bundle.sequence), at /bundles/latest/bundle.cose"], key: "bundle",
                ["store": .string(bundle.store), "sequence": .integer(bundle.sequence)])
        }
        add("new", outcome.added, "added", to: &sheet)
        add("changed", outcome.changed, "changed", to: &sheet)
        add("gone", outcome.removed, "removed", to: &sheet)
        if !outcome.repaired.isEmpty { add("repaired", outcome.repaired, "repaired", to: &sheet) }
        add(outcome.kind == .wouldPublish ? "would prune" : "pruned", outcome.pruned, "pruned", to: &sheet)
        for notice in outcome.notices { sheet.text("Note: \(notice)", .yellow) }
        sheet.data("notices", .array(outcome.notices.map(JSONValue.string)))
        if outcome.kind == .published {
            sheet.text("Next: see that devices get it, with anchorite watch, and that the server has read the new headers.")
        }
        return sheet
    }

    /// The first release of an authority has many files.
    private func add(_ label: String, _ paths: [String], _ key: String, to sheet: inout Sheet) {
        let shown = 12
        let rest = paths.count - shown
        sheet.fact(
            label, paths.isEmpty ? ["nothing"] : paths.prefix(shown) + (rest > 0 ? ["and \(rest) more"] : []), key: key,
            .array(paths.map(JSONValue.string)))
    }
}
