import Foundation
import Testing

/// A folder with a policy that shares the PINs of a blank token among five persons, and what they do at the terminal.
final class CustodyFixture {
    let path: String
    let environment: [String: String]
    /// What each person wrote down, by the number of the set: the words of their share.
    private(set) var paper: [String: [String]] = [:]

    static let persons = ["ana", "bo", "cy", "dot", "eve"]

    init() async throws {
        path = NSTemporaryDirectory() + "anchorite-custody-\(UUID().uuidString)"
        environment = ["SOFTHSM2_CONF": "\(path)/softhsm2.conf", "NO_COLOR": "1", "TERM": "xterm"]
        try FileManager.default.createDirectory(atPath: "\(path)/tokens", withIntermediateDirectories: true)
        try write("softhsm2.conf", "directories.tokendir = \(path)/tokens\nobjectstore.backend = file\nlog.level = ERROR\n")
        for person in Self.persons {
            let made = try await BuiltCommand.run(
                program: "/usr/bin/ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", person, "-f", "\(path)/\(person)"],
                environment: environment)
            try #require(made.code == 0)
        }
        try write("policy.yaml", try policy())
        try write("site.yaml", "anchorite: site/1\ntokens: {desk: {module: softhsm2}}\n")
        try write("root.yaml", ceremony("The first root", "  - operation: create-root\n    name: G1\n    profile: root\n    token: desk\n"))
        try write("reshare.yaml", ceremony("New shares", "  - operation: reshare-custody\n    token: desk\n"))
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    private func policy() throws -> String {
        var text = try String(contentsOfFile: Repository.path("Policies/minimal.yaml"), encoding: .utf8)
        let start = try #require(text.range(of: "operators:\n"))
        let end = try #require(text.range(of: "tokens:\n"))
        let people = try Self.persons.map { id in
            let line = try String(contentsOfFile: "\(path)/\(id).pub", encoding: .utf8).trimmingCharacters(in: .newlines)
            let role = id == "ana" ? "owner, officer" : id < "d" ? "officer" : "witness"
            return "  \(id):\n    name: \(id.capitalized)\n    roles: [\(role)]\n    keys: [\(line)]\n"
        }
        text.replaceSubrange(start.lowerBound..<end.lowerBound, with: "operators:\n\(people.joined())\n")
        let unlock = try #require(text.firstRange(of: /unlock: \[.*\]/))
        text.replaceSubrange(
            unlock, with: "unlock: [shares]\n    custody: {officer: 2 of 3, witness: 1 of 2}")
        return text.replacing("quorums:\n", with: "quorums:\n  reshare-custody: {owner: 1 of 1}\n")
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

    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(path)/\(name)") }

    func events(_ name: String) throws -> [[String: Any]] {
        try String(contentsOfFile: "\(path)/authority/ledger.jsonl", encoding: .utf8).split(separator: "\n").compactMap {
            try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
        }.filter { $0["event"] as? String == name }
    }

    /// Everything that lies in the folder but the token's own files.
    func allText() throws -> String {
        let files = try #require(FileManager.default.enumerator(atPath: path))
        return files.compactMap { $0 as? String }.filter { !$0.hasPrefix("tokens/") }
            .compactMap { FileManager.default.contents(atPath: "\(path)/\($0)") }
            .map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n")
    }

    @discardableResult
    func command(_ arguments: String..., code: Int32 = 0) async throws -> BuiltCommand.Outcome {
        let outcome = try await BuiltCommand.run(
            program: BuiltCommand.path, arguments, environment: environment, folder: path)
        #expect(outcome.code == code, Comment(rawValue: outcome.talk))
        return outcome
    }

    func terminal(_ arguments: String...) throws -> PseudoTerminal {
        try PseudoTerminal(BuiltCommand.path, arguments, environment: environment, folder: path)
    }

    func initialize(_ more: String...) throws -> PseudoTerminal {
        try PseudoTerminal(
            BuiltCommand.path, ["token", "init", "desk", "--policy", "policy.yaml", "--site", "site.yaml"] + more,
            environment: environment, folder: path)
    }

    /// Plans and approves a ceremony.
    func plan(_ name: String) async throws {
        try await command("plan", "\(name).yaml")
        try await command("approve", "\(name).plan/plan.json", "--key", "ana", "--yes")
    }

    func run(_ name: String) throws -> PseudoTerminal {
        try terminal("run", "\(name).plan/plan.json", "--site", "site.yaml", "--yes")
    }

    /// The next custodian writes the share down and types it back.
    func receive(
        _ terminal: PseudoTerminal, _ person: String, of what: String = "token desk", words count: Int = 20,
        abbreviating: Bool = false
    ) throws {
        try terminal.expect("(\(person)), as ")
        try terminal.expect("Press Enter to see the words.")
        usleep(50_000)
        terminal.enter()
        try terminal.expect("Write on top of the paper: \(what), set ")
        try terminal.expect("Write down all words with their numbers.")
        let shown = try terminal.expect("Press Enter when they are written down")
        let words = shown.matches(of: /(\d+)\. ([a-z]+)/).map { String($0.2) }
        try #require(words.count == count)
        paper[what == "token desk" ? person : "\(what) \(person)"] = words
        usleep(50_000)
        terminal.enter()
        try terminal.expect("Type the words back from the paper.")
        try type(words, terminal, abbreviating: abbreviating)
        try terminal.expect("All words are right.")
        usleep(50_000)
        terminal.enter()
    }

    func keep(_ words: [String], of person: String) { paper[person] = words }

    func type(_ words: [String], _ terminal: PseudoTerminal, abbreviating: Bool = false) throws {
        try terminal.expect(" 0 of \(words.count)")
        usleep(50_000)
        terminal.enter(words.map { abbreviating ? String($0.prefix(4)) : $0 }.joined(separator: " "))
        try terminal.expect("\(words.count) of \(words.count)")
    }

    /// Persons bring their shares, one after the other.
    func bring(
        _ terminal: PseudoTerminal, of what: String = "token desk", _ persons: String...
    ) throws {
        for person in persons {
            try terminal.expect("comes to the terminal.")
            try type(try #require(paper[what == "token desk" ? person : "\(what) \(person)"]), terminal, abbreviating: person == "bo")
            if person > "d" {
                try terminal.expect("Who of them are you?")
                terminal.enter(person)
            }
            try terminal.expect("is right.")
        }
    }
}
