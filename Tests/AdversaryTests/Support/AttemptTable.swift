import Foundation

/// The section "Attempts" of docs/assurance-case.md: a heading and a table for each family.
///
/// The sentences are kept there and nowhere else: whoever changes one sees it change in the document.
struct AttemptTable {
    struct Row: Hashable {
        var family: String
        var name: String
        var control: String
        var sentence: String
    }

    static let path = Repository.path("docs/assurance-case.md")
    private static let begin = "<!-- attempts: written by ANCHORITE_UPDATE_DOCS=1 swift test --filter AdversaryTests -->\n"
    private static let end = "<!-- end of attempts -->\n"

    static let isRewritten = ProcessInfo.processInfo.environment["ANCHORITE_UPDATE_DOCS"] == "1"

    /// The rows as they stand in the document.
    static let rows = Result { () throws -> [Row] in
        var rows: [Row] = []
        var family = ""
        for line in try section().split(separator: "\n") {
            if line.hasPrefix("### ") { family = String(line.dropFirst(4)) }
            guard line.hasPrefix("| "), !line.hasPrefix("| attempt |") else { continue }
            let cells = line.split(separator: "|", omittingEmptySubsequences: false)
                .map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count == 5 else { throw Refusal(text: "not a row: \(line)") }
            rows.append(Row(
                family: family, name: cells[1], control: cells[2].replacingOccurrences(of: "`", with: ""),
                sentence: cells[3]))
        }
        return rows
    }

    /// A sentence as a cell holds it: without times, and the names of releases and keys, which differ from run to run.
    static func cell(_ sentence: String) -> String {
        sentence.replacingOccurrences(of: "|", with: "/").replacingOccurrences(of: "<", with: "&lt;")
            .replacing(#/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z/#, with: "…")
            .replacing(#/releases\/[0-9]+-[0-9a-f]{8}/#, with: "releases/…")
            .replacing(#/(factory-[a-z0-9-]+-)20[0-9]{2}/#) { "\($0.1)…" }
            .replacing(#/ 20[0-9]{2} CA/#, with: " … CA")
            .replacing(#/crl\/G1-[0-9a-f]{8}/#, with: "crl/G1-…")
    }

    private static func section() throws -> String {
        let text = try String(contentsOf: URL(filePath: path), encoding: .utf8)
        guard let start = text.range(of: begin), let stop = text.range(of: end) else {
            throw Refusal(text: "docs/assurance-case.md has no section of attempts")
        }
        return String(text[start.upperBound..<stop.lowerBound])
    }

    /// Puts these rows in the place of those in the document.
    static func write(_ rows: [Row], families: [Family]) throws {
        var section = "\n\(rows.count) attempts.\n"
        for family in families {
            section += "\n### \(family.title)\n\nAccepted: \(family.accepted).\n\n"
            section += "| attempt | stopped by | what is shown |\n|---|---|---|\n"
            for row in rows where row.family == family.title {
                section += "| \(row.name) | `\(row.control)` | \(row.sentence) |\n"
            }
        }
        let text = try String(contentsOf: URL(filePath: path), encoding: .utf8)
        guard let start = text.range(of: begin), let stop = text.range(of: end) else {
            throw Refusal(text: "docs/assurance-case.md has no section of attempts")
        }
        let changed = text[..<start.upperBound] + section + "\n" + text[stop.lowerBound...]
        try Data(changed.utf8).write(to: URL(filePath: path))
    }
}
