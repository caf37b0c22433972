import Authority
import Foundation
import Testing

/// docs/assurance-case.md has a row for every control; what the rows say must be true.
@Suite struct AssuranceCaseTests {
    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The cells of each row, without those of the heading.
    private static func rows() throws -> [[String]] {
        let text = try String(contentsOf: root.appendingPathComponent("docs/assurance-case.md"), encoding: .utf8)
        return text.split(separator: "\n").filter { $0.hasPrefix("| `") }
            .map { $0.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) } }
    }

    /// What stands between backticks.
    private static func spans(_ cell: String) -> [String] {
        cell.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .filter { !$0.offset.isMultiple(of: 2) }.map { String($0.element) }
    }

    @Test func `every control has its row, with its claim, in the order of the code`() throws {
        let rows = try Self.rows()
        #expect(rows.map { $0[0] } == Control.allCases.map { "`\($0.rawValue)`" })
        for (row, control) in zip(rows, Control.allCases) { #expect(row[1] == control.claim) }
    }

    @Test func `every file that is said to enforce a control exists`() throws {
        for row in try Self.rows() {
            let paths = Self.spans(row[2])
            #expect(!paths.isEmpty, "\(row[0])")
            for path in paths {
                let file = Self.root.appendingPathComponent("Sources/\(path)")
                #expect(FileManager.default.fileExists(atPath: file.path), "\(row[0]): \(path)")
            }
        }
    }

    @Test func `every test that is named exists`() throws {
        var functions: Set<String> = []
        let folder = Self.root.appendingPathComponent("Tests")
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        for case let file as URL in files ?? FileManager.DirectoryEnumerator() where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            for match in text.matches(of: /func (?:`([^`]+)`|([A-Za-z0-9]+))\(/) {
                functions.insert(String(match.1 ?? match.2 ?? ""))
            }
        }
        for row in try Self.rows() {
            guard row.count == 5 else {
                Issue.record("\(row[0]) has no columns for tests")
                continue
            }
            // Both sides of every control: bad refused, good accepted.
            for cell in row[3...] {
                let names = Self.spans(cell)
                #expect(!names.isEmpty, "\(row[0])")
                for name in names {
                    let isThere = functions.contains(name)
                    #expect(isThere, "\(row[0]): there is no test \(name)")
                }
            }
        }
    }

    @Test func `every control that the documents name exists`() throws {
        let names = Set(Control.allCases.map(\.rawValue))
        let others: Set<String> = ["BUNDLE-ENCODING", "BUNDLE-SIGNER", "BUNDLE-STORE", "BUNDLE-ENVIRONMENT", "BUNDLE-RENDERINGS"]
        for document in ["assurance-case", "threat-model", "file-formats", "officer", "release-engineer", "responder"] {
            let text = try String(contentsOf: Self.root.appendingPathComponent("docs/\(document).md"), encoding: .utf8)
            for match in text.matches(of: /`([A-Z]+(?:-[A-Z]+)+)(?:`|: )/) {
                let name = String(match.1)
                #expect(names.contains(name) || others.contains(name), "\(document): \(name)")
            }
        }
    }
}
