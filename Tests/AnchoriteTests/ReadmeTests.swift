import Foundation
import Testing

/// What the README shows of the demo is what the demo prints.
@Suite struct ReadmeTests {
    @Test func `the README's picture of the demo is the demo's, line by line`() async throws {
        let folder = NSTemporaryDirectory() + "anchorite-readme-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let ceremonies = ["first-year", "factory-compromise"].map { Repository.path("Ceremonies/\($0).yaml") }
        let outcome = try await BuiltCommand.run(["rehearse"] + ceremonies + ["--folder", folder])
        try #require(outcome.code == 0, Comment(rawValue: outcome.talk))
        var printed = (outcome.talk + "\n" + outcome.output).split(separator: "\n").map { Self.general(String($0)) }[...]

        let readme = try String(contentsOfFile: Repository.path("README.md"), encoding: .utf8)
        let picture = try #require(readme.components(separatedBy: "```").first { $0.contains("Refused, as it must be") })
        var lines = 0
        for line in picture.split(separator: "\n").map(String.init) where line != "…" {
            // A sentence may be cut at its end.
            let isCut = line.hasSuffix(" …")
            let wanted = Self.general(isCut ? String(line.dropLast(2)).trimmingCharacters(in: ["."]) : line)
            let index = printed.firstIndex { isCut ? $0.hasPrefix(wanted) : $0 == wanted }
            let found = try #require(index, "the demo does not print, or not in this place: \(line)")
            printed = printed[(found + 1)...]
            lines += 1
        }
        #expect(lines > 25)
    }

    /// A line without what differs from run to run.
    private static func general(_ line: String) -> String {
        line.replacing(/[0-9a-f]{16,}/, with: "#").replacing(/\d{4}-\d{2}-\d{2}/, with: "DATE")
            .replacing(/[ ]+[1-4] +[A-Za-z]+/, with: " WORD")
    }
}
