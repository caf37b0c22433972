import Foundation
import Testing

/// A folder with all that a ceremony needs: a token whose PIN is known, operators' keys, a policy, a plan, approvals.
final class RoomFixture {
    static let pin = "1234-ceremony"
    let path: String
    let environment: [String: String]

    init() async throws {
        path = NSTemporaryDirectory() + "anchorite-room-\(UUID().uuidString)"
        environment = ["SOFTHSM2_CONF": "\(path)/softhsm2.conf", "NO_COLOR": "1", "TERM": "xterm"]
        try FileManager.default.createDirectory(atPath: "\(path)/tokens", withIntermediateDirectories: true)
        try write("softhsm2.conf", "directories.tokendir = \(path)/tokens\nobjectstore.backend = file\nlog.level = ERROR\n")
        try await tool(
            "softhsm2-util", "--init-token", "--free", "--label", "room-desk", "--pin", Self.pin, "--so-pin", "87654321")
        for person in ["ana", "bo"] {
            try await tool("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", person, "-f", "\(path)/\(person)")
        }
        try write("policy.yaml", try policy())
        try write("site.yaml", "anchorite: site/1\ntokens: {desk: {module: softhsm2}}\n")
        try write("root.yaml", ceremony("The first root", "  - operation: create-root\n    name: G1\n    profile: root\n    token: desk\n"))
        try await command("plan", "root.yaml")
        try await command("approve", "root.plan/plan.json", "--key", "ana", "--yes")
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The minimal policy, with two persons, a closing quorum, and the PIN typed.
    private func policy() throws -> String {
        var text = try String(contentsOfFile: Repository.path("Policies/minimal.yaml"), encoding: .utf8)
        let start = try #require(text.range(of: "operators:\n"))
        let end = try #require(text.range(of: "tokens:\n"))
        let people = try ["ana": "Ana Kuusk", "bo": "Bo Lindqvist"].sorted { $0.key < $1.key }.map { id, name in
            let line = try String(contentsOfFile: "\(path)/\(id).pub", encoding: .utf8).trimmingCharacters(in: .newlines)
            return "  \(id):\n    name: \(name)\n    roles: [\(id == "ana" ? "owner" : "witness")]\n    keys: [\(line)]\n"
        }
        text.replaceSubrange(start.lowerBound..<end.lowerBound, with: "operators:\n\(people.joined())\n")
        return text.replacing("anchorite-desk", with: "room-desk")
            .replacing("\napprovals:\n", with: "\nclosing: {owner: 1 of 1, witness: 1 of 1}\napprovals:\n")
    }

    func ceremony(_ title: String, _ operations: String) -> String {
        """
        anchorite: ceremony/1
        title: \(title)
        authority: example
        environment: development
        policy: policy.yaml
        operations:
        \(operations)
        """
    }

    func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(filePath: "\(path)/\(name)"))
    }

    func read(_ name: String) throws -> String { try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8) }

    /// The events of the ledger.
    func events() throws -> [[String: Any]] {
        try read("authority/ledger.jsonl").split(separator: "\n").compactMap {
            try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
        }
    }

    func tool(_ program: String, _ arguments: String...) async throws {
        let outcome = try await BuiltCommand.run(program: "/usr/bin/\(program)", arguments, environment: environment)
        try #require(outcome.code == 0, Comment(rawValue: "\(program): \(outcome.talk)"))
    }

    @discardableResult
    func command(_ arguments: String..., code: Int32 = 0) async throws -> BuiltCommand.Outcome {
        let outcome = try await BuiltCommand.run(
            program: BuiltCommand.path, arguments, environment: environment, folder: path)
        #expect(outcome.code == code, Comment(rawValue: outcome.talk))
        return outcome
    }

    /// The guided run.
    func run(_ plan: String = "root.plan/plan.json", _ more: String...) throws -> PseudoTerminal {
        try PseudoTerminal(
            BuiltCommand.path, ["run", plan, "--site", "site.yaml"] + more, environment: environment, folder: path)
    }

    /// From the first screen to the first step.
    func begin(_ terminal: PseudoTerminal) throws {
        try compare(terminal)
        try terminal.expect("who? ")
        terminal.enter("ana")
        try terminal.expect("who? ")
        terminal.enter()
        try typePIN(terminal)
    }

    /// Everybody has compared the plan's words.
    func compare(_ terminal: PseudoTerminal) throws {
        try terminal.expect("Enter when all have compared, d or ? ")
        terminal.enter()
    }

    func typePIN(_ terminal: PseudoTerminal) throws {
        try terminal.expect("PIN of the token room-desk")
        // The echo is off only after the question.
        usleep(100_000)
        terminal.enter(Self.pin)
    }
}
