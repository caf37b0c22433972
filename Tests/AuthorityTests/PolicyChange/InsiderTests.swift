import Foundation
import Groundwork
import Testing

@testable import Authority

/// What one insider can do alone, and any two, by the production policy: docs/threat-model.md has the table.
/// `ANCHORITE_UPDATE_DOCS=1 swift test --filter Insider` writes it.
@Suite struct InsiderTests {
    private static let begin = "<!-- insiders: written by a test -->\n"
    private static let end = "<!-- end of insiders -->"

    static func table(_ policy: Policy) -> String {
        var lines = ["| who | persons | could approve or close | could unlock |", "|---|---|---|---|"]
        for group in InsiderGroup.all(of: policy) {
            let roles = group.roles.map { $0.joined(separator: " and ") }
            let who = roles.count == 1 ? "one \(roles[0])" : roles[0] == roles[1] ? "two of \(roles[0])" : "\(roles[0]) with \(roles[1])"
            let persons = group.persons.map { $0.joined(separator: " + ") }.joined(separator: ", ")
            let approve = group.acts.filter { $0.kind != .unlock }.map { $0.kind == .close ? $0.words : $0.object }
            let unlock = group.acts.filter { $0.kind == .unlock }.map(\.object)
            lines.append(
                "| \(who) | \(persons) | \(approve.isEmpty ? "nothing" : approve.joined(separator: ", ")) | "
                    + "\(unlock.isEmpty ? "nothing" : unlock.joined(separator: ", ")) |")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    @Test func `what one insider can do alone, and any two, is what the threat model says`() throws {
        let policy = try ReadyFiles.policy("production")
        let expected = Self.table(policy)
        let url = ReadyFiles.root.appendingPathComponent("docs/threat-model.md")
        let text = try String(contentsOf: url, encoding: .utf8)
        let start = try #require(text.range(of: Self.begin)).upperBound
        let stop = try #require(text.range(of: Self.end)).lowerBound
        if ProcessInfo.processInfo.environment["ANCHORITE_UPDATE_DOCS"] != nil {
            try (text[..<start] + expected + text[stop...]).write(to: url, atomically: true, encoding: .utf8)
        } else {
            #expect(String(text[start..<stop]) == expected, "write docs/threat-model.md anew with ANCHORITE_UPDATE_DOCS=1")
        }
    }

    @Test func `every person and every pair is counted once, and with their own power`() throws {
        let policy = try ReadyFiles.policy("production")
        let groups = InsiderGroup.all(of: policy)
        let all = groups.flatMap(\.persons)
        let count = policy.operators.count
        #expect(all.count == count + count * (count - 1) / 2)
        #expect(Set(all.map { $0.sorted() }).count == all.count)
        for group in groups {
            for ids in group.persons {
                let persons = policy.operators.filter { ids.contains($0.id) }
                let approvers = persons.map { Approver(operator: $0.id, name: $0.name, roles: $0.roles, key: "") }
                // Counted in another way: by the quorum of each operation and scope, as a plan would ask for it.
                for kind in OperationKind.allCases {
                    guard let rule = policy.quorums[kind] else { continue }
                    let isListed = group.acts.contains { $0.kind == .approve && $0.object == kind.rawValue }
                    #expect(isListed == Quorum(rule, approvers: approvers).isReached)
                }
            }
        }
    }

    @Test func `no person of the production policy can do anything alone, and no pair approve and unlock`() throws {
        for group in InsiderGroup.all(of: try ReadyFiles.policy("production")) {
            let kinds = Set(group.acts.map(\.kind))
            if group.roles.count == 1 { #expect(kinds.isEmpty, "\(group)") }
            #expect(!kinds.contains(.unlock), "\(group)")
        }
        // The other side: at a desk one person may do everything.
        let desk = InsiderGroup.all(of: try ReadyFiles.policy("minimal"))
        #expect(desk.map(\.persons) == [[["you"]]])
        #expect(desk.first?.acts.isEmpty == false)
    }
}
