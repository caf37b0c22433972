import Testing

@Suite("anchorite help")
struct HelpTests {
    static let commands = [
        [], ["doctor"], ["rehearse"], ["plan"], ["show"], ["approve"], ["run"], ["verify"], ["status"], ["inspect"],
        ["bundle"], ["bundle", "verify"], ["bundle", "diff"], ["bundle", "inspect"], ["publish"], ["watch"], ["revoke"],
        ["drill"], ["handover"], ["device"], ["device", "verify"], ["device", "challenge"],
    ]

    @Test(arguments: commands) func `help is at most 80 columns wide, and its lines are as full as they can be`(
        _ command: [String]
    ) async throws {
        let help = try await BuiltCommand.run(["help"] + command, environment: ["COLUMNS": "80"])
        #expect(help.code == 0)
        let lines = help.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        for line in lines { #expect(line.count <= 80, "\(line)") }
        let discussion = lines.prefix { !$0.hasPrefix("USAGE:") }
        for (line, next) in zip(discussion, discussion.dropFirst()) where !line.isEmpty && !line.hasPrefix("  ") {
            guard let word = next.split(separator: " ").first, !next.hasPrefix("  ") else { continue }
            #expect(line.count + 1 + word.count >= 80, "broken early: \(line)")
        }
    }

    @Test(arguments: [
        "plan", "approve", "run", "verify", "rehearse", "publish", "watch", "revoke", "drill", "handover", "device verify",
    ])
    func `help tells the exit codes`(_ command: String) async throws {
        let words = command.split(separator: " ").map(String.init)
        let help = try await BuiltCommand.run(["help"] + words).output.replacing("\n", with: " ")
        let exit = try #require(help.split(separator: "Exit: 0 ").last)
        #expect(exit.contains("; 1 ") && exit.contains(" 65 "))
    }

    @Test func `a command that there is not is a mistake in the call, with help and without`() async throws {
        let help = try await BuiltCommand.run("help", "nonsense")
        #expect(help.code == 64)
        #expect(help.output.isEmpty)
        #expect(help.talk.hasPrefix("anchorite: There is no command \"nonsense\". Commands: doctor, rehearse, "))
        let near = try await BuiltCommand.run("help", "verfy")
        #expect(near.code == 64)
        #expect(near.talk.hasSuffix("Did you mean \"verify\"?\n"))
        #expect(try await BuiltCommand.run("bundle", "check").code == 64)
        #expect(try await BuiltCommand.run("statsu", "authority").talk.hasSuffix("Did you mean \"status\"?\n"))
        #expect(try await BuiltCommand.run("help", "help").code == 0)
        #expect(try await BuiltCommand.run("--help").code == 0)
    }
}
