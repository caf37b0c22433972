import Authority
import Foundation
import Testing

/// The table of all controls in docs/assurance-case.md: which tests show that each refuses what is bad, and which that it
/// accepts what is good. The document is the table; here it is read, and held against code and tests.
struct ControlCoverage {
    struct Row {
        var control: String
        var claim: String
        /// Below Sources/.
        var enforcedIn: [String]
        /// The names of test functions.
        var refusing: [String]
        var accepting: [String]
    }

    let rows: [Row]

    init() throws {
        let text = try ReadyFiles.text("docs/assurance-case.md")
        let table = text.components(separatedBy: "## All controls").last ?? ""
        rows = table.split(separator: "\n").filter { $0.hasPrefix("| `") }.compactMap { line in
            let cells = line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast()
                .map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count == 5 else { return nil }
            return Row(
                control: Self.quoted(cells[0]).first ?? "", claim: cells[1], enforcedIn: Self.quoted(cells[2]),
                refusing: Self.quoted(cells[3]), accepting: Self.quoted(cells[4]))
        }
    }

    /// What stands between backquotes.
    private static func quoted(_ cell: String) -> [String] {
        cell.components(separatedBy: "`").enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
    }

    /// The names of all test functions in Tests/.
    static func testNames() throws -> Set<String> {
        let root = ReadyFiles.root.appendingPathComponent("Tests").resolvingSymlinksInPath().path
        var names: Set<String> = []
        for path in try Files.list(root) where path.hasSuffix(".swift") {
            let text = String(decoding: try Files.read("\(root)/\(path)"), as: UTF8.self)
            for part in text.components(separatedBy: "func ").dropFirst() {
                if part.hasPrefix("`") {
                    names.insert(String(part.dropFirst().prefix { $0 != "`" }))
                } else {
                    names.insert(String(part.prefix { $0.isLetter || $0.isNumber || $0 == "_" }))
                }
            }
        }
        return names
    }
}

@Suite struct ControlCoverageTests {
    @Test func `every control has a row, and says there what it says in the code`() throws {
        let rows = try ControlCoverage().rows
        #expect(rows.map(\.control).sorted() == Control.allCases.map(\.rawValue).sorted())
        for row in rows {
            #expect(row.claim == Control(rawValue: row.control)?.claim, "\(row.control)")
        }
    }

    @Test func `every control has tests that show bad refused and good accepted`() throws {
        let names = try ControlCoverage.testNames()
        for row in try ControlCoverage().rows {
            #expect(!row.refusing.isEmpty, "no test shows that \(row.control) refuses")
            #expect(!row.accepting.isEmpty, "no test shows what \(row.control) accepts")
            for test in row.refusing + row.accepting {
                let isThere = names.contains(test)
                #expect(isThere, "\(row.control): there is no test \(test)")
            }
        }
    }

    @Test func `every control is enforced in files that are there`() throws {
        for row in try ControlCoverage().rows {
            #expect(!row.enforcedIn.isEmpty, "\(row.control)")
            for path in row.enforcedIn {
                let file = ReadyFiles.root.appendingPathComponent("Sources/\(path)").path
                #expect(FileManager.default.fileExists(atPath: file), "\(row.control): there is no Sources/\(path)")
            }
        }
    }
}
