import Authority
import Foundation
import Testing

/// docs/audit.md says where each requirement is met; the places that it names must be there.
struct AuditTableTests {
    private static func rows() throws -> [[String]] {
        let text = try String(contentsOfFile: Repository.path("docs/audit.md"), encoding: .utf8)
        return text.split(separator: "\n").filter { $0.hasPrefix("| ") && !$0.hasPrefix("| requirement") }
            .map { $0.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) } }
    }

    /// What stands between backticks.
    private static func spans(_ cell: String) -> [String] {
        cell.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .filter { !$0.offset.isMultiple(of: 2) }.map { String($0.element) }
    }

    @Test func `every place that the table names is in the pages, and every event in the ledger's language`() async throws {
        let rows = try Self.rows()
        #expect(rows.count > 25)
        let places = [
            "script": Set(Markup.anchors(try await PageFolder.shared.text("script"))),
            "report": Set(Markup.anchors(try await PageFolder.shared.text("report"))),
        ]
        for row in rows {
            try #require(row.count == 4, "\(row)")
            #expect(!Self.spans(row[2]).isEmpty || !Self.spans(row[3]).isEmpty, "\(row[0])")
            for (column, spans) in [Self.spans(row[2]), Self.spans(row[3])].enumerated() {
                for span in spans {
                    let parts = span.split(separator: "#").map(String.init)
                    if parts.count == 2 {
                        #expect(parts[0] == ["script", "report"][column], "\(row[0]): \(span)")
                        #expect(places[parts[0]]?.contains(parts[1]) == true, "\(row[0]): \(span)")
                    } else {
                        #expect(Self.isEvent(span), "\(row[0]): there is no event \(span)")
                    }
                }
            }
        }
    }

    /// An event that exists complains of its fields, not of its name.
    private static func isEvent(_ name: String) -> Bool {
        do throws(PlanError) {
            _ = try Event(name: name, fields: [:])
            return true
        } catch {
            return !"\(error)".contains("there is no event")
        }
    }

    @Test func `a name that is no event is noticed`() {
        #expect(!Self.isEvent("coffee-spilled"))
        #expect(Self.isEvent("approval"))
    }
}
