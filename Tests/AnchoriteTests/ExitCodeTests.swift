import Authority
import Testing

@testable import anchorite

/// The table in the officer's guide says with which exit code a refusal under each control ends.
@Suite struct ExitCodeTests {
    private static func table() throws -> [Int32: [String]] {
        let guide = String(decoding: try contents(Repository.path("docs/officer.md")), as: UTF8.self)
        let section = try #require(guide.split(separator: "## Exit codes").last)
        var table: [Int32: [String]] = [:]
        for line in section.split(separator: "\n") where line.hasPrefix("| ") {
            guard let code = Int32(line.dropFirst(2).prefix { $0.isNumber }) else { continue }
            table[code] = line.matches(of: #/`([A-Z][A-Z-]+)`/#).map { String($0.1) }
        }
        return table
    }

    @Test func `every control ends with the exit code that the guide says`() throws {
        let table = try Self.table()
        #expect(table[65]?.isEmpty == false && table[69]?.isEmpty == false)
        for control in Control.allCases {
            let codes = table.filter { $0.value.contains(control.rawValue) }.map(\.key)
            #expect((codes.isEmpty ? [1] : codes) == [control.exitCode.rawValue], "\(control.rawValue)")
        }
        let known = Set(Control.allCases.map(\.rawValue))
        for name in table.values.joined() { #expect(known.contains(name), "there is no control \(name)") }
    }

    @Test func `the form of a file is bad input, and what a control refuses is a check that does not hold`() {
        for control in Control.allCases where control.exitCode == Exit.badInput {
            #expect(control.rawValue.hasSuffix("-FORM") || [.siteSecret, .deviation].contains(control))
        }
        #expect(Control.interrupted.exitCode == Exit.check)
        #expect(Control.limits.exitCode == Exit.check && Control.profile.exitCode == Exit.check)
    }
}
